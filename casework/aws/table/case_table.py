"""The storage of cases: their writes, and the lists that contain them.

Writes are conditional, so a repeated or late caller changes nothing. A case changes only through
`save`. It writes the case, its event and its lines on the duty desk in one transaction, if the case
is as it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from casework.aws.services import replay_clock
from casework.aws.table import desk_keys, items, keys, particulars, public_timelines
from casework.aws.table.case_lines import (
    caseload_key_of_case,
    index_lines,
    number_writes,
    side_line_writes,
)
from casework.aws.table.case_report_table import LinkedReports
from casework.aws.table.clue_table import ClueTable
from casework.aws.table.file_table import FileTable
from casework.aws.table.identifier_table import IdentifierTable
from casework.aws.table.item_mapping import (
    case_from_item,
    case_to_item,
    entry_from_item,
    event_from_item,
    event_to_item,
    question_to_item,
)
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.task_tokens import TaskTokenTable
from casework.aws.table.turns import TurnPage, page_in_turns
from casework.aws.table.wire import to_wire_item
from casework.case.admission import MAX_REPORTS
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent, UnreadableEntry
from casework.case.index import SHOWN_INDEX_PREFIX, shown_entry_name
from casework.case.value_objects import Duty, UnitState
from casework.errors import Busy, CaseNotFound
from casework.linking.records import IdentifierClaim
from casework.text.realm import Realm

TransactionWrite = Mapping[str, Any]
"""One write, or check, of a transaction."""

MAX_CASE_UPDATE_ATTEMPTS = 8
"""Tries of a change while others write the same case."""


class AlreadyOpen(Exception):
    """The case exists, or one of its identifiers or its number belongs to another case."""

    error_code = "AlreadyOpen"


T = TypeVar("T")


@dataclass(frozen=True)
class CaseTransaction(Generic[T]):
    """What is done to a case in one transaction, and what its caller answers from."""

    change: Change | None
    """None changes nothing: `also` is not written then."""
    result: T
    also: Sequence[TransactionWrite] = ()
    """Further writes of the transaction: see `CaseTable.save`."""


class CommitResult(NamedTuple, Generic[T]):
    """A case as it is stored, and what was decided on the version that stood before."""

    case: Case
    decided: T


class DutyLine(NamedTuple):
    """A case on the duty desk."""

    case_id: str
    cared: str
    """When a person took care of it, took it and tried to reach somebody; empty without any."""


class QueuePlace(NamedTuple):
    """A place in a queue."""

    rank: int
    opened_at: str
    case_id: str


class CaseloadLine(NamedTuple):
    """A case that stands with a unit."""

    unit: str
    case_id: str
    standing: UnitState
    since: str


class CaseTable:
    """The cases of the one table; beside them their reports, identifiers, clues and waits.

    `selector` is the ARN of the selector key's secret, for callers that look up identifiers of one
    realm; `own` that of the own key's, for those that claim them; `digest` that of the digest
    key's, for those that open digests of files and pictures.
    """

    def __init__(
        self,
        name: str,
        selector: str = "",
        realm: Realm = Realm.REAL,
        own: str = "",
        digest: str = "",
    ) -> None:
        self.name = name
        self.files = FileTable(name, digest)
        self.pictures = PictureTable(name, digest)
        self.reports = LinkedReports(name)
        self.identifiers = IdentifierTable(name, selector, realm, own)
        self.clues = ClueTable(name)
        self.waits = TaskTokenTable(name)

    def get_case(self, case_id: str) -> Case:
        """The case, strongly read; raises CaseNotFound."""
        item = items.get_item(self.name, keys.case_key(case_id))
        if item is None:
            raise CaseNotFound("There is no such case.")
        return case_from_item(item)

    def find_by_number(self, number: str) -> str | None:
        """The id of the case of a number that people say, as `casework.text.case_number` writes
        it."""
        item = items.get_item(self.name, keys.number_key(number))
        return str(item["case_id"]) if item else None

    def get_cases(self, case_ids: Sequence[str]) -> list[Case]:
        """At most 100 cases in the requested order, without missing ones."""
        wanted = [keys.case_key(case_id) for case_id in dict.fromkeys(case_ids)]
        found = {case.id: case for case in map(case_from_item, items.get_items(self.name, wanted))}
        return [found[case_id] for case_id in case_ids if case_id in found]

    def open(self, change: Change, claims: Iterable[IdentifierClaim]) -> None:
        """Open a case and claim its identifiers, all or nothing; raises AlreadyOpen.

        It is raised, too, where another case has the number: a further try draws another one.
        """
        case = change.after
        taken = [
            write
            for claim in claims
            for write in self.identifiers.claim_writes(claim, case.id, case.opened_by)
        ]
        try:
            items.write_transaction([*self._writes(change), *taken])
        except items.WriteConflict:
            raise AlreadyOpen from None

    def save(self, change: Change, also: Sequence[TransactionWrite] = ()) -> Case:
        """Write a change; raises WriteConflict when the case is not as it was read.

        The transaction includes the same act's changes of other cases, its question and the writes
        of `also`: all of it, or nothing.
        """
        changes = (change, *change.beside)
        writes: list[TransactionWrite] = [write for each in changes for write in self._writes(each)]
        writes += also
        if len(writes) > 1:
            items.write_transaction(writes)
        else:
            items.put_item_if(writes[0]["Put"])
        return change.after

    def update(
        self, case_id: str, decide: Callable[[Case], Change | None]
    ) -> CommitResult[Change | None]:
        """Load, decide, save; decides again when another writer was first. None changes nothing.

        Returns the change that was written. Raises the errors of `decide`, CaseNotFound, and Busy
        after `MAX_CASE_UPDATE_ATTEMPTS`.
        """
        case, deed = self.transact(case_id, lambda now: CaseTransaction(decide(now), None))
        return CommitResult(case, deed.change)

    def transact(
        self, case_id: str, decide: Callable[[Case], CaseTransaction[T]]
    ) -> CommitResult[CaseTransaction[T]]:
        """The same for a change with further writes, or with a result beside the change."""
        for _ in range(MAX_CASE_UPDATE_ATTEMPTS):
            case = self.get_case(case_id)
            deed = decide(case)
            if deed.change is None:
                return CommitResult(case, deed)
            try:
                return CommitResult(self.save(deed.change, also=deed.also), deed)
            except items.WriteConflict:
                continue
        raise Busy("The case is being changed by many at once.")

    def list_in_flight(self, before: str, queues: Iterable[str]) -> Iterator[str]:
        """Ids of the cases that were opened before a time and are owed a running workflow: those
        at places of `queues`, which people work through."""
        for name in queues:
            for key in items.query_index(
                self.name, keys.QUEUE_INDEX, desk_keys.queue_name_of_desk(name)
            ):
                if desk_keys.opening_time_from_place(key[keys.QUEUE_SORT_KEY]) < before:
                    yield keys.case_id_from_partition(key[keys.PARTITION_KEY])

    def queue(self, name: str, limit: int, after: str | None = None) -> items.ItemPage:
        """Cases waiting in one desk's queue, most urgent first."""
        found = list(
            items.query_index(
                self.name,
                keys.QUEUE_INDEX,
                desk_keys.queue_name_of_desk(name),
                limit=limit + 1,
                after=after,
            )
        )
        shown = found[:limit]
        more = len(found) > limit
        return items.ItemPage(
            ids=[keys.case_id_from_partition(key[keys.PARTITION_KEY]) for key in shown],
            after=shown[-1][keys.QUEUE_SORT_KEY] if more else None,
        )

    def places(self, name: str, limit: int) -> list[QueuePlace]:
        """The places in one desk's queue, most urgent first: keys alone are read."""
        found = items.query_index(
            self.name, keys.QUEUE_INDEX, desk_keys.queue_name_of_desk(name), limit=limit
        )
        told = (desk_keys.parse_queue_place(key[keys.QUEUE_SORT_KEY]) for key in found)
        return [QueuePlace(each.rank, each.opened_at, each.id) for each in told]

    def caseload(self, realm: Realm) -> list[CaseloadLine]:
        """What stands with each unit of a realm."""
        found = items.query_items(
            self.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_wire_item({":pk": desk_keys.caseload_partition(realm)}),
        )
        return [
            CaseloadLine(
                *desk_keys.caseload_line_key.of(line), UnitState(line["standing"]), line["since"]
            )
            for line in found
        ]

    def events(self, case_id: str) -> Iterator[CaseEvent]:
        """The history of a case, in order."""
        yield from map(event_from_item, self._event_items(case_id))

    def entries(self, case_id: str) -> Iterator[CaseEvent | UnreadableEntry]:
        """The same, for checks of changes."""
        yield from map(entry_from_item, self._event_items(case_id))

    def _event_items(self, case_id: str) -> Iterator[dict[str, Any]]:
        return items.query_prefix(self.name, *keys.event_key.under(case_id))

    def event(self, case_id: str, number: int) -> CaseEvent | None:
        """One entry of a case's history; None for an unknown number."""
        item = items.get_item(self.name, keys.event_key(case_id, number))
        return event_from_item(item) if item is not None else None

    def find_entry_number(self, case_id: str, name: str) -> int | None:
        """The number of the entry that has this name (`casework.case.index`), strongly read; None
        where the history has no such entry. It costs the same however long the history is."""
        item = items.get_item(self.name, keys.entry_index_key(case_id, name))
        return int(item["number"]) if item is not None else None

    def find_entry(self, case_id: str, name: str) -> CaseEvent | None:
        """The same entry, whole."""
        number = self.find_entry_number(case_id, name)
        return self.event(case_id, number) if number is not None else None

    def all_named(self, case_id: str, begins: str) -> Iterator[tuple[str, int, str]]:
        """The rest of the name, the number and the time of each entry with such a name, in the
        order of names, strongly read."""
        found = keys.entry_index_key(case_id, begins)
        for item in items.query_prefix(self.name, found[keys.PARTITION_KEY], found[keys.SORT_KEY]):
            rest = item[keys.SORT_KEY].removeprefix(found[keys.SORT_KEY])
            yield rest, int(item["number"]), item["at"]

    def last_number_shown_before(self, case_id: str, shown: int) -> int:
        """Up to which number reports had been shown before an entry showed those up to `shown`; 0
        where it is the first."""
        first, last = (
            keys.entry_index_key(case_id, shown_entry_name(each)) for each in (0, shown - 1)
        )
        found = items.query_between(self.name, first, last, limit=1, backwards=True)
        begins = keys.entry_index_key(case_id, SHOWN_INDEX_PREFIX)[keys.SORT_KEY]
        return next((int(item[keys.SORT_KEY].removeprefix(begins)) for item in found), 0)

    def find_showing_entry(self, case_id: str, number: int) -> int | None:
        """The number of the first entry whose author was shown the report of a number of the case;
        None where nobody was."""
        first, last = (
            keys.entry_index_key(case_id, shown_entry_name(each)) for each in (number, MAX_REPORTS)
        )
        found = items.query_between(self.name, first, last, limit=1)
        return next((int(item["number"]) for item in found), None)

    def latest_duty(self, kind: Duty, limit: int, realm: Realm = Realm.REAL) -> list[DutyLine]:
        """Cases on the duty desk of a realm for one reason, the one that was opened last first; of
        dangers, the gravest first."""
        found = items.query_items(
            self.name,
            limit,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :kind)",
            ExpressionAttributeValues=to_wire_item(
                {
                    ":pk": desk_keys.duty_partition(realm),
                    ":kind": desk_keys.duty_line_key.sort_begins(kind),
                }
            ),
            ScanIndexForward=False,
        )
        return [
            DutyLine(
                desk_keys.parse_duty_sort(item[keys.SORT_KEY])[1],
                item.get(desk_keys.ATTENDED_FIELD, ""),
            )
            for item in found
        ]

    def immediate(self, name: str, limit: int) -> list[str]:
        """Cases with the highest priority in one desk's queue, the oldest first."""
        place = desk_keys.queue_name_of_desk(name)
        found = items.query_index(self.name, keys.QUEUE_INDEX, place, before="1#", limit=limit)
        return [keys.case_id_from_partition(key[keys.PARTITION_KEY]) for key in found]

    def duty(
        self, kind: Duty, limit: int, after: str | None = None, realm: Realm = Realm.REAL
    ) -> items.ItemPage:
        """Cases on the duty desk of a realm for one reason, most urgent first, then those whose
        turn comes first, then the oldest; of dangers, the gravest first, and of equals the case
        that was opened last."""
        found = list(self._on_duty(kind, realm, after, limit + 1))
        return items.ItemPage(
            ids=[desk_keys.parse_queue_place(place).id for place in found[:limit]],
            after=found[limit - 1] if len(found) > limit else None,
        )

    def duty_in_turns(
        self, kind: Duty, limit: int, after: str | None = None, realm: Realm = Realm.REAL
    ) -> TurnPage:
        """The same, with the cases of a group in one line."""
        return page_in_turns(
            lambda after, most: self._on_duty(kind, realm, after, most),
            limit,
            after,
            last_first=kind in desk_keys.NEWEST_FIRST_DUTIES,
        )

    def _on_duty(self, kind: Duty, realm: Realm, after: str | None, most: int) -> Iterator[str]:
        partition, prefix = desk_keys.duty_line_key.under(realm, kind)
        # Under the partition of the realm: a manipulated cursor leads into no other one.
        start = (
            {keys.PARTITION_KEY: partition, keys.SORT_KEY: f"{prefix}{after}"} if after else None
        )
        last_first = kind in desk_keys.NEWEST_FIRST_DUTIES
        for item in items.query_prefix(
            self.name, partition, prefix, limit=most, after=start, last_first=last_first
        ):
            yield desk_keys.parse_duty_sort(item[keys.SORT_KEY])[0]

    def store_units(
        self, units: Mapping[str, str], expected: Mapping[str, str] | None = None
    ) -> None:
        """Store each unit of the pack and its territory, so that the next sweep sees changes.

        `expected` are the units of a pack that changed them, while cases may still be rerouted.
        """
        coming = {"seen": dict(expected)} if expected is not None else {}
        items.put_item(self.name, {**keys.units_key(), "units": dict(units), **coming})

    def staff(self, subject: str) -> dict[str, Any] | None:
        """The staff item of a Cognito subject, strongly read so that a change takes effect at
        once."""
        return items.get_item(self.name, desk_keys.staff_key(subject))

    def list_staff(
        self, limit: int, after: str | None = None, realm: Realm = Realm.REAL
    ) -> tuple[dict[str, dict[str, Any]], str | None]:
        """At most 100 staff items of a realm by subject, in the order of roles, and the position
        for the next page (None at the end)."""
        queue = desk_keys.staff_queue(realm)
        found = list(
            items.query_index(self.name, keys.QUEUE_INDEX, queue, limit=limit + 1, after=after)
        )
        shown = found[:limit]
        subjects = [desk_keys.subject_from_partition(key[keys.PARTITION_KEY]) for key in shown]
        kept = {
            desk_keys.subject_from_partition(item[keys.PARTITION_KEY]): item
            for item in items.get_items(self.name, [desk_keys.staff_key(each) for each in subjects])
        }
        people = {subject: kept[subject] for subject in subjects if subject in kept}
        return people, shown[-1][keys.QUEUE_SORT_KEY] if len(found) > limit else None

    def _writes(self, change: Change) -> list[dict[str, Any]]:
        before, after = change.before, change.after
        put: dict[str, Any] = {"TableName": self.name, "Item": case_to_item(after)}
        if before is None:
            put["ConditionExpression"] = items.IF_ABSENT_CONDITION
        else:
            put["ConditionExpression"] = "revision = :was"
            put["ExpressionAttributeValues"] = to_wire_item({":was": before.revision})
        writes: list[dict[str, Any]] = [{"Put": put}]
        if before is None and after.number:
            writes.append(number_writes(self.name, after))
        grew_on = before.grew_on if before else ""
        for event in (*change.earlier, *([change.event] if change.event else [])):
            item = event_to_item(after.id, event)
            item |= to_wire_item(
                {replay_clock.REPLAYED_AT_ATTRIBUTE: replay_clock.replay_timestamp()}
            )
            if grew_on != event.at[:10]:
                grew_on = event.at[:10]
                item |= to_wire_item(keys.day_flow_key(grew_on, after.id))
            writes.append(
                {
                    "Put": {
                        "TableName": self.name,
                        "Item": item,
                        "ConditionExpression": items.IF_ABSENT_CONDITION,
                    }
                }
            )
            writes += (items.put_write(self.name, each) for each in index_lines(after.id, event))
            asked = before.paused.report if before and before.paused else None
            told = public_timelines.telling_items(after.id, event, asked)
            writes += [items.put_write(self.name, each) for each in told]
        were, are = side_line_writes(before) if before else {}, side_line_writes(after)
        writes += [
            items.put_write(self.name, are[line])
            for line in sorted(are)
            if are[line] != were.get(line)
        ]
        writes += [
            items.delete_write(self.name, {keys.PARTITION_KEY: partition, keys.SORT_KEY: sort})
            for partition, sort in sorted(were.keys() - are.keys())
        ]
        writes += self._standing_writes(before, after)
        if change.takes is not None:
            (into,) = change.beside
            writes += self.reports.taking_out(
                change.takes, after.id, into.after.id, into.after.opened_at
            )
        if change.particulars is not None:
            about = particulars.particulars_to_item(after.id, after.events, change.particulars)
            writes.append({"Put": {"TableName": self.name, "Item": to_wire_item(about)}})
        if change.question is not None:
            item = question_to_item(change.after.id, change.question)
            writes.append({"Put": {"TableName": self.name, "Item": item}})
            writes.append(self.reports.existence_check(change.question.report))
        return writes

    def _standing_writes(self, before: Case | None, after: Case) -> list[dict[str, Any]]:
        """The line of the case among what stands with its unit, where its standing begins or ends:
        a move within one writes nothing."""
        was, now = caseload_key_of_case(before), caseload_key_of_case(after)
        writes = [items.delete_write(self.name, was)] if was and was != now else []
        begins = before is None or was != now or before.unit_state is not after.unit_state
        if now and begins and after.unit_state is not None:
            said = {"standing": after.unit_state.value, "since": after.moved_at}
            writes.append(items.put_write(self.name, {**now, **said}))
        return writes
