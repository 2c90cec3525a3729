"""A case rebuilt from its history: every entry lists the fields of the case that it changed.

    entry 1     {"status": "received", "opened_at": …}      all that the case was opened with
    entry 2     {"status": "in_review", "wait": {…}}        what the assessment changed
    the case    the entries, one laid over the other

A move records its changes by `diff_fields`; `find_first_difference` lays them together again. A
move needs no row of its own. A field that is added to `Case` is replayed unless it is listed in
`UNBOUND_FIELDS` with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import JsonValue

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, Status
from casework.errors import IllegalMove

UNBOUND_FIELDS: Final[Mapping[str, str]] = {
    "hold": "who works on the case alone; it decides nothing and is over by itself",
    "moving": "how far the reports of a merged or split case were moved; where each report is"
    " stands in the entries that brought it there",
    "inflow": "whether an addition has an entry of its own, or its night binds it",
    "unseen": "how far the reports of an ended case were looked through",
    "erasing": "how far the erasure of the case has come; what is left of a report that was erased"
    " is looked at report by report",
    "turn": "where it stands in lists: an order, which decides nothing",
    "group": "the same",
    "run": "which execution serves the case; the reconciler compares it with the executions",
    "first_run": "the same",
    "revision": "counts writes, so that two of them do not meet",
}
"""Fields of a case that its history does not bind, and why: they change without an entry."""

DERIVED_FIELDS: Final = frozenset({"id", "version", "events", "head", "grew_on"})
"""Fields that follow from the place of the entries, and are recorded by none."""

BOUND_FIELDS: Final = frozenset(Case.model_fields) - UNBOUND_FIELDS.keys() - DERIVED_FIELDS
"""Fields that change with an entry only."""


def diff_fields(before: Case | None, after: Case) -> dict[str, JsonValue]:
    """The fields that an entry records: the bound ones that it changes, None for one that is empty
    again."""
    was = _fields(before) if before is not None else {}
    now = _fields(after)
    return {
        name: now.get(name)
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    }


def find_first_difference(case: Case, events: Iterable[CaseEvent]) -> str | None:
    """The field of a case that differs from its history, or the entry that the law does not allow.

    None if all fits. `events` are those of the case, in order; later ones are not read.
    """
    fields: dict[str, JsonValue] = {}
    version, last = 0, None
    for event in events:
        if event.number > case.events:
            break
        if wrong := _unlawful(event, fields):
            return f"entry {event.number}: {wrong}"
        fields |= event.changed
        version += lifecycle.creates_version(Move(event.move))
        last = event
    fields = {name: value for name, value in fields.items() if value is not None}
    is_now = _fields(case)
    for name in sorted(fields.keys() | is_now.keys()):
        if fields.get(name) != is_now.get(name):
            return f"its {name} is not as its history tells"
    follows = {
        "version": version,
        "grew_on": last.at[:10] if last else "",
    }
    for name, value in follows.items():
        if getattr(case, name) != value:
            return f"its {name} is not as its history tells"
    return None


def _unlawful(event: CaseEvent, fields: Mapping[str, JsonValue]) -> str | None:
    """Why an entry cannot follow the entries before it; None when it can."""
    if event.changed.keys() - BOUND_FIELDS:
        return "changes what no entry changes"
    try:
        move = Move(event.move)
        there = Status(str(event.changed.get("status", fields.get("status"))))
        if (move is Move.OPEN) != (not fields):
            return "opens a case that is open"
        if move is Move.OPEN:
            return None if there is Status.RECEIVED else "opens a case that is further"
        here = Status(str(fields["status"]))
        lawful = {
            lifecycle.next_status(here, move, gate_shut=gate_shut) for gate_shut in (False, True)
        }
    except (ValueError, KeyError, IllegalMove):
        return "is no move of the law"
    return None if there in lawful else "leads where the law does not"


def _fields(case: Case) -> dict[str, Any]:
    return case.model_dump(mode="json", include=set(BOUND_FIELDS), exclude_defaults=True)
