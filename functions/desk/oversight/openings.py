"""Openings of reporters' numbers: who sees those that nobody has judged yet, and who judges."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http.http import IDEMPOTENCY_KEY, Answer, Request
from casework.aws.http.target import case_id_of
from casework.aws.services import observe
from casework.aws.table import items, log, number_table
from casework.aws.table.case_table import Deed
from casework.case.case import Case
from casework.case.lifecycle import Move
from casework.credentials import receipt
from casework.decisions.numbers import Judgement, NumberOpening, OpeningReview, judged, judges, over
from casework.decisions.permissions import Call, holder, permit, permitted
from casework.decisions.staff import Role, StaffMember
from casework.errors import CaseNotFound, IllegalMove, KeyMissing, OpeningNotFound
from casework.views.openings import Many, Openings, OpeningView
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import READING, listing, route
from functions.desk.entry.deciding import event_of, keep_in_mind
from functions.desk.shown.people import names_of

MOST_SHOWN: Final = 100
AT_ONCE: Final = 100
MOST_COUNTED: Final = 1_000
"""Openings of a realm that are read: far more than a country opens in a day."""
_ENTRY: Final = re.compile(r"[1-9][0-9]{0,5}")


class ReviewedOpening(BaseModel):
    """What was found of an opening."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    case: str
    number: int
    verdict: Judgement


@listing(
    "read_openings",
    "openings",
    summary="Openings of numbers that nobody has judged",
    answer=Openings,
    lines=lambda page: len(page.openings) + len(page.many),
)
def read_openings(request: Request) -> Answer:
    """The openings that people still judge, those with the least time left first.

    Custodians see why each number was opened, and judge it within a day. Auditors judge those of
    which a custodian could not say, and see those that are late. Supervisors see all of them, and
    in `many` who opened more than three that nobody has judged. Prosecutors see those of cases of
    their office, and of cases that stand with no unit. No answer holds a number or a name of a
    reporter.
    """
    member = caller(request, Call.OPENINGS)
    table, at = deployment.table(), deployment.now()
    every = list(islice(number_table.waiting(table.name, member.realm), MOST_COUNTED))
    cases = _cases_of(every)
    found = [each for each in every if _concerns(member, each, cases.get(each.case), at)]
    found = sorted(found, key=lambda each: each.at)[:MOST_SHOWN]
    words = number_table.words_of(table.name, [each for each in found if judges(member, each)])
    for case_id, number in words:
        about = f"number#{number}"
        log.mark_person(table.name, case_id, at, log.MOTIVE_READ, member.subject, about=about)
    counted = over(every) if member.role is Role.SUPERVISOR else {}
    people = names_of(table, {each.by for each in found} | counted.keys(), at)
    return Answer(
        200,
        Openings(
            openings=tuple(
                OpeningView.of(
                    each, at, cases.get(each.case), words.get((each.case, each.number)),
                    yours=judges(member, each),
                )
                for each in found
            ),
            many=tuple(Many(by=by, openings=count) for by, count in counted.items()),
            people=people,
        ),
    )  # fmt: skip


@route(
    "review_opening",
    "POST",
    "cases/{id}/openings/{entry}/review",
    summary="Judge the opening of a number",
    body=OpeningReview,
    answers={200: ReviewedOpening},
    refusals=(*READING, CaseNotFound, OpeningNotFound, IllegalMove, KeyMissing),
    parameters=(IDEMPOTENCY_KEY,),
)
def review_opening(request: Request) -> Answer:
    """Say whether the opening of a number was justified: by a custodian who did not open it, once.

    What is `unclear` waits for an auditor. The opening is named by its entry in the history of the
    case, as `number` of the list has it.
    """
    member = caller(request, Call.OPENING_REVIEW)
    receipt.read_key(request.headers.get("idempotency-key"))
    case_id, number = case_id_of(request), _number(request)
    review = request.read(OpeningReview)
    table, at = deployment.table(), deployment.now()

    def change(case: Case) -> Deed[NumberOpening]:
        permit(member, Call.OPENING_REVIEW, case)
        opening = _opening(case.id, number)
        move = judged(case, at, member, opening, review)
        writes = [items.deleting(table.name, number_table.line_key(opening))]
        if review.verdict is Judgement.UNCLEAR:
            left = opening.model_copy(update={"unclear": True})
            writes.append(items.putting(table.name, number_table.line_of(left)))
        return Deed(move, opening, writes)

    deed = table.carry_out(case_id, change).decided
    if deed.change is not None:
        keep_in_mind(event_of(deed.change), case_id)
    observe.fact("opening judged", case_id=case_id, outcome=review.verdict)
    return Answer(200, ReviewedOpening(case=case_id, number=number, verdict=review.verdict))


def _cases_of(openings: list[NumberOpening]) -> dict[str, Case]:
    """Their cases, by id."""
    ids, table = list(dict.fromkeys(each.case for each in openings)), deployment.table()
    batches = (ids[begin : begin + AT_ONCE] for begin in range(0, len(ids), AT_ONCE))
    return {case.id: case for batch in batches for case in table.cases(batch)}


def _concerns(member: StaffMember, opening: NumberOpening, case: Case | None, at: datetime) -> bool:
    """Whether the member is shown the opening."""
    match member.role:
        case Role.CUSTODIAN:
            return judges(member, opening)
        case Role.AUDITOR:
            return opening.unclear or opening.late(at)
        case Role.PROSECUTOR:
            if case is None:
                return False
            own = permitted(member, Call.OPENINGS, case, deployment.offices)
            return own or holder(case) is None
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
    table = deployment.table()
    event = table.event(case_id, number)
    if event is None or event.move != Move.NUMBER_OPENED:
        raise OpeningNotFound("No opening of this number waits.")
    if (opening := number_table.one(table.name, case_id, event.at, number)) is None:
        raise OpeningNotFound("This opening waits no more.")
    return opening
