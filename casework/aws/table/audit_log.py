"""Events around a case that decide nothing: readers, joined reports, notifications.

They are written beside the history, in a separate partition, without any condition on the case, so
reading or joining never makes a decision fail. A view is stored once per reader and day and counts
how often they opened the page; a refused call is stored once per person, call and day, so repeated
attempts add nothing. At the end of a day on
which the history of a case grew or the case was read, one entry of a chain binds the day's marks
and all reports that joined since (`bind`). Its head is signed with the head of the history. Of each
report it binds the commitments to what was sent, to the results of linking and to its origin. A
join itself only records that the case grew on the day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import rfc8785

from casework.aws.table import case_reports, items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.admission import MAX_REPORTS
from casework.case.commitment import commit_to_parts
from casework.case.history import GENESIS_HASH, CaseEvent, UnreadableEntry, chain_event
from casework.case.times import format_timestamp
from casework.case.value_objects import SYSTEM_AUTHOR

VIEW_MARK: Final = "view"
"""The kind of the mark that a person read a case."""
READING_COUNT_FIELD: Final = "readings"
"""In such a mark: how often they opened its page on the day."""
MOTIVE_READ_MARK: Final = "motive_read"
"""The kind of the mark that a person read why somebody asked for an identity, or opened a
number."""
REFUSED_MARK: Final = "refused"
"""The kind of the mark of a refused call; also of a case that was not opened yet."""
DAY_ENTRY_MOVE_NAME: Final = "day"
"""`move` of an entry that binds a day's marks."""
LINK_RESULT_ATTRIBUTES: Final = ("linked_by", "own_named", "named", "unreadable")
"""The results of linking for a report."""
ORIGIN_ATTRIBUTES: Final = ("moved", "stayed", "admitted", "seen")
"""The earlier cases of a report, and the entries that admitted it or had it in view."""
COMMITTED_REPORT_ATTRIBUTES: Final = (
    keys.PARTITION_KEY,
    "salt",
    "bound",
    *LINK_RESULT_ATTRIBUTES,
    *ORIGIN_ATTRIBUTES,
)
REPORT_BATCH_SIZE: Final = 100
"""Reports per batch read."""
MAX_REMEMBERED_MARKS: Final = 4_096
"""Marks and days that one process remembers as written."""

MAX_MARKS_AT_ONCE: Final = 8
"""Marks that are written side by side."""

_marked: set[tuple[str, ...]] = set()


def record_mark(
    table: str, case_id: str, at: datetime, kind: str, what: str, *, by: str, **data: str | int
) -> None:
    """Store one event around a case; once per day, kind and `what`."""
    day = format_timestamp(at)[:10]
    item = {**keys.mark_key(case_id, day, kind, what), "at": format_timestamp(at), "by": by, **data}
    record_reading_growth(
        table, case_id, day
    )  # first: a mark of a day that no night binds is a mismatch
    items.put_new_item(table, item)


def record_joint_mark(
    table: str, case_id: str, at: datetime, kind: str, what: str, known: str, **data: Any
) -> None:
    """Store an event around several reports of a case at once; a later one of the day with the same
    kind and `what` holds all of an earlier one, and replaces it.

    `known` is a day on which the history of the case grew: its line is not needed again.
    """
    day = format_timestamp(at)[:10]
    key = keys.mark_key(case_id, day, kind, what)
    if day != known:
        record_reading_growth(table, case_id, day)
    items.put_item(table, {**key, "at": format_timestamp(at), "by": SYSTEM_AUTHOR, **data})


def mark_write(
    table: str, case_id: str, kind: str, what: str, attributes: Mapping[str, Any]
) -> dict[str, Any]:
    """The write of a mark, for a transaction: `at`, `by` and what else is said.

    Its caller records before that the case grew (`grew`).
    """
    return items.put_write(
        table, {**keys.mark_key(case_id, attributes["at"][:10], kind, what), **attributes}
    )


def record_access(
    table: str,
    case_id: str,
    at: datetime,
    kind: str,
    subject: str,
    *,
    call: str = "",
    about: str = "",
) -> None:
    """Record that a person read a case or a part of it (`about`), or was refused a `call` on it;
    one process writes it once a day."""
    what = "#".join(filter(None, (subject, call, about)))
    cache_key = (table, case_id, format_timestamp(at)[:10], kind, what)
    if cache_key in _marked:
        return
    said = {name: value for name, value in (("call", call), ("about", about)) if value}
    record_mark(table, case_id, at, kind, what, by=subject, **said)
    _remember(cache_key)


def record_views(table: str, case_ids: Iterable[str], at: datetime, subject: str) -> None:
    """Record that a person was shown words of these cases in a list, as `record_access` does: those
    that are new to this process are written side by side."""
    day = format_timestamp(at)[:10]
    new = [each for each in case_ids if (table, each, day, VIEW_MARK, subject) not in _marked]
    if not new:
        return
    with ThreadPoolExecutor(min(len(new), MAX_MARKS_AT_ONCE)) as pool:
        list(pool.map(lambda each: record_access(table, each, at, VIEW_MARK, subject), new))


def count_reading(table: str, case_id: str, at: datetime, subject: str) -> None:
    """Record that a person opened the page of a case: one mark a day says how often they did."""
    day = format_timestamp(at)[:10]
    record_reading_growth(table, case_id, day)
    items.update_item(
        {
            "TableName": table,
            "Key": to_wire_item(keys.mark_key(case_id, day, VIEW_MARK, subject)),
            "UpdateExpression": "SET #at = if_not_exists(#at, :at), #by = :by ADD #readings :one",
            "ExpressionAttributeNames": {
                "#at": "at",
                "#by": "by",
                "#readings": READING_COUNT_FIELD,
            },
            "ExpressionAttributeValues": to_wire_item(
                {":at": format_timestamp(at), ":by": subject, ":one": 1}
            ),
        }
    )
    _remember((table, case_id, day, VIEW_MARK, subject))


def _remember(known: tuple[str, ...]) -> None:
    if len(_marked) >= MAX_REMEMBERED_MARKS:
        _marked.clear()
    _marked.add(known)


@lru_cache(maxsize=MAX_REMEMBERED_MARKS)
def record_reading_growth(table: str, case_id: str, day: str) -> None:
    """Record that a case's records grew on a day; once per process."""
    items.put_item(table, keys.day_key(day, case_id))


def read_day_entries(table: str, case_id: str) -> Iterator[CaseEvent | UnreadableEntry]:
    """The chained days of a case's log, in order."""
    for item in items.query_prefix(table, *keys.entry_key.under(case_id)):
        try:
            yield _entry(item)
        except ValueError:
            yield UnreadableEntry(str(item[keys.SORT_KEY]))


def read_marks(table: str, case_id: str, day: str = "", kind: str = "") -> Iterator[dict[str, Any]]:
    """The marks of a case on a day, of one kind or of all, or those of all days, in order."""
    known = filter(None, (day, kind))
    yield from items.query_prefix(table, *keys.mark_key.under(case_id, *known))


def bind_day(table: str, case_id: str, day: str, at: datetime) -> CaseEvent:
    """Bind the marks of a day into the chain, once; returns the chain's last entry.

    A day on which the case grew and nobody left a mark is bound, too: a later day would show that a
    night is missing. The day must be over: a later mark of it shows as a change. A missed day is
    bound after later ones. Raises ValueError when the chain or the marks cannot be read.
    """
    chain = _chain(table, case_id)  # one a day: never many
    last = chain[-1] if chain else None
    if any(entry.data.get("day") == day for entry in chain):
        return chain[-1]
    marks, digest = digest_marks(read_marks(table, case_id, day))
    before = last_committed_number(last)
    arrived = list(_bind_reports(table, case_id, before, at))
    reports, bound = digest_marks(
        read_report_commitments(table, case_id, before, max(arrived, default=before))
    )
    entry = chain_event(
        CaseEvent(
            number=last.number + 1 if last else 1,
            move=DAY_ENTRY_MOVE_NAME,
            at=format_timestamp(at),
            by=SYSTEM_AUTHOR,
            data={
                "day": day,
                "marks": marks,
                "digest": digest,
                "reports": reports,
                "bound": bound,
                "last": max(arrived, default=before),
            },
        ),
        last.hash if last else GENESIS_HASH,
    )
    stored = entry.model_dump(mode="json", exclude={"number"})
    if items.put_new_item(table, {**keys.entry_key(case_id, entry.number), **stored}):
        return entry
    return _chain(table, case_id)[-1]  # another run of the day was first


def last_committed_number(entry: CaseEvent | None) -> int:
    """The number of the last report that an entry binds; 0 before the first entry."""
    last = entry.data.get("last") if entry else None
    return last if isinstance(last, int) else 0


def _bind_reports(table: str, case_id: str, above: int, at: datetime) -> Iterator[int]:
    """Store the commitments to the reports of a case above a number; yields their numbers.

    A stored commitment never changes, whether the report is moved, released or erased.
    """
    new = case_reports.iter_report_lines(table, case_id, above)
    while some := list(islice(new, REPORT_BATCH_SIZE)):
        wanted = [keys.report_key(str(line["reference"])) for line in some]
        reports = {
            keys.reference_from_partition(item[keys.PARTITION_KEY]): item
            for item in items.get_items(table, wanted, COMMITTED_REPORT_ATTRIBUTES)
        }
        for line in some:
            number, reference = (
                keys.number_from_arrival_sort(line[keys.SORT_KEY]),
                str(line["reference"]),
            )
            said = report_commitments(reports.get(reference, {}))
            kept = {"at": format_timestamp(at), "reference": reference, **said}
            items.put_new_item(table, {**keys.report_commitments_key(case_id, number), **kept})
            yield number


def report_commitments(report: Mapping[str, Any]) -> dict[str, str]:
    """The commitments of a history to a report: what was sent, the results of linking, and its
    origin in the case. The second is unknown for a report that was erased before its first
    night."""
    if "bound" not in report:
        return {}
    said = {"bound": report["bound"].hex(), "came": origin_digest(report)}
    if "salt" in report:
        found = {name: report.get(name) for name in LINK_RESULT_ATTRIBUTES}
        said["found"] = commit_to_parts(report["salt"], found)
    return said


def origin_digest(report: Mapping[str, Any], *, but: str = "") -> str:
    """SHA-256, in hex, over the origin of a report in its case; with `but`, as if one part were
    missing.

    It covers cases and entries only, and stays known after the report is erased.
    """
    told = {name: report[name] for name in ORIGIN_ATTRIBUTES if name in report and name != but}
    return hashlib.sha256(rfc8785.dumps(told)).hexdigest()


def read_report_commitments(
    table: str, case_id: str, above: int = 0, upto: int = MAX_REPORTS
) -> Iterator[dict[str, Any]]:
    """The commitments to the reports of a case with these numbers, in order."""
    if above < upto:
        first, last = (
            keys.report_commitments_key(case_id, above + 1),
            keys.report_commitments_key(case_id, upto),
        )
        yield from items.query_between(table, first, last)


def _chain(table: str, case_id: str) -> list[CaseEvent]:
    """The chained days of a case; raises ValueError for an unreadable one."""
    chain = []
    for entry in read_day_entries(table, case_id):
        if isinstance(entry, UnreadableEntry):
            raise ValueError("a chained day cannot be read")  # noqa: TRY004 - of what is stored
        chain.append(entry)
    return chain


def marks_changed(table: str, case_id: str, entry: CaseEvent, before: int = 0) -> bool:
    """Whether the marks of the day that an entry binds differ from those at its writing, or the
    commitments to the reports since the entry before it, up to number `before`."""
    data = entry.data
    try:
        marks = digest_marks(read_marks(table, case_id, str(data.get("day"))))
        bound = digest_marks(
            read_report_commitments(table, case_id, before, last_committed_number(entry))
        )
    except rfc8785.CanonicalizationError:  # no mark holds a value without a canonical form
        return True
    return (*marks, *bound) != (
        data.get("marks"),
        data.get("digest"),
        data.get("reports"),
        data.get("bound"),
    )


def digest_marks(found: Iterable[dict[str, Any]]) -> tuple[int, str]:
    """The number of items, and the SHA-256 over their canonical JSON in order; constant memory."""
    running, count = hashlib.sha256(), 0
    for said in found:
        running.update(hashlib.sha256(rfc8785.dumps(said)).digest())
        count += 1
    return count, running.hexdigest()


def _entry(item: dict[str, Any]) -> CaseEvent:
    beside = (keys.PARTITION_KEY, keys.SORT_KEY)
    fields = {name: value for name, value in item.items() if name not in beside}
    _, number = keys.entry_key.of(item)
    entry = CaseEvent.model_validate({"number": number, **fields}, strict=True)
    if entry.model_fields_set != CaseEvent.model_fields.keys():
        raise ValueError("an entry is not whole")
    return entry
