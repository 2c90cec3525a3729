"""Corrections of Step Functions: deadlines from the case, and waits by task token."""

from __future__ import annotations

import json
import threading
from typing import Any

from local.emulator.upstream import iam_actions, require_upstream_attributes, stepfunctions

NO_DEADLINE_SECONDS = 99_999_999.0


def take_deadlines_from_input() -> None:
    """Upstream ignores TimeoutSecondsPath; resolve it to a number before the task runs."""
    require_upstream_attributes(stepfunctions, "_execute_task", "_resolve_path_or_ctx")
    upstream = stepfunctions._execute_task

    def execute(state: dict[str, Any], raw_input: Any, execution: Any, context: Any) -> Any:
        if path := state.get("TimeoutSecondsPath"):
            seconds = stepfunctions._resolve_path_or_ctx(path, raw_input, context)
            state = {**state, "TimeoutSeconds": seconds}
        return upstream(state, raw_input, execution, context)

    stepfunctions._execute_task = execute


def fail_a_wait_whose_call_failed() -> None:
    """Upstream ignores an error of the call that hands out the token, and goes on waiting.

    Here Retry and Catch get the error by its name. Heartbeats are not supported, as the design has
    none.
    """
    require_upstream_attributes(
        stepfunctions,
        "_invoke_with_callback",
        "_invoke_resource",
        "_task_tokens",
        "_ExecutionError",
    )
    failure = stepfunctions._ExecutionError

    def answer_of(told: dict[str, Any]) -> Any:
        if error := told.get("error"):
            raise failure(error.get("Error", "TaskFailed"), error.get("Cause", ""))
        result = told["result"]
        if not isinstance(result, str):
            return result
        try:
            return json.loads(result)
        except ValueError:
            return result

    def wait(resource: str, data: Any, token: str, state: dict[str, Any]) -> Any:
        told: dict[str, Any] = {
            "event": threading.Event(),
            "result": None,
            "error": None,
            "heartbeat": None,
        }
        stepfunctions._task_tokens[token] = told
        try:
            stepfunctions._invoke_resource(resource.replace(".waitForTaskToken", ""), data)
            seconds = float(state.get("TimeoutSeconds") or NO_DEADLINE_SECONDS)
            if not told["event"].wait(min(seconds, threading.TIMEOUT_MAX)):
                raise failure("States.Timeout", "the task token was not answered in time")
            return answer_of(told)
        finally:
            stepfunctions._task_tokens.pop(token, None)

    stepfunctions._invoke_with_callback = wait


def authorise_tokens_by_machine() -> None:
    """With AUTH=true upstream checks SendTaskSuccess against the resource "*".

    A token names no state machine in the request, so the narrow grant that CDK writes
    (`machine.grant_task_response`) is refused. Remember which machine handed out each token and
    check against it, also after its wait is over: then the service refuses, and not IAM. A token
    from before a restart counts for the only machine, if there is only one. Applied after
    `fail_a_wait_whose_call_failed`, which it wraps.
    """
    require_upstream_attributes(
        stepfunctions, "_execute_task", "_invoke_with_callback", "_state_machines"
    )
    require_upstream_attributes(iam_actions, "extract_resource_arn")
    running = threading.local()
    machine_of: dict[str, str] = {}
    upstream_task = stepfunctions._execute_task
    upstream_wait = stepfunctions._invoke_with_callback
    upstream_resource = iam_actions.extract_resource_arn

    def execute_task(state: Any, raw_input: Any, execution: Any, context: dict[str, Any]) -> Any:
        running.machine = (context.get("StateMachine") or {}).get("Id")
        return upstream_task(state, raw_input, execution, context)

    def wait(resource: str, data: Any, token: str, state: Any) -> Any:
        machine_of[token] = running.machine
        return upstream_wait(resource, data, token, state)

    def machine_for(token: str) -> str | None:
        machines = list(stepfunctions._state_machines)
        return machine_of.get(token) or (machines[0] if len(machines) == 1 else None)

    def extract(
        service: str, method: str, path: str, headers: Any, body: bytes, *args: Any, **kwargs: Any
    ) -> Any:
        found = upstream_resource(service, method, path, headers, body, *args, **kwargs)
        if service == "states" and found == "*" and body and b"taskToken" in body:
            return machine_for(json.loads(body).get("taskToken")) or found
        return found

    stepfunctions._execute_task = execute_task
    stepfunctions._invoke_with_callback = wait
    iam_actions.extract_resource_arn = extract


WORKFLOW_CORRECTIONS = (
    take_deadlines_from_input,
    fail_a_wait_whose_call_failed,
    authorise_tokens_by_machine,
)
