"""Whether the stored items of a case match its two chains: finds changes by hand.

| item | compared with |
|---|---|
| the case | its replayed entries (`casework.case.replay`); its places in the indexes |
| an entry | its hash, and its place among the cases that grew on its day |
| a report | the commitment in the entry that opened the case, or bound at night |
| an addition, a question, a message, an identity request | the commitment in its entry |
| a kept file, and what was found in it | the marks of the log that names them |
| the opening of a file | the bytes of the file that it names |
| the opening of a reporter's number | its line, until an entry judges it |
| the details of an entry | the same |
| a mark of a day | the entry of its night; one of a day without such an entry is a mismatch |
| the names under which entries are found again | the entries |
| the lines of the case on the duty desk, and of its deadlines and requests | the case itself |

`casework.aws.table.unbound_attributes` lists the attributes that are not compared, each with its
reason. The night and `make verify-history` check all others. Only an attacker with both the table
and the right to sign stays unseen.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from typing import Final

from casework.aws.services.replay_clock import REPLAYED_AT_ATTRIBUTE
from casework.aws.table import items, keys
from casework.aws.table.case_lines import side_line_writes
from casework.aws.table.case_table import CaseTable
from casework.aws.table.checked_case import CheckedCase
from casework.aws.table.entry_checks import (
    find_identity_request_mismatches,
    find_items_without_entry,
    find_message_mismatches,
    find_number_opening_mismatches,
    find_particulars_mismatches,
    find_question_mismatches,
    find_timeline_mismatches,
)
from casework.aws.table.file_checks import find_file_mismatches
from casework.aws.table.item_mapping import (
    case_from_item,
    case_to_item,
    event_to_item,
)
from casework.aws.table.report_checks import (
    find_addition_mismatches,
    find_mark_mismatches,
    find_report_mismatches,
)
from casework.aws.table.wire import values_from_wire_item
from casework.case.history import (
    UnreadableEntry,
)
from casework.case.replay import find_first_difference
from casework.errors import error_name


def find_history_differences(
    table: CaseTable, case_id: str, sealed: Collection[str] = frozenset()
) -> Iterator[str]:
    """The differences from the chains of a case, in words; nothing when all agrees.

    `sealed` are days that have a seal, as far as the caller knows them. The caller checks the
    chains themselves; of a chain that does not verify only that is reported here.
    """
    item = items.get_item(table.name, keys.case_key(case_id))
    if item is None:
        yield "the case is gone"
        return
    try:
        found = CheckedCase(table, case_from_item(item), sealed=sealed)
    except ValueError:
        yield "the case cannot be read"
        return
    if values_from_wire_item(case_to_item(found.case)) != item:
        yield "the case holds what it does not say of itself"
    for entry in table.entries(case_id):
        if isinstance(entry, UnreadableEntry):
            yield "an entry cannot be read"
            return
        found.events.append(entry)
    if not _ends_as_it_says(found):
        yield "its history does not end where it says"
    if wrong := find_first_difference(found.case, found.events):
        yield wrong
    for look in HISTORY_CHECKS:
        try:
            yield from look(found)
        except (KeyError, ValueError, TypeError, AttributeError, zlib.error) as error:
            yield f"what is kept beside it cannot be read: {error_name(error)}"


def _ends_as_it_says(found: CheckedCase) -> bool:
    """Whether the last entry is the one that the case names; it cannot know a later one."""
    number = found.case.events
    last = found.events[number - 1] if 0 < number <= len(found.events) else None
    return last is not None and last.hash == found.case.head


def _entries(found: CheckedCase) -> Iterator[str]:
    """Each entry is as written, and the first of a day is listed among those of the day."""
    partition, day = keys.case_key(found.case.id)[keys.PARTITION_KEY], ""
    for event, item in zip(
        found.events, items.query_prefix(found.name, partition, keys.event_key.begins), strict=True
    ):
        grew = keys.day_flow_key(event.at[:10], found.case.id) if event.at[:10] != day else {}
        day = event.at[:10]
        expected = {**values_from_wire_item(event_to_item(found.case.id, event)), **grew}
        if {
            name: value for name, value in item.items() if name != REPLAYED_AT_ATTRIBUTE
        } != expected:
            yield f"entry {event.number} does not stand as it was written"


def _days(found: CheckedCase) -> Iterator[str]:
    """Each day on which it grew was bound, except for days without a night after them."""
    for day in found.missed(found.grew):
        yield f"it grew on {day}, which no night has bound"


def _lines(found: CheckedCase) -> Iterator[str]:
    """The case is in the lists of its deadlines and duties."""
    for (partition, sort), line in side_line_writes(found.case).items():
        if items.get_item(found.name, {keys.PARTITION_KEY: partition, keys.SORT_KEY: sort}) != line:
            yield f"it does not stand under {partition} as it must"


HISTORY_CHECKS: Final = (
    _entries,
    _days,
    _lines,
    find_report_mismatches,
    find_addition_mismatches,
    find_mark_mismatches,
    find_file_mismatches,
    find_question_mismatches,
    find_message_mismatches,
    find_identity_request_mismatches,
    find_number_opening_mismatches,
    find_particulars_mismatches,
    find_timeline_mismatches,
    find_items_without_entry,
)
"""All checks in order: an unreadable part hides no other."""
