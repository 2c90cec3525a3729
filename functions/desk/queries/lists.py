"""The lists staff read page by page: queues, the reports of a case, the duty desk."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from casework.aws.http import cursors
from casework.aws.table import items, keys, mention_table
from casework.aws.table.case_table import CaseTable, DutyLine
from casework.aws.table.desk_keys import ADDED_QUEUE_PREFIX, HELD_QUEUE_PREFIX
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.report_parsing import parse_facts, read_narrative
from casework.case.admission import find_admission
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.times import format_timestamp
from casework.case.value_objects import Duty
from casework.decisions.permissions import OfficesOf, is_visible_to, sees_all_units
from casework.decisions.staff import StaffMember, list_queues
from casework.errors import Finding, IllegalMove, NotValid, TooMany
from casework.pack.jurisdiction import Jurisdiction
from casework.report.new_case import case_from_report
from casework.report.report import Facts
from casework.report.report import ReporterRole as Part
from casework.text import case_number
from casework.text import reference as references
from casework.text.compression import readable_part
from casework.views.case_page import SuggestionView
from casework.views.duty_desk_view import DutyDesk, Pulse, sort_still_due
from casework.views.groups import FloodView
from casework.views.history_view import mentioned_cases
from casework.views.lists import CaseLine, QueuePage
from casework.views.phones_to_call import ToCall, emergency_numbers, phones_to_call
from casework.views.report_view import AdmittedView, NamedBy, ReportView
from functions.desk.queries.case_lines import CaseLines
from functions.desk.queries.groups import flood_view, group_views_by_line
from functions.desk.queries.people import named_subjects, names_by_subject

MAX_PAGE_SIZE: Final = 100
"""Entries of a page; also the size of one batch read of the table."""
DEFAULT_PAGE_SIZE: Final = 50
CASE_BATCH_SIZE: Final = 25
"""Cases that are read at once where one of them is taken."""
MAX_HELD: Final = 3
"""Cases that one person can have taken at once: the one in front of them, and decisions on their
way."""
MARK_DIGITS: Final = 12
MAX_PULSE_COUNT: Final = 100
"""Cases that are counted of a list, where the count alone is asked for."""
MAX_LIST_PAGE_SIZE: Final = 36
"""Entries of each list of the duty desk where all of them are answered together."""
TELEPHONE_DUTIES: Final = frozenset({Duty.IMMINENT, Duty.UNDELIVERED})
"""The lists of the duty desk whose cases somebody is called about."""
DISCLOSURE_VALUES: Final = ("anonymous", "confidential", "identified")

QUEUE_PREFIX_BY_LIST: Final = {"held": HELD_QUEUE_PREFIX, "added": ADDED_QUEUE_PREFIX}
"""Lists of the own unit, and the prefixes of their queues."""

UNIT_LIST_PREFIX: Final = "unit:"
"""Before the id of any unit, in the name of its list."""

_STAMP: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
_ID: Final = r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]"
QUEUE_CURSOR_PATTERN: Final = re.compile(rf"(?:[0-9]#{_STAMP}#C-{_ID})?")
"""Empty at the beginning of a queue that follows another."""
DUTY_CURSOR_PATTERN: Final = re.compile(rf"[0-9]#(?:[~!][0-9]{{4}}#)?{_STAMP}#C-{_ID}(?:#C-{_ID})?")


def queue_page(
    lines: CaseLines,
    limit: int,
    cursor: str | None,
    *,
    of: str = "waiting",
) -> QueuePage:
    """The cases waiting for a member, from the cursor on; raises NotValid for a foreign cursor.

    `of` is `waiting`, `held` for cases that the member's unit holds, `added` for its ended cases
    with later additions, or `unit:` and an id for what waits for that unit, and then what it holds.
    """
    table, member = lines.table, lines.member
    queues = list_queues(member)
    if of.startswith(UNIT_LIST_PREFIX):
        unit = of.removeprefix(UNIT_LIST_PREFIX)
        queues = (member.own_list_name(unit), member.own_list_name(f"{HELD_QUEUE_PREFIX}{unit}"))
    if of in QUEUE_PREFIX_BY_LIST:
        queues = (member.own_list_name(f"{QUEUE_PREFIX_BY_LIST[of]}{member.unit or ''}"),)
    name, after = queues[0], None
    if cursor is not None:
        name, place = cursors.decode_cursor(cursor, queues, QUEUE_CURSOR_PATTERN)
        after = place or None
    cases: list[Case] = []
    further: str | None = None
    for queue in queues[queues.index(name) :]:
        if len(cases) == limit:
            further = cursors.encode_cursor(queue, "")
            break
        page = table.queue(queue, limit - len(cases), after)
        # The index may lag behind: a case that is no longer in the queue is left out.
        cases += [case for case in table.get_cases(page.ids) if case.desk == queue]
        if page.after is not None:
            further = cursors.encode_cursor(queue, page.after)
            break
        after = None
    return QueuePage(
        cases=lines.lines(cases),
        people=names_by_subject(table, named_subjects(cases), lines.now),
        cursor=further,
    )


def iter_takeable(
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
    on_hold = 0

    def open_to(case: Case) -> bool:
        mine = case.proposal is not None and case.proposal.by == member.subject
        return case.id not in skip and not mine and not case.is_held_by_another(member.subject, now)

    for queue in list_queues(member):
        after: str | None = ""
        while after is not None:
            page = table.queue(queue, CASE_BATCH_SIZE, after or None)
            found = [each for each in table.get_cases(page.ids) if each.desk == queue]
            on_hold += sum(each.id in skip and holds_case(each, member, now) for each in found)
            if on_hold >= MAX_HELD:
                raise TooMany(f"You hold {on_hold} cases: decide on one, or give one back.")
            cases = [each for each in found if open_to(each)]
            pressing = any(each.presses for each in cases)
            cases.sort(
                key=lambda each: (
                    not each.presses,
                    each.active_hold(now) is None,
                    not pressing and each.category == other_than,
                )
            )
            yield from (each.id for each in cases)
            after = page.after


def holds_case(case: Case, member: StaffMember, now: datetime) -> bool:
    """Whether a member works on a case alone now."""
    hold = case.active_hold(now)
    return hold is not None and hold.by == member.subject


def suggestion_views(
    member: StaffMember, case: Case, values: Mapping[str, str]
) -> list[SuggestionView]:
    """The suggestions for a case, with identifiers in clear as far as a page names them.

    `values` are the identifiers behind the marks of the page. Empty for a member who sees only the
    cases of the own unit: another case may belong to any unit.
    """
    if not sees_all_units(member):
        return []
    return [
        SuggestionView(
            **suggestion.model_dump(exclude={"shared"}),
            shared=tuple(NamedBy.from_mark(each, values.get(each)) for each in suggestion.shared),
        )
        for suggestion in case.suggestions
    ]


def case_disclosures(table: CaseTable, case: Case) -> frozenset[str]:
    """The disclosures of the reports that belong to the case; reading stops once all were seen."""
    found: set[str] = set()
    for disclosure in table.reports.disclosures(case):
        found.add(disclosure)
        if len(found) == len(DISCLOSURE_VALUES):
            break
    return frozenset(found)


def get_report_of_case(
    table: CaseTable, case_id: str, typed: str, field: str = "report"
) -> StoredReport:
    """The named report of a case; raises NotValid for another case's or an erased one."""
    try:
        found = table.reports.get_report(references.parse_reference(typed))
    except references.NotAReference:
        found = None
    if found is None or found.case_id != case_id:
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding(f"#/{field}", "report.unknown", "The case has no such report.")],
        )
    return found


def unadmitted_report_times(table: CaseTable, case: Case) -> dict[int, str]:
    """The numbers of the unadmitted reports of the case, with their times of arrival."""
    return _numbers(table.reports.iter_unadmitted_lines(case))


def unseen_report_times(table: CaseTable, case: Case) -> dict[int, str]:
    """The same of the reports that nobody had in view who acted on the case."""
    return _numbers(table.reports.iter_unseen_lines(case))


def _numbers(lines: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    return {keys.number_from_arrival_sort(line[keys.SORT_KEY]): str(line["at"]) for line in lines}


def is_admitted_report(table: CaseTable, case: Case, reference: str) -> bool:
    """Whether a report is in the case, and people had it in view as they acted on the case."""
    found = table.reports.get_report(reference)
    return found is not None and found.case_id == case.id and found.was_seen_in(case)


def was_ever_in_case(table: CaseTable, case: Case, reference: str) -> bool:
    """Whether a report, or its tombstone, is in the case or came from there."""
    found = items.get_item(table.name, keys.report_key(reference)) or {}
    return case.id in {found.get("case_id"), *found.get("moved", ())}


def split_off_preview(
    table: CaseTable, pack: Jurisdiction, case: Case, reference: str, at: datetime
) -> tuple[Case, str]:
    """The case that a report of the case opens when it is taken out of it, and the commitment to
    the report.

    Raises IllegalMove when no other report stays, and NotValid when it is in another case.
    """
    report = get_report_of_case(table, case.id, reference)
    if all(each.reference == reference for each in table.reports.iter_reports(case.id)):
        raise IllegalMove("It is the only report of the case: one stays.")
    own = references.case_id_from_reference(reference)
    there = bool(table.get_cases([own]))
    new = case_from_report(
        pack,
        parse_facts(report) or Facts(role=Part.WITNESS, language=report.language),
        case_id=references.case_id_apart(reference, case.id, case.events + 1) if there else own,
        at=format_timestamp(at),
        report=reference,
        correlation_id=report.correlation_id,
        language=report.language,
        number=case_number.random_case_number(),
    )
    return new, report.bound.hex()


def last_question(table: CaseTable, case: Case, reference: str) -> int:
    """The highest number of a question put to a report of the case, 0 for none.

    Raises NotValid when the report is in another case, in none, or not admitted: the answers to its
    reporter then reveal nothing of the case.
    """
    if not get_report_of_case(table, case.id, reference).belongs_to(case):
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding("#/report", "report.unadmitted", "Admit the report before you ask.")],
        )
    return max((int(each["number"]) for each in table.reports.questions(reference)), default=0)


def visible_other_cases(
    table: CaseTable, member: StaffMember, history: Iterable[CaseEvent], offices: OfficesOf
) -> frozenset[str]:
    """The other cases that its history names and that exist for the member."""
    named = sorted(mentioned_cases(history))
    some = (named[at : at + MAX_PAGE_SIZE] for at in range(0, len(named), MAX_PAGE_SIZE))
    return frozenset(
        other.id
        for each in some
        for other in table.get_cases(each)
        if is_visible_to(member, other, offices)
    )


def report_view(
    pictures: PictureTable, stored: StoredReport, case: Case, history: Iterable[CaseEvent] = ()
) -> ReportView:
    """A report as staff see it, in a case with this history. `pictures` opens what its pictures
    look like."""
    facts, narrative = parse_facts(stored), read_narrative(stored)
    if facts is not None and stored.looks:
        facts = facts.model_copy(update={"pictures": pictures.list_kept_hashes(stored)})
    published_at = case.referral.published_at if case.referral else ""
    marks = {f"{mark.partition(':')[0]}:{value}": mark for mark, value in stored.named.items()}
    return ReportView(
        reference=stored.reference,
        accepted_at=stored.accepted_at,
        language=stored.language,
        disclosure=stored.disclosure,
        callable=stored.contact_way,
        linked_by=tuple(NamedBy.from_value(each, marks.get(each)) for each in stored.linked_by),
        own=tuple(map(NamedBy.from_mark, stored.own_named)),
        number=stored.number,
        belongs=stored.belongs_to(case),
        admitted=AdmittedView.from_entry(find_admission(history, stored.reference)),
        addition=bool(published_at) and (stored.linked_at or "") > published_at,
        facts=facts or Facts(role=Part.WITNESS, language=stored.language),
        facts_as_kept=readable_part(stored.facts) if facts is None else None,
        narrative=readable_part(stored.narrative) if narrative is None else narrative,
        unreadable=stored.unreadable or facts is None or narrative is None,
    )


def build_pulse(
    table: CaseTable, member: StaffMember, *, watches: bool, reads_notes: bool
) -> Pulse:
    """What waits for a member now; with `watches`, on the duty desk, too, and with `reads_notes`,
    in notes that name them. Reads keys alone."""
    waiting = 0
    for queue in list_queues(member):
        waiting += (
            len(table.queue(queue, MAX_PULSE_COUNT - waiting).ids)
            if waiting < MAX_PULSE_COUNT
            else 0
        )
    duty = latest_duty_lines(table, member) if watches else {}
    held = (member.own_list_name(f"{HELD_QUEUE_PREFIX}{member.unit}"),) if member.unit else ()
    immediate = [
        case_id
        for queue in (*list_queues(member), *held)
        for case_id in table.immediate(queue, MAX_PULSE_COUNT)
    ]
    return Pulse(
        waiting=waiting,
        duty={kind: len(found) for kind, found in duty.items()},
        imminent=tuple(line.case_id for line in duty.get(Duty.IMMINENT, ())),
        desk=_mark_of(duty) if watches else None,
        immediate=tuple(immediate[:MAX_PULSE_COUNT]),
        mentions=len(mention_table.list_unread(table.name, member.subject, MAX_PULSE_COUNT))
        if reads_notes
        else None,
        most=MAX_PULSE_COUNT,
    )


def latest_duty_lines(table: CaseTable, member: StaffMember) -> dict[Duty, list[DutyLine]]:
    """The latest cases on each list of the member's duty desk, at most `MAX_PULSE_COUNT` of each;
    lists without a case are left out."""
    found = {kind: table.latest_duty(kind, MAX_PULSE_COUNT, member.realm) for kind in Duty}
    return {kind: lines for kind, lines in found.items() if lines}


def _mark_of(duty: Mapping[Duty, Iterable[DutyLine]]) -> str:
    """A word that changes with any line."""
    lines = sorted(
        f"{kind}#{line.case_id}#{line.cared}" for kind, those in duty.items() for line in those
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:MARK_DIGITS]


def duty_desk(lines: CaseLines, limit: int, cursor: str | None) -> DutyDesk:
    """A page of each list of the member's duty desk, or the next page of the one a cursor names."""
    table, pack, member, now = lines.table, lines.pack, lines.member, lines.now
    kinds: Iterable[Duty] = Duty
    after = None
    if cursor is not None:
        name, after = cursors.decode_cursor(cursor, list(Duty), DUTY_CURSOR_PATTERN)
        kinds = (Duty(name),)
    else:
        limit = min(limit, MAX_LIST_PAGE_SIZE)
    lists: dict[str, tuple[CaseLine, ...]] = {}
    listed_cases: list[Case] = []
    calls: dict[str, tuple[ToCall, ...]] = {}
    groups: dict[str, str] = {}
    flood: FloodView | None = None
    going_on: dict[Duty, str] = {}
    for kind in kinds:
        page = table.duty_in_turns(kind, limit, after, member.realm)
        cases = table.get_cases([each.list_place.id for each in page.lines])
        listed_cases += cases
        if kind in TELEPHONE_DUTIES:
            calls |= {each.id: phones_to_call(pack, each) for each in cases}
        lists[kind.value] = lines.lines(sort_still_due(kind, cases))
        groups |= {each.list_place.id: each.list_place.group for each in page.lines if each.others}
        if kind is Duty.IMMINENT and cursor is None:
            flood = flood_view(page, now)
        if page.after is not None:
            going_on[kind] = cursors.encode_cursor(kind, page.after)
    return DutyDesk(
        imminent=lists.get(Duty.IMMINENT, ()),
        overdue=lists.get(Duty.OVERDUE, ()),
        undelivered=lists.get(Duty.UNDELIVERED, ()),
        stuck=lists.get(Duty.STUCK, ()),
        unreadable=lists.get(Duty.UNREADABLE, ()),
        retention=lists.get(Duty.RETENTION, ()),
        money=lists.get(Duty.MONEY, ()),
        added_after_end=lists.get(Duty.ADDED_AFTER_END, ()),
        people=names_by_subject(table, named_subjects(listed_cases), now),
        to_call=calls,
        emergency_numbers=emergency_numbers(pack) if calls else (),
        cursors=going_on,
        groups=group_views_by_line(table, groups),
        flood=flood,
    )
