"""Each function has the permissions that its work needs and no others."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from typing import Any

from casework.aws.services import replay_clock
from casework.aws.table import desk_keys, keys
from infra.edge import FORWARDED_HEADERS
from tests.infra.actions_of_functions import MAY, OWN_LOG, PUT_ASIDE, SECRET
from tests.infra.assembly import Assembly, flat

WRITING = {
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
}
CHANGING = {"dynamodb:DeleteItem", "dynamodb:UpdateItem"}
ANYWHERE = {
    "cloudwatch:GetMetricData",  # takes no resource
    "dynamodb:ListStreams",  # takes no resource
    "ses:SendEmail",  # on the laptop only: the emulator names no resource for it
    # Delivering a state machine's log takes no resource either.
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}
"""The only actions any role is allowed without naming what on."""
INTRINSIC = {"Ref", "Fn::GetAtt", "Fn::Join"}


def test_every_function_has_its_own_role(each_stage: Assembly) -> None:
    roles = [each_stage.role_of(handler) for handler in each_stage.functions]
    assert len(set(roles)) == len(roles)


def test_every_function_has_exactly_the_permissions_listed_here(each_stage: Assembly) -> None:
    edges = ("intake", "desk", "statistics", "custody", "session")
    extra = {f"functions.{edge}.handler.handle": SECRET for edge in edges}
    extra["functions.evidence.opening.handle"] = SECRET
    for handler in each_stage.functions:
        actions = {action for each in each_stage.allowed(handler) for action in each.actions}
        expected = MAY[handler]
        if each_stage.stage != "local":  # there the edge has a secret
            expected = expected | extra.get(handler, set())
        assert actions == expected, handler
    assert each_stage.functions.keys() == MAY.keys()


def test_where_an_authority_is_named_one_more_function_asks_it_and_can_sign_nothing(
    chosen: Assembly,
) -> None:
    """It reads signed checkpoints, lists and writes stamps; it reads no case and no seal."""
    asks = "functions.stamps.handler.handle"
    assert chosen.functions.keys() == {*MAY, asks}
    assert {action for each in chosen.allowed(asks) for action in each.actions} == {
        *OWN_LOG, *PUT_ASIDE, "s3:GetObject", "s3:ListBucket", "s3:PutObject",
    }  # fmt: skip
    objects = [
        name
        for each in chosen.allowed(asks)
        if {"s3:GetObject", "s3:PutObject"} & set(each.actions)
        for name in each.resources
    ]
    assert sorted(each.partition("/")[2] for each in objects) == ["checkpoints/*", "log/stamps/*"]


def test_no_managed_policy_widens_a_role_of_ours(each_stage: Assembly) -> None:
    ours = {each_stage.role_of(handler) for handler in each_stage.functions}
    ours |= {name for name in each_stage.resources("AWS::IAM::Role") if name.startswith("Workflow")}
    for name, role in each_stage.resources("AWS::IAM::Role").items():
        if name in ours:
            assert "ManagedPolicyArns" not in role["Properties"], name


def test_no_role_has_a_wildcard_permission(each_stage: Assembly) -> None:
    for each in each_stage.statements:
        assert not [action for action in each.actions if action.endswith("*")], each
        if "*" in each.resources:
            assert set(each.actions) <= ANYWHERE, each


def test_no_function_may_create_a_member_of_staff(each_stage: Assembly) -> None:
    staff = desk_keys.staff_key("x")[keys.PARTITION_KEY]
    for each in each_stage.statements:
        if any(action in WRITING for action in each.actions):
            assert each.partitions, each
            assert not any(fnmatch(staff, pattern) for pattern in each.partitions), each


def test_functions_change_no_item_of_a_case_in_place_and_only_the_sweeper_deletes_any(
    each_stage: Assembly,
) -> None:
    case = keys.case_key("C")[keys.PARTITION_KEY]
    changing = {
        (handler, action)
        for handler in each_stage.functions
        for each in each_stage.allowed(handler)
        for action in each.actions
        if action in CHANGING and any(fnmatch(case, pattern) for pattern in each.partitions)
    }
    erases = {("functions.triage.sweep.handle", "dynamodb:DeleteItem")}
    assert changing == erases, "of an erased case, what stands beside it"


def test_the_counting_function_may_change_neither_a_report_nor_a_case(each_stage: Assembly) -> None:
    for handler in ("functions.statistics.counting.handle", "functions.statistics.handler.handle"):
        for each in each_stage.allowed(handler):
            if WRITING.intersection(each.actions):
                for kept in (keys.report_key("R"), keys.case_key("C"), desk_keys.staff_key("S")):
                    partition = kept[keys.PARTITION_KEY]
                    assert not any(fnmatch(partition, like) for like in each.partitions), each


def test_no_stage_but_the_local_one_is_told_to_replay(each_stage: Assembly) -> None:
    """`Replay-At` is honoured where STAGE is `local`: each function is told its own stage."""
    stages = {
        function["Environment"]["Variables"]["STAGE"]
        for function in each_stage.properties("AWS::Lambda::Function", "core")
        if "STAGE" in function.get("Environment", {}).get("Variables", {})
    }
    assert stages == {each_stage.stage}
    assert (replay_clock.REPLAY_STAGE in stages) == (each_stage.stage == "local")
    if each_stage.stage != "local":
        assert replay_clock.REPLAY_TIME_HEADER not in {name.lower() for name in FORWARDED_HEADERS}


def test_intake_writes_reports_and_reads_nothing_of_staff(each_stage: Assembly) -> None:
    allowed = each_stage.allowed("functions.intake.handler.handle")
    on_table = {each.actions: each.partitions for each in allowed if "dynamodb" in each.actions[0]}
    assert on_table == {
        ("dynamodb:BatchGetItem",): ("CASE#*",),
        ("dynamodb:GetItem", "dynamodb:PutItem"): ("REPORT#*", "SLOT#*"),
        ("dynamodb:Query",): ("CASE#*", "REPORT#*"),
        ("dynamodb:UpdateItem",): ("ALLOWED#*", "REPORT#*"),
    }


def test_one_statement_grants_an_action_on_some_partitions(each_stage: Assembly) -> None:
    """Right however the service compares the keys of a transaction: see
    `DataStores.render_grants`."""
    for handler in each_stage.functions:
        seen: list[str] = []
        for each in each_stage.allowed(handler):
            if each.partitions:
                seen += each.actions
        assert len(seen) == len(set(seen)), handler


def test_the_permissions_of_a_role_fit_into_it(each_stage: Assembly) -> None:
    """10,240 characters of all policies written into a role, without spaces (IAM quotas)."""
    sizes: dict[str, int] = {}
    for policy in each_stage.properties("AWS::IAM::Policy"):
        written = re.sub(r"\s", "", flat_document(policy["PolicyDocument"]))
        for role in policy["Roles"]:
            sizes[role["Ref"]] = sizes.get(role["Ref"], 0) + len(written)
    assert {role: size for role, size in sizes.items() if size > 8_000} == {}


def flat_document(document: Any) -> str:
    """A policy as long as it may get: each reference becomes an ARN of some 90 characters."""
    if isinstance(document, dict) and len(document) == 1 and next(iter(document)) in INTRINSIC:
        return re.sub(r"\$\{[^}]+\}", "x" * 90, flat(document))
    if isinstance(document, dict):
        return "{" + ",".join(f'"{k}":{flat_document(v)}' for k, v in document.items()) + "}"
    if isinstance(document, list):
        return "[" + ",".join(map(flat_document, document)) + "]"
    return json.dumps(document)


def test_only_functions_that_save_or_repair_decisions_may_answer_a_task_token(
    each_stage: Assembly,
) -> None:
    machine = next(iter(each_stage.resources("AWS::StepFunctions::StateMachine")))
    for each in each_stage.statements:
        if any(action.startswith("states:SendTask") for action in each.actions):
            assert each.resources == (f"${{{machine}}}",)


def test_the_workflow_may_invoke_its_own_steps_and_nothing_else(each_stage: Assembly) -> None:
    machine = each_stage.one("AWS::StepFunctions::StateMachine")
    role = machine["RoleArn"]["Fn::GetAtt"][0]
    steps = {flat(arn) for arn in machine["DefinitionSubstitutions"].values()}
    allowed = [each for each in each_stage.statements if each.role == role]
    invoking = [each for each in allowed if "lambda:InvokeFunction" in each.actions]
    assert [set(each.resources) for each in invoking] == [steps]
    others = {action for each in allowed if each not in invoking for action in each.actions}
    assert others <= ANYWHERE | {"logs:CreateLogDelivery"}


def test_indexes_are_queried_and_the_table_is_never_scanned(each_stage: Assembly) -> None:
    for each in each_stage.statements:
        assert "dynamodb:Scan" not in each.actions
        for resource in each.resources:
            if "/index/" in resource:
                assert resource.rsplit("/", 1)[1] in {keys.FLOW_INDEX, keys.QUEUE_INDEX}
                assert each.actions == ("dynamodb:Query",)
