"""docs/lifecycle.md, drawn from the tables of `casework.case.lifecycle`.

python -m tools.lifecycle           write it
python -m tools.lifecycle --check   fail when it is stale
"""

from __future__ import annotations

import ast
import inspect
import sys
from enum import StrEnum
from pathlib import Path

from casework.case import lifecycle
from casework.case.lifecycle import (
    DECISIONS,
    GATED,
    HELD,
    LEGAL,
    NOTES,
    WAITS,
    Move,
    Status,
    after,
    allows,
)

FILE = Path(__file__).resolve().parents[1] / "docs" / "lifecycle.md"


def document() -> str:
    """The page."""
    return "\n".join(
        [
            "# Lifecycle of a case",
            "",
            "Generated from `casework/case/lifecycle.py` by `make docs`; do not edit.",
            "",
            "A move that is not drawn is refused, and nothing changes. Moves that people make are"
            " marked with *.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {Status.RECEIVED}: {Move.OPEN}",
            *(
                f"    {status} --> {there}: {_marked(move)}"
                for status, moves in LEGAL.items()
                for move, there in moves.items()
            ),
            *(
                f"    {status} --> {after(status, move, gated=True)}: {_marked(move)} (gate shut)"
                for status in Status
                for move in GATED
                if allows(status, move)
                and after(status, move, gated=True) is not after(status, move)
            ),
            *(f"    {status} --> [*]" for status in LEGAL if not LEGAL[status]),
            "```",
            "",
            "## Statuses",
            "",
            "| status | meaning | workflow | moves |",
            "|---|---|---|---|",
            *(
                f"| `{status}` | {meaning} | {_workflow(Status(status))} |"
                f" {', '.join(f'`{_marked(move)}`' for move in LEGAL[Status(status)]) or '—'} |"
                for status, meaning in _meanings(Status).items()
            ),
            "",
            "## Notes",
            "",
            "Facts that are recorded in a status without leaving it.",
            "",
            "| note | in |",
            "|---|---|",
            *(
                f"| `{move}` | {', '.join(f'`{each}`' for each in Status if each in statuses)} |"
                for move, statuses in NOTES.items()
            ),
            "",
        ]
    )


def _marked(move: Move) -> str:
    return f"{move}*" if move in DECISIONS else str(move)


def _workflow(status: Status) -> str:
    if status in HELD:
        return "none is owed"
    return "waits for people" if status in WAITS else "goes on by itself"


def _meanings(kind: type[StrEnum]) -> dict[str, str]:
    """What stands under each member of an enum, in its order."""
    found: dict[str, str] = {}
    member = ""
    tree = ast.parse(inspect.getsource(lifecycle))
    classes = (each for each in tree.body if isinstance(each, ast.ClassDef))
    body = next(each.body for each in classes if each.name == kind.__name__)
    for line in body:
        match line:
            case ast.Assign(value=ast.Constant(value=str(value))):
                member = value
                found[member] = ""
            case ast.Expr(value=ast.Constant(value=str(text))) if member:
                found[member] = " ".join(text.split())
    return found


def main() -> int:
    """Write the page, or say that it is stale."""
    page = document()
    if "--check" not in sys.argv:
        FILE.write_text(page, encoding="utf-8")
        return 0
    if FILE.is_file() and FILE.read_text(encoding="utf-8") == page:
        return 0
    print(f"docs/{FILE.name} is stale: run `make docs`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
