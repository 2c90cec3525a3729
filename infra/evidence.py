"""Files of reporters: the bucket that takes them, the vault, and functions/evidence.

An upload comes by a signed form through the public address. S3's events hold the sender's address;
so they reach the queue through a rule that passes on the name of the object and nothing else, and
the bucket has no notification of another kind, no access log, and no data events in the trail.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from casework.aws.services.settings import OpeningSettings, ReceiveSettings, RepairSettings
from casework.aws.table import keys
from casework.report.file_limits import LOCKED_DAYS
from infra.data import (
    ALLOWANCE_KEYS,
    ARRIVAL_KEYS,
    CONDITION_CHECK_ACTION,
    DAY_KEYS,
    GET_ACTION,
    LEGAL_HOLD_LOCK_KEYS,
    LOG_KEYS,
    PUT_ACTION,
    QUERY_ACTION,
    REPORT_KEYS,
    SLOT_KEYS,
    STAFF_KEYS,
    UPDATE_ACTION,
    DataStores,
)
from infra.edge_secret import EdgeSecret
from infra.examine import PreviewPipeline
from infra.function import API_TIMEOUT_SECONDS, CaseworkFunction, FunctionFactory
from infra.locks import object_lock_retention
from infra.public_keys import PublicKeys
from infra.queues import dead_letter_queue, work_queue
from infra.uploads import Uploads
from infra.user_pool import UserPool

RECEIVE_TIMEOUT_SECONDS: Final = 120
"""Seconds to read the parts of 100 MiB, to seal them and to write them, with the retries of each
call. The ciphertext rests in `/tmp`, which has 512 MB without being asked for; the memory holds a
few chunks of one MiB."""
MAX_RECEIVERS: Final = 10
"""Receivers at once: a flood of files leaves the other functions their processes."""
FILE_REPAIR_TIMEOUT_SECONDS: Final = 300


class EvidencePipeline(Construct):
    """From the event of an upload to a locked ciphertext."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        public_keys: PublicKeys,
        uploads: Uploads,
        missed: sqs.IQueue,
        people: UserPool,
        proof: EdgeSecret,
        looking: PreviewPipeline,
    ) -> None:
        super().__init__(scope, name)
        stage = made_by.stage
        self.dead_letters = dead_letter_queue(self, "DeadLetters", stage)
        """Uploads that could not be received: their names."""
        self.vault = s3.Bucket(
            self,
            "Vault",
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=object_lock_retention(stage, LOCKED_DAYS),
            encryption=s3.BucketEncryption.S3_MANAGED,  # they are sealed already
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=stage.on_aws,
            removal_policy=stage.removal,
            auto_delete_objects=stage.empties_itself,
        )
        queue = self.arrivals = work_queue(
            self, "Arrivals", stage, seconds=RECEIVE_TIMEOUT_SECONDS, dead_letters=self.dead_letters
        )
        self.receive = CaseworkFunction(
            self,
            "Receive",
            made_by=made_by,
            handler="functions.evidence.receive.handle",
            settings=ReceiveSettings(
                stage=stage.name,
                case_table=data.table.table_name,
                drop=uploads.bucket.bucket_name,
                vault=self.vault.bucket_name,
                evidence_key=data.evidence.key_arn,
                evidence_public_key=public_keys.evidence,
                digest_secret=data.digest.secret_arn,
                examiner=looking.queue.queue_url,
                scanner="on" if stage.scanner else "off",
            ),
            timeout=RECEIVE_TIMEOUT_SECONDS,
        )
        data.grant(self.receive, GET_ACTION, of=(REPORT_KEYS, SLOT_KEYS))
        data.grant(
            self.receive, UPDATE_ACTION, CONDITION_CHECK_ACTION, of=(REPORT_KEYS,)
        )  # with what its pictures look like
        data.grant(self.receive, UPDATE_ACTION, of=(ALLOWANCE_KEYS,))
        data.grant(self.receive, PUT_ACTION, of=(LOG_KEYS, DAY_KEYS))
        data.let_read_secrets(self.receive, data.digest)
        uploads.let_read(self.receive)
        # To read a ciphertext, which it cannot open, is to know that it was written.
        self.receive.allow(["s3:PutObject", "s3:GetObject"], self.vault.arn_for_objects("*"))
        self.receive.allow(["s3:ListBucket"], self.vault.bucket_arn)  # else a missing one is a 403
        self.receive.add_event_source(
            sources.SqsEventSource(
                queue,
                batch_size=1,
                max_concurrency=MAX_RECEIVERS,
                report_batch_item_failures=True,
            )
        )
        looking.queue.grant_send_messages(self.receive)
        self._hear_of_uploads(uploads, queue)
        self.repair = self._repair(made_by, data, uploads, queue, missed)
        self.open = self._opener(made_by, data, people, proof, looking)

    def _opener(
        self,
        made_by: FunctionFactory,
        data: DataStores,
        people: UserPool,
        proof: EdgeSecret,
        looking: PreviewPipeline,
    ) -> CaseworkFunction:
        """The one function that may ask KMS for the key of a file, or of its preview."""
        function = CaseworkFunction(
            self,
            "Open",
            made_by=made_by,
            handler="functions.evidence.opening.handle",
            settings=OpeningSettings(
                stage=made_by.stage.name,
                case_table=data.table.table_name,
                pack=made_by.stage.pack,
                client_id=people.client.user_pool_client_id,
                browser_client_id=people.browser_client.user_pool_client_id,
                vault=self.vault.bucket_name,
                evidence_key=data.evidence.key_arn,
                previews=looking.previews.bucket_name,
                preview_key=data.preview.key_arn,
                digest_secret=data.digest.secret_arn,
                origin_secret=proof.arn,
            ),
            timeout=API_TIMEOUT_SECONDS,
        )
        data.let_save_cases(function)
        data.grant(function, CONDITION_CHECK_ACTION, of=(REPORT_KEYS,))  # that it was not erased
        data.grant(function, PUT_ACTION, of=(LOG_KEYS, DAY_KEYS))
        data.grant(function, GET_ACTION, of=(REPORT_KEYS, STAFF_KEYS))
        data.let_read_secrets(function, data.digest)
        data.grant_open_boxes(function, data.evidence)
        function.allow(["s3:GetObjectVersion"], self.vault.arn_for_objects("*"))
        data.grant_open_boxes(function, data.preview)
        function.allow(["s3:GetObject"], looking.previews.arn_for_objects("*"))
        proof.let_check(function)
        return function

    def _hear_of_uploads(self, uploads: Uploads, queue: sqs.Queue) -> None:
        """The name of the object goes on, and the address of its sender does not."""
        events.Rule(
            self,
            "Uploaded",
            description="Tells the receiver the name of each upload, and nothing of its sender",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={"bucket": {"name": [uploads.bucket.bucket_name]}},
            ),
            targets=[
                targets.SqsQueue(
                    queue,
                    message=events.RuleTargetInput.from_object(
                        {"key": events.EventField.from_path("$.detail.object.key")}
                    ),
                    # No dead letters here: EventBridge puts the whole event into them, with the
                    # address. The repair finds an upload whose event was lost.
                    retry_attempts=185,
                    max_event_age=Duration.hours(24),
                )
            ],
        )

    def _repair(
        self,
        made_by: FunctionFactory,
        data: DataStores,
        uploads: Uploads,
        queue: sqs.Queue,
        missed: sqs.IQueue,
    ) -> CaseworkFunction:
        function = CaseworkFunction(
            self,
            "Repair",
            made_by=made_by,
            handler="functions.evidence.repair.handle",
            settings=RepairSettings(
                stage=made_by.stage.name,
                case_table=data.table.table_name,
                drop=uploads.bucket.bucket_name,
                queue=queue.queue_url,
                vault=self.vault.bucket_name,
                locks="on" if made_by.stage.keep else "off",
            ),
            timeout=FILE_REPAIR_TIMEOUT_SECONDS,
        )
        # It can prolong a lock. Nobody can shorten one in compliance mode.
        function.allow(["s3:PutObjectRetention"], self.vault.arn_for_objects("*"))
        data.grant(function, GET_ACTION, UPDATE_ACTION, of=(REPORT_KEYS,))
        data.grant(function, UPDATE_ACTION, of=(ALLOWANCE_KEYS,))
        data.grant(function, GET_ACTION, of=(keys.legal_hold_key.grant, LEGAL_HOLD_LOCK_KEYS))
        data.grant(
            function, QUERY_ACTION, of=(REPORT_KEYS, ARRIVAL_KEYS, keys.legal_hold_key.grant)
        )
        data.grant(function, PUT_ACTION, of=(LEGAL_HOLD_LOCK_KEYS,))
        data.let_look_at_files(function)
        uploads.let_list(function)
        queue.grant_send_messages(function)
        function.when_called_asynchronously(missed)
        events.Rule(
            self,
            "EachQuarter",
            description="Finds uploads that got stuck, and closes slots that were not used",
            schedule=events.Schedule.rate(Duration.minutes(15)),
            targets=[function.on_schedule(missed, within=Duration.minutes(15))],
        )
        return function
