"""The owners of identifiers: the cases that go on for merged ones, and their shared identifiers."""

from __future__ import annotations

from typing import Final, TypeVar

from casework.aws.steps.task_state import now
from casework.aws.table.case_table import CaseTable
from casework.case import lifecycle
from casework.case.case import MAX_SUGGESTIONS, Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.value_objects import Suggestion, SuggestionReason
from casework.identifiers import identifier_label
from casework.linking.join_rules import JoinOutcome
from casework.linking.records import IdentifierMark
from casework.moves.triage import add_suggestion

T = TypeVar("T")

OtherCases = tuple[tuple[str, tuple[IdentifierMark, ...]], ...]

MAX_OWNER_MERGES_FOLLOWED: Final = 8
"""Cases merged into one another that are gone through."""


def resolve_owners(
    table: CaseTable, owners: dict[T, str], cases: dict[str, Case]
) -> tuple[dict[T, str], dict[str, Case]]:
    """The same, where a case that goes on stands for one that was merged into it."""
    cases_by_id, now_owner = dict(cases), dict(owners)
    for mark, owner in owners.items():
        at = cases.get(owner)
        for _ in range(MAX_OWNER_MERGES_FOLLOWED):
            if at is None or at.merged_into is None:
                break
            at = cases_by_id.get(at.merged_into) or table.get_case(at.merged_into)
            cases_by_id[at.id] = at
        if at is not None and at.id != owner and at.joinable:
            now_owner[mark] = at.id
    return now_owner, cases_by_id


def suggest_each_other(
    table: CaseTable,
    key: bytes,
    case_id: str,
    report: str,
    join: JoinOutcome,
) -> None:
    """Suggest to each other a case and each other one that has, or had when it closed, an
    identifier of its report; people merge open ones, or not."""
    reasons: dict[SuggestionReason, OtherCases] = {
        "identifier": join.bridges,
        "closed": join.recalled,
    }
    for reason, others in reasons.items():
        for other, marks in others[:MAX_SUGGESTIONS]:
            shared = tuple(identifier_label(key, kind, value) for kind, value in marks)
            for here, there in ((case_id, other), (other, case_id)):
                said = Suggestion(case=there, because=reason, shared=shared, report=report)
                suggest_case(table, here, said)


def suggest_case(table: CaseTable, case_id: str, suggestion: Suggestion) -> None:
    """Suggest another case on a case; no entry when that is known."""

    def decide(case: Case) -> Change | None:
        allowed = lifecycle.is_legal_move(case.status, Move.SUGGEST)
        return add_suggestion(case, now(), suggestion) if allowed else None

    table.update(case_id, decide)
