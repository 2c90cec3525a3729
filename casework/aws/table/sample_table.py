"""Closed reviews that a second person reads again, and those on which the two differ, as stored.

A line holds no word of a report. It is put by the stream, which chooses the same however often it
delivers, and taken away by the transaction of the second reading. What nobody reads within
`SAMPLE_TTL` expires: a sample is no backlog.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.times import format_timestamp
from casework.text.realm import Realm, realm_from_name

SAMPLE_TTL: Final = timedelta(days=90)


@dataclass(frozen=True)
class ReviewSample:
    """A closed review that a second person reads again."""

    name: str
    """The time of the decision and a keyed digest: it sorts by time and names no case."""
    case_id: str
    number: int
    """Of the entry that closed the review."""
    due: str
    deciders: frozenset[str]
    """Who decided on the case until then."""
    waits: bool = True
    """Whether nobody read it again yet."""


@dataclass(frozen=True)
class ReviewDisagreement:
    """A review that two people decided differently."""

    case_id: str
    number: int
    again: int
    """Of the entry of the second reading."""


def sample_name(at: str, mark: str) -> str:
    """The name of the sample of a review that was closed at a time."""
    return f"{at}_{mark}"


def put_sample(table: str, sample: ReviewSample, now: datetime) -> None:
    """Let a review wait for its second person, unless it does already."""
    items.put_new_item(
        table,
        {
            **desk_keys.sample_key(realm_from_name(sample.case_id), sample.name),
            **_line(sample, now),
        },
    )


def get_sample(table: str, realm: Realm, name: str) -> ReviewSample | None:
    """The sample of a name, whether it waits or was read."""
    for key in (desk_keys.sample_key, desk_keys.agreeing_key, desk_keys.differing_key):
        item = items.get_item(table, key(realm, name))
        if item is not None:
            return _sample(name, item, waits=key is desk_keys.sample_key)
    return None


def list_waiting(table: str, realm: Realm, after: str | None = None) -> Iterator[ReviewSample]:
    """What waits for a second person, the oldest first, behind a name."""
    start = desk_keys.sample_key(realm, after) if after is not None else None
    for item in items.query_prefix(table, *desk_keys.sample_key.under(realm), after=start):
        yield _sample(desk_keys.sample_key.of(item)[1], item, waits=True)


def list_disagreements(
    table: str, realm: Realm, most: int, now: datetime
) -> list[ReviewDisagreement]:
    """The latest reviews that two people decided differently."""
    found = items.query_items(
        table,
        most,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :begins)",
        ExpressionAttributeValues=to_wire_item(
            {":pk": desk_keys.samples_partition(realm), ":begins": desk_keys.differing_key.begins}
        ),
        ScanIndexForward=False,
    )
    return [
        ReviewDisagreement(str(item["case_id"]), int(item["number"]), int(item["again"]))
        for item in found
        if item[keys.EXPIRES_AT_FIELD] > now.timestamp()  # the service deletes it some hours later
    ]


def second_reading_writes(
    table: str, sample: ReviewSample, again: int, now: datetime, *, differs: bool
) -> Sequence[dict[str, Any]]:
    """The writes by which a review waits no more, for the transaction of its second reading. They
    fail where a colleague read it meanwhile."""
    realm = realm_from_name(sample.case_id)
    taken = items.delete_write(table, desk_keys.sample_key(realm, sample.name))
    taken["Delete"]["ConditionExpression"] = f"attribute_exists({keys.PARTITION_KEY})"
    key = desk_keys.second_reading_key(realm, sample.name, differs=differs)
    return [taken, items.put_write(table, {**key, **_line(sample, now), "again": again})]


def due_after(at: str, days: int) -> str:
    """Until when a review that was closed at a time is read again."""
    return format_timestamp(datetime.fromisoformat(at) + timedelta(days=days))


def _sample(name: str, item: Mapping[str, Any], *, waits: bool) -> ReviewSample:
    return ReviewSample(
        name=name,
        waits=waits,
        case_id=str(item["case_id"]),
        number=int(item["number"]),
        due=str(item["due"]),
        deciders=frozenset(item["deciders"]),
    )


def _line(sample: ReviewSample, now: datetime) -> dict[str, Any]:
    return {
        "case_id": sample.case_id,
        "number": sample.number,
        "due": sample.due,
        "deciders": sorted(sample.deciders),
        keys.EXPIRES_AT_FIELD: int((now + SAMPLE_TTL).timestamp()),
    }
