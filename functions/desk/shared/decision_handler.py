"""A decision: saved on the version its author saw, then told to the workflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, Final

from pydantic import BaseModel

from casework.aws.http.api import OperationHandler, Request, Response
from casework.aws.http.authentication import require_recent_sign_in
from casework.aws.http.path_params import case_id_from_path, read_if_match
from casework.aws.services import telemetry
from casework.aws.steps import executions
from casework.aws.table import decision_log_table, particulars, staff_activity_table
from casework.aws.table.case_table import CaseTransaction
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import IDEMPOTENCY_FIELD, CaseEvent
from casework.case.index import idempotent_entry_name
from casework.case.lifecycle import Status
from casework.decisions.available_moves import is_blocked_by_hold
from casework.decisions.base import Decision, etag_after, find_by_version
from casework.decisions.derived_refusals import derive_refusals
from casework.decisions.permissions import StaffCall, require_permission
from casework.decisions.staff import Role, StaffMember
from casework.errors import (
    CaseChanged,
    CaseNotFound,
    HeldByAnother,
    KeyConflict,
    NotAllowed,
    NotValid,
    Refusal,
)
from casework.pack.clocks import jurisdiction_clocks
from casework.statistics.decision_lines import DecidedLine, line_from_change, line_from_event
from casework.views.decision_view import Decided
from functions.desk import deployment
from functions.desk.queries import case_views
from functions.desk.shared.access import idempotency_digest, require_caller
from functions.desk.shared.case_context import CaseContext
from functions.desk.shared.routing import DECISION_REFUSALS, VERSIONED_PARAMETERS, desk_route

FRESH_SECONDS: Final = 600
"""How long ago a prosecutor who decides may have signed in."""

ReadDecision = Callable[[Request], Decision]


def decision_route(
    operation_id: str,
    path: str,
    call: StaffCall,
    summary: str,
    body: type[BaseModel],
    refusals: Sequence[type[Refusal]] = (),
) -> Callable[[ReadDecision], OperationHandler]:
    """Serve decisions on a case under /v1/desk; the function reads one from its request.

    Every decision is sent on the version that its author saw and under its own key, and is answered
    alike: 200 when the workflow was told, 202 when it follows later. Sent again under its key, on
    any version, it is not taken again. `refusals` are those that do not follow from the rules of
    every decision.
    """

    def serve(read: ReadDecision) -> OperationHandler:
        @wraps(read)
        def take(request: Request) -> Response:
            member = require_caller(request, call)
            said = read(request)
            return handle_decision(request, case_id_from_path(request), member, call, said)

        return desk_route(
            operation_id,
            "POST",
            path,
            summary=summary,
            body=body,
            answers={200: Decided, 202: Decided},
            refusals=(*DECISION_REFUSALS, *refusals, *derive_refusals(body, call)),
            parameters=VERSIONED_PARAMETERS,
        )(take)

    return serve


def handle_decision(
    request: Request, case_id: str, member: StaffMember, call: StaffCall, decision: Decision
) -> Response:
    """Take a decision once: 200 when the workflow was told, 202 when it follows later.

    At most one decision is taken on each version of a case, and one under each key of a person. So
    the same decision of the same person on the same version is a repeat, and so is one under the
    same key on a later version. A repeat gets the same content, even when the person may no longer
    see the case. Raises KeyConflict for another decision under the key.
    """
    key = idempotency_digest(request)
    etag, by = read_if_match(request), member.subject
    if findings := decision.findings(deployment.desk_jurisdiction(), member.unit):
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    at, table = deployment.now(), deployment.desk_case_table()

    def take(case: Case) -> CaseTransaction[DecidedLine | CaseEvent]:
        require_permission(member, call, case, deployment.competent_offices_for_case)
        require_fresh_prosecutor_sign_in(request, member, at)
        before = table.find_entry(case.id, idempotent_entry_name(by, key))
        if before is not None:
            return CaseTransaction(None, before)
        if case.etag != etag:
            raise conflict_error(case, member, at)
        if is_blocked_by_hold(decision.move, case, by, at):
            raise HeldByAnother("A colleague has taken this item.")
        context = CaseContext(
            deployment.desk_jurisdiction(), member.seat, table=table, decided_on=case, member=member
        )
        change = decision.apply(case, at, by, context).with_data(IDEMPOTENCY_FIELD, key)
        return CaseTransaction(change, line_from_change(change, context.events, member.unit))

    try:
        case, deed = table.transact(case_id, take)
    except (CaseChanged, CaseNotFound, NotAllowed):
        earlier = find_earlier_decision(case_id, key, etag, by)
        if earlier is None or not is_same_decision(earlier, case_id, decision, by):
            raise
        return repeat_response(case_id, earlier, at)
    done = deed.result
    if deed.change is not None and isinstance(done, DecidedLine):
        record_decision_of_day(done, require_event(deed.change))
        return saved_response(case, deed.change, at)
    if not isinstance(done, CaseEvent) or not is_same_decision(done, case_id, decision, by):
        raise KeyConflict
    return repeat_response(case_id, done, at)


def require_fresh_prosecutor_sign_in(request: Request, member: StaffMember, at: datetime) -> None:
    """A prosecutor's decision stands for a signed one: raises FreshSignInNeeded where the author
    signed in too long ago."""
    if member.role is Role.PROSECUTOR:
        require_recent_sign_in(request, at, FRESH_SECONDS)


def record_decision_of_day(line: DecidedLine, event: CaseEvent) -> None:
    """Keep a decision on the list of its day, for auditors and supervisors, and on its author's.

    Both are written by themselves, one unit each. The decision stands in the history in any case;
    a call that died between the two is repeated by its author's page, and lists it then.
    """
    with log_and_suppress("decision not listed for its day", line.case_id):
        day = (
            deployment.desk_jurisdiction()
            .facts.local_day(datetime.fromisoformat(line.at))
            .isoformat()
        )
        decision_log_table.put_decision_line(deployment.desk_case_table().name, day, line)
    record_decision_of_author(event, line.case_id)


def record_decision_of_author(event: CaseEvent, case_id: str) -> None:
    """Keep a decision among those of its author."""
    with log_and_suppress("decision not listed for its author", case_id):
        at = datetime.fromisoformat(event.at)
        staff_activity_table.record_staff_decision(
            deployment.desk_case_table().name, event.by, at, case_id, event.move
        )


@contextmanager
def log_and_suppress(failed: str, case_id: str) -> Iterator[None]:
    """Log what fails here under these words, and let nothing through: its author would take the
    saved decision for a failed one."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever failed, a saved decision is no failure
        telemetry.log_failure(failed, error, case_id=case_id)


def require_event(change: Change) -> CaseEvent:
    """The entry that a decision or note of a person made."""
    if change.event is None:
        raise TypeError("a decision without an event")
    return change.event


def saved_response(case: Case, change: Change, at: datetime) -> Response:
    """The answer to a decision that was saved, once the workflow was told or is known not to be."""
    event = require_event(change)
    telemetry.log_info(
        "decided", case_id=case.id, outcome=event.move, correlation_id=case.correlation_id
    )
    waited = change.before is not None and change.before.status.rule.waits
    done = all(
        [
            notify_workflow(case, at, waited),
            *(start_split_case(each.after, at) for each in change.beside),
        ]
    )
    return Response(200 if done else 202, Decided.from_event(case.id, event), {"ETag": case.etag})


def find_earlier_decision(case_id: str, key: str, seen: str, by: str) -> CaseEvent | None:
    """The entry that a person made under a key, or the decision that was taken on a version."""
    table = deployment.desk_case_table()
    return table.find_entry(case_id, idempotent_entry_name(by, key)) or find_by_version(
        table.events(case_id), seen
    )


def is_same_decision(event: CaseEvent, case_id: str, decision: Decision, by: str) -> bool:
    """Whether an entry records this very decision of a person, in its words too."""
    if not decision.is_recorded_by(event, by):
        return False
    return decision.particulars is None or decision.particulars == load_particulars(case_id, event)


def load_particulars(case_id: str, event: CaseEvent) -> Mapping[str, Any] | None:
    """The particulars of an event."""
    return particulars.read_case_particulars(deployment.desk_case_table().name, case_id).get(
        event.number
    )


def repeat_response(case_id: str, event: CaseEvent, at: datetime) -> Response:
    """The answer to a decision that holds already; it is listed and the workflow is told, where the
    call that took it did not come so far."""
    case, events = (
        deployment.desk_case_table().get_case(case_id),
        tuple(deployment.desk_case_table().events(case_id)),
    )
    record_decision_of_day(
        line_from_event(event, case_id, lambda: events[: event.number - 1]), event
    )
    after = etag_after(events, event)
    followed = case.etag != after
    return Response(
        200 if followed or notify_workflow(case, at, waited=True) else 202,
        Decided.from_event(case_id, event),
        {"ETag": after},
    )


def notify_workflow(case: Case, at: datetime, waited: bool) -> bool:
    """Whether the effects of the decision are done.

    A case that starts again gets its next run here; for one that `waited` for people, the waiting
    run is woken. The stream, or the reconciler, does what fails here.
    """

    def tell() -> bool:
        table, on = (
            deployment.desk_case_table(),
            jurisdiction_clocks(deployment.desk_jurisdiction()),
        )
        law = case.status.rule
        woken = not waited or executions.resume_after_decision(table, case, at, on)
        if not law.idle and case.run == case.first_run > 1:
            return executions.start_execution(deployment.settings().workflow, case, at, on) or woken
        return woken or law.waits

    return _followed(case, "workflow not told", tell)


def start_split_case(case: Case, at: datetime) -> bool:
    """Whether a case that a decision opened beside was set going."""

    def begin() -> bool:
        if case.status is Status.RECEIVED:
            executions.start_execution(
                deployment.settings().workflow,
                case,
                at,
                jurisdiction_clocks(deployment.desk_jurisdiction()),
            )
        return True

    return _followed(case, "workflow not started", begin)


def _followed(case: Case, failure: str, follow: Callable[[], bool]) -> bool:
    """What the workflow does after a decision. Never raises: a saved decision is no failure."""
    try:
        return follow()
    except Exception as error:  # noqa: BLE001 - whatever failed, the decision holds
        telemetry.log_failure(failure, error, case_id=case.id, run=case.run)
        telemetry.count_metric("DecisionsNotTold")
        return False


def conflict_error(case: Case, member: StaffMember, at: datetime) -> CaseChanged:
    """The refusal of a decision on a version that is past, with the case as it is now."""
    return CaseChanged(
        "The case is not the one you saw.",
        current=case_views.case_state(
            deployment.desk_case_table(), deployment.desk_jurisdiction(), member, case, at
        ).model_dump(mode="json", exclude_none=True),
        etag=case.etag,
    )
