"""The law of the first glance: which verdicts are taken, what they do, and what is a look."""

from __future__ import annotations

import pytest

from casework.case.case import Case
from casework.case.change import Change
from casework.case.first_glance import OwedGlance, Verdict, find_first_look
from casework.case.lifecycle import Move, Status
from casework.case.value_objects import Opener, Priority
from casework.decisions import glance
from casework.moves.glances import record_glance
from casework.moves.severity import CaseSeverity
from casework.moves.triage import record_assessment
from tests.builders import NOON, a_case, a_reference, clocks_of

ANA, SARA = "ana", "sara"
OWED = OwedGlance(priority=Priority.STANDARD)
UNSURE = OwedGlance(priority=Priority.STANDARD, unsure=ANA)
SAID = Verdict.CANNOT_TELL


def test_a_verdict_is_taken_while_a_glance_is_owed_and_danger_always() -> None:
    for verdict in Verdict:
        assert glance.is_verdict_accepted(verdict, OWED, ANA)
        assert glance.is_verdict_accepted(verdict, None, ANA) is (verdict is Verdict.DANGER_NOW)
    assert not glance.is_verdict_accepted(SAID, UNSURE, ANA), "one person is not two"
    assert glance.is_verdict_accepted(Verdict.LOOK_SOON, UNSURE, ANA), (
        "who could not tell may tell after all"
    )


def test_two_people_who_cannot_tell_mean_that_somebody_looks_soon() -> None:
    assert (glance.effective_verdict(SAID, OWED), glance.needs_second_glance(SAID, OWED)) == (
        SAID,
        True,
    )
    assert (glance.effective_verdict(SAID, UNSURE), glance.needs_second_glance(SAID, UNSURE)) == (
        Verdict.LOOK_SOON,
        False,
    )
    assert not glance.needs_second_glance(Verdict.NOTHING_URGENT, OWED)


def in_review() -> Case:
    case = a_case(1, status=Status.RECEIVED, wait=None)
    weight = CaseSeverity(Priority.STANDARD)
    clocks = clocks_of(14_400, 14_400)
    change = record_assessment(case, NOON, weight=weight, territory=None, clocks=clocks, data={})
    return change.after


def seen(case: Case, verdict: Verdict, *, danger_passes: bool = True) -> Change:
    return record_glance(
        case,
        NOON,
        ANA,
        report=a_reference(1),
        verdict=verdict,
        means=verdict,
        key="a key",
        danger_passes=danger_passes,
        clocks=clocks_of(14_400, 14_400),
    )


@pytest.mark.parametrize("verdict", Verdict)
def test_a_glance_makes_no_new_version_and_moves_no_case(verdict: Verdict) -> None:
    case = in_review()
    after = seen(case, verdict).after
    assert (after.version, after.status, after.category) == (
        case.version,
        case.status,
        case.category,
    )
    assert after.imminent is (verdict is Verdict.DANGER_NOW)
    assert [each.by for each in after.gate] == [Opener.DANGER] * after.imminent


def test_danger_opens_no_gate_that_danger_does_not_open_and_none_of_an_ended_case() -> None:
    assert seen(in_review(), Verdict.DANGER_NOW, danger_passes=False).after.gate == ()
    ended = in_review().model_copy(update={"status": Status.CLOSED})
    after = seen(ended, Verdict.DANGER_NOW).after
    assert (after.gate, after.imminent) == ((), True)


class Entry:
    def __init__(self, number: int, move: Move, **data: object) -> None:
        self.number, self.move, self.data = number, move.value, data


def test_the_first_look_is_the_first_entry_of_a_person_who_had_the_report_before_them() -> None:
    mine, other = a_reference(1), a_reference(2)
    history = [
        Entry(1, Move.ASSESS),
        Entry(2, Move.GLANCE, report=other),
        Entry(3, Move.RAISE, report=mine),
        Entry(4, Move.CONFIRM),
        Entry(5, Move.ADMIT, shown=3),
        Entry(6, Move.ADMIT, reports=[mine]),
        Entry(7, Move.GLANCE, report=mine),
    ]

    def looked(number: int, *, opener: bool = False, reference: str = mine) -> int | None:
        found = find_first_look(history, reference, number, opener=opener)
        return found.number if found else None

    assert looked(1, opener=True) == 4, "who ends a review has read what opened the case"
    assert looked(3) == 5
    assert looked(4) == 6
    assert looked(4, reference=other) == 2
    assert looked(9, reference=a_reference(3)) is None
