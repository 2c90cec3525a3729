"""`python -m harness.evaluation FILE`: the table, the worst mistakes, and build/evaluation.json.

A fixed third of the file is counted separately (`held_out`): authors of rules do not read it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

from casework.pack.jurisdiction import Jurisdiction, open_pack
from harness.evaluation.predictions import Prediction, Unreadable, predict, read_labelled_rows
from harness.evaluation.scores import FLAGS, category_is_right, province_is_right, scores, too_low

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "evaluation.json"
MAX_MISTAKES = 15


def held_out(name: str) -> bool:
    """Whether a report belongs to the third that is not read while rules are written."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 3 == 0


def main() -> None:
    """Evaluate a labelled file from the command line."""
    asked = argparse.ArgumentParser(prog="make evaluate FILE=")
    asked.add_argument("file", type=Path)
    asked.add_argument("--pack", default="ma")
    asked.add_argument("--out", type=Path, default=OUT)
    chosen = asked.parse_args()
    pack = open_pack(chosen.pack)
    try:
        rows = read_labelled_rows(chosen.file)
    except Unreadable as error:
        asked.error(str(error))
    without = next((row["id"] for row in rows if not isinstance(row.get("expected"), dict)), None)
    if without is not None:
        asked.error(f"{chosen.file}: {without} has no label; `expected` holds it")
    said = predict(pack, rows)
    parts = {
        "all": said,
        "read_while_writing": [each for each in said if not held_out(each.id)],
        "held_out": [each for each in said if held_out(each.id)],
    }
    measured = {name: scores(pack, part) for name, part in parts.items()}
    languages = sorted({str(each.row["lang"]) for each in said})
    by_language = {
        language: scores(pack, [each for each in said if each.row["lang"] == language])
        for language in languages
    }
    document = {
        "file": chosen.file.name,
        "pack": pack.version,
        **measured["all"],
        "parts": {name: measured[name] for name in ("read_while_writing", "held_out")},
        "by_language": by_language,
        "predictions": [_told(pack, each) for each in said],
    }
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(_table(measured | by_language))
    # The held-out third stays unread: its mistakes are counted above and not shown.
    mistakes = _mistakes(pack, [each for each in said if not held_out(each.id)])
    for line in mistakes[:MAX_MISTAKES]:
        print(line)
    print(chosen.out.relative_to(ROOT) if chosen.out.is_relative_to(ROOT) else chosen.out)


def _told(pack: Jurisdiction, each: Prediction) -> dict[str, Any]:
    found = each.assessment
    territory = pack.territories.get(each.province) if each.province else None
    name = territory.name("fr") if territory else None
    if name and province_is_right(pack, each):
        name = each.expected["province_hint"]  # the same place, spelt as in the label
    return {
        "id": each.id,
        "language": found.language,
        "category": found.hint.category,
        "confidence": round(found.hint.confidence, 3),
        "disagrees": found.disagrees,
        "priority": found.priority.value,
        "reasons": list(found.reasons),
        "flags": {flag: list(raised) for flag, raised in found.flags.items()},
        "identifiers": [
            {"type": one.kind, "value": one.canonical, "own": one.own}
            for one in each.identifiers
            if one.kind != "platform"  # labels list none
        ],
        "platforms": [one.canonical for one in each.identifiers if one.kind == "platform"],
        "province": name,
        "territory": found.territory,
        "linked_to": each.linked_to,
        "linked_by": each.linked_by,
        "cpu_microseconds": round(each.microseconds),
    }


SCORE_COLUMNS = [
    *("reports", "category", "immediate", "too_low", "flags_rec", "flags_pre", "ids_F1"),
    *("links_pre", "links_rec", "province", "language", "cpu_us"),
]


def _table(measured: dict[str, dict[str, Any]]) -> str:
    """One line for each part, one column for each figure."""
    lines = [f"{'':<20}" + "".join(f"{name:>10}" for name in SCORE_COLUMNS)]
    for name, one in measured.items():
        flags, linking = one["flags"]["all"], one["linking"]
        values = [
            one["reports"],
            one["category_accuracy"],
            one["priority"]["immediate_recall"],
            one["priority"]["lower_than_acceptable"],
            flags["recall"],
            flags["precision"],
            one["identifiers"]["all"]["f1"],
            linking["precision"],
            linking["recall"],
            one["province_accuracy"],
            one["language_accuracy"],
            (one["cpu_microseconds"] or {}).get("median"),
        ]
        lines.append(f"{name:<20}" + "".join(f"{_cell(value):>10}" for value in values))
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _mistakes(pack: Jurisdiction, said: list[Prediction]) -> list[str]:
    """The worst mistakes first: too low, flags missed, then the rest."""
    found: list[tuple[int, str]] = []
    for each in said:
        advice, label = each.assessment, each.expected
        if too_low(each):
            found.append((0, f"{each.id}: {advice.priority.value}, because {advice.reasons}"))
        missed = sorted(set(label["flags"]) - each.flags)
        extra = sorted((each.flags & set(FLAGS)) - set(label["flags"]))
        if missed:
            found.append((1, f"{each.id}: flags missed: {', '.join(missed)}"))
        if extra:
            raised = {flag: list(advice.flags[flag]) for flag in extra}
            found.append((2, f"{each.id}: flags raised in error: {raised}"))
        if not category_is_right(each):
            ranked = sorted(advice.hint.scores.items(), key=lambda one: -one[1])[:3]
            found.append((3, f"{each.id}: category {advice.hint.category}, scores {ranked}"))
        if wrong := sorted(each.found ^ each.wanted):
            found.append((4, f"{each.id}: identifiers {wrong}"))
        if each.linked_to != label.get("related_to"):
            found.append((4, f"{each.id}: linked to {each.linked_to} by {each.linked_by}"))
        if not province_is_right(pack, each):
            found.append((5, f"{each.id}: province {each.province}, by {advice.territory_by}"))
    return [line for _, line in sorted(found)]


if __name__ == "__main__":
    main()
