"""Step Functions: start a case's execution, answer its task token, list running executions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.aws.table.case_table import CaseTable
from casework.aws.table.waits import Waiting
from casework.case.case import Case
from casework.case.columns import Queue
from casework.case.journey import DRAWN, superseded
from casework.case.lifecycle import Status
from casework.moves.running import journey_of
from casework.pack.clocks import Clocks

GONE = frozenset({"TaskDoesNotExist", "InvalidToken", "TaskTimedOut"})
"""The token's wait is over: it was answered, it timed out, or its execution ended."""

MOST_LISTED: Final = 1_000
"""The most executions that the service lists at once."""
AGAIN: Final = "Again"
"""A unit is to be told anew: the referral begins again."""
CONTESTED: Final = "Contested"
"""People review the case once more."""


def start(workflow: str, case: Case, now: datetime, clocks: Clocks) -> bool:
    """Start the case's execution; False when it was started before, which is fine."""
    try:
        client("stepfunctions").start_execution(
            stateMachineArn=workflow,
            name=case.execution,
            input=_as_text(journey_of(case, now, clocks).told()),
        )
    except Exception as error:
        if code_of(error) != "ExecutionAlreadyExists":
            raise
        return False
    return True


def tell(table: CaseTable, case: Case, now: datetime, clocks: Clocks) -> bool:
    """Wake the workflow behind a saved decision; True when it knows, or no longer waits.

    The decider, the step that stored its token too late, the stream's consumer and the reconciler
    call this. Any of them may be first, and repeating it changes nothing: an answered token stays
    in the table until it expires.
    """
    waiting = table.waits.of(case.id)
    if waiting is None or not decided(case, waiting):
        return False
    answer(waiting, case, now, clocks)
    return True


def decided(case: Case, waiting: Waiting) -> bool:
    """Whether the case has left the awaited status, or another run serves it now."""
    return case.status is not waiting.status or not _serves(waiting, case)


def answer(waiting: Waiting, case: Case, now: datetime, clocks: Clocks) -> bool:
    """End a wait as the case is now; False when it was over, which is fine."""
    if not _serves(waiting, case):
        return _succeed(waiting, superseded(case.id, waiting.run, waiting.drawn))
    if (error := goes_back(waiting.status, case.status)) is not None:
        return _end("send_task_failure", waiting, error=error)
    return _succeed(waiting, journey_of(case, now, clocks).told())


def dismiss(waiting: Waiting, case_id: str) -> None:
    """End a wait of an execution that another one replaced. A finished wait is fine."""
    _succeed(waiting, superseded(case_id, waiting.run, waiting.drawn))


def _serves(waiting: Waiting, case: Case) -> bool:
    return waiting.run == case.run and waiting.drawn == DRAWN


def goes_back(awaited: Status, there: Status) -> str | None:
    """The error by which the workflow file leads a referral back; None where the case goes on."""
    if awaited is not Status.PUBLISHED or there.law.idle:
        return None
    return AGAIN if there.law.queue is Queue.UNIT else CONTESTED


def _succeed(waiting: Waiting, journey: Mapping[str, Any]) -> bool:
    return _end("send_task_success", waiting, output=_as_text(journey))


def _end(call: str, waiting: Waiting, **said: str) -> bool:
    try:
        getattr(client("stepfunctions"), call)(taskToken=waiting.token, **said)
    except Exception as error:
        if code_of(error) not in GONE:
            raise
        return False
    return True


def _as_text(journey: Mapping[str, Any]) -> str:
    return json.dumps(journey, sort_keys=True)


def running(workflow: str) -> Iterator[str]:
    """Names of all executions that run now."""
    place: str | None = ""
    while place is not None:
        names, place = some_running(workflow, MOST_LISTED, place)
        yield from names


def some_running(workflow: str, most: int, place: str = "") -> tuple[list[str], str | None]:
    """Names of at most some running executions after a place of their list, and the next place.

    None at the end, and where the service no longer knows the place.
    """
    after = {"nextToken": place} if place else {}
    try:
        page = client("stepfunctions").list_executions(
            stateMachineArn=workflow, statusFilter="RUNNING", maxResults=most, **after
        )
    except Exception as error:
        if place and code_of(error) == "InvalidToken":
            return [], None
        raise
    return [each["name"] for each in page["executions"]], page.get("nextToken")


@dataclass(frozen=True)
class Execution:
    """The state of one execution."""

    status: str
    stopped_at: datetime | None

    @property
    def runs(self) -> bool:
        """Whether it may still act."""
        return self.status in {"RUNNING", "PENDING_REDRIVE"}

    @classmethod
    def of_event(cls, detail: Mapping[str, Any]) -> Self:
        """From the service's event of an execution that ended; it tells milliseconds."""
        return cls(str(detail["status"]), datetime.fromtimestamp(detail["stopDate"] / 1000, UTC))


def execution(workflow: str, name: str) -> Execution | None:
    """The execution of this name; None when there is none."""
    arn = workflow.replace(":stateMachine:", ":execution:") + f":{name}"
    try:
        found = client("stepfunctions").describe_execution(executionArn=arn)
    except Exception as error:
        if code_of(error) == "ExecutionDoesNotExist":
            return None
        raise
    return Execution(str(found["status"]), found.get("stopDate"))
