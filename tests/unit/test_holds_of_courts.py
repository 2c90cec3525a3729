"""Courts hold a case by orders of their own: none of them replaces, shortens or lifts another's."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, Status, moves_where
from casework.case.replay import find_first_difference
from casework.decisions.available_moves import CaseFacts, list_available_moves
from casework.decisions.staff import Role
from casework.errors import IllegalMove, NotValid
from casework.moves import retention
from casework.moves.retention import MAX_COURT_HOLDS, lift_legal_hold, place_legal_hold
from casework.moves.triage import open_case
from tests.builders import NOON, a_case, a_member

COURTS: Final = ("ca-rabat", "tpi-rabat", "tpi-sale")
NUMBERS: Final = ("1/2026", "2/\u0639/2026")


@dataclass(frozen=True)
class Ordered:
    """A court has the case kept, for some days from the day on which that is entered."""

    court: str
    reference: str
    days: int


@dataclass(frozen=True)
class Lifted:
    """Somebody lifts the hold that an entry set."""

    court: str
    reference: str
    entry: int


@dataclass(frozen=True)
class Waited:
    """Days go by."""

    days: int


ACTS = st.lists(
    st.one_of(
        st.builds(Ordered, st.sampled_from(COURTS), st.sampled_from(NUMBERS), st.integers(1, 30)),
        st.builds(Lifted, st.sampled_from(COURTS), st.sampled_from(NUMBERS), st.integers(1, 12)),
        st.builds(Waited, st.integers(1, 20)),
    ),
    max_size=25,
)


@given(ACTS)
def test_an_order_is_in_force_until_its_own_last_day_or_its_own_lifting(
    acts: list[Ordered | Lifted | Waited],
) -> None:
    """Held against a list of orders that knows nothing of the product's rules but this sentence."""
    at = NOON
    begun = open_case(
        a_case(status=Status.RECEIVED, wait=None, version=0, revision=0, events=0, territory=None),
        at,
    )
    case, events = begun.after, [*_entries(begun.event)]
    force: dict[tuple[str, str], tuple[date, int]] = {}
    for act in acts:
        if isinstance(act, Waited):
            at += timedelta(days=act.days)
            force = {order: held for order, held in force.items() if at.date() <= held[0]}
            assert _as_held(case, at.date()) == force
            continue
        order = (act.court, act.reference)
        before = dict(force)
        change = None
        if isinstance(act, Lifted):
            if force.get(order, (None, 0))[1] == act.entry:
                del force[order]
            with suppress(IllegalMove):
                change = lift_legal_hold(
                    case,
                    at,
                    at.date(),
                    "somebody",
                    court=order[0],
                    reference=order[1],
                    entry=act.entry,
                )
        else:
            until = at.date() + timedelta(days=act.days)
            last, entry = force.get(order, (date.min, case.events + 1))
            if until > last and (order in force or len(force) < MAX_COURT_HOLDS):
                force[order] = (until, entry)
            with suppress(NotValid):
                change = place_legal_hold(
                    case,
                    at,
                    at.date(),
                    "somebody",
                    court=order[0],
                    reference=order[1],
                    until=str(until),
                )
        assert (change is None) is (force == before), "it is refused, or it changes what is held"
        if change is not None:
            case = change.after
            events += _entries(change.event)
        assert _as_held(case, at.date()) == force
    assert find_first_difference(case, events) is None


def _entries(event: CaseEvent | None) -> list[CaseEvent]:
    return [event] if event else []


def _as_held(case: Case, day: date) -> dict[tuple[str, str], tuple[date, int]]:
    holds = case.holds_of_courts(day)
    found = {
        (each.court, each.reference): (date.fromisoformat(each.until), each.entry) for each in holds
    }
    assert len(found) == len(holds) <= MAX_COURT_HOLDS
    if holds:
        with pytest.raises(IllegalMove) as refused:
            retention.refuse_under_legal_hold(case, day)
        for each in holds:
            assert f"{each.court}, {each.reference}, until {each.until}" in str(refused.value)
    else:
        retention.refuse_under_legal_hold(case, day)
    return found


BARRED: Final = {Move.TAKE_OUT, Move.MERGE, Move.SPLIT, Move.ERASE}


def test_a_hold_bars_what_erases_reports_or_takes_them_away() -> None:
    assert moves_where(lambda law: law.barred) == BARRED


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SUPERVISOR])
def test_what_a_hold_bars_is_not_offered_and_its_lifting_is(role: Role) -> None:
    member, case = a_member(role, unit=None), a_case(supervision=role is Role.SUPERVISOR)
    free = set(list_available_moves(member, case, CaseFacts(several=True)))
    held = set(list_available_moves(member, case, CaseFacts(several=True, held=True)))
    assert {Move.TAKE_OUT, Move.MERGE} <= free
    assert free - held == free & BARRED
    lifts = {Move.COURT_HOLD_LIFTED} if role is Role.SUPERVISOR else set()
    assert held - free == lifts
