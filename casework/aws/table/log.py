"""What happens around a case and decides nothing: who read it, what joined it, who was told.

It is written beside the history, in a partition of its own, without any condition on the case: so
reading or joining never makes a decision fail. A view is kept once per reader and day, a refused
call once per person, call and day: whoever tries again and again adds nothing. At the end
of a day on which the history of a case grew or somebody read it, the day's marks and all reports
that came into the case since are bound in one entry of a chain (`bind`), whose head is signed with
the head of the history: of each report the commitments to what was sent, to what linking found and
to how it came. A join itself says no more than that the case grew on the day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import rfc8785

from casework.aws.table import items, keys
from casework.case.admission import MOST
from casework.case.case import SYSTEM, stamp
from casework.case.commitment import of_parts
from casework.case.history import START, Event, Unreadable, chained

BOUND: Final = "day"
"""`move` of an entry that binds a day's marks."""
FOUND_OUT: Final = ("linked_by", "own_named", "named", "unreadable")
"""What linking finds out about a report."""
CAME: Final = ("moved", "stayed", "admitted")
"""Where a report was before, and by which entry it belongs to its case."""
ATTRIBUTES: Final = (keys.PARTITION, "salt", "bound", *FOUND_OUT, *CAME)
AT_ONCE: Final = 100
"""Reports of one batch read."""
MOST_REMEMBERED: Final = 4_096
"""Marks and days that one process remembers to have written."""

_marked: set[tuple[str, ...]] = set()


def mark(
    table: str, case_id: str, at: datetime, kind: str, what: str, *, by: str, **data: str
) -> None:
    """Keep one thing that happened around a case; once per day, kind and `what`."""
    day = stamp(at)[:10]
    item = {**keys.mark_key(case_id, day, kind, what), "at": stamp(at), "by": by, **data}
    items.put_new(table, item)
    grew(table, case_id, day)


def mark_person(
    table: str, case_id: str, at: datetime, kind: str, subject: str, call: str = ""
) -> None:
    """Keep that a person read a case, or was refused a call on it; one process writes it once."""
    known = (table, case_id, stamp(at)[:10], kind, subject, call)
    if known in _marked:
        return
    if call:
        mark(table, case_id, at, kind, f"{subject}#{call}", by=subject, call=call)
    else:
        mark(table, case_id, at, kind, subject, by=subject)
    if len(_marked) >= MOST_REMEMBERED:
        _marked.clear()
    _marked.add(known)


@lru_cache(maxsize=MOST_REMEMBERED)
def grew(table: str, case_id: str, day: str) -> None:
    """Say that a case's records grew on a day; once per process."""
    items.put(table, keys.day_key(day, case_id))


def entries_of(table: str, case_id: str) -> Iterator[Event | Unreadable]:
    """The chained days of a case's log, in order."""
    partition = f"{keys.LOG_PREFIX}{case_id}"
    for item in items.under(table, partition, keys.ENTRY_PREFIX):
        try:
            yield _entry(item)
        except ValueError:
            yield Unreadable(str(item[keys.SORT]))


def marks_of(table: str, case_id: str, day: str = "") -> Iterator[dict[str, Any]]:
    """The marks of a case on a day, or on all days, in order."""
    begins = f"{keys.MARK_PREFIX}{day}#" if day else keys.MARK_PREFIX
    yield from items.under(table, f"{keys.LOG_PREFIX}{case_id}", begins)


def bind(table: str, case_id: str, day: str, at: datetime) -> Event | None:
    """Bind the marks of a day into the chain, once; answers the chain's last entry, if any.

    The day must be over: what is marked on it afterwards shows as a change. One that was missed is
    bound behind later ones. Raises ValueError when the chain or the marks cannot be read.
    """
    chain = _chain(table, case_id)  # one a day: never many
    last = chain[-1] if chain else None
    if any(entry.data.get("day") == day for entry in chain):
        return last
    marks, digest = digest_of(marks_of(table, case_id, day))
    before = last_of(last)
    arrived = list(_bind_reports(table, case_id, before, at))
    if not marks and not arrived and last is None:
        return None
    reports, bound = digest_of(bound_reports(table, case_id, before, max(arrived, default=before)))
    entry = chained(
        Event(
            number=last.number + 1 if last else 1,
            move=BOUND,
            at=stamp(at),
            by=SYSTEM,
            data={
                "day": day,
                "marks": marks,
                "digest": digest,
                "reports": reports,
                "bound": bound,
                "last": max(arrived, default=before),
            },
        ),
        last.hash if last else START,
    )
    stored = entry.model_dump(mode="json", exclude={"number"})
    if items.put_new(table, {**keys.entry_key(case_id, entry.number), **stored}):
        return entry
    return _chain(table, case_id)[-1]  # another run of the day was first


def last_of(entry: Event | None) -> int:
    """The number of the last report that an entry binds; 0 before the first entry."""
    last = entry.data.get("last") if entry else None
    return last if isinstance(last, int) else 0


def _bind_reports(table: str, case_id: str, above: int, at: datetime) -> Iterator[int]:
    """Keep the commitments to the reports that came into a case above a number; their numbers.

    What is kept stays as it is, whatever becomes of a report: moved, let go or erased.
    """
    lines = iter(items.under(table, keys.arrivals_key(case_id)[keys.PARTITION]))
    numbered = (line for line in lines if line[keys.SORT] != keys.LAST_SORT)
    new = (line for line in numbered if keys.number_of_arrival(line[keys.SORT]) > above)
    while some := list(islice(new, AT_ONCE)):
        wanted = [keys.report_key(str(line["reference"])) for line in some]
        reports = {
            keys.reference_of(item[keys.PARTITION]): item
            for item in items.get_many(table, wanted, ATTRIBUTES)
        }
        for line in some:
            number, reference = keys.number_of_arrival(line[keys.SORT]), str(line["reference"])
            said = commitments(reports.get(reference, {}))
            kept = {"at": stamp(at), "reference": reference, **said}
            items.put_new(table, {**keys.bound_key(case_id, number), **kept})
            yield number


def commitments(report: Mapping[str, Any]) -> dict[str, str]:
    """What a history binds of a report: what was sent, what linking found out about it, and how it
    came into the case. Of one that was erased before its first night nobody can tell the second."""
    if "bound" not in report:
        return {}
    said = {"bound": report["bound"].hex(), "came": came(report)}
    if "salt" in report:
        found = {name: report.get(name) for name in FOUND_OUT}
        said["found"] = of_parts(report["salt"], found)
    return said


def came(report: Mapping[str, Any], *, but: str = "") -> str:
    """SHA-256, in hex, over how a report came into its case; with `but`, as if it had not one part.

    It names cases and entries alone, and goes on to be known when the report is erased.
    """
    told = {name: report[name] for name in CAME if name in report and name != but}
    return hashlib.sha256(rfc8785.dumps(told)).hexdigest()


def bound_reports(
    table: str, case_id: str, above: int = 0, upto: int = MOST
) -> Iterator[dict[str, Any]]:
    """What is bound of the reports of a case with these numbers, in order."""
    if above < upto:
        first, last = keys.bound_key(case_id, above + 1), keys.bound_key(case_id, upto)
        yield from items.between(table, first, last)


def _chain(table: str, case_id: str) -> list[Event]:
    """The chained days of a case; raises ValueError when one cannot be read."""
    chain = []
    for entry in entries_of(table, case_id):
        if isinstance(entry, Unreadable):
            raise ValueError("a chained day cannot be read")  # noqa: TRY004 - of what is stored
        chain.append(entry)
    return chain


def marks_changed(table: str, case_id: str, entry: Event, before: int = 0) -> bool:
    """Whether the marks of the day that an entry binds, or the commitments to the reports that came
    since the entry before it, up to number `before`, are others than when it was written."""
    said = entry.data
    try:
        marks = digest_of(marks_of(table, case_id, str(said.get("day"))))
        bound = digest_of(bound_reports(table, case_id, before, last_of(entry)))
    except rfc8785.CanonicalizationError:  # no mark holds what has no canonical writing
        return True
    return (*marks, *bound) != (
        said.get("marks"),
        said.get("digest"),
        said.get("reports"),
        said.get("bound"),
    )


def digest_of(found: Iterable[dict[str, Any]]) -> tuple[int, str]:
    """How many items, and the SHA-256 over their canonical JSON in order; constant memory."""
    running, count = hashlib.sha256(), 0
    for said in found:
        running.update(hashlib.sha256(rfc8785.dumps(said)).digest())
        count += 1
    return count, running.hexdigest()


def _entry(item: dict[str, Any]) -> Event:
    beside = (keys.PARTITION, keys.SORT)
    fields = {name: value for name, value in item.items() if name not in beside}
    number = int(item[keys.SORT].removeprefix(keys.ENTRY_PREFIX))
    entry = Event.model_validate({"number": number, **fields}, strict=True)
    if entry.model_fields_set != Event.model_fields.keys():
        raise ValueError("an entry is not whole")
    return entry
