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
from casework.case.history import Event
from casework.case.lifecycle import Move, Status, moves_that
from casework.case.replay import first_difference
from casework.decisions.open_moves import moves_open_to
from casework.decisions.staff import Role
from casework.errors import IllegalMove, NotValid
from casework.moves import keeping
from casework.moves.keeping import MOST_COURT_HOLDS, given_back_by_court, held_for_court
from casework.moves.triage import opened
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
    begun = opened(
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
                change = given_back_by_court(
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
            if until > last and (order in force or len(force) < MOST_COURT_HOLDS):
                force[order] = (until, entry)
            with suppress(NotValid):
                change = held_for_court(
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
    assert first_difference(case, events) is None


def _entries(event: Event | None) -> list[Event]:
    return [event] if event else []


def _as_held(case: Case, day: date) -> dict[tuple[str, str], tuple[date, int]]:
    holds = case.holds_of_courts(day)
    found = {
        (each.court, each.reference): (date.fromisoformat(each.until), each.entry) for each in holds
    }
    assert len(found) == len(holds) <= MOST_COURT_HOLDS
    if holds:
        with pytest.raises(IllegalMove) as refused:
            keeping.refuse_held(case, day)
        for each in holds:
            assert f"{each.court}, {each.reference}, until {each.until}" in str(refused.value)
    else:
        keeping.refuse_held(case, day)
    return found


BARRED: Final = {Move.TAKE_OUT, Move.MERGE, Move.SPLIT, Move.ERASE}


def test_a_hold_bars_what_erases_reports_or_takes_them_away() -> None:
    assert moves_that(lambda law: law.barred) == BARRED


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SUPERVISOR])
def test_what_a_hold_bars_is_not_offered_and_its_lifting_is(role: Role) -> None:
    member, case = a_member(role, unit=None), a_case(supervision=role is Role.SUPERVISOR)
    free = set(moves_open_to(member, case, several=True))
    held = set(moves_open_to(member, case, several=True, held=True))
    assert {Move.TAKE_OUT, Move.MERGE} <= free
    assert free - held == free & BARRED
    lifts = {Move.COURT_HOLD_LIFTED} if role is Role.SUPERVISOR else set()
    assert held - free == lifts
