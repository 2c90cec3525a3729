"""The labelled synthetic reports, as bodies of `POST /v1/reports`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "reports.jsonl"

DEMO_ANSWER_LANGUAGES = {
    "ar": "ar",
    "ary": "ar",
    "ary-Latn": "ar",
    "fr": "fr",
    "en": "en",
    "es": "es",
}
"""The language of the answer, by the language of the report."""

DEMO_LOCATION_KINDS = {"url", "handle", "phone", "email"}


@dataclass(frozen=True)
class LabelledReport:
    """One synthetic report and its author's label."""

    id: str
    body: dict[str, Any]
    category: str
    priority: str


def labelled_reports() -> list[LabelledReport]:
    """All reports, in the order of the file."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return [_labelled(number, json.loads(line)) for number, line in enumerate(lines) if line]


def _labelled(number: int, row: dict[str, Any]) -> LabelledReport:
    expected = row["expected"]
    body = {
        "category": row["claimed_category"],
        "narrative": row["narrative"],
        "locations": [_location(location) for location in row["locations"]],
        "role": row["role"],
        "victim_is_minor": "minor_victim" in expected["flags"],
        "danger_now": "imminent_danger" in expected["flags"],
        "language": DEMO_ANSWER_LANGUAGES[row["lang"]],
        "disclosure": _disclosure(number, row["id"]),
    }
    if row["territory_text"]:
        body["territory"] = {"text": row["territory_text"]}
    return LabelledReport(row["id"], body, expected["category"], expected["priority"])


def _location(location: dict[str, str]) -> dict[str, str]:
    kind = location["kind"] if location["kind"] in DEMO_LOCATION_KINDS else "other"
    return {"kind": kind, "value": location["value"]}


def _disclosure(number: int, name: str) -> dict[str, Any]:
    contact = {"email": f"declarant-{name.lower()}@example.org"}
    match number % 10:
        case 0 | 1 | 2 | 3:
            return {"kind": "anonymous"}
        case 4 | 5 | 6:
            return {"kind": "confidential", "contact": contact}
        case _:
            return {
                "kind": "identified",
                "contact": contact,
                "identity": {"name": f"Synthetic Person {name}"},
            }
