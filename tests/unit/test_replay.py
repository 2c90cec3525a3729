"""A case is what its history tells: laid together, the entries are the case, field by field."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, Status
from casework.case.replay import BOUND_FIELDS, DERIVED_FIELDS, UNBOUND_FIELDS, find_first_difference
from casework.case.times import DeadlineWait, format_timestamp
from casework.case.value_objects import Hold, Priority
from casework.errors import IllegalMove
from casework.moves.triage import open_case
from tests.builders import NOON
from tests.unit.test_case import MAKE, a_new_case


def a_life(moves: list[Move]) -> tuple[Case, list[CaseEvent]]:
    """A case after those of the moves that the law allows, and its history."""
    change = open_case(a_new_case(), NOON)
    case, events = change.after, [change.event]
    for number, move in enumerate(moves, start=1):
        try:
            made = MAKE[move](case, NOON + timedelta(minutes=number))
        except IllegalMove:
            continue
        if made is not None:
            case, events = made.after, [*events, made.event]
    return case, [event for event in events if event is not None]


@given(st.lists(st.sampled_from(list(MAKE)), max_size=40))
def test_replaying_its_history_gives_every_case(moves: list[Move]) -> None:
    case, events = a_life(moves)
    assert find_first_difference(case, events) is None


OTHERWISE = {
    "status": Status.CLOSED,
    "opened_at": "2020-01-01T00:00:00.000Z",
    "wait": DeadlineWait(since=format_timestamp(NOON), due="2030-01-01T00:00:00.000Z"),
    "priority": Priority.INFORMATION,
}
"""Other values of fields; of those that are not named, another text, number or truth."""


def edited(case: Case, name: str) -> Case:
    """The case with another value of a field."""
    value = getattr(case, name)
    other: object = OTHERWISE.get(name)
    if other is None:
        match value:
            case bool():
                other = not value
            case int():
                other = value + 1
            case tuple():
                other = (*value, "another")
            case _:
                other = "another"
    return case.model_copy(update={name: other})


LIFE = [Move.ASSESS, Move.CONFIRM, Move.REFER, Move.PUBLISH, Move.ACKNOWLEDGE]


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize("name", sorted(BOUND_FIELDS | {"version", "grew_on"}))
def test_every_field_of_a_case_that_is_changed_by_hand_is_named(name: str) -> None:
    case, events = a_life(LIFE)
    assert (
        find_first_difference(edited(case, name), events)
        == f"its {name} is not as its history tells"
    )


def test_every_field_is_bound_or_follows_or_is_free_for_a_reason() -> None:
    assert BOUND_FIELDS | DERIVED_FIELDS | UNBOUND_FIELDS.keys() == set(Case.model_fields)
    assert all(UNBOUND_FIELDS.values())


def test_a_field_that_a_history_binds_cannot_be_changed_without_an_entry() -> None:
    case, _ = a_life(LIFE)
    with pytest.raises(TypeError):
        Change.bookkeeping(case, status=Status.CLOSED)
    quiet = Change.bookkeeping(
        case, hold=Hold(by="ana", since=format_timestamp(NOON), until=format_timestamp(NOON))
    )
    assert (quiet.event, quiet.after.revision) == (None, case.revision + 1)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ({"move": "assess"}, "is no move of the law"),
        ({"move": "nothing"}, "is no move of the law"),
        ({"move": "open"}, "opens a case that is open"),
        ({"changed": {"status": "closed"}}, "leads where the law does not"),
        ({"changed": {"revision": 7}}, "changes what no entry changes"),
    ],
)
def test_an_entry_that_the_law_does_not_have_is_named(harm: dict[str, object], told: str) -> None:
    case, events = a_life(LIFE)
    events[2] = events[2].model_copy(update=harm)
    assert find_first_difference(case, events) == f"entry 3: {told}"
