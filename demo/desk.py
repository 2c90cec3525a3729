"""Analysts and officers: work the queues through the desk API with real tokens."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from demo.reports import Labelled

PAGE = 50
DECIDED = {httpx.codes.OK, httpx.codes.ACCEPTED}
LOST_RACE = {httpx.codes.PRECONDITION_FAILED, httpx.codes.CONFLICT}
DECLINE_EVERY = 8


@dataclass
class Tally:
    """What the people of the demonstration did, by case id."""

    reviewed: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    declined: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)


class Person:
    """A staff member with a token."""

    def __init__(self, origin: str, token: str) -> None:
        self._client = httpx.Client(
            base_url=origin, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )

    def queue(self) -> Iterator[str]:
        """Ids of the cases waiting for this person, most urgent first."""
        cursor = ""
        while True:
            query = {"limit": str(PAGE), **({"cursor": cursor} if cursor else {})}
            answer = self._client.get("/v1/desk/queue", params=query)
            answer.raise_for_status()
            page = answer.json()
            yield from (entry["id"] for entry in page["cases"])
            cursor = page.get("cursor") or ""
            if not cursor:
                return

    def case(self, case_id: str) -> tuple[dict[str, Any], str]:
        """The case and its ETag."""
        answer = self._client.get(f"/v1/desk/cases/{case_id}")
        answer.raise_for_status()
        return answer.json(), answer.headers["ETag"]

    def decide(self, case_id: str, call: str, etag: str, decision: dict[str, Any]) -> bool:
        """Decide; False when somebody was first."""
        answer = self._client.post(
            f"/v1/desk/cases/{case_id}/{call}",
            json=decision,
            headers={"If-Match": etag, "Idempotency-Key": str(uuid.uuid4())},
        )
        if answer.status_code in LOST_RACE:
            return False
        if answer.status_code not in DECIDED:
            answer.raise_for_status()
        return True


def review_all(analyst: Person, labels: dict[str, Labelled], tally: Tally) -> int:
    """Review what waits; the labels are the analyst's judgement. Returns how many were decided."""
    done = 0
    for case_id in analyst.queue():
        case, etag = analyst.case(case_id)
        label = labels[case["reports"][0]["reference"]]
        if label.category == "other":
            decision: dict[str, Any] = {"outcome": "reject", "reason": "out_of_scope"}
        else:
            decision = {
                "outcome": "confirm",
                "category": label.category,
                "priority": label.priority,
                "territory": case.get("territory"),
            }
        if analyst.decide(case_id, "review", etag, decision):
            (tally.rejected if label.category == "other" else tally.reviewed).add(case_id)
            done += 1
    return done


def answer_all(officer: Person, other_unit: Callable[[str], str], unit: str, tally: Tally) -> int:
    """Acknowledge what waits for a unit; now and then decline. Returns how many were answered."""
    done = 0
    for case_id in officer.queue():
        case, etag = officer.case(case_id)
        if case["status"] not in {"queued", "published"}:
            continue
        declines = _declines(case_id) and case_id not in tally.declined
        decision: dict[str, Any] = {"outcome": "accept"}
        if declines:
            decision = {
                "outcome": "decline",
                "reason": "other_territory",
                "competent_unit": other_unit(unit),
            }
        if officer.decide(case_id, "acknowledgement", etag, decision):
            (tally.declined if declines else tally.acknowledged).add(case_id)
            done += 1
    return done


def _declines(case_id: str) -> bool:
    return sum(case_id.encode()) % DECLINE_EVERY == 0
