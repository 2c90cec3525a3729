"""`python -m harness.evaluation.simulate FILE --pack FOLDER`: the effect of a changed pack.

A file of reports (as for `evaluation`, labels not needed) is assessed under the present and the
changed pack. Each case whose unit, court, priority, category or place differs is shown.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from casework import check_pack
from casework.analysis.assessment import ReportAssessment
from casework.pack.jurisdiction import Jurisdiction, open_pack
from harness.evaluation.predictions import Unreadable, predict, read_labelled_rows


def main() -> int:
    """Show the differences; the exit status is 1 when the changed pack cannot be used."""
    asked = argparse.ArgumentParser(prog="make simulate FILE= PACK=")
    asked.add_argument("file", type=Path)
    asked.add_argument("--pack", type=Path, required=True, help="folder of the changed pack")
    asked.add_argument("--present", default="ma")
    chosen = asked.parse_args()
    try:
        rows = read_labelled_rows(chosen.file)
    except Unreadable as error:
        asked.error(str(error))
    moved: Counter[str] = Counter()
    for name, before, after in assessment_differences(
        open_pack(chosen.present), check_pack.load_jurisdiction(chosen.pack), rows
    ):
        for what, value in after.items():
            if before[what] != value:
                moved[what] += 1
                print(f"{name}: {what}: {before[what]} -> {value}")
    print(
        f"{len(rows)} cases; "
        + (", ".join(f"{n} {what}" for what, n in moved.items()) or "none moves")
    )
    return 0


def assessment_differences(
    present: Jurisdiction, changed: Jurisdiction, rows: list[dict[str, Any]]
) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """Cases with a different result: id, before, after."""
    pairs = zip(predict(present, rows), predict(changed, rows), strict=True)
    told = ((each.id, _told(each.assessment), _told(other.assessment)) for each, other in pairs)
    return [(name, before, after) for name, before, after in told if before != after]


def _told(found: ReportAssessment) -> dict[str, str]:
    return {
        "unit": found.competence.unit,
        "prosecutor": str(found.competence.prosecutor),
        "court": str(found.competence.court),
        "priority": found.priority.value,
        "category": str(found.category),
        "territory": str(found.territory),
    }


if __name__ == "__main__":
    raise SystemExit(main())
