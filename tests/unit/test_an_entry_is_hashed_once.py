"""Whatever is added to a change, its entry of the history is hashed once: when all is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from casework.case import history, replay
from casework.case.case import Case
from casework.case.change import Change
from casework.case.first_glance import Verdict
from casework.case.history import IDEMPOTENCY_FIELD, CaseEvent
from casework.case.lifecycle import Move, Status
from casework.case.referral import Referral
from casework.case.times import format_timestamp
from casework.case.value_objects import Priority
from casework.decisions.base import IDENTIFIED_DISCLOSURE
from casework.decisions.instructions import INSTRUCTION_GIVEN_FIELD, Inquire
from casework.decisions.review import Confirm
from casework.moves.additions import record_addition
from casework.moves.glances import record_glance
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import open_pack
from casework.report.followup import AdditionKind
from tests.builders import NOON, RABAT, a_case, a_reference
from tests.decided import WithHistory

PACK = open_pack("ma")
LONG_AGO = NOON - timedelta(days=1)


@dataclass(frozen=True)
class Identified(WithHistory):
    """What a decision is told where a complainant gave their name."""

    def disclosures(self, case: Case) -> frozenset[str]:
        return frozenset({IDENTIFIED_DISCLOSURE})


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the entries that were hashed, in order."""
    numbers: list[int] = []
    digest: Callable[[CaseEvent], str] = history.event_digest

    def counted(event: CaseEvent) -> str:
        numbers.append(event.number)
        return digest(event)

    monkeypatch.setattr(history, "event_digest", counted)
    return numbers


def entries_of(change: Change) -> list[CaseEvent]:
    """The entries that a change is saved with."""
    assert change.event is not None
    return [*change.earlier, change.event]


def with_news(case: Case) -> tuple[Case, CaseEvent]:
    """A case to which a reporter added something that its unit has not read."""
    news = record_addition(
        case, LONG_AGO, report=a_reference(), addition="1", kind=AdditionKind.MORE
    )
    assert news.event is not None
    return news.after, news.event


def test_a_decision_with_all_that_is_added_to_it_has_one_hash(hashed: list[int]) -> None:
    referral = Referral(hop=1, unit=RABAT)
    case = a_case(status=Status.ACKNOWLEDGED, referral=referral, wait=None, unadmitted=2)
    case, news = with_news(case)
    office: dict[str, Any] = {"prosecutor": "prosecutor_first_instance", "court": "tpi-rabat"}
    decision = Inquire(
        kind="investigate",
        decided_on=NOON.date(),
        reference="1/2026",
        shown=2,
        other_office="It asked for it.",
        **office,
    )
    hashed.clear()
    change = decision.apply(case, NOON, "omar", Identified(PACK, history=[news], last_report=2))
    change = change.with_data(IDEMPOTENCY_FIELD, "a key")
    (entry,) = entries_of(change)
    assert entry.data.keys() >= {INSTRUCTION_GIVEN_FIELD, "shown", IDEMPOTENCY_FIELD}
    assert entry.changed.keys() >= {"notice", "shown", "unadmitted"}
    assert (change.after.head, change.after.events) == (entry.hash, case.events + 1)
    assert hashed == [entry.number]
    assert history.find_chain_fault(entry, case.events + 1, case.head) is None
    assert entry.changed == replay.diff_fields(case, change.after)


def test_a_proposal_has_one_hash_and_changes_nothing_that_was_shown(hashed: list[int]) -> None:
    case = a_case(category="terrorism", shown=1, unadmitted=2)
    decision = Confirm(outcome="confirm", priority=Priority.URGENT, shown=2)
    change = decision.apply(case, NOON, "ana", WithHistory(PACK, last_report=2)).with_data(
        IDEMPOTENCY_FIELD, "k"
    )
    (entry,) = entries_of(change)
    assert (entry.move, change.before, change.after.shown) == (Move.PROPOSE, case, 1)
    assert hashed == [entry.number]
    assert entry.changed == replay.diff_fields(case, change.after)


def test_several_entries_of_one_write_have_one_hash_each_and_one_chain(hashed: list[int]) -> None:
    stands: dict[str, Any] = {"referral": Referral(hop=1, unit=RABAT), "wait": None}
    case = a_case(status=Status.AWAITING_AUTHORISATION, **stands)
    change = record_glance(
        case,
        NOON,
        "ana",
        report=a_reference(),
        verdict=Verdict.DANGER_NOW,
        means=Verdict.DANGER_NOW,
        key="a key",
        danger_passes=True,
        clocks=jurisdiction_clocks(PACK),
    ).with_data("more", 1)
    entries = entries_of(change)
    assert [each.move for each in entries] == [Move.GLANCE, Move.RAISE, Move.PASS]
    assert hashed == [each.number for each in entries]
    previous = case.head
    for number, entry in enumerate(entries, case.events + 1):
        assert history.find_chain_fault(entry, number, previous) is None
        previous = entry.hash
    assert change.after.head == previous
    changes: dict[str, Any] = {}
    for entry in entries:
        changes |= entry.changed
    assert changes == replay.diff_fields(case, change.after)
    assert format_timestamp(NOON) == change.after.moved_at
