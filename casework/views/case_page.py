"""The page of a case as staff see it: its reports, what was asked and added, instructions, history.

Built from what the system remembers, for one reader at one moment. Nothing here has a field for
a reporter's contact or identity, for keyed hashes or verifiers, or for a task token.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import Any, Final, Literal, Self

from pydantic import JsonValue

from casework.case.case import Case
from casework.case.history import IDEMPOTENCY_FIELD, CaseEvent
from casework.case.lifecycle import Move, Status, moves_where
from casework.case.value_objects import Priority, SuggestionReason
from casework.decisions.available_moves import list_available_moves
from casework.decisions.base import REASON_FIELD, resulting_status
from casework.decisions.file_access import danger_recorded, needs_two
from casework.decisions.freezes import FreezeView
from casework.decisions.instructions import (
    INSTRUCTION_DOCUMENT_FIELD,
    Given,
    annulments_by_entry,
    list_instructions,
)
from casework.decisions.permissions import (
    OfficesOf,
    StaffCall,
    is_permitted,
    no_known_offices,
    sees_all_units,
)
from casework.decisions.staff import StaffMember
from casework.decisions.suspects import SuspectView
from casework.moves.triage import SUGGESTIONS_FIELD
from casework.pack.competence_view import CompetenceView, category_read, competent_offices
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure
from casework.report.examination import FileType, Preview, Scan
from casework.report.file_limits import FileState, WhyRefused
from casework.report.followup import AddedView
from casework.report.report import Facts
from casework.views.advice import AdviceView
from casework.views.danger import DangerSaid, DangerView, has_disturbing_words, newest_first
from casework.views.desk_view import DeskView
from casework.views.lists import CaseLine, case_line_fields, court_hold_views
from casework.views.phones_to_call import (
    EmergencyNumberView,
    ToCall,
    emergency_numbers,
    phones_to_call,
)
from casework.views.pictures import AlikeView, HashView, KnownView, SameView


class NamedBy(DeskView):
    """An identifier, as a case tells of it."""

    kind: str
    value: str | None = None
    """As it is compared with others; left out where it is the reporter's own."""
    digest: str | None = None
    """By which the same one is known again in other reports and in the history. Keyed: nobody can
    try out which value it is of."""

    @classmethod
    def from_value(cls, stored: str, mark: str | None) -> Self:
        """From `kind:value` and what histories call it."""
        kind, _, value = stored.partition(":")
        return cls(kind=kind, value=value or None, digest=mark and mark.partition(":")[2])

    @classmethod
    def from_mark(cls, mark: str, value: str | None = None) -> Self:
        """From `kind:mark`, with the value where it may be shown."""
        kind, _, digest = mark.partition(":")
        return cls(kind=kind, value=value, digest=digest)


class NamedIdentifier(DeskView):
    """A selector that reports of the case name, in its canonical form."""

    kind: str
    value: str
    reports: tuple[str, ...]
    """References of the reports that name it."""


class AdmittedView(DeskView):
    """Who admitted a report to the case."""

    by: str
    at: str
    event: int
    """Number of the entry in the history."""

    @classmethod
    def from_entry(cls, event: CaseEvent | None) -> Self | None:
        """From the entry that admitted it, if one did."""
        return cls(by=event.by, at=event.at, event=event.number) if event else None


class QuestionView(DeskView):
    """What a reporter was asked."""

    number: int
    text: str
    """In the reporter's language."""
    asked_at: str
    due: str
    """Until when the answer is waited for."""
    answered_by: str | None = None
    """`id` of the addition that answered it first; left out where none did."""


class AdditionView(AddedView):
    """What a reporter added, with what the people who work on the case need beside it."""

    asked: str | None = None
    """The question it answers, in words."""
    identifiers: tuple[NamedBy, ...] = ()
    """What it names, as it is compared with others."""
    own: tuple[NamedBy, ...] = ()
    """The reporter's own among what its words name."""
    unreadable: bool = False
    """No machine could read it: what it names and whether it tells of danger is for people."""


class FileView(DeskView):
    """A file that a reporter added. What it is, a machine says by its content: its name may lie."""

    n: int
    """Its number in the report."""
    name: str
    """As the reporter's device named it. Show it as text."""
    size: int | None = None
    """Bytes; left out where its sender named none and it has not arrived."""
    state: FileState
    why: WhyRefused | None = None
    """Of a refused one: the limit or rule that refused it."""
    refused_at: str | None = None
    """The minute in which it was refused."""
    came: int | None = None
    """Bytes that had come of a refused one. They are gone; this is the record of them."""
    sent_at: str
    """The minute in which its slot was given."""
    sha256: str | None = None
    """Of the bytes that arrived; left out until then. Also of a refused one that was read."""
    declared: bool = False
    """Whether its sender declared this digest before sending; otherwise it was first computed
    here."""
    scan: Scan | None = None
    """What a scanner for malware said of a kept file."""
    preview: Preview | None = None
    """How far its examination went, of a kept file."""
    type: FileType | None = None
    """What it begins as; left out until it was examined, or refused."""
    agreed: bool | None = None
    """Whether the decoder of this type agreed. Else it only begins like one."""
    pages: int | None = None
    """Pages of a document; 1 for a picture."""
    shown: int | None = None
    """How many of them can be seen by `pages/{page}`."""
    cut: bool = False
    """Whether time, or a page that could not be drawn, ended the look early: another look at the
    same bytes may show or read more, or less."""
    same: tuple[SameView, ...] = ()
    """Files with the same bytes in cases that exist for the reader, the latest that came: the same
    digest shows that they are equal. None in dossiers, which show all digests."""
    same_more: bool = False
    """Whether there are more, among the earlier ones."""
    alike: tuple[AlikeView, ...] = ()
    """The first look-alikes of a picture in cases that exist for the reader: advice. None in
    dossiers."""
    alike_more: bool = False
    """Whether there may be more; all can be asked for."""
    known: tuple[KnownView, ...] = ()
    """What lists of known material said of its bytes and of what it looks like: advice. None in
    dossiers."""
    lists_unread: bool = False
    """Whether it could not be read which lists there are: none was asked."""


class MessageView(DeskView):
    """What somebody who worked on the case wrote to its reporters."""

    number: int
    """Of its entry in the history of the case."""
    at: str
    by: str
    office: str | None = None
    """The unit of its author, or the desk, when it was written."""
    text: str
    reports: tuple[str, ...] = ()
    """References of the reports it was for; none for one to all that belonged to the case by
    then."""


class ReportView(DeskView):
    """One report of a case, without anything that tells who sent it."""

    reference: str
    accepted_at: str
    language: str
    disclosure: str
    """`anonymous`, `confidential` or `identified`: that a contact or identity exists, not what."""
    callable: Literal["ring", "write", "contact"] | None = None
    """How its reporter can be called: `ring` and `write` are what they allowed at a number to call
    now, `contact` is a telephone that they left to be told of news; left out without a number."""
    number: int
    """Its number among the reports of the case, in the order in which they came. A decision names
    the last one that its author was shown."""
    belongs: bool
    """Whether its reporter is answered and written to as one of the case: it was admitted, or is
    the only one that ever came there. Until then it is answered as if it stood alone."""
    admitted: AdmittedView | None = None
    """By whom, where somebody admitted it to this case."""
    linked_by: tuple[NamedBy, ...]
    """The identifiers that joined it to the case; empty for the report that opened it."""
    own: tuple[NamedBy, ...] = ()
    """The reporter's own identifiers that its words name: they link nothing and are no suspect's.
    What they are is told by the words alone."""
    addition: bool = False
    """It came into the case after the unit was told of it."""
    facts: Facts
    facts_as_kept: str | None = None
    """Where nobody can read the facts: what is kept of them, with escapes for what is no writing.
    It is JSON as far as it is whole. `facts` then says nothing. Left out where they are read."""
    narrative: str
    """In the reporter's words. Of what is not whole, what is kept, with escapes."""
    unreadable: bool = False
    """No machine could read it, so what it names and whether it tells of danger is for people to
    find. Facts and words are shown as far as they are kept: text, and nothing but text."""
    questions: tuple[QuestionView, ...] = ()
    """What its reporter was asked, oldest first."""
    withdrawn: bool = False
    """Whether its reporter asked to withdraw it. Somebody may press them to: read why."""
    corrected: bool = False
    """Whether its reporter corrected something of it: what was said stands beside."""
    added: tuple[AdditionView, ...] = ()
    """What the reporter added later, oldest first."""
    files: tuple[FileView, ...] = ()
    """The files that its reporter added, or was given a slot for."""
    hashes: tuple[HashView, ...] = ()
    """The pictures of which the reporter's phone sent the hash alone: `facts.pictures`."""
    continued: bool = False
    """It was on the page before, which had no room for all that was added: here is the rest."""


class EventView(DeskView):
    """One entry of the history."""

    number: int
    move: str
    """What happened, a word of the lifecycle."""
    at: str
    by: str
    """`system`, or the subject of a staff member."""
    data: dict[str, JsonValue]
    words: str | None = None
    """Why, in the words of the person who decided; left out where no reason is asked for, and once
    the case was erased."""
    hash: str


CASE_FIELDS_BY_MOVE: Final[dict[str, str]] = {
    move: move.rule.names for move in moves_where(lambda law: law.names)
}
"""Entries that name another case, and where."""


def mentioned_cases(events: Iterable[CaseEvent]) -> set[str]:
    """The cases with which these entries say that this one was one."""
    return {
        str(each.data.get(CASE_FIELDS_BY_MOVE[each.move]))
        for each in events
        if each.move in CASE_FIELDS_BY_MOVE
    }


def redact_history(
    member: StaffMember,
    events: Iterable[CaseEvent],
    others: Collection[str],
    about: Mapping[int, Mapping[str, Any]],
) -> tuple[EventView, ...]:
    """The history for one reader, with the reasons by the numbers of their entries.

    It is without the cases that do not exist for the reader: those that were suggested, and those
    that were merged or kept apart and are not among `others`. Numbers and hashes are of the whole
    history all the same. That a report came on what an ended case held is told, without where it
    is.
    """
    shown = (
        EventView(
            **event.model_dump(
                exclude={"previous": True, "changed": True, "data": {IDEMPOTENCY_FIELD}}
            ),
            words=about.get(event.number, {}).get(REASON_FIELD),
        )
        for event in events
    )
    if sees_all_units(member):
        return tuple(shown)
    return tuple(_of_one_unit(shown, others))


def _of_one_unit(shown: Iterable[EventView], others: Collection[str]) -> Iterator[EventView]:
    ended = False
    for each in shown:
        ended = ended or each.move == Move.CLOSE
        if each.move == Move.KEEP_APART and each.data.get("case") not in others:
            continue
        if each.move != Move.SUGGEST:
            yield each.model_copy(update={"data": _without_others(each, others)})
        elif ended and (because := each.data.get("because")) == "closed":
            yield each.model_copy(update={"data": {"because": because}})


def _without_others(event: EventView, others: Collection[str]) -> dict[str, JsonValue]:
    left_out = {SUGGESTIONS_FIELD}
    named = CASE_FIELDS_BY_MOVE.get(event.move)
    if named is not None and event.data.get(named) not in others:
        left_out.add(named)
    return {name: said for name, said in event.data.items() if name not in left_out}


class SuggestionView(DeskView):
    """Another case that may be about the same facts, and why. Merge them at review, or do not."""

    case: str
    because: SuggestionReason
    """`identifier`: a report that joined one of the two names what belongs to the other; `closed`:
    one of the two had ended by then, and held it."""
    percent: int | None = None
    """How much of the narratives is the same."""
    shared: tuple[NamedBy, ...] = ()
    """The identifiers that both name; a value is left out where no report of this page names it."""
    report: str | None = None
    """Reference of the report that names what belongs to both."""


class AnnulledView(DeskView):
    """That an entry holds no more: by which later one, and why."""

    entry: int
    at: str
    by: str
    words: str | None = None


class DocumentView(DeskView):
    """The document by which the prosecutor decided, as the officer who entered it named it."""

    name: str | None = None
    """Left out once the case was erased."""
    sha256: str


class InstructionView(DeskView):
    """One decision of the prosecutor, given by the office or entered by the unit."""

    entry: int
    """Number of its entry in the history of the case: by it a later entry annuls it."""
    at: str
    """When it was entered."""
    by: str
    instruction: str
    """Its kind."""
    prosecutor: str
    court: str
    decided_on: str
    reference: str
    given: Given = Given.ENTERED
    """Whether a prosecutor gave it at the desk, or an officer entered it."""
    document: DocumentView | None = None
    """Left out where the officer named none."""
    other_office: str | None = None
    """Why another office than the competent one decided."""
    into: str | None = None
    """The case that this one was joined to."""
    unit: str | None = None
    """The unit that the case was transferred to."""
    ground: str | None = None
    """On which the case was closed."""
    annulled: AnnulledView | None = None


def instruction_views(
    events: Sequence[CaseEvent], about: Mapping[int, Mapping[str, Any]]
) -> tuple[InstructionView, ...]:
    """The ledger of a case, as its readers see it."""
    gone = annulments_by_entry(events)
    shown = set(InstructionView.model_fields)
    return tuple(
        InstructionView.model_validate(
            {
                **{name: said for name, said in event.data.items() if name in shown},
                "entry": event.number,
                "at": event.at,
                "by": event.by,
                "other_office": about.get(event.number, {}).get(REASON_FIELD),
                "document": _document_of(event, about.get(event.number, {})),
                "annulled": _annulled_by(gone[event.number], about)
                if event.number in gone
                else None,
            }
        )
        for event in list_instructions(events)
    )


def _document_of(event: CaseEvent, about: Mapping[str, Any]) -> DocumentView | None:
    digest = event.data.get(INSTRUCTION_DOCUMENT_FIELD)
    return (
        DocumentView(name=about.get(INSTRUCTION_DOCUMENT_FIELD), sha256=str(digest))
        if digest
        else None
    )


def _annulled_by(event: CaseEvent, about: Mapping[int, Mapping[str, Any]]) -> AnnulledView:
    return AnnulledView(
        entry=event.number,
        at=event.at,
        by=event.by,
        words=about.get(event.number, {}).get(REASON_FIELD),
    )


class CaseState(CaseLine):
    """A case as it is now, and what the reader may do next."""

    may: tuple[Move, ...]
    """The moves that the caller can make now, by their names in the lifecycle."""
    last_entry: int
    """Number of the last entry of its history: a decision says by `seen` that you know of all up to
    it."""

    @classmethod
    def for_reader(
        cls,
        member: StaffMember,
        case: Case,
        now: datetime,
        zone: tzinfo,
        offices: OfficesOf = no_known_offices,
        *,
        into: Case | None,
    ) -> Self:
        """The case for one reader. `into` is the one that it was merged into: its reports are
        there, and so is what courts hold."""
        line = case_line_fields(case, now, zone)
        holds = court_hold_views(into or case, now, zone)
        if not sees_all_units(member):
            line["merged_into"] = None
        elif into is not None:
            line["court_holds"] = holds
        may = list_available_moves(member, case, held=bool(holds), into=into, offices=offices)
        return cls(**line, may=may, last_entry=case.events)


class CaseView(CaseState):
    """A case with all that people need to decide on it."""

    assessment: AdviceView | None = None
    """The automatic analysis with its reasons: advice, never a decision."""
    competence: CompetenceView
    """Whose case it is: the rule's proposal, or what was decided."""
    to_call: tuple[ToCall, ...] = ()
    """Whom to call, where danger is imminent or the priority is the highest; for those who may say
    that they did."""
    emergency_numbers: tuple[EmergencyNumberView, ...] = ()
    """The emergency services of the country, where somebody may have to be called."""
    dangers: int = 0
    """How many reports and additions told of danger within a fortnight. The duty desk hears of the
    first, and again of what comes a quarter of an hour later or more."""
    suggestions: tuple[SuggestionView, ...] = ()
    """Other cases that may be about the same facts; none for a person who sees only the cases of
    the own unit."""
    apart: tuple[str, ...] = ()
    """Other cases from which people keep it apart: none of them is suggested again."""
    instructions: tuple[InstructionView, ...] = ()
    """The prosecutor's decisions, oldest first, page by page; those that were annulled stay,
    marked."""
    outcomes: tuple[SuspectView, ...] = ()
    """Each suspect with every entry about them, and which of them hold, page by page."""
    freezes: tuple[FreezeView, ...] = ()
    """What was done to hold money back, page by page. A notice informs; an order binds."""
    two_open_files: bool = False
    """Whether two people open a file of the case now: one asks, another admits."""
    reports: tuple[ReportView, ...]
    """In the order in which they came, page by page."""
    identifiers: tuple[NamedIdentifier, ...] = ()
    """What the reports of this page name and that is not their reporters' own."""
    people: Mapping[str, str] = {}
    """The names of those whom the case and its history name, by subject. Others left the staff, or
    are the system itself."""
    unadmitted: int
    """Reports of the case that nobody has admitted yet."""
    first_unadmitted: int | None = None
    """The number of the first of them."""
    messages: tuple[MessageView, ...] = ()
    """What was written to its reporters, oldest first: the latest on the first page."""
    cursor: str | None = None
    """Of the next page, which goes on with reports, ledgers, messages and history; left out on the
    last."""
    history: tuple[EventView, ...]
    """Oldest first: the latest entries on the first page, those before them on the next ones."""

    @classmethod
    def build_page(
        cls,
        pack: Jurisdiction,
        member: StaffMember,
        case: Case,
        now: datetime,
        *,
        events: Sequence[CaseEvent],
        reports: Sequence[ReportView],
        instructions: Sequence[InstructionView],
        outcomes: Sequence[SuspectView],
        freezes: Sequence[FreezeView],
        messages: Sequence[MessageView],
        history: Sequence[EventView],
        several: bool,
        unadmitted: Collection[int],
        suggestions: Sequence[SuggestionView],
        dangers: int,
        others: Collection[str],
        identifiers: Sequence[NamedIdentifier],
        people: Mapping[str, str],
        cursor: str | None,
        into: Case | None,
    ) -> Self:
        """The case for one reader, with a page of its reports, ledgers, messages and history.

        `events` are all of its history. `several`: it has more than one report. `unadmitted` are
        the numbers of those that nobody admitted, `others` the other cases of its history that
        exist for the reader, `into` the one that it was merged into: courts hold its reports there.
        """
        line = case_line_fields(case, now, pack.facts.zone)
        holds = court_hold_views(into or case, now, pack.facts.zone)
        if case.merged_into not in others:
            line["merged_into"] = None
        elif into is not None:
            line["court_holds"] = holds
        line["danger"] = _danger(pack, case, reports)
        calls = (case.imminent or case.priority is Priority.IMMEDIATE) and is_permitted(
            member, StaffCall.TRIES, case, partial(competent_offices, pack)
        )
        return cls(
            **line,
            to_call=phones_to_call(pack, case, category_read(events)) if calls else (),
            emergency_numbers=emergency_numbers(pack) if calls else (),
            unadmitted=len(unadmitted),
            first_unadmitted=min(unadmitted, default=None),
            may=list_available_moves(
                member,
                case,
                len(unadmitted),
                several=several,
                held=bool(holds),
                into=into,
                offices=partial(competent_offices, pack),
            ),
            last_entry=case.events,
            assessment=AdviceView.from_history(case, events),
            competence=CompetenceView.from_history(pack, case, events),
            dangers=dangers,
            suggestions=tuple(suggestions),
            apart=tuple(each for each in case.apart if each in others),
            instructions=tuple(instructions),
            outcomes=tuple(outcomes),
            freezes=tuple(freezes),
            two_open_files=not danger_recorded(case)
            and needs_two(read_procedure(pack.folder).second_opening, case),
            reports=tuple(reports),
            messages=tuple(messages),
            identifiers=tuple(identifiers),
            people=dict(people),
            cursor=cursor,
            history=tuple(history),
        )


def _danger(pack: Jurisdiction, case: Case, reports: Sequence[ReportView]) -> DangerView | None:
    """The danger of a case, with what its report says where that is on the page."""
    told = case.danger_source
    if told is None:
        return None
    found = DangerView.from_danger(told)
    report = next((each for each in reports if each.reference == told.report), None)
    if report is None:
        return found
    added = {each.id: each.text for each in report.added if not each.unreadable}
    kept = None if report.unreadable else report.narrative
    words = newest_first(added.get(told.addition) if told.addition else None, kept)
    facts = report.facts if report.facts_as_kept is None else None
    said = DangerSaid.from_report(facts, words, severe=has_disturbing_words(pack, case))
    return found.model_copy(update={"said": said})


class Decided(DeskView):
    """A decision that holds. Repeating the request gives the same answer."""

    id: str
    """Of the case."""
    decision: Move
    status: Status
    """The status the decision moved the case to; the workflow may have moved it on since."""
    at: str
    event: int
    """Number of the decision's entry in the history of the case."""

    @classmethod
    def from_event(cls, case_id: str, event: CaseEvent) -> Self:
        """What the decision's event says of it."""
        return cls(
            id=case_id,
            decision=Move(event.move),
            status=resulting_status(event),
            at=event.at,
            event=event.number,
        )
