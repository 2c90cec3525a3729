"""functions/custody: the one function that may open identity boxes."""

from __future__ import annotations

from constructs import Construct

from casework.aws.services.settings import CustodySettings
from infra.data import (
    ARRIVALS,
    CHECK,
    CONTACTS,
    DAYS,
    IDENTIFIERS,
    LOGS,
    OPENINGS,
    PUT,
    QUERY,
    READ,
    READ_MANY,
    REPORTS,
    STAFF,
    UPDATE,
    Data,
)
from infra.function import TO_ANSWER, Function, Workshop
from infra.people import People
from infra.proof import Proof


class Custody(Construct):
    """One function behind three routes: two record the reader, then open the box; one compares
    contacts and opens none."""

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
                own_secret=data.own.secret_arn,
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
        # Whose contact is named in a case.
        data.let(self.function, QUERY, of=(ARRIVALS,))
        data.let(self.function, READ_MANY, of=(ARRIVALS, REPORTS, CONTACTS, IDENTIFIERS))
        data.let_read_secrets(self.function, data.own)
        data.let_open(self.function, data.identity)
        proof.let_check(self.function)
