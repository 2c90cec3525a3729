"""One Task state of the workflow: load, decide, save, announce.

    @task_handler("escalate")
    def escalate(call: TaskCall) -> dict[str, Any]:
        return task_output(call, apply_task_move(table, call, lambda case: …), clocks)

Steps may be repeated and late: the service retries them, and a new execution may have replaced the
caller. So a step decides from the present case, not from its input, and answers the journey of the
present case. A move that is no longer legal is no error: another writer was faster, and the answer
gives the present state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Self

from casework.aws.services import notifications, telemetry
from casework.aws.services.notifications import Notification
from casework.aws.services.service_errors import code_of
from casework.aws.steps import executions
from casework.aws.table.case_table import CaseTable
from casework.aws.table.task_tokens import TaskToken
from casework.case.case import Case
from casework.case.change import Change
from casework.case.execution_state import WORKFLOW_VERSION, ExecutionState, superseded_output
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.errors import IllegalMove, error_name
from casework.moves.executions import execution_state
from casework.pack.clocks import Clocks

DecideFn = Callable[[Case], Change | None]


class StepFailed(Exception):
    """A step failed. Its message is a code, because it stays readable in the execution's
    history."""

    error_code = "StepFailed"


def now() -> datetime:
    """The time at this edge of the system."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class TaskCall:
    """One call of a Task state."""

    journey: ExecutionState
    drawn: int
    """The drawing of the workflow by which its execution goes; the first one did not say it."""
    task_token: str = field(default="", repr=False)
    """Of a state that waits for people."""
    tries: int = 0
    """How often the service tried it before, of a state that waits for people."""

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Self:
        """The call that the workflow makes with an event."""
        return cls(
            ExecutionState.model_validate(event.get("journey", event)),
            int(event.get("drawn", 1)),
            str(event.get("task_token", "")),
            int(event.get("tries", 0)),
        )

    def is_current_run(self, case: Case) -> bool:
        """Whether this execution is the one that serves the case."""
        served = (self.journey.case_id, self.journey.run, self.drawn)
        return served == (case.id, case.run, WORKFLOW_VERSION)


def task_handler(
    state: str,
) -> Callable[[Callable[[TaskCall], Any]], Callable[[dict[str, Any], Any], Any]]:
    """A handler of a Task state, from a function of its call. Logs name it by `state`.

    Every error leaves as a `StepFailed` with a code: messages of parsers and services repeat their
    input, and the service stores them.
    """

    def serve(work: Callable[[TaskCall], Any]) -> Callable[[dict[str, Any], Any], Any]:
        @wraps(work)
        def handle(event: dict[str, Any], context: Any) -> Any:
            case_id: str | None = None
            try:
                call = TaskCall.from_event(event)
                case_id = call.journey.case_id
                return work(call)
            except Exception as error:  # noqa: BLE001  # every failure: none is told by message
                telemetry.log_failure("step failed", error, state=state, case_id=case_id)
                failed = StepFailed(_code(error))
            raise failed

        return handle

    return serve


def _code(error: Exception) -> str:
    if isinstance(error, StepFailed):
        return str(error)
    return code_of(error) or error_name(error)


def apply_task_move(
    table: CaseTable,
    call: TaskCall,
    decide: DecideFn,
    *,
    topic: str = "",
    announce: Callable[[Case], Notification | None] | None = None,
) -> Case:
    """Make the move that `decide` returns; the resulting case.

    The announcement of `announce`, if any, is published before the move is saved. A crash between
    the two repeats the notification and does not lose it.
    """

    def move(case: Case) -> Change | None:
        if not call.is_current_run(case):
            return None
        try:
            change = decide(case)
        except IllegalMove:
            return None
        if change is not None and change.event is not None and announce is not None:
            told = announce(change.after)
            if told is not None:
                notifications.publish_notification(topic, told, now())
        return change

    return table.update(call.journey.case_id, move).case


def task_output(call: TaskCall, case: Case, clocks: Clocks) -> dict[str, Any]:
    """What a step gives: the journey of the case as it is, or the end of a replaced execution."""
    if not call.is_current_run(case):
        return superseded_output(case.id, call.journey.run, call.drawn)
    return execution_state(case, now(), clocks).to_state_input()


def wait_for_people(table: CaseTable, call: TaskCall, status: Status, clocks: Clocks) -> None:
    """Wait for people while the case is in `status`; answer the token at once where it is not.

    The token is stored before the case is read; a decider saves the case before they look for the
    token. So one of the two sees the other, and a decision before the token is answered here.
    """
    journey, at = call.journey, now()
    case = table.get_case(journey.case_id)
    waiting = TaskToken(
        call.task_token, journey.run, status, since=format_timestamp(at), drawn=call.drawn
    )
    if journey.run > 1:  # an earlier execution may still wait, if its answer failed
        executions.resume_after_decision(table, case, at, clocks)
    if executions.is_superseded(case, waiting):
        executions.send_task_result(waiting, case, at, clocks)
    elif table.waits.begin(case.id, waiting, at + timedelta(seconds=journey.wait_seconds)):
        executions.resume_after_decision(table, table.get_case(case.id), at, clocks)
    else:
        executions.end_superseded_wait(waiting, case.id)
