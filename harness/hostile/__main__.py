"""`make hostile FILE=`: send a file of strings through a running system and report what goes wrong.

python -m harness.hostile [FILE]

FILE has one string per line, or is a JSON list; without it, the included ones are tried.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console

from harness.demo.__main__ import open_demo_system
from harness.hostile import cost_search
from harness.hostile.corpus import project_strings, strings_of
from harness.hostile.trial_run import HostileTrial
from local.errors import UserError
from local.places import ROOT

HOSTILE_RESULT_FILE = ROOT / "build" / "hostile.json"
TELLS_EVERY = 25


def main(arguments: list[str]) -> int:
    """Try the strings; 1 when something went wrong, 2 when nothing could be tried."""
    console = Console(highlight=False)
    done: Counter[str] = Counter()

    def told(what: str) -> None:
        done[what] += 1
        if done[what] % TELLS_EVERY == 0:
            console.print(f"  {done[what]:6,} {what}")

    try:
        strings = strings_of(Path(arguments[0])) if arguments else project_strings()
        console.print(f"{len(strings):,} strings")
        cost_search.warm()
        with open_demo_system(console) as system:
            trial = HostileTrial(system, told)
            findings = trial.run(strings)
    except UserError as trouble:
        console.print(f"[red]{trouble}[/red]")
        return 2
    HOSTILE_RESULT_FILE.parent.mkdir(exist_ok=True)
    written = {"strings": len(strings), "calls": trial.calls, "findings": findings}
    HOSTILE_RESULT_FILE.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    for text, what in findings:
        console.print(f"  {text!r} {what}", markup=False, soft_wrap=True)
    console.print(
        f"{trial.calls:,} calls, {len(findings):,} findings: "
        f"{HOSTILE_RESULT_FILE.relative_to(ROOT)}"
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
