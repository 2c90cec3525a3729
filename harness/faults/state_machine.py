"""Step Functions for one run: the deployed workflow file, one state at a time.

It supports what the file uses and refuses the rest, so a state of another kind is noticed. Waits
end by their token or by the clock of the run. Retries come at once, as often as the file says.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from harness.faults.clock import FaultClock

TASK_TOKEN_PATH: Final = "$$.Task.Token"  # noqa: S105  # a path of the workflow file
RETRY_COUNT_PATH: Final = "$$.State.RetryCount"
CALLBACK_TASK_RESOURCE: Final = "arn:aws:states:::lambda:invoke.waitForTaskToken"
CALLING: Final = "arn:aws:states:::lambda:invoke"

StateJson = dict[str, Any]


class TaskFailed(Exception):
    """A function failed or died; the argument is the service's name of its error."""


@dataclass
class Execution:
    """One execution and its position."""

    arn: str
    name: str
    given: str
    state: str
    document: StateJson
    status: str = "RUNNING"
    stopped_at: datetime | None = None
    tries: dict[int, int] = field(default_factory=dict)
    """Retries in this state, by the position of the retrier in the file."""
    token: str | None = None
    until: datetime | None = None
    """The time at which the wait times out."""
    entered: list[str] = field(default_factory=list)


class StateMachine:
    """The state machine and its executions."""

    def __init__(
        self,
        arn: str,
        definition: StateJson,
        clock: FaultClock,
        chance: random.Random,
        invoke: Callable[[str, StateJson], Any],
    ) -> None:
        self.arn, self.states, self.first = arn, definition["States"], definition["StartAt"]
        self.clock, self.chance = clock, chance
        self.invoke = invoke
        """Calls the function of an ARN; raises TaskFailed."""
        self.tell: Callable[[Execution], None] = lambda _: None
        """Tells the service's listeners of an execution that ended."""
        self.executions: dict[str, Execution] = {}
        self.retries = 0

    # ---- the calls of the service ------------------------------------------------------------

    def answer(self, client: Any, operation: str, asked: StateJson) -> Any:
        """The service's answer to one call."""
        del client
        answers: dict[str, Callable[[StateJson], StateJson]] = {
            "StartExecution": self._start,
            "SendTaskFailure": self._fail,
            "SendTaskSuccess": self._succeed,
            "ListExecutions": self._list,
            "DescribeExecution": self._describe,
        }
        return answers[operation](asked)

    def _start(self, asked: StateJson) -> StateJson:
        known = self.executions.get(asked["name"])
        if known is None:
            arn = f"{self.arn.replace(':stateMachine:', ':execution:')}:{asked['name']}"
            known = Execution(
                arn, asked["name"], asked["input"], self.first, json.loads(asked["input"])
            )
            self.executions[known.name] = known
        elif known.status != "RUNNING" or known.given != asked["input"]:
            raise _refused("ExecutionAlreadyExists", "StartExecution")
        return {"executionArn": known.arn, "startDate": self.clock.at}

    def _succeed(self, asked: StateJson) -> StateJson:
        execution = self._waiting(asked["taskToken"], "SendTaskSuccess")
        self._done(execution, self.states[execution.state], asked["output"])
        return {}

    def _fail(self, asked: StateJson) -> StateJson:
        execution = self._waiting(asked["taskToken"], "SendTaskFailure")
        self._failed(execution, self.states[execution.state], asked["error"])
        return {}

    def _waiting(self, token: str, operation: str) -> Execution:
        """The execution that waits with a token, which waits no more."""
        for execution in self.executions.values():
            if execution.token == token and execution.status == "RUNNING":
                execution.token = None
                return execution
        raise _refused("TaskTimedOut", operation)

    def _list(self, asked: StateJson) -> StateJson:
        found = [
            {"executionArn": each.arn, "name": each.name, "status": each.status}
            for each in self.executions.values()
            if each.status == asked.get("statusFilter", each.status)
        ]
        return {"executions": found}

    def _describe(self, asked: StateJson) -> StateJson:
        found = self.executions.get(asked["executionArn"].rpartition(":")[2])
        if found is None:
            raise _refused("ExecutionDoesNotExist", "DescribeExecution")
        stopped = {"stopDate": found.stopped_at} if found.stopped_at else {}
        return {"executionArn": found.arn, "name": found.name, "status": found.status, **stopped}

    # ---- how executions go on ----------------------------------------------------------------

    def ready(self) -> list[Execution]:
        """Executions that can take a step now."""
        return [
            each
            for each in self.executions.values()
            if each.status == "RUNNING"
            and (each.token is None or (each.until is not None and each.until <= self.clock.at))
        ]

    def lose(self, execution: Execution) -> None:
        """Lose an execution, as when a person stops it."""
        self._end(execution, "ABORTED")

    def step(self, execution: Execution) -> None:
        """Take one step."""
        state = self.states[execution.state]
        if execution.token is not None:
            execution.token = None
            return self._caught(execution, state, "States.Timeout")
        execution.entered.append(execution.state)
        match state["Type"]:
            case "Fail":
                self._end(execution, "FAILED")
            case "Task":
                self._task(execution, state)
            case other:
                raise NotImplementedError(f"the workflow has a state of type {other}")
        return None

    def _task(self, execution: Execution, state: StateJson) -> None:
        waits = {CALLBACK_TASK_RESOURCE: True, CALLING: False}[state["Resource"]]
        if waits:
            execution.token = f"{self.chance.getrandbits(128):032x}"
            seconds = execution.document[state["TimeoutSecondsPath"].removeprefix("$.")]
            execution.until = self.clock.at + timedelta(seconds=seconds)
        given = self._payload(state["Parameters"], execution)
        token = execution.token
        try:
            answer = self.invoke(state["Parameters"]["FunctionName"], given)
        except TaskFailed as failed:
            if waits and execution.token != token:
                return  # it was answered before it failed
            execution.token = None
            self._failed(execution, state, str(failed))
            return
        if not waits:
            if state["OutputPath"] != "$.Payload":
                raise NotImplementedError(f"{execution.state} has an OutputPath of another kind")
            self._done(execution, state, json.dumps(answer))

    def _payload(self, parameters: StateJson, execution: Execution) -> StateJson:
        tries = sum(execution.tries.values())
        values = {
            "$": execution.document,
            TASK_TOKEN_PATH: execution.token,
            RETRY_COUNT_PATH: tries,
        }
        return {
            name.removesuffix(".$"): values[said] if name.endswith(".$") else said
            for name, said in parameters["Payload"].items()
        }

    def _done(self, execution: Execution, state: StateJson, output: str) -> None:
        if state.get("End"):
            self._end(execution, "SUCCEEDED")
        else:
            self._go(execution, state["Next"], output)

    def _failed(self, execution: Execution, state: StateJson, error: str) -> None:
        for place, retrier in enumerate(state.get("Retry", ())):
            named = retrier["ErrorEquals"]
            if error in named or ("States.TaskFailed" in named and error != "States.Timeout"):
                tries = execution.tries.get(place, 0)
                if tries < retrier["MaxAttempts"]:
                    execution.tries[place] = tries + 1
                    self.retries += 1
                    return
                break
        self._caught(execution, state, error)

    def _caught(self, execution: Execution, state: StateJson, error: str) -> None:
        for catcher in state.get("Catch", ()):
            if error in catcher["ErrorEquals"] or "States.ALL" in catcher["ErrorEquals"]:
                return self._go(execution, catcher["Next"])
        return self._end(execution, "FAILED")

    def _go(self, execution: Execution, state: str, output: str | None = None) -> None:
        execution.state, execution.until = state, None
        execution.tries = {}
        if output is not None:
            execution.document = json.loads(output)

    def _end(self, execution: Execution, status: str) -> None:
        execution.status, execution.stopped_at = status, self.clock.at
        self.tell(execution)

    def running(self) -> Iterator[Execution]:
        """Executions that have not ended."""
        return (each for each in self.executions.values() if each.status == "RUNNING")


def _refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "of the test"}}, operation)
