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
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.joins import EXISTING_REPORT_CONDITION
from casework.aws.table.turns import TurnPage, page_in_turns
from casework.aws.table.wire import to_wire_item
from casework.case.first_glance import ListTurn
from casework.text.realm import Realm, realm_list_name

GLANCE_BATCH_SIZE: Final = 100
"""Reports per batch read."""


@dataclass(frozen=True)
class GlanceBacklog:
    """What waits for a first look now."""

    waiting: int
    """At most the number up to which was counted."""
    overdue: int
    """The same."""
    oldest_at: str | None
    """When the report was accepted that waits longest; None where none waits."""


def list_glance_page(table: str, realm: Realm, limit: int, after: str | None = None) -> TurnPage:
    """The reports of a realm that no person has looked at: most worrying first, and groups in
    turns, each in one line."""

    def read(after: str | None, most: int) -> Iterator[str]:
        return (key[keys.QUEUE_SORT_KEY] for key in _places(table, realm, most, after=after))

    return page_in_turns(read, limit, after)


def count_owed_glances(
    table: str, realm: Realm, accepted_before: Callable[[int], str], most: int
) -> GlanceBacklog:
    """How many wait, and how many of them were accepted before the time of their rank: counting
    ends at `most`.

    One query of keys; where more wait, one more for each rank finds the oldest.
    """
    found = [key[keys.QUEUE_SORT_KEY] for key in _places(table, realm, most + 1)]
    places = found[:most]
    if len(found) > most:
        last = desk_keys.parse_queue_place(found[-1]).rank
        places += _oldest(table, realm, last)
    accepted = [(told.rank, told.opened_at) for told in map(desk_keys.parse_queue_place, places)]
    return GlanceBacklog(
        waiting=min(len(found), most),
        overdue=min(sum(at < accepted_before(rank) for rank, at in accepted), most),
        oldest_at=min((at for _, at in accepted), default=None),
    )


def _oldest(table: str, realm: Realm, above: int) -> Iterator[str]:
    """The place of the oldest report of each rank that is calmer than one."""
    rank = above + 1
    while found := list(_places(table, realm, 1, after=f"{rank}#")):
        (key,) = found
        yield key[keys.QUEUE_SORT_KEY]
        rank = desk_keys.parse_queue_place(key[keys.QUEUE_SORT_KEY]).rank + 1


def _places(
    table: str, realm: Realm, limit: int, *, after: str | None = None
) -> Iterator[dict[str, Any]]:
    queue = desk_keys.queue_name_of_desk(realm_list_name(realm, desk_keys.GLANCE_QUEUE))
    return items.query_index(table, keys.QUEUE_INDEX, queue, after=after, limit=limit)


def end_wait_write(table: str, reference: str) -> dict[str, Any]:
    """The write by which a report waits no more, for the transaction of a verdict. What was kept
    for the look goes with its place: later writes of the report are smaller."""
    return _while_it_waits(table, reference, f"REMOVE {keys.QUEUE_SORT_KEY}, #queue, glance")


def requeue_glance_write(table: str, reference: str, by: str) -> dict[str, Any]:
    """The write by which a report waits for another person than the one who could not tell."""
    write = _while_it_waits(table, reference, "SET glance.unsure = :by")
    write["Update"]["ExpressionAttributeValues"] = to_wire_item({":by": by})
    return write


def move_out_of_group(table: str, report: StoredReport, stands: ListTurn) -> None:
    """Let a report that waits stand elsewhere in the list, and no more in the line of its group."""
    glance = report.unseen
    if glance is None:
        return
    place = desk_keys.glance_place(
        glance.rank, report.accepted_at, report.reference, stands.turn, stands.group
    )
    write = _while_it_waits(
        table, report.reference, f"SET glance.stands = :stands, {keys.QUEUE_SORT_KEY} = :at"
    )
    write["Update"]["ExpressionAttributeValues"] = to_wire_item(
        {
            ":stands": stands.model_dump(mode="json", exclude_defaults=True),
            ":at": place[keys.QUEUE_SORT_KEY],
        }
    )
    if items.update_item(write["Update"]):
        before = glance.stands
        items.delete_item(
            table,
            desk_keys.group_member_key(before.group, before.same, before.turn, report.reference),
        )


def dequeue_seen_reports(table: str, references: Iterable[str]) -> None:
    """Let those of some reports wait no more that still do: people looked at them elsewhere."""
    every = iter(references)
    while some := list(islice(every, GLANCE_BATCH_SIZE)):
        wanted = [keys.report_key(each) for each in some]
        for item in items.get_items(table, wanted, (keys.PARTITION_KEY, keys.QUEUE_PARTITION_KEY)):
            if keys.QUEUE_PARTITION_KEY in item:
                items.update_item(
                    end_wait_write(table, keys.reference_from_partition(item[keys.PARTITION_KEY]))[
                        "Update"
                    ]
                )


def _while_it_waits(table: str, reference: str, what: str) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table,
            "Key": to_wire_item(keys.report_key(reference)),
            "UpdateExpression": what,
            "ConditionExpression": f"attribute_exists(#queue) AND {EXISTING_REPORT_CONDITION}",
            "ExpressionAttributeNames": {"#queue": keys.QUEUE_PARTITION_KEY},
        }
    }
