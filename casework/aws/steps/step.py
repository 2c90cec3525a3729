"""One Task state of the workflow: load, decide, save, announce.

    @step
    def refer(journey: Journey) -> dict[str, Any]:
        return advance(table, journey, lambda case: …)

Steps may be repeated and late: the service retries them, and a new execution may have replaced the
caller. So a step decides from the present case, not from its input, and answers the journey of the
present case. A move that is no longer legal is no error: another writer was faster, and the answer
gives the present state.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from casework.aws.services import announcements, observe
from casework.aws.services.announcements import Announcement
from casework.aws.services.faults import code_of
from casework.aws.steps import workflow
from casework.aws.table.case_table import CaseTable
from casework.aws.table.waits import Waiting
from casework.case.case import Case
from casework.case.change import Change
from casework.case.journey import Journey
from casework.case.lifecycle import Status
from casework.case.times import stamp
from casework.errors import IllegalMove

Decide = Callable[[Case], Change | None]


class StepFailed(Exception):
    """A step failed. Its message is a code, because it stays readable in the execution's
    history."""


def now() -> datetime:
    """The time at this edge of the system."""
    return datetime.now(UTC)


def step(work: Callable[..., Any]) -> Callable[[dict[str, Any], Any], Any]:
    """A handler of a Task state, from a function of its journey (and its token, if it waits).

    Every error leaves as a `StepFailed` with a code: messages of parsers and services repeat their
    input, and the service stores them.
    """

    @wraps(work)
    def handle(event: dict[str, Any], context: Any) -> Any:
        case_id: str | None = None
        waits = "task_token" in event
        try:
            journey = Journey.model_validate(event["journey"] if waits else event)
            case_id = journey.case_id
            return work(journey, event["task_token"]) if waits else work(journey)
        except Exception as error:  # noqa: BLE001  # every failure, so that none is told by message
            observe.failure("step failed", error, state=work.__name__, case_id=case_id)
            failed = StepFailed(_code(error))
        raise failed

    return handle


def _code(error: Exception) -> str:
    if isinstance(error, StepFailed):
        return str(error)
    return code_of(error) or type(error).__name__


def advance(
    table: CaseTable,
    journey: Journey,
    decide: Decide,
    *,
    topic: str = "",
    announce: Callable[[Case], Announcement | None] | None = None,
) -> dict[str, Any]:
    """Make the move that `decide` returns, and answer the resulting state of the case.

    The announcement of `announce`, if any, is published before the move is saved. A crash between
    the two repeats the notification and does not lose it.
    """

    def move(case: Case) -> Change | None:
        if not journey.serves(case):
            return None
        try:
            change = decide(case)
        except IllegalMove:
            return None
        if change is not None and change.event is not None and announce is not None:
            told = announce(change.after)
            if told is not None:
                announcements.publish(topic, told, now())
        return change

    return journey.of(table.update(journey.case_id, move).case, now())


def wait(table: CaseTable, journey: Journey, token: str, status: Status) -> None:
    """Hand out a task token for the wait of a case in `status`.

    The token is stored before the case is read; a decider saves the case before they look for the
    token. So one of the two sees the other, and a decision before the token is answered here.
    """
    waiting = Waiting(token=token, run=journey.run, status=status.value, since=stamp(now()))
    case = table.case(journey.case_id)
    if journey.run > 1:  # an earlier execution may still wait, if its answer failed
        workflow.tell(table, case, now())
    if not journey.serves(case) or not table.waits.begin(case.id, waiting):
        workflow.release(waiting, journey.superseded())
        return
    workflow.tell(table, table.case(case.id), now())
