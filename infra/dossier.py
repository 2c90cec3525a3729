"""functions/dossier: from a draft of the desk to a signed package, by way of one bucket.

The builder sets what strangers wrote. Its role reads drafts, writes packages and signs with a key
that signs nothing else; it reads no table and opens nothing. What stands in the bucket is gone
after a day.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from constructs import Construct

from casework.aws.services import package_store
from casework.aws.services.settings import DossierSettings
from infra.data import DataStores
from infra.function import CaseworkFunction, FunctionFactory
from infra.queues import dead_letter_queue, work_queue
from infra.signing_keys import signing_key
from infra.stage import DeploymentStage

BUILD_TIMEOUT_SECONDS: Final = 120
"""Seconds for the largest draft: two documents, a signature and the package."""
MAX_BUILDERS: Final = 2
"""Builders at once: a package may wait for a minute."""
MAX_BUILD_DELIVERIES: Final = 3
PACKAGE_KEPT_TIME: Final = Duration.days(1)
"""Until a draft and its package expire; they are served for an hour."""


class PackageBucket(Construct):
    """What stands between the desk and the builder."""

    def __init__(
        self, scope: Construct, name: str, *, stage: DeploymentStage, data: DataStores
    ) -> None:
        super().__init__(scope, name)
        self._key = data.key
        self.dead_letters = dead_letter_queue(self, "DeadLetters", stage)
        """Packages that could not be built: their names."""
        self.queue = work_queue(
            self,
            "Asked",
            stage,
            seconds=BUILD_TIMEOUT_SECONDS,
            dead_letters=self.dead_letters,
            tries=MAX_BUILD_DELIVERIES,
        )
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=data.key,  # they say what the table says
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=stage.on_aws,  # the emulator uses plain loopback
            lifecycle_rules=[s3.LifecycleRule(expiration=PACKAGE_KEPT_TIME)],
            removal_policy=stage.removal,
            auto_delete_objects=stage.empties_itself,
        )

    def let_ask(self, function: CaseworkFunction) -> None:
        """Allow handing in a draft and taking the package."""
        everything = (
            package_store.DRAFT_OBJECT_PREFIX,
            package_store.BUILD_RESULT_OBJECT_PREFIX,
            package_store.PACKAGE_OBJECT_PREFIX,
        )
        self._let(function, puts=(package_store.DRAFT_OBJECT_PREFIX,), reads=everything)
        self.queue.grant_send_messages(function)

    def let_build(self, function: CaseworkFunction) -> None:
        """Allow reading a draft and writing its package."""
        before = (package_store.DRAFT_OBJECT_PREFIX, package_store.BUILD_RESULT_OBJECT_PREFIX)
        self._let(
            function,
            puts=(package_store.BUILD_RESULT_OBJECT_PREFIX, package_store.PACKAGE_OBJECT_PREFIX),
            reads=before,
        )

    def _let(
        self, function: CaseworkFunction, *, puts: tuple[str, ...], reads: tuple[str, ...]
    ) -> None:
        function.allow(["s3:PutObject"], *self._objects(puts))
        function.allow(["s3:GetObject"], *self._objects(reads))
        function.allow(["s3:ListBucket"], self.bucket.bucket_arn)  # else a missing one is a 403
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[self._key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.amazonaws.com"}},
            )
        )

    def _objects(self, prefixes: tuple[str, ...]) -> list[str]:
        return [self.bucket.arn_for_objects(f"{each}*") for each in prefixes]


class PackageBuilder(Construct):
    """The function with the typesetter, and the key that signs manifests."""

    def __init__(
        self, scope: Construct, name: str, *, made_by: FunctionFactory, waiting: PackageBucket
    ) -> None:
        super().__init__(scope, name)
        stage = made_by.stage
        self.key = signing_key(self, "Signing", stage, signs="the manifests of dossiers")
        self.function = CaseworkFunction(
            self,
            "Handle",
            made_by=made_by,
            handler="functions.dossier.handler.handle",
            settings=DossierSettings(
                stage=stage.name,
                pack=stage.pack,
                packages=waiting.bucket.bucket_name,
                dossier_key=self.key.key_arn,
            ),
            timeout=BUILD_TIMEOUT_SECONDS,
            reads=True,
        )
        waiting.let_build(self.function)
        self.function.allow(["kms:Sign"], self.key.key_arn)
        self.function.add_event_source(
            sources.SqsEventSource(
                waiting.queue,
                batch_size=1,
                max_concurrency=MAX_BUILDERS,
                report_batch_item_failures=True,
            )
        )
