"""python -m harness.bench.desk [--only decisions,glances,one_screen,screens,rows,alerts,memory]"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright
from rich.console import Console

from harness.bench.__main__ import as_entry, figures_table
from harness.bench.deployment import ROOT
from harness.bench.desk import alerts, decisions, glances, memory, one_screen, rows, screens
from harness.bench.desk.room import OFFICERS, Room
from harness.bench.targets import DESK_TARGETS, Figure
from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem, StartOptions
from local.template_cache import assembled_templates
from tests.e2e.people import People
from tests.e2e.portal import WHOLE, a_browser
from tools.site.build import build

DESK_RESULT_FILE: Final = ROOT / "build" / "desk.json"
DESK_BENCH_PARTS: Final = {
    "decisions": decisions.figures,
    "glances": glances.figures,
    "one_screen": one_screen.figures,
    "screens": screens.figures,
    "rows": rows.figures,
    "alerts": alerts.figures,
    "memory": memory.figures,
}
"""In the order of a day: a case that is decided before the glances is no report for them."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Count what the work at the desk costs.")
    parser.add_argument(
        "--only", default=",".join(DESK_BENCH_PARTS), help=f"some of {','.join(DESK_BENCH_PARTS)}"
    )
    wanted = parser.parse_args().only.split(",")
    if not set(wanted) <= DESK_BENCH_PARTS.keys():
        parser.error(f"--only takes some of {','.join(DESK_BENCH_PARTS)}")
    console = Console()
    build()
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="casework-desk-race-") as name:
        folder = Path(name)
        with (
            LocalSystem.fresh(folder / "system", assembled_templates(), StartOptions()) as system,
            sync_playwright() as playwright,
        ):
            LocalStaff(system).ensure(demo_people(OFFICERS))
            browser = a_browser(playwright, executable=WHOLE)
            with People(system) as people:
                room = Room(browser, system.origin, people, console)
                for part in (each for each in DESK_BENCH_PARTS if each in wanted):
                    found += DESK_BENCH_PARTS[part](room)
            browser.close()
    console.print(figures_table(found))
    if {each.name for each in found} == DESK_TARGETS.keys():
        DESK_RESULT_FILE.parent.mkdir(exist_ok=True)
        entries = [as_entry(each) for each in found]
        DESK_RESULT_FILE.write_text(json.dumps(entries, indent=1) + "\n", "utf-8")
        console.print(f"Written to {DESK_RESULT_FILE.relative_to(ROOT)}")
    return 0 if all(each.met for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
