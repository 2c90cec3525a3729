"""`make smoke` finds and names a fault in a deployed stage, and erases its trial reports.

`tests/infra/test_faults_are_found.py` has the faults that templates show. The faults here show
only on a running system: a wrong value, grant or filter in a valid template.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.aws.table.wire import values_from_wire_item
from local.system import LocalSystem, StartOptions
from tests.e2e.smoking import NAMES, Run, smoke
from tests.e2e.told import name_of, tell, variables_of

PATIENCE = 20
"""Seconds that a step waits for a message that never comes."""
STATISTICS = "functions.statistics.handler.handle"
DESK = "functions.desk.handler.handle"
INTAKE = "functions.intake.handler.handle"
SESSION = "functions.session.handler.handle"


@pytest.fixture(scope="module")
def broken(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """A system from a copy of the templates with four faults in it."""
    copy = tmp_path_factory.mktemp("broken") / "cdk.out"
    # Another worker may be packing the same assembly; its half-written archives come and go.
    shutil.copytree(assembly, copy, ignore=shutil.ignore_patterns(".cache"))
    for name in ("Casework-local", "Casework-local-units"):
        file = copy / f"{name}.template.json"
        template = json.loads(file.read_text("utf-8"))
        for resource in template["Resources"].values():
            _break(resource["Type"], resource.get("Properties", {}))
        file.write_text(json.dumps(template), "utf-8")
    options = StartOptions(enforce_iam=True, wait_scale=0.02)
    with LocalSystem.fresh(tmp_path_factory.mktemp("system"), copy, options) as running:
        yield running


def _break(kind: str, properties: dict[str, Any]) -> None:
    if kind == "AWS::Lambda::Function" and properties["Handler"] == STATISTICS:
        properties["Environment"]["Variables"]["CASE_TABLE"] = "another-table"
    if kind == "AWS::Lambda::Function" and properties["Handler"] == SESSION:
        properties["Environment"]["Variables"]["BROWSER_CLIENT_ID"] = "another"
    if kind == "AWS::CloudWatch::Alarm" and properties.get("MetricName") == "TrialAlarms":
        properties["Namespace"] = "casework"
    if kind == "AWS::SNS::Subscription" and properties["FilterPolicy"] == {"unit": ["trial"]}:
        properties["FilterPolicy"] = {"unit": ["trials"]}


def nothing_is_left(system: LocalSystem) -> bool:
    """No word of a trial report and no smoke person."""
    pages = system.aws.dynamodb.get_paginator("scan").paginate(
        TableName=system.outputs["CaseTable"]
    )
    items = [values_from_wire_item(item) for page in pages for item in page["Items"]]
    pool = system.outputs["UserPoolId"]
    people = system.aws.cognito.list_users(UserPoolId=pool)["Users"]
    return not people and not [each for each in items if "narrative" in each or "realm" in each]


def expect(run: Run, **others: str) -> None:
    """Every step passes except the named ones, and the trial reports are erased."""
    said = {**dict.fromkeys(NAMES, "good"), "all is erased": "good"}
    names = {re.sub("[ -]", "_", name): name for name in said}
    assert run.said == {**said, **{names[each]: why for each, why in others.items()}}, run.out
    assert run.ends == 1


def test_faults_of_a_template_are_found_each_in_its_step(broken: LocalSystem) -> None:
    run = smoke(broken, PATIENCE)
    expect(
        run,
        public_figures="WRONG",
        sign_in_by_a_browser="WRONG",
        danger="WRONG",
        referral="WRONG",
        acknowledgement="not tried",
        history="not tried",
        an_alarm="WRONG",
    )
    assert "CASE_TABLE" in run.why("public figures")
    assert "client_id another" in run.why("sign-in by a browser")
    assert "queue of trials" in run.why("referral")
    assert "namespace" in run.why("an alarm")
    assert nothing_is_left(broken)


def _may_not_write(system: LocalSystem) -> Callable[[], None]:
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


def test_a_stage_that_does_not_know_trial_marks_gets_no_report(broken: LocalSystem) -> None:
    """Otherwise trials would be kept as reports."""
    another = variables_of(broken, INTAKE)["ADDRESS_SECRET"]
    before = _reports(broken)
    put_right = tell(broken, INTAKE, {"TRIAL_SECRET": another})
    try:
        run = smoke(broken, patience=1)
    finally:
        put_right()
    assert run.said["the mark of a trial"] == "WRONG", run.out
    sending = ("a report", "a report without JavaScript", "follow-up", "a wrong receipt", *WORKING)
    assert {run.said[each] for each in sending} == {"not tried"}, run.out
    assert (run.said["sign-in"], run.said["all is erased"], run.ends) == ("good", "good", 1), (
        run.out
    )
    assert _reports(broken) == before


def _reports(system: LocalSystem) -> int:
    found = system.aws.dynamodb.scan(
        TableName=system.outputs["CaseTable"],
        FilterExpression="sk = :report",
        ExpressionAttributeValues={":report": {"S": "REPORT"}},
    )
    return int(found["Count"])


def test_a_trial_that_cannot_be_erased_is_told_and_erased_by_the_next_run(
    broken: LocalSystem,
) -> None:
    """Intake cannot write at first; whether it kept a report is unknown until it is asked. In the
    next run the desk takes tokens of another client: that is found, and all is erased."""
    put_right = _may_not_write(broken)
    try:
        run = smoke(broken, patience=1)
    finally:
        put_right()
    assert [run.said[each] for each in ("a report", "a report without JavaScript")] == 2 * [
        "WRONG"
    ], run.out
    assert (run.said["all is erased"], run.ends) == ("LEFT", 1)

    put_right = tell(broken, DESK, {"CLIENT_ID": "another"})
    try:
        again = smoke(broken, patience=1)
    finally:
        put_right()
    assert again.said["traces of an earlier run"] == "good", again.out
    assert again.said["sign-in"] == "WRONG", again.out
    assert {again.said[each] for each in ("a report", "follow-up")} == {"good"}, again.out
    assert {again.said[each] for each in WORKING} == {"not tried"}, again.out
    assert (again.said["all is erased"], again.ends) == ("good", 1)
    assert nothing_is_left(broken)
