"""The calls of the first glance: the new reports that no person has looked at, and a verdict."""

from __future__ import annotations

from typing import Any, Final

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER, IDEMPOTENCY_KEY_PARAMETER
from casework.aws.services import telemetry
from casework.aws.table import audit_log, copy_verdicts
from casework.aws.table import glance_queue as glance_table
from casework.aws.table.case_table import CaseTransaction
from casework.aws.table.copy_verdicts import CopyVerdict
from casework.aws.table.group_table import GroupTable
from casework.aws.table.item_mapping import StoredReport
from casework.case.case import Case
from casework.case.first_glance import REPORT_FIELD, VERDICT_FIELD
from casework.case.history import CaseEvent
from casework.case.index import idempotent_entry_name
from casework.case.times import format_timestamp
from casework.decisions import glance
from casework.decisions.glance import GlanceVerdict
from casework.decisions.permissions import StaffCall, require_permission
from casework.decisions.staff import StaffMember
from casework.errors import (
    Finding,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotValid,
)
from casework.moves.glances import record_glance
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.procedure import read_gate
from casework.text import reference as references
from casework.text.realm import realm_from_name
from casework.views.glance import Glanced, GlancePage
from functions.desk import deployment
from functions.desk.queries import glances
from functions.desk.shared.access import idempotency_digest, require_caller
from functions.desk.shared.routing import (
    LIMIT_PARAMETER,
    READ_REFUSALS,
    desk_route,
    list_route,
    parse_limit,
)

MAX_GLANCE_MERGES_FOLLOWED: Final = 8
"""Cases merged into one another that are gone through."""


@list_route(
    "read_glances",
    "glance",
    summary="New reports to glance at",
    answer=GlancePage,
    lines=lambda page: len(page.reports),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_glances(request: Request) -> Response:
    """New reports that no person has looked at: most worrying first, then the oldest.

    A report comes here as it opens a case or joins one with new words, and leaves with a verdict,
    or with a decision whose author was shown it. Without `limit` the page has 5 reports.
    """
    member = require_caller(request, StaffCall.GLANCE)
    table, at = deployment.desk_case_table(), deployment.now()
    limit = parse_limit(request, glances.DEFAULT_GLANCES)
    cursor = request.query.get("cursor")
    page = glances.glance_page(table, member, deployment.desk_jurisdiction(), at, limit, cursor)
    for case_id in dict.fromkeys(each.case for each in page.reports):
        audit_log.record_access(table.name, case_id, at, audit_log.VIEW_MARK, member.subject)
    return Response(200, page)


@desk_route(
    "glance_at_report",
    "POST",
    "glance",
    summary="Say what you saw at a glance",
    body=GlanceVerdict,
    answers={200: Glanced},
    refusals=(*READ_REFUSALS, IllegalMove, KeyMissing, KeyConflict),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def glance_at_report(request: Request) -> Response:
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
    member = require_caller(request, StaffCall.GLANCE)
    key = idempotency_digest(request)
    body = request.parse_body(GlanceVerdict)
    table, at, by = deployment.desk_case_table(), deployment.now(), member.subject

    def take(case: Case) -> CaseTransaction[bool]:
        require_permission(member, StaffCall.GLANCE, case)
        report = _report(member, body.report)
        if (before := table.find_entry(case.id, idempotent_entry_name(by, key))) is not None:
            return CaseTransaction(None, _repeats(before, report, body))
        owed = report.unseen
        if not glance.is_verdict_accepted(body.verdict, owed, by):
            return CaseTransaction(None, False)
        opens = read_gate(deployment.desk_jurisdiction().folder)
        change = record_glance(
            case,
            at,
            by,
            report=report.reference,
            verdict=body.verdict,
            means=glance.effective_verdict(body.verdict, owed),
            key=key,
            danger_passes=opens is not None and opens.danger_passes,
            clocks=jurisdiction_clocks(deployment.desk_jurisdiction()),
            copies=body.copies,
        )
        carried: list[dict[str, Any]] = []
        if body.copies and owed is not None and owed.stands.group:
            of = owed.stands
            verdict = CopyVerdict(
                case_id=case.id,
                entry=case.events + 1,
                group=of.group,
                same=of.same,
                to=GroupTable(table.name).last_turn(of.group, of.same),
                report=report.reference,
                verdict=body.verdict,
                by=by,
                key=key,
                at=format_timestamp(at),
            )
            carried.append(copy_verdicts.copy_verdict_write(table.name, verdict))
        if owed is None:
            return CaseTransaction(change, True, [table.reports.existence_check(report.reference)])
        if glance.needs_second_glance(body.verdict, owed):
            waits = glance_table.requeue_glance_write(table.name, report.reference, by)
            return CaseTransaction(change, True, [waits, *carried])
        return CaseTransaction(
            change, True, [glance_table.end_wait_write(table.name, report.reference), *carried]
        )

    case, deed = table.transact(_case_of(_report(member, body.report)), take)
    telemetry.log_info("glanced", case_id=case.id, correlation_id=case.correlation_id)
    told = Glanced(report=references.parse_reference(body.report), case=case.id, taken=deed.result)
    return Response(200, told)


def _report(member: StaffMember, typed: str) -> StoredReport:
    """The named report, in its case; raises NotValid, also for one of another realm."""
    try:
        found = deployment.desk_case_table().reports.get_report(references.parse_reference(typed))
    except references.NotAReference:
        found = None
    if (
        found is None
        or found.case_id is None
        or realm_from_name(found.reference) is not member.realm
    ):
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding("#/report", "report.unknown", "No case has such a report.")],
        )
    return found


def _case_of(report: StoredReport) -> str:
    """The case of a report, or the one that goes on for it while its reports are on their way."""
    table = deployment.desk_case_table()
    case = table.get_case(report.case_id or report.own_case_id)
    for _ in range(MAX_GLANCE_MERGES_FOLLOWED):
        if case.merged_into is None:
            break
        case = table.get_case(case.merged_into)
    return case.id


def _repeats(event: CaseEvent, report: StoredReport, said: GlanceVerdict) -> bool:
    """That an entry records this very verdict; raises KeyConflict."""
    if (event.data.get(REPORT_FIELD), event.data.get(VERDICT_FIELD)) != (
        report.reference,
        said.verdict,
    ):
        raise KeyConflict
    return True
