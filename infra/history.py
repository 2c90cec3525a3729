"""functions/history: signs the heads of all histories every night, verifies them, and reads the
vault in rotation."""

from __future__ import annotations

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from casework.aws.services import day_seal_store, report_tree_store, transparency_log_store
from casework.aws.services.settings import (
    RehashSettings,
    SealDaySettings,
    SealSettings,
    StampSettings,
)
from casework.aws.table import keys
from infra.data import BATCH_GET_ACTION, GET_ACTION, LOG_KEYS, PUT_ACTION, QUERY_ACTION, DataStores
from infra.function import CaseworkFunction, FunctionFactory
from infra.locks import object_lock_retention
from infra.notification_topic import NotificationTopic
from infra.signing_keys import signing_key

SEAL_LOCK_YEARS = 10
"""How long a seal is locked against every deletion, in stages whose data outlive the stack."""


SEALED_OBJECT_PREFIXES = (
    day_seal_store.SEAL_OBJECT_PREFIX,
    transparency_log_store.PUBLIC_LOG_PREFIX,
    transparency_log_store.TREE_SIZE_CLAIM_PREFIX,
    transparency_log_store.CHECKPOINT_OBJECT_PREFIX,
    transparency_log_store.LOG_INDEX_OBJECT_PREFIX,
    report_tree_store.REPORT_TREE_OBJECT_PREFIX,
)
"""What stands in the bucket of seals, by the prefixes of its names."""
PROOF_OBJECT_PREFIXES = (
    day_seal_store.SEAL_OBJECT_PREFIX,
    transparency_log_store.PUBLIC_LOG_PREFIX,
    transparency_log_store.LOG_INDEX_OBJECT_PREFIX,
    report_tree_store.REPORT_TREE_OBJECT_PREFIX,
)
"""The part of it from which a reporter's proof is made."""
CASE_PROOF_OBJECT_PREFIXES = (
    day_seal_store.SEAL_OBJECT_PREFIX,
    transparency_log_store.PUBLIC_LOG_PREFIX,
    transparency_log_store.LOG_INDEX_OBJECT_PREFIX,
)
"""The part from which the proof of a case is made."""


class SealedHistory(Construct):
    """The signing key, the bucket that keeps every version, and the two nightly functions."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        announcements: NotificationTopic,
        missed: sqs.IQueue,
        dossier_key: kms.IKey,
    ) -> None:
        super().__init__(scope, name)
        stage = made_by.stage
        self.key = signing_key(self, "Signing", stage, signs="the heads of the day's chains")
        self.log_key = signing_key(
            self,
            "Log",
            stage,
            signs="the log of days",
            spec=kms.KeySpec.ECC_NIST_EDWARDS25519,  # the C2SP formats ask for it
        )
        self.bucket = s3.Bucket(
            self,
            "Seals",
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=object_lock_retention(stage, 365 * SEAL_LOCK_YEARS),
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=stage.on_aws,  # the emulator uses plain loopback
            removal_policy=stage.removal,
            auto_delete_objects=stage.empties_itself,
        )
        if stage.edge:
            self._let_be_read_through_the_edge(stage.deployment.distribution)
        settings = SealSettings(
            stage=stage.name,
            case_table=data.table.table_name,
            signing_key=self.key.key_arn,
            log_key=self.log_key.key_arn,
            bucket=self.bucket.bucket_name,
            in_processes=True,
        )
        self.seal_day = CaseworkFunction(
            self,
            "SealDay",
            made_by=made_by,
            handler="functions.history.seal_day.handle",
            settings=SealDaySettings(
                **settings.model_dump(),
                topic=announcements.topic.topic_arn,
                pack=stage.pack,
                dossier_key=dossier_key.key_arn,
                log_origin=f"{stage.deployment.domain or stage.core_name.lower()}/log",
            ),
            timeout=900,
            in_processes=True,
        )
        announcements.let_publish(self.seal_day)
        indexes = (keys.FLOW_INDEX, keys.QUEUE_INDEX)
        data.let_read_all(
            self.seal_day, GET_ACTION, BATCH_GET_ACTION, QUERY_ACTION, indexes=indexes
        )
        data.grant(self.seal_day, PUT_ACTION, of=(LOG_KEYS,))
        self.seal_day.allow(["kms:Sign"], self.key.key_arn, self.log_key.key_arn)
        self.seal_day.allow(["kms:GetPublicKey"], self.log_key.key_arn, dossier_key.key_arn)
        retained_objects = [
            self.bucket.arn_for_objects(f"{prefix}*") for prefix in SEALED_OBJECT_PREFIXES
        ]
        self.seal_day.allow(["s3:GetObject", "s3:PutObject"], *retained_objects)
        self.seal_day.allow(["s3:ListBucket"], self.bucket.bucket_arn)
        self.verify_days = CaseworkFunction(
            self,
            "VerifyDays",
            made_by=made_by,
            handler="functions.history.verify_days.handle",
            settings=settings,
            timeout=900,
            in_processes=True,
        )
        data.let_read_all(self.verify_days, GET_ACTION, BATCH_GET_ACTION, QUERY_ACTION)
        self.verify_days.allow(["kms:Verify"], self.key.key_arn, self.log_key.key_arn)
        self.verify_days.allow(["s3:GetObject"], *retained_objects)
        self.verify_days.allow(["s3:ListBucket"], self.bucket.bucket_arn)
        self._nightly(
            "EveryNight",
            self.seal_day,
            "Signs the heads of all chains that grew the day before (UTC)",
            events.Schedule.cron(minute="20", hour="0"),
            missed,
        )
        self._nightly(
            "EveryNightAfter",
            self.verify_days,
            "Verifies what was signed: yesterday, and other days as far as a night goes",
            events.Schedule.cron(minute="40", hour="2"),  # the seal's tries are over by then
            missed,
        )

        self.stamps = self._stamps(made_by, missed)

    def _stamps(self, made_by: FunctionFactory, missed: sqs.IQueue) -> list[CaseworkFunction]:
        """The function that has the log stamped, where the deployment names an authority.

        It can sign nothing, and reads neither cases nor seals.
        """
        authority = made_by.stage.deployment.timestamps
        if authority is None:
            return []
        function = CaseworkFunction(
            self,
            "Stamp",
            made_by=made_by,
            handler="functions.stamps.handler.handle",
            settings=StampSettings(
                stage=made_by.stage.name,
                bucket=self.bucket.bucket_name,
                authority=authority.url,
                certificate=authority.root,
            ),
            timeout=120,
        )
        stamps = self.bucket.arn_for_objects(f"{transparency_log_store.STAMP_OBJECT_PREFIX}*")
        function.allow(
            ["s3:GetObject"],
            self.bucket.arn_for_objects(f"{transparency_log_store.CHECKPOINT_OBJECT_PREFIX}*"),
        )
        function.allow(["s3:PutObject"], stamps)
        function.allow(["s3:ListBucket"], self.bucket.bucket_arn)
        self._nightly(
            "AfterEveryNight",
            function,
            "Has the checkpoints of the log of days stamped by an authority outside",
            events.Schedule.cron(minute="50", hour="0/6"),
            missed,
        )
        return [function]

    def rehash(
        self, vault: s3.IBucket, *, made_by: FunctionFactory, data: DataStores, missed: sqs.IQueue
    ) -> CaseworkFunction:
        """The function that reads the ciphertexts of the vault in rotation, and opens none."""
        function = CaseworkFunction(
            self,
            "RehashVault",
            made_by=made_by,
            handler="functions.history.rehash_vault.handle",
            settings=RehashSettings(
                stage=made_by.stage.name,
                case_table=data.table.table_name,
                bucket=self.bucket.bucket_name,
                vault=vault.bucket_name,
            ),
            timeout=900,
        )
        data.let_read_all(function, GET_ACTION, QUERY_ACTION)
        function.allow(["s3:GetObjectVersion"], vault.arn_for_objects("*"))
        function.allow(
            ["s3:GetObject"], self.bucket.arn_for_objects(f"{day_seal_store.SEAL_OBJECT_PREFIX}*")
        )
        # A missing object is a 403 to who may not list.
        function.allow(["s3:ListBucket"], self.bucket.bucket_arn, vault.bucket_arn)
        self._nightly(
            "EveryNightInRotation",
            function,
            "Reads the ciphertexts of yesterday, and of the days whose turn it is",
            events.Schedule.cron(minute="10", hour="4"),
            missed,
        )
        return function

    def let_prove(
        self, function: CaseworkFunction, *, by: tuple[str, ...] = PROOF_OBJECT_PREFIXES
    ) -> None:
        """Let a function read what proves a day and a report or case of it; it changes nothing."""
        function.add_environment("SEALS", self.bucket.bucket_name)
        function.allow(["s3:GetObject"], *(self.bucket.arn_for_objects(f"{each}*") for each in by))
        function.allow(["s3:ListBucket"], self.bucket.bucket_arn)

    def _let_be_read_through_the_edge(self, distribution: str | None) -> None:
        """Let the distribution read the public files of the log, and nothing else of the bucket.

        The distribution depends on this stack, which can therefore not refer to it: a bucket has
        one policy, and it stands with the bucket. The deployment file names the distribution once
        it is there. Until then any distribution of this account may read; it reads what is public.
        """
        named = f":distribution/{distribution or '*'}"
        distributions = Fn.join("", ["arn:", Aws.PARTITION, ":cloudfront::", Aws.ACCOUNT_ID, named])
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="PublicFilesOfTheLog",
                actions=["s3:GetObject"],
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                resources=[
                    self.bucket.arn_for_objects(transparency_log_store.CHECKPOINT_OBJECT_KEY),
                    self.bucket.arn_for_objects(
                        f"{transparency_log_store.PUBLIC_LOG_PREFIX}tile/*"
                    ),
                    self.bucket.arn_for_objects(f"{transparency_log_store.STAMP_OBJECT_PREFIX}*"),
                    self.bucket.arn_for_objects(
                        f"{transparency_log_store.PUBLIC_KEY_OBJECT_PREFIX}*"
                    ),
                ],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnEquals" if distribution else "ArnLike": {"aws:SourceArn": distributions},
                },
            )
        )

    def _nightly(
        self,
        name: str,
        function: CaseworkFunction,
        description: str,
        schedule: events.Schedule,
        missed: sqs.IQueue,
    ) -> None:
        function.when_called_asynchronously(missed)
        events.Rule(
            self,
            name,
            description=description,
            schedule=schedule,
            targets=[function.on_schedule(missed, within=Duration.hours(2))],
        )
