"""The owners of identifiers: the cases that go on for merged ones, and their shared identifiers."""

from __future__ import annotations

from typing import Final, TypeVar

from casework.aws.steps.step import now
from casework.aws.table.case_table import CaseTable
from casework.case import lifecycle
from casework.case.case import MOST_SUGGESTIONS, Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.parts import Because, Suggestion
from casework.identifiers import told_as
from casework.linking.kept import Mark
from casework.linking.linking import Join
from casework.moves.triage import suggested

T = TypeVar("T")

Others = tuple[tuple[str, tuple[Mark, ...]], ...]

MOST_MERGES: Final = 8
"""Cases merged into one another that are gone through."""


def going_on(
    table: CaseTable, owners: dict[T, str], cases: dict[str, Case]
) -> tuple[dict[T, str], dict[str, Case]]:
    """The same, where a case that goes on stands for one that was merged into it."""
    known, now_owner = dict(cases), dict(owners)
    for mark, owner in owners.items():
        at = cases.get(owner)
        for _ in range(MOST_MERGES):
            if at is None or at.merged_into is None:
                break
            at = known.get(at.merged_into) or table.case(at.merged_into)
            known[at.id] = at
        if at is not None and at.id != owner and at.joinable:
            now_owner[mark] = at.id
    return now_owner, known


def suggest_each_other(
    table: CaseTable,
    key: bytes,
    case_id: str,
    report: str,
    join: Join,
) -> None:
    """Suggest to each other a case and each other one that has, or had when it closed, an
    identifier of its report; people merge open ones, or not."""
    reasons: dict[Because, Others] = {"identifier": join.bridges, "closed": join.recalled}
    for reason, others in reasons.items():
        for other, marks in others[:MOST_SUGGESTIONS]:
            shared = tuple(told_as(key, kind, value) for kind, value in marks)
            for here, there in ((case_id, other), (other, case_id)):
                said = Suggestion(case=there, because=reason, shared=shared, report=report)
                suggest(table, here, said)


def suggest(table: CaseTable, case_id: str, suggestion: Suggestion) -> None:
    """Suggest another case on a case; no entry when that is known."""

    def decide(case: Case) -> Change | None:
        allowed = lifecycle.allows(case.status, Move.SUGGEST)
        return suggested(case, now(), suggestion) if allowed else None

    table.update(case_id, decide)
