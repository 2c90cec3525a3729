"""What people decided, day by day, as stored: a line for each decision, for a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.wire import to_wire_item
from casework.statistics.decision_lines import DecidedLine
from casework.text.realm import Realm

DECISION_LINE_TTL: Final = timedelta(days=31)


def put_decision_line(table: str, day: str, line: DecidedLine) -> None:
    """Store a line where none of this decision stands; it expires after `DECISION_LINE_TTL`."""
    until = datetime.fromisoformat(line.at) + DECISION_LINE_TTL
    items.put_new_item(
        table,
        {
            **desk_keys.decided_key(day, line.at, line.case_id, line.number),
            "by": line.by,
            "move": line.move,
            "unit": line.unit,
            "seconds": line.seconds,
            "kept": list(line.kept) or None,
            "corrected": list(line.corrected) or None,
            "rules": dict(line.rules) or None,
            "became": dict(line.became) or None,
            "language": line.language,
            "category": line.category,
            keys.EXPIRES_AT_FIELD: int(until.timestamp()),
        },
    )


def list_decisions_of_day(table: str, realm: Realm, day: str) -> Iterator[DecidedLine]:
    """What people of a realm decided on a day, in order; a second may pass until it is seen."""
    yield from map(_line, items.query_items(table, **_on(realm, day)))


def page_decisions_of_day(
    table: str, realm: Realm, day: str, limit: int, after: str | None = None
) -> tuple[list[DecidedLine], str | None]:
    """Some of what people decided on a day, the latest first, and the place for the next page."""
    on = _on(realm, day)
    start = None
    if after is not None:
        start = {keys.PARTITION_KEY: desk_keys.decided_partition(realm, day), keys.SORT_KEY: after}
    read = list(items.query_items(table, limit + 1, start, **on, ScanIndexForward=False))
    shown = read[:limit]
    place = shown[-1][keys.SORT_KEY] if len(read) > limit else None
    return list(map(_line, shown)), place


def _on(realm: Realm, day: str) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": to_wire_item({":pk": desk_keys.decided_partition(realm, day)}),
    }


def _line(item: Mapping[str, Any]) -> DecidedLine:
    _, at, case_id, number = desk_keys.decided_key.of(item)
    return DecidedLine(
        at=at,
        case_id=case_id,
        number=number,
        by=item["by"],
        move=item.get("move"),
        unit=item.get("unit"),
        seconds=item.get("seconds"),
        kept=tuple(item.get("kept", ())),
        corrected=tuple(item.get("corrected", ())),
        rules=item.get("rules", {}),
        became=item.get("became", {}),
        language=item.get("language"),
        category=item.get("category"),
    )
