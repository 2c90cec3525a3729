"""The storage of cases: their writes, and the lists that contain them.

Writes are conditional, so a repeated or late caller changes nothing. A case changes only through
`save`. It writes the case, its event and its lines on the duty desk in one transaction, if the case
is as it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from casework.aws.services import clock
from casework.aws.table import desk_keys, items, keys, particulars, tellings
from casework.aws.table.clue_table import ClueTable
from casework.aws.table.evidence_table import EvidenceTable
from casework.aws.table.identifier_table import IdentifierTable
from casework.aws.table.linked_reports import LinkedReports
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.stored import (
    case_from,
    case_item,
    entry_from,
    event_from,
    event_item,
    question_item,
)
from casework.aws.table.turns import Turns, in_turns
from casework.aws.table.waits import Waits
from casework.aws.table.wire import to_wire
from casework.case.admission import MOST
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Event, Unreadable
from casework.case.index import SHOWN, names_of, of_shown
from casework.case.lifecycle import Status
from casework.case.parts import Duty, Standing
from casework.errors import Busy, CaseNotFound
from casework.linking.kept import Claim
from casework.text.realm import Realm

Write = Mapping[str, Any]
"""One write, or check, of a transaction."""

MOST_TRIES = 8
"""Tries of a change while others write the same case."""


class AlreadyOpen(Exception):
    """The case exists, or one of its identifiers or its number belongs to another case."""

    error_code = "AlreadyOpen"


T = TypeVar("T")


@dataclass(frozen=True)
class Deed(Generic[T]):
    """What is done to a case in one transaction, and what its caller answers from."""

    change: Change | None
    """None changes nothing: `also` is not written then."""
    result: T
    also: Sequence[Write] = ()
    """Further writes of the transaction: see `CaseTable.save`."""


class Updated(NamedTuple, Generic[T]):
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


class StandingLine(NamedTuple):
    """A case that stands with a unit."""

    unit: str
    case_id: str
    standing: Standing
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
        self.files = EvidenceTable(name, digest)
        self.pictures = PictureTable(name, digest)
        self.reports = LinkedReports(name)
        self.identifiers = IdentifierTable(name, selector, realm, own)
        self.clues = ClueTable(name)
        self.waits = Waits(name)

    def case(self, case_id: str) -> Case:
        """The case, strongly read; raises CaseNotFound."""
        item = items.get(self.name, keys.case_key(case_id))
        if item is None:
            raise CaseNotFound("There is no such case.")
        return case_from(item)

    def numbered(self, number: str) -> str | None:
        """The id of the case of a number that people say, as `casework.text.spoken` writes it."""
        item = items.get(self.name, keys.number_key(number))
        return str(item["case_id"]) if item else None

    def cases(self, case_ids: Sequence[str]) -> list[Case]:
        """At most 100 cases in the requested order, without missing ones."""
        wanted = [keys.case_key(case_id) for case_id in dict.fromkeys(case_ids)]
        found = {case.id: case for case in map(case_from, items.get_many(self.name, wanted))}
        return [found[case_id] for case_id in case_ids if case_id in found]

    def open(self, change: Change, claims: Iterable[Claim]) -> None:
        """Open a case and claim its identifiers, all or nothing; raises AlreadyOpen.

        It is raised, too, where another case has the number: a further try draws another one.
        """
        case = change.after
        taken = [
            write
            for claim in claims
            for write in self.identifiers.claiming(claim, case.id, case.opened_by)
        ]
        try:
            items.transact([*self._writes(change), *taken])
        except items.WrittenMeanwhile:
            raise AlreadyOpen from None

    def save(self, change: Change, also: Sequence[Write] = ()) -> Case:
        """Write a change; raises WrittenMeanwhile when the case is not as it was read.

        The transaction includes the same act's changes of other cases, its question and the writes
        of `also`: all of it, or nothing.
        """
        changes = (change, *change.beside)
        writes: list[Write] = [write for each in changes for write in self._writes(each)]
        writes += also
        if len(writes) > 1:
            items.transact(writes)
        else:
            items.put_if(writes[0]["Put"])
        return change.after

    def update(
        self, case_id: str, decide: Callable[[Case], Change | None]
    ) -> Updated[Change | None]:
        """Load, decide, save; decides again when another writer was first. None changes nothing.

        Returns the change that was written. Raises the errors of `decide`, CaseNotFound, and Busy
        after `MOST_TRIES`.
        """
        case, deed = self.carry_out(case_id, lambda now: Deed(decide(now), None))
        return Updated(case, deed.change)

    def carry_out(self, case_id: str, decide: Callable[[Case], Deed[T]]) -> Updated[Deed[T]]:
        """The same for a change with further writes, or with a result beside the change."""
        for _ in range(MOST_TRIES):
            case = self.case(case_id)
            deed = decide(case)
            if deed.change is None:
                return Updated(case, deed)
            try:
                return Updated(self.save(deed.change, also=deed.also), deed)
            except items.WrittenMeanwhile:
                continue
        raise Busy("The case is being changed by many at once.")

    def in_flight(self, before: str, queues: Iterable[str]) -> Iterator[str]:
        """Ids of the cases that were opened before a time and are owed a running workflow: those
        at places of `queues`, which people work through."""
        for name in queues:
            for key in items.indexed(self.name, keys.BY_QUEUE, desk_keys.queue(name)):
                if desk_keys.opened_of(key[keys.QUEUE_AT]) < before:
                    yield keys.case_of(key[keys.PARTITION])

    def queue(self, name: str, limit: int, after: str | None = None) -> items.ItemPage:
        """Cases waiting in one desk's queue, most urgent first."""
        found = list(
            items.indexed(
                self.name, keys.BY_QUEUE, desk_keys.queue(name), limit=limit + 1, after=after
            )
        )
        shown = found[:limit]
        more = len(found) > limit
        return items.ItemPage(
            ids=[keys.case_of(key[keys.PARTITION]) for key in shown],
            after=shown[-1][keys.QUEUE_AT] if more else None,
        )

    def places(self, name: str, limit: int) -> list[QueuePlace]:
        """The places in one desk's queue, most urgent first: keys alone are read."""
        found = items.indexed(self.name, keys.BY_QUEUE, desk_keys.queue(name), limit=limit)
        told = (desk_keys.place_of(key[keys.QUEUE_AT]) for key in found)
        return [QueuePlace(each.rank, each.opened_at, each.id) for each in told]

    def standing(self, realm: Realm) -> list[StandingLine]:
        """What stands with each unit of a realm."""
        found = items.query(
            self.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_wire({":pk": desk_keys.standing_partition(realm)}),
        )
        return [
            StandingLine(
                *desk_keys.standing_key.of(line), Standing(line["standing"]), line["since"]
            )
            for line in found
        ]

    def events(self, case_id: str) -> Iterator[Event]:
        """The history of a case, in order."""
        yield from map(event_from, self._event_items(case_id))

    def entries(self, case_id: str) -> Iterator[Event | Unreadable]:
        """The same, for checks of changes."""
        yield from map(entry_from, self._event_items(case_id))

    def _event_items(self, case_id: str) -> Iterator[dict[str, Any]]:
        return items.under(self.name, *keys.event_key.under(case_id))

    def event(self, case_id: str, number: int) -> Event | None:
        """One entry of a case's history; None for an unknown number."""
        item = items.get(self.name, keys.event_key(case_id, number))
        return event_from(item) if item is not None else None

    def numbered_as(self, case_id: str, name: str) -> int | None:
        """The number of the entry that has this name (`casework.case.index`), strongly read; None
        where the history has no such entry. It costs the same however long the history is."""
        item = items.get(self.name, keys.index_key(case_id, name))
        return int(item["number"]) if item is not None else None

    def named(self, case_id: str, name: str) -> Event | None:
        """The same entry, whole."""
        number = self.numbered_as(case_id, name)
        return self.event(case_id, number) if number is not None else None

    def all_named(self, case_id: str, begins: str) -> Iterator[tuple[str, int, str]]:
        """The rest of the name, the number and the time of each entry with such a name, in the
        order of names, strongly read."""
        found = keys.index_key(case_id, begins)
        for item in items.under(self.name, found[keys.PARTITION], found[keys.SORT]):
            rest = item[keys.SORT].removeprefix(found[keys.SORT])
            yield rest, int(item["number"]), item["at"]

    def shown_before(self, case_id: str, shown: int) -> int:
        """Up to which number reports had been shown before an entry showed those up to `shown`; 0
        where it is the first."""
        first, last = (keys.index_key(case_id, of_shown(each)) for each in (0, shown - 1))
        found = items.between(self.name, first, last, limit=1, backwards=True)
        begins = keys.index_key(case_id, SHOWN)[keys.SORT]
        return next((int(item[keys.SORT].removeprefix(begins)) for item in found), 0)

    def showing(self, case_id: str, number: int) -> int | None:
        """The number of the first entry whose author was shown the report of a number of the case;
        None where nobody was."""
        first, last = (keys.index_key(case_id, of_shown(each)) for each in (number, MOST))
        found = items.between(self.name, first, last, limit=1)
        return next((int(item["number"]) for item in found), None)

    def latest_duty(self, kind: Duty, limit: int, realm: Realm = Realm.REAL) -> list[DutyLine]:
        """Cases on the duty desk of a realm for one reason, the one that was opened last first; of
        dangers, the gravest first."""
        found = items.query(
            self.name,
            limit,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :kind)",
            ExpressionAttributeValues=to_wire(
                {
                    ":pk": desk_keys.duty_partition(realm),
                    ":kind": desk_keys.duty_line_key.sort_begins(kind),
                }
            ),
            ScanIndexForward=False,
        )
        return [
            DutyLine(desk_keys.duty_of(item[keys.SORT])[1], item.get(desk_keys.ATTENDED, ""))
            for item in found
        ]

    def immediate(self, name: str, limit: int) -> list[str]:
        """Cases with the highest priority in one desk's queue, the oldest first."""
        place = desk_keys.queue(name)
        found = items.indexed(self.name, keys.BY_QUEUE, place, before="1#", limit=limit)
        return [keys.case_of(key[keys.PARTITION]) for key in found]

    def duty(
        self, kind: Duty, limit: int, after: str | None = None, realm: Realm = Realm.REAL
    ) -> items.ItemPage:
        """Cases on the duty desk of a realm for one reason, most urgent first, then those whose
        turn comes first, then the oldest; of dangers, the gravest first, and of equals the case
        that was opened last."""
        found = list(self._on_duty(kind, realm, after, limit + 1))
        return items.ItemPage(
            ids=[desk_keys.place_of(place).id for place in found[:limit]],
            after=found[limit - 1] if len(found) > limit else None,
        )

    def duty_in_turns(
        self, kind: Duty, limit: int, after: str | None = None, realm: Realm = Realm.REAL
    ) -> Turns:
        """The same, with the cases of a group in one line."""
        return in_turns(
            lambda after, most: self._on_duty(kind, realm, after, most),
            limit,
            after,
            last_first=kind in desk_keys.LAST_FIRST,
        )

    def _on_duty(self, kind: Duty, realm: Realm, after: str | None, most: int) -> Iterator[str]:
        partition, prefix = desk_keys.duty_line_key.under(realm, kind)
        # Under the partition of the realm: a manipulated cursor leads into no other one.
        start = {keys.PARTITION: partition, keys.SORT: f"{prefix}{after}"} if after else None
        last_first = kind in desk_keys.LAST_FIRST
        for item in items.under(
            self.name, partition, prefix, limit=most, after=start, last_first=last_first
        ):
            yield desk_keys.duty_of(item[keys.SORT])[0]

    def know_units(self, units: Mapping[str, str], seen: Mapping[str, str] | None = None) -> None:
        """Store each unit of the pack and its territory, so that the next sweep sees changes.

        `seen` are the units of a pack that changed them, while cases may still be rerouted.
        """
        coming = {"seen": dict(seen)} if seen is not None else {}
        items.put(self.name, {**keys.units_key(), "units": dict(units), **coming})

    def staff(self, subject: str) -> dict[str, Any] | None:
        """The staff item of a Cognito subject, strongly read so that a change takes effect at
        once."""
        return items.get(self.name, desk_keys.staff_key(subject))

    def everybody(
        self, limit: int, after: str | None = None, realm: Realm = Realm.REAL
    ) -> tuple[dict[str, dict[str, Any]], str | None]:
        """At most 100 staff items of a realm by subject, in the order of roles, and the position
        for the next page (None at the end)."""
        queue = desk_keys.staff_queue(realm)
        found = list(items.indexed(self.name, keys.BY_QUEUE, queue, limit=limit + 1, after=after))
        shown = found[:limit]
        subjects = [desk_keys.subject_of(key[keys.PARTITION]) for key in shown]
        kept = {
            desk_keys.subject_of(item[keys.PARTITION]): item
            for item in items.get_many(self.name, [desk_keys.staff_key(each) for each in subjects])
        }
        people = {subject: kept[subject] for subject in subjects if subject in kept}
        return people, shown[-1][keys.QUEUE_AT] if len(found) > limit else None

    def _writes(self, change: Change) -> list[dict[str, Any]]:
        before, after = change.before, change.after
        put: dict[str, Any] = {"TableName": self.name, "Item": case_item(after)}
        if before is None:
            put["ConditionExpression"] = items.NEW
        else:
            put["ConditionExpression"] = "revision = :was"
            put["ExpressionAttributeValues"] = to_wire({":was": before.revision})
        writes: list[dict[str, Any]] = [{"Put": put}]
        if before is None and after.number:
            writes.append(_numbering(self.name, after))
        grew_on = before.grew_on if before else ""
        for event in (*change.earlier, *([change.event] if change.event else [])):
            item = event_item(after.id, event)
            item |= to_wire({clock.REPLAYED_AT: clock.replayed_at()})
            if grew_on != event.at[:10]:
                grew_on = event.at[:10]
                item |= to_wire(keys.grew_at(grew_on, after.id))
            writes.append(
                {"Put": {"TableName": self.name, "Item": item, "ConditionExpression": items.NEW}}
            )
            writes += (items.putting(self.name, each) for each in index_lines(after.id, event))
            asked = before.paused.report if before and before.paused else None
            told = tellings.telling_items(after.id, event, asked)
            writes += [items.putting(self.name, each) for each in told]
        were, are = lines_of(before) if before else {}, lines_of(after)
        writes += [
            items.putting(self.name, are[line])
            for line in sorted(are)
            if are[line] != were.get(line)
        ]
        writes += [
            items.deleting(self.name, {keys.PARTITION: partition, keys.SORT: sort})
            for partition, sort in sorted(were.keys() - are.keys())
        ]
        writes += self._standing_writes(before, after)
        if change.takes is not None:
            (into,) = change.beside
            writes += self.reports.taking_out(
                change.takes, after.id, into.after.id, into.after.opened_at
            )
        if change.particulars is not None:
            about = particulars.item(after.id, after.events, change.particulars)
            writes.append({"Put": {"TableName": self.name, "Item": to_wire(about)}})
        if change.question is not None:
            item = question_item(change.after.id, change.question)
            writes.append({"Put": {"TableName": self.name, "Item": item}})
            writes.append(self.reports.there(change.question.report))
        return writes

    def _standing_writes(self, before: Case | None, after: Case) -> list[dict[str, Any]]:
        """The line of the case among what stands with its unit, where its standing begins or ends:
        a move within one writes nothing."""
        was, now = standing_key_of(before), standing_key_of(after)
        writes = [items.deleting(self.name, was)] if was and was != now else []
        begins = before is None or was != now or before.standing is not after.standing
        if now and begins and after.standing is not None:
            said = {"standing": after.standing.value, "since": after.moved_at}
            writes.append(items.putting(self.name, {**now, **said}))
        return writes


def index_lines(case_id: str, event: Event) -> Iterator[dict[str, Any]]:
    """The items by which an entry is found again under its names."""
    for name in names_of(event):
        yield {**keys.index_key(case_id, name), "number": event.number, "at": event.at}


def standing_key_of(case: Case | None) -> dict[str, str]:
    """Key of the line of the case among what stands with its unit; empty where it has none."""
    if case is None or case.standing is None or case.referral is None:
        return {}
    return desk_keys.standing_key(case.referral.unit, case.id)


def _numbering(table: str, case: Case) -> dict[str, Any]:
    """The write that gives a new case its number, unless another case has it."""
    item = {**keys.number_key(case.number), "case_id": case.id}
    return {
        "Put": {"TableName": table, "Item": to_wire(item), "ConditionExpression": items.NEW},
    }


def lines_of(case: Case) -> dict[tuple[str, str], dict[str, str]]:
    """The lines of a case in the lists beside the indexes: on the duty desk, among the sweeper's
    deadlines, and of cases that courts hold. Attributes by partition and sort key."""

    def place(kind: Duty) -> str:
        return desk_keys.duty_place(kind, case)

    acts = (case.attended, case.taken, *case.tries[-1:])
    cared = " ".join(each.at for each in acts if each is not None)
    attended = {desk_keys.ATTENDED: cared} if cared else {}
    holds = case.court_holds if case.status is not Status.ERASED else ()
    last = max(holds, key=lambda each: each.until, default=None)
    held = {"until": last.until, "entry": f"{last.entry} {last.until}"} if last else {}
    lines = [
        *([{**keys.court_key(case.id), **held}] if held else []),
        *({**desk_keys.duty_key(kind, place(kind)), **attended} for kind in case.duties),
        *(keys.due_key(wait.due, kind.value, case.id) for kind, wait in case.dues.items()),
    ]
    return {(line[keys.PARTITION], line[keys.SORT]): line for line in lines}
