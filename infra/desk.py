"""functions/desk: the API of staff. It decides cases and wakes their workflows."""

from __future__ import annotations

from constructs import Construct

from casework.aws.services.settings import DeskSettings
from casework.aws.table import keys
from infra.data import (
    ARRIVAL_KEYS,
    ASKING_KEYS,
    BATCH_GET_ACTION,
    CAMPAIGN_CASE_KEYS,
    CAMPAIGN_KEYS,
    CONDITION_CHECK_ACTION,
    COPIES,
    CUSTODY_KEYS,
    DAY_KEYS,
    DECIDED_KEYS,
    DELETE_ACTION,
    DESK_KEYS,
    GET_ACTION,
    HANDOVER_KEYS,
    HOLD_KEYS,
    LOG_KEYS,
    NUMBER_KEYS,
    OPENING_KEYS,
    PUT_ACTION,
    QUERY_ACTION,
    REPORT_KEYS,
    ROSTER_KEYS,
    SAMPLE_KEYS,
    UPDATE_ACTION,
    DataStores,
)
from infra.dossier import PackageBucket
from infra.edge_secret import EdgeSecret
from infra.function import API_TIMEOUT_SECONDS, CaseworkFunction, FunctionFactory
from infra.user_pool import UserPool
from infra.workflow import CaseStateMachine


class DeskFunction(Construct):
    """One function behind the staff routes."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        people: UserPool,
        workflow: CaseStateMachine,
        proof: EdgeSecret,
        waiting: PackageBucket,
    ) -> None:
        super().__init__(scope, name)
        self.function = CaseworkFunction(
            self,
            "Handle",
            made_by=made_by,
            handler="functions.desk.handler.handle",
            settings=DeskSettings(
                stage=made_by.stage.name,
                case_table=data.table.table_name,
                pack=made_by.stage.pack,
                client_id=people.client.user_pool_client_id,
                browser_client_id=people.browser_client.user_pool_client_id,
                workflow=workflow.arn,
                selector_secret=data.selector.secret_arn,
                digest_secret=data.digest.secret_arn,
                packages=waiting.bucket.bucket_name,
                packing=waiting.queue.queue_url,
                origin_secret=proof.arn,
            ),
            timeout=API_TIMEOUT_SECONDS,
            reads=True,
        )
        data.let_save_cases(self.function)
        data.grant(self.function, PUT_ACTION, DELETE_ACTION, of=(CUSTODY_KEYS, *OPENING_KEYS))
        data.grant(self.function, PUT_ACTION, of=(LOG_KEYS, DAY_KEYS))
        data.grant(
            self.function, UPDATE_ACTION, of=(LOG_KEYS,)
        )  # how often a person opened a case on a day
        data.grant(
            self.function, PUT_ACTION, of=ASKING_KEYS
        )  # who asked for a file that two people open
        data.grant(
            self.function, PUT_ACTION, of=(*DECIDED_KEYS, *HANDOVER_KEYS, *HOLD_KEYS, *ROSTER_KEYS)
        )
        data.grant(self.function, PUT_ACTION, DELETE_ACTION, of=SAMPLE_KEYS)
        data.grant(self.function, PUT_ACTION, of=(COPIES,))  # a verdict for all copies of a text
        # The question to its reporter; messages, if the report was not erased.
        data.grant(self.function, PUT_ACTION, CONDITION_CHECK_ACTION, of=(REPORT_KEYS,))
        data.grant(
            self.function, UPDATE_ACTION, of=(REPORT_KEYS, ARRIVAL_KEYS)
        )  # a report that is admitted by name
        data.grant(
            self.function, PUT_ACTION, DELETE_ACTION, of=(ARRIVAL_KEYS,)
        )  # one that is taken out
        data.grant(self.function, PUT_ACTION, of=(NUMBER_KEYS,))  # and the number of its own case
        data.grant(self.function, PUT_ACTION, UPDATE_ACTION, of=CAMPAIGN_KEYS)
        data.grant(self.function, PUT_ACTION, DELETE_ACTION, of=(CAMPAIGN_CASE_KEYS,))
        # Own settings, what was done lately, notes that name a person, and what they watch.
        data.grant(self.function, PUT_ACTION, UPDATE_ACTION, DELETE_ACTION, of=(DESK_KEYS,))
        data.let_read_secrets(self.function, data.selector, data.digest)
        data.let_read_all(
            self.function, GET_ACTION, BATCH_GET_ACTION, QUERY_ACTION, indexes=(keys.QUEUE_INDEX,)
        )
        workflow.let_answer(self.function)
        workflow.let_start(self.function)  # the next run of a case that a person retried
        waiting.let_ask(self.function)
        proof.let_check(self.function)
