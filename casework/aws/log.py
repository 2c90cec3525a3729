"""What happens around a case and decides nothing: who read it, what joined it, who was told.

It is written beside the history, in a partition of its own, without any condition on the case: so
reading or joining never makes a decision fail. A view is kept once per reader and day, a refused
call once per person, call and day: whoever tries again and again adds nothing. At the end
of a day on which the history of a case grew or somebody read it, the day's marks and all reports
that are in the case by then are bound in one entry of a chain (`bind`), whose head is signed with
the head of the history. A join itself writes nothing: it is bound with the case's next event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import rfc8785

from casework.aws import items, keys
from casework.case import SYSTEM, stamp
from casework.history import START, Event, Unreadable, chained

BOUND: Final = "day"
"""`move` of an entry that binds a day's marks."""
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
    reports, joined = digest_of(_arrived(table, case_id))
    if not marks and not (reports > 1 or last):
        return last  # the report that opened it is in its history
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
                "joined": joined,
            },
        ),
        last.hash if last else START,
    )
    stored = entry.model_dump(mode="json", exclude={"number"})
    if items.put_new(table, {**keys.entry_key(case_id, entry.number), **stored}):
        return entry
    return _chain(table, case_id)[-1]  # another run of the day was first


def _arrived(table: str, case_id: str) -> Iterator[dict[str, Any]]:
    """Which reports came into a case, each with its number."""
    for line in items.under(table, keys.arrivals_key(case_id)[keys.PARTITION]):
        if line[keys.SORT] != keys.LAST_SORT:
            number = keys.number_of_arrival(line[keys.SORT])
            yield {"number": number, "reference": str(line["reference"])}


def _chain(table: str, case_id: str) -> list[Event]:
    """The chained days of a case; raises ValueError when one cannot be read."""
    chain = []
    for entry in entries_of(table, case_id):
        if isinstance(entry, Unreadable):
            raise ValueError("a chained day cannot be read")  # noqa: TRY004 - of what is stored
        chain.append(entry)
    return chain


def marks_changed(table: str, case_id: str, entry: Event) -> bool:
    """Whether the marks of the day that an entry binds are others than when it was written."""
    try:
        found = digest_of(marks_of(table, case_id, str(entry.data.get("day"))))
    except rfc8785.CanonicalizationError:  # no mark holds what has no canonical writing
        return True
    return found != (entry.data.get("marks"), entry.data.get("digest"))


def digest_of(found: Iterable[dict[str, Any]]) -> tuple[int, str]:
    """How many items, and the SHA-256 over their canonical JSON in order; constant memory."""
    running, count = hashlib.sha256(), 0
    for said in found:
        running.update(hashlib.sha256(rfc8785.dumps(said)).digest())
        count += 1
    return count, running.hexdigest()


def _entry(item: dict[str, Any]) -> Event:
    fields = {name: value for name, value in item.items() if name in Event.model_fields}
    number = int(item[keys.SORT].removeprefix(keys.ENTRY_PREFIX))
    return Event.model_validate({"number": number, **fields}, strict=True)
