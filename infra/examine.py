"""functions/examine: from the queue that the receiver fills to sealed previews, and a scanner.

The examiner parses what strangers sent. Its role reads an upload that it is told of, writes sealed
pages and tells its result to a queue; it reads no table and opens nothing. Beside it, on AWS,
GuardDuty scans each upload for malware with a role of its own.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_guardduty as guardduty
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from casework.aws.services.settings import ExamineSettings
from casework.report.multipart import UPLOAD_OBJECT_PREFIX
from infra.data import DataStores
from infra.function import CaseworkFunction, FunctionFactory
from infra.public_keys import PublicKeys
from infra.queues import dead_letter_queue, work_queue
from infra.stage import DeploymentStage
from infra.uploads import Uploads

EXAMINE_TIMEOUT_SECONDS: Final = 150
"""Seconds: two runs of the decoders at most, with reading and writing."""
MAX_EXAMINERS: Final = 5
"""Examiners at once: previews may wait, reports may not."""
MAX_EXAMINE_DELIVERIES: Final = 3
SCAN_RESULT_DETAIL_TYPE: Final = "GuardDuty Malware Protection Object Scan Result"
TRIED_OBJECT: Final = "malware-protection-resource-validation-object"
"""The object by which GuardDuty tries its rights on a bucket."""


class PreviewPipeline(Construct):
    """What stands between the receiver, the examiner and those who see previews."""

    def __init__(self, scope: Construct, name: str, *, stage: DeploymentStage) -> None:
        super().__init__(scope, name)
        self.dead_letters = dead_letter_queue(self, "DeadLetters", stage)
        """Uploads that no examiner could answer for: their names."""
        self.queue = work_queue(
            self,
            "Kept",
            stage,
            seconds=EXAMINE_TIMEOUT_SECONDS,
            dead_letters=self.dead_letters,
            tries=MAX_EXAMINE_DELIVERIES,
        )
        self.previews = s3.Bucket(
            self,
            "Previews",
            encryption=s3.BucketEncryption.S3_MANAGED,  # they are sealed already
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=stage.on_aws,  # the emulator uses plain loopback
            removal_policy=stage.removal,
            auto_delete_objects=stage.empties_itself,
        )


class Examiner(Construct):
    """The function with the decoders, and the scanner."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        public_keys: PublicKeys,
        uploads: Uploads,
        looking: PreviewPipeline,
        results: sqs.Queue,
        missed: sqs.IQueue,
    ) -> None:
        super().__init__(scope, name)
        self.function = CaseworkFunction(
            self,
            "Handle",
            made_by=made_by,
            handler="functions.examine.handler.handle",
            settings=ExamineSettings(
                stage=made_by.stage.name,
                drop=uploads.bucket.bucket_name,
                previews=looking.previews.bucket_name,
                preview_key=data.preview.key_arn,
                preview_public_key=public_keys.preview,
                results=results.queue_url,
            ),
            timeout=EXAMINE_TIMEOUT_SECONDS,
            in_processes=True,
        )
        uploads.let_read_one(self.function)
        self.function.allow(["s3:PutObject"], looking.previews.arn_for_objects("*"))
        results.grant_send_messages(self.function)
        self.function.add_event_source(
            sources.SqsEventSource(
                looking.queue,
                batch_size=1,
                max_concurrency=MAX_EXAMINERS,
                report_batch_item_failures=True,
            )
        )
        self._hear_of_scans(uploads, results, missed)
        if made_by.stage.scanner:
            self._scan(uploads)

    def _hear_of_scans(self, uploads: Uploads, results: sqs.Queue, missed: sqs.IQueue) -> None:
        """Upload, version and result go on, and no name of a threat: it may quote the file."""
        events.Rule(
            self,
            "Scanned",
            description="Tells the receiver what the scanner for malware said of an upload",
            event_pattern=events.EventPattern(
                source=["aws.guardduty"],
                detail_type=[SCAN_RESULT_DETAIL_TYPE],
                detail={"s3ObjectDetails": {"bucketName": [uploads.bucket.bucket_name]}},
            ),
            targets=[
                targets.SqsQueue(
                    results,
                    message=events.RuleTargetInput.from_object(
                        {
                            "key": events.EventField.from_path(
                                "$.detail.s3ObjectDetails.objectKey"
                            ),
                            "version": events.EventField.from_path(
                                "$.detail.s3ObjectDetails.versionId"
                            ),
                            "scanned": events.EventField.from_path(
                                "$.detail.scanResultDetails.scanResultStatus"
                            ),
                        }
                    ),
                    dead_letter_queue=missed,
                    retry_attempts=185,
                    max_event_age=Duration.hours(24),
                )
            ],
        )

    def _scan(self, uploads: Uploads) -> None:
        """The rights are those that GuardDuty's guide asks for, without the writing of tags ("IAM
        role policy permissions", Malware Protection for S3)."""
        role = iam.Role(
            self,
            "ScannerRole",
            assumed_by=iam.ServicePrincipal("malware-protection-plan.guardduty.amazonaws.com"),
            description="What GuardDuty may do to scan uploads",
        )
        rule = Fn.join(
            "",
            [
                *("arn:", Aws.PARTITION, ":events:", Aws.REGION, ":", Aws.ACCOUNT_ID),
                ":rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*",
            ],
        )
        managed = {
            "StringLike": {"events:ManagedBy": "malware-protection-plan.guardduty.amazonaws.com"}
        }
        through = {"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.amazonaws.com"}}
        for actions, resource, conditions in (
            (
                [
                    "events:PutRule",
                    "events:DeleteRule",
                    "events:PutTargets",
                    "events:RemoveTargets",
                ],
                rule,
                managed,
            ),
            (["events:DescribeRule", "events:ListTargetsByRule"], rule, None),
            (
                ["s3:PutBucketNotification", "s3:GetBucketNotification", "s3:ListBucket"],
                uploads.bucket.bucket_arn,
                None,
            ),
            (["s3:PutObject"], uploads.bucket.arn_for_objects(TRIED_OBJECT), None),
            (["s3:GetObject", "s3:GetObjectVersion"], uploads.objects, None),
            (["kms:GenerateDataKey", "kms:Decrypt"], uploads.key.key_arn, through),
        ):
            role.add_to_policy(
                iam.PolicyStatement(actions=actions, resources=[resource], conditions=conditions)
            )
        uploads.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ScansUploads",
                actions=["kms:GenerateDataKey", "kms:Decrypt"],
                principals=[iam.ArnPrincipal(role.role_arn)],
                resources=["*"],
                conditions=through,
            )
        )
        plan = guardduty.CfnMalwareProtectionPlan(
            self,
            "Scanner",
            role=role.role_arn,
            protected_resource={
                "s3Bucket": {
                    "bucketName": uploads.bucket.bucket_name,
                    "objectPrefixes": [UPLOAD_OBJECT_PREFIX],
                }
            },
        )
        plan.node.add_dependency(role)
