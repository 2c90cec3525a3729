"""Locks of objects that nobody may delete before their time."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

from infra.stage import DeploymentStage


def object_lock_retention(stage: DeploymentStage, days: int) -> s3.ObjectLockRetention | None:
    """A lock for so many days where data outlive the stack, else for one that an administrator can
    lift; none where a stage must be destroyable."""
    if stage.empties_itself:
        return None
    if stage.keep:
        return s3.ObjectLockRetention.compliance(Duration.days(days))
    return s3.ObjectLockRetention.governance(Duration.days(1))
