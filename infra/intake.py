"""functions/intake: the API of reporters. It can put and read items, and seal; it opens no box.

It may write to the bucket of uploads, so that its signature lets a reporter send one object there,
and sees the names of what is in it, so that it signs no part of a file that has come.
"""

from __future__ import annotations

from constructs import Construct

from casework.aws.services.settings import IntakeSettings
from infra.data import ALLOWED, CASES, PUT, QUERY, READ, READ_MANY, REPORTS, SLOTS, UPDATE, Data
from infra.function import TO_ANSWER, Function, Workshop
from infra.proof import Proof
from infra.public_keys import PublicKeys
from infra.uploads import Uploads


class Intake(Construct):
    """One function behind the public routes."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: Workshop,
        data: Data,
        public_keys: PublicKeys,
        uploads: Uploads,
        proof: Proof,
    ) -> None:
        super().__init__(scope, name)
        stage = made_by.stage
        self.function = Function(
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
            timeout=TO_ANSWER,
            # A flood of reports must leave concurrency of the account to the other functions.
            at_most=stage.deployment.intake_concurrency,
        )
        data.let(self.function, PUT, UPDATE, of=(REPORTS,))  # an addition is counted on its report
        data.let(self.function, READ, QUERY, of=(REPORTS,))
        data.let(self.function, QUERY, READ_MANY, of=(CASES,))  # what they tell
        data.let(self.function, READ, PUT, of=(SLOTS,))
        data.let(self.function, UPDATE, of=(ALLOWED,))
        uploads.let_sign(self.function)
        uploads.let_list(self.function)
        data.let_read_secrets(
            self.function, data.address, data.pepper, data.own, data.digest, data.trial
        )
        proof.let_check(self.function)
