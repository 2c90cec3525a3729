"""functions/intake: the API of reporters. It can put and read items, and seal; it opens no box.

It may write to the bucket of uploads, so that its signature lets a reporter send one object there,
and sees the names of what is in it, so that it signs no part of a file that has come.
"""

from __future__ import annotations

from constructs import Construct

from casework.aws.services.settings import IntakeSettings
from infra.data import (
    ALLOWANCE_KEYS,
    BATCH_GET_ACTION,
    CASE_KEYS,
    GET_ACTION,
    PUT_ACTION,
    QUERY_ACTION,
    REPORT_KEYS,
    SLOT_KEYS,
    UPDATE_ACTION,
    DataStores,
)
from infra.edge_secret import EdgeSecret
from infra.function import API_TIMEOUT_SECONDS, CaseworkFunction, FunctionFactory
from infra.public_keys import PublicKeys
from infra.uploads import Uploads


class IntakeFunction(Construct):
    """One function behind the public routes."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        public_keys: PublicKeys,
        uploads: Uploads,
        proof: EdgeSecret,
    ) -> None:
        super().__init__(scope, name)
        stage = made_by.stage
        self.function = CaseworkFunction(
            self,
            "Handle",
            made_by=made_by,
            handler="functions.intake.handler.handle",
            settings=IntakeSettings(
                stage=stage.name,
                case_table=data.table.table_name,
                pack=stage.pack,
                address_secret=data.address.secret_arn,
                pepper_secret=data.pepper.secret_arn,
                own_secret=data.own.secret_arn,
                digest_secret=data.digest.secret_arn,
                trial_secret=data.trial.secret_arn,
                contact_key=data.contact.key_arn,
                contact_public_key=public_keys.contact,
                identity_key=data.identity.key_arn,
                identity_public_key=public_keys.identity,
                drop=uploads.bucket.bucket_name,
                drop_key=uploads.key.key_arn,
                origin_secret=proof.arn,
                work_floor=stage.deployment.work_floor,
                address=stage.address,
                operator=stage.deployment.operator.name or "",
            ),
            timeout=API_TIMEOUT_SECONDS,
            # A flood of reports must leave concurrency of the account to the other functions.
            at_most=stage.deployment.intake_concurrency,
        )
        data.grant(
            self.function, PUT_ACTION, UPDATE_ACTION, of=(REPORT_KEYS,)
        )  # an addition is counted on its report
        data.grant(self.function, GET_ACTION, QUERY_ACTION, of=(REPORT_KEYS,))
        data.grant(self.function, QUERY_ACTION, BATCH_GET_ACTION, of=(CASE_KEYS,))  # what they tell
        data.grant(self.function, GET_ACTION, PUT_ACTION, of=(SLOT_KEYS,))
        data.grant(self.function, UPDATE_ACTION, of=(ALLOWANCE_KEYS,))
        uploads.let_sign(self.function)
        uploads.let_list(self.function)
        data.let_read_secrets(
            self.function, data.address, data.pepper, data.own, data.digest, data.trial
        )
        proof.let_check(self.function)
