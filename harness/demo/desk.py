"""Analysts and officers: work the queues through the desk API with real tokens."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx

from casework.case.admission import MAX_ADMITTED_BY_NAME
from casework.case.value_objects import Priority
from casework.pack.jurisdiction import open_pack
from harness.demo.reports import LabelledReport

DEMO_DESK_PACK = "ma"
CAPITAL = "04.421"
URGENT_MOST: Final = Priority.IMMEDIATE.value
QUESTION = {
    "ar": "هل تتذكر تاريخ أول رسالة وصلتك؟",
    "fr": "Vous souvenez-vous de la date du premier message ?",
    "en": "Do you remember the date of the first message?",
    "es": "¿Recuerda la fecha del primer mensaje?",
}
DEMO_CASES_PER_PAGE = 50
CALL_SECONDS = 60
"""The longest wait for an answer, also of a machine that is busy with other work."""
DECIDED_STATUSES = {httpx.codes.OK, httpx.codes.ACCEPTED}
DEMO_LOST_RACE_STATUSES = {httpx.codes.PRECONDITION_FAILED, httpx.codes.CONFLICT}
DECLINE_EVERY = 8
ASK_EVERY = 9


@dataclass
class Tally:
    """The acts of the people of the demonstration, by case id."""

    reviewed: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    declined: set[str] = field(default_factory=set)
    asked: dict[str, str] = field(default_factory=dict)
    """The report whose reporter was asked, by case."""
    seconded: set[str] = field(default_factory=set)
    """Cases that two people decided."""
    acknowledged: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class RenewedTokenAuth(httpx.Auth):
    """Each call has the token of its own time: one is valid for 15 minutes, and a demonstration
    takes longer on a busy machine."""

    token: Callable[[], str]

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See `httpx.Auth`."""
        request.headers["Authorization"] = f"Bearer {self.token()}"
        yield request


class DemoMember:
    """A staff member with a token."""

    def __init__(self, origin: str, token: Callable[[], str]) -> None:
        """`token` gives one that is valid now."""
        self._client = httpx.Client(
            base_url=origin, auth=RenewedTokenAuth(token), timeout=CALL_SECONDS
        )

    def close(self) -> None:
        self._client.close()

    def queue(self) -> Iterator[str]:
        """Ids of the cases waiting for this person, most urgent first."""
        cursor = ""
        while True:
            query = {"limit": str(DEMO_CASES_PER_PAGE), **({"cursor": cursor} if cursor else {})}
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

    def held(self) -> list[str]:
        """Ids of the cases this person's unit holds."""
        found: list[str] = []
        query = {"limit": str(DEMO_CASES_PER_PAGE), "of": "held"}
        while True:
            answer = self._client.get("/v1/desk/queue", params=query)
            answer.raise_for_status()
            found += [entry["id"] for entry in answer.json()["cases"]]
            if not answer.json().get("cursor"):
                return found
            query["cursor"] = answer.json()["cursor"]

    def decide(self, case_id: str, call: str, etag: str, decision: dict[str, Any]) -> str:
        """Send a decision; returns its move, or nothing when another person was faster."""
        answer = self.post(f"cases/{case_id}/{call}", etag, decision)
        if answer.status_code in DEMO_LOST_RACE_STATUSES:
            return ""
        if answer.status_code not in DECIDED_STATUSES:
            answer.raise_for_status()
        return str(answer.json()["decision"])

    def post(self, path: str, etag: str, body: dict[str, Any]) -> httpx.Response:
        """One call of the desk that changes something."""
        headers = {"If-Match": etag, "Idempotency-Key": str(uuid.uuid4())}
        return self._client.post(f"/v1/desk/{path}", json=body, headers=headers)


def review_all(
    analyst: DemoMember, second: DemoMember, labels: dict[str, LabelledReport], tally: Tally
) -> int:
    """Review the waiting cases; the labels are the analyst's judgement. Returns the number of
    decisions.

    Where the pack requires two people, the second one decides the same. Cases with a report of
    another sender are skipped.
    """
    done = 0
    for case_id in analyst.queue():
        case, etag = analyst.case(case_id)
        if not ours(case, labels):
            continue
        label = labels[case["reports"][0]["reference"]]
        decision = _judged(case, label)
        if case["imminent"] and decision.get("priority", URGENT_MOST) != URGENT_MOST:
            analyst.decide(case_id, "review", etag, _calm(case))
            case, etag = analyst.case(case_id)
        if _asks(case_id) and "ask" in case["may"] and not case.get("questions"):
            asked = case["reports"][0]["reference"]
            decision = {"outcome": "ask", "question": QUESTION[case["language"]], "report": asked}
        decision |= seen_numbers(case)
        admit_all(analyst, case, etag)
        made = analyst.decide(case_id, "review", etag, decision)
        if made == "propose":
            _, etag = second.case(case_id)
            made = second.decide(case_id, "review", etag, decision)
            tally.seconded.add(case_id)
        if made == "ask":
            tally.asked[case_id] = case["reports"][0]["reference"]
        elif made:
            (tally.rejected if label.category == "other" else tally.reviewed).add(case_id)
        done += bool(made)
    return done


def ours(case: dict[str, Any], sent: Collection[str]) -> bool:
    """Whether the demonstration sent every shown report of the case."""
    references = [report["reference"] for report in case["reports"]]
    return bool(references) and all(reference in sent for reference in references)


def admit_all(person: DemoMember, case: dict[str, Any], etag: str) -> None:
    """Admit the shown reports of a case of several, each by its name: the labels say that they
    belong together."""
    named = [each["reference"] for each in case["reports"] if not each["belongs"]][
        :MAX_ADMITTED_BY_NAME
    ]
    if named:
        answer = person.post(f"cases/{case['id']}/admissions", etag, {"reports": named})
        if answer.status_code not in DEMO_LOST_RACE_STATUSES:
            answer.raise_for_status()


def seen_numbers(case: dict[str, Any]) -> dict[str, int]:
    """The last shown report and entry: the decision says what its author had in view."""
    last = max(report["number"] for report in case["reports"])
    return {"shown": last, "seen": case["last_entry"]}


def _calm(case: dict[str, Any]) -> dict[str, Any]:
    """Nobody lowers the priority of a case whose danger stands."""
    reason = "Ce que les mots laissaient craindre n'est pas dit."
    known = {"dangers": case["dangers"], "seen": case["last_entry"]}
    return {"outcome": "no_danger", "reason": reason, **known}


def _judged(case: dict[str, Any], label: LabelledReport) -> dict[str, Any]:
    if label.category == "other":
        return {"outcome": "reject", "reason": "out_of_scope", "turn_to": "platform"}
    return {
        "outcome": "confirm",
        "category": label.category,
        "priority": label.priority,
        "seen": case["last_entry"],
        "territory": case.get("territory"),
    }


def answer_all(
    officer: DemoMember,
    other_unit: Callable[[str], str],
    unit: str,
    sent: Collection[str],
    tally: Tally,
) -> int:
    """Acknowledge what waits for a unit; decline some. Returns the number of answers."""
    done = 0
    for case_id in officer.queue():
        case, etag = officer.case(case_id)
        if case["status"] not in {"queued", "published"} or not ours(case, sent):
            continue
        declines = _declines(case_id) and case_id not in tally.declined
        decision: dict[str, Any] = {"outcome": "accept", **seen_numbers(case)}
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


def live_all(officer: DemoMember, sent: Collection[str]) -> None:
    """Continue each case of the unit: authorise, investigate, count suspects, end it."""
    for case_id in officer.held():
        case, etag = officer.case(case_id)
        if not ours(case, sent):
            continue
        for call, decision in _life(case_id, gated=case["status"] == "awaiting_authorisation"):
            case, etag = officer.case(case_id)
            if call in {"instructions", "closure"}:
                decision = {**decision, **_from_prosecutor(case), **seen_numbers(case)}
            officer.decide(case_id, call, etag, decision)


def _life(case_id: str, *, gated: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The course of a case, always the same for the same case; some stay with their unit."""
    kind = sum(case_id.encode()) % 5
    if gated and kind == 3:
        yield "closure", {"reason": "authorisation_refused"}
        return
    if gated:
        yield "instructions", {"kind": "authorise"}
    yield "instructions", {"kind": "investigate"}
    match kind:
        case 0:
            yield from [("suspects", {}), ("suspects", {})]
            for happening in ("wanted", "arrested", "presented"):
                yield "suspects/1/events", {"happening": happening}
            yield "closure", {"reason": "sent_to_court"}
        case 1:
            yield from [("suspects", {}), ("suspects", {})]
            yield "suspects/1/events", {"happening": "wanted"}
            yield "suspects/2/events", {"happening": "arrested"}
        case 2:
            yield "instructions", {"kind": "close", "ground": "unknown_offender"}
        case 3:
            yield "closure", {"reason": "sent_abroad"}


def _from_prosecutor(case: dict[str, Any]) -> dict[str, Any]:
    """The office competent for the case, or the capital's, and a number that it may give."""
    known, pack = case["competence"], open_pack(DEMO_DESK_PACK)
    if not known.get("prosecutor"):
        court = pack.territories[CAPITAL].court
        known = {"prosecutor": pack.facts.prosecutors["misdemeanour"].id, "court": court}
    return {
        "prosecutor": known["prosecutor"],
        "court": known["court"],
        "decided_on": pack.facts.local_day(datetime.fromisoformat(case["opened_at"])).isoformat(),
        "reference": f"{sum(case['id'].encode())}/2026",
    }


def _asks(case_id: str) -> bool:
    return sum(case_id.encode()) % ASK_EVERY == 1


def _declines(case_id: str) -> bool:
    return sum(case_id.encode()) % DECLINE_EVERY == 0
