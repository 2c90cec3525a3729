"""The reports that no person has looked at, and the end of that wait.

The line of such a report is the report itself, at a place of the queue index: it costs one place,
and erasing the report erases it. `coming` gives the place with the first link of a report, so it
has one at most, however often the stream delivers. A verdict takes it away in the transaction of
its entry; another entry that is a look takes it away afterwards, from the stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.coming import THERE
from casework.aws.table.stored import StoredReport
from casework.aws.table.turns import Turns, in_turns
from casework.aws.table.wire import to_wire
from casework.case.looking import ListTurn
from casework.text.realm import Realm, listed

AT_ONCE: Final = 100
"""Reports per batch read."""


@dataclass(frozen=True)
class Unlooked:
    """What waits for a first look now."""

    waiting: int
    """At most the number up to which was counted."""
    overdue: int
    """The same."""
    oldest_at: str | None
    """When the report was accepted that waits longest; None where none waits."""


def page(table: str, realm: Realm, limit: int, after: str | None = None) -> Turns:
    """The reports of a realm that no person has looked at: most worrying first, and groups in
    turns, each in one line."""

    def read(after: str | None, most: int) -> Iterator[str]:
        return (key[keys.QUEUE_AT] for key in _places(table, realm, most, after=after))

    return in_turns(read, limit, after)


def standing(
    table: str, realm: Realm, accepted_before: Callable[[int], str], most: int
) -> Unlooked:
    """How many wait, and how many of them were accepted before the time of their rank: counting
    ends at `most`.

    One query of keys; where more wait, one more for each rank finds the oldest.
    """
    found = [key[keys.QUEUE_AT] for key in _places(table, realm, most + 1)]
    places = found[:most]
    if len(found) > most:
        last = desk_keys.place_of(found[-1]).rank
        places += _oldest(table, realm, last)
    accepted = [(told.rank, told.opened_at) for told in map(desk_keys.place_of, places)]
    return Unlooked(
        waiting=min(len(found), most),
        overdue=min(sum(at < accepted_before(rank) for rank, at in accepted), most),
        oldest_at=min((at for _, at in accepted), default=None),
    )


def _oldest(table: str, realm: Realm, above: int) -> Iterator[str]:
    """The place of the oldest report of each rank that is calmer than one."""
    rank = above + 1
    while found := list(_places(table, realm, 1, after=f"{rank}#")):
        (key,) = found
        yield key[keys.QUEUE_AT]
        rank = desk_keys.place_of(key[keys.QUEUE_AT]).rank + 1


def _places(
    table: str, realm: Realm, limit: int, *, after: str | None = None
) -> Iterator[dict[str, Any]]:
    queue = desk_keys.queue(listed(realm, desk_keys.GLANCES))
    return items.indexed(table, keys.BY_QUEUE, queue, after=after, limit=limit)


def seen(table: str, reference: str) -> dict[str, Any]:
    """The write by which a report waits no more, for the transaction of a verdict. What was kept
    for the look goes with its place: later writes of the report are smaller."""
    return _while_it_waits(table, reference, f"REMOVE {keys.QUEUE_AT}, #queue, glance")


def unsure(table: str, reference: str, by: str) -> dict[str, Any]:
    """The write by which a report waits for another person than the one who could not tell."""
    write = _while_it_waits(table, reference, "SET glance.unsure = :by")
    write["Update"]["ExpressionAttributeValues"] = to_wire({":by": by})
    return write


def stand_out(table: str, report: StoredReport, stands: ListTurn) -> None:
    """Let a report that waits stand elsewhere in the list, and no more in the line of its group."""
    glance = report.unseen
    if glance is None:
        return
    place = desk_keys.glance_place(
        glance.rank, report.accepted_at, report.reference, stands.turn, stands.group
    )
    write = _while_it_waits(
        table, report.reference, f"SET glance.stands = :stands, {keys.QUEUE_AT} = :at"
    )
    write["Update"]["ExpressionAttributeValues"] = to_wire(
        {
            ":stands": stands.model_dump(mode="json", exclude_defaults=True),
            ":at": place[keys.QUEUE_AT],
        }
    )
    if items.update(write["Update"]):
        before = glance.stands
        items.delete(
            table,
            desk_keys.member_key(before.group, before.same, before.turn, report.reference),
        )


def seen_by_others(table: str, references: Iterable[str]) -> None:
    """Let those of some reports wait no more that still do: people looked at them elsewhere."""
    every = iter(references)
    while some := list(islice(every, AT_ONCE)):
        wanted = [keys.report_key(each) for each in some]
        for item in items.get_many(table, wanted, (keys.PARTITION, keys.QUEUE)):
            if keys.QUEUE in item:
                items.update(seen(table, keys.reference_of(item[keys.PARTITION]))["Update"])


def _while_it_waits(table: str, reference: str, what: str) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table,
            "Key": to_wire(keys.report_key(reference)),
            "UpdateExpression": what,
            "ConditionExpression": f"attribute_exists(#queue) AND {THERE}",
            "ExpressionAttributeNames": {"#queue": keys.QUEUE},
        }
    }
