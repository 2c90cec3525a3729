"""How cases, events, questions and reports become items, and are read from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from casework.aws.services import replay_clock
from casework.aws.table import desk_keys, keys
from casework.aws.table.wire import WireItem, to_wire_item
from casework.case.admission import AdmittingEntry
from casework.case.case import Case
from casework.case.first_glance import OwedGlance
from casework.case.history import CaseEvent, UnreadableEntry
from casework.case.value_objects import Question, ReportClock
from casework.report.disclosure import SafeWay
from casework.report.public_timeline import FormerCase, RetainedTimeline, TimelineScope, own_case_id
from casework.text.compression import decompress_text

EVENT_ITEM_ATTRIBUTES = {
    keys.PARTITION_KEY,
    keys.SORT_KEY,
    *(name for index in keys.KEYS_BY_INDEX.values() for name in index),
    replay_clock.REPLAYED_AT_ATTRIBUTE,
}
"""Attributes of an event's item that do not belong to the event."""


class StoredReport(BaseModel):
    """A report in stored form, without its sealed boxes and credentials."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    reference: str
    accepted_at: str
    language: str
    disclosure: str
    correlation_id: str
    bound: bytes = b""
    """The digest over the commitments to what was sent, from the acceptance."""
    salt: bytes = b""
    facts: bytes
    """The compressed JSON of everything except narrative, pictures, contact and identity."""
    looks: bytes = b""
    """What pictures look like that stay with the reporter, as `seal_perceptual_hashes` seals
    them."""
    narrative: bytes
    """The compressed narrative."""
    reached_by: tuple[str, ...] = ()
    """The kinds of its contact."""
    callable: SafeWay | None = None
    """What is safe at the number that its reporter left to be called now; None without one."""
    own: tuple[str, ...] = ()
    """Keyed hashes of the reporter's own selectors: they never link."""
    case_id: str | None = None
    flow: str | None = None
    """Its waiting list before a case; None while it is in a case."""
    linked_at: str | None = None
    additions: int = 0
    """The number of its additions."""
    file_count: int = 0
    """The number of slots for files that its reporter was given."""
    linked_by: tuple[str, ...] = ()
    """The identifiers that joined it to its case, as `kind:value`; none when it opened the case."""
    own_named: tuple[str, ...] = ()
    """The reporter's own identifiers in its words, as `kind:mark`."""
    named: Mapping[str, str] = {}
    """The values behind the identifiers in histories, by `kind:mark`. They are erased with the
    report; the history alone then reveals no identifier."""
    identifiers: frozenset[str] = frozenset()
    """Ids of its identifiers, which its case takes along or releases."""
    clues: tuple[str, ...] = ()
    """The clues that it gave the case that it opened."""
    moved: tuple[str, ...] = ()
    """The cases that it was in before they were merged away, the first one first."""
    stayed: tuple[FormerCase, ...] = ()
    """Its earlier cases, one for each time that it was taken out."""
    attempts: int = 0
    """The number of failed attempts at reading it, beyond the first."""
    unreadable: bool = False
    """Machines have given up reading it: every attempt failed."""
    number: int = 0
    """Its number among the reports of its case, in the order of arrival, from 1."""
    admitted: AdmittingEntry | None = None
    """The entry that admitted it by name."""
    seen: AdmittingEntry | None = None
    """The entry of an earlier case whose author had it in view, where none admitted it."""
    hears: TimelineScope | None = None
    """From which entry of its case on its reporter hears of it; None while it is answered as if it
    stood alone."""
    kept: RetainedTimeline | None = None
    """What was told to its reporter before it stopped hearing of a case."""
    alone: ReportClock | None = None
    """Its own clock, from its first reading."""
    glance: OwedGlance | None = None
    """What its own assessment found, for the first look at it; None for one that needs none."""
    queue: str | None = None
    """Its list while no person has looked at it; None before and after."""
    told: frozenset[str] = frozenset()
    """The news that its reporter was notified of, each with its outcome: `{news}#{outcome}`."""

    @property
    def text(self) -> str:
        """The narrative in clear."""
        return decompress_text(self.narrative)

    def notification_outcome(self, news: str) -> str | None:
        """How its reporter was notified of this news; None if not yet."""
        found = (each.partition("#") for each in self.told)
        return next((outcome for name, _, outcome in found if name == news), None)

    @property
    def contact_way(self) -> Literal["ring", "write", "contact"] | None:
        """How its reporter can be called; None without a telephone number. A report of an earlier
        release does not say which contact it has."""
        match self.callable:
            case SafeWay.RING:
                return "ring"
            case SafeWay.WRITE:
                return "write"
            case None:
                left = self.disclosure != "anonymous"
                return "contact" if left and "phone" in (self.reached_by or ("phone",)) else None

    @property
    def unseen(self) -> OwedGlance | None:
        """What is kept for the first look, while a person still owes it."""
        return self.glance if self.queue is not None else None

    @property
    def own_case_id(self) -> str:
        """See `own_case_id`."""
        return own_case_id(self.reference, self.stayed)

    def opened_case(self, case: Case) -> bool:
        """Whether it opened the case, or one that people merged into it.

        Such a report never joined a case unseen: the person who merged the cases had looked at it.
        """
        return self.own_case_id in {case.id, *self.moved}

    def was_seen_in(self, case: Case) -> bool:
        """Whether people had it in view as they acted on the case: it stood for it, was admitted,
        or the author of a decision was shown it. It says nothing of what its reporter is told."""
        known = self.admitted is not None or self.seen is not None or self.opened_case(case)
        return known or 0 < self.number <= case.shown

    def belongs_to(self, case: Case) -> bool:
        """Whether its reporter hears of the case: people admitted it by its name, or it is the
        only one that ever came there."""
        return self.hears is not None and self.hears.case == case.id


def case_to_item(case: Case) -> WireItem:
    """A case in stored form: its fields, its key and its places in the indexes."""
    item: dict[str, Any] = case.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    item |= {"status": case.status.value, **keys.case_key(case.id)}
    if case.index_queue is not None:
        item |= {
            keys.QUEUE_PARTITION_KEY: desk_keys.queue_name_of_desk(case.index_queue),
            keys.QUEUE_SORT_KEY: desk_keys.queue_sort(case.priority.rank, case.opened_at, case.id),
        }
    return to_wire_item(item)


def case_from_item(item: dict[str, Any]) -> Case:
    """The case in an item of plain values."""
    fields = {name: value for name, value in item.items() if name in Case.model_fields}
    return Case(id=keys.case_id_from_partition(item[keys.PARTITION_KEY]), **fields)


def event_to_item(case_id: str, event: CaseEvent) -> WireItem:
    """An event in stored form."""
    return to_wire_item(
        {
            **keys.event_key(case_id, event.number),
            **event.model_dump(mode="json", exclude={"number"}, exclude_defaults=True),
        }
    )


def event_from_item(item: dict[str, Any]) -> CaseEvent:
    """The event in an item of plain values; raises ValueError for an invalid one.

    Strictly: bytes with the same text are not what was written.
    """
    fields = {name: value for name, value in item.items() if name not in EVENT_ITEM_ATTRIBUTES}
    _, number = keys.event_key.of(item)
    return CaseEvent.model_validate({"number": number, **fields}, strict=True)


def entry_from_item(item: dict[str, Any]) -> CaseEvent | UnreadableEntry:
    """The same for checks of histories: an invalid item is an unreadable entry."""
    try:
        return event_from_item(item)
    except ValueError:
        return UnreadableEntry(str(item[keys.SORT_KEY]))


def question_to_item(case_id: str, question: Question) -> WireItem:
    """A question in stored form: with the report, so that it moves with it."""
    return to_wire_item(
        {
            **keys.question_key(question.report, case_id, question.number),
            "case_id": case_id,
            **question.model_dump(exclude={"report"}),
        }
    )


def report_from_item(item: dict[str, Any]) -> StoredReport:
    """The report in an item of plain values."""
    return StoredReport(reference=keys.reference_from_partition(item[keys.PARTITION_KEY]), **item)
