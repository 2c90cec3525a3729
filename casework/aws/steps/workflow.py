"""Step Functions: start a case's execution, answer its task token, list running executions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.aws.table.case_table import CaseTable
from casework.aws.table.items import WrittenMeanwhile
from casework.aws.table.waits import Waiting
from casework.case.case import Case
from casework.case.journey import Journey
from casework.moves.running import settled

GONE = frozenset({"TaskDoesNotExist", "InvalidToken", "TaskTimedOut"})
"""The token's wait is over: it was answered, it timed out, or its execution ended."""


def start(workflow: str, case: Case, now: datetime) -> bool:
    """Start the case's execution; False when it was started before, which is fine."""
    try:
        client("stepfunctions").start_execution(
            stateMachineArn=workflow,
            name=case.execution,
            input=json.dumps(case.journey(now), sort_keys=True),
        )
    except Exception as error:
        if code_of(error) != "ExecutionAlreadyExists":
            raise
        return False
    return True


def tell(table: CaseTable, case: Case, now: datetime) -> bool:
    """Wake the workflow behind a saved decision; True when it knows, or no longer waits.

    The decider, the step that stored its token too late, and the reconciler call this. Any of them
    may be first, and repeating it changes nothing.
    """
    waiting = table.waits.of(case.id)
    if waiting is None:
        return False
    if not decided(case, waiting):
        return False
    of_its_run = case.journey(now) | {"run": waiting.run}
    release(waiting, Journey.model_validate(of_its_run).of(case, now))
    table.waits.end(case.id, waiting.token)
    settle(table, case)
    return True


def decided(case: Case, waiting: Waiting) -> bool:
    """Whether the case has left the awaited status, or another run serves it now."""
    return case.status.value != waiting.status or waiting.run < case.run


def release(waiting: Waiting, journey: Mapping[str, Any]) -> None:
    """Send the token its answer. A finished wait is fine."""
    try:
        client("stepfunctions").send_task_success(
            taskToken=waiting.token, output=json.dumps(journey, sort_keys=True)
        )
    except Exception as error:
        if code_of(error) not in GONE:
            raise


def settle(table: CaseTable, case: Case) -> bool:
    """A case that a unit holds, or that ended, needs no workflow any more."""
    if not case.status.law.idle or case.settled:
        return False
    try:
        table.save(settled(case))
    except WrittenMeanwhile:
        return False  # the other writer settles it, and so does the reconciler
    return True


def running(workflow: str) -> Iterator[str]:
    """Names of all executions that run now."""
    pages = client("stepfunctions").get_paginator("list_executions")
    size = {"PageSize": 1000}  # the most the service gives at once
    for page in pages.paginate(
        stateMachineArn=workflow, statusFilter="RUNNING", PaginationConfig=size
    ):
        for execution in page["executions"]:
            yield execution["name"]


@dataclass(frozen=True)
class Execution:
    """The state of one execution."""

    status: str
    stopped_at: datetime | None

    @property
    def runs(self) -> bool:
        """Whether it may still act."""
        return self.status in {"RUNNING", "PENDING_REDRIVE"}


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
