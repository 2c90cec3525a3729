"""functions/custody: the one function that may open identity boxes."""

from __future__ import annotations

from constructs import Construct

from casework.aws.services.settings import CustodySettings
from infra.data import CHECK, DAYS, LOGS, OPENINGS, PUT, QUERY, READ, REPORTS, STAFF, UPDATE, Data
from infra.function import TO_ANSWER, Function, Workshop
from infra.people import People
from infra.proof import Proof


class Custody(Construct):
    """One function behind two routes: it records the reader, then opens the box."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: Workshop,
        data: Data,
        people: People,
        proof: Proof,
    ) -> None:
        super().__init__(scope, name)
        self.function = Function(
            self,
            "Open",
            made_by=made_by,
            handler="functions.custody.handler.handle",
            settings=CustodySettings(
                stage=made_by.stage.name,
                case_table=data.table.table_name,
                pack=made_by.stage.pack,
                client_id=people.client.user_pool_client_id,
                browser_client_id=people.browser_client.user_pool_client_id,
                identity_key=data.identity.key_arn,
                origin_secret=proof.arn,
            ),
            timeout=TO_ANSWER,
        )
        data.let_save_cases(self.function)
        data.let(self.function, CHECK, of=(REPORTS,))  # that it was not erased
        data.let(self.function, UPDATE, of=(REPORTS,))  # its reporter is told of an opening
        data.let(self.function, QUERY, PUT, of=OPENINGS)
        data.let(self.function, PUT, of=(LOGS, DAYS))
        data.let(self.function, READ, of=(REPORTS, STAFF))
        data.let_open(self.function, data.identity)
        proof.let_check(self.function)
