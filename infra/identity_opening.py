"""functions/custody: the one function that may open identity boxes."""

from __future__ import annotations

from constructs import Construct

from casework.aws.services.settings import CustodySettings
from infra.data import (
    ARRIVAL_KEYS,
    BATCH_GET_ACTION,
    CONDITION_CHECK_ACTION,
    CONTACT_KEYS,
    DAY_KEYS,
    GET_ACTION,
    IDENTIFIER_KEYS,
    LOG_KEYS,
    OPENING_KEYS,
    PUT_ACTION,
    QUERY_ACTION,
    REPORT_KEYS,
    STAFF_KEYS,
    UPDATE_ACTION,
    DataStores,
)
from infra.edge_secret import EdgeSecret
from infra.function import API_TIMEOUT_SECONDS, CaseworkFunction, FunctionFactory
from infra.user_pool import UserPool


class CustodyFunction(Construct):
    """One function behind three routes: two record the reader, then open the box; one compares
    contacts and opens none."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        people: UserPool,
        proof: EdgeSecret,
    ) -> None:
        super().__init__(scope, name)
        self.function = CaseworkFunction(
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
            timeout=API_TIMEOUT_SECONDS,
        )
        data.let_save_cases(self.function)
        data.grant(
            self.function, CONDITION_CHECK_ACTION, of=(REPORT_KEYS,)
        )  # that it was not erased
        data.grant(
            self.function, UPDATE_ACTION, of=(REPORT_KEYS,)
        )  # its reporter is told of an opening
        data.grant(self.function, QUERY_ACTION, PUT_ACTION, of=OPENING_KEYS)
        data.grant(self.function, PUT_ACTION, of=(LOG_KEYS, DAY_KEYS))
        data.grant(self.function, GET_ACTION, of=(REPORT_KEYS, STAFF_KEYS))
        # Whose contact is named in a case.
        data.grant(self.function, QUERY_ACTION, of=(ARRIVAL_KEYS,))
        data.grant(
            self.function,
            BATCH_GET_ACTION,
            of=(ARRIVAL_KEYS, REPORT_KEYS, CONTACT_KEYS, IDENTIFIER_KEYS),
        )
        data.let_read_secrets(self.function, data.own)
        data.grant_open_boxes(self.function, data.identity)
        proof.let_check(self.function)
