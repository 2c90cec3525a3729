"""The gate of a case as entries open and shut it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from casework.case.case import Case
from casework.case.value_objects import Opener, Opening
from casework.moves.deadlines import start_unit_clock
from casework.pack.clocks import Clocks


def add_gate_ground(case: Case, by: Opener, report: str | None = None) -> dict[str, Any]:
    """The gate with one more reason to be open: the entry that is made now."""
    return {"gate": (*case.gate, Opening(by=by, event=case.events + 1, report=report))}


def remove_gate_ground(
    case: Case, entry: int | None, at: datetime, clocks: Clocks
) -> dict[str, Any]:
    """The gate without the ground of an entry; it shuts if this was the last ground."""
    return _left(case, lambda each: each.event != entry, at, clocks)


def remove_identity_grounds(
    case: Case, leaves: Callable[[str], bool], at: datetime, clocks: Clocks
) -> dict[str, Any]:
    """The gate without the identities of the reports that leave the case, by their references.

    The reporter of a report in another case is no complainant of this one.
    """
    return _left(case, lambda each: each.report is None or not leaves(each.report), at, clocks)


def _left(
    case: Case, stays: Callable[[Opening], bool], at: datetime, clocks: Clocks
) -> dict[str, Any]:
    left = tuple(each for each in case.gate if stays(each))
    shuts = bool(case.gate) and not left and case.status.rule.is_open_to_inquiry
    return {
        "gate": left,
        "gate_shut": shuts,
        **(start_unit_clock(case, at, clocks, gate_shut=True) if shuts else {}),
    }
