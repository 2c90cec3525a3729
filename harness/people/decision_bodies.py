"""Bodies of decisions, made from the case as the API shows it."""

from __future__ import annotations

from datetime import date
from typing import Any

from casework.case.admission import MAX_ADMITTED_BY_NAME
from casework.pack.jurisdiction import Jurisdiction
from harness.people.person import CaseJson


def last_report(case: CaseJson) -> CaseJson:
    """The last report that was shown; nothing where a page shows some of them."""
    numbers = [each["number"] for each in case["reports"] if each.get("number")]
    return {"shown": max(numbers)} if numbers and "cursor" not in case else {}


def last_seen(case: CaseJson) -> CaseJson:
    """The last report and the last entry of the history that were shown."""
    return {**last_report(case), "seen": case["last_entry"]}


def confirm_body(case: CaseJson, category: str, **more: Any) -> CaseJson:
    """The case is as the machine assessed it, but for its category."""
    place = {name: case[name] for name in ("territory", "country") if case.get(name)}
    priority = case["priority"]
    return {"outcome": "confirm", "category": category, "priority": priority, **place, **more}


def no_danger_body(case: CaseJson, reason: str) -> CaseJson:
    """Nobody is in the danger that the words made the machine fear."""
    known = {"dangers": case["dangers"], "seen": case["last_entry"]}
    return {"outcome": "no_danger", "reason": reason, **known}


def decline_body(unit: str) -> CaseJson:
    """Another unit is competent."""
    return {"outcome": "decline", "reason": "other_territory", "competent_unit": unit}


def list_unadmitted(case: CaseJson) -> list[str]:
    """References of the shown reports that nobody admitted, as many as one decision may name."""
    waiting = [each["reference"] for each in case["reports"] if not each["belongs"]]
    return waiting[:MAX_ADMITTED_BY_NAME]


def from_prosecutor(
    competence: CaseJson, pack: Jurisdiction, day: date, reference: str = "7/2026"
) -> CaseJson:
    """A dated decision of the competent office, or of another one with a reason."""
    dated = {"decided_on": day.isoformat(), "reference": reference}
    if competence.get("prosecutor") and competence.get("court"):
        return {"prosecutor": competence["prosecutor"], "court": competence["court"], **dated}
    office = next(iter(pack.facts.prosecutors.values()))
    courts = {each.level: each.id for each in pack.courts.values()}
    why = "The office on duty decided in place of the competent one."
    named = {"prosecutor": office.id, "court": courts[office.court_level], "other_office": why}
    return {**named, **dated}
