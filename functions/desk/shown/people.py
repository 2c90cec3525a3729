"""The names of the people whom an answer names by their subjects."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.history import Event

REMEMBERED: Final = timedelta(minutes=5)
"""How long one process uses a name without another look."""
AT_ONCE: Final = 100

_SEAT: Final = ("role", "unit", "office", "court")
_known: dict[tuple[str, str], tuple[datetime, str | None]] = {}


def subjects_in(cases: Iterable[Case], history: Iterable[Event] = ()) -> set[str]:
    """The subjects that lines of cases and a history name."""
    found = {event.by for event in history}
    for case in cases:
        acted = (case.hold, case.proposal, case.attended, case.taken)
        found |= {each.by for each in acted if each is not None}
        found |= {case.danger.by} if case.danger and case.danger.by else set()
        found |= {case.owner.subject} if case.owner else set()
        found |= {each.by for each in case.tries}
    return found


def names_of(table: CaseTable, subjects: Collection[str], at: datetime) -> dict[str, str]:
    """The names of those that are members of the staff, or were."""
    wanted = [
        each
        for each in sorted(subjects)
        if (table.name, each) not in _known or _known[table.name, each][0] <= at
    ]
    for some in (wanted[begin : begin + AT_ONCE] for begin in range(0, len(wanted), AT_ONCE)):
        read = items.get_many(
            table.name, [desk_keys.staff_key(each) for each in some], (keys.PARTITION, "name")
        )
        names = {desk_keys.subject_of(item[keys.PARTITION]): str(item["name"]) for item in read}
        for each in some:
            _known[table.name, each] = at + REMEMBERED, names.get(each)
    found = {each: _known[table.name, each][1] for each in sorted(subjects)}
    return {subject: name for subject, name in found.items() if name is not None}


def seats_of(table: CaseTable, subjects: Collection[str]) -> dict[str, dict[str, str]]:
    """The role of members of the staff, and their unit or office and court, as they are now."""
    found, wanted = dict[str, dict[str, str]](), sorted(subjects)
    for some in (wanted[begin : begin + AT_ONCE] for begin in range(0, len(wanted), AT_ONCE)):
        asked = [desk_keys.staff_key(each) for each in some]
        for item in items.get_many(table.name, asked, (keys.PARTITION, *_SEAT)):
            subject = desk_keys.subject_of(item[keys.PARTITION])
            found[subject] = {name: str(item[name]) for name in _SEAT if item.get(name)}
    return found
