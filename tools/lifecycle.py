"""Write docs/lifecycle.md, and the lists of statuses of the desk, from the law of a case.

python -m tools.lifecycle           write them
python -m tools.lifecycle --check   fail when one is stale
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from casework.case import lifecycle, rule_types
from casework.case.lifecycle import (
    STATUS_TRANSITIONS,
    Move,
    MoveRule,
    Status,
    is_legal_move,
    next_status,
)
from casework.case.rule_types import (
    COLUMN_RULES,
    ClosedGateEffect,
    QueueKind,
    StatusRule,
    WorkflowNeed,
)

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "lifecycle.md"
LISTS = ROOT / "web" / "desk" / "statuses.ts"
STATUS_LISTS: dict[str, tuple[str, Callable[[Status], bool]]] = {
    "RESTING_WITH_UNIT": (
        "The lists of a unit show the case until a person acts: no workflow is about to move it.",
        lambda status: (
            status.rule.queue in {QueueKind.UNIT, QueueKind.HELD}
            and status.rule.workflow is not WorkflowNeed.GOES_ON
        ),
    ),
    "ENDED": (
        "People have finished work on the case itself.",
        lambda status: status.rule.ended,
    ),
    "TAKING_REASSIGNMENT": (
        "The case can be given to another unit.",
        lambda status: is_legal_move(status, Move.REASSIGN),
    ),
}
"""The lists of statuses that the desk reads where `acts` says nothing: what their cases
have in common, and the columns that say so."""


def render_lifecycle_page() -> str:
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
                for status, moves in STATUS_TRANSITIONS.items()
                for move, there in moves.items()
            ),
            *(
                f"    {status} --> {next_status(status, move, gate_shut=True)}: "
                f"{_marked(move)} (gate shut)"
                for status in Status
                for move in Move
                if move.rule.gate is ClosedGateEffect.LEADS_BACK
                and is_legal_move(status, move)
                and next_status(status, move, gate_shut=True) is not next_status(status, move)
            ),
            *(
                f"    {status} --> [*]"
                for status in STATUS_TRANSITIONS
                if not STATUS_TRANSITIONS[status]
            ),
            "```",
            "",
            "## Statuses",
            "",
            *_columns(StatusRule),
            "",
            "The columns belong together. A row that breaks one of these rules is refused when it"
            " is read:",
            "",
            *(
                f"- {', '.join(f'`{each}`' for each in rule.columns)}: {rule.sentence}"
                for rule in COLUMN_RULES
            ),
            "",
            "| status | meaning | workflow | queue | awaited | unit | inquiry | is | moves |",
            "|---|---|---|---|---|---|---|---|---|",
            *(_status_row(Status(status), said) for status, said in _said(Status).items()),
            "",
            "## Moves",
            "",
            *_columns(MoveRule),
            "",
            "| move | meaning | kind | gate shut | brings | counts | cases | about | names | is |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *(_move_row(Move(move), said) for move, said in _said(Move).items()),
            "",
            "## Notes",
            "",
            "Facts that are recorded in a status without leaving it.",
            "",
            "| note | in |",
            "|---|---|",
            *(
                f"| `{move}` | {_listed(each for each in Status if each in move.rule.noted_in)} |"
                for move in Move
                if move.rule.noted_in
            ),
            "",
        ]
    )


def status_lists() -> str:
    """The module of the desk that says which statuses are alike."""
    return "\n".join(
        [
            "// Which statuses are alike by the law of a case. Written by `make docs` from"
            " casework/case/lifecycle.py; do not edit.",
            'import type { CaseView } from "./api";',
            "",
            'type Statuses = readonly CaseView["status"][];',
            *(
                f"\n/** {said} */\nexport const {name}: Statuses ="
                f" {json.dumps([each for each in Status if holds(each)])};"
                for name, (said, holds) in STATUS_LISTS.items()
            ),
            "",
        ]
    )


def _status_row(status: Status, said: str) -> str:
    law = status.rule
    moves = _listed(map(_marked, STATUS_TRANSITIONS[status]))
    cells = (said, law.workflow, law.queue, law.awaited, law.unit, law.inquiry)
    return _row(f"`{status}`", *cells, _true(law), moves)


def _move_row(move: Move, said: str) -> str:
    law = move.rule
    cells = (law.kind, law.gate, law.brings, law.counts, law.cases, law.about, law.names)
    return _row(f"`{move}`", said, *cells, _true(law))


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell or '—') for cell in cells)} |"


def _true(law: StatusRule | MoveRule) -> str:
    """The columns of a row whose value is true."""
    return _listed(name for name, value in vars(law).items() if value is True)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _columns(row: type[StatusRule | MoveRule]) -> list[str]:
    """The meaning of the columns of a table, from the fields of its rows."""
    return [f"- `{name}`: {said}" for name, said in _said(row).items() if said]


def _marked(move: Move) -> str:
    return f"{move}*" if move.rule.kind.is_decision else str(move)


def _said(kind: type) -> dict[str, str]:
    """The docstring under each member of an enum, or each field of a row, in order."""
    found: dict[str, str] = {}
    member = ""
    body = next(
        each.body
        for module in (lifecycle, rule_types)
        for each in ast.parse(inspect.getsource(module)).body
        if isinstance(each, ast.ClassDef) and each.name == kind.__name__
    )
    for line in body:
        match line:
            case ast.Assign(value=ast.Constant(value=str(value))):
                member = value
                found[member] = ""
            case ast.AnnAssign(target=ast.Name(id=name)):
                member = name
                found[member] = ""
            case ast.Expr(value=ast.Constant(value=str(text))) if member:
                found[member] = " ".join(text.split())
    return found


def main() -> int:
    """Write the files, or report which are stale."""
    files = {FILE: render_lifecycle_page(), LISTS: status_lists()}
    if "--check" not in sys.argv:
        for file, text in files.items():
            file.write_text(text, encoding="utf-8")
        return 0
    stale = [
        file
        for file, text in files.items()
        if not file.is_file() or file.read_text(encoding="utf-8") != text
    ]
    for file in stale:
        print(f"{file.relative_to(ROOT)} is stale: run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
