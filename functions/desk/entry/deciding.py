"""A decision: saved on the version its author saw, then told to the workflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, Final

from pydantic import BaseModel

from casework.aws.http.authentication import signed_in_lately
from casework.aws.http.http import Answer, Handler, Request
from casework.aws.http.target import case_id_of, if_match
from casework.aws.services import observe
from casework.aws.steps import workflow
from casework.aws.table import decided_table, desk_table, particulars
from casework.aws.table.case_table import Deed
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import KEY, Event
from casework.case.index import of_key
from casework.case.lifecycle import Status
from casework.decisions.decision import Decision, decision_on, tag_after
from casework.decisions.derived_refusals import derive_refusals
from casework.decisions.permissions import Call, permit
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
from casework.figures.decided import DecidedLine, decided_line, line_of
from casework.pack.clocks import clocks
from casework.views.case_page import Decided
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import DECIDING, ON_A_VERSION, route
from functions.desk.entry.case_context import CaseContext
from functions.desk.shown import whole

FRESH_SECONDS: Final = 600
"""How long ago a prosecutor who decides may have signed in."""

Reading = Callable[[Request], Decision]


def decision(
    operation_id: str,
    path: str,
    call: Call,
    summary: str,
    body: type[BaseModel],
    refusals: Sequence[type[Refusal]] = (),
) -> Callable[[Reading], Handler]:
    """Serve decisions on a case under /v1/desk; the function reads one from its request.

    Every decision is sent on the version that its author saw and under its own key, and is answered
    alike: 200 when the workflow was told, 202 when it follows later. Sent again under its key, on
    any version, it is not taken again. `refusals` are those that do not follow from the rules of
    every decision.
    """

    def serve(read: Reading) -> Handler:
        @wraps(read)
        def take(request: Request) -> Answer:
            member = caller(request, call)
            said = read(request)
            return decide(request, case_id_of(request), member, call, said)

        return route(
            operation_id,
            "POST",
            path,
            summary=summary,
            body=body,
            answers={200: Decided, 202: Decided},
            refusals=(*DECIDING, *refusals, *derive_refusals(body, call)),
            parameters=ON_A_VERSION,
        )(take)

    return serve


def decide(
    request: Request, case_id: str, member: StaffMember, call: Call, decision: Decision
) -> Answer:
    """Take a decision once: 200 when the workflow was told, 202 when it follows later.

    At most one decision is taken on each version of a case, and one under each key of a person. So
    the same decision of the same person on the same version is a repeat, and so is one under the
    same key on a later version. A repeat gets the same content, even when the person may no longer
    see the case. Raises KeyConflict for another decision under the key.
    """
    key = key_of(request)
    seen, by = if_match(request), member.subject
    if findings := decision.findings(deployment.pack(), member.unit):
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    at, table = deployment.now(), deployment.table()

    def take(case: Case) -> Deed[DecidedLine | Event]:
        permit(member, call, case, deployment.offices)
        as_if_signed(request, member, at)
        before = table.named(case.id, of_key(by, key))
        if before is not None:
            return Deed(None, before)
        if case.etag != seen:
            raise changed(case, member, at)
        if decision.waits_for_holders and case.held_by_another(by, at):
            raise HeldByAnother("A colleague has taken this item.")
        context = CaseContext(
            deployment.pack(), member.seat, table=table, decided_on=case, member=member
        )
        change = decision.taken(case, at, by, context).saying(KEY, key)
        return Deed(change, decided_line(change, context.events, member.unit))

    try:
        case, deed = table.carry_out(case_id, take)
    except (CaseChanged, CaseNotFound, NotAllowed):
        earlier = taken_before(case_id, key, seen, by)
        if earlier is None or not records(earlier, case_id, decision, by):
            raise
        return repeated(case_id, earlier, at)
    done = deed.result
    if deed.change is not None and isinstance(done, DecidedLine):
        listed(done, event_of(deed.change))
        return taken(case, deed.change, at)
    if not isinstance(done, Event) or not records(done, case_id, decision, by):
        raise KeyConflict
    return repeated(case_id, done, at)


def as_if_signed(request: Request, member: StaffMember, at: datetime) -> None:
    """A prosecutor's decision stands for a signed one: raises FreshSignInNeeded where the author
    signed in too long ago."""
    if member.role is Role.PROSECUTOR:
        signed_in_lately(request, at, FRESH_SECONDS)


def listed(line: DecidedLine, event: Event) -> None:
    """Keep a decision on the list of its day, for auditors and supervisors, and on its author's.

    Both are written by themselves, one unit each. The decision stands in the history in any case;
    a call that died between the two is repeated by its author's page, and lists it then.
    """
    with beside_what_is_saved("decision not listed for its day", line.case_id):
        day = deployment.pack().facts.day_of(datetime.fromisoformat(line.at)).isoformat()
        decided_table.keep(deployment.table().name, day, line)
    keep_in_mind(event, line.case_id)


def keep_in_mind(event: Event, case_id: str) -> None:
    """Keep a decision among those of its author."""
    with beside_what_is_saved("decision not listed for its author", case_id):
        at = datetime.fromisoformat(event.at)
        desk_table.keep_decision(deployment.table().name, event.by, at, case_id, event.move)


@contextmanager
def beside_what_is_saved(failed: str, case_id: str) -> Iterator[None]:
    """Log what fails here under these words, and let nothing through: its author would take the
    saved decision for a failed one."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever failed, a saved decision is no failure
        observe.failure(failed, error, case_id=case_id)


def event_of(change: Change) -> Event:
    """The entry that a decision or note of a person made."""
    if change.event is None:
        raise TypeError("a decision without an event")
    return change.event


def taken(case: Case, change: Change, at: datetime) -> Answer:
    """The answer to a decision that was saved, once the workflow was told or is known not to be."""
    event = event_of(change)
    observe.fact("decided", case_id=case.id, outcome=event.move, correlation_id=case.correlation_id)
    waited = change.before is not None and change.before.status.law.waits
    done = all([told(case, at, waited), *(begun(each.after, at) for each in change.beside)])
    return Answer(200 if done else 202, Decided.by(case.id, event), {"ETag": case.etag})


def taken_before(case_id: str, key: str, seen: str, by: str) -> Event | None:
    """The entry that a person made under a key, or the decision that was taken on a version."""
    table = deployment.table()
    return table.named(case_id, of_key(by, key)) or decision_on(table.events(case_id), seen)


def records(event: Event, case_id: str, decision: Decision, by: str) -> bool:
    """Whether an entry records this very decision of a person, in its words too."""
    if not decision.is_in(event, by):
        return False
    return decision.particulars is None or decision.particulars == said_in(case_id, event)


def said_in(case_id: str, event: Event) -> Mapping[str, Any] | None:
    """The particulars of an event."""
    return particulars.of(deployment.table().name, case_id).get(event.number)


def repeated(case_id: str, event: Event, at: datetime) -> Answer:
    """The answer to a decision that holds already; it is listed and the workflow is told, where the
    call that took it did not come so far."""
    case, events = deployment.table().case(case_id), tuple(deployment.table().events(case_id))
    listed(line_of(event, case_id, lambda: events[: event.number - 1]), event)
    after = tag_after(events, event)
    followed = case.etag != after
    return Answer(
        200 if followed or told(case, at, waited=True) else 202,
        Decided.by(case_id, event),
        {"ETag": after},
    )


def told(case: Case, at: datetime, waited: bool) -> bool:
    """Whether the effects of the decision are done.

    A case that starts again gets its next run here; for one that `waited` for people, the waiting
    run is woken. The stream, or the reconciler, does what fails here.
    """

    def tell() -> bool:
        table, on = deployment.table(), clocks(deployment.pack())
        law = case.status.law
        woken = not waited or workflow.tell(table, case, at, on)
        if not law.idle and case.run == case.first_run > 1:
            return workflow.start(deployment.settings().workflow, case, at, on) or woken
        return woken or law.waits

    return _followed(case, "workflow not told", tell)


def begun(case: Case, at: datetime) -> bool:
    """Whether a case that a decision opened beside was set going."""

    def begin() -> bool:
        if case.status is Status.RECEIVED:
            workflow.start(deployment.settings().workflow, case, at, clocks(deployment.pack()))
        return True

    return _followed(case, "workflow not started", begin)


def _followed(case: Case, failure: str, follow: Callable[[], bool]) -> bool:
    """What the workflow does after a decision. Never raises: a saved decision is no failure."""
    try:
        return follow()
    except Exception as error:  # noqa: BLE001 - whatever failed, the decision holds
        observe.failure(failure, error, case_id=case.id, run=case.run)
        observe.count("DecisionsNotTold")
        return False


def changed(case: Case, member: StaffMember, at: datetime) -> CaseChanged:
    """The refusal of a decision on a version that is past, with the case as it is now."""
    return CaseChanged(
        "The case is not the one you saw.",
        current=whole.case_state(
            deployment.table(), deployment.pack(), member, case, at
        ).model_dump(mode="json", exclude_none=True),
        etag=case.etag,
    )
