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

from casework.aws.steps import executions
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp, start_wait
from casework.case.value_objects import CloseReason, DeadlineKind, Priority
from casework.moves import triage
from casework.moves.deadlines import no_wait_deadlines
from casework.moves.referrals import mark_published, queue_referral
from casework.moves.severity import CaseSeverity
from casework.text.reference import case_id_from_reference, encode_reference
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
        reference = encode_reference(secrets.token_bytes(10))
        case = Case(
            id=case_id_from_reference(reference),
            status=Status.RECEIVED,
            opened_at=format_timestamp(at),
            opened_by=reference,
            correlation_id=str(uuid.uuid4()),
            language="fr",
        )
        change = triage.open_case(case, at)
        self.table.open(change, ())
        return self.table.save(
            triage.record_assessment(
                change.after,
                at,
                weight=CaseSeverity(Priority.STANDARD),
                territory="04.421",
                clocks=lambda _: dict.fromkeys(DeadlineKind, LONG),
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
        queued = queue_referral(self.table.save(confirmed), at, unit=RABAT, data={"unit": RABAT})
        return self.table.save(mark_published(self.table.save(queued), at, seconds))

    def kept_long(self, at: datetime) -> Case:
        """A case that ended at review, and whose time to be kept is over."""
        why = CloseReason.NOT_AN_OFFENCE
        ended = self.table.save(decided.rejected(self.assessed(at), at, "an analyst", why))
        return self.table.save(altered(ended, retention=start_wait(at, LONG, level=1)))

    def serve(self, case: Case) -> Case:
        """Start the execution of a case."""
        executions.start_execution(self.machine, case, datetime.now(UTC), no_wait_deadlines)
        return case
