"""The counting of the bilan: marks, and the counters that are their sum, in the one table.

The counters are always the sum of the marks (`casework.figures.counted`). One transaction writes a
mark and moves the counters by its change, on the condition that the mark is still the one that was
read. A writer that loses the race re-reads and retries; if the work is done, it stops.

A report's mark is made from the history of its case. Its transaction also checks that the case has
no event beyond those that were read, and puts a line under the case. So a later event finds the
line, and an earlier one was read: a report is never counted by an outdated history.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from casework.aws.services import clock
from casework.aws.services.clients import client
from casework.aws.services.faults import PASSING, code_of
from casework.aws.table import keys
from casework.aws.table.statistics_counters import NEW, Counters, get, items_of, places_of
from casework.aws.table.wire import Item, from_wire, to_wire
from casework.errors import Busy
from casework.figures.counted import (
    CaseMark,
    Counts,
    Happened,
    ReportMark,
    SentReport,
    at_its_time,
    count_case,
    count_report,
    difference,
    reclassified,
)
from casework.pack.published_table import Law
from casework.report.report import Abroad, PickedPlace, unfold_facts
from casework.text.realm import Realm, realm_of
from casework.text.reference import case_id_of

MOST_TRIES: Final = 10
PAUSE_SECONDS: Final = 0.02
MOST_WRITES: Final = 90
"""Writes per transaction; the service takes 100."""
AT_ONCE: Final = 100
"""Items per batch read."""


@dataclass(frozen=True)
class CounterMove:
    """A mark that replaces another, and its conditions."""

    key: dict[str, str]
    body: str
    version: int
    """Version of the mark that was read; 0 without one."""
    moved: Counts
    case_id: str = ""
    """Case whose history was read, if further events of it must be excluded."""
    events: int = 0
    lines: tuple[tuple[str, dict[str, str]], ...] = ()
    """`put` or `delete`, and the key of a line under a case."""

    @property
    def writes(self) -> int:
        """The most items that it writes or checks, including counters and late counts."""
        return 2 + len(self.lines) + len(places_of(self.moved)) + len(self.months)

    @property
    def months(self) -> set[str]:
        """The months of the counted facts."""
        return {day[:7] for day, _, _ in self.moved}


@dataclass(frozen=True)
class Ledger:
    """The result of a case's history, and its sources."""

    history: list[Happened]
    events: int


@dataclass
class StatisticsTable:
    """The marks of the one table, and the counters that move with them."""

    name: str
    law: Law
    months: set[str] = field(default_factory=set)
    """Months of the facts that were counted with this object."""
    _picked: random.Random = field(default_factory=random.Random, repr=False)

    @cached_property
    def counters(self) -> Counters:
        """The counters, which are the sum of the marks."""
        return Counters(self.name)

    # ---- counting --------------------------------------------------------------------------

    def settle_reports(self, references: Iterable[str], today: str) -> None:
        """Bring the marks of these reports up to date with the ledger, and the counters with them.

        `today` decides what is counted late. Raises Busy when others change the same reports all
        the time, and the errors of reading an unreadable report.
        """
        self._settle(sorted(set(references)), self._report_moves, today)

    def settle_cases(self, case_ids: Iterable[str], today: str) -> None:
        """Bring the marks of these cases up to date with the ledger; those of their reports
        stay."""
        self._settle(sorted(set(case_ids)), self._case_moves, today)

    def settle_reports_of(self, case_id: str, today: str) -> None:
        """Bring the marks of the reports of a case up to date with its history."""
        for some in _some(self.counted_in(case_id), AT_ONCE // 4):
            self._settle(some, lambda those: self._member_moves(case_id, those), today)

    def _settle(
        self,
        names: Sequence[str],
        moves_of: Callable[[Sequence[str]], Iterable[CounterMove]],
        today: str,
    ) -> None:
        names = [each for each in names if realm_of(each) is Realm.REAL]  # trials count for nothing
        for attempt in range(MOST_TRIES):
            if attempt:
                time.sleep(self._picked.uniform(0, PAUSE_SECONDS * 2 ** min(attempt, 6)))
            # The first tries share transactions; then each move goes alone, so that none waits for
            # another that cannot be counted.
            moves = list(moves_of(names))
            if not moves:
                return
            for together in _packed(moves) if attempt < MOST_TRIES // 2 else ([m] for m in moves):
                self._apply(together, today)
        if list(moves_of(names)):
            raise Busy("The counters are being changed by many at once.")

    def _report_moves(self, references: Sequence[str]) -> Iterator[CounterMove]:
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
            yield CounterMove(
                key=key,
                body=mark.model_dump_json(),
                version=version,
                moved=difference(mark.counts, old.counts if old else Counts()),
                case_id=case_id,
                events=ledgers[case_id].events,
                lines=tuple(lines) if old is None or old.case_id != case_id else (),
            )

    def _member_moves(self, case_id: str, references: Sequence[str]) -> Iterator[CounterMove]:
        ledger = self.ledger(case_id, timedelta())
        marks = self._marks([keys.report_mark_key(each) for each in references])
        for (partition, sort), (version, body) in marks.items():
            old = ReportMark.model_validate_json(body)
            if old.case_id != case_id:
                continue  # it moved on meanwhile, with its line
            mark = reclassified(self.law, old, ledger.history)
            if mark != old:
                yield CounterMove(
                    key={keys.PARTITION: partition, keys.SORT: sort},
                    body=mark.model_dump_json(),
                    version=version,
                    moved=difference(mark.counts, old.counts),
                    case_id=case_id,
                    events=ledger.events,
                )

    def _case_moves(self, case_ids: Sequence[str]) -> Iterator[CounterMove]:
        # Marks are read before their histories, so a newer mark from a longer history conflicts
        # with this write.
        marks = self._marks([keys.case_mark_key(each) for each in case_ids])
        for case_id in case_ids:
            case = get(self.name, keys.case_key(case_id))
            if case is None:
                continue
            opener = get(self.name, keys.report_key(str(case["opened_by"]))) or {}
            shift = shift_of(opener)
            accepted = datetime.fromisoformat(str(opener.get("accepted_at") or case["opened_at"]))
            mark = count_case(accepted + shift, self.ledger(case_id, shift).history)
            key = keys.case_mark_key(case_id)
            version, before = marks.get((key[keys.PARTITION], key[keys.SORT]), (0, None))
            old = CaseMark.model_validate_json(before) if before else None
            if mark != old:
                yield CounterMove(
                    key=key,
                    body=mark.model_dump_json(),
                    version=version,
                    moved=difference(mark.counts, old.counts if old else Counts()),
                )

    def _apply(self, moves: Sequence[CounterMove], today: str) -> bool:
        """Write marks and counters, all or nothing; False when an item was not as it was read."""
        writes = [write for move in moves for write in self._mark_writes(move)]
        checked = {move.case_id: move.events for move in moves if move.case_id}
        writes += [self._no_event_beyond(case_id, events) for case_id, events in checked.items()]
        moved = Counts()
        for move in moves:
            moved.update(move.moved)
        writes += self.counters.additions(moved, today)
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
        self.months |= {day[:7] for day, _, _ in moved}
        return True

    def _mark_writes(self, move: CounterMove) -> Iterator[dict[str, Any]]:
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

    # ---- the ledger ------------------------------------------------------------------------

    def ledger(self, case_id: str, shift: timedelta) -> Ledger:
        """The history of a case at its statistical times, strongly read."""
        partition = keys.case_key(case_id)[keys.PARTITION]
        items = list(items_of(self.name, partition, begins=keys.EVENT_PREFIX))
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
            for item in items_of(self.name, partition):
                yield str(item[keys.SORT])

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
                "moved",
                "number",
                "admitted",
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


def shift_of(report: Mapping[str, Any]) -> timedelta:
    """How far a report was replayed from its acceptance; zero outside `local`."""
    replayed = report.get(clock.REPLAYED_AT)
    if replayed is None:
        return timedelta()
    said = datetime.fromisoformat(str(report["accepted_at"]))
    return datetime.fromisoformat(str(replayed)) - said


def sent_report(reference: str, item: Mapping[str, Any], shift: timedelta) -> SentReport:
    """The statistical view of a stored report."""
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
        number=int(item.get("number", 0)),
        first=_first(reference, item),
    )


def _first(reference: str, item: Mapping[str, Any]) -> int | None:
    """The entry of its case from which on a report counts with it, as in `SentReport`."""
    by, case_id = item.get("admitted"), item["case_id"]
    if by is not None and by["case"] == case_id:
        return int(by["event"])
    own = case_id_of(reference)
    return 0 if by is not None or own in {case_id, *item.get("moved", ())} else None


def _packed(moves: Sequence[CounterMove]) -> Iterator[list[CounterMove]]:
    """Moves in as few transactions as possible."""
    together: list[CounterMove] = []
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
