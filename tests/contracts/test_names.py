"""What a program can see of the guide in docs/names.md.

Each number counts the names that break a rule. It may only sink: whoever mends one lowers it.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.contracts.parsed import parsed

ROOT = Path(__file__).resolve().parents[2]
MAY_REPEAT = {
    "FILE",
    "ROOT",
    "T",
    "api",
    "figures",
    "findings",
    "handle",
    "main",
    "now",
    "settings",
}
"""Names that mean the same wherever they stand."""
IRREGULAR = {
    *("begun", "bound", "built", "came", "chosen", "done", "drawn", "found", "given", "gone"),
    *("held", "kept", "known", "left", "lost", "made", "meant", "met", "said", "seen", "sent"),
    *("shown", "spoken", "stood", "taken", "thought", "told", "went", "written"),
}
PARTICIPLE = re.compile(r"[a-z]+(?:ed|ing)")
HOMONYMS = 10
PARTICIPLES = 34
PARTICIPLE_MODULES = 10
UNITLESS = 86
UNIT = re.compile(
    r"M(?:AX|IN)_|(?:^|_)(?:SECONDS?|MINUTES?|HOURS?|DAYS?|NIGHTS?|MONTHS?|YEARS?|BYTES|BITS|[KMG]IB"
    r"|LENGTH|SIZE|WIDTH|HEIGHT|PIXELS|SHARE|RATIO|FACTOR|WEIGHT|VERSION|PORT|STATUS|COUNT|[A-Z]+S"
    r"|[A-Z]+S_PER_[A-Z]+)$"
)
"""How a number says what it counts, or that it is a limit of the thing behind."""


class Name(NamedTuple):
    module: str
    name: str
    node: ast.stmt


@cache
def public_names() -> tuple[Name, ...]:
    """What the modules beside the tests define, in the order of their paths."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(
        Name(module, name, node)
        for module in sorted(listed.split())
        if not module.startswith("tests/") and (ROOT / module).is_file()
        for node in parsed(ROOT / module).body
        for name in _defines(node)
        if not name.startswith("_")
    )


def _defines(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [each.id for each in targets if isinstance(each, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _is_participle(name: str) -> bool:
    """Whether a function, a module, or a class in one word is called by a bare participle."""
    word = name[:1].lower() + name[1:]
    return word in IRREGULAR or PARTICIPLE.fullmatch(word) is not None


def _is_number(node: ast.AST | None) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ast.BinOp(left=left, right=right):
            return _is_number(left) and _is_number(right)
    return False


def test_no_more_names_than_before_mean_two_things() -> None:
    modules = defaultdict(list)
    for each in public_names():
        modules[each.name].append(each.module)
    twice = {name: where for name, where in modules.items() if len(where) > 1}
    broken = sorted(twice.keys() - MAY_REPEAT)
    assert len(broken) == HOMONYMS, {name: twice[name] for name in broken}


def test_no_more_names_than_before_are_bare_participles() -> None:
    broken = [
        f"{each.module}: {each.name}"
        for each in public_names()
        if isinstance(each.node, ast.FunctionDef | ast.ClassDef)
        if _is_participle(each.name.removesuffix("_"))
    ]
    assert len(broken) == PARTICIPLES, broken


def test_no_more_numbers_than_before_hide_what_they_count() -> None:
    broken = [
        f"{each.module}: {each.name}"
        for each in public_names()
        if isinstance(each.node, ast.Assign | ast.AnnAssign)
        if _is_number(each.node.value) and not UNIT.search(each.name)
    ]
    assert len(broken) == UNITLESS, broken


def test_no_more_modules_than_before_are_called_by_a_participle() -> None:
    modules = {each.module for each in public_names()}
    broken = sorted(each for each in modules if _is_participle(Path(each).stem))
    assert len(broken) == PARTICIPLE_MODULES, broken
