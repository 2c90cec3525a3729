"""Joins of one batch of the stream, which take their numbers in a case together.

A viral scam brings most reports of a batch into one case. One by one each would wait for the number
before it; together they need one transaction. Until then a report waits as if its process had been
killed before the join: its next reader goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from casework.aws.services import telemetry
from casework.aws.steps.task_state import now
from casework.aws.table.joins import MAX_JOINS_PER_TRANSACTION, IncomingReport, join_reports
from casework.aws.table.read_attempts import ReadDeferred
from casework.case.times import format_timestamp


@dataclass(frozen=True)
class PendingJoin:
    """A report that waits for its number in a case."""

    record: int
    """The place of its record in the batch."""
    coming: IncomingReport
    joined: Callable[[bool], str | None]
    """Completes the join; whether it is new is said, and None is answered where the case closed
    before the report came."""
    again: Callable[[], Any]
    """Looks for the report's case once more."""


class JoinBatch:
    """The joins of a batch."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._waiting: dict[str, list[PendingJoin]] = {}
        self.record = 0
        """The place of the record at hand."""
        self.failed: list[int] = []
        """The places of records whose joins failed: they are to be delivered again."""

    def add(
        self,
        case_id: str,
        coming: IncomingReport,
        joined: Callable[[bool], str | None],
        again: Callable[[], Any],
    ) -> None:
        """Let the report of the record at hand wait for its number in a case."""
        joining = PendingJoin(self.record, coming, joined, again)
        self._waiting.setdefault(case_id, []).append(joining)

    def flush(self) -> None:
        """Make all joins that wait; a failure stops no other."""
        waiting, self._waiting = self._waiting, {}
        for case_id, joins in waiting.items():
            for first in range(0, len(joins), MAX_JOINS_PER_TRANSACTION):
                self._bring(case_id, joins[first : first + MAX_JOINS_PER_TRANSACTION])

    def _bring(self, case_id: str, joins: list[PendingJoin]) -> None:
        try:
            new = join_reports(
                self._table, case_id, format_timestamp(now()), [each.coming for each in joins]
            )
        except Exception as error:  # noqa: BLE001  # the stream delivers them again
            self._left(error, *joins)
            return
        for each in joins:
            reference = each.coming.reference
            try:
                if each.joined(reference in new) is None:
                    each.again()
                new.discard(reference)
            except ReadDeferred:
                continue
            except Exception as error:  # noqa: BLE001  # it stops no other join of the batch
                self._left(error, each)

    def _left(self, error: Exception, *joins: PendingJoin) -> None:
        for each in joins:
            telemetry.log_failure("report not linked", error, reference=each.coming.reference)
            self.failed.append(each.record)
