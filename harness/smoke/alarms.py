"""One alarm, raised by a harmless datum and received from the topic of all alarms."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any, Final

from casework.aws.services.telemetry import METRIC_NAMESPACE
from casework.credentials.trial_mark import TRIAL_ALARM_METRIC, TRIAL_MARK_ISSUER
from harness.smoke.created_resources import AlarmQueue
from harness.smoke.deployed import DeployedStage
from harness.smoke.outcome import eventually

RAISED: Final = "ALARM"
RESTS: Final = "OK"
WAIT_SECONDS: Final = 2


def listen(deployed: DeployedStage, made: Callable[[AlarmQueue], None]) -> AlarmQueue:
    """A queue that receives the topic of alarms; `made` is called at once for each part."""
    sqs, topic = deployed.aws.sqs, deployed.outputs["AlarmTopicArn"]
    name = f"casework-{deployed.stage.name}-trial-{secrets.token_hex(4)}"
    ear = AlarmQueue(queue=sqs.create_queue(QueueName=name)["QueueUrl"])
    made(ear)
    told = sqs.get_queue_attributes(QueueUrl=ear.queue, AttributeNames=["QueueArn"])
    arn = told["Attributes"]["QueueArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=ear.queue, Attributes={"Policy": json.dumps(policy)})
    ear.subscription = deployed.aws.sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn,
        Attributes={"RawMessageDelivery": "true"},
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    made(ear)
    return ear


def raise_and_hear(deployed: DeployedStage, ear: AlarmQueue, seconds: float) -> None:
    """Write one datum, and wait until the topic has sent the alarm; raises Wrong.

    The alarm is reset first, because a run a minute ago may have left it raised.
    """
    watch, name = deployed.aws.client("cloudwatch"), deployed.outputs["TrialAlarm"]
    watch.set_alarm_state(AlarmName=name, StateValue=RESTS, StateReason="Another trial begins.")
    datum = {
        "MetricName": TRIAL_ALARM_METRIC,
        "Dimensions": [{"Name": "service", "Value": TRIAL_MARK_ISSUER}],
        "Value": 1.0,
        "Unit": "Count",
    }
    watch.put_metric_data(Namespace=METRIC_NAMESPACE, MetricData=[datum])
    eventually(lambda: _told(deployed, ear, name), "the alarm", seconds)


def _told(deployed: DeployedStage, ear: AlarmQueue, name: str) -> bool:
    answer = deployed.aws.sqs.receive_message(
        QueueUrl=ear.queue, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_SECONDS
    )
    told: list[dict[str, Any]] = [json.loads(each["Body"]) for each in answer.get("Messages", [])]
    wanted = {"AlarmName": name, "NewStateValue": RAISED}
    return any(wanted.items() <= each.items() for each in told)


def stop_listening(deployed: DeployedStage, ear: AlarmQueue) -> None:
    """Delete the queue."""
    if ear.subscription:
        deployed.aws.sns.unsubscribe(SubscriptionArn=ear.subscription)
    try:
        deployed.aws.sqs.delete_queue(QueueUrl=ear.queue)
    except deployed.aws.sqs.exceptions.QueueDoesNotExist:
        return
