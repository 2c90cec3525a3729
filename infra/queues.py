"""Queues: encrypted, over TLS only, with the longest retention of the service."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.stage import Stage

LONGEST = Duration.days(14)


def dead_letter_queue(scope: Construct, name: str, stage: Stage) -> sqs.Queue:
    """A queue for what could not be delivered; `watch.py` raises an alarm on it."""
    return sqs.Queue(
        scope,
        name,
        retention_period=LONGEST,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        removal_policy=stage.removal,
    )
