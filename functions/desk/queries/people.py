"""The names of the people whom an answer names by their subjects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.decisions.staff import StaffMember
from casework.moves.notes import mentioned_subjects
from casework.text.realm import Realm

NAME_CACHE_TTL: Final = timedelta(minutes=5)
"""How long one process uses a name without another look."""
PEOPLE_PER_BATCH: Final = 100
MEMBERS_PER_PAGE: Final = 99

_SEAT: Final = ("role", "unit", "office", "court")
_known: dict[tuple[str, str], tuple[datetime, str | None]] = {}


def named_subjects(cases: Iterable[Case], history: Iterable[CaseEvent] = ()) -> set[str]:
    """The subjects that lines of cases and a history name."""
    found = set[str]()
    for event in history:
        found |= {event.by, *mentioned_subjects(event)}
    for case in cases:
        acted = (case.hold, case.proposal, case.attended, case.taken)
        found |= {each.by for each in acted if each is not None}
        found |= {case.danger.by} if case.danger and case.danger.by else set()
        found |= {case.owner.subject} if case.owner else set()
        found |= {each.by for each in case.tries}
    return found


def names_by_subject(table: CaseTable, subjects: Collection[str], at: datetime) -> dict[str, str]:
    """The names of those that are members of the staff, or were."""
    unknown_subjects = [
        each
        for each in sorted(subjects)
        if (table.name, each) not in _known or _known[table.name, each][0] <= at
    ]
    for some in (
        unknown_subjects[begin : begin + PEOPLE_PER_BATCH]
        for begin in range(0, len(unknown_subjects), PEOPLE_PER_BATCH)
    ):
        read = items.get_items(
            table.name, [desk_keys.staff_key(each) for each in some], (keys.PARTITION_KEY, "name")
        )
        names = {
            desk_keys.subject_from_partition(item[keys.PARTITION_KEY]): str(item["name"])
            for item in read
        }
        for each in some:
            _known[table.name, each] = at + NAME_CACHE_TTL, names.get(each)
    found = {each: _known[table.name, each][1] for each in sorted(subjects)}
    return {subject: name for subject, name in found.items() if name is not None}


def staff_by_subject(table: CaseTable, subjects: Collection[str]) -> dict[str, StaffMember]:
    """At most 100 members of the staff, as they are now; without subjects of no account."""
    read = items.get_items(table.name, [desk_keys.staff_key(each) for each in sorted(subjects)])
    named = {desk_keys.subject_from_partition(item[keys.PARTITION_KEY]): item for item in read}
    return {subject: StaffMember.from_item(subject, item) for subject, item in named.items()}


def iter_staff(table: CaseTable, realm: Realm) -> Iterator[StaffMember]:
    """All members of the staff of a realm, by role."""
    after: str | None = ""
    while after is not None:
        people, after = table.list_staff(MEMBERS_PER_PAGE, after or None, realm)
        yield from (StaffMember.from_item(subject, item) for subject, item in people.items())


def seats_by_subject(table: CaseTable, subjects: Collection[str]) -> dict[str, dict[str, str]]:
    """The role of members of the staff, and their unit or office and court, as they are now."""
    found, wanted = dict[str, dict[str, str]](), sorted(subjects)
    for some in (
        wanted[begin : begin + PEOPLE_PER_BATCH]
        for begin in range(0, len(wanted), PEOPLE_PER_BATCH)
    ):
        asked = [desk_keys.staff_key(each) for each in some]
        for item in items.get_items(table.name, asked, (keys.PARTITION_KEY, *_SEAT)):
            subject = desk_keys.subject_from_partition(item[keys.PARTITION_KEY])
            found[subject] = {name: str(item[name]) for name in _SEAT if item.get(name)}
    return found
