"""`make on-call` prints the page with the names of a stage."""

from __future__ import annotations

import pytest

from infra.errors import DeploymentNotValid
from local import deploy
from local.aws import Aws
from tools import on_call


def test_commands_have_the_names_of_the_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {
        "Casework-dev": {"DeadLetterUrl": "https://sqs/core"},
        "Casework-dev-units": {"UnitsDeadLetterUrl": "https://sqs/units"},
    }

    def outputs_of(_aws: Aws, stack: str) -> dict[str, str] | None:
        return outputs.get(stack)

    monkeypatch.setattr(deploy, "outputs_of", outputs_of)
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

    monkeypatch.setattr(on_call, "names_of", not_valid)
    assert on_call.main(["--stage", "dev"]) == 1
    assert "region is none" in capsys.readouterr().err
