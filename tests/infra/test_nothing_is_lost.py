"""Every asynchronous edge is retried, then its message is kept and a person is alarmed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from casework.report.reporter_news import FOLLOWED_MOVES
from casework.statistics.case_statistics import COUNTED_MOVES
from functions.dossier.handler import MAX_BUILD_MESSAGE_DELIVERIES
from functions.triage import unread_queues
from tests.infra.assembly import Assembly, flat

FOURTEEN_DAYS = 14 * 24 * 3600


def alarmed_queues(assembly: Assembly) -> set[str]:
    """Logical ids of queues with an alarm on the first visible message."""
    found = set()
    for alarm in assembly.properties("AWS::CloudWatch::Alarm"):
        metrics = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", [])] or [alarm]
        for metric in metrics:
            if metric.get("MetricName") == "ApproximateNumberOfMessagesVisible":
                assert alarm["Threshold"] == 0
                assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
                assert alarm["AlarmActions"]
                found |= {
                    each["Value"]["Fn::GetAtt"][0]
                    for each in metric["Dimensions"]
                    if each["Name"] == "QueueName"
                }
    return found


def alarmed_metrics(assembly: Assembly) -> set[tuple[str, str]]:
    """(namespace, metric) of everything alarmed on."""
    found = set()
    for alarm in assembly.properties("AWS::CloudWatch::Alarm"):
        stats = [each["MetricStat"] for each in alarm.get("Metrics", []) if "MetricStat" in each]
        for metric in [stat["Metric"] for stat in stats] or [alarm]:
            found.add((metric["Namespace"], metric["MetricName"]))
    return found


def queue_of(arn: Any) -> str:
    return str(flat(arn)).removeprefix("${").split(".")[0]


def test_linking_retries_a_stream_record_then_sets_it_aside_and_raises_an_alarm(
    each_stage: Assembly,
) -> None:
    mapping = mapping_of(each_stage, "functions.triage.link.handle")
    assert (mapping["BatchSize"], mapping["ParallelizationFactor"]) == (25, 4)
    assert mapping["MaximumRetryAttempts"] == 2  # unset would mean for ever
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["FilterCriteria"]["Filters"] == [
        {
            "Pattern": '{"eventName":["INSERT"],'
            '"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"REPORT#"}]},'
            '"sk":{"S":["REPORT",{"prefix":"ADDITION#"},{"prefix":"PICTURE#"}]}}}}'
        },
        {
            "Pattern": '{"eventName":["INSERT"],'
            '"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"MARK#"}]}},'
            '"NewImage":{"vault":{"S":[{"exists":true}]}}}}'
        },
        {
            "Pattern": '{"eventName":["INSERT"],'
            '"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"EVENT#"}]}},"NewImage":{"move":{"S":'
            + json.dumps(sorted(FOLLOWED_MOVES), separators=(",", ":"))
            + "}}}}"
        },
    ]
    aside = queue_of(mapping["DestinationConfig"]["OnFailure"]["Destination"])
    assert aside in alarmed_queues(each_stage)
    output = each_stage.templates["core"]["Outputs"]["DeadLetterUrl"]["Value"]
    assert output == {"Ref": aside}


def test_counting_retries_a_stream_record_then_sets_it_aside_and_raises_an_alarm(
    each_stage: Assembly,
) -> None:
    mapping = mapping_of(each_stage, "functions.statistics.counting.handle")
    assert mapping["MaximumRetryAttempts"] == 4
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    waits = 1 if each_stage.stage == "local" else 300
    assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (1000, waits)
    assert [each["Pattern"] for each in mapping["FilterCriteria"]["Filters"]] == [
        '{"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"REPORT#"}]}},'
        '"NewImage":{"case_id":{"S":[{"exists":true}]}}}}',
        '{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"EVENT#"}]}},'
        f'"NewImage":{{"move":{{"S":{_compact(COUNTED_MOVES)}}}}}}}}}',
    ]
    aside = queue_of(mapping["DestinationConfig"]["OnFailure"]["Destination"])
    assert aside in alarmed_queues(each_stage)


def test_at_most_two_consumers_read_the_stream(each_stage: Assembly) -> None:
    """The service's limit: a third would slow the others down."""
    mappings = each_stage.properties("AWS::Lambda::EventSourceMapping")
    assert len([each for each in mappings if "StreamArn" in flat(each["EventSourceArn"])]) == 2


def mapping_of(assembly: Assembly, handler: str) -> dict[str, Any]:
    """How a stream or a queue is delivered to a function."""
    name = assembly.logical_id_of(handler)
    (mapping,) = [
        each
        for each in assembly.properties("AWS::Lambda::EventSourceMapping")
        if each["FunctionName"] == {"Ref": name}
    ]
    return mapping


def test_the_end_of_every_execution_reaches_the_reconciler_or_raises_an_alarm(
    each_stage: Assembly,
) -> None:
    """However it ended: also an execution that succeeded may leave a case without a workflow."""
    (rule,) = [
        each
        for each in each_stage.properties("AWS::Events::Rule", "core")
        if each.get("EventPattern", {}).get("source") == ["aws.states"]
    ]
    pattern = rule["EventPattern"]
    assert pattern["detail-type"] == ["Step Functions Execution Status Change"]
    assert set(pattern["detail"]["status"]) == {"FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED"}
    (machine,) = each_stage.resources("AWS::StepFunctions::StateMachine")
    assert pattern["detail"]["stateMachineArn"] == [{"Ref": machine}]
    (target,) = rule["Targets"]
    ends = queue_of(target["Arn"])
    mapping = mapping_of(each_stage, "functions.triage.reconcile.handle")
    assert queue_of(mapping["EventSourceArn"]) == ends
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    redrive = each_stage.resources("AWS::SQS::Queue")[ends]["Properties"]["RedrivePolicy"]
    for aside in (redrive["deadLetterTargetArn"], target["DeadLetterConfig"]["Arn"]):
        assert queue_of(aside) in alarmed_queues(each_stage)


def test_every_upload_reaches_the_receiver_without_its_sender_or_raises_an_alarm(
    each_stage: Assembly,
) -> None:
    """Evidence case E5: an event of S3 holds the address of the sender, and only the name of the
    object goes on. A rule's dead letters would hold the whole event, so it has none."""
    (rule,) = [
        each
        for each in each_stage.properties("AWS::Events::Rule", "core")
        if each.get("EventPattern", {}).get("source") == ["aws.s3"]
    ]
    (bucket,) = rule["EventPattern"]["detail"]["bucket"]["name"]
    assert bucket["Ref"].startswith("UploadsDrop")
    (target,) = rule["Targets"]
    assert "DeadLetterConfig" not in target
    told = target["InputTransformer"]
    assert list(told["InputPathsMap"].values()) == ["$.detail.object.key"]
    (name,) = told["InputPathsMap"]
    assert told["InputTemplate"] == f'{{"key":<{name}>}}'
    mapping = mapping_of(each_stage, "functions.evidence.receive.handle")
    arrivals = queue_of(target["Arn"])
    assert queue_of(mapping["EventSourceArn"]) == arrivals
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    redrive = each_stage.resources("AWS::SQS::Queue")[arrivals]["Properties"]["RedrivePolicy"]
    assert queue_of(redrive["deadLetterTargetArn"]) in alarmed_queues(each_stage)
    (drop,) = (
        each["Properties"]
        for name, each in each_stage.resources("AWS::S3::Bucket", "core").items()
        if name.startswith("UploadsDrop")
    )
    assert drop["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    assert "LoggingConfiguration" not in drop


def test_every_kept_file_reaches_the_examiner_and_its_result_the_receiver(
    each_stage: Assembly,
) -> None:
    mapping = mapping_of(each_stage, "functions.examine.handler.handle")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    kept = queue_of(mapping["EventSourceArn"])
    told = {
        name: each_stage.functions[f"functions.{name}.handle"]["Environment"]["Variables"]
        for name in ("evidence.receive", "examine.handler")
    }
    assert told["evidence.receive"]["EXAMINER"]["Ref"] == kept
    arrivals = mapping_of(each_stage, "functions.evidence.receive.handle")["EventSourceArn"]
    assert told["examine.handler"]["RESULTS"]["Ref"] == queue_of(arrivals)
    queue = each_stage.resources("AWS::SQS::Queue")[kept]["Properties"]
    assert queue_of(queue["RedrivePolicy"]["deadLetterTargetArn"]) in alarmed_queues(each_stage)
    examiner = each_stage.functions["functions.examine.handler.handle"]
    assert queue["VisibilityTimeout"] >= 6 * examiner["Timeout"]


def test_every_package_that_is_asked_for_reaches_the_builder_or_an_alarm(
    each_stage: Assembly,
) -> None:
    mapping = mapping_of(each_stage, "functions.dossier.handler.handle")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    asked = queue_of(mapping["EventSourceArn"])
    desk, builder = (
        each_stage.functions[f"functions.{name}.handler.handle"] for name in ("desk", "dossier")
    )
    told = [each["Environment"]["Variables"] for each in (desk, builder)]
    assert told[0]["PACKING"]["Ref"] == asked
    assert told[0]["PACKAGES"] == told[1]["PACKAGES"]
    queue = each_stage.resources("AWS::SQS::Queue")[asked]["Properties"]
    assert queue_of(queue["RedrivePolicy"]["deadLetterTargetArn"]) in alarmed_queues(each_stage)
    assert queue["RedrivePolicy"]["maxReceiveCount"] == MAX_BUILD_MESSAGE_DELIVERIES
    assert queue["VisibilityTimeout"] >= 6 * builder["Timeout"]


def test_what_the_scanner_says_reaches_the_receiver_without_the_name_of_a_threat(
    each_stage: Assembly,
) -> None:
    (rule,) = [
        each
        for each in each_stage.properties("AWS::Events::Rule", "core")
        if each.get("EventPattern", {}).get("source") == ["aws.guardduty"]
    ]
    (target,) = rule["Targets"]
    paths = set(target["InputTransformer"]["InputPathsMap"].values())
    assert paths == {
        "$.detail.s3ObjectDetails.objectKey",
        "$.detail.s3ObjectDetails.versionId",
        "$.detail.scanResultDetails.scanResultStatus",
    }
    arrivals = mapping_of(each_stage, "functions.evidence.receive.handle")["EventSourceArn"]
    assert queue_of(target["Arn"]) == queue_of(arrivals)
    assert queue_of(target["DeadLetterConfig"]["Arn"]) in alarmed_queues(each_stage)


def test_every_asynchronous_call_is_retried_then_set_aside_with_an_alarm(
    each_stage: Assembly,
) -> None:
    configured = {
        each["FunctionName"]["Ref"]: each
        for each in each_stage.properties("AWS::Lambda::EventInvokeConfig")
    }
    called = {
        queue_of(target["Arn"])
        for rule in each_stage.properties("AWS::Events::Rule")
        if "ScheduleExpression" in rule
        for target in rule["Targets"]
    }
    by_hand = {each_stage.logical_id_of("functions.triage.link.reprocess")}
    assert configured.keys() == called | by_hand
    for each in configured.values():
        assert each["MaximumRetryAttempts"] == 2
        aside = queue_of(each["DestinationConfig"]["OnFailure"]["Destination"])
        assert aside in alarmed_queues(each_stage)


def test_reconciler_and_sweeper_run_every_minute_and_a_missed_run_raises_an_alarm(
    each_stage: Assembly,
) -> None:
    runs = {}
    for rule in each_stage.properties("AWS::Events::Rule", "core"):
        if "ScheduleExpression" not in rule:
            continue
        assert rule["State"] == "ENABLED"
        for target in rule["Targets"]:
            runs[queue_of(target["Arn"])] = rule["ScheduleExpression"]
            assert target["RetryPolicy"]["MaximumRetryAttempts"] == 2
            assert queue_of(target["DeadLetterConfig"]["Arn"]) in alarmed_queues(each_stage)
    for handler in ("functions.triage.reconcile.handle", "functions.triage.sweep.handle"):
        assert runs[each_stage.logical_id_of(handler)] == "rate(1 minute)"
        assert each_stage.functions[handler]["Timeout"] < 60


@pytest.mark.parametrize("reads", ["functions.triage.steps.triage", "functions.triage.link.handle"])
def test_functions_that_read_reports_have_time_for_their_first_one(
    each_stage: Assembly, reads: str
) -> None:
    """A process that is ended while it reads the lexicons is followed by one that begins anew.

    Twice its time is less than a minute: see tests/integration/test_poison.py.
    """
    assert each_stage.functions[reads]["Timeout"] == 20


def test_every_subscription_has_a_dead_letter_that_is_alarmed_on(each_stage: Assembly) -> None:
    subscriptions = each_stage.properties("AWS::SNS::Subscription", "units")
    assert subscriptions
    for each in subscriptions:
        assert queue_of(each["RedrivePolicy"]["deadLetterTargetArn"]) in alarmed_queues(each_stage)


def test_every_unit_queue_has_a_dead_letter_that_is_alarmed_on(each_stage: Assembly) -> None:
    for name, queue in each_stage.resources("AWS::SQS::Queue", "units").items():
        properties = queue["Properties"]
        assert properties["MessageRetentionPeriod"] == FOURTEEN_DAYS
        if "RedrivePolicy" in properties:
            aside = queue_of(properties["RedrivePolicy"]["deadLetterTargetArn"])
            assert aside in alarmed_queues(each_stage)
        else:
            assert name in alarmed_queues(each_stage)


def test_every_service_that_can_fail_silently_has_an_alarm(each_stage: Assembly) -> None:
    """Metrics of the services; for our own metrics see test_alarms.py."""
    expected = {
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/Lambda", "IteratorAge"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/States", "ExecutionsFailed"),
        ("AWS/States", "ExecutionsTimedOut"),
        ("AWS/ApiGateway", "5xx"),
        ("AWS/SNS", "NumberOfNotificationsFailed"),
    }
    assert expected <= alarmed_metrics(each_stage)


def test_unread_messages_are_told_of_long_before_they_expire(each_stage: Assembly) -> None:
    """`tests/integration/test_unread_queues.py` has when, and of which queues."""
    kept = {
        queue["Properties"]["MessageRetentionPeriod"]
        for queue in each_stage.resources("AWS::SQS::Queue", "units").values()
    }
    assert kept == {FOURTEEN_DAYS}
    assert unread_queues.MAX_MESSAGE_AGE.total_seconds() == FOURTEEN_DAYS // 2
    assert ("Casework", "QueuesUnread") in alarmed_metrics(each_stage)


def test_calls_that_are_refused_to_any_function_raise_one_alarm(each_stage: Assembly) -> None:
    """The series without a dimension is of all functions of the account."""
    (alarm,) = (
        each
        for each in each_stage.properties("AWS::CloudWatch::Alarm")
        if each.get("MetricName") == "Throttles"
    )
    assert "Dimensions" not in alarm
    assert alarm["Statistic"] == "Sum"


def test_verification_runs_each_night_after_the_seal(each_stage: Assembly) -> None:
    runs = {
        queue_of(target["Arn"]): rule["ScheduleExpression"]
        for rule in each_stage.properties("AWS::Events::Rule", "core")
        for target in rule["Targets"]
        if "ScheduleExpression" in rule
    }
    nights = [
        runs[each_stage.logical_id_of(f"functions.history.{name}.handle")]
        for name in ("seal_day", "verify_days", "rehash_vault")
    ]
    assert nights == ["cron(20 0 * * ? *)", "cron(40 2 * * ? *)", "cron(10 4 * * ? *)"]


CALLED_BY_A_DEPLOYMENT = {"functions.public_keys.handler.handle"}
"""If it fails or does not answer, the deployment fails and names it."""


def test_every_function_has_alarms(each_stage: Assembly) -> None:
    watched = {
        flat(dimension["Value"])
        for alarm in each_stage.properties("AWS::CloudWatch::Alarm")
        for metric in [
            *[each["MetricStat"]["Metric"] for each in alarm.get("Metrics", [])],
            alarm,
        ]
        for dimension in metric.get("Dimensions", [])
        if dimension["Name"] == "FunctionName"
    }
    handlers = each_stage.functions.keys() - CALLED_BY_A_DEPLOYMENT
    assert {f"${{{each_stage.logical_id_of(handler)}}}" for handler in handlers} <= watched


def test_every_alarm_publishes_to_the_alarm_topic_which_accepts_it(each_stage: Assembly) -> None:
    (topic,) = (name for name in each_stage.resources("AWS::SNS::Topic") if "Alarms" in name)
    for alarm in each_stage.properties("AWS::CloudWatch::Alarm"):
        assert [topic in flat(action) for action in alarm["AlarmActions"]] == [True]
    speakers = [
        statement["Principal"].get("Service")
        for policy in each_stage.properties("AWS::SNS::TopicPolicy")
        if policy["Topics"] == [{"Ref": topic}]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    # Alarms, and the rule that tells of a changed key.
    assert speakers == ["cloudwatch.amazonaws.com", "events.amazonaws.com"]


def test_tables_buckets_and_keys_that_keep_data_survive_a_mistaken_deletion(prod: Assembly) -> None:
    (table,) = prod.resources("AWS::DynamoDB::Table").values()
    assert table["DeletionPolicy"] == "Retain"
    properties = table["Properties"]
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert properties["SSESpecification"]["SSEType"] == "KMS"
    for kind in ("AWS::SecretsManager::Secret", "AWS::KMS::Key"):
        for name, resource in prod.resources(kind).items():
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name


def _compact(names: Iterable[str]) -> str:
    return json.dumps(list(names), separators=(",", ":"))
