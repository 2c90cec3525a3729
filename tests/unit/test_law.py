"""Every status and every move of a case, held to the law as it is written out for these tests."""

from __future__ import annotations

import itertools

import pytest

from casework.case import lifecycle
from casework.case.lifecycle import Move, Status
from casework.errors import AuthorisationAwaited, IllegalMove
from tests import law

EVERY = list(itertools.product(Status, Move))


def led(status: Status, move: Move, *, gate_shut: bool = False) -> Status | None:
    """Where the product's law leads; None: it refuses the move."""
    try:
        return lifecycle.next_status(status, move, gate_shut=gate_shut)
    except IllegalMove:
        return None


def test_a_case_takes_exactly_the_moves_of_its_status_and_each_leads_where_it_should() -> None:
    assert {each: led(*each) for each in EVERY} == {each: law.leads(*each) for each in EVERY}


def test_a_shut_gate_leads_back_to_the_authorisation_and_changes_nothing_else() -> None:
    assert {each: led(*each, gate_shut=True) for each in EVERY} == {
        each: law.leads_with_the_gate_shut(*each) for each in EVERY
    }


def test_the_allowed_calls_match_the_moves_of_the_law() -> None:
    for each in EVERY:
        assert lifecycle.is_legal_move(*each) == (law.leads(*each) is not None), each


def test_a_decision_outlives_notes_and_that_the_unit_was_told_and_nothing_else() -> None:
    unseen = {move for move in Move if not lifecycle.creates_version(move)}
    assert unseen == {*map(Move, law.NOTES), Move.PUBLISH}


@pytest.mark.parametrize("move", law.INQUIRY.split())
def test_acts_of_inquiry_are_refused_before_the_authorisation_by_its_name(move: str) -> None:
    with pytest.raises(AuthorisationAwaited):
        lifecycle.next_status(Status.AWAITING_AUTHORISATION, Move(move))


def test_other_moves_before_the_authorisation_are_refused_as_such() -> None:
    for move in set(Move) - set(map(Move, law.INQUIRY.split())):
        if law.leads(Status.AWAITING_AUTHORISATION, move) is None:
            with pytest.raises(IllegalMove) as refused:
                lifecycle.next_status(Status.AWAITING_AUTHORISATION, move)
            assert not isinstance(refused.value, AuthorisationAwaited)
