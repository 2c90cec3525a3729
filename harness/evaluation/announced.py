"""`python -m harness.evaluation.announced FILE…`: how many alerts more the rule of announced
attacks makes.

The rule has two clauses, and each is counted alone and with the other: an attack and its hour in
neighbouring sentences; an hour in a report of terrorism or threats. A file is read with the pack as
it is and without the rule. With `--claimed`, every report is read as if its reporter had chosen
that category.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from casework.analysis.assessment import ReportAssessment, assess_report
from casework.analysis.priority_rules import FILE as RULES
from casework.case.danger import DangerKind
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER, Jurisdiction
from harness.evaluation.predictions import FILED_AT, facts_of, read_labelled_rows

FLAG: Final = "announced_attack"


@dataclass(frozen=True)
class AnnouncedCounts:
    """One file, by one set of clauses."""

    reports: int
    alerts: int
    """Without the rule."""
    more: int
    """Alerts that only the rule makes."""
    labelled: int
    """Of these, those whose label is immediate."""
    announced: int
    """Alerts that were doubts without the rule."""


def packs(at: Path, pack: str = "ma") -> dict[str, Jurisdiction]:
    """The pack with all clauses of the rule, with each alone, and without it, by name."""
    rules = json.loads((JURISDICTIONS_FOLDER / pack / RULES).read_text("utf-8"))
    clauses = rules["flags"][FLAG]
    kept = {"": [], "both": clauses, **{each["id"]: [each] for each in clauses}}
    found = {}
    for name, some in kept.items():
        folder = at / (name or "without")
        shutil.copytree(JURISDICTIONS_FOLDER / pack, folder)
        flags = {**rules["flags"], FLAG: some}
        (folder / RULES).write_text(json.dumps({**rules, "flags": flags}), "utf-8")
        found[name] = Jurisdiction(folder)
    return found


def assess_row(pack: Jurisdiction, row: dict[str, Any], claimed: str | None) -> ReportAssessment:
    """The assessment of a row, as if its reporter had chosen the category."""
    facts = facts_of({**row, "claimed_category": claimed or row.get("claimed_category")})
    return assess_report(pack, facts, row["narrative"], (), FILED_AT)


def count_announced(
    without: Jurisdiction, pack: Jurisdiction, rows: Iterable[dict[str, Any]], claimed: str | None
) -> AnnouncedCounts:
    """What a pack makes of the rows beside the one without the rule."""
    reports = alerts = more = of_label = announced = 0
    for row in rows:
        before, after = assess_row(without, row, claimed), assess_row(pack, row, claimed)
        reports += 1
        alerts += before.imminent
        new = after.imminent and not before.imminent
        more += new
        of_label += new and (row.get("expected") or {}).get("priority") == "immediate"
        was_doubt = before.danger is DangerKind.DOUBTED
        announced += was_doubt and after.danger is DangerKind.ANNOUNCED
    return AnnouncedCounts(reports, alerts, more, of_label, announced)


def main() -> None:
    """Count from the command line."""
    asked = argparse.ArgumentParser(prog="python -m harness.evaluation.announced")
    asked.add_argument("files", type=Path, nargs="+")
    asked.add_argument("--claimed")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as at:
        known = packs(Path(at))
        without = known.pop("")
        for file in chosen.files:
            rows = read_labelled_rows(file)
            for name, pack in known.items():
                print(
                    f"{file.name:<18} {name:<22} "
                    f"{count_announced(without, pack, rows, chosen.claimed)}"
                )


if __name__ == "__main__":
    main()
