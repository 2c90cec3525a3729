"""The counters of the bilan: moved by addition, read by window.

A counter item covers one day of facts, one day of records and one kind, in one of a few shards;
each shard is a partition of its own. Times have one kind per measure and priority, so an item stays
small however many classes its times fall into.

**Sheets.** Counters are sparse, and more counting fills more of them. To make the cost of reading
depend on the window alone, counters older than `COUNTERS_SETTLED_TIME` are folded: into one sheet
per day of facts, and one for the month so far. A sheet holds every class of times, compressed. A
month of a window costs one sheet, or those of its days where it is asked in part, and the counters
of the days since.

Folded figures stay exact. A count of a day that may be folded already says so in the same
transaction (`late`), and sheets are used only if nothing came late since they were made. Each fold
stores the number of late counts before it, on condition that no more came meanwhile.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from casework.aws.services.clients import aws_client
from casework.aws.services.service_errors import code_of
from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.case.value_objects import Priority
from casework.pack.published_table import PublishedTable
from casework.statistics import corrections, histogram
from casework.statistics.case_statistics import DELAY_MEASURES
from casework.statistics.counts import Counts
from casework.statistics.publication import (
    Figures,
    PublishedMonth,
    build_published_month,
    delay_classes,
    figures_from_counts,
    latest_published,
    month_range,
    publication_day,
)

COUNTERS_SETTLED_TIME: Final = timedelta(days=3)
"""Age of folded counters: the stream keeps a record for one day, so all of it was counted by
then."""
COUNTS_KIND: Final = "counts"
"""Kind of the counters that are not times."""
TIME_COUNTER_PREFIX: Final = "time:"
AFTER_EVERY_COUNTER_SORT: Final = "~"
"""Sorts after every key."""
IF_NEW_COUNTER_CONDITION: Final = "attribute_not_exists(pk)"


def counts_from_item(item: Mapping[str, Any]) -> Counts:
    """The counts of one counter item."""
    *_, recorded, day, kind = keys.counter_item_key.of(item)
    return Counts(
        {
            (day, recorded, name if kind == COUNTS_KIND else f"{kind}:{name}"): int(often)
            for name, often in item.items()
            if name not in (keys.PARTITION_KEY, keys.SORT_KEY)
        }
    )


def counter_kind(figure: str) -> tuple[str, str]:
    """The kind of the item of a figure, and its name there."""
    if not figure.startswith(TIME_COUNTER_PREFIX):
        return COUNTS_KIND, figure
    kind, _, number = figure.rpartition(":")
    return kind, number


def counter_items(moved: Counts) -> set[tuple[str, str, str]]:
    """The items, except for their shard, that a move of counters must write."""
    return {(day, recorded, counter_kind(figure)[0]) for day, recorded, figure in moved}


@dataclass(frozen=True)
class _State:
    """The folding state of a month."""

    through: str = ""
    """The last day of records in its sheets."""
    folded: int = 0
    """The number of late counts at the fold."""
    late: int = 0
    """The number of late counts now."""

    @property
    def holds(self) -> bool:
        return bool(self.through) and self.folded == self.late


@dataclass
class StatisticsCounters:
    """Counters, sheets and published months of the one table."""

    name: str
    _picked: random.Random = field(default_factory=random.Random, repr=False)
    _folded: dict[str, str] = field(default_factory=dict, repr=False)
    """By month: the day on which this process last folded it."""

    # ---- counting --------------------------------------------------------------------------

    def additions(self, moved: Counts, today: str) -> Iterator[dict[str, Any]]:
        """The writes of one transaction that move the counters."""
        added: dict[tuple[str, str, str], Figures] = defaultdict(Figures)
        for (day, recorded, figure), often in moved.items():
            kind, name = counter_kind(figure)
            added[day, recorded, kind][name] += often
        shard = self._picked.randrange(keys.COUNTER_SHARDS)
        late = set()
        for (day, recorded, kind), figures in added.items():
            changed = {name: often for name, often in figures.items() if often}
            if changed:
                key = keys.counter_key(day, recorded, kind, shard)
                yield {"Update": self._addition(key, changed)}
                if recorded <= _earlier(today, COUNTERS_SETTLED_TIME - timedelta(days=1)):
                    late.add(day[:7])
        for month in sorted(late):
            yield {"Update": self._addition(keys.sheets_state_key(month), {"late": 1})}

    def correct(self, drift: Counts, today: str) -> None:
        """Add to the counters the difference that a recount found.

        It counts for the day on which it should have been recorded; published months stay as they
        are.
        """
        for cell, often in sorted(drift.items()):
            writes = list(self.additions(Counts({cell: often}), today))
            aws_client("dynamodb").transact_write_items(TransactItems=writes)

    def _addition(self, key: Mapping[str, str], figures: Mapping[str, int]) -> dict[str, Any]:
        names = {f"#{number}": figure for number, figure in enumerate(figures)}
        return {
            "TableName": self.name,
            "Key": to_wire_item(key),
            "UpdateExpression": "ADD " + ", ".join(f"{name} :{name[1:]}" for name in names),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_wire_item(
                {f":{number}": often for number, often in enumerate(figures.values())}
            ),
        }

    # ---- folding ---------------------------------------------------------------------------

    def keep_folded(self, some: Iterable[str], today: str) -> None:
        """Fold the settled counters of these months, once a day for each."""
        for month in sorted(set(some)):
            if self._folded.get(month) != today:
                self.fold(month, today)
                self._folded[month] = today

    def fold(self, month: str, today: str) -> None:
        """Fold the settled counters of a month; nothing when another process does so or a late
        count comes."""
        through, state = _earlier(today, COUNTERS_SETTLED_TIME), self._state(month)
        if state.holds and state.through >= through:
            return
        since = state.through if state.holds else ""
        days: dict[str, Figures] = defaultdict(Figures)
        for (day, _, figure), often in self._counters(month, since, through).items():
            days[day][figure] += often
        whole = self._whole(month) if state.holds else Figures()
        for figures in days.values():
            whole.update(figures)
        if state.holds and days:
            for day, before in self._sheets(month, min(days), max(days)).items():
                if day in days:
                    days[day].update(before)
        writes = [{"Put": self._sheet(keys.sheet_key(day), days[day])} for day in days]
        writes.append({"Put": self._sheet(keys.month_sheet_key(month), whole)})
        try:
            aws_client("dynamodb").transact_write_items(
                TransactItems=[*writes, {"Update": self._folded_through(month, through, state)}]
            )
        except Exception as error:
            if code_of(error) != "TransactionCanceledException":
                raise

    def _sheet(self, key: Mapping[str, str], figures: Figures) -> dict[str, Any]:
        item = {
            **key,
            "counts": json.dumps(
                {
                    name: often
                    for name, often in sorted(figures.items())
                    if often and not name.startswith(TIME_COUNTER_PREFIX)
                },
                separators=(",", ":"),
            ),
            "times": {
                f"{measure}:{priority}": histogram.pack_histogram(
                    delay_classes(figures, measure, priority)
                )
                for measure in DELAY_MEASURES
                for priority in Priority
            },
        }
        return {"TableName": self.name, "Item": to_wire_item(item)}

    def _folded_through(self, month: str, through: str, was: _State) -> dict[str, Any]:
        conditions = [
            "through = :was" if was.through else "attribute_not_exists(through)",
            "late = :late" if was.late else "attribute_not_exists(late)",
        ]
        values: dict[str, Any] = {":through": through, ":folded": was.late}
        values |= {":was": was.through} if was.through else {}
        values |= {":late": was.late} if was.late else {}
        return {
            "TableName": self.name,
            "Key": to_wire_item(keys.sheets_state_key(month)),
            "UpdateExpression": "SET through = :through, folded = :folded",
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeValues": to_wire_item(values),
        }

    def _state(self, month: str) -> _State:
        item = get_counter_item(self.name, keys.sheets_state_key(month)) or {}
        return _State(
            str(item.get("through", "")), int(item.get("folded", 0)), int(item.get("late", 0))
        )

    def _sheets(self, month: str, first: str, last: str) -> dict[str, Figures]:
        """The sheets of the days from one to another, by day, strongly read."""
        return {
            str(item[keys.SORT_KEY]): _in_sheet(item)
            for item in query_partition(
                self.name, keys.sheet_partition(month), between=(first, last)
            )
        }

    def _whole(self, month: str) -> Figures:
        """All that the sheets of a month hold: its own sheet, or their sum for a month that was
        folded before it had one."""
        if (item := get_counter_item(self.name, keys.month_sheet_key(month))) is not None:
            return _in_sheet(item)
        whole = Figures()
        for figures in self._sheets(month, f"{month}-01", f"{month}-31").values():
            whole.update(figures)
        return whole

    # ---- reading ---------------------------------------------------------------------------

    def figures_known_on(
        self, first: str, last: str, today: str, as_of: str | None = None
    ) -> Figures:
        """The figures of facts from one day to another, as they are or were known on a day."""
        total = Figures()
        for month in month_range(first[:7], last[:7]):
            if as_of is None or as_of >= today:
                total.update(self._known_now(month, first, last))
            else:
                total.update(_of_days(self._counters(month, "", as_of), first, last))
        return total

    def _known_now(self, month: str, first: str, last: str) -> Figures:
        while True:
            state = self._state(month)
            if not state.holds:
                return _of_days(self._counters(month), first, last)
            if first <= f"{month}-01" and last >= min(state.through, f"{month}-31"):
                figures = self._whole(month)
            else:
                figures = Figures()
                for sheet in self._sheets(month, first, min(last, f"{month}-31")).values():
                    figures.update(sheet)
            if self._state(month) == state:  # no fold came between it and its sheets
                recent = self._counters(month, state.through, strongly=False)
                figures.update(_of_days(recent, first, last))
                return figures

    def get_published_month(
        self, month: str, today: str, table: PublishedTable
    ) -> PublishedMonth | None:
        """A published month, which never changes; None before its publication.

        The first reader publishes it. Records from the day of publication on do not count, so every
        reader would publish the same.
        """
        due = publication_day(month)
        if today < due:
            return None
        if (kept := self.get_stored_month(month, strongly=False)) is not None:
            return kept
        until = _earlier(due, timedelta(days=1))
        figures = figures_from_counts(self._counters(month, "", until))
        self.keep_published(build_published_month(month, figures, table))
        return self.get_stored_month(month)

    def get_stored_month(self, month: str, *, strongly: bool = True) -> PublishedMonth | None:
        """A month as it was published; None for one that no reader asked for yet."""
        item = get_counter_item(self.name, keys.published_key(month), strongly=strongly)
        if item is None:
            return None
        return PublishedMonth(
            month=month, cells=json.loads(item["cells"]), times=dict(item["times"])
        )

    def get_corrections(self, today: str) -> dict[str, int]:
        """The note of corrections that came with the latest published month, which never changes.

        As with a month, its first reader writes it, and every reader would write the same.
        """
        latest = latest_published(today)
        key = keys.corrected_key(latest)
        item = get_counter_item(self.name, key, strongly=False)
        if item is None:
            until = _earlier(publication_day(latest), timedelta(days=1))
            later = {
                month: self._counters(
                    month, _earlier(publication_day(month), timedelta(days=1)), until
                )
                for month in corrections.noted_months(latest)
            }
            note = json.dumps(corrections.correction_note(later), separators=(",", ":"))
            self._once({**key, "corrected": note})
            item = get_counter_item(self.name, key) or {}
        found: dict[str, int] = json.loads(item["corrected"])
        return found

    def keep_published(self, month: PublishedMonth) -> None:
        """Store a month as it is published; one that is there stays."""
        self._once(
            {
                **keys.published_key(month.month),
                "cells": json.dumps(dict(month.cells), separators=(",", ":")),
                "times": dict(month.times),
            }
        )

    def _once(self, item: Mapping[str, Any]) -> None:
        """Write what is published, unless somebody did so before."""
        try:
            aws_client("dynamodb").put_item(
                TableName=self.name,
                Item=to_wire_item(item),
                ConditionExpression=IF_NEW_COUNTER_CONDITION,
            )
        except Exception as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    def _counters(
        self, month: str, after: str = "", until: str = "", *, strongly: bool = True
    ) -> Counts:
        """The counters of a month's facts recorded after a day, until another, included."""
        between = (
            f"{after}{AFTER_EVERY_COUNTER_SORT}" if after else " ",
            f"{until}{AFTER_EVERY_COUNTER_SORT}",
        )
        counts = Counts()
        for shard in range(keys.COUNTER_SHARDS):
            partition = keys.counter_partition(month, shard)
            for item in query_partition(self.name, partition, between=between, strongly=strongly):
                counts.update(counts_from_item(item))
        return counts


def _in_sheet(item: Mapping[str, Any]) -> Figures:
    figures = Figures(json.loads(item["counts"]))
    for place, packed in item["times"].items():
        for number, often in histogram.unpack_histogram(packed).items():
            figures[f"{TIME_COUNTER_PREFIX}{place}:{number}"] = often
    return figures


def _of_days(counts: Counts, first: str, last: str) -> Figures:
    return figures_from_counts(
        Counts({cell: often for cell, often in counts.items() if first <= cell[0] <= last})
    )


def _earlier(day: str, by: timedelta) -> str:
    return (date.fromisoformat(day) - by).isoformat()


def get_counter_item(
    table: str, key: Mapping[str, str], *, strongly: bool = True
) -> dict[str, Any] | None:
    """One item; None when there is none."""
    answer = aws_client("dynamodb").get_item(
        TableName=table, Key=to_wire_item(key), ConsistentRead=strongly
    )
    return values_from_wire_item(answer["Item"]) if "Item" in answer else None


def query_partition(
    table: str,
    partition: str,
    *,
    begins: str = "",
    between: tuple[str, str] | None = None,
    strongly: bool = True,
) -> Iterator[dict[str, Any]]:
    """Items of a partition: all, those with a prefix, or those between two sort keys."""
    condition, values = "pk = :pk", {":pk": partition}
    if begins:
        condition, values[":begins"] = f"{condition} AND begins_with(sk, :begins)", begins
    elif between:
        condition = f"{condition} AND sk BETWEEN :first AND :last"
        values |= {":first": between[0], ":last": between[1]}
    query: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": to_wire_item(values),
        "ConsistentRead": strongly,
    }
    while True:
        answer = aws_client("dynamodb").query(**query)
        yield from map(values_from_wire_item, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
