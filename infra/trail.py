"""A trail of the account's changes, which the alarm on changed keys needs.

EventBridge receives calls of other services only where a trail records them (EventBridge User
Guide, "AWS service events delivered via AWS CloudTrail"). One trail in an account and region costs
only its storage. It records management calls that change something: they hold nothing of reporters,
and of cases only their numbers.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.stage import DeploymentStage

TRAIL_KEPT_TIME = Duration.days(365)


class AccountTrail(Construct):
    """A trail for an account that has none."""

    def __init__(self, scope: Construct, name: str, *, stage: DeploymentStage) -> None:
        super().__init__(scope, name)
        bucket = s3.Bucket(
            self,
            "Records",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=TRAIL_KEPT_TIME, noncurrent_version_expiration=Duration.days(1)
                )
            ],
            removal_policy=stage.removal,
        )
        cloudtrail.Trail(
            self,
            "Changes",
            bucket=bucket,
            management_events=cloudtrail.ReadWriteType.WRITE_ONLY,
            is_multi_region_trail=False,
            include_global_service_events=True,
            enable_file_validation=True,
        )
