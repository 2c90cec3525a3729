"""The calls of the first glance: the new reports that no person has looked at, and a verdict."""

from __future__ import annotations

from typing import Any, Final

from casework.aws.http.http import CURSOR, IDEMPOTENCY_KEY, Answer, Request
from casework.aws.services import observe
from casework.aws.table import copy_verdicts, log
from casework.aws.table import glances as glance_table
from casework.aws.table.case_table import Deed
from casework.aws.table.copy_verdicts import CopyVerdict
from casework.aws.table.group_table import GroupTable
from casework.aws.table.stored import StoredReport
from casework.case.case import Case
from casework.case.history import Event
from casework.case.index import of_key
from casework.case.looking import REPORT, VERDICT
from casework.case.times import stamp
from casework.decisions import glance
from casework.decisions.glance import GlanceVerdict
from casework.decisions.permissions import Call, permit
from casework.decisions.staff import StaffMember
from casework.errors import (
    Finding,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotValid,
)
from casework.moves.glancing import glanced
from casework.pack.clocks import clocks
from casework.pack.procedure import gate
from casework.text import reference as references
from casework.text.realm import realm_of
from casework.views.glance import Glanced, GlancePage
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import LIMIT, READING, limit_of, listing, route
from functions.desk.shown import glances

MOST_MERGES: Final = 8
"""Cases merged into one another that are gone through."""


@listing(
    "read_glances",
    "glance",
    summary="New reports to glance at",
    answer=GlancePage,
    lines=lambda page: len(page.reports),
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
)
def read_glances(request: Request) -> Answer:
    """New reports that no person has looked at: most worrying first, then the oldest.

    A report comes here as it opens a case or joins one with new words, and leaves with a verdict,
    or with a decision whose author was shown it. Without `limit` the page has 5 reports.
    """
    member = caller(request, Call.GLANCE)
    table, at = deployment.table(), deployment.now()
    limit = limit_of(request, glances.USUAL)
    cursor = request.query.get("cursor")
    page = glances.page(table, member, deployment.pack(), at, limit, cursor)
    for case_id in dict.fromkeys(each.case for each in page.reports):
        log.mark_person(table.name, case_id, at, log.VIEW, member.subject)
    return Answer(200, page)


@route(
    "glance_at_report",
    "POST",
    "glance",
    summary="Say what you saw at a glance",
    body=GlanceVerdict,
    answers={200: Glanced},
    refusals=(*READING, IllegalMove, KeyMissing, KeyConflict),
    parameters=(IDEMPOTENCY_KEY,),
)
def glance_at_report(request: Request) -> Answer:
    """Say how urgent a new report is, after reading it once: the verdict is an entry of its case.

    `danger_now` does what the recorded danger of a unit does: the case becomes immediate, its
    deadlines come nearer, the duty desk is alerted, and the ground opens the gate where danger
    does. `look_soon` makes it urgent, if it was less. `cannot_tell` shows it to a second person;
    where that one cannot tell either, it is as with `look_soon`. It decides nothing else.

    A report that a colleague looked at meanwhile takes no verdict but `danger_now`: `taken` says
    so. The same request again gets the same answer.

    With `copies` the verdict is also an entry in the case of each exact copy that came until now
    and has nothing of its own; within minutes, where there are thousands.
    """
    member = caller(request, Call.GLANCE)
    key = key_of(request)
    said = request.read(GlanceVerdict)
    table, at, by = deployment.table(), deployment.now(), member.subject

    def take(case: Case) -> Deed[bool]:
        permit(member, Call.GLANCE, case)
        report = _report(member, said.report)
        if (before := table.named(case.id, of_key(by, key))) is not None:
            return Deed(None, _repeats(before, report, said))
        owed = report.unseen
        if not glance.counts(said.verdict, owed, by):
            return Deed(None, False)
        opens = gate(deployment.pack().folder)
        change = glanced(
            case,
            at,
            by,
            report=report.reference,
            verdict=said.verdict,
            means=glance.means(said.verdict, owed),
            key=key,
            danger_passes=opens is not None and opens.danger_passes,
            clocks=clocks(deployment.pack()),
            copies=said.copies,
        )
        carried: list[dict[str, Any]] = []
        if said.copies and owed is not None and owed.stands.group:
            of = owed.stands
            verdict = CopyVerdict(
                case_id=case.id,
                entry=case.events + 1,
                group=of.group,
                same=of.same,
                to=GroupTable(table.name).last_turn(of.group, of.same),
                report=report.reference,
                verdict=said.verdict,
                by=by,
                key=key,
                at=stamp(at),
            )
            carried.append(copy_verdicts.putting(table.name, verdict))
        if owed is None:
            return Deed(change, True, [table.reports.there(report.reference)])
        if glance.stays(said.verdict, owed):
            waits = glance_table.unsure(table.name, report.reference, by)
            return Deed(change, True, [waits, *carried])
        return Deed(change, True, [glance_table.seen(table.name, report.reference), *carried])

    case, deed = table.carry_out(_case_of(_report(member, said.report)), take)
    observe.fact("glanced", case_id=case.id, correlation_id=case.correlation_id)
    told = Glanced(report=references.parse(said.report), case=case.id, taken=deed.result)
    return Answer(200, told)


def _report(member: StaffMember, typed: str) -> StoredReport:
    """The named report, in its case; raises NotValid, also for one of another realm."""
    try:
        found = deployment.table().reports.one(references.parse(typed))
    except references.NotAReference:
        found = None
    if found is None or found.case_id is None or realm_of(found.reference) is not member.realm:
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding("#/report", "report.unknown", "No case has such a report.")],
        )
    return found


def _case_of(report: StoredReport) -> str:
    """The case of a report, or the one that goes on for it while its reports are on their way."""
    table = deployment.table()
    case = table.case(report.case_id or report.own_case)
    for _ in range(MOST_MERGES):
        if case.merged_into is None:
            break
        case = table.case(case.merged_into)
    return case.id


def _repeats(event: Event, report: StoredReport, said: GlanceVerdict) -> bool:
    """That an entry records this very verdict; raises KeyConflict."""
    if (event.data.get(REPORT), event.data.get(VERDICT)) != (report.reference, said.verdict):
        raise KeyConflict
    return True
