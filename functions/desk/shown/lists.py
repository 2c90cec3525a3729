"""The lists staff read page by page: queues, the reports of a case, the duty desk."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from casework.aws.http import cursors
from casework.aws.table import items, keys
from casework.aws.table.case_table import CaseTable, DutyLine
from casework.aws.table.desk_keys import ADDED_TO, HELD_BY
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.reading import facts_of, words_of
from casework.aws.table.stored import StoredReport
from casework.case.admission import admitting
from casework.case.case import Case
from casework.case.history import Event
from casework.case.parts import Duty
from casework.case.times import stamp
from casework.decisions.permissions import OfficesOf, knows_of, knows_of_all
from casework.decisions.staff import StaffMember, queues_of
from casework.errors import Finding, IllegalMove, NotValid, TooMany
from casework.pack.jurisdiction import Jurisdiction
from casework.report.opening import case_for
from casework.report.report import Facts
from casework.report.report import ReporterRole as Part
from casework.text import reference as references
from casework.text import spoken
from casework.text.folding import as_kept
from casework.views.case_page import AdmittedView, NamedBy, ReportView, SuggestionView, other_cases
from casework.views.desk import CaseLine, DutyDesk, Pulse, QueuePage, still_due
from casework.views.groups import FloodView
from casework.views.to_call import ToCall, emergency_numbers, to_call
from functions.desk.shown.dangers import with_words
from functions.desk.shown.groups import flood_in, groups_in
from functions.desk.shown.people import names_of, subjects_in

MOST: Final = 100
"""Entries of a page; also the size of one batch read of the table."""
USUAL: Final = 50
AT_ONCE: Final = 25
"""Cases that are read at once where one of them is taken."""
MOST_HELD: Final = 3
"""Cases that one person can have taken at once: the one in front of them, and decisions on their
way."""
MARK_DIGITS: Final = 12
PULSE_MOST: Final = 100
"""Cases that are counted of a list, where the count alone is asked for."""
OF_EACH: Final = 50
"""Entries of each list of the duty desk where all of them are answered together."""
CALLED: Final = frozenset({Duty.IMMINENT, Duty.UNDELIVERED})
"""The lists of the duty desk whose cases somebody is called about."""
DISCLOSURES: Final = ("anonymous", "confidential", "identified")

OF_A_UNIT: Final = {"held": HELD_BY, "added": ADDED_TO}
"""Lists of the own unit, and the prefixes of their queues."""

OF_UNIT: Final = "unit:"
"""Before the id of any unit, in the name of its list."""

_STAMP: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
_ID: Final = r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]"
IN_A_QUEUE: Final = re.compile(rf"(?:[0-9]#{_STAMP}#C-{_ID})?")
"""Empty at the beginning of a queue that follows another."""
ON_DUTY: Final = re.compile(rf"[0-9]#(?:[~!][0-9]{{4}}#)?{_STAMP}#C-{_ID}(?:#C-{_ID})?")


def queue_page(
    table: CaseTable,
    member: StaffMember,
    now: datetime,
    zone: tzinfo,
    limit: int,
    cursor: str | None,
    *,
    of: str = "waiting",
) -> QueuePage:
    """The cases waiting for a member, from the cursor on; raises NotValid for a foreign cursor.

    `of` is `waiting`, `held` for cases that the member's unit holds, `added` for its ended cases
    with later additions, or `unit:` and an id for what waits for that unit, and then what it holds.
    """
    queues = queues_of(member)
    if of.startswith(OF_UNIT):
        unit = of.removeprefix(OF_UNIT)
        queues = (member.reads(unit), member.reads(f"{HELD_BY}{unit}"))
    if of in OF_A_UNIT:
        queues = (member.reads(f"{OF_A_UNIT[of]}{member.unit or ''}"),)
    name, after = queues[0], None
    if cursor is not None:
        name, place = cursors.read(cursor, queues, IN_A_QUEUE)
        after = place or None
    cases: list[Case] = []
    further: str | None = None
    for queue in queues[queues.index(name) :]:
        if len(cases) == limit:
            further = cursors.write(queue, "")
            break
        page = table.queue(queue, limit - len(cases), after)
        # The index may lag behind: a case that is no longer in the queue is left out.
        cases += [case for case in table.cases(page.ids) if case.desk == queue]
        if page.after is not None:
            further = cursors.write(queue, page.after)
            break
        after = None
    return QueuePage(
        cases=tuple(CaseLine.of(case, now, zone) for case in cases),
        people=names_of(table, subjects_in(cases), now),
        cursor=further,
    )


def takeable(
    table: CaseTable,
    member: StaffMember,
    now: datetime,
    skip: Collection[str],
    other_than: str | None,
) -> Iterator[str]:
    """The cases of a member's queues that they could take, the most urgent first.

    A case that they hold already comes before the others of its page, but behind those that are
    immediate. Without `skip`, cases that
    others hold, and those on which they proposed and another person must decide. Cases of the
    category `other_than` come last on a page where nothing is immediate.

    Raises TooMany where they hold as many of those to skip as one person may have at once.
    """
    held = 0

    def open_to(case: Case) -> bool:
        mine = case.proposal is not None and case.proposal.by == member.subject
        return case.id not in skip and not mine and not case.held_by_another(member.subject, now)

    for queue in queues_of(member):
        after: str | None = ""
        while after is not None:
            page = table.queue(queue, AT_ONCE, after or None)
            found = [each for each in table.cases(page.ids) if each.desk == queue]
            held += sum(each.id in skip and is_held_by(each, member, now) for each in found)
            if held >= MOST_HELD:
                raise TooMany(f"You hold {held} cases: decide on one, or give one back.")
            cases = [each for each in found if open_to(each)]
            pressing = any(each.presses for each in cases)
            cases.sort(
                key=lambda each: (
                    not each.presses,
                    each.held(now) is None,
                    not pressing and each.category == other_than,
                )
            )
            yield from (each.id for each in cases)
            after = page.after


def is_held_by(case: Case, member: StaffMember, now: datetime) -> bool:
    """Whether a member works on a case alone now."""
    hold = case.held(now)
    return hold is not None and hold.by == member.subject


def suggestions(member: StaffMember, case: Case, values: Mapping[str, str]) -> list[SuggestionView]:
    """The suggestions for a case, with identifiers in clear as far as a page names them.

    `values` are the identifiers behind the marks of the page. Empty for a member who sees only the
    cases of the own unit: another case may belong to any unit.
    """
    if not knows_of_all(member):
        return []
    return [
        SuggestionView(
            **suggestion.model_dump(exclude={"shared"}),
            shared=tuple(NamedBy.told(each, values.get(each)) for each in suggestion.shared),
        )
        for suggestion in case.suggestions
    ]


def disclosures(table: CaseTable, case: Case) -> frozenset[str]:
    """The disclosures of the reports that belong to the case; reading stops once all were seen."""
    found: set[str] = set()
    for disclosure in table.reports.disclosures(case):
        found.add(disclosure)
        if len(found) == len(DISCLOSURES):
            break
    return frozenset(found)


def report_of(table: CaseTable, case_id: str, typed: str, field: str = "report") -> StoredReport:
    """The named report of a case; raises NotValid for another case's or an erased one."""
    try:
        found = table.reports.one(references.parse(typed))
    except references.NotAReference:
        found = None
    if found is None or found.case_id != case_id:
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding(f"#/{field}", "report.unknown", "The case has no such report.")],
        )
    return found


def unadmitted(table: CaseTable, case: Case) -> dict[int, str]:
    """The numbers of the unadmitted reports of the case, with their times of arrival."""
    return _numbers(table.reports.unadmitted(case))


def unseen(table: CaseTable, case: Case) -> dict[int, str]:
    """The same of the reports that nobody had in view who acted on the case."""
    return _numbers(table.reports.unseen(case))


def _numbers(lines: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    return {keys.number_of_arrival(line[keys.SORT]): str(line["at"]) for line in lines}


def holds(table: CaseTable, case: Case, reference: str) -> bool:
    """Whether a report is in the case, and people had it in view as they acted on the case."""
    found = table.reports.one(reference)
    return found is not None and found.case_id == case.id and found.was_seen_in(case)


def is_of(table: CaseTable, case: Case, reference: str) -> bool:
    """Whether a report, or its tombstone, is in the case or came from there."""
    found = items.get(table.name, keys.report_key(reference)) or {}
    return case.id in {found.get("case_id"), *found.get("moved", ())}


def apart(
    table: CaseTable, pack: Jurisdiction, case: Case, reference: str, at: datetime
) -> tuple[Case, str]:
    """The case that a report of the case opens when it is taken out of it, and the commitment to
    the report.

    Raises IllegalMove when no other report stays, and NotValid when it is in another case.
    """
    report = report_of(table, case.id, reference)
    if all(each.reference == reference for each in table.reports.all_of(case.id)):
        raise IllegalMove("It is the only report of the case: one stays.")
    own = references.case_id_of(reference)
    there = bool(table.cases([own]))
    new = case_for(
        pack,
        facts_of(report) or Facts(role=Part.WITNESS, language=report.language),
        case_id=references.case_id_apart(reference, case.id, case.events + 1) if there else own,
        at=stamp(at),
        report=reference,
        correlation_id=report.correlation_id,
        language=report.language,
        number=spoken.drawn(),
    )
    return new, report.bound.hex()


def last_question(table: CaseTable, case: Case, reference: str) -> int:
    """The highest number of a question put to a report of the case, 0 for none.

    Raises NotValid when the report is in another case, in none, or not admitted: the answers to its
    reporter then reveal nothing of the case.
    """
    if not report_of(table, case.id, reference).belongs_to(case):
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding("#/report", "report.unadmitted", "Admit the report before you ask.")],
        )
    return max((int(each["number"]) for each in table.reports.questions(reference)), default=0)


def others(
    table: CaseTable, member: StaffMember, history: Iterable[Event], offices: OfficesOf
) -> frozenset[str]:
    """The other cases that its history names and that exist for the member."""
    named = sorted(other_cases(history))
    some = (named[at : at + MOST] for at in range(0, len(named), MOST))
    return frozenset(
        other.id for each in some for other in table.cases(each) if knows_of(member, other, offices)
    )


def report_view(
    pictures: PictureTable, stored: StoredReport, case: Case, history: Iterable[Event] = ()
) -> ReportView:
    """A report as staff see it, in a case with this history. `pictures` opens what its pictures
    look like."""
    facts, narrative = facts_of(stored), words_of(stored)
    if facts is not None and stored.looks:
        facts = facts.model_copy(update={"pictures": pictures.looks_of(stored)})
    told = case.referral.published_at if case.referral else ""
    marks = {f"{mark.partition(':')[0]}:{value}": mark for mark, value in stored.named.items()}
    return ReportView(
        reference=stored.reference,
        accepted_at=stored.accepted_at,
        language=stored.language,
        disclosure=stored.disclosure,
        callable=stored.called_at,
        linked_by=tuple(NamedBy.spelled(each, marks.get(each)) for each in stored.linked_by),
        own=tuple(map(NamedBy.told, stored.own_named)),
        number=stored.number,
        belongs=stored.belongs_to(case),
        admitted=AdmittedView.told(admitting(history, stored.reference)),
        addition=bool(told) and (stored.linked_at or "") > told,
        facts=facts or Facts(role=Part.WITNESS, language=stored.language),
        facts_as_kept=as_kept(stored.facts) if facts is None else None,
        narrative=as_kept(stored.narrative) if narrative is None else narrative,
        unreadable=stored.unreadable or facts is None or narrative is None,
    )


def pulse(table: CaseTable, member: StaffMember, *, watches: bool) -> Pulse:
    """What waits for a member now; with `watches`, on the duty desk, too. Reads keys alone."""
    waiting = 0
    for queue in queues_of(member):
        waiting += len(table.queue(queue, PULSE_MOST - waiting).ids) if waiting < PULSE_MOST else 0
    duty = on_duty(table, member) if watches else {}
    held = (member.reads(f"{HELD_BY}{member.unit}"),) if member.unit else ()
    immediate = [
        case_id
        for queue in (*queues_of(member), *held)
        for case_id in table.immediate(queue, PULSE_MOST)
    ]
    return Pulse(
        waiting=waiting,
        duty={kind: len(found) for kind, found in duty.items()},
        imminent=tuple(line.case_id for line in duty.get(Duty.IMMINENT, ())),
        desk=_mark_of(duty) if watches else None,
        immediate=tuple(immediate[:PULSE_MOST]),
        most=PULSE_MOST,
    )


def on_duty(table: CaseTable, member: StaffMember) -> dict[Duty, list[DutyLine]]:
    """The latest cases on each list of the member's duty desk, at most `PULSE_MOST` of each; lists
    without a case are left out."""
    found = {kind: table.latest_duty(kind, PULSE_MOST, member.realm) for kind in Duty}
    return {kind: lines for kind, lines in found.items() if lines}


def _mark_of(duty: Mapping[Duty, Iterable[DutyLine]]) -> str:
    """A word that changes with any line."""
    lines = sorted(
        f"{kind}#{line.case_id}#{line.cared}" for kind, those in duty.items() for line in those
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:MARK_DIGITS]


def duty_desk(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    now: datetime,
    zone: tzinfo,
    limit: int,
    cursor: str | None,
) -> DutyDesk:
    """A page of each list of the member's duty desk, or the next page of the one a cursor names."""
    kinds: Iterable[Duty] = Duty
    after = None
    if cursor is not None:
        name, after = cursors.read(cursor, list(Duty), ON_DUTY)
        kinds = (Duty(name),)
    else:
        limit = min(limit, OF_EACH)
    lists: dict[str, tuple[CaseLine, ...]] = {}
    known: list[Case] = []
    calls: dict[str, tuple[ToCall, ...]] = {}
    groups: dict[str, str] = {}
    flood: FloodView | None = None
    going_on: dict[Duty, str] = {}
    for kind in kinds:
        page = table.duty_in_turns(kind, limit, after, member.realm)
        cases = table.cases([each.told.id for each in page.lines])
        known += cases
        if kind in CALLED:
            calls |= {each.id: to_call(pack, each) for each in cases}
        lists[kind.value] = still_due(kind, cases, now, zone)
        if kind is Duty.IMMINENT:
            lists[kind.value] = with_words(table, pack, member, lists[kind.value], cases, now)
        groups |= {each.told.id: each.told.group for each in page.lines if each.others}
        if kind is Duty.IMMINENT and cursor is None:
            flood = flood_in(page, now)
        if page.after is not None:
            going_on[kind] = cursors.write(kind, page.after)
    return DutyDesk(
        imminent=lists.get(Duty.IMMINENT, ()),
        overdue=lists.get(Duty.OVERDUE, ()),
        undelivered=lists.get(Duty.UNDELIVERED, ()),
        stuck=lists.get(Duty.STUCK, ()),
        unreadable=lists.get(Duty.UNREADABLE, ()),
        retention=lists.get(Duty.RETENTION, ()),
        money=lists.get(Duty.MONEY, ()),
        added_after_end=lists.get(Duty.ADDED_AFTER_END, ()),
        people=names_of(table, subjects_in(known), now),
        to_call=calls,
        emergency_numbers=emergency_numbers(pack) if calls else (),
        cursors=going_on,
        groups=groups_in(table, groups),
        flood=flood,
    )
