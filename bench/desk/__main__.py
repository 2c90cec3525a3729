"""python -m bench.desk [--only decisions,glances,screens,rows,alerts,memory]"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright
from rich.console import Console

from bench.__main__ import as_entry, table_of
from bench.deployment import ROOT
from bench.desk import alerts, decisions, glances, memory, rows, screens
from bench.desk.room import OFFICERS, Room
from bench.targets import DESK, Figure
from local.assembled import assembled
from local.people import demo_people
from local.staff import LocalStaff
from local.system import Options, System
from tests.e2e.people import People
from tests.e2e.portal import WHOLE, a_browser
from tools.site.build import build

RESULT: Final = ROOT / "build" / "desk.json"
PARTS: Final = {
    "decisions": decisions.figures,
    "glances": glances.figures,
    "screens": screens.figures,
    "rows": rows.figures,
    "alerts": alerts.figures,
    "memory": memory.figures,
}
"""In the order of a day: a case that is decided before the glances is no report for them."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Count what the work at the desk costs.")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    wanted = parser.parse_args().only.split(",")
    if not set(wanted) <= PARTS.keys():
        parser.error(f"--only takes some of {','.join(PARTS)}")
    console = Console()
    build()
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="casework-desk-race-") as name:
        folder = Path(name)
        with (
            System.fresh(folder / "system", assembled(), Options()) as system,
            sync_playwright() as playwright,
        ):
            LocalStaff(system).ensure(demo_people(OFFICERS))
            browser = a_browser(playwright, executable=WHOLE)
            with People(system) as people:
                room = Room(browser, system.origin, people, console)
                for part in (each for each in PARTS if each in wanted):
                    found += PARTS[part](room)
            browser.close()
    console.print(table_of(found))
    if {each.name for each in found} == DESK.keys():
        RESULT.parent.mkdir(exist_ok=True)
        entries = [as_entry(each) for each in found]
        RESULT.write_text(json.dumps(entries, indent=1) + "\n", "utf-8")
        console.print(f"Written to {RESULT.relative_to(ROOT)}")
    return 0 if all(each.met for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
