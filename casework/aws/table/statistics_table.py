"""The counting of the bilan: marks, and the counters that are their sum, in the one table.

The counters are always the sum of the marks (`casework.figures.counted`). One transaction writes
lines (`casework.aws.table.statistics_lines`) and moves the counters by their change, on the
condition that each line is still the one that was read. A writer that loses the race re-reads and
retries; if the work is done, it stops.

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

from casework.aws.services import clock
from casework.aws.services.clients import client
from casework.aws.services.faults import PASSING, code_of
from casework.aws.table import items, keys
from casework.aws.table.statistics_counters import Counters, items_of, places_of
from casework.aws.table.statistics_lines import Line, line_from, stored
from casework.aws.table.wire import to_wire
from casework.errors import Busy
from casework.figures.counted import (
    Counts,
    Happened,
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
MOST_WRITES: Final = 100
"""Writes per transaction, by the service."""
AT_ONCE: Final = 100
"""Items per batch read."""
OF_A_REPORT: Final = (
    keys.PARTITION,
    "accepted_at",
    clock.REPLAYED_AT,
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
OF_A_CASE: Final = (keys.PARTITION, "opened_by", "opened_at")

Place = tuple[str, str]
"""A case, and a report that is or was in it: the place of a line."""


@dataclass(frozen=True)
class CounterMove:
    """The lines of one report that replace others; they are written together."""

    lines: Mapping[Place, Line]
    """With the versions that were read."""
    moved: Counts

    @property
    def places(self) -> frozenset[Any]:
        """The counter items and late counts that it may write."""
        return frozenset(places_of(self.moved)) | {day[:7] for day, _, _ in self.moved}


READ_AGAIN: Final = CounterMove({}, Counts())
"""Writes nothing: a report moved on while it was read."""


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

    def settle(self, references: Iterable[str], case_ids: Iterable[str], today: str) -> None:
        """Bring the marks of these reports and cases up to date, and the counters with them.

        The report that opened a case is settled with it; its other reports stay. `today` decides
        what is counted late. Raises Busy when others change the same reports all the time, and
        the errors of reading an unreadable report.
        """
        reports, cases = _real(references), _real(case_ids)
        self._settle(partial(self._moves, reports, cases), today)

    def settle_reports_of(self, case_id: str, today: str) -> None:
        """Bring the marks of the reports of a case up to date with its history."""
        for some in _some(_real(self.counted_in(case_id)), AT_ONCE):
            self._settle(partial(self._member_moves, case_id, some), today)

    def _settle(self, moves_now: Callable[[], Iterable[CounterMove]], today: str) -> None:
        for attempt in range(MOST_TRIES):
            if attempt:
                time.sleep(self._picked.uniform(0, PAUSE_SECONDS * 2 ** min(attempt, 6)))
            moves = list(moves_now())
            if not moves:
                return
            # The first tries share transactions; then each move goes alone, so that none waits for
            # another that cannot be counted.
            for together in _packed(moves) if attempt < MOST_TRIES // 2 else ([m] for m in moves):
                self._apply(together, today)
        if list(moves_now()):
            raise Busy("The counters are being changed by many at once.")

    def _moves(self, references: Sequence[str], case_ids: Sequence[str]) -> Iterator[CounterMove]:
        cases = {
            keys.case_of(item[keys.PARTITION]): item
            for item in self._get_many(map(keys.case_key, case_ids), OF_A_CASE)
        }
        opened = {(case_id, str(case["opened_by"])) for case_id, case in cases.items()}
        asked = set(references)
        wanted = sorted(asked.union(reference for _, reference in opened))
        reports = {
            keys.reference_of(item[keys.PARTITION]): item
            for item in self._get_many(map(keys.report_key, wanted), OF_A_REPORT)
        }
        places = {each: _places(each, reports.get(each, {})) for each in wanted}
        lines = self._lines(opened.union(*places.values()))
        histories = _Histories(self.name, self.law)
        of_openers: dict[str, list[Place]] = defaultdict(list)
        for place in sorted(opened):
            of_openers[place[1]].append(place)
        for reference in wanted:
            item = reports.get(reference, {})
            found: dict[Place, Line] = {}
            if reference in asked:
                own = places[reference]
                if _moved_on(own, lines):
                    yield READ_AGAIN
                    continue
                found = self._report_lines(reference, item, own, lines, histories)
            for place in of_openers.get(reference, ()):
                line = found.get(place) or self._reclassified(place, lines[place], histories)
                case, shift = cases[place[0]], shift_of(item)
                at = datetime.fromisoformat(str(item.get("accepted_at") or case["opened_at"]))
                mark = count_case(self.law, at + shift, histories.of(place[0], shift))
                found[place] = replace(line, case=mark)
            if move := _move(lines, found):
                yield move

    def _report_lines(
        self,
        reference: str,
        item: Mapping[str, Any],
        places: Sequence[Place],
        lines: Mapping[Place, Line],
        histories: _Histories,
    ) -> dict[Place, Line]:
        """The lines of a report by its present case; none for one that counts for nothing yet."""
        holding = next((place for place in places if lines[place].report is not None), None)
        old = lines[holding].report if holding else None
        if not places or ("facts" not in item and old is None):
            return {}  # not linked yet, or erased before it was counted
        here, shift = places[0], shift_of(item)
        report = sent_report(reference, item, shift)
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

    def _reclassified(self, place: Place, line: Line, histories: _Histories) -> Line:
        """A line by the history of its case, of a report that stayed in it; else as it is."""
        if line.report is None:
            return line
        history = histories.of(place[0], timedelta())
        return replace(line, report=reclassified(self.law, line.report, history))

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

    def _put(self, place: Place, line: Line) -> dict[str, Any]:
        item = stored(keys.counted_line_key(*place), replace(line, version=line.version + 1))
        put: dict[str, Any] = {"TableName": self.name, "Item": to_wire(item)}
        put["ExpressionAttributeNames"] = {"#version": "version"}
        if line.version:
            put["ConditionExpression"] = "#version = :was"
            put["ExpressionAttributeValues"] = to_wire({":was": line.version})
        else:
            put["ConditionExpression"] = "attribute_not_exists(#version)"
        return {"Put": put}

    # ---- reading ---------------------------------------------------------------------------

    def counted_in(self, case_id: str) -> Iterator[str]:
        """References of the reports counted in a case, strongly read."""
        for partition in keys.counted_in(case_id):
            for item in items_of(self.name, partition):
                if "report" in item:
                    yield str(item[keys.SORT])

    def line(self, case_id: str, reference: str) -> Line:
        """The line of a report in a case; an empty one where there is none."""
        return self._lines({(case_id, reference)})[case_id, reference]

    def _lines(self, places: Iterable[Place]) -> dict[Place, Line]:
        lines = dict.fromkeys(sorted(places), Line())
        wanted = (keys.counted_line_key(*place) for place in lines)
        for item in self._get_many(wanted, ()):
            lines[keys.counted_line_key.of(item)] = line_from(item)
        return lines

    def _get_many(
        self, wanted: Iterable[Mapping[str, str]], attributes: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        for some in _some(wanted, AT_ONCE):
            yield from items.get_many(self.name, some, attributes)


@dataclass(frozen=True)
class _Histories:
    """The histories of cases, each strongly read once."""

    table: str
    law: Law
    _read: dict[str, list[tuple[int, str, str, str | None, Mapping[str, Any]]]] = field(
        default_factory=dict
    )

    def of(self, case_id: str, shift: timedelta) -> list[Happened]:
        """The history of a case at its statistical times."""
        if case_id not in self._read:
            self._read[case_id] = [
                (
                    keys.event_key.of(item)[1],
                    str(item["move"]),
                    str(item["at"]),
                    item.get(clock.REPLAYED_AT),
                    item.get("data", {}),
                )
                for item in items.under(self.table, *keys.event_key.under(case_id))
            ]
        return at_its_time(self.law, self._read[case_id], shift)


def _places(reference: str, report: Mapping[str, Any]) -> list[Place]:
    """The places of a report: its present case first, then the earlier ones."""
    if "case_id" not in report:
        return []
    cases = dict.fromkeys([report["case_id"], *sorted(report.get("was_in", ()))])
    return [(str(case_id), reference) for case_id in cases]


def _moved_on(places: Sequence[Place], lines: Mapping[Place, Line]) -> bool:
    """Whether a report is counted in a case that it came into after it was read."""
    found = [lines[place] for place in places]
    return any(line.moved for line in found) and all(line.report is None for line in found)


def _move(lines: Mapping[Place, Line], found: Mapping[Place, Line]) -> CounterMove | None:
    """The change to the lines that differ; None without one."""
    changed = {place: line for place, line in found.items() if line != lines[place]}
    if not changed:
        return None
    moved = Counts()
    for place, line in changed.items():
        moved.update(difference(line.counts, lines[place].counts))
    return CounterMove(changed, difference(moved, Counts()))


def _real(names: Iterable[str]) -> list[str]:
    """Those that are no trials: trials count for nothing."""
    return [each for each in sorted(set(names)) if realm_of(each) is Realm.REAL]


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
        priority=str(item.get("alone", {}).get("priority", "standard")),
    )


def _first(reference: str, item: Mapping[str, Any]) -> int | None:
    """The entry of its case from which on a report counts with it, as in `SentReport`."""
    by, case_id = item.get("admitted") or item.get("seen"), item["case_id"]
    if case_id_of(reference) in {case_id, *item.get("moved", ())}:
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
        if together and lines + len(move.lines) + len(wider) > MOST_WRITES:
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
