"""Queues: encrypted, over TLS only, kept for the longest time the service allows."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.stage import Stage

LONGEST = Duration.days(14)


def dead_letter_queue(scope: Construct, name: str, stage: Stage) -> sqs.Queue:
    """Where what could not be delivered waits for a person; it is alarmed on in `watch.py`."""
    return sqs.Queue(
        scope,
        name,
        retention_period=LONGEST,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        removal_policy=stage.removal,
    )
