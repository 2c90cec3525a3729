"""functions/desk: the API of staff. It decides cases and wakes their workflows."""

from __future__ import annotations

from constructs import Construct

from casework.aws.services.settings import DeskSettings
from casework.aws.table import keys
from infra.data import (
    ARRIVALS,
    ASKINGS,
    CHECK,
    COPIES,
    CUSTODY,
    DAYS,
    DECIDED,
    DELETE,
    DESKS,
    HANDOVERS,
    HOLDS,
    LOGS,
    NUMBERS,
    OPENINGS,
    PUT,
    QUERY,
    READ,
    READ_MANY,
    REPORTS,
    ROSTERS,
    SAMPLES,
    UPDATE,
    Data,
)
from infra.dossier import Packages
from infra.function import TO_ANSWER, Function, Workshop
from infra.people import People
from infra.proof import Proof
from infra.workflow import Workflow


class Desk(Construct):
    """One function behind the staff routes."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: Workshop,
        data: Data,
        people: People,
        workflow: Workflow,
        proof: Proof,
        waiting: Packages,
    ) -> None:
        super().__init__(scope, name)
        self.function = Function(
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
            timeout=TO_ANSWER,
            reads=True,
        )
        data.let_save_cases(self.function)
        data.let(self.function, PUT, DELETE, of=(CUSTODY, *OPENINGS))
        data.let(self.function, PUT, of=(LOGS, DAYS))
        data.let(self.function, UPDATE, of=(LOGS,))  # how often a person opened a case on a day
        data.let(self.function, PUT, of=ASKINGS)  # who asked for a file that two people open
        data.let(self.function, PUT, of=(*DECIDED, *HANDOVERS, *HOLDS, *ROSTERS))
        data.let(self.function, PUT, DELETE, of=SAMPLES)
        data.let(self.function, PUT, of=(COPIES,))  # a verdict for all copies of a text
        # The question to its reporter; messages, if the report was not erased.
        data.let(self.function, PUT, CHECK, of=(REPORTS,))
        data.let(self.function, UPDATE, of=(REPORTS, ARRIVALS))  # a report that is admitted by name
        data.let(self.function, PUT, DELETE, of=(ARRIVALS,))  # one that is taken out
        data.let(self.function, PUT, of=(NUMBERS,))  # and the number of its own case
        data.let(self.function, PUT, of=(DESKS,))  # own settings, and what was done lately
        data.let_read_secrets(self.function, data.selector, data.digest)
        data.let_read_all(self.function, READ, READ_MANY, QUERY, indexes=(keys.BY_QUEUE,))
        workflow.let_answer(self.function)
        workflow.let_start(self.function)  # the next run of a case that a person retried
        waiting.let_ask(self.function)
        proof.let_check(self.function)
