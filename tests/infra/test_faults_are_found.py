"""A check of this suite finds each fault that is put into a copy of the templates.

So a fault is found before the deployment. `make smoke` finds faults that only a running system
shows: see `tests/e2e/test_smoke_finds_faults.py`.
"""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from casework.aws.http import response_headers
from tests.infra import (
    test_alarms,
    test_gateway_may_call,
    test_least_privilege,
    test_nobody_is_exposed,
    test_nothing_is_lost,
    test_pages,
    test_times_add_up,
    test_what_must_agree,
    test_who_may_open,
)
from tests.infra.assembly import Assembly, flat
from tests.infra.test_times_add_up import MINUTE

Resource = dict[str, Any]


class Fault(NamedTuple):
    """One way to break a deployment, and the check that finds it."""

    what: str
    put: Callable[[Assembly], None]
    """Break this copy."""
    found_by: Callable[..., None]
    then: str
    """The harm that the fault would have done."""


def resource(assembly: Assembly, kind: str, told: Callable[[Resource], bool]) -> Resource:
    """The first resource of a kind of which something is true."""
    return next(each for each in assembly.resources(kind).values() if told(each["Properties"]))


def take_out(assembly: Assembly, kind: str, told: Callable[[Resource], bool]) -> None:
    """Take out all resources of a kind of which something is true."""
    for template in assembly.templates.values():
        gone = [
            name
            for name, each in template["Resources"].items()
            if each["Type"] == kind and told(each["Properties"])
        ]
        for name in gone:
            del template["Resources"][name]


# ---- faults --------------------------------------------------------------------------------------


def forget_to_permit_the_rest(assembly: Assembly) -> None:
    take_out(
        assembly,
        "AWS::Lambda::Permission",
        lambda each: flat(each.get("SourceArn", "")).endswith("/$default"),
    )


def misspell_a_setting(assembly: Assembly) -> None:
    variables = assembly.functions["functions.desk.handler.handle"]["Environment"]["Variables"]
    variables["CLIENT"] = variables.pop("CLIENT_ID")


def watch_another_namespace(assembly: Assembly) -> None:
    alarm = resource(
        assembly, "AWS::CloudWatch::Alarm", lambda each: each.get("MetricName") == "TrialAlarms"
    )
    alarm["Properties"]["Namespace"] = "casework"


def tell_nobody_of_an_alarm(assembly: Assembly) -> None:
    alarm = resource(assembly, "AWS::CloudWatch::Alarm", lambda each: "AlarmActions" in each)
    del alarm["Properties"]["AlarmActions"]


def forget_to_grant_the_write(assembly: Assembly) -> None:
    role = assembly.role_of("functions.intake.handler.handle")
    policy = resource(assembly, "AWS::IAM::Policy", lambda each: {"Ref": role} in each["Roles"])
    for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
        if "dynamodb:PutItem" in statement["Action"]:
            statement["Action"] = ["dynamodb:UpdateItem"]


def let_another_function_sign_trials(assembly: Assembly) -> None:
    intake = assembly.role_of("functions.intake.handler.handle")
    desk = assembly.role_of("functions.desk.handler.handle")
    policy = resource(assembly, "AWS::IAM::Policy", lambda each: {"Ref": intake} in each["Roles"])
    stolen = copy.deepcopy(policy["Properties"]["PolicyDocument"]["Statement"])
    theirs = resource(assembly, "AWS::IAM::Policy", lambda each: {"Ref": desk} in each["Roles"])
    theirs["Properties"]["PolicyDocument"]["Statement"] += [
        each for each in stolen if "secretsmanager:GetSecretValue" in each["Action"]
    ]


def answer_without_security_headers(assembly: Assembly) -> None:
    distribution = resource(assembly, "AWS::CloudFront::Distribution", lambda _: True)
    behaviours = distribution["Properties"]["DistributionConfig"]["CacheBehaviors"]
    del behaviours[0]["ResponseHeadersPolicyId"]


def lose_a_header_at_the_edge(assembly: Assembly) -> None:
    for policy in assembly.properties("AWS::CloudFront::OriginRequestPolicy"):
        headers = policy["OriginRequestPolicyConfig"]["HeadersConfig"]["Headers"]
        if "Trial" in headers:
            headers.remove("Trial")


def filter_the_stream_for_something_else(assembly: Assembly) -> None:
    for mapping in assembly.properties("AWS::Lambda::EventSourceMapping"):
        for each in mapping.get("FilterCriteria", {}).get("Filters", []):
            each["Pattern"] = each["Pattern"].replace('"REPORT#"', '"REPORTS#"')


def send_a_unit_the_cases_of_another(assembly: Assembly) -> None:
    heard = assembly.properties("AWS::SNS::Subscription", "units")
    units = [each for each in heard if each["FilterPolicy"]["unit"][0].startswith("pj-")]
    units[0]["FilterPolicy"], units[1]["FilterPolicy"] = (
        units[1]["FilterPolicy"],
        units[0]["FilterPolicy"],
    )


def rename_an_index(assembly: Assembly) -> None:
    table = assembly.one("AWS::DynamoDB::Table")
    table["GlobalSecondaryIndexes"][0]["IndexName"] = "by_flows"


def call_the_wrong_step(assembly: Assembly) -> None:
    filled = assembly.one("AWS::StepFunctions::StateMachine")["DefinitionSubstitutions"]
    filled["Triage"], filled["Stuck"] = filled["Stuck"], filled["Triage"]


def open_the_api_past_the_edge(assembly: Assembly) -> None:
    variables = assembly.functions["functions.intake.handler.handle"]["Environment"]["Variables"]
    variables["ORIGIN_SECRET"] = ""


def give_a_function_less_time_than_a_call(assembly: Assembly) -> None:
    assembly.functions["functions.desk.handler.handle"]["Timeout"] = 10


def hand_a_message_out_again_too_soon(assembly: Assembly) -> None:
    queue = resource(
        assembly, "AWS::SQS::Queue", lambda each: each.get("VisibilityTimeout", 0) > MINUTE
    )
    queue["Properties"]["VisibilityTimeout"] = MINUTE


FAULTS = (
    Fault(
        "the permission for $default is missing",
        forget_to_permit_the_rest,
        test_gateway_may_call.test_the_gateway_may_call_the_function_behind_each_route,
        "the form without JavaScript and unknown addresses answer 500",
    ),
    Fault(
        "a setting has another name",
        misspell_a_setting,
        test_what_must_agree.test_each_function_gets_the_environment_that_its_settings_ask_for,
        "every call of the desk answers 500",
    ),
    Fault(
        "an alarm looks at another namespace",
        watch_another_namespace,
        test_alarms.test_every_alarm_watches_a_metric_that_exists,
        "it never goes off",
    ),
    Fault(
        "an alarm has no action",
        tell_nobody_of_an_alarm,
        test_nothing_is_lost.test_every_alarm_publishes_to_the_alarm_topic_which_accepts_it,
        "it goes off and nobody hears of it",
    ),
    Fault(
        "the grant to write reports is missing",
        forget_to_grant_the_write,
        test_least_privilege.test_every_function_has_exactly_the_permissions_listed_here,
        "no report is accepted",
    ),
    Fault(
        "another function may read the key of trials",
        let_another_function_sign_trials,
        test_who_may_open.test_only_intake_may_read_peppers_and_its_own_keys,
        "it could make trials of reports",
    ),
    Fault(
        "answers carry no security headers",
        answer_without_security_headers,
        test_pages.test_the_edge_and_the_laptop_answer_with_the_same_headers,
        "a page can be framed, and a text become script",
    ),
    Fault(
        "the edge drops the header of trials",
        lose_a_header_at_the_edge,
        test_nobody_is_exposed.test_the_edge_forwards_no_user_agent_and_no_cookie,
        "trials would be kept as reports",
    ),
    Fault(
        "the stream is filtered for something else",
        filter_the_stream_for_something_else,
        test_nothing_is_lost.test_linking_retries_a_stream_record_then_sets_it_aside_and_raises_an_alarm,
        "reports wait for the reconciler",
    ),
    Fault(
        "two units hear each other's cases",
        send_a_unit_the_cases_of_another,
        test_what_must_agree.test_every_unit_of_the_pack_has_a_queue_that_gets_only_its_own_messages,
        "a unit learns of cases that are not its own",
    ),
    Fault(
        "an index has another name",
        rename_an_index,
        test_what_must_agree.test_the_table_has_the_keys_and_indexes_of_the_code,
        "the reconciler repairs nothing",
    ),
    Fault(
        "the workflow calls one step for another",
        call_the_wrong_step,
        test_what_must_agree.test_each_place_of_the_workflow_file_is_filled_with_the_function_of_its_name,
        "no case comes to a unit",
    ),
    Fault(
        "the API does not ask for the edge's secret",
        open_the_api_past_the_edge,
        test_nobody_is_exposed.test_the_api_refuses_calls_that_did_not_come_through_the_edge,
        "the firewall can be gone round",
    ),
    Fault(
        "a function ends before a call that hangs",
        give_a_function_less_time_than_a_call,
        test_times_add_up.test_a_call_to_an_unreachable_service_fails_before_its_function_times_out,
        "who asks is answered 500 where 503 and when to come back was promised",
    ),
    Fault(
        "a message is handed out again while its function works",
        hand_a_message_out_again_too_soon,
        test_times_add_up.test_a_message_stays_invisible_six_times_as_long_as_its_function_may_take,
        "reporters are told twice",
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=[each.what for each in FAULTS])
def test_each_fault_is_found_by_the_check_that_names_it(
    fault: Fault,
    prod: Assembly,
    local: Assembly,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = Assembly(prod.folder, prod.stage)
    fault.put(broken)
    assert json.dumps(broken.templates) != json.dumps(prod.templates), "nothing was broken"
    fixtures = {"prod": broken, "each_stage": broken, "local": local}
    others = {"tmp_path": tmp_path, "capsys": capsys, "row": response_headers.PATH_RULES[0]}
    asked = inspect.signature(fault.found_by).parameters
    known = {name: value for name, value in (fixtures | others).items() if name in asked}
    with pytest.raises((AssertionError, KeyError)):
        fault.found_by(**known)
