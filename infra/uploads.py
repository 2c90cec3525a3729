"""The bucket that takes the files of reporters until they are sealed."""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from casework.report.multipart import UPLOAD_OBJECT_PREFIX
from infra.data import (
    KEEP_SEALING_KEY,
)
from infra.function import CaseworkFunction
from infra.stage import DeploymentStage

UPLOADS_KEPT: Final = Duration.days(1)
"""Until an upload expires, and then until its version is deleted: two days in all, sealed or not.
Until then the receiver can be repaired: it reads versions, also of an expired object."""


class Uploads(Construct):
    """The bucket of uploads, and the key that encrypts it at rest."""

    def __init__(self, scope: Construct, name: str, *, stage: DeploymentStage) -> None:
        super().__init__(scope, name)
        root = Fn.join("", ["arn:", Aws.PARTITION, ":iam::", Aws.ACCOUNT_ID, ":root"])
        self.key = kms.Key(
            self,
            "Key",
            description=f"casework {stage.name}: files of reporters until they are sealed",
            enable_key_rotation=True,
            policy=iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        sid="KeptByTheAccount",
                        actions=[*KEEP_SEALING_KEY, "kms:EnableKeyRotation"],
                        principals=[iam.ArnPrincipal(root)],
                        resources=["*"],
                    )
                ]
            ),
            pending_window=Duration.days(30 if stage.keep else 7),
            removal_policy=stage.removal,
        )
        self.bucket = s3.Bucket(
            self,
            "Drop",
            versioned=True,  # the first version counts; without versions a later one replaces it
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=stage.on_aws,  # the emulator uses plain loopback
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=UPLOADS_KEPT,
                    noncurrent_version_expiration=UPLOADS_KEPT,
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
            removal_policy=stage.removal,
            auto_delete_objects=stage.empties_itself,
        )
        # The construct's own setting would add a function with rights on all buckets.
        resource = self.bucket.node.default_child
        if not isinstance(resource, s3.CfnBucket):
            raise TypeError("a bucket is made of one CfnBucket")
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )

    @property
    def objects(self) -> str:
        """The ARN pattern of all uploads."""
        return self.bucket.arn_for_objects(f"{UPLOAD_OBJECT_PREFIX}*")

    def let_sign(self, function: CaseworkFunction) -> None:
        """Allow writing uploads: a form has the rights of the role that signed it."""
        function.allow(["s3:PutObject"], self.objects)
        self._let_use(function, "SignsForms", "kms:GenerateDataKey")

    def let_read(self, function: CaseworkFunction) -> None:
        """Allow reading uploads."""
        function.allow(["s3:GetObjectVersion"], self.objects)
        self.let_list(function)
        self._let_use(function, "ReadsUploads", "kms:Decrypt")

    def let_read_one(self, function: CaseworkFunction) -> None:
        """Allow reading an upload whose versions were told, and finding none."""
        function.allow(["s3:GetObjectVersion"], self.objects)
        self._let_use(function, "ExaminesUploads", "kms:Decrypt")

    def let_list(self, function: CaseworkFunction) -> None:
        """Allow finding the parts of an upload, by their names and versions."""
        function.allow(["s3:ListBucketVersions"], self.bucket.bucket_arn)

    def _let_use(self, function: CaseworkFunction, sid: str, action: str) -> None:
        """In the key's own policy and in the function's role: the account alone grants nothing."""
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                actions=[action],
                principals=[iam.ArnPrincipal(function.its_role.role_arn)],
                resources=["*"],
            )
        )
        function.allow([action], self.key.key_arn)
