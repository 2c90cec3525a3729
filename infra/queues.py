"""Queues: encrypted, over TLS only, with the longest retention of the service."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.stage import DeploymentStage

MAX_MESSAGE_RETENTION: Final = Duration.days(14)
VISIBILITY_TIMEOUT_FACTOR: Final = 6
"""A message stays invisible for this multiple of the function's seconds, as Lambda's guide asks:
the service may deliver it, be throttled and try again before it is visible to others."""


def dead_letter_queue(scope: Construct, name: str, stage: DeploymentStage) -> sqs.Queue:
    """A queue for what could not be delivered; `dashboard.py` raises an alarm on it."""
    return sqs.Queue(
        scope,
        name,
        retention_period=MAX_MESSAGE_RETENTION,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        removal_policy=stage.removal,
    )


def work_queue(
    scope: Construct,
    name: str,
    stage: DeploymentStage,
    *,
    seconds: int,
    dead_letters: sqs.IQueue,
    tries: int = 5,
) -> sqs.Queue:
    """A queue for a function that takes up to so many seconds for what is in it. A message comes
    again after `VISIBILITY_TIMEOUT_FACTOR` times as long, and goes to the dead letters after so
    many tries."""
    return sqs.Queue(
        scope,
        name,
        retention_period=MAX_MESSAGE_RETENTION,
        visibility_timeout=Duration.seconds(VISIBILITY_TIMEOUT_FACTOR * seconds),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=tries),
        removal_policy=stage.removal,
    )
