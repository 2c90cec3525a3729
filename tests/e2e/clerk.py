"""A clerk takes the place of a function of the stacks, with its own clock and pace.

A case of these has no report: it is made by the moves that triage and the workflow's steps make,
written into the system's table, and served by the system's workflow.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from casework.aws.steps import workflow
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.parts import CloseReason, Due, Priority
from casework.case.times import stamp, wait_from
from casework.moves import triage
from casework.moves.deadlines import no_clocks
from casework.moves.referring import published, referred
from casework.moves.weight import Weight
from casework.text.reference import case_id_of, encode
from tests import decided
from tests.builders import altered

RABAT: Final = "pj-04-421"
LONG: Final = (86_400,)


class Clerk:
    """A clerk that opens cases and moves them on."""

    def __init__(self, table: CaseTable, machine: str) -> None:
        self.table = table
        self.machine = machine

    def assessed(self, at: datetime) -> Case:
        """A case in review that no execution serves yet, by a clock that says `at`."""
        reference = encode(secrets.token_bytes(10))
        case = Case(
            id=case_id_of(reference),
            status=Status.RECEIVED,
            opened_at=stamp(at),
            opened_by=reference,
            correlation_id=str(uuid.uuid4()),
            language="fr",
        )
        change = triage.opened(case, at)
        self.table.open(change, ())
        return self.table.save(
            triage.assessed(
                change.after,
                at,
                weight=Weight(Priority.STANDARD),
                territory="04.421",
                clocks=lambda _: dict.fromkeys(Due, LONG),
                data={},
            )
        )

    def in_review(self, at: datetime | None = None) -> Case:
        """A case in review, served by an execution that waits for people."""
        return self.serve(self.assessed(at or datetime.now(UTC)))

    def published(self, at: datetime, seconds: Sequence[int]) -> Case:
        """A case referred to Rabat and published at the time `at`, without an execution."""
        confirmed = decided.confirmed(
            self.assessed(at),
            at,
            "an analyst",
            category="fraud",
            priority=Priority.STANDARD,
            territory="04.421",
            country=None,
            unit=RABAT,
        )
        queued = referred(self.table.save(confirmed), at, unit=RABAT, data={"unit": RABAT})
        return self.table.save(published(self.table.save(queued), at, seconds))

    def kept_long(self, at: datetime) -> Case:
        """A case that ended at review, and whose time to be kept is over."""
        why = CloseReason.NOT_AN_OFFENCE
        ended = self.table.save(decided.rejected(self.assessed(at), at, "an analyst", why))
        return self.table.save(altered(ended, retention=wait_from(at, LONG, level=1)))

    def serve(self, case: Case) -> Case:
        """Start the execution of a case."""
        workflow.start(self.machine, case, datetime.now(UTC), no_clocks)
        return case
