"""Queues exist before functions publish to them: at a first deployment and when units change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from casework.aws.services.notifications import DUTY_RECEIVER, SUPERVISION_RECEIVER
from infra.deployment import DeploymentFile
from infra.stage import stage_with_deployment
from local import cdk
from tests.infra.assembly import Assembly


def test_topic_and_queues_are_deployed_before_the_functions_that_publish(
    each_stage: Assembly,
) -> None:
    artifacts = json.loads((each_stage.folder / "manifest.json").read_text("utf-8"))["artifacts"]
    units, core = f"Casework-{each_stage.stage}-units", f"Casework-{each_stage.stage}"
    assert units in artifacts[core]["dependencies"]
    assert core not in artifacts[units]["dependencies"]


def test_a_unit_that_comes_back_can_have_its_queue_again(each_stage: Assembly) -> None:
    """A queue that was kept would keep its name, too."""
    for queue in each_stage.resources("AWS::SQS::Queue", "units").values():
        if "QueueName" in queue["Properties"]:
            assert queue["DeletionPolicy"] == "Delete"


def template(*units: str) -> dict[str, Any]:
    return {
        "Resources": {
            f"S{number}": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {"FilterPolicy": {"unit": [unit]}},
            }
            for number, unit in enumerate(units)
        }
    }


class CloudFormation:
    """The deployed template, or None."""

    def __init__(self, known: dict[str, Any] | None) -> None:
        self.known = known

    def describe_stacks(self, **asked: str) -> dict[str, Any]:
        if self.known is None:
            raise absent(asked["StackName"])
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE"}]}

    def get_template(self, **asked: str) -> dict[str, Any]:
        if self.known is None:
            raise absent(asked["StackName"])
        return {"TemplateBody": self.known}


def absent(name: str) -> ClientError:
    said = f"Stack with id {name} does not exist"
    return ClientError({"Error": {"Code": "ValidationError", "Message": said}}, "DescribeStacks")


def test_every_unit_of_the_template_is_a_listener(prod: Assembly) -> None:
    known = cdk.subscribed_receivers(prod.templates["units"])
    assert {DUTY_RECEIVER, SUPERVISION_RECEIVER} < known
    assert len(known) == len(prod.resources("AWS::SNS::Subscription", "units"))


def test_a_deployment_waits_only_for_units_that_had_no_queue_before() -> None:
    before, after = template("pj-01", "pj-02"), template("pj-01", "pj-03")
    assert cdk.undeployed_receivers(CloudFormation(before), "units", after) == {"pj-03"}
    assert cdk.undeployed_receivers(CloudFormation(after), "units", after) == set()
    assert cdk.undeployed_receivers(CloudFormation(None), "units", after) == set()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (template("pj-01"), template("pj-01", "pj-03"), ["units", "wait", "all"]),
        (template("pj-01", "pj-03"), template("pj-01"), ["all"]),
        (None, template("pj-01"), ["all"]),
    ],
    ids=["a unit is new", "a unit is gone", "the first deployment"],
)
def test_functions_that_write_to_new_units_are_deployed_after_their_queues(
    before: dict[str, Any] | None,
    after: dict[str, Any],
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Until then the earlier functions use the earlier pack and reroute no case to new units."""
    stage = stage_with_deployment("dev", DeploymentFile())
    (tmp_path / f"{stage.units_name}.template.json").write_text(json.dumps(after), "utf-8")
    done: list[str] = []

    def run(arguments: list[str], *_: Any) -> int:
        done.append("units" if stage.units_name in arguments else "all")
        return 0

    monkeypatch.setattr("boto3.client", lambda *_, **__: CloudFormation(before))
    monkeypatch.setattr(cdk, "synthesise_stage", lambda *_: tmp_path)
    monkeypatch.setattr(cdk, "_run", run)
    monkeypatch.setattr("time.sleep", lambda seconds: done.append("wait"))
    assert cdk._deploy(stage, ["deploy", "--all"]) == 0
    assert done == expected
