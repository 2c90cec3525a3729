"""The calls by which money is held back: known payments, and each step of a freeze."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import islice
from typing import Final

from casework.analysis.payments import PAYMENT_DAY, PaymentLine
from casework.aws.http.api import Request, Response
from casework.aws.http.path_params import case_id_from_path
from casework.aws.table import particulars
from casework.aws.table.additions import list_additions
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.report_parsing import extract_payments
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.times import format_timestamp
from casework.decisions.base import Decision
from casework.decisions.freezes import FreezeEntry, NewFreeze, NotPursued, Payment, staff_payments
from casework.decisions.permissions import StaffCall
from casework.errors import CaseNotFound, FreezeNotFound, NoTransfer
from casework.pack.procedure import read_procedure
from casework.views.freeze_request import FreezeRequest
from functions.desk import deployment
from functions.desk.queries import lists, pages
from functions.desk.shared.access import load_visible_case, require_caller
from functions.desk.shared.decision_handler import decision_route
from functions.desk.shared.routing import READ_REFUSALS, desk_route

MAX_EARLIER: Final = 500
"""Reports that a draft looks through beside those of the last days."""


@decision_route(
    "enter_payment",
    "cases/{id}/payments",
    StaffCall.FREEZES,
    "Enter a payment that you were told of",
    Payment,
)
def enter_payment(request: Request) -> Decision:
    """Enter a payment that a reporter told by telephone, or a bank did: the sum, the account, and
    when the money left.

    It stands in the draft beside the payments of reports. While it may be held back, the case is on
    the duty desk.
    """
    return request.parse_body(Payment)


@decision_route(
    "waive_money",
    "cases/{id}/payments/waiver",
    StaffCall.FREEZES,
    "Say that money is not pursued",
    NotPursued,
)
def waive_money(request: Request) -> Decision:
    """Money that may still be held back is let go, for a reason: the duty desk has it no more."""
    return request.parse_body(NotPursued)


@decision_route(
    "begin_freeze",
    "cases/{id}/freezes",
    StaffCall.FREEZES,
    "Begin to hold money back",
    NewFreeze,
    refusals=(FreezeNotFound,),
)
def begin_freeze(request: Request) -> Decision:
    """One sum with one institution gets the next number; money that moved on is a freeze of its
    own. This call sends no message: people do each step and enter it.
    """
    return request.parse_body(NewFreeze)


@decision_route(
    "enter_step",
    "cases/{id}/freezes/{n}/entries",
    StaffCall.FREEZES,
    "Enter a step of a freeze",
    FreezeEntry,
    refusals=(FreezeNotFound,),
)
def enter_step(request: Request) -> Decision:
    """The notice that informs the institution, the prosecutor's written authorisation, the order
    that binds, the answer of the institution, and the lifting. Each starts the clock of the next
    step; an overdue step is on the duty desk.
    """
    return request.parse_body(FreezeEntry).root.with_number(freeze_number_from_path(request))


@desk_route(
    "draft_freeze_request",
    "GET",
    "cases/{id}/freeze-request",
    summary="A draft to hold money back",
    answers={200: FreezeRequest},
    refusals=(*READ_REFUSALS, CaseNotFound, NoTransfer),
)
def draft_freeze_request(request: Request) -> Response:
    """A draft for the institution and for the prosecutor, from all known payments: of admitted
    reports, of additions to them, and told to staff. `lacks` names the missing fields,
    `not_admitted` the number of reports that are left out until their admission.
    """
    member = require_caller(request, StaffCall.FREEZES)
    table, at = deployment.desk_case_table(), deployment.now()
    case = load_visible_case(member, StaffCall.FREEZES, case_id_from_path(request))
    events = list(table.events(case.id))
    lines, unread = reported_payments(case)
    draft = FreezeRequest.draft(
        deployment.desk_jurisdiction(),
        case,
        at,
        events=events,
        lines=[*staff_payment_lines(case, events), *lines],
        unread=unread,
        not_admitted=len(lists.unseen_report_times(table, case)),
    )
    return Response(200, draft)


def staff_payment_lines(case: Case, events: list[CaseEvent]) -> list[PaymentLine]:
    """The payments that staff were told of."""
    return staff_payments(
        events, particulars.read_case_particulars(deployment.desk_case_table().name, case.id)
    )


def reported_payments(case: Case) -> tuple[list[PaymentLine], int]:
    """The payments in the reports of a case, and how many reports were not read.

    Unadmitted reports are left out: a stranger who floods a case neither puts accounts before the
    prosecutor nor hides the victim's payment. First come all reports so recent that the money may
    be held back, then the oldest others, as far as the reading time allows.
    """
    until = time.monotonic() + pages.DOSSIER_PAGE_SECONDS
    lines: list[PaymentLine] = []
    unread = 0
    for report in _to_read(case):
        found = None
        if not lines or time.monotonic() < until:
            found = _lines_of(report)
        lines += found or []
        unread += found is None
    return lines, unread


def _to_read(case: Case) -> Iterator[StoredReport]:
    reports = deployment.desk_case_table().reports
    within = read_procedure(deployment.desk_jurisdiction().folder).freeze.within
    lately = set()
    for report in reports.iter_reports(
        case.id, since=format_timestamp(deployment.now() - within - PAYMENT_DAY)
    ):
        if report.was_seen_in(case):
            lately.add(report.reference)
            yield report
    for report in islice(reports.iter_reports(case.id), MAX_EARLIER):
        if report.was_seen_in(case) and report.reference not in lately:
            yield report


def _lines_of(report: StoredReport) -> list[PaymentLine] | None:
    additions = (
        list_additions(deployment.desk_case_table().name, report.reference)
        if report.additions
        else []
    )
    added = [said for each in additions if (said := each.readable_content)]
    return extract_payments(report, added, deployment.desk_time_zone())


def freeze_number_from_path(request: Request) -> int:
    """The freeze in the address; an invalid number is not found."""
    text = request.path_params["n"]
    if not re.fullmatch(r"[1-9][0-9]?", text):
        raise FreezeNotFound("The case has no freeze of this number.")
    return int(text)
