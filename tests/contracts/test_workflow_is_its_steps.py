"""The workflow's file, its steps and its substitutions agree."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from casework.aws.steps import executions
from casework.case.execution_state import WORKFLOW_DIGEST, WORKFLOW_VERSION
from casework.case.lifecycle import Status
from functions.notify import steps as notify_steps
from functions.triage import steps
from tools.lifecycle import FILE as LIFECYCLE
from tools.lifecycle import LISTS, render_lifecycle_page, status_lists

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "functions" / "triage" / "workflow.asl.json").read_text(encoding="utf-8")
STATES: dict[str, dict[str, Any]] = json.loads(TEXT)["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


@pytest.mark.parametrize("name", TASKS)
def test_task_state_calls_a_step_that_is_there(name: str) -> None:
    function = TASKS[name]["Parameters"]["FunctionName"].strip("${}")
    here = [module for module in (steps, notify_steps) if hasattr(module, function.lower())]
    assert len(here) == 1
    assert name.startswith("Late") or function == name


def test_errors_are_those_of_the_services_or_lead_a_referral_back() -> None:
    """Other errors carry codes, and no class that a workflow may tell apart."""
    named = {
        error
        for state in TASKS.values()
        for rule in (*state["Retry"], *state.get("Catch", ()))
        for error in rule["ErrorEquals"]
    }
    ours = {error for error in named if not re.fullmatch(r"(States|Lambda)\.\w+", error)}
    assert ours == {executions.RETRY_REFERRAL_ERROR, executions.CONTESTED_ERROR}


def test_what_leads_a_referral_back_is_never_retried() -> None:
    retries = TASKS["Referral"]["Retry"]
    first = next(rule for rule in retries if executions.RETRY_REFERRAL_ERROR in rule["ErrorEquals"])
    assert first == {
        "ErrorEquals": [executions.RETRY_REFERRAL_ERROR, executions.CONTESTED_ERROR],
        "MaxAttempts": 0,
    }
    assert retries.index(first) < next(
        number
        for number, rule in enumerate(retries)
        if rule["ErrorEquals"] == ["States.TaskFailed"]
    )


@pytest.mark.parametrize("name", TASKS)
def test_task_is_retried_with_growing_and_random_pauses(name: str) -> None:
    service, ours = (rule for rule in TASKS[name]["Retry"] if rule["MaxAttempts"] > 0)
    assert {error.split(".")[0] for error in service["ErrorEquals"]} == {"Lambda"}
    assert ours["ErrorEquals"] == ["States.TaskFailed"]
    for retry in (service, ours):
        assert (retry["BackoffRate"], retry["JitterStrategy"]) == (2, "FULL")
        assert retry["MaxDelaySeconds"] <= 300
    # A throttled function, or a topic that is down for an hour, sticks no case.
    patient = ours if name == "Referral" else service
    assert patient["MaxAttempts"] >= 16


@pytest.mark.parametrize("name", TASKS.keys() - {"Stuck"})
def test_no_failure_ends_in_silence(name: str) -> None:
    last = TASKS[name]["Catch"][-1]
    assert last["ErrorEquals"] == ["States.ALL"]
    assert last["Next"] == "Stuck"


def test_the_last_try_of_the_first_step_goes_on_without_the_duty_desk() -> None:
    ours = TASKS["Triage"]["Retry"][-1]
    assert ours["ErrorEquals"] == ["States.TaskFailed"]
    assert ours["MaxAttempts"] == steps.MAX_ALERT_SEND_ATTEMPTS


def test_failures_leave_no_text_in_the_journey() -> None:
    kept = [rule["ResultPath"] for state in TASKS.values() for rule in state.get("Catch", ())]
    assert kept
    assert set(kept) == {None}


def test_people_are_waited_for_as_long_as_the_case_says() -> None:
    waits = {name for name, state in TASKS.items() if "waitForTaskToken" in state["Resource"]}
    assert waits == {"Triage", "Referral"}
    assert {TASKS[name]["TimeoutSecondsPath"] for name in waits} == {"$.wait_seconds"}


@pytest.mark.parametrize("there", set(Status) - {Status.PUBLISHED})
def test_an_execution_ends_only_with_a_case_that_is_owed_none(there: Status) -> None:
    error = executions.rejection_error(Status.PUBLISHED, there)
    caught = [rule for rule in TASKS["Referral"]["Catch"] if error in rule["ErrorEquals"]]
    assert (error is None) == there.rule.idle
    assert len(caught) == (error is not None)


def test_a_review_that_has_ended_goes_on_to_the_referral() -> None:
    assert TASKS["Triage"]["Next"] == "Referral"
    assert {executions.rejection_error(Status.IN_REVIEW, there) for there in Status} == {None}


@pytest.mark.parametrize("name", TASKS)
def test_every_step_is_told_the_drawing(name: str) -> None:
    assert TASKS[name]["Parameters"]["Payload"]["drawn"] == WORKFLOW_VERSION


def test_another_shape_of_the_workflow_is_another_drawing() -> None:
    shape = {
        name: [
            state["Type"],
            state.get("Parameters", {}).get("FunctionName"),
            state.get("Next"),
            *([rule["ErrorEquals"], rule["Next"]] for rule in state.get("Catch", ())),
        ]
        for name, state in STATES.items()
    }
    digest = hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]
    assert digest == WORKFLOW_DIGEST, (
        "Executions that run by the drawing before this one are handed over only if this one has "
        "the next number, in the file and as WORKFLOW_VERSION in casework/case/execution_state.py. "
        f"WORKFLOW_DIGEST is {digest!r}."
    )


def test_lifecycle_is_drawn_as_it_is() -> None:
    assert LIFECYCLE.read_text(encoding="utf-8") == render_lifecycle_page()
    assert LISTS.read_text(encoding="utf-8") == status_lists()
