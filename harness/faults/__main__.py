"""`make faults`: run the system while services fail and functions die, and compare.

    python -m harness.faults [--reports 1000] [--seed 1] [--batches 1] [--without triage.reconcile]

Each batch is a separate run. The findings go to `build/faults.json`; the exit code is 1 when
anything differs from what was sent. `--without` switches off a repairing function for most of the
reports, to check that the comparison finds what is left; then the function works, and repairs it.
The exit code is 1, too, when nothing was found without it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local import gc_tuning
from local.places import ROOT
from local.template_cache import assembled_templates

FAULTS_RESULT_FILE: Final = ROOT / "build" / "faults.json"
MAX_FAULTS_SHOWN: Final = 60
FAULTS_HASH_SEED: Final = "0"
"""`PYTHONHASHSEED`: the order of sets is part of a run."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Live a life in which services fail.")
    parser.add_argument("--reports", type=int, default=1_000, help="of each batch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batches", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.1, help="of AWS calls, those that fail")
    parser.add_argument("--without", nargs="*", default=[], help="functions not called at first")
    parser.add_argument(
        "--result", type=Path, default=FAULTS_RESULT_FILE, help="where it is written"
    )
    asked = parser.parse_args()
    console = Console()
    found = _batches(asked, assembled_templates(), console)
    asked.result.parent.mkdir(exist_ok=True)
    asked.result.write_text(
        json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    told = [
        f"batch {number}, {promise}: {line}"
        for number, batch in enumerate(found, start=1)
        for promise, lines in batch["wrong"].items()
        for line in lines
    ]
    missed = [each for each in found if asked.without and not any(each["left"].values())]
    for batch in found:
        console.print(
            f"{batch['reports']} reports in {batch['cases']} cases; {batch['calls']} AWS calls, "
            f"{batch['injected']} failed; "
            + ", ".join(f"{promise} {len(lines)}" for promise, lines in batch["wrong"].items())
        )
    console.print(f"written to {asked.result}")
    for line in told[:MAX_FAULTS_SHOWN]:
        console.print(f"[red]{line}[/red]", markup=True)
    if missed:
        console.print(f"[red]nothing was found without {', '.join(asked.without)}[/red]")
    return 1 if told or missed else 0


def _batches(asked: argparse.Namespace, assembly: Path, console: Console) -> list[dict[str, Any]]:
    from harness.faults.run import play_run

    gc_tuning.tune_gc()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    found = []
    with Progress(*columns, console=console) as progress:
        for number in range(asked.batches):
            task = progress.add_task(f"reports, seed {asked.seed + number}", total=asked.reports)
            advance = partial(progress.advance, task)
            found.append(
                play_run(
                    assembly,
                    reports=asked.reports,
                    seed=asked.seed + number,
                    share=asked.share,
                    without=frozenset(asked.without),
                    progress=advance,
                )
            )
    return found


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != FAULTS_HASH_SEED:
        os.environ["PYTHONHASHSEED"] = FAULTS_HASH_SEED
        again = [sys.executable, "-m", "harness.faults", *sys.argv[1:]]
        os.execv(sys.executable, again)  # noqa: S606  # the same program, on the same arguments
    sys.exit(main())
