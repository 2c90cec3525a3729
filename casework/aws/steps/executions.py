"""Step Functions: start a case's execution, answer its task token, list running executions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from casework.aws.services.clients import aws_client
from casework.aws.services.service_errors import code_of
from casework.aws.table.case_table import CaseTable
from casework.aws.table.task_tokens import TaskToken
from casework.case.case import Case
from casework.case.execution_state import WORKFLOW_VERSION, superseded_output
from casework.case.lifecycle import Status
from casework.case.rule_types import QueueKind
from casework.moves.executions import execution_state
from casework.pack.clocks import Clocks

EXPIRED_TOKEN_CODES = frozenset({"TaskDoesNotExist", "InvalidToken", "TaskTimedOut"})
"""The token's wait is over: it was answered, it timed out, or its execution ended."""

MAX_LISTED_EXECUTIONS: Final = 1_000
"""The most executions that the service lists at once."""
RETRY_REFERRAL_ERROR: Final = "Again"
"""A unit is to be told anew: the referral begins again."""
CONTESTED_ERROR: Final = "Contested"
"""People review the case once more."""


def start_execution(workflow: str, case: Case, now: datetime, clocks: Clocks) -> bool:
    """Start the case's execution; False when it was started before, which is fine."""
    try:
        aws_client("stepfunctions").start_execution(
            stateMachineArn=workflow,
            name=case.execution,
            input=_as_text(execution_state(case, now, clocks).to_state_input()),
        )
    except Exception as error:
        if code_of(error) != "ExecutionAlreadyExists":
            raise
        return False
    return True


def resume_after_decision(table: CaseTable, case: Case, now: datetime, clocks: Clocks) -> bool:
    """Wake the workflow behind a saved decision; True when it knows, or no longer waits.

    The decider, the step that stored its token too late, the stream's consumer and the reconciler
    call this. Any of them may be first, and repeating it changes nothing: an answered token stays
    in the table until it expires.
    """
    waiting = table.waits.get_token(case.id)
    if waiting is None or not is_superseded(case, waiting):
        return False
    send_task_result(waiting, case, now, clocks)
    return True


def is_superseded(case: Case, waiting: TaskToken) -> bool:
    """Whether the case has left the awaited status, or another run serves it now."""
    return case.status is not waiting.status or not _serves(waiting, case)


def send_task_result(waiting: TaskToken, case: Case, now: datetime, clocks: Clocks) -> bool:
    """End a wait as the case is now; False when it was over, which is fine."""
    if not _serves(waiting, case):
        return _succeed(waiting, superseded_output(case.id, waiting.run, waiting.drawn))
    if (error := rejection_error(waiting.status, case.status)) is not None:
        return _end("send_task_failure", waiting, error=error)
    return _succeed(waiting, execution_state(case, now, clocks).to_state_input())


def end_superseded_wait(waiting: TaskToken, case_id: str) -> None:
    """End a wait of an execution that another one replaced. A finished wait is fine."""
    _succeed(waiting, superseded_output(case_id, waiting.run, waiting.drawn))


def _serves(waiting: TaskToken, case: Case) -> bool:
    return waiting.run == case.run and waiting.drawn == WORKFLOW_VERSION


def rejection_error(awaited: Status, there: Status) -> str | None:
    """The error by which the workflow file leads a referral back; None where the case goes on."""
    if awaited is not Status.PUBLISHED or there.rule.idle:
        return None
    return RETRY_REFERRAL_ERROR if there.rule.queue is QueueKind.UNIT else CONTESTED_ERROR


def _succeed(waiting: TaskToken, journey: Mapping[str, Any]) -> bool:
    return _end("send_task_success", waiting, output=_as_text(journey))


def _end(call: str, waiting: TaskToken, **said: str) -> bool:
    try:
        getattr(aws_client("stepfunctions"), call)(taskToken=waiting.token, **said)
    except Exception as error:
        if code_of(error) not in EXPIRED_TOKEN_CODES:
            raise
        return False
    return True


def _as_text(journey: Mapping[str, Any]) -> str:
    return json.dumps(journey, sort_keys=True)


def list_running_executions(workflow: str) -> Iterator[str]:
    """Names of all executions that run now."""
    place: str | None = ""
    while place is not None:
        names, place = list_running_execution_page(workflow, MAX_LISTED_EXECUTIONS, place)
        yield from names


def list_running_execution_page(
    workflow: str, most: int, place: str = ""
) -> tuple[list[str], str | None]:
    """Names of at most some running executions after a place of their list, and the next place.

    None at the end, and where the service no longer knows the place.
    """
    after = {"nextToken": place} if place else {}
    try:
        page = aws_client("stepfunctions").list_executions(
            stateMachineArn=workflow, statusFilter="RUNNING", maxResults=most, **after
        )
    except Exception as error:
        if place and code_of(error) == "InvalidToken":
            return [], None
        raise
    return [each["name"] for each in page["executions"]], page.get("nextToken")


@dataclass(frozen=True)
class ExecutionSummary:
    """The state of one execution."""

    status: str
    stopped_at: datetime | None

    @property
    def is_running(self) -> bool:
        """Whether it may still act."""
        return self.status in {"RUNNING", "PENDING_REDRIVE"}

    @classmethod
    def from_event(cls, detail: Mapping[str, Any]) -> Self:
        """From the service's event of an execution that ended; it tells milliseconds."""
        return cls(str(detail["status"]), datetime.fromtimestamp(detail["stopDate"] / 1000, UTC))


def describe_execution(workflow: str, name: str) -> ExecutionSummary | None:
    """The execution of this name; None when there is none."""
    arn = workflow.replace(":stateMachine:", ":execution:") + f":{name}"
    try:
        found = aws_client("stepfunctions").describe_execution(executionArn=arn)
    except Exception as error:
        if code_of(error) == "ExecutionDoesNotExist":
            return None
        raise
    return ExecutionSummary(str(found["status"]), found.get("stopDate"))
