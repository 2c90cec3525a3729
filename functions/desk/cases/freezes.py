"""The calls by which money is held back: known payments, and each step of a freeze."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import islice
from typing import Final

from casework.aws.http.http import Answer, Request
from casework.aws.http.target import case_id_of
from casework.aws.table import particulars
from casework.aws.table.additions import additions_to
from casework.aws.table.reading import payments_of
from casework.aws.table.stored import StoredReport
from casework.case.case import Case
from casework.case.history import Event
from casework.case.times import stamp
from casework.decisions.decision import Decision
from casework.decisions.freezes import FreezeEntry, NewFreeze, NotPursued, Payment, payments_told
from casework.decisions.permissions import Call
from casework.errors import CaseNotFound, FreezeNotFound, NoTransfer
from casework.pack.procedure import procedure
from casework.reading.money import DAY, MoneyLine
from casework.views.freeze_request import FreezeRequest
from functions.desk import deployment
from functions.desk.entry.access import caller, seen_case
from functions.desk.entry.calls import READING, route
from functions.desk.entry.deciding import decision
from functions.desk.shown import lists, pages

MOST_EARLIER: Final = 500
"""Reports that a draft looks through beside those of the last days."""


@decision(
    "enter_payment",
    "cases/{id}/payments",
    Call.FREEZES,
    "Enter a payment that you were told of",
    Payment,
)
def enter_payment(request: Request) -> Decision:
    """Enter a payment that a reporter told by telephone, or a bank did: the sum, the account, and
    when the money left.

    It stands in the draft beside the payments of reports. While it may be held back, the case is on
    the duty desk.
    """
    return request.read(Payment)


@decision(
    "waive_money",
    "cases/{id}/payments/waiver",
    Call.FREEZES,
    "Say that money is not pursued",
    NotPursued,
)
def waive_money(request: Request) -> Decision:
    """Money that may still be held back is let go, for a reason: the duty desk has it no more."""
    return request.read(NotPursued)


@decision(
    "begin_freeze",
    "cases/{id}/freezes",
    Call.FREEZES,
    "Begin to hold money back",
    NewFreeze,
    refusals=(FreezeNotFound,),
)
def begin_freeze(request: Request) -> Decision:
    """One sum with one institution gets the next number; money that moved on is a freeze of its
    own. This call sends no message: people do each step and enter it.
    """
    return request.read(NewFreeze)


@decision(
    "enter_step",
    "cases/{id}/freezes/{n}/entries",
    Call.FREEZES,
    "Enter a step of a freeze",
    FreezeEntry,
    refusals=(FreezeNotFound,),
)
def enter_step(request: Request) -> Decision:
    """The notice that informs the institution, the prosecutor's written authorisation, the order
    that binds, the answer of the institution, and the lifting. Each starts the clock of the next
    step; an overdue step is on the duty desk.
    """
    return request.read(FreezeEntry).root.numbered(number_of(request))


@route(
    "draft_freeze_request",
    "GET",
    "cases/{id}/freeze-request",
    summary="A draft to hold money back",
    answers={200: FreezeRequest},
    refusals=(*READING, CaseNotFound, NoTransfer),
)
def draft_freeze_request(request: Request) -> Answer:
    """A draft for the institution and for the prosecutor, from all known payments: of admitted
    reports, of additions to them, and told to staff. `lacks` names the missing fields,
    `not_admitted` the number of reports that are left out until their admission.
    """
    member = caller(request, Call.FREEZES)
    table, at = deployment.table(), deployment.now()
    case = seen_case(member, Call.FREEZES, case_id_of(request))
    events = list(table.events(case.id))
    lines, unread = reported(case)
    draft = FreezeRequest.draft(
        deployment.pack(),
        case,
        at,
        events=events,
        lines=[*staff_lines(case, events), *lines],
        unread=unread,
        not_admitted=len(lists.unseen(table, case)),
    )
    return Answer(200, draft)


def staff_lines(case: Case, events: list[Event]) -> list[MoneyLine]:
    """The payments that staff were told of."""
    return payments_told(events, particulars.of(deployment.table().name, case.id))


def reported(case: Case) -> tuple[list[MoneyLine], int]:
    """The payments in the reports of a case, and how many reports were not read.

    Unadmitted reports are left out: a stranger who floods a case neither puts accounts before the
    prosecutor nor hides the victim's payment. First come all reports so recent that the money may
    be held back, then the oldest others, as far as the reading time allows.
    """
    until = time.monotonic() + pages.READING_A_PAGE_SECONDS
    lines: list[MoneyLine] = []
    unread = 0
    for report in _to_read(case):
        found = None
        if not lines or time.monotonic() < until:
            found = _lines_of(report)
        lines += found or []
        unread += found is None
    return lines, unread


def _to_read(case: Case) -> Iterator[StoredReport]:
    reports = deployment.table().reports
    within = procedure(deployment.pack().folder).freeze.within
    lately = set()
    for report in reports.all_of(case.id, since=stamp(deployment.now() - within - DAY)):
        if report.was_seen_in(case):
            lately.add(report.reference)
            yield report
    for report in islice(reports.all_of(case.id), MOST_EARLIER):
        if report.was_seen_in(case) and report.reference not in lately:
            yield report


def _lines_of(report: StoredReport) -> list[MoneyLine] | None:
    kept = additions_to(deployment.table().name, report.reference) if report.additions else []
    added = [said for each in kept if (said := each.said)]
    return payments_of(report, added, deployment.zone())


def number_of(request: Request) -> int:
    """The freeze in the address; an invalid number is not found."""
    text = request.path_params["n"]
    if not re.fullmatch(r"[1-9][0-9]?", text):
        raise FreezeNotFound("The case has no freeze of this number.")
    return int(text)
