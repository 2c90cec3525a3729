"""Every wait ends before the one around it: a call in its function, a function in its caller."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from casework.aws.services import clients, custom_resource, public_keys, time_limits
from casework.case.execution_state import EXECUTION_STEP_SECONDS
from infra.assets import ROOT
from infra.workflow import FILE
from tests.infra.assembly import Assembly, flat

GATEWAY_SECONDS = 30
"""Longest and default timeout of an integration of an HTTP API, in seconds (API Gateway Developer
Guide, "Quotas for configuring and running an HTTP API in API Gateway")."""
EDGE_SECONDS = 30
"""Default timeout of CloudFront for an origin, in seconds (CloudFront Developer Guide, "Response
timeout")."""
LEASE = 6
"""How many times its function's time a message is to stay invisible (Lambda Developer Guide,
"Configuring a queue for use with Lambda")."""
MINUTE = 60
CALLED_AGAIN_SECONDS = 60
"""Seconds before Lambda retries an asynchronous call (Lambda Developer Guide, "Asynchronous
invocation")."""
LONGEST = 900
"""A function of Lambda ends then."""


def behind_the_gateway(assembly: Assembly) -> dict[str, tuple[int, float]]:
    """Seconds of each function that the gateway calls, and of the integration, by logical id."""
    functions = assembly.resources("AWS::Lambda::Function")
    aliases = assembly.resources("AWS::Lambda::Alias")
    told = {}
    for integration in assembly.properties("AWS::ApiGatewayV2::Integration"):
        name = aliases[integration["IntegrationUri"]["Ref"]]["Properties"]["FunctionName"]["Ref"]
        its = functions[name]["Properties"]
        told[name] = (
            its["Timeout"],
            integration.get("TimeoutInMillis", GATEWAY_SECONDS * 1000) / 1000,
        )
    return told


def sources(assembly: Assembly) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each event source mapping, and the function it calls."""
    functions = assembly.resources("AWS::Lambda::Function")
    return [
        (each, functions[flat(each["FunctionName"]).strip("${}")]["Properties"])
        for each in assembly.properties("AWS::Lambda::EventSourceMapping")
    ]


def test_a_call_to_an_unreachable_service_fails_before_its_function_times_out(
    each_stage: Assembly,
) -> None:
    assert len(each_stage.functions) > 15
    for handler, function in each_stage.functions.items():
        assert clients.MAX_CALL_SECONDS < function["Timeout"] <= LONGEST, handler


def test_a_deployment_reports_an_unreadable_key_instead_of_waiting_for_it(
    each_stage: Assembly,
) -> None:
    """All tries to read it and to say so end before the function does; CloudFormation waits for the
    second call of the function, too."""
    seconds = each_stage.functions["functions.public_keys.handler.handle"]["Timeout"]
    pauses = public_keys.KEY_FETCH_PAUSES_SECONDS
    read = (len(pauses) + 1) * clients.MAX_CALL_SECONDS + sum(pauses)
    said = (
        len(custom_resource.CALLBACK_PAUSES_SECONDS) + 1
    ) * 2 * custom_resource.CALLBACK_TIMEOUT_SECONDS + sum(custom_resource.CALLBACK_PAUSES_SECONDS)
    assert read + said < seconds
    for each in each_stage.properties("Custom::PublicKey"):
        assert int(each["ServiceTimeout"]) >= 2 * seconds + CALLED_AGAIN_SECONDS


def test_the_longest_call_is_the_sdks_own_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    made = clients.aws_client.__wrapped__("dynamodb").meta.config
    attempts = made.retries["total_max_attempts"]
    pauses = sum(2**number for number in range(attempts - 1))  # at most, in the standard mode
    each = made.connect_timeout + made.read_timeout
    assert attempts * each + pauses == clients.MAX_CALL_SECONDS


def test_a_handler_stops_working_early_enough_to_answer(each_stage: Assembly) -> None:
    ended = clients.MAX_CALL_ATTEMPTS * time_limits.REPEAT_ALARM_SECONDS
    assert ended < time_limits.RESPONSE_RESERVE_SECONDS
    for seconds, _ in behind_the_gateway(each_stage).values():
        assert seconds - time_limits.RESPONSE_RESERVE_SECONDS > clients.MAX_CALL_SECONDS


def test_a_function_ends_before_the_gateway_the_edge_and_the_page_give_up(
    each_stage: Assembly,
) -> None:
    called = behind_the_gateway(each_stage)
    assert len(called) == 6
    of_edge = [
        origin["CustomOriginConfig"].get("OriginReadTimeout", EDGE_SECONDS)
        for each in each_stage.properties("AWS::CloudFront::Distribution")
        for origin in each["DistributionConfig"]["Origins"]
        if "CustomOriginConfig" in origin
    ]
    assert bool(of_edge) is (each_stage.stage != "local")
    page = re.search(r"SECONDS_EACH = (\d+);", (ROOT / "web/portal/api.ts").read_text("utf-8"))
    assert page is not None
    for name, (seconds, of_gateway) in called.items():
        assert seconds < of_gateway <= GATEWAY_SECONDS, name
        assert seconds < min([*of_edge, int(page[1])]), name


def test_a_message_stays_invisible_six_times_as_long_as_its_function_may_take(
    each_stage: Assembly,
) -> None:
    queues = each_stage.resources("AWS::SQS::Queue")
    from_queues = [
        (source, function)
        for source, function in sources(each_stage)
        if flat(source["EventSourceArn"]).removeprefix("${").split(".")[0] in queues
    ]
    assert from_queues
    for source, function in from_queues:
        queue = queues[flat(source["EventSourceArn"]).removeprefix("${").split(".")[0]]
        lease = queue["Properties"]["VisibilityTimeout"]
        window = source.get("MaximumBatchingWindowInSeconds", 0)
        assert lease == LEASE * function["Timeout"] + window


def test_a_batch_of_the_stream_can_be_tried_twice_within_a_minute_of_linking(
    each_stage: Assembly,
) -> None:
    """The second try skips the report that stopped the first (docs/decisions/0024)."""
    linking = each_stage.functions["functions.triage.link.handle"]["Timeout"]
    (window,) = [
        source.get("MaximumBatchingWindowInSeconds", 0)
        for source, function in sources(each_stage)
        if function["Handler"] == "functions.triage.link.handle"
    ]
    assert 2 * (linking + window) < MINUTE


def test_a_function_that_runs_each_minute_ends_before_its_next_run(each_stage: Assembly) -> None:
    functions = each_stage.resources("AWS::Lambda::Function")
    every_minute = [
        functions[flat(target["Arn"]).removeprefix("${").split(".")[0]]["Properties"]
        for rule in each_stage.properties("AWS::Events::Rule")
        if rule.get("ScheduleExpression") == "rate(1 minute)"
        for target in rule["Targets"]
    ]
    assert len(every_minute) == 2
    assert all(each["Timeout"] < MINUTE for each in every_minute)


def test_no_state_of_the_workflow_gives_up_before_its_function_does(local: Assembly) -> None:
    """A wait for people has their deadline; every other task ends with its function, and no second
    one of a case runs beside one that was given up."""
    states = json.loads((ROOT / FILE).read_text("utf-8"))["States"]
    tasks = {name: each for name, each in states.items() if each["Type"] == "Task"}
    slowest = max(
        each["Timeout"] for each in local.functions.values() if "steps" in each["Handler"]
    )
    assert len(tasks) >= 5
    assert slowest < EXECUTION_STEP_SECONDS, "the shortest wait leaves a step its time"
    for name, task in tasks.items():
        if task["Resource"].endswith(".waitForTaskToken"):
            assert task["TimeoutSecondsPath"] == "$.wait_seconds", name
        else:
            assert task.get("TimeoutSeconds", LONGEST) > slowest, name
            assert "HeartbeatSeconds" not in task, name
