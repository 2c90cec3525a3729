"""The counting of the bilan: marks, and the counters that are their sum, in the one table.

The counters are always the sum of the marks (`casework.statistics.case_statistics`). One
transaction writes lines (`casework.aws.table.statistics_lines`) and moves the counters by their
change, on the condition that each line is still the one that was read. A writer that loses the race
re-reads and retries; if the work is done, it stops.

A mark is made from the history of its case, which may go on meanwhile. So a writer reads lines
before histories, and stops only when it has read both again and found nothing to write. An event
that is written later finds the line: its own record settles it. Of the two at least one sees the
other, and no transaction needs to check the history.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, Final

from casework.aws.services import replay_clock
from casework.aws.services.clients import aws_client
from casework.aws.services.service_errors import TRANSIENT_CODES, code_of
from casework.aws.table import items, keys
from casework.aws.table.statistics_counters import (
    StatisticsCounters,
    counter_items,
    query_partition,
)
from casework.aws.table.statistics_lines import StatisticsLine, line_from_item, line_to_item
from casework.aws.table.wire import to_wire_item
from casework.errors import Busy
from casework.pack.published_table import StatisticsLaw
from casework.report.reported_territory import Abroad, PickedPlace
from casework.report.stored_facts import decompress_facts
from casework.statistics.case_statistics import count_case
from casework.statistics.counts import (
    Counts,
    StatisticalEvent,
    shift_to_statistical_times,
    subtract_counts,
)
from casework.statistics.report_statistics import (
    StatisticsReport,
    count_report,
    recount_classification,
)
from casework.text.realm import Realm, realm_from_name
from casework.text.reference import case_id_from_reference

MAX_STATISTICS_ATTEMPTS: Final = 10
STATISTICS_PAUSE_SECONDS: Final = 0.02
MAX_WRITES: Final = 100
"""Writes per transaction, by the service."""
STATISTICS_BATCH_SIZE: Final = 100
"""Items per batch read."""
COUNTED_REPORT_ATTRIBUTES: Final = (
    keys.PARTITION_KEY,
    "accepted_at",
    replay_clock.REPLAYED_AT_ATTRIBUTE,
    "facts",
    "disclosure",
    "case_id",
    "linked_at",
    "moved",
    "was_in",
    "number",
    "admitted",
    "seen",
    "alone",
)
COUNTED_CASE_ATTRIBUTES: Final = (keys.PARTITION_KEY, "opened_by", "opened_at")

CounterKey = tuple[str, str]
"""A case, and a report that is or was in it: the place of a line."""


@dataclass(frozen=True)
class CounterMove:
    """The lines of one report that replace others; they are written together."""

    lines: Mapping[CounterKey, StatisticsLine]
    """With the versions that were read."""
    moved: Counts

    @property
    def places(self) -> frozenset[Any]:
        """The counter items and late counts that it may write."""
        return frozenset(counter_items(self.moved)) | {day[:7] for day, _, _ in self.moved}


STALE_MOVE: Final = CounterMove({}, Counts())
"""Writes nothing: a report moved on while it was read."""


@dataclass
class StatisticsTable:
    """The marks of the one table, and the counters that move with them."""

    name: str
    law: StatisticsLaw
    months: set[str] = field(default_factory=set)
    """Months of the facts that were counted with this object."""
    _picked: random.Random = field(default_factory=random.Random, repr=False)

    @cached_property
    def counters(self) -> StatisticsCounters:
        """The counters, which are the sum of the marks."""
        return StatisticsCounters(self.name)

    # ---- counting --------------------------------------------------------------------------

    def settle(self, references: Iterable[str], case_ids: Iterable[str], today: str) -> None:
        """Bring the marks of these reports and cases up to date, and the counters with them.

        The report that opened a case is settled with it; its other reports stay. `today` decides
        what is counted late. Raises Busy when others change the same reports all the time, and
        the errors of reading an unreadable report.
        """
        reports, cases = _real(references), _real(case_ids)
        self._settle(partial(self._moves, reports, cases), today)

    def update_report_marks(self, case_id: str, today: str) -> None:
        """Bring the marks of the reports of a case up to date with its history."""
        for some in _some(_real(self.list_counted_reports(case_id)), STATISTICS_BATCH_SIZE):
            self._settle(partial(self._member_moves, case_id, some), today)

    def _settle(self, moves_now: Callable[[], Iterable[CounterMove]], today: str) -> None:
        for attempt in range(MAX_STATISTICS_ATTEMPTS):
            if attempt:
                time.sleep(self._picked.uniform(0, STATISTICS_PAUSE_SECONDS * 2 ** min(attempt, 6)))
            moves = list(moves_now())
            if not moves:
                return
            # The first tries share transactions; then each move goes alone, so that none waits for
            # another that cannot be counted.
            for together in (
                _packed(moves) if attempt < MAX_STATISTICS_ATTEMPTS // 2 else ([m] for m in moves)
            ):
                self._apply(together, today)
        if list(moves_now()):
            raise Busy("The counters are being changed by many at once.")

    def _moves(self, references: Sequence[str], case_ids: Sequence[str]) -> Iterator[CounterMove]:
        cases = {
            keys.case_id_from_partition(item[keys.PARTITION_KEY]): item
            for item in self._get_many(map(keys.case_key, case_ids), COUNTED_CASE_ATTRIBUTES)
        }
        opened = {(case_id, str(case["opened_by"])) for case_id, case in cases.items()}
        asked = set(references)
        wanted = sorted(asked.union(reference for _, reference in opened))
        reports = {
            keys.reference_from_partition(item[keys.PARTITION_KEY]): item
            for item in self._get_many(map(keys.report_key, wanted), COUNTED_REPORT_ATTRIBUTES)
        }
        places = {each: _places(each, reports.get(each, {})) for each in wanted}
        lines = self._lines(opened.union(*places.values()))
        histories = _Histories(self.name, self.law)
        of_openers: dict[str, list[CounterKey]] = defaultdict(list)
        for place in sorted(opened):
            of_openers[place[1]].append(place)
        for reference in wanted:
            item = reports.get(reference, {})
            found: dict[CounterKey, StatisticsLine] = {}
            if reference in asked:
                own = places[reference]
                if _moved_on(own, lines):
                    yield STALE_MOVE
                    continue
                found = self._report_lines(reference, item, own, lines, histories)
            for place in of_openers.get(reference, ()):
                line = found.get(place) or self._reclassified(place, lines[place], histories)
                case, shift = cases[place[0]], replay_shift(item)
                at = datetime.fromisoformat(str(item.get("accepted_at") or case["opened_at"]))
                mark = count_case(self.law, at + shift, histories.of(place[0], shift))
                found[place] = replace(line, case=mark)
            if move := _move(lines, found):
                yield move

    def _report_lines(
        self,
        reference: str,
        item: Mapping[str, Any],
        places: Sequence[CounterKey],
        lines: Mapping[CounterKey, StatisticsLine],
        histories: _Histories,
    ) -> dict[CounterKey, StatisticsLine]:
        """The lines of a report by its present case; none for one that counts for nothing yet."""
        holding = next((place for place in places if lines[place].report is not None), None)
        old = lines[holding].report if holding else None
        if not places or ("facts" not in item and old is None):
            return {}  # not linked yet, or erased before it was counted
        here, shift = places[0], replay_shift(item)
        report = statistics_report_from_item(reference, item, shift)
        mark = count_report(self.law, report, histories.of(here[0], shift), old)
        found = {here: replace(lines[here], report=mark, moved=False)}
        # A writer with an older view of the report would count it in one of these.
        left = places[1:] if holding is None else [holding] if holding != here else []
        return found | {place: replace(lines[place], report=None, moved=True) for place in left}

    def _member_moves(self, case_id: str, references: Sequence[str]) -> Iterator[CounterMove]:
        lines = self._lines({(case_id, each) for each in references})
        histories = _Histories(self.name, self.law)
        for place, line in lines.items():
            if move := _move(lines, {place: self._reclassified(place, line, histories)}):
                yield move

    def _reclassified(
        self, place: CounterKey, line: StatisticsLine, histories: _Histories
    ) -> StatisticsLine:
        """A line by the history of its case, of a report that stayed in it; else as it is."""
        if line.report is None:
            return line
        history = histories.of(place[0], timedelta())
        return replace(line, report=recount_classification(self.law, line.report, history))

    def _apply(self, moves: Sequence[CounterMove], today: str) -> bool:
        """Write lines and counters, all or nothing; False when a line was not as it was read."""
        writes = [self._put(place, line) for move in moves for place, line in move.lines.items()]
        if not writes:
            return False
        moved = Counts()
        for move in moves:
            moved.update(move.moved)
        writes += self.counters.additions(moved, today)
        try:
            aws_client("dynamodb").transact_write_items(TransactItems=writes)
        except Exception as error:
            code = code_of(error)
            if code == "TransactionCanceledException":
                reasons = getattr(error, "response", {}).get("CancellationReasons", [])
                told = {reason.get("Code", "None") for reason in reasons} - {"None"}
                if told & {"ValidationError", "ItemCollectionSizeLimitExceeded"}:
                    raise
                return False
            if code in TRANSIENT_CODES:
                return False
            raise
        self.months |= {day[:7] for day, _, _ in moved}
        return True

    def _put(self, place: CounterKey, line: StatisticsLine) -> dict[str, Any]:
        item = line_to_item(keys.report_count_key(*place), replace(line, version=line.version + 1))
        put: dict[str, Any] = {"TableName": self.name, "Item": to_wire_item(item)}
        put["ExpressionAttributeNames"] = {"#version": "version"}
        if line.version:
            put["ConditionExpression"] = "#version = :was"
            put["ExpressionAttributeValues"] = to_wire_item({":was": line.version})
        else:
            put["ConditionExpression"] = "attribute_not_exists(#version)"
        return {"Put": put}

    # ---- reading ---------------------------------------------------------------------------

    def list_counted_reports(self, case_id: str) -> Iterator[str]:
        """References of the reports counted in a case, strongly read."""
        for partition in keys.counted_partitions(case_id):
            for item in query_partition(self.name, partition):
                if "report" in item:
                    yield str(item[keys.SORT_KEY])

    def line(self, case_id: str, reference: str) -> StatisticsLine:
        """The line of a report in a case; an empty one where there is none."""
        return self._lines({(case_id, reference)})[case_id, reference]

    def _lines(self, places: Iterable[CounterKey]) -> dict[CounterKey, StatisticsLine]:
        lines = dict.fromkeys(sorted(places), StatisticsLine())
        wanted = (keys.report_count_key(*place) for place in lines)
        for item in self._get_many(wanted, ()):
            lines[keys.report_count_key.of(item)] = line_from_item(item)
        return lines

    def _get_many(
        self, wanted: Iterable[Mapping[str, str]], attributes: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        for some in _some(wanted, STATISTICS_BATCH_SIZE):
            yield from items.get_items(self.name, some, attributes)


@dataclass(frozen=True)
class _Histories:
    """The histories of cases, each strongly read once."""

    table: str
    law: StatisticsLaw
    _read: dict[str, list[tuple[int, str, str, str | None, Mapping[str, Any]]]] = field(
        default_factory=dict
    )

    def of(self, case_id: str, shift: timedelta) -> list[StatisticalEvent]:
        """The history of a case at its statistical times."""
        if case_id not in self._read:
            self._read[case_id] = [
                (
                    keys.event_key.of(item)[1],
                    str(item["move"]),
                    str(item["at"]),
                    item.get(replay_clock.REPLAYED_AT_ATTRIBUTE),
                    item.get("data", {}),
                )
                for item in items.query_prefix(self.table, *keys.event_key.under(case_id))
            ]
        return shift_to_statistical_times(self.law, self._read[case_id], shift)


def _places(reference: str, report: Mapping[str, Any]) -> list[CounterKey]:
    """The places of a report: its present case first, then the earlier ones."""
    if "case_id" not in report:
        return []
    cases = dict.fromkeys([report["case_id"], *sorted(report.get("was_in", ()))])
    return [(str(case_id), reference) for case_id in cases]


def _moved_on(places: Sequence[CounterKey], lines: Mapping[CounterKey, StatisticsLine]) -> bool:
    """Whether a report is counted in a case that it came into after it was read."""
    found = [lines[place] for place in places]
    return any(line.moved for line in found) and all(line.report is None for line in found)


def _move(
    lines: Mapping[CounterKey, StatisticsLine], found: Mapping[CounterKey, StatisticsLine]
) -> CounterMove | None:
    """The change to the lines that differ; None without one."""
    changed = {place: line for place, line in found.items() if line != lines[place]}
    if not changed:
        return None
    moved = Counts()
    for place, line in changed.items():
        moved.update(subtract_counts(line.counts, lines[place].counts))
    return CounterMove(changed, subtract_counts(moved, Counts()))


def _real(names: Iterable[str]) -> list[str]:
    """Those that are no trials: trials count for nothing."""
    return [each for each in sorted(set(names)) if realm_from_name(each) is Realm.REAL]


def replay_shift(report: Mapping[str, Any]) -> timedelta:
    """How far a report was replayed from its acceptance; zero outside `local`."""
    replayed = report.get(replay_clock.REPLAYED_AT_ATTRIBUTE)
    if replayed is None:
        return timedelta()
    said = datetime.fromisoformat(str(report["accepted_at"]))
    return datetime.fromisoformat(str(replayed)) - said


def statistics_report_from_item(
    reference: str, item: Mapping[str, Any], shift: timedelta
) -> StatisticsReport:
    """The statistical view of a stored report."""
    facts = decompress_facts(item["facts"]) if "facts" in item else None
    place = facts.territory if facts else None
    accepted = datetime.fromisoformat(str(item.get("accepted_at") or item["linked_at"]))
    return StatisticsReport(
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
        priority=str(item.get("alone", {}).get("priority", "standard")),
    )


def _first(reference: str, item: Mapping[str, Any]) -> int | None:
    """The entry of its case from which on a report counts with it, as in `StatisticsReport`."""
    by, case_id = item.get("admitted") or item.get("seen"), item["case_id"]
    if case_id_from_reference(reference) in {case_id, *item.get("moved", ())}:
        return 0  # it is what the case was opened for, whoever admits it later
    if by is not None and by["case"] == case_id:
        return int(by["event"])
    return 0 if by is not None else None


def _packed(moves: Iterable[CounterMove]) -> Iterator[list[CounterMove]]:
    """Moves in as few transactions as possible: those of the same counters together."""
    together: list[CounterMove] = []
    places: frozenset[Any] = frozenset()
    lines = 0
    for move in sorted(moves, key=lambda each: sorted(each.moved)):
        wider = places | move.places
        if together and lines + len(move.lines) + len(wider) > MAX_WRITES:
            yield together
            together, wider, lines = [], move.places, 0
        together.append(move)
        places, lines = wider, lines + len(move.lines)
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
