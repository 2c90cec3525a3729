"""How the bilan is kept: marks, counters and published months, in the one table.

The counters are the sum of the marks (`casework.statistics`), always: a mark is written and the
counters are moved by what it changes in one transaction, on the condition that the mark is still
the one that was read. Whoever is late, repeated or overtaken reads again and finds less to do, or
nothing.

A report's mark is made from the history of its case. The transaction that writes it also checks
that the case has no event beyond those that were read, and puts a line under the case. So an event
that comes later finds the line, and one that came earlier was seen: between the two there is no
moment in which a report is counted by a history that has gone on.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws import clock, keys
from casework.aws.clients import client
from casework.aws.faults import PASSING, code_of
from casework.aws.wire import Item, from_wire, to_wire
from casework.errors import Busy
from casework.publication import Figures, PublishedMonth, figures_of, months, publish, published_on
from casework.report import Abroad, PickedPlace, unfold_facts
from casework.statistics import (
    CLASSIFYING,
    CaseMark,
    Counts,
    Happened,
    Law,
    ReportMark,
    SentReport,
    at_its_time,
    count_case,
    count_report,
    difference,
    reclassified,
)

MOST_TRIES: Final = 10
PAUSE_SECONDS: Final = 0.02
MOST_WRITES: Final = 90
"""Of one transaction; the service takes 100."""
AT_ONCE: Final = 100
"""Items of one batch read."""
NEW: Final = "attribute_not_exists(pk)"


@dataclass(frozen=True)
class Move:
    """One mark that takes another's place, and what must hold for it."""

    key: dict[str, str]
    body: str
    version: int
    """Of the mark that was read; 0 when there was none."""
    moved: Counts
    kind: str
    case_id: str = ""
    """Case whose history was read, when more events of it must be excluded."""
    events: int = 0
    lines: tuple[tuple[str, dict[str, str]], ...] = ()
    """`put` or `delete`, and the key of a line under a case."""

    @property
    def writes(self) -> int:
        """How many items it writes or checks, counters at their worst."""
        days = {(day, recorded) for day, recorded, _ in self.moved}
        return 2 + len(self.lines) + len(days)


@dataclass(frozen=True)
class Ledger:
    """What a case's history says, and from what."""

    history: list[Happened]
    events: int


@dataclass
class StatisticsTable:
    """Marks, counters and published months of the one table."""

    name: str
    law: Law
    _picked: random.Random = field(default_factory=random.Random, repr=False)

    # ---- counting --------------------------------------------------------------------------

    def settle_reports(self, references: Iterable[str]) -> None:
        """Make the marks of these reports what the ledger says, and the counters with them.

        Raises Busy when others change the same reports all the time, and whatever reading a
        report that cannot be read raises.
        """
        self._settle(sorted(set(references)), self._report_moves)

    def settle_case(self, case_id: str) -> None:
        """Make the mark of a case, and of the reports counted in it, what the ledger says."""
        self._settle([case_id], self._case_moves)
        ledger = self.ledger(case_id, timedelta())
        if any(event.move in CLASSIFYING for event in ledger.history):
            for some in _some(self.counted_in(case_id), AT_ONCE // 4):
                self._settle(some, lambda those: self._member_moves(case_id, those))

    def _settle(self, names: Sequence[str], moves_of: Any) -> None:
        for attempt in range(MOST_TRIES):
            if attempt:
                time.sleep(self._picked.uniform(0, PAUSE_SECONDS * 2 ** min(attempt, 6)))
            # The first tries share transactions; then each goes alone, so that none waits for
            # another that cannot be counted.
            moves = list(moves_of(names))
            if not moves:
                return
            for together in _packed(moves) if attempt < MOST_TRIES // 2 else ([m] for m in moves):
                self._apply(together)
        if list(moves_of(names)):
            raise Busy("The counters are being changed by many at once.")

    def _report_moves(self, references: Sequence[str]) -> Iterator[Move]:
        reports = self._reports(references)
        marks = self._marks([keys.report_mark_key(each) for each in references])
        ledgers: dict[str, Ledger] = {}
        for reference in references:
            item = reports.get(keys.report_key(reference)[keys.PARTITION])
            key = keys.report_mark_key(reference)
            version, before = marks.get((key[keys.PARTITION], key[keys.SORT]), (0, None))
            old = ReportMark.model_validate_json(before) if before else None
            if item is None or "case_id" not in item or ("facts" not in item and old is None):
                continue  # not linked yet, or erased before it was counted
            shift = shift_of(item)
            case_id = str(item["case_id"])
            if case_id not in ledgers:
                ledgers[case_id] = self.ledger(case_id, shift)
            report = sent_report(reference, item, shift)
            mark = count_report(self.law, report, ledgers[case_id].history, old)
            if mark == old:
                continue
            lines = [("put", keys.counted_report_key(case_id, reference))]
            if old is not None and old.case_id != case_id:
                lines.append(("delete", keys.counted_report_key(old.case_id, reference)))
            yield Move(
                key=key,
                body=mark.model_dump_json(),
                version=version,
                moved=difference(mark.counts, old.counts if old else Counts()),
                kind="R",
                case_id=case_id,
                events=ledgers[case_id].events,
                lines=tuple(lines) if old is None or old.case_id != case_id else (),
            )

    def _member_moves(self, case_id: str, references: Sequence[str]) -> Iterator[Move]:
        ledger = self.ledger(case_id, timedelta())
        marks = self._marks([keys.report_mark_key(each) for each in references])
        for (partition, sort), (version, body) in marks.items():
            old = ReportMark.model_validate_json(body)
            if old.case_id != case_id:
                continue  # it moved on meanwhile, with its line
            mark = reclassified(self.law, old, ledger.history)
            if mark != old:
                yield Move(
                    key={keys.PARTITION: partition, keys.SORT: sort},
                    body=mark.model_dump_json(),
                    version=version,
                    moved=difference(mark.counts, old.counts),
                    kind="R",
                    case_id=case_id,
                    events=ledger.events,
                )

    def _case_moves(self, case_ids: Sequence[str]) -> Iterator[Move]:
        for case_id in case_ids:
            case = self._get(keys.case_key(case_id))
            if case is None:
                continue
            opener = self._get(keys.report_key(str(case["opened_by"]))) or {}
            shift = shift_of(opener)
            accepted = datetime.fromisoformat(str(opener.get("accepted_at") or case["opened_at"]))
            ledger = self.ledger(case_id, shift)
            mark = count_case(accepted + shift, ledger.history)
            key = keys.case_mark_key(case_id)
            version, before = self._marks([key]).get(
                (key[keys.PARTITION], key[keys.SORT]), (0, None)
            )
            old = CaseMark.model_validate_json(before) if before else None
            if mark != old:
                yield Move(
                    key=key,
                    body=mark.model_dump_json(),
                    version=version,
                    moved=difference(mark.counts, old.counts if old else Counts()),
                    kind="C",
                )

    def _apply(self, moves: Sequence[Move]) -> bool:
        """Write marks and counters, all or nothing; False when something was not as it was read."""
        writes = [write for move in moves for write in self._mark_writes(move)]
        checked = {move.case_id: move.events for move in moves if move.case_id}
        writes += [self._no_event_beyond(case_id, events) for case_id, events in checked.items()]
        writes += self._counter_writes(moves)
        try:
            client("dynamodb").transact_write_items(TransactItems=writes)
        except Exception as error:
            code = code_of(error)
            if code == "TransactionCanceledException":
                reasons = getattr(error, "response", {}).get("CancellationReasons", [])
                told = {reason.get("Code", "None") for reason in reasons} - {"None"}
                if told & {"ValidationError", "ItemCollectionSizeLimitExceeded"}:
                    raise
                return False
            if code in PASSING:
                return False
            raise
        return True

    def _mark_writes(self, move: Move) -> Iterator[dict[str, Any]]:
        item = {**move.key, "body": move.body, "version": move.version + 1}
        put: dict[str, Any] = {"TableName": self.name, "Item": to_wire(item)}
        if move.version:
            put["ConditionExpression"] = "#version = :was"
            put["ExpressionAttributeNames"] = {"#version": "version"}
            put["ExpressionAttributeValues"] = to_wire({":was": move.version})
        else:
            put["ConditionExpression"] = NEW
        yield {"Put": put}
        for verb, key in move.lines:
            if verb == "put":
                yield {"Put": {"TableName": self.name, "Item": to_wire(key)}}
            else:
                yield {"Delete": {"TableName": self.name, "Key": to_wire(key)}}

    def _no_event_beyond(self, case_id: str, events: int) -> dict[str, Any]:
        key = to_wire(keys.event_key(case_id, events + 1))
        return {"ConditionCheck": {"TableName": self.name, "Key": key, "ConditionExpression": NEW}}

    def _counter_writes(self, moves: Sequence[Move]) -> Iterator[dict[str, Any]]:
        added: dict[tuple[str, str, str], Figures] = {}
        for move in moves:
            for (day, recorded, figure), often in move.moved.items():
                place = added.setdefault((day, recorded, move.kind), Figures())
                place[figure] += often
        shard = self._picked.randrange(keys.COUNTER_SHARDS)
        for (day, recorded, kind), figures in added.items():
            changed = {figure: often for figure, often in figures.items() if often}
            if changed:
                yield {
                    "Update": self._addition(keys.counter_key(day, recorded, kind, shard), changed)
                }

    def _addition(self, key: Mapping[str, str], figures: Mapping[str, int]) -> dict[str, Any]:
        names = {f"#{number}": figure for number, figure in enumerate(figures)}
        return {
            "TableName": self.name,
            "Key": to_wire(key),
            "UpdateExpression": "ADD " + ", ".join(f"{name} :{name[1:]}" for name in names),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_wire(
                {f":{number}": often for number, often in enumerate(figures.values())}
            ),
        }

    def correct(self, drift: Counts) -> None:
        """Add to the counters what they lack, as a recount found it.

        On the day it should have been recorded: months that are published stay as they are.
        """
        for (day, recorded, figure), often in sorted(drift.items()):
            key = keys.counter_key(day, recorded, "R", self._picked.randrange(keys.COUNTER_SHARDS))
            client("dynamodb").update_item(**self._addition(key, {figure: often}))

    # ---- the ledger ------------------------------------------------------------------------

    def ledger(self, case_id: str, shift: timedelta) -> Ledger:
        """The history of a case at its statistical times, strongly read."""
        partition = keys.case_key(case_id)[keys.PARTITION]
        items = list(self._query(partition, keys.EVENT_PREFIX))
        events = [
            (
                int(str(item[keys.SORT]).removeprefix(keys.EVENT_PREFIX)),
                str(item["move"]),
                str(item["at"]),
                item.get(clock.REPLAYED_AT),
                item.get("data", {}),
            )
            for item in items
        ]
        return Ledger(at_its_time(events, shift), len(items))

    def counted_in(self, case_id: str) -> Iterator[str]:
        """References of the reports counted in a case, strongly read."""
        for partition in keys.counted_in(case_id):
            for item in self._query(partition):
                yield str(item[keys.SORT])

    # ---- reading the figures ---------------------------------------------------------------

    def counters(self, month: str, first: str = "", last: str = "~") -> Counts:
        """The counters of facts from one day of a month to another, both included."""
        counts = Counts()
        for item in self._query(keys.counters_of(month), first=first, last=last + "~"):
            day, recorded = keys.days_of_counter(str(item[keys.SORT]))
            for figure, often in item.items():
                if figure not in (keys.PARTITION, keys.SORT):
                    counts[day, recorded, figure] += int(often)
        return counts

    def known(self, first: str, last: str, as_of: str | None = None) -> Figures:
        """The figures of facts from a day to another, as they are or were known on a day."""
        figures: Figures = Figures()
        for month in months(first[:7], last[:7]):
            counts = self.counters(month, first, last)
            figures.update(figures_of(counts, recorded_before=f"{as_of}~" if as_of else None))
        return figures

    def published(self, month: str, today: str) -> PublishedMonth | None:
        """A month as it is published, once and for ever; None while it is not.

        The first reader publishes it. Nothing recorded before the day of publication is counted
        any more, so whoever is first, and however often, publishes the same.
        """
        due = published_on(month)
        if today < due:
            return None
        item = self._get(keys.published_key(month), strongly=False)
        if item is None:
            figures = figures_of(self.counters(month), recorded_before=due)
            self._publish(publish(month, figures, self.law.table))
            item = self._get(keys.published_key(month)) or {}
        return PublishedMonth(
            month=month, cells=json.loads(item["cells"]), times=dict(item["times"])
        )

    def _publish(self, month: PublishedMonth) -> None:
        item = {
            **keys.published_key(month.month),
            # Times are of one length: a month costs the same to read whatever was counted in it.
            "cells": json.dumps(dict(month.cells), separators=(",", ":")),
            "times": dict(month.times),
        }
        try:
            client("dynamodb").put_item(
                TableName=self.name, Item=to_wire(item), ConditionExpression=NEW
            )
        except Exception as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    # ---- how -------------------------------------------------------------------------------

    def _reports(self, references: Sequence[str]) -> dict[str, dict[str, Any]]:
        wanted = [keys.report_key(reference) for reference in references]
        found = self._get_many(
            wanted,
            (
                keys.PARTITION,
                "accepted_at",
                clock.REPLAYED_AT,
                "facts",
                "disclosure",
                "case_id",
                "linked_at",
            ),
        )
        return {str(item[keys.PARTITION]): item for item in found}

    def _marks(self, wanted: Sequence[dict[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
        found = self._get_many(wanted, ())
        return {
            (str(item[keys.PARTITION]), str(item[keys.SORT])): (
                int(item["version"]),
                str(item["body"]),
            )
            for item in found
        }

    def _get(self, key: dict[str, str], *, strongly: bool = True) -> dict[str, Any] | None:
        answer = client("dynamodb").get_item(
            TableName=self.name, Key=to_wire(key), ConsistentRead=strongly
        )
        return from_wire(answer["Item"]) if "Item" in answer else None

    def _get_many(
        self, wanted: Sequence[dict[str, str]], attributes: Sequence[str]
    ) -> list[dict[str, Any]]:
        found: list[Item] = []
        for some in _some(wanted, AT_ONCE):
            left: dict[str, Any] = {"Keys": [to_wire(key) for key in some], "ConsistentRead": True}
            if attributes:
                names = {f"#{number}": name for number, name in enumerate(attributes)}
                left |= {
                    "ProjectionExpression": ", ".join(names),
                    "ExpressionAttributeNames": names,
                }
            for _ in range(MOST_TRIES):
                answer = client("dynamodb").batch_get_item(RequestItems={self.name: left})
                found += answer["Responses"].get(self.name, [])
                left = answer.get("UnprocessedKeys", {}).get(self.name, {})
                if not left.get("Keys"):
                    break
            else:
                raise Busy("The table is busy.")
        return [from_wire(item) for item in found]

    def _query(
        self, partition: str, prefix: str = "", *, first: str = "", last: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Items of a partition, by the beginning of their sort key or between two; strongly."""
        condition, values = "pk = :pk", {":pk": partition}
        if prefix:
            condition, values[":prefix"] = f"{condition} AND begins_with(sk, :prefix)", prefix
        elif last:
            condition = f"{condition} AND sk BETWEEN :first AND :last"
            values |= {":first": first or " ", ":last": last}
        query: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": to_wire(values),
            # Counters are read as they are a moment ago; what counts is read as it is.
            "ConsistentRead": not last,
        }
        while True:
            answer = client("dynamodb").query(**query)
            yield from map(from_wire, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def shift_of(report: Mapping[str, Any]) -> timedelta:
    """How far a report was replayed from when it was accepted; nothing outside `local`."""
    replayed = report.get(clock.REPLAYED_AT)
    if replayed is None:
        return timedelta()
    said = datetime.fromisoformat(str(report["accepted_at"]))
    return datetime.fromisoformat(str(replayed)) - said


def sent_report(reference: str, item: Mapping[str, Any], shift: timedelta) -> SentReport:
    """What statistics know of a stored report."""
    facts = unfold_facts(item["facts"]) if "facts" in item else None
    place = facts.territory if facts else None
    accepted = datetime.fromisoformat(str(item.get("accepted_at") or item["linked_at"]))
    return SentReport(
        reference=reference,
        case_id=str(item["case_id"]),
        accepted_at=accepted + shift,
        linked_at=datetime.fromisoformat(str(item["linked_at"])) + shift,
        category=facts.category if facts else None,
        disclosure=str(item.get("disclosure", "anonymous")),
        country=place.country if isinstance(place, Abroad) else None,
        territory=place.code if isinstance(place, PickedPlace) else None,
    )


def _packed(moves: Sequence[Move]) -> Iterator[list[Move]]:
    """Moves in as few transactions as the service takes them in."""
    together: list[Move] = []
    room = MOST_WRITES
    for move in moves:
        if together and move.writes > room:
            yield together
            together, room = [], MOST_WRITES
        together.append(move)
        room -= move.writes
    if together:
        yield together


def _some(entries: Iterable[Any], many: int) -> Iterator[list[Any]]:
    some: list[Any] = []
    for entry in entries:
        some.append(entry)
        if len(some) == many:
            yield some
            some = []
    if some:
        yield some
