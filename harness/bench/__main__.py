"""`make bench`: measure, print the table, write `build/bench.json`; fails when a target is missed.

python -m harness.bench [--only counts,bilan,cold,cpu,edge,files,floods] [--reports G003,G027]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from rich.console import Console
from rich.table import Table

from harness.bench import (
    account,
    cold_start,
    cost,
    counting,
    edge,
    files,
    first_calls,
    floods,
    handler_cpu,
    notify,
    reference_reports,
    statistics,
    stub,
    transitions,
    write_units,
)
from harness.bench.deployment import ROOT
from harness.bench.runtime import NotMeasurable, build_runtime
from harness.bench.targets import FUNCTIONS, TARGETS, Figure
from harness.demo.reports import labelled_reports
from local.errors import UserError

BENCH_RESULT_FILE = ROOT / "build" / "bench.json"
BENCH_PACK = "ma"
BENCH_PARTS = ("counts", "bilan", "cpu", "cold", "edge", "files", "floods")


ALONE: Final[Mapping[str, tuple[str, Callable[[], Iterator[Figure]]]]] = MappingProxyType(
    {
        "files": ("Counting what a file costs …", files.figures),
        "floods": ("Playing floods of 64 around one person …", floods.figures),
        "edge": ("Walking through a report in Chromium …", edge.figures),
    }
)
"""Parts that need no other: what is told of each, and its figures."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Count and compare what the system costs.")
    parser.add_argument(
        "--only", default=",".join(BENCH_PARTS), help=f"some of {','.join(BENCH_PARTS)}"
    )
    parser.add_argument("--reports", help="count these of the labelled reports only, for a look")
    asked = parser.parse_args()
    wanted, chosen = asked.only.split(","), asked.reports.split(",") if asked.reports else None
    if not set(wanted) <= set(BENCH_PARTS):
        parser.error(f"--only takes some of {','.join(BENCH_PARTS)}")
    if unknown := set(chosen or ()) - {each.id for each in labelled_reports()}:
        parser.error(f"--reports: no labelled report is called {', '.join(sorted(unknown))}")
    console = Console()
    try:
        found = list(measure_parts(wanted, chosen, console))
        if {each.name for each in found} >= cost.REQUIRED_FIGURES:
            found += cost.figures({each.name: each.value for each in found}, console)
        if {each.name for each in found} >= cost.NEEDED_OF_FILES:
            found += cost.file_cost_figures({each.name: each.value for each in found}, console)
    except (NotMeasurable, UserError) as trouble:
        console.print(f"[red]{trouble}[/red]")
        return 2
    console.print(figures_table(found))
    if chosen is None and {each.name for each in found} == TARGETS.keys():
        BENCH_RESULT_FILE.parent.mkdir(exist_ok=True)
        BENCH_RESULT_FILE.write_text(
            json.dumps([as_entry(each) for each in found], indent=1) + "\n", "utf-8"
        )
        console.print(f"Written to {BENCH_RESULT_FILE.relative_to(ROOT)}")
    return 0 if all(each.met for each in found) else 1


def measure_parts(
    wanted: list[str], chosen: list[str] | None, console: Console
) -> Iterator[Figure]:
    """Every figure of the wanted parts; `chosen` are the reports to count, None for all."""
    if "counts" in wanted:
        console.print("Counting calls, write units and transitions of reports …")
        travelled = reference_reports.travel(chosen)
        if not travelled.joined:
            raise NotMeasurable(
                "None of them joined a case: choose two reports about one offender."
            )
        console.print(account.cost_account_table(travelled))
        yield from write_units.figures(travelled)
        yield from transitions.figures(travelled)
        yield from notify.figures()
    if "bilan" in wanted:
        console.print("Reading the bilan of up to a million simulated reports …")
        yield from statistics.figures()
        console.print("Counting the reports and cases of a week …")
        yield from counting.figures()
    if {"cpu", "cold"} & set(wanted):
        console.print("Comparing CPU times …")
        runtime = build_runtime(
            sorted({module.split(".")[1] for module in FUNCTIONS.values()}), BENCH_PACK
        )
        with stub.run_stub() as services:
            if "cpu" in wanted:
                yield from handler_cpu.figures(runtime, services)
            if "cold" in wanted:
                yield from cold_start.figures(runtime, services)
                yield from first_calls.figures(runtime, services)
    for part, (said, found) in ALONE.items():
        if part in wanted:
            console.print(said)
            yield from found()


def as_entry(figure: Figure) -> dict[str, str | float | None]:
    """One entry of `bench.json`."""
    return {
        "name": figure.name,
        "value": round(figure.value, 3),
        "unit": figure.target.unit,
        "target": figure.target.at_most,
        "was": figure.target.was,
        "wanted": figure.target.wanted,
    }


def figures_table(found: list[Figure]) -> Table:
    """The figures for people."""
    table = Table(box=None, pad_edge=False)
    for heading in ("figure", "was", "value", "target", "wanted", "unit"):
        table.add_column(heading, justify="left" if heading in {"figure", "unit"} else "right")
    for each in found:
        at_most = each.target.at_most
        shown = f"{each.value:.3g}" if each.value < 1000 else f"{each.value:.0f}"
        table.add_row(
            each.name,
            "" if each.target.was is None else f"{each.target.was:g}",
            shown if each.met else f"[red]{shown}[/red]",
            "" if at_most is None else f"≤ {at_most:g}",
            "" if each.target.wanted is None else f"{each.target.wanted:g}",
            each.target.unit,
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
