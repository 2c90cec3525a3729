"""`make on-call` prints the page with the names of a stage."""

from __future__ import annotations

import pytest
from botocore.exceptions import NoCredentialsError

from infra.errors import DeploymentNotValid
from local import deploy
from local.aws import AwsClients
from tools import ask_logs, on_call


def test_commands_have_the_names_of_the_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {
        "Casework-dev": {"DeadLetterUrl": "https://sqs/core"},
        "Casework-dev-units": {"UnitsDeadLetterUrl": "https://sqs/units"},
    }

    def outputs_of(_aws: AwsClients, stack: str) -> dict[str, str] | None:
        return outputs.get(stack)

    monkeypatch.setattr(deploy, "read_stack_outputs", outputs_of)
    assert on_call.main(["--stage", "dev"]) == 0
    page = capsys.readouterr().out
    assert "aws sqs receive-message --queue-url https://sqs/core --visibility-timeout 1" in page
    assert "--queue-url https://sqs/units" in page
    assert "make logs STAGE=dev QUERY='What failed'" in page
    assert "{WorkflowArn}" in page  # what no stack says stays as it is


def test_a_deployment_file_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def not_valid(_stage: str) -> dict[str, str]:
        raise DeploymentNotValid("region is none")

    monkeypatch.setattr(on_call, "alarm_names", not_valid)
    assert on_call.main(["--stage", "dev"]) == 1
    assert "region is none" in capsys.readouterr().err


def test_without_credentials_the_meaning_of_each_alarm_is_there_and_how_to_get_the_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_credentials(_aws: AwsClients, _stack: str) -> None:
        raise NoCredentialsError

    monkeypatch.setattr(deploy, "read_stack_outputs", no_credentials)
    assert on_call.main(["--stage", "prod"]) == 0
    told = capsys.readouterr()
    assert "### `Heartbeat-Reconciles-triage-Silent`" in told.out
    assert "{DeadLetterUrl}" in told.out
    assert "make logs STAGE=prod" in told.out
    assert "aws sso login" in told.err


def test_a_system_on_this_machine_is_told_where_its_logs_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert on_call.main(["--stage", "local"]) == 1
    assert ask_logs.main(["--stage", "local"]) == 1
    told = capsys.readouterr()
    assert told.err.count("emulator.log") == 2
    assert "### `Api-Fault-Count-Any`" in told.out


def test_logs_without_credentials_name_the_cure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_credentials(*_: object, **__: object) -> None:
        raise NoCredentialsError

    monkeypatch.setattr(ask_logs, "ask_saved_query", no_credentials)
    assert ask_logs.main(["--stage", "prod"]) == 1
    assert "aws sso login" in capsys.readouterr().err
