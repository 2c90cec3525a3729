"""Everything the system remembers: all reads and writes of the one table.

Writes are conditional, so that a repeated or late caller changes nothing. A case changes only
through `save`, which writes the case, its event and its lines on the duty desk in one
transaction, on the condition that nobody wrote the case since it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from casework.aws import clock, keys
from casework.aws.clients import client
from casework.aws.faults import code_of
from casework.aws.wire import Item, from_wire, to_wire
from casework.case import Case, Due, Duty, Question
from casework.change import Change
from casework.errors import Busy, CaseNotFound
from casework.folding import unfold
from casework.history import Event
from casework.linking import Claim, Mark

MOST_TRIES = 8
"""How often a change is decided anew when others write the same case meanwhile."""

NEW = "attribute_not_exists(pk)"


class WrittenMeanwhile(Exception):
    """The case is not as it was read: another writer was first."""


class AlreadyOpen(Exception):
    """The case exists, or one of its identifiers belongs to another case."""


class StoredReport(BaseModel):
    """A report as it is kept, without its sealed boxes and credentials."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reference: str
    accepted_at: str
    language: str
    disclosure: str
    correlation_id: str
    facts: bytes
    """The compressed JSON of everything but narrative, contact and identity."""
    narrative: bytes
    """The compressed narrative."""
    own: tuple[str, ...] = ()
    """Keyed hashes of the reporter's own selectors: they never link."""
    case_id: str | None = None
    linked_at: str | None = None
    added_to: str | None = None
    """When its reporter last added to it."""
    linked_by: tuple[str, ...] = ()
    """Kinds of the identifiers that joined it to its case; empty when it opened the case."""
    moved: tuple[str, ...] = ()
    """The cases it was in before those were merged away, the first one first."""

    @property
    def text(self) -> str:
        """The narrative in clear."""
        return unfold(self.narrative)


@dataclass(frozen=True)
class Waiting:
    """The task token a case waits with, and the execution it belongs to."""

    token: str = field(repr=False)
    run: int
    status: str
    """The status the case was waiting in."""
    since: str
    """When the token was handed out."""


@dataclass(frozen=True)
class Page:
    """Some ids of a list, and the place after which the next page begins (None at the end)."""

    ids: list[str]
    after: str | None


class CaseTable:
    """The one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    # ---- reports ---------------------------------------------------------------------------

    def report(self, reference: str) -> StoredReport | None:
        """The report of a reference, strongly read."""
        item = self._get(keys.report_key(reference))
        return report_from(item) if item and "facts" in item else None

    def link(self, reference: str, case_id: str, at: str, linked_by: Sequence[str]) -> bool:
        """Put a report into a case, or move it there from a case that had closed before it came.

        False when it was in that case before.
        """
        answer = client("dynamodb").update_item(
            TableName=self.name,
            Key=to_wire(keys.report_key(reference)),
            UpdateExpression=(
                "SET case_id = :case, linked_at = :at, linked_by = :by, flow = :flow"
            ),
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues=to_wire(
                {
                    ":case": case_id,
                    ":at": at,
                    ":by": list(linked_by),
                    ":flow": keys.reports_of(case_id),
                }
            ),
            ReturnValues="UPDATED_OLD",
        )
        return bool(from_wire(answer.get("Attributes", {})).get("case_id") != case_id)

    def move_report(self, reference: str, source: str, target: str, moved: Sequence[str]) -> bool:
        """Bring a report from one case into another; False when it is in neither any more."""
        update = {
            "TableName": self.name,
            "Key": to_wire(keys.report_key(reference)),
            "UpdateExpression": "SET case_id = :to, flow = :flow, moved = :moved",
            "ConditionExpression": "case_id = :from",
            "ExpressionAttributeValues": to_wire(
                {
                    ":from": source,
                    ":to": target,
                    ":flow": keys.reports_of(target),
                    ":moved": list(moved),
                }
            ),
        }
        return self._update(update)

    def move_identifier(self, mark: Mark, source: str, target: str, *, back: bool = False) -> bool:
        """Give an identifier of one case to another, remembering or forgetting whose it was.

        Back goes only what came from the target: what the source had itself stays its own.
        """
        values = {":from": source, ":to": target}
        update = {
            "TableName": self.name,
            "Key": to_wire(keys.identifier_key(*mark)),
            "UpdateExpression": "SET case_id = :to REMOVE moved_from"
            if back
            else "SET case_id = :to, moved_from = :from",
            "ConditionExpression": "case_id = :from AND moved_from = :to"
            if back
            else "case_id = :from",
            "ExpressionAttributeValues": to_wire(values),
        }
        return self._update(update)

    def unlink(self, reference: str, case_id: str) -> None:
        """Let a report look for its case again; nothing when it has left this one."""
        try:
            client("dynamodb").update_item(
                TableName=self.name,
                Key=to_wire(keys.report_key(reference)),
                UpdateExpression="SET flow = :flow",
                ConditionExpression="case_id = :case",
                ExpressionAttributeValues=to_wire(
                    {":flow": keys.unlinked(reference), ":case": case_id}
                ),
            )
        except Exception as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    def unlinked(self, before: str, first: int = 0) -> Iterator[tuple[str, str]]:
        """Accepted reports that have no case: reference and time of acceptance, before a time.

        `first` is the shard to begin with, so that a reader who stops early sees others next time.
        """
        for flow in _from(keys.unlinked_flows(), first):
            for key in self._index(keys.BY_FLOW, keys.FLOW, flow, before=before):
                yield keys.reference_of(key[keys.PARTITION]), key[keys.FLOW_AT]

    def reports(self, references: Sequence[str]) -> list[StoredReport]:
        """At most 100 reports in the order asked for, strongly read; erased ones are left out.

        Boxes, verifiers and proofs are not asked for: they never leave the table by this way.
        """
        items = self._get_many(
            [keys.report_key(reference) for reference in references],
            [keys.PARTITION, *(name for name in StoredReport.model_fields if name != "reference")],
        )
        found = {item[keys.PARTITION]: report_from(item) for item in items if "facts" in item}
        wanted = (keys.report_key(reference)[keys.PARTITION] for reference in references)
        return [found[partition] for partition in wanted if partition in found]

    def reports_of(self, case_id: str, limit: int, after: str | None = None) -> Page:
        """References of a case's reports, oldest first.

        Several reports may have been accepted in the same millisecond: a place names the report.
        """
        start = keys.report_at(case_id, after) if after is not None else None
        found = list(
            self._index(
                keys.BY_FLOW, keys.FLOW, keys.reports_of(case_id), limit=limit + 1, start=start
            )
        )
        shown = found[:limit]
        return Page(
            ids=[keys.reference_of(key[keys.PARTITION]) for key in shown],
            after=keys.place_of_report(shown[-1]) if len(found) > limit else None,
        )

    # ---- cases -----------------------------------------------------------------------------

    def case(self, case_id: str) -> Case:
        """The case, strongly read; raises CaseNotFound."""
        item = self._get(keys.case_key(case_id))
        if item is None:
            raise CaseNotFound("There is no such case.")
        return case_from(item)

    def cases(self, case_ids: Sequence[str]) -> list[Case]:
        """At most 100 cases in the order asked for; those that are gone are left out."""
        items = self._get_many([keys.case_key(case_id) for case_id in dict.fromkeys(case_ids)])
        found = {case.id: case for case in map(case_from, items)}
        return [found[case_id] for case_id in case_ids if case_id in found]

    def open(self, change: Change, claims: Iterable[Claim]) -> None:
        """Open a case and claim its identifiers, all or nothing; raises AlreadyOpen."""
        taken = [self._claim(claim, change.after.id) for claim in claims]
        try:
            self._transact([*self._writes(change), *taken])
        except WrittenMeanwhile:
            raise AlreadyOpen from None

    def save(self, change: Change, also: Sequence[Item] = ()) -> Case:
        """Write a change; raises WrittenMeanwhile when the case is not as it was read.

        What the same act does to other cases, the question it asks and the items of `also` are
        written with it: all of it, or nothing.
        """
        writes = [write for each in (change, *change.beside) for write in self._writes(each)]
        writes += [{"Put": {"TableName": self.name, "Item": item}} for item in also]
        if len(writes) > 1:
            self._transact(writes)
        else:
            self._put(writes[0]["Put"])
        return change.after

    def update(
        self,
        case_id: str,
        decide: Callable[[Case], Change | None],
        also: Callable[[], Sequence[Item]] = tuple,
    ) -> Case:
        """Load, decide, save; decides anew when others were first. None leaves it as it is.

        `also` says which items belong to what was just decided: see `save`. Raises whatever
        `decide` raises, CaseNotFound, and Busy after `MOST_TRIES`.
        """
        for _ in range(MOST_TRIES):
            case = self.case(case_id)
            change = decide(case)
            if change is None:
                return case
            try:
                return self.save(change, also=also())
            except WrittenMeanwhile:
                continue
        raise Busy("The case is being changed by many at once.")

    def in_flight(self, before: str, first: int = 0) -> Iterator[str]:
        """Ids of the cases opened before a time that are owed a running workflow.

        `first` is the shard to begin with, as for `unlinked`.
        """
        for flow in _from(keys.open_flows(), first):
            for key in self._index(keys.BY_FLOW, keys.FLOW, flow, before=before):
                yield keys.case_of(key[keys.PARTITION])

    def queue(self, name: str, limit: int, after: str | None = None) -> Page:
        """Cases waiting in one desk's queue, most urgent first."""
        found = list(
            self._index(keys.BY_QUEUE, keys.QUEUE, keys.queue(name), limit=limit + 1, after=after)
        )
        shown = found[:limit]
        more = len(found) > limit
        return Page(
            ids=[keys.case_of(key[keys.PARTITION]) for key in shown],
            after=shown[-1][keys.QUEUE_AT] if more else None,
        )

    def waiting_in(self, name: str) -> int:
        """How many cases are in one desk's queue."""
        pages = (
            client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.name,
                IndexName=keys.BY_QUEUE,
                Select="COUNT",
                KeyConditionExpression="#queue = :queue",
                ExpressionAttributeNames={"#queue": keys.QUEUE},
                ExpressionAttributeValues=to_wire({":queue": keys.queue(name)}),
            )
        )
        return sum(int(page["Count"]) for page in pages)

    def decided(self) -> Iterator[str]:
        """Ids of cases with a saved decision that the workflow may not know of yet."""
        for key in self._index(keys.BY_QUEUE, keys.QUEUE, keys.queue("decided")):
            yield keys.case_of(key[keys.PARTITION])

    def events(self, case_id: str) -> Iterator[Event]:
        """The history of a case, in order."""
        for item in self._pages(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :event)",
            ExpressionAttributeValues=to_wire(
                {":pk": keys.case_key(case_id)[keys.PARTITION], ":event": keys.EVENT_PREFIX}
            ),
            ConsistentRead=True,
        ):
            yield event_from(item)

    def duty(self, kind: Duty, limit: int, after: str | None = None) -> Page:
        """Cases on the duty desk for one reason, in the order of their ids."""
        prefix = keys.duty_key(kind, "")[keys.SORT]
        found = list(
            self._pages(
                limit + 1,
                keys.duty_key(kind, after) if after is not None else None,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :kind)",
                ExpressionAttributeValues=to_wire({":pk": keys.DUTY_PARTITION, ":kind": prefix}),
                ConsistentRead=True,
            )
        )
        ids = [item[keys.SORT].removeprefix(prefix) for item in found[:limit]]
        return Page(ids=ids, after=ids[-1] if len(found) > limit else None)

    # ---- deadlines and questions --------------------------------------------------------------

    def past_due(self, now: str) -> tuple[list[tuple[Due, str]], list[str] | None]:
        """Deadlines that passed, oldest first, as kind and case; and the units last known.

        One query when there are none. None when no sweep was here before.
        """
        units: list[str] | None = None
        found: list[tuple[Due, str]] = []
        for item in self._pages(
            KeyConditionExpression="pk = :pk AND sk < :now",
            ExpressionAttributeValues=to_wire(
                {":pk": keys.DUE_PARTITION, ":now": keys.due_until(now)}
            ),
            ConsistentRead=True,
        ):
            if item[keys.SORT] == keys.UNITS_SORT:
                units = [str(unit) for unit in item["units"]]
            else:
                _, kind, case_id = keys.due_of(item[keys.SORT])
                found.append((Due(kind), case_id))
        return found, units

    def know_units(self, units: Sequence[str]) -> None:
        """Remember the units of the pack, so that the next sweep sees which are gone."""
        self._put(
            {"TableName": self.name, "Item": to_wire({**keys.units_key(), "units": list(units)})}
        )

    def questions(self, reference: str) -> list[dict[str, Any]]:
        """The questions put to a report's reporter, as stored; strongly read."""
        return list(
            self._pages(
                KeyConditionExpression="pk = :pk AND begins_with(sk, :question)",
                ExpressionAttributeValues=to_wire(
                    {
                        ":pk": keys.report_key(reference)[keys.PARTITION],
                        ":question": keys.QUESTION_PREFIX,
                    }
                ),
                ConsistentRead=True,
            )
        )

    # ---- identifiers -----------------------------------------------------------------------

    def owners(self, marks: Sequence[Mark]) -> dict[Mark, str]:
        """The cases that identifiers belong to, strongly read; at most 100 at once."""
        by_partition = {keys.identifier_key(*mark)[keys.PARTITION]: mark for mark in marks}
        items = self._get_many([keys.identifier_key(*mark) for mark in by_partition.values()])
        return {by_partition[item[keys.PARTITION]]: str(item["case_id"]) for item in items}

    def claim(self, claim: Claim, case_id: str) -> bool:
        """Give an identifier to a case; False when another case has it by now.

        It is given when it belongs to nobody, or still to the case the claim takes it from.
        """
        try:
            self._put(self._claim(claim, case_id)["Put"])
        except WrittenMeanwhile:
            return False
        return True

    def _claim(self, claim: Claim, case_id: str) -> dict[str, Any]:
        item = {**keys.identifier_key(*claim.mark), "case_id": case_id}
        put = {"TableName": self.name, "Item": to_wire(item), "ConditionExpression": NEW}
        if claim.instead_of is not None:
            put["ConditionExpression"] = f"{NEW} OR case_id = :closed"
            put["ExpressionAttributeValues"] = to_wire({":closed": claim.instead_of})
        return {"Put": put}

    # ---- waits -----------------------------------------------------------------------------

    def begin_wait(self, case_id: str, waiting: Waiting) -> bool:
        """Keep the task token the case now waits with, in the place of an older one.

        False when a newer one is kept: a step that was retried may be overtaken by its retry.
        """
        item = {
            **keys.wait_key(case_id),
            "token": waiting.token,
            "run": waiting.run,
            "status": waiting.status,
            "since": waiting.since,
        }
        put = {
            "TableName": self.name,
            "Item": to_wire(item),
            "ConditionExpression": (
                "attribute_not_exists(pk) OR #run < :run OR (#run = :run AND #since <= :since)"
            ),
            "ExpressionAttributeNames": {"#run": "run", "#since": "since"},
            "ExpressionAttributeValues": to_wire({":run": waiting.run, ":since": waiting.since}),
        }
        try:
            self._put(put)
        except WrittenMeanwhile:
            return False
        return True

    def waiting(self, case_id: str) -> Waiting | None:
        """The task token the case waits with, strongly read."""
        item = self._get(keys.wait_key(case_id))
        if item is None:
            return None
        return Waiting(
            token=item["token"], run=item["run"], status=item["status"], since=item["since"]
        )

    def end_wait(self, case_id: str, token: str) -> None:
        """Forget a token that was answered; a newer one stays."""
        try:
            client("dynamodb").delete_item(
                TableName=self.name,
                Key=to_wire(keys.wait_key(case_id)),
                ConditionExpression="attribute_not_exists(pk) OR #token = :token",
                ExpressionAttributeNames={"#token": "token"},
                ExpressionAttributeValues=to_wire({":token": token}),
            )
        except Exception as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    # ---- staff -----------------------------------------------------------------------------

    def staff(self, subject: str) -> dict[str, Any] | None:
        """The staff item of a Cognito subject, strongly read so that a change holds at once."""
        return self._get(keys.staff_key(subject))

    # ---- how -------------------------------------------------------------------------------

    def _writes(self, change: Change) -> list[dict[str, Any]]:
        before, after = change.before, change.after
        put: dict[str, Any] = {"TableName": self.name, "Item": case_item(after)}
        if before is None:
            put["ConditionExpression"] = NEW
        else:
            put["ConditionExpression"] = "revision = :was"
            put["ExpressionAttributeValues"] = to_wire({":was": before.revision})
        writes: list[dict[str, Any]] = [{"Put": put}]
        if change.event is not None:
            item = event_item(after.id, change.event)
            item |= to_wire({clock.REPLAYED_AT: clock.replayed_at()})
            writes.append(
                {"Put": {"TableName": self.name, "Item": item, "ConditionExpression": NEW}}
            )
        if after.grew_on and (before is None or before.grew_on != after.grew_on):
            day = to_wire(keys.day_key(after.grew_on, after.id))
            writes.append({"Put": {"TableName": self.name, "Item": day}})
        was = before.duties if before else frozenset()
        for kind in sorted(after.duties - was):
            item = to_wire(keys.duty_key(kind, after.id))
            writes.append({"Put": {"TableName": self.name, "Item": item}})
        for kind in sorted(was - after.duties):
            key = to_wire(keys.duty_key(kind, after.id))
            writes.append({"Delete": {"TableName": self.name, "Key": key}})
        dues_before = _due_keys(before) if before else {}
        dues = _due_keys(after)
        writes += [
            {"Put": {"TableName": self.name, "Item": to_wire(dues[sort])}}
            for sort in sorted(dues.keys() - dues_before.keys())
        ]
        writes += [
            {"Delete": {"TableName": self.name, "Key": to_wire(dues_before[sort])}}
            for sort in sorted(dues_before.keys() - dues.keys())
        ]
        if change.question is not None:
            item = question_item(change.after.id, change.question)
            writes.append({"Put": {"TableName": self.name, "Item": item}})
        return writes

    def _transact(self, writes: list[dict[str, Any]]) -> None:
        try:
            client("dynamodb").transact_write_items(TransactItems=writes)
        except Exception as error:
            if code_of(error) != "TransactionCanceledException":
                raise
            reasons = {
                reason.get("Code")
                for reason in getattr(error, "response", {}).get("CancellationReasons", [])
            }
            if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
                raise WrittenMeanwhile from error
            if reasons & {"ThrottlingError", "ProvisionedThroughputExceeded"}:
                raise Busy("The table is busy.") from error
            raise

    def _put(self, put: dict[str, Any]) -> None:
        try:
            client("dynamodb").put_item(**put)
        except Exception as error:
            if code_of(error) in {
                "ConditionalCheckFailedException",
                "TransactionConflictException",
            }:
                raise WrittenMeanwhile from error
            raise

    def _update(self, update: dict[str, Any]) -> bool:
        """Make an update; False when its condition does not hold."""
        try:
            client("dynamodb").update_item(**update)
        except Exception as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def _get(self, key: dict[str, str]) -> dict[str, Any] | None:
        answer = client("dynamodb").get_item(
            TableName=self.name, Key=to_wire(key), ConsistentRead=True
        )
        return from_wire(answer["Item"]) if "Item" in answer else None

    def _get_many(
        self, wanted: Sequence[dict[str, str]], attributes: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """The items at up to 100 different keys, in any order; those that are gone are left out."""
        left: dict[str, Any] = {"Keys": [to_wire(key) for key in wanted], "ConsistentRead": True}
        if attributes:
            names = {f"#{number}": name for number, name in enumerate(attributes)}
            left["ProjectionExpression"] = ", ".join(names)
            left["ExpressionAttributeNames"] = names
        found: list[dict[str, Any]] = []
        for _ in range(MOST_TRIES):
            if not left.get("Keys"):
                return found
            answer = client("dynamodb").batch_get_item(RequestItems={self.name: left})
            found += map(from_wire, answer["Responses"].get(self.name, []))
            left = answer.get("UnprocessedKeys", {}).get(self.name, {})
        raise Busy("The table is busy.")

    def _index(
        self,
        index: str,
        partition: str,
        value: str,
        *,
        before: str | None = None,
        after: str | None = None,
        start: dict[str, str] | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        sort = keys.FLOW_AT if index == keys.BY_FLOW else keys.QUEUE_AT
        condition, values = "#partition = :value", {":value": value}
        if before is not None:
            condition, values[":before"] = f"{condition} AND #sort < :before", before
        if after is not None:
            condition, values[":after"] = f"{condition} AND #sort > :after", after
        names = {"#partition": partition}
        if before is not None or after is not None:
            names["#sort"] = sort
        yield from self._pages(
            limit,
            start,
            IndexName=index,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_wire(values),
        )

    def _pages(
        self, limit: int | None = None, after: dict[str, str] | None = None, /, **query: Any
    ) -> Iterator[dict[str, Any]]:
        left = limit
        start = {"ExclusiveStartKey": to_wire(after)} if after is not None else {}
        while True:
            if left is not None:
                query["Limit"] = left
            answer = client("dynamodb").query(TableName=self.name, **query, **start)
            for item in answer["Items"]:
                yield from_wire(item)
            if left is not None:
                left -= len(answer["Items"])
            if "LastEvaluatedKey" not in answer or left == 0:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _due_keys(case: Case) -> dict[str, dict[str, str]]:
    """Keys of the deadlines of a case that the sweeper looks after, by their sort key."""
    due = [keys.due_key(wait.due, kind.value, case.id) for kind, wait in case.dues.items()]
    return {key[keys.SORT]: key for key in due}


def _from(flows: list[str], first: int) -> list[str]:
    first %= len(flows)
    return flows[first:] + flows[:first]


def case_item(case: Case) -> Item:
    """A case as it is stored: its fields, its key and its places in the indexes."""
    item: dict[str, Any] = case.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    item |= {"status": case.status.value, **keys.case_key(case.id)}
    if case.in_flight:
        item |= {keys.FLOW: keys.open_flow(case.id), keys.FLOW_AT: case.opened_at}
    if case.desk is not None:
        item |= {
            keys.QUEUE: keys.queue(case.desk),
            keys.QUEUE_AT: keys.queue_at(case.priority.rank, case.opened_at, case.id),
        }
    return to_wire(item)


INDEXES = {keys.FLOW, keys.FLOW_AT, keys.QUEUE, keys.QUEUE_AT, keys.PARTITION, keys.SORT}
BESIDE_AN_EVENT = {clock.REPLAYED_AT}


def case_from(item: dict[str, Any]) -> Case:
    """The case in an item of plain values."""
    fields = {name: value for name, value in item.items() if name in Case.model_fields}
    return Case(id=keys.case_of(item[keys.PARTITION]), **fields)


def event_item(case_id: str, event: Event) -> Item:
    """An event as it is stored."""
    return to_wire(
        {
            **keys.event_key(case_id, event.number),
            **event.model_dump(mode="json", exclude={"number"}, exclude_defaults=True),
        }
    )


def event_from(item: dict[str, Any]) -> Event:
    """The event in an item of plain values."""
    fields = {
        name: value
        for name, value in item.items()
        if name not in INDEXES and name not in BESIDE_AN_EVENT
    }
    return Event(number=int(item[keys.SORT].removeprefix(keys.EVENT_PREFIX)), **fields)


def question_item(case_id: str, question: Question) -> Item:
    """A question as it is stored: with the report, so that it follows the report everywhere."""
    return to_wire(
        {
            **keys.question_key(question.report, case_id, question.number),
            "case_id": case_id,
            **question.model_dump(exclude={"report"}),
        }
    )


def report_from(item: dict[str, Any]) -> StoredReport:
    """The report in an item of plain values."""
    return StoredReport(reference=keys.reference_of(item[keys.PARTITION]), **item)
