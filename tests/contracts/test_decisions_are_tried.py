"""Random clients make every decision end to end, or it is named why a test of its own does."""

from __future__ import annotations

from casework.decisions.available_moves import CALLS_BY_MOVE
from tests.e2e.acts import ACTS
from tests.e2e.unseen import NOT_SEEN


def test_every_decision_is_an_act_of_random_clients_or_is_named_beside_them() -> None:
    tried = {(move, act.call) for act in ACTS.values() for move in act.moves}
    made = {
        move for move, calls in CALLS_BY_MOVE.items() if tried & {(move, each) for each in calls}
    }
    assert not CALLS_BY_MOVE.keys() - made - NOT_SEEN.keys(), (
        "write an act in harness/people/acts.py, or its own test in tests/e2e/unseen.py"
    )
