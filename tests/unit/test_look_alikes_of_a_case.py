"""What a case hears of others that look like it, where it keeps as many as it may."""

from __future__ import annotations

from casework.case.case import MAX_SUGGESTIONS, Case
from casework.case.value_objects import Suggestion
from casework.moves.triage import add_suggestion
from tests.builders import NOON, a_case


def others(case: Case) -> list[str]:
    return [each.case for each in case.suggestions]


def full() -> Case:
    """A case that looks like five others by their words, the more the later they came."""
    alike = (
        Suggestion(case=a_case(n).id, because="narrative", percent=60 + n)
        for n in range(2, 2 + MAX_SUGGESTIONS)
    )
    return a_case(1, suggestions=tuple(alike))


def test_a_stronger_reason_takes_the_place_of_the_weakest_look_alike() -> None:
    case, other = full(), a_case(90)
    change = add_suggestion(case, NOON, Suggestion(case=other.id, because="identifier"))
    assert change is not None
    assert change.event is not None
    weakest = a_case(2).id
    assert others(change.after) == [*others(case)[1:], other.id]
    assert change.event.data == {
        "case": other.id,
        "because": "identifier",
        "instead_of": weakest,
    }


def test_a_reason_that_is_no_stronger_takes_no_place() -> None:
    case, other = full(), a_case(90)
    weak = Suggestion(case=other.id, because="weak_identifier")
    assert add_suggestion(case, NOON, weak) is None
    assert add_suggestion(case, NOON, weak.model_copy(update={"because": "narrative"})) is None


def test_a_look_alike_that_is_known_gets_its_stronger_reason_and_no_other_gives_way() -> None:
    case = full()
    known = case.suggestions[0].case
    change = add_suggestion(case, NOON, Suggestion(case=known, because="closed"))
    assert change is not None
    assert change.event is not None
    assert set(others(change.after)) == set(others(case))
    assert "instead_of" not in change.event.data
