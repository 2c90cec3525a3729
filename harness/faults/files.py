"""Many files at once while a fifth of the AWS calls fails: none lost, none double, none in doubt.

    python -m harness.faults.files [--files 24] [--bytes 200000] [--seed 1] [--share 0.2]

Reporters ask for slots and send real bytes by the forms, as `/upload` passes them on; some send
their files in parts, and after a break what is missing. Connections break on the way to the bucket
and on the way back, queues hand a message to two functions at once, and functions die between two
calls. In the end each file is kept as it was sent, or it is refused with its reason. The findings
go to `build/files.json`; the exit code is 1 when anything differs.

`--without` switches off a repairing function at first, to check that the comparison finds what is
left; the exit code is 1 when it finds nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from harness.faults.deployment import deploy_assembly_with_faults
from harness.faults.judge_uploads import StoredUploads, find_broken_upload_promises
from harness.faults.run import by_function, nights
from harness.faults.uploads import UploadLoad
from local import gc_tuning
from local.places import ROOT
from local.template_cache import assembled_templates

FILE_FAULTS_RESULT_FILE: Final = ROOT / "build" / "files.json"
MAX_FILE_FAULTS_SHOWN: Final = 60
FILE_FAULTS_HASH_SEED: Final = "0"
"""`PYTHONHASHSEED`: the order of sets is part of a run."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Send many files while services fail.")
    parser.add_argument("--files", type=int, default=24)
    parser.add_argument("--bytes", type=int, default=200_000, help="of each file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.2, help="of AWS calls, those that fail")
    parser.add_argument("--without", nargs="*", default=[], help="functions not called at first")
    parser.add_argument(
        "--result", type=Path, default=FILE_FAULTS_RESULT_FILE, help="where it is written"
    )
    asked, console = parser.parse_args(), Console()
    gc_tuning.tune_gc()
    found = run_upload_faults(
        assembled_templates(),
        asked.files,
        asked.bytes,
        asked.seed,
        asked.share,
        frozenset(asked.without),
    )
    asked.result.parent.mkdir(exist_ok=True)
    asked.result.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    console.print(
        f"{found['files']} files of {found['bytes']:,} bytes in {found['sendings']} sendings; "
        f"{found['calls']} AWS calls, {found['injected']} failed; ended: {found['ended']}; "
        + ", ".join(f"{promise} {len(lines)}" for promise, lines in found["wrong"].items())
    )
    console.print(f"written to {asked.result}")
    told = [f"{promise}: {line}" for promise, lines in found["wrong"].items() for line in lines]
    for line in told[:MAX_FILE_FAULTS_SHOWN]:
        console.print(f"[red]{line}[/red]", markup=True)
    missed = asked.without and not any(found["left"].values())
    if missed:
        console.print(f"[red]nothing was found without {', '.join(asked.without)}[/red]")
    return 1 if told or missed else 0


def run_upload_faults(
    assembly: Path,
    files: int,
    size: int,
    seed: int,
    share: float,
    without: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """One run; returns the findings in the form of `build/files.json`."""
    with deploy_assembly_with_faults(assembly, seed, share) as system:
        load = UploadLoad(system, files, size, without)
        load.report()
        left: dict[str, list[str]] = {}
        if without:
            load.wait_for_one()
            left = find_broken_upload_promises(load, StoredUploads.of(system))
            load.repaired()
        load.run()
        kept = StoredUploads.of(system)
        found = find_broken_upload_promises(load, kept)
        found["nights"] = nights(system)
        return {
            "synthetic": True,
            "seed": seed,
            "files": files,
            "bytes": size,
            "reports": len(load.reporters.sent),
            "sendings": load.sendings,
            "calls": system.trouble.calls,
            "injected": sum(system.trouble.injected.values()),
            "functions": by_function(system),
            "at_once": dict(load.delivery.repeated),
            "missed": dict(load.delivery.missed),
            "ended": kept.ended(load),
            "marked_on_two_days": kept.marked_twice(),
            "unreadable_ciphertexts": len(kept.waste(load)),
            "left": left,
            "wrong": found,
        }


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != FILE_FAULTS_HASH_SEED:
        os.environ["PYTHONHASHSEED"] = FILE_FAULTS_HASH_SEED
        again = [sys.executable, "-m", "harness.faults.files", *sys.argv[1:]]
        os.execv(sys.executable, again)  # noqa: S606  # the same program, on the same arguments
    sys.exit(main())
