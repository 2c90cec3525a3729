"""Executions that began by an earlier drawing of the workflow, while a new release takes over.

The service ends an execution by the drawing with which it began. The functions of the first drawing
are gone with the release: its waiting executions meet the steps of this one, or none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest

from casework.aws.steps.task_state import now
from casework.aws.table import items, keys
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from tests.office import TABLE
from tests.workflow.machine import FILE, SHORT, Running, drawn, open_running
from tests.workflow.test_workflow import HAPPY, Start, acknowledge

FIRST = Path(__file__).with_name("drawings") / "1.asl.json"


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:
        yield lambda **deadlines: stack.enter_context(
            open_running(monkeypatch, tmp_path, **deadlines)
        )


def a_case_of_the_first_drawing(running: Running, seconds: int = 600) -> Case:
    """A case of the release before: its execution began, and waits for a review."""
    running.gone["review"] = wait_as_before
    case = a_started_case(running, seconds)
    running.waits(case, "in_review")
    del running.gone["review"]
    return case


def a_started_case(running: Running, seconds: int = 600) -> Case:
    """A case that the release before started, just before this one came."""
    draw(running, FIRST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("casework.aws.steps.executions._as_text", lambda told: first(told, seconds))
        case = running.office.in_review()
    draw(running, FILE)
    return case


def first(told: Mapping[str, Any], seconds: int) -> str:
    """A journey as the first drawing was given it."""
    return json.dumps({**told, "alert": False, "wait_seconds": seconds})


def wait_as_before(event: dict[str, Any], context: Any) -> None:
    """Keep a token as the step of the first drawing did: for ever, and without a drawing."""
    journey = event["journey"]
    kept = {
        "token": event["task_token"],
        "run": 1,
        "status": "in_review",
        "since": format_timestamp(now()),
    }
    items.put_item(TABLE, {**keys.wait_key(journey["case_id"]), **kept})


def draw(running: Running, file: Path) -> None:
    """Deploy a drawing of the workflow."""
    machines: Any = boto3.client("stepfunctions")
    machines.update_state_machine(stateMachineArn=running.office.workflow, definition=drawn(file))


def test_a_decision_on_a_case_of_the_first_drawing_is_carried_on_by_the_next_run(
    start: Start,
) -> None:
    running = start()
    case = a_case_of_the_first_drawing(running)

    running.office.confirm(case)
    assert running.office.tell(case)

    assert running.ends(case) == "SUCCEEDED"
    assert running.visited(case)[-2:] == ["Choose", "Done"], "it ends by its own drawing"
    goes_on_by_the_next_run(running, case)


def test_a_late_case_of_the_first_drawing_is_served_by_the_next_run(start: Start) -> None:
    running = start(review=(600, 600))
    case = a_case_of_the_first_drawing(running, seconds=SHORT)

    assert running.ends(case) == "SUCCEEDED"

    assert running.visited(case)[-3:] == ["Escalate", "Choose", "Done"]
    running.office.later(minutes=2)
    assert running.office.reconcile() == {"unserved": 1}
    running.waits(case, "in_review")
    running.office.confirm(case)
    assert running.office.tell(case)
    running.waits(case, "published")


def test_a_case_whose_old_step_is_gone_does_not_get_stuck(start: Start) -> None:
    running = start()
    case = a_started_case(running)

    assert running.ends(case) == "FAILED"

    assert running.calls[-1] == "Stuck"
    assert running.office.now_case(case).stuck is None
    running.office.confirm(case)
    goes_on_by_the_next_run(running, case)


def goes_on_by_the_next_run(running: Running, case: Case) -> None:
    """The reconciler starts a run by the present drawing, and nobody is asked again."""
    running.office.later(minutes=2)
    assert running.office.reconcile() == {"unserved": 1}
    running.waits(case, "published")
    acknowledge(running, case)
    assert running.ends(case, 2) == "SUCCEEDED"
    assert running.visited(case, 2) == HAPPY
    assert running.office.now_case(case).status is Status.ACKNOWLEDGED
    assert running.office.moves(case) == [
        *("open", "assess", "confirm", "refer", "publish", "acknowledge")
    ]
