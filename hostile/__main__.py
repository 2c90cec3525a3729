"""`make hostile FILE=`: send a file of strings through a running system and report what goes wrong.

python -m hostile [FILE]        one string per line, or a JSON list; without a file, the included
ones
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console

from demo.__main__ import a_system
from hostile import hunt
from hostile.corpus import shipped, strings_of
from hostile.trial import Trial
from local.places import ROOT
from local.trouble import Trouble

RESULT = ROOT / "build" / "hostile.json"
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
        strings = strings_of(Path(arguments[0])) if arguments else shipped()
        console.print(f"{len(strings):,} strings")
        hunt.warm()
        with a_system(console) as system:
            trial = Trial(system, told)
            findings = trial.run(strings)
    except Trouble as trouble:
        console.print(f"[red]{trouble}[/red]")
        return 2
    RESULT.parent.mkdir(exist_ok=True)
    written = {"strings": len(strings), "calls": trial.calls, "findings": findings}
    RESULT.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    for text, what in findings:
        console.print(f"  {text!r} {what}", markup=False, soft_wrap=True)
    console.print(f"{trial.calls:,} calls, {len(findings):,} findings: {RESULT.relative_to(ROOT)}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
