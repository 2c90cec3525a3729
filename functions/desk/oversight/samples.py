"""The calls of quality samples: closed reviews that a second person reads again, blind."""

from __future__ import annotations

from typing import Final

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER, IDEMPOTENCY_KEY_PARAMETER, Parameter
from casework.aws.services import telemetry
from casework.aws.table import audit_log
from casework.aws.table import sample_table as sample_table
from casework.aws.table.case_table import CaseTransaction
from casework.aws.table.sample_table import ReviewSample
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.index import idempotent_entry_name
from casework.case.lifecycle import Move
from casework.case.quality_samples import REVIEW_NUMBER_FIELD, compare_readings
from casework.decisions.pack_names import find_unknown_names
from casework.decisions.permissions import StaffCall, require_permission
from casework.decisions.second_reading import ConfirmAgain, ReadAgain, RejectAgain
from casework.decisions.staff import StaffMember
from casework.errors import (
    Finding,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotAllowed,
    NotValid,
)
from casework.moves.second_readings import record_second_reading
from casework.views.sample import Sampled, SamplePage
from functions.desk import deployment
from functions.desk.queries import samples
from functions.desk.shared.access import idempotency_digest, require_caller
from functions.desk.shared.decision_handler import require_event
from functions.desk.shared.routing import READ_REFUSALS, desk_route, list_route, parse_limit

SAMPLE_LIMIT_PARAMETER: Final = Parameter(
    "limit",
    "query",
    f"How many at most; {samples.DEFAULT_SAMPLES} if left out.",
    {"type": "integer", "minimum": 1, "maximum": samples.MAX_SAMPLES_PER_PAGE},
)


@list_route(
    "read_samples",
    "samples",
    summary="Closed reviews to read again",
    answer=SamplePage,
    lines=lambda page: len(page.samples),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(SAMPLE_LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_samples(request: Request) -> Response:
    """Closed reviews that wait for a second person, the oldest first, with what was told and
    nothing of what was decided or proposed.

    The pack says how many reviews are read again. Which ones is decided by a keyed digest: nobody
    can tell beforehand, or choose. The caller's own reviews are not among them.
    """
    member = require_caller(request, StaffCall.SAMPLE)
    table, at = deployment.desk_case_table(), deployment.now()
    limit = parse_limit(request, samples.DEFAULT_SAMPLES, samples.MAX_SAMPLES_PER_PAGE)
    cursor = request.query.get("cursor")
    page, cases = samples.sample_page(
        table, member, deployment.desk_jurisdiction(), at, limit, cursor
    )
    for case_id in cases:
        audit_log.record_access(table.name, case_id, at, audit_log.VIEW_MARK, member.subject)
    return Response(200, page)


@desk_route(
    "read_sample_again",
    "POST",
    "samples",
    summary="Say what you would have decided",
    body=ReadAgain,
    answers={200: Sampled},
    refusals=(*READ_REFUSALS, IllegalMove, KeyMissing, KeyConflict),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def read_sample_again(request: Request) -> Response:
    """Say what you would have decided on a closed review: an entry of its case that changes nothing
    there. The figures tell how often two people agree; supervisors see the cases on which they do
    not.

    A sample that a colleague read meanwhile takes no second answer: `taken` says so. The same
    request again gets the same answer.
    """
    member = require_caller(request, StaffCall.SAMPLE)
    key = idempotency_digest(request)
    reading = request.parse_body(ReadAgain).root
    if findings := find_unknown_names(reading, deployment.desk_jurisdiction()):
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    table, at, by = deployment.desk_case_table(), deployment.now(), member.subject
    sample = _sample(member, reading.sample)
    if by in sample.deciders:
        raise NotAllowed("You decided on this case: another person reads it again.")

    def take(case: Case) -> CaseTransaction[bool]:
        require_permission(member, StaffCall.SAMPLE, case)
        if (before := table.find_entry(case.id, idempotent_entry_name(by, key))) is not None:
            return CaseTransaction(None, _repeats(before, sample, reading))
        if not _sample(member, reading.sample).waits:
            return CaseTransaction(None, False)
        change = record_second_reading(
            case, at, by, of=sample.number, comparison=reading.said, key=key
        )
        again = require_event(change)
        reviewed = table.event(case.id, sample.number)
        if reviewed is None:
            raise TypeError("a sample of no entry")
        differs = not all(same for _, same in compare_readings(reviewed, again))
        also = sample_table.second_reading_writes(
            table.name, sample, again.number, at, differs=differs
        )
        return CaseTransaction(change, True, also)

    case, deed = table.transact(sample.case_id, take)
    telemetry.log_info("read again", case_id=case.id, correlation_id=case.correlation_id)
    return Response(200, Sampled(sample=reading.sample, taken=deed.result))


def _sample(member: StaffMember, name: str) -> ReviewSample:
    """The sample of a name; raises NotValid, also for one of another realm."""
    found = sample_table.get_sample(deployment.desk_case_table().name, member.realm, name)
    if found is None:
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding("#/sample", "sample.unknown", "No review has this name.")],
        )
    return found


def _repeats(event: CaseEvent, sample: ReviewSample, said: ConfirmAgain | RejectAgain) -> bool:
    """That an entry records this very reading; raises KeyConflict."""
    told = {REVIEW_NUMBER_FIELD: sample.number, **said.said}
    if event.move != Move.SAMPLE or any(event.data.get(name) != it for name, it in told.items()):
        raise KeyConflict
    return True
