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

from casework.aws.services import log_store, reports_store, seals
from casework.aws.services.settings import (
    RehashSettings,
    SealDaySettings,
    SealSettings,
    StampSettings,
)
from casework.aws.table import keys
from infra.announcements import Announcements
from infra.data import LOGS, PUT, QUERY, READ, READ_MANY, Data
from infra.function import Function, Workshop
from infra.locks import locked_for
from infra.signing_keys import signing_key

YEARS = 10
"""How long a seal is locked against every deletion, in stages whose data outlive the stack."""


KEPT = (
    seals.PREFIX,
    log_store.PUBLIC,
    log_store.CLAIMS,
    log_store.CHECKPOINTS,
    log_store.LOGGED,
    reports_store.PREFIX,
)
"""What stands in the bucket of seals, by the prefixes of its names."""
PROOFS = (seals.PREFIX, log_store.PUBLIC, log_store.LOGGED, reports_store.PREFIX)
"""The part of it from which a reporter's proof is made."""
PROOFS_OF_CASES = (seals.PREFIX, log_store.PUBLIC, log_store.LOGGED)
"""The part from which the proof of a case is made."""


class History(Construct):
    """The signing key, the bucket that keeps every version, and the two nightly functions."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: Workshop,
        data: Data,
        announcements: Announcements,
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
            object_lock_default_retention=locked_for(stage, 365 * YEARS),
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
        self.seal_day = Function(
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
        indexes = (keys.BY_FLOW, keys.BY_QUEUE)
        data.let_read_all(self.seal_day, READ, READ_MANY, QUERY, indexes=indexes)
        data.let(self.seal_day, PUT, of=(LOGS,))
        self.seal_day.may(["kms:Sign"], self.key.key_arn, self.log_key.key_arn)
        self.seal_day.may(["kms:GetPublicKey"], self.log_key.key_arn, dossier_key.key_arn)
        kept = [self.bucket.arn_for_objects(f"{prefix}*") for prefix in KEPT]
        self.seal_day.may(["s3:GetObject", "s3:PutObject"], *kept)
        self.seal_day.may(["s3:ListBucket"], self.bucket.bucket_arn)
        self.verify_days = Function(
            self,
            "VerifyDays",
            made_by=made_by,
            handler="functions.history.verify_days.handle",
            settings=settings,
            timeout=900,
            in_processes=True,
        )
        data.let_read_all(self.verify_days, READ, READ_MANY, QUERY)
        self.verify_days.may(["kms:Verify"], self.key.key_arn, self.log_key.key_arn)
        self.verify_days.may(["s3:GetObject"], *kept)
        self.verify_days.may(["s3:ListBucket"], self.bucket.bucket_arn)
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

    def _stamps(self, made_by: Workshop, missed: sqs.IQueue) -> list[Function]:
        """The function that has the log stamped, where the deployment names an authority.

        It can sign nothing, and reads neither cases nor seals.
        """
        named = made_by.stage.deployment.timestamps
        if named is None:
            return []
        function = Function(
            self,
            "Stamp",
            made_by=made_by,
            handler="functions.stamps.handler.handle",
            settings=StampSettings(
                stage=made_by.stage.name,
                bucket=self.bucket.bucket_name,
                authority=named.url,
                certificate=named.root,
            ),
            timeout=120,
        )
        stamps = self.bucket.arn_for_objects(f"{log_store.STAMPS}*")
        function.may(["s3:GetObject"], self.bucket.arn_for_objects(f"{log_store.CHECKPOINTS}*"))
        function.may(["s3:PutObject"], stamps)
        function.may(["s3:ListBucket"], self.bucket.bucket_arn)
        self._nightly(
            "AfterEveryNight",
            function,
            "Has the checkpoints of the log of days stamped by an authority outside",
            events.Schedule.cron(minute="50", hour="0/6"),
            missed,
        )
        return [function]

    def rehash(
        self, vault: s3.IBucket, *, made_by: Workshop, data: Data, missed: sqs.IQueue
    ) -> Function:
        """The function that reads the ciphertexts of the vault in rotation, and opens none."""
        function = Function(
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
        data.let_read_all(function, READ, QUERY)
        function.may(["s3:GetObjectVersion"], vault.arn_for_objects("*"))
        function.may(["s3:GetObject"], self.bucket.arn_for_objects(f"{seals.PREFIX}*"))
        # A missing object is a 403 to who may not list.
        function.may(["s3:ListBucket"], self.bucket.bucket_arn, vault.bucket_arn)
        self._nightly(
            "EveryNightInRotation",
            function,
            "Reads the ciphertexts of yesterday, and of the days whose turn it is",
            events.Schedule.cron(minute="10", hour="4"),
            missed,
        )
        return function

    def let_prove(self, function: Function, *, by: tuple[str, ...] = PROOFS) -> None:
        """Let a function read what proves a day and a report or case of it; it changes nothing."""
        function.add_environment("SEALS", self.bucket.bucket_name)
        function.may(["s3:GetObject"], *(self.bucket.arn_for_objects(f"{each}*") for each in by))
        function.may(["s3:ListBucket"], self.bucket.bucket_arn)

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
                    self.bucket.arn_for_objects(log_store.CHECKPOINT),
                    self.bucket.arn_for_objects(f"{log_store.PUBLIC}tile/*"),
                    self.bucket.arn_for_objects(f"{log_store.STAMPS}*"),
                    self.bucket.arn_for_objects(f"{log_store.KEYS}*"),
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
        function: Function,
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
