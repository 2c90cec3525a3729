"""The page of a case as staff see it: what waits, what may be done, and all that was reported.

Built from what the system remembers, for one reader at one moment. Nothing here has a field for
a reporter's contact or identity, for keyed hashes or verifiers, or for a task token.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import Final, Self

from pydantic import Field

from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move
from casework.case.value_objects import CloseReason, Priority, SuggestionReason
from casework.decisions.acts import CaseAct, ClosedAct, annullable_instructions, list_acts
from casework.decisions.available_moves import CaseFacts, list_available_moves
from casework.decisions.file_access import danger_recorded, needs_two
from casework.decisions.freezes import FreezeView
from casework.decisions.permissions import (
    OfficesOf,
    StaffCall,
    is_permitted,
    no_known_offices,
    sees_all_units,
)
from casework.decisions.staff import StaffMember
from casework.decisions.suspects import SuspectView
from casework.moves.closures import list_closure_reasons
from casework.pack.competence_view import CompetenceView, category_read, competent_offices
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure
from casework.views.advice import AdviceView
from casework.views.campaigns import CampaignView
from casework.views.danger import DangerSaid, DangerView, has_disturbing_words, newest_first
from casework.views.desk_view import DeskView
from casework.views.history_view import EventView
from casework.views.instruction_view import InstructionView
from casework.views.lists import CaseLine, case_line_fields, court_hold_views
from casework.views.phones_to_call import (
    EmergencyNumberView,
    ToCall,
    emergency_numbers,
    phones_to_call,
)
from casework.views.report_view import NamedBy, ReportView
from casework.views.thread import ThreadView

_ENDING_ACTS: Final = frozenset({CaseAct.CLOSURE, CaseAct.CLOSURE_CORRECT, CaseAct.INSTRUCT})


class NamedIdentifier(DeskView):
    """A selector that reports of the case name, in its canonical form."""

    kind: str
    value: str
    reports: tuple[str, ...]
    """References of the reports that name it."""


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
        may = list_available_moves(
            member, case, CaseFacts(held=bool(holds), into=into), offices=offices
        )
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
    campaign: CampaignView | None = None
    """The campaign that people count it to; left out where it is of none."""
    thread: ThreadView = Field(default_factory=ThreadView)
    """How the reader stands to the notes of colleagues, which are in the history."""
    acts: tuple[CaseAct, ...]
    """The acts that are open to the reader now: the call of each is taken, with a body that fits.
    Reports are looked at as far as this page has them."""
    closed_acts: tuple[ClosedAct, ...] = ()
    """The other acts of the reader's role, each with what would refuse it first."""
    closure_reasons: tuple[CloseReason, ...] = ()
    """The reasons that the reader can give for its end, or for the correction of its end."""
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
        campaign: CampaignView | None,
        thread: ThreadView,
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
        facts = CaseFacts(
            unadmitted=len(unadmitted),
            several=several,
            held=bool(holds),
            into=into,
            alike=_has_alike(case, reports, suggestions, others),
            annullable=annullable_instructions(events),
            identities=any(each.disclosure != "anonymous" for each in reports),
            asked=any(each.move == Move.IDENTITY_ASKED for each in events),
        )
        offices = partial(competent_offices, pack)
        acts = list_acts(member, case, now, facts, offices)
        calls = (case.imminent or case.priority is Priority.IMMEDIATE) and is_permitted(
            member, StaffCall.TRIES, case, offices
        )
        return cls(
            **line,
            to_call=phones_to_call(pack, case, category_read(events)) if calls else (),
            emergency_numbers=emergency_numbers(pack) if calls else (),
            unadmitted=len(unadmitted),
            first_unadmitted=min(unadmitted, default=None),
            may=list_available_moves(member, case, facts, offices=offices),
            acts=acts.open,
            closed_acts=acts.closed,
            closure_reasons=list_closure_reasons(case, by_office=member.seat is not None)
            if not _ENDING_ACTS.isdisjoint(acts.open)
            else (),
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
            campaign=campaign,
            thread=thread,
            cursor=cursor,
            history=tuple(history),
        )


def _has_alike(
    case: Case,
    reports: Sequence[ReportView],
    suggestions: Sequence[SuggestionView],
    others: Collection[str],
) -> bool:
    """Whether there is another case to compare it with."""
    pictures = (
        other
        for each in reports
        for alike in (*(one.alike for one in each.files), *(one.alike for one in each.hashes))
        for other in alike
    )
    return (
        bool(suggestions)
        or any(each in others for each in case.apart)
        or any(each.case != case.id for each in pictures)
    )


def _danger(pack: Jurisdiction, case: Case, reports: Sequence[ReportView]) -> DangerView | None:
    """The danger of a case, with what its report says where that is on the page."""
    source = case.danger_source
    if source is None:
        return None
    found = DangerView.from_danger(source)
    report = next((each for each in reports if each.reference == source.report), None)
    if report is None:
        return found
    added = {each.id: each.text for each in report.added if not each.unreadable}
    kept = None if report.unreadable else report.narrative
    words = newest_first(added.get(source.addition) if source.addition else None, kept)
    facts = report.facts if report.facts_as_kept is None else None
    said = DangerSaid.from_report(facts, words, severe=has_disturbing_words(pack, case))
    return found.model_copy(update={"said": said})
