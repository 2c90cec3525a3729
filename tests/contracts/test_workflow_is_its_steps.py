"""The workflow's file, its steps and its substitutions agree."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from casework.case.lifecycle import Status
from functions.notify import steps as notify_steps
from functions.triage import steps
from tools.lifecycle import FILE as LIFECYCLE
from tools.lifecycle import document

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "functions" / "triage" / "workflow.asl.json").read_text(encoding="utf-8")
STATES: dict[str, dict[str, Any]] = json.loads(TEXT)["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


@pytest.mark.parametrize("name", TASKS)
def test_task_state_is_a_step_of_the_same_name(name: str) -> None:
    here = [module for module in (steps, notify_steps) if hasattr(module, name.lower())]
    assert len(here) == 1
    assert TASKS[name]["Parameters"]["FunctionName"] == f"${{{name}}}"


def test_every_substitution_names_a_task_state() -> None:
    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) == TASKS.keys()


def test_errors_are_those_of_the_services() -> None:
    """Ours carry codes, not classes a workflow may tell apart."""
    named = [
        error
        for state in TASKS.values()
        for rule in (*state["Retry"], *state.get("Catch", ()))
        for error in rule["ErrorEquals"]
    ]
    assert all(re.fullmatch(r"(States|Lambda)\.\w+", error) for error in named)


@pytest.mark.parametrize("name", TASKS)
def test_task_is_retried_with_growing_and_random_pauses(name: str) -> None:
    service, ours = TASKS[name]["Retry"]
    assert {error.split(".")[0] for error in service["ErrorEquals"]} == {"Lambda"}
    assert ours["ErrorEquals"] == ["States.TaskFailed"]
    for retry in (service, ours):
        assert (retry["BackoffRate"], retry["JitterStrategy"]) == (2, "FULL")
        assert retry["MaxDelaySeconds"] <= 300
    # A throttled function, or a topic that is down for an hour, sticks no case.
    patient = ours if name == "Notify" else service
    assert patient["MaxAttempts"] >= 16


@pytest.mark.parametrize("name", TASKS.keys() - {"Stuck"})
def test_no_failure_ends_in_silence(name: str) -> None:
    last = TASKS[name]["Catch"][-1]
    assert last["ErrorEquals"] == ["States.ALL"]
    assert last["Next"] == ("Review" if name == "Alert" else "Stuck")


def test_failures_leave_no_text_in_the_journey() -> None:
    kept = [rule["ResultPath"] for state in TASKS.values() for rule in state.get("Catch", ())]
    assert kept
    assert set(kept) == {None}


def test_people_are_waited_for_as_long_as_the_case_says() -> None:
    waits = {name for name, state in TASKS.items() if "waitForTaskToken" in state["Resource"]}
    assert waits == {"Review", "Acknowledge"}
    assert {TASKS[name]["TimeoutSecondsPath"] for name in waits} == {"$.wait_seconds"}


def test_every_status_in_flight_has_a_way_on() -> None:
    chosen = {
        rule.get("StringEquals") or rule["And"][0]["StringEquals"]
        for rule in STATES["Choose"]["Choices"]
    }
    assert chosen == {status.value for status in Status if not status.law.idle}
    assert STATES["Choose"]["Default"] == "Done"


def test_lifecycle_is_drawn_as_it_is() -> None:
    assert LIFECYCLE.read_text(encoding="utf-8") == document()
