"""Openings of reporters' numbers: who sees those that nobody has judged yet, and who judges."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.aws.services import telemetry
from casework.aws.table import audit_log, items, number_opening_table
from casework.aws.table.case_table import CaseTransaction
from casework.case.case import Case
from casework.case.lifecycle import Move
from casework.credentials import receipt
from casework.decisions.numbers import (
    Judgement,
    NumberOpening,
    OpeningReview,
    can_judge_opening,
    judge_opening,
    openings_over_limit,
)
from casework.decisions.permissions import (
    StaffCall,
    is_permitted,
    require_permission,
    responsible_unit,
)
from casework.decisions.staff import Role, StaffMember
from casework.errors import CaseNotFound, IllegalMove, KeyMissing, OpeningNotFound
from casework.views.openings import Many, Openings, OpeningView
from functions.desk import deployment
from functions.desk.queries.people import names_by_subject
from functions.desk.shared.access import require_caller
from functions.desk.shared.decision_handler import record_decision_of_author, require_event
from functions.desk.shared.routing import READ_REFUSALS, desk_route, list_route

MAX_OPENINGS_SHOWN: Final = 100
OPENINGS_PER_BATCH: Final = 100
MAX_OPENINGS_COUNTED: Final = 1_000
"""Openings of a realm that are read: far more than a country opens in a day."""
_ENTRY: Final = re.compile(r"[1-9][0-9]{0,5}")


class ReviewedOpening(BaseModel):
    """What was found of an opening."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    case: str
    number: int
    verdict: Judgement


@list_route(
    "read_openings",
    "openings",
    summary="Openings of numbers that nobody has judged",
    answer=Openings,
    lines=lambda page: len(page.openings) + len(page.many),
)
def read_openings(request: Request) -> Response:
    """The openings that people still judge, those with the least time left first.

    Custodians see why each number was opened, and judge it within a day. Auditors judge those of
    which a custodian could not say, and see those that are late. Supervisors see all of them, and
    in `many` who opened more than three that nobody has judged. Prosecutors see those of cases of
    their office, and of cases that stand with no unit. No answer holds a number or a name of a
    reporter.
    """
    member = require_caller(request, StaffCall.OPENINGS)
    table, at = deployment.desk_case_table(), deployment.now()
    every = list(
        islice(
            number_opening_table.list_unjudged_number_openings(table.name, member.realm),
            MAX_OPENINGS_COUNTED,
        )
    )
    cases = _cases_of(every)
    found = [each for each in every if _concerns(member, each, cases.get(each.case), at)]
    found = sorted(found, key=lambda each: each.at)[:MAX_OPENINGS_SHOWN]
    words = number_opening_table.read_number_opening_reasons(
        table.name, [each for each in found if can_judge_opening(member, each)]
    )
    for case_id, number in words:
        about = f"number#{number}"
        audit_log.record_access(
            table.name, case_id, at, audit_log.MOTIVE_READ_MARK, member.subject, about=about
        )
    counted = openings_over_limit(every) if member.role is Role.SUPERVISOR else {}
    people = names_by_subject(table, {each.by for each in found} | counted.keys(), at)
    return Response(
        200,
        Openings(
            openings=tuple(
                OpeningView.from_opening(
                    each, at, cases.get(each.case), words.get((each.case, each.number)),
                    yours=can_judge_opening(member, each),
                )
                for each in found
            ),
            many=tuple(Many(by=by, openings=count) for by, count in counted.items()),
            people=people,
        ),
    )  # fmt: skip


@desk_route(
    "review_opening",
    "POST",
    "cases/{id}/openings/{entry}/review",
    summary="Judge the opening of a number",
    body=OpeningReview,
    answers={200: ReviewedOpening},
    refusals=(*READ_REFUSALS, CaseNotFound, OpeningNotFound, IllegalMove, KeyMissing),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def review_opening(request: Request) -> Response:
    """Say whether the opening of a number was justified: by a custodian who did not open it, once.

    What is `unclear` waits for an auditor. The opening is named by its entry in the history of the
    case, as `number` of the list has it.
    """
    member = require_caller(request, StaffCall.OPENING_REVIEW)
    receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    case_id, number = case_id_from_path(request), _number(request)
    review = request.parse_body(OpeningReview)
    table, at = deployment.desk_case_table(), deployment.now()

    def change(case: Case) -> CaseTransaction[NumberOpening]:
        require_permission(member, StaffCall.OPENING_REVIEW, case)
        opening = _opening(case.id, number)
        move = judge_opening(case, at, member, opening, review)
        writes = [items.delete_write(table.name, number_opening_table.line_key(opening))]
        if review.verdict is Judgement.UNCLEAR:
            left = opening.model_copy(update={"unclear": True})
            writes.append(
                items.put_write(table.name, number_opening_table.number_opening_to_line(left))
            )
        return CaseTransaction(move, opening, writes)

    deed = table.transact(case_id, change).decided
    if deed.change is not None:
        record_decision_of_author(require_event(deed.change), case_id)
    telemetry.log_info("opening judged", case_id=case_id, outcome=review.verdict)
    return Response(200, ReviewedOpening(case=case_id, number=number, verdict=review.verdict))


def _cases_of(openings: list[NumberOpening]) -> dict[str, Case]:
    """Their cases, by id."""
    ids, table = list(dict.fromkeys(each.case for each in openings)), deployment.desk_case_table()
    batches = (
        ids[begin : begin + OPENINGS_PER_BATCH] for begin in range(0, len(ids), OPENINGS_PER_BATCH)
    )
    return {case.id: case for batch in batches for case in table.get_cases(batch)}


def _concerns(member: StaffMember, opening: NumberOpening, case: Case | None, at: datetime) -> bool:
    """Whether the member is shown the opening."""
    match member.role:
        case Role.CUSTODIAN:
            return can_judge_opening(member, opening)
        case Role.AUDITOR:
            return opening.unclear or opening.late(at)
        case Role.PROSECUTOR:
            if case is None:
                return False
            own = is_permitted(
                member, StaffCall.OPENINGS, case, deployment.competent_offices_for_case
            )
            return own or responsible_unit(case) is None
        case _:
            return True


def _number(request: Request) -> int:
    """The entry in the address; raises OpeningNotFound."""
    text = request.path_params["entry"]
    if not _ENTRY.fullmatch(text):
        raise OpeningNotFound("No opening of this number waits.")
    return int(text)


def _opening(case_id: str, number: int) -> NumberOpening:
    """The opening of an entry that waits; raises OpeningNotFound."""
    table = deployment.desk_case_table()
    event = table.event(case_id, number)
    if event is None or event.move != Move.NUMBER_OPENED:
        raise OpeningNotFound("No opening of this number waits.")
    if (
        opening := number_opening_table.get_number_opening(table.name, case_id, event.at, number)
    ) is None:
        raise OpeningNotFound("This opening waits no more.")
    return opening
