"""The bucket with the lists of known material: an operator loads them (`make lists`), and none
comes with the system."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from casework.aws.services.hash_list_store import CATALOGUE_OBJECT_KEY, HASH_LIST_OBJECT_PREFIX
from infra.function import CaseworkFunction
from infra.stage import DeploymentStage

OLD_LIST_KEPT_TIME: Final = Duration.days(30)
"""Until a catalogue that was overwritten, or a list that was removed, is deleted for good: until
then a mistake can be taken back."""


class HashLists(Construct):
    """Lists that functions read and none writes."""

    def __init__(self, scope: Construct, name: str, *, stage: DeploymentStage) -> None:
        super().__init__(scope, name)
        self.bucket = s3.Bucket(
            self,
            "Lists",
            versioned=True,  # a deleted catalogue is told from one that never was
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=stage.on_aws,  # the emulator uses plain loopback
            lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=OLD_LIST_KEPT_TIME)],
            removal_policy=stage.removal,
            auto_delete_objects=stage.empties_itself,
        )

    def let_read(self, function: CaseworkFunction) -> None:
        """Allow reading the catalogue and the lists, and being told that there are none."""
        function.allow(
            ["s3:GetObject"],
            self.bucket.arn_for_objects(CATALOGUE_OBJECT_KEY),
            self.bucket.arn_for_objects(f"{HASH_LIST_OBJECT_PREFIX}*"),
        )
        # Else a missing one is a 403, and one that was deleted is not told from one never loaded.
        function.allow(["s3:ListBucket", "s3:ListBucketVersions"], self.bucket.bucket_arn)
