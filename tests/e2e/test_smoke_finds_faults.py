"""`make smoke` finds and names a fault in a deployed stage, and erases its trial reports.

`tests/infra/test_faults_are_found.py` has the faults that templates show. The faults here show
only on a running system: a wrong value, grant or filter in a valid template.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casework.aws.table.wire import from_wire
from local.system import Options, System
from tests.e2e.smoking import NAMES, Run, smoke
from tests.e2e.told import name_of, tell, variables_of

PATIENCE = 20
"""Seconds that a step waits for a message that never comes."""
STATISTICS = "functions.statistics.handler.handle"
DESK = "functions.desk.handler.handle"
INTAKE = "functions.intake.handler.handle"
SESSION = "functions.session.handler.handle"


@pytest.fixture(scope="module")
def broken(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system from a copy of the templates with three faults in it."""
    copy = tmp_path_factory.mktemp("broken") / "cdk.out"
    shutil.copytree(assembly, copy)
    for name in ("Casework-local", "Casework-local-units"):
        file = copy / f"{name}.template.json"
        template = json.loads(file.read_text("utf-8"))
        for resource in template["Resources"].values():
            _break(resource["Type"], resource.get("Properties", {}))
        file.write_text(json.dumps(template), "utf-8")
    options = Options(enforce_iam=True, wait_scale=0.02)
    with System.fresh(tmp_path_factory.mktemp("system"), copy, options) as running:
        yield running


def _break(kind: str, properties: dict[str, Any]) -> None:
    if kind == "AWS::Lambda::Function" and properties["Handler"] == STATISTICS:
        properties["Environment"]["Variables"]["CASE_TABLE"] = "another-table"
    if kind == "AWS::CloudWatch::Alarm" and properties.get("MetricName") == "TrialAlarms":
        properties["Namespace"] = "casework"
    if kind == "AWS::SNS::Subscription" and properties["FilterPolicy"] == {"unit": ["trial"]}:
        properties["FilterPolicy"] = {"unit": ["trials"]}


def nothing_is_left(system: System) -> bool:
    """No word of a trial report and no smoke person."""
    pages = system.aws.dynamodb.get_paginator("scan").paginate(
        TableName=system.outputs["CaseTable"]
    )
    items = [from_wire(item) for page in pages for item in page["Items"]]
    pool = system.outputs["UserPoolId"]
    people = system.aws.cognito.list_users(UserPoolId=pool)["Users"]
    return not people and not [each for each in items if "narrative" in each or "realm" in each]


def expect(run: Run, **others: str) -> None:
    """Every step passes except the named ones, and the trial reports are erased."""
    names = {name.replace("_", " "): said for name, said in others.items()}
    assert run.said == {**dict.fromkeys(NAMES, "good"), **names, "all is erased": "good"}, run.out
    assert run.ends == 1


def test_faults_of_a_template_are_found_each_in_its_step(broken: System) -> None:
    run = smoke(broken, PATIENCE)
    expect(
        run,
        public_figures="WRONG",
        danger="WRONG",
        referral="WRONG",
        acknowledgement="not tried",
        history="not tried",
        an_alarm="WRONG",
    )
    assert "CASE_TABLE" in run.why("public figures")
    assert "queue of trials" in run.why("referral")
    assert "namespace" in run.why("an alarm")
    assert nothing_is_left(broken)


def _may_not_write(system: System) -> Callable[[], None]:
    """Intake may put no items any more; how to put it right again."""
    name = name_of(system, INTAKE)
    asked = system.aws.functions.get_function_configuration(FunctionName=name)
    role, iam = asked["Role"].rpartition("/")[2], system.aws.client("iam")
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    was = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    less = json.loads(json.dumps(was).replace("dynamodb:PutItem", "dynamodb:DeleteItem"))

    def put(document: Any) -> None:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))

    put(less)
    return lambda: put(was)


WORKING = ("review", "referral", "acknowledgement", "history")


@dataclass(frozen=True)
class Misled:
    """A run on a system with two functions that have a wrong variable."""

    run: Run
    kept: int
    """The number of reports that the run left in the table."""


@pytest.fixture(scope="module")
def misled(broken: System) -> Misled:
    """A browser is sent to another client, and intake does not know the marks of trials."""
    another = variables_of(broken, INTAKE)["ADDRESS_SECRET"]
    put_right = [
        tell(broken, SESSION, {"BROWSER_CLIENT_ID": "another"}),
        tell(broken, INTAKE, {"TRIAL_SECRET": another}),
    ]
    before = _reports(broken)
    try:
        run = smoke(broken, patience=1)
    finally:
        for put in put_right:
            put()
    return Misled(run, _reports(broken) - before)


def test_the_smoke_test_finds_a_browser_that_is_sent_to_another_client(misled: Misled) -> None:
    run = misled.run
    assert run.said["sign-in by a browser"] == "WRONG", run.out
    assert "client_id another" in run.why("sign-in by a browser")
    assert (run.said["sign-in"], run.said["all is erased"]) == ("good", "good")


def test_the_smoke_test_finds_a_desk_that_takes_tokens_of_another_client(broken: System) -> None:
    put_right = tell(broken, DESK, {"CLIENT_ID": "another"})
    try:
        run = smoke(broken, patience=1)
    finally:
        put_right()
    assert run.said["sign-in"] == "WRONG", run.out
    assert {run.said[each] for each in WORKING} == {"not tried"}, run.out
    assert (run.said["all is erased"], run.ends) == ("good", 1)
    assert nothing_is_left(broken)


def test_a_stage_that_does_not_know_trial_marks_gets_no_report(misled: Misled) -> None:
    """Otherwise trials would be kept as reports."""
    run = misled.run
    assert run.said["the mark of a trial"] == "WRONG", run.out
    sending = ("a report", "a report without JavaScript", "follow-up", "a wrong receipt", *WORKING)
    assert {run.said[each] for each in sending} == {"not tried"}, run.out
    assert (run.said["all is erased"], run.ends) == ("good", 1)
    assert misled.kept == 0


def _reports(system: System) -> int:
    found = system.aws.dynamodb.scan(
        TableName=system.outputs["CaseTable"],
        FilterExpression="sk = :report",
        ExpressionAttributeValues={":report": {"S": "REPORT"}},
    )
    return int(found["Count"])


def test_a_trial_that_cannot_be_erased_is_told_and_erased_by_the_next_run(broken: System) -> None:
    """Intake cannot write here; whether it kept a report is unknown until it is asked."""
    put_right = _may_not_write(broken)
    try:
        run = smoke(broken, patience=1)
    finally:
        put_right()
    assert [run.said[each] for each in ("a report", "a report without JavaScript")] == 2 * [
        "WRONG"
    ], run.out
    assert (run.said["all is erased"], run.ends) == ("LEFT", 1)
    again = smoke(broken, patience=1)
    assert again.said["traces of an earlier run"] == "good", again.out
    assert again.said["all is erased"] == "good", again.out
    assert nothing_is_left(broken)
