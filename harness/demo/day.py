"""The working day that the demonstration leaves behind, so that each person of the desk has work.

Every report is synthetic, in `day.jsonl`: a scene and the body of `POST /v1/reports`. A scene is
played as far as the next act is a person's who opens the desk:

alert      danger that stands: at the top of the duty desk
severe     a first analyst decided on terrorism: a second person is needed
waiting    cases for the next analyst, in several languages
campaign   the same words with other numbers: look-alikes to compare
joined     reports about one number in one case: nobody has admitted any
late       the time of the review is over
contested  units declined to one another until a supervisor has to settle it
asked      the reporter was asked, and has time to answer
identity   a unit asks for the reporter's name: one request waits, one was released
referred   referrals that a unit has not answered

The demonstration puts the deadline of `late` into the past: the real one is days away. The history
of the case says nothing of that; the escalation that follows is the system's.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import httpx

from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from harness.demo import reporters
from harness.demo.desk import QUESTION
from harness.people.decision_bodies import decline_body
from harness.people.person import Person
from local.errors import UserError
from local.system import LocalSystem

T = TypeVar("T")

FILE: Final = Path(__file__).parent / "day.jsonl"
EARLIEST_TIME: Final = "2026-01-01T00:00:00.000Z"
DEMO_DAY_PATIENCE_SECONDS: Final = 120.0
"""Seconds until a step of the system is given up."""
PAUSE: Final = 0.2
"""Seconds between two looks at the system, which nothing tells the demonstration about."""
MOTIVE: Final = "Recueillir la déposition de la victime."
RELEASED: Final = {"outcome": "release", "reason": "Le motif est fondé."}
WAITING_SCENES: Final = frozenset({"alert", "waiting", "campaign", "joined"})


class People(Protocol):
    """The staff of the demonstration."""

    system: LocalSystem
    table: str
    analyst: Person
    supervisor: Person

    def officer_of(self, unit: str) -> Person: ...

    def other_unit(self, unit: str) -> str: ...


class StillNotThere(UserError):
    """The system did not do in time what the demonstration waits for."""


def leave_demo_day(people: People) -> dict[str, list[str]]:
    """Send the reports and play the scenes; returns the ids of the cases by scene.

    Raises `StillNotThere` where the system does not follow in time.
    """
    day = _Day(people)
    sent = asyncio.run(_send(people.system.api))
    cases: dict[str, list[str]] = defaultdict(list)
    for scene, body, accepted in sent:
        case_id = day.case_of(accepted.reference)
        if case_id not in cases[scene]:
            cases[scene].append(case_id)
        day.play(scene, case_id, body, accepted)
    return dict(cases)


async def _send(origin: str) -> list[tuple[str, dict[str, Any], reporters.AcceptedDemoReport]]:
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    async with httpx.AsyncClient(base_url=origin) as client:
        return [
            (row["scene"], row["body"], await reporters.submit(client, row["body"])) for row in rows
        ]


class _Day:
    def __init__(self, people: People) -> None:
        self.people = people
        self.identities = 0

    def play(
        self,
        scene: str,
        case_id: str,
        body: Mapping[str, Any],
        accepted: reporters.AcceptedDemoReport,
    ) -> None:
        """Bring one case as far as its scene goes, if this report opened it: the demonstration may
        have been played here before."""
        if (
            scene in WAITING_SCENES
            or self._item(keys.case_key(case_id)).get("opened_by") != accepted.reference
        ):
            return
        self._await(case_id, "in_review")
        match scene:
            case "severe":
                self._confirm(case_id, body)
            case "late":
                self._outlast(case_id)
            case "contested":
                self._contest(case_id, body)
            case "asked":
                question = {"outcome": "ask", "question": QUESTION[str(body["language"])]}
                self._decide(self.people.analyst, case_id, "review", question)
            case "identity":
                self._ask_for_a_name(case_id, body, accepted)
            case "referred":
                self._confirm(case_id, body)
                self._await(case_id, "published")
            case _:
                raise ValueError(scene)

    def case_of(self, reference: str) -> str:
        """The case of a report, once it is linked."""

        def linked() -> str:
            return str(self._item(keys.report_key(reference)).get("case_id", ""))

        return _until(linked, "a report belongs to a case")

    def _contest(self, case_id: str, body: Mapping[str, Any]) -> None:
        self._confirm(case_id, body)
        while True:
            case = self._await(case_id, "published", "in_review")
            if case["status"] == "in_review":
                return
            unit = str(case["referral"]["unit"])
            answer = decline_body(self.people.other_unit(unit))
            self._decide(self.people.officer_of(unit), case_id, "acknowledgement", answer)

    def _ask_for_a_name(
        self, case_id: str, body: Mapping[str, Any], accepted: reporters.AcceptedDemoReport
    ) -> None:
        self._confirm(case_id, body)
        case = self._await(case_id, "published")
        officer = self.people.officer_of(str(case["referral"]["unit"]))
        self._decide(officer, case_id, "acknowledgement", {"outcome": "accept"})
        self._await(case_id, "acknowledged", "awaiting_authorisation")
        officer.look(case_id)
        wish = {"report": accepted.reference, "motive": MOTIVE}
        asked = officer.act(case_id, "identity-requests", wish).raise_for_status()
        self.identities += 1
        if self.identities % 2 == 0:
            path = f"cases/{case_id}/identity-requests/{asked.json()['number']}/decision"
            etag = asked.headers["ETag"]
            self.people.supervisor.post(path, RELEASED, etag).raise_for_status()

    def _confirm(self, case_id: str, body: Mapping[str, Any]) -> None:
        decision = {"outcome": "confirm", "category": body["category"]}
        self._decide(self.people.analyst, case_id, "review", decision)

    def _decide(self, person: Person, case_id: str, call: str, decision: Mapping[str, Any]) -> None:
        person.look(case_id)
        if not person.decide(case_id, call, dict(decision)):
            raise StillNotThere(f"Somebody else decided on {case_id} at the same moment.")

    def _outlast(self, case_id: str) -> None:
        """Put the deadline of the review into the past, and end the execution that waits for it:
        the one that takes its place reads the deadline anew."""
        system = self.people.system
        system.aws.dynamodb.update_item(
            TableName=self.people.table,
            Key=to_wire_item(keys.case_key(case_id)),
            UpdateExpression="SET #wait.#due = :past",
            ExpressionAttributeNames={"#wait": "wait", "#due": "due"},
            ExpressionAttributeValues=to_wire_item({":past": EARLIEST_TIME}),
        )
        run = self._item(keys.case_key(case_id)).get("run", 1)
        executions = system.outputs["WorkflowArn"].replace(":stateMachine:", ":execution:")
        system.aws.stepfunctions.stop_execution(executionArn=f"{executions}:{case_id}-{run}")

    def _await(self, case_id: str, *statuses: str) -> dict[str, Any]:
        """The case, once it has one of these and waits for people."""

        def reached() -> dict[str, Any]:
            case = self.people.supervisor.case(case_id)
            waits = self._item(keys.wait_key(case_id)).get("status") == case["status"]
            held = case["status"] in {"acknowledged", "awaiting_authorisation"}
            return case if case["status"] in statuses and (waits or held) else {}

        return _until(reached, f"case {case_id} is {' or '.join(statuses)}")

    def _item(self, key: dict[str, str]) -> dict[str, Any]:
        answer = self.people.system.aws.dynamodb.get_item(
            TableName=self.people.table, Key=to_wire_item(key), ConsistentRead=True
        )
        return values_from_wire_item(answer.get("Item", {}))


def _until(look: Callable[[], T], what: str) -> T:
    deadline = time.monotonic() + DEMO_DAY_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(PAUSE)
    raise StillNotThere(f"Not in {DEMO_DAY_PATIENCE_SECONDS:g} s: {what}.")
