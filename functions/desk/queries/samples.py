"""Closed reviews that a second person reads again, as each is shown: with what was told alone."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from casework.aws.http import cursors
from casework.aws.services.response_sizes import take_while_fits
from casework.aws.table import sample_table
from casework.aws.table.additions import list_additions
from casework.aws.table.case_table import CaseTable
from casework.aws.table.sample_table import ReviewSample
from casework.case.admission import admitted_up_to_number
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, Status
from casework.decisions.staff import StaffMember
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure
from casework.text.realm import Realm
from casework.views.report_view import ReportView
from casework.views.sample import DifferenceView, SamplePage, SamplesOnBoard, SampleView
from functions.desk.queries.lists import report_view
from functions.desk.queries.pages import add_questions_to_report, addition_view

DEFAULT_SAMPLES: Final = 3
MAX_SAMPLES_PER_PAGE: Final = 10
"""Samples of a page."""
MAX_SAMPLE_REPORTS: Final = 20
"""Reports of a sample."""
SAMPLE_PAGE_BYTES: Final = 400_000
"""Bytes of the reports of a sample, but for the first one."""
MAX_SAMPLES_COUNTED: Final = 100
MAX_OWN_SAMPLES_COUNTED: Final = 10
"""Samples that are counted for the pulse."""
MAX_DIFFERING_SAMPLES: Final = 25
SAMPLE_CURSOR_LIST: Final = "samples"
SAMPLE_CURSOR_PATTERN: Final = re.compile(r"[0-9TZ:.-]{24}_[0-9a-f]{16}")


def sample_page(
    table: CaseTable,
    member: StaffMember,
    pack: Jurisdiction,
    now: datetime,
    limit: int,
    cursor: str | None,
) -> tuple[SamplePage, list[str]]:
    """What waits for a member, from the cursor on, and the cases it is of; raises NotValid for a
    foreign cursor."""
    after = (
        None
        if cursor is None
        else cursors.decode_cursor(cursor, [SAMPLE_CURSOR_LIST], SAMPLE_CURSOR_PATTERN)[1]
    )
    found = list(islice(_of(table, member, after), limit + 1))
    shown = [(each, _view(table, each, pack, now)) for each in found[:limit]]
    further = (
        cursors.encode_cursor(SAMPLE_CURSOR_LIST, found[limit - 1].name)
        if len(found) > limit
        else None
    )
    views = tuple(view for _, view in shown if view)
    return SamplePage(samples=views, cursor=further), [each.case_id for each, view in shown if view]


def count_samples(table: CaseTable, member: StaffMember) -> int:
    """How many wait for a member; counting ends at `MAX_OWN_SAMPLES_COUNTED`."""
    return sum(1 for _ in islice(_of(table, member, None), MAX_OWN_SAMPLES_COUNTED))


def sample_board(table: CaseTable, realm: Realm, now: datetime) -> SamplesOnBoard:
    """What supervisors see of the samples of a realm."""
    waits = list(islice(sample_table.list_waiting(table.name, realm), MAX_SAMPLES_COUNTED))
    lines = sample_table.list_disagreements(table.name, realm, MAX_DIFFERING_SAMPLES, now)
    cases = {case.id: case for case in table.get_cases([line.case_id for line in lines])}
    differing = []
    for line in lines:
        case = cases.get(line.case_id)
        first, second = (table.event(line.case_id, each) for each in (line.number, line.again))
        if case is not None and first is not None and second is not None:
            differing.append(_difference(case, first, second))
    return SamplesOnBoard(
        waiting=len(waits),
        overdue=sum(datetime.fromisoformat(each.due) <= now for each in waits),
        most=MAX_SAMPLES_COUNTED,
        differing=tuple(differing),
    )


def _difference(case: Case, first: CaseEvent, second: CaseEvent) -> DifferenceView:
    def decided(event: CaseEvent) -> str:
        return str(event.data.get("category") or event.data.get("reason"))

    def priority(event: CaseEvent) -> str | None:
        found = event.data.get("priority")
        return None if found is None else str(found)

    return DifferenceView(
        case=case.id,
        number=case.number or None,
        at=second.at,
        first=decided(first),
        second=decided(second),
        first_priority=priority(first),
        second_priority=priority(second),
    )


def _of(table: CaseTable, member: StaffMember, after: str | None) -> Iterator[ReviewSample]:
    for each in sample_table.list_waiting(table.name, member.realm, after):
        if member.subject not in each.deciders:
            yield each


def _view(
    table: CaseTable, sample: ReviewSample, pack: Jurisdiction, now: datetime
) -> SampleView | None:
    """None where nothing is left to read: the case, or its words, were erased."""
    event = table.event(sample.case_id, sample.number)
    cases = [each for each in table.get_cases([sample.case_id]) if each.status is not Status.ERASED]
    if event is None or not cases:
        return None
    (case,) = cases
    reports = list(_reports(table, case, event))
    if not reports:
        return None
    hard = read_procedure(pack.folder).second_look.categories
    told = {*_told(table, sample), *(each.facts.category for each in reports)}
    left = (datetime.fromisoformat(sample.due) - now).total_seconds()
    return SampleView(
        sample=sample.name,
        due=sample.due,
        seconds_left=max(0, math.ceil(left)),
        severe=not hard.isdisjoint(told),
        reports=take_while_fits(reports, SAMPLE_PAGE_BYTES),
    )


def _told(table: CaseTable, sample: ReviewSample) -> Iterator[str]:
    """The categories that reporters chose or that were read in their words until the decision: the
    one that people decided on would tell how the review ended."""
    for event in table.events(sample.case_id):
        if event.number > sample.number:
            return
        if Move(event.move).rule.kind.is_decision:
            continue
        for said in (event.changed.get("category"), event.changed.get("told")):
            yield from [said] if isinstance(said, str) else []
            yield from map(str, said) if isinstance(said, list) else []
        if isinstance(hint := event.data.get("hint"), str):
            yield hint


def _reports(table: CaseTable, case: Case, decided: CaseEvent) -> Iterator[ReportView]:
    """What had been told when a review was closed: the reports that its author was shown, with
    their questions, answers and additions until then."""
    upto, at = admitted_up_to_number(decided), decided.at
    came = table.reports.page_references(case.id, MAX_SAMPLE_REPORTS).ids
    stored = table.reports.get_reports(list(dict.fromkeys([case.opened_by, *came])))
    asked = {each.reference for each in stored}
    for each in stored:
        opener = each.reference == case.opened_by
        if not opener and ((upto and each.number > upto) or (each.linked_at or "") > at):
            continue
        additions = [
            one for one in list_additions(table.name, each.reference) if one.added_at <= at
        ]
        view = add_questions_to_report(
            table, report_view(table.pictures, each, case), each, additions, asked
        )
        put = tuple(one for one in view.questions if one.asked_at <= at)
        added = tuple(addition_view(one, put) for one in additions)
        # Who admitted it, and when the unit was told, would tell how the review ended.
        since = {"admitted": None, "belongs": True, "addition": False}
        yield view.model_copy(update={"questions": put, "added": added, **since})
