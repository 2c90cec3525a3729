"""Analysts and officers: work the queues through the desk API with real tokens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from casework.case.value_objects import Priority
from casework.pack.jurisdiction import open_pack
from harness.demo.reports import LabelledReport
from harness.people import decision_bodies as bodies
from harness.people.person import CaseJson, Person

DEMO_DESK_PACK = "ma"
URGENT_MOST: Final = Priority.IMMEDIATE.value
QUESTION = {
    "ar": "هل تتذكر تاريخ أول رسالة وصلتك؟",
    "fr": "Vous souvenez-vous de la date du premier message ?",
    "en": "Do you remember the date of the first message?",
    "es": "¿Recuerda la fecha del primer mensaje?",
}
NO_DANGER: Final = "Ce que les mots laissaient craindre n'est pas dit."
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


def review_all(
    analyst: Person, second: Person, labels: dict[str, LabelledReport], tally: Tally
) -> int:
    """Review the waiting cases; the labels are the analyst's judgement. Returns the number of
    decisions.

    Where the pack requires two people, the second one decides the same. Cases with a report of
    another sender are skipped.
    """
    done = 0
    for case_id in analyst.queue():
        case = analyst.case(case_id)
        if not ours(case, labels):
            continue
        label = labels[case["reports"][0]["reference"]]
        decision = _judged(case, label)
        if case["imminent"] and decision.get("priority", URGENT_MOST) != URGENT_MOST:
            # Nobody lowers the priority of a case whose danger stands.
            analyst.decide(case_id, "review", bodies.no_danger_body(case, NO_DANGER))
            case = analyst.case(case_id)
        if _asks(case_id) and "ask" in case["may"] and not case.get("questions"):
            asked = case["reports"][0]["reference"]
            decision = {"outcome": "ask", "question": QUESTION[case["language"]], "report": asked}
        decision |= bodies.last_seen(case)
        if named := bodies.list_unadmitted(case):  # the labels say that they belong together
            analyst.decide(case_id, "admissions", {"reports": named})
        made = analyst.decide(case_id, "review", decision)
        if made == "propose":
            second.look(case_id)
            made = second.decide(case_id, "review", decision)
            tally.seconded.add(case_id)
        if made == "ask":
            tally.asked[case_id] = case["reports"][0]["reference"]
        elif made:
            (tally.rejected if label.category == "other" else tally.reviewed).add(case_id)
        done += bool(made)
    return done


def ours(case: CaseJson, sent: Collection[str]) -> bool:
    """Whether the demonstration sent every shown report of the case."""
    references = [report["reference"] for report in case["reports"]]
    return bool(references) and all(reference in sent for reference in references)


def _judged(case: CaseJson, label: LabelledReport) -> CaseJson:
    if label.category == "other":
        return {"outcome": "reject", "reason": "out_of_scope", "turn_to": "platform"}
    return bodies.confirm_body(case, label.category, priority=label.priority)


def answer_all(
    officer: Person,
    other_unit: Callable[[str], str],
    unit: str,
    sent: Collection[str],
    tally: Tally,
) -> int:
    """Acknowledge what waits for a unit; decline some. Returns the number of answers."""
    done = 0
    for case_id in officer.queue():
        case = officer.case(case_id)
        if case["status"] not in {"queued", "published"} or not ours(case, sent):
            continue
        declines = _declines(case_id) and case_id not in tally.declined
        decision = (
            bodies.decline_body(other_unit(unit))
            if declines
            else {"outcome": "accept", **bodies.last_seen(case)}
        )
        if officer.decide(case_id, "acknowledgement", decision):
            (tally.declined if declines else tally.acknowledged).add(case_id)
            done += 1
    return done


def live_all(officer: Person, sent: Collection[str]) -> None:
    """Continue each case of the unit: authorise, investigate, count suspects, end it."""
    for case_id in list(officer.queue(of="held")):
        case = officer.case(case_id)
        if not ours(case, sent):
            continue
        for call, decision in _life(case_id, gated=case["status"] == "awaiting_authorisation"):
            case = officer.case(case_id)
            if call in {"instructions", "closure"}:
                decision = {**decision, **_from_prosecutor(case), **bodies.last_seen(case)}
            officer.decide(case_id, call, decision)


def _life(case_id: str, *, gated: bool) -> Iterator[tuple[str, CaseJson]]:
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


def _from_prosecutor(case: CaseJson) -> CaseJson:
    pack, reference = open_pack(DEMO_DESK_PACK), f"{sum(case['id'].encode())}/2026"
    day = pack.facts.local_day(datetime.fromisoformat(case["opened_at"]))
    return bodies.from_prosecutor(case["competence"], pack, day, reference)


def _asks(case_id: str) -> bool:
    return sum(case_id.encode()) % ASK_EVERY == 1


def _declines(case_id: str) -> bool:
    return sum(case_id.encode()) % DECLINE_EVERY == 0
