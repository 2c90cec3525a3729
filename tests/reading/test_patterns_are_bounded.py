"""Every regular expression is in the inventory of docs/reading.md, with its bound."""

from __future__ import annotations

import ast
import importlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from functions.intake.follow_page import isolate_text
from harness.hostile import cost_search
from harness.hostile.steps import count_pattern_steps
from infra.assets import ROOT
from tests.backtracking import Backtracking

ROW = re.compile(r"^\| `([^`]+)` \| (RE2|re|browser) \| (any|[0-9]+) \|$", re.MULTILINE)
_LITERAL = re.compile(
    r"(?:(?<![\w)\]] )|(?<=return ))(?<=[=(,!: ])"
    r"/(?![/*])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+)/([gimsuy]*)(?=[.,;)\s])"
)
"""Where a value may begin; behind a value, the stroke divides."""
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE}
_OF_BROWSERS = {r"\p{Surrogate}": r"[\ud800-\udfff]"}
"""What Python's engine writes otherwise."""
PACKS = ("casework/pack/jurisdiction.py", "casework/linking/stop_list.py")
"""What they read is written with the jurisdiction, and by no reporter."""
LENGTH = 120
TRIED = 24
STEPS_A_CHARACTER = 100
"""Of a pattern that is given texts of any length."""
STEPS = 40_000
"""Of a pattern that is given some characters, for all of them."""


@dataclass(frozen=True)
class Found:
    """A regular expression as it stands in the source."""

    where: str
    engine: str
    pattern: re.Pattern[str] | None = None
    """None where it is made of other parts, or is of RE2, which never goes back."""


def _in_python() -> Iterator[Found]:
    for folder in ("casework", "functions"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            path = file.relative_to(ROOT).as_posix()
            if path in PACKS:
                continue
            for name, call in _calls(ast.parse(file.read_text("utf-8"))):
                engine = "RE2" if ast.unparse(call.func).startswith("re2") else "re"
                yield Found(f"{path}: {name}", engine, _compiled(path, name, call, engine))


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Calls of the engines, with the constant or the function they stand in."""
    for statement in ast.walk(tree):
        if isinstance(statement, (ast.AnnAssign, ast.Assign)) and statement in tree.body:
            target = statement.target if isinstance(statement, ast.AnnAssign) else None
            name = ast.unparse(target or statement.targets[0])  # type: ignore[union-attr]
            yield from ((name, call) for call in _within(statement))
        elif isinstance(statement, ast.FunctionDef):
            yield from ((f"{statement.name}()", call) for call in _within(statement))


def _within(statement: ast.stmt) -> Iterator[ast.Call]:
    for node in ast.walk(statement):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in ("re", "re2")
            and node.func.attr != "escape"
        ):
            yield node


def _compiled(path: str, name: str, call: ast.Call, engine: str) -> re.Pattern[str] | None:
    if engine == "RE2":
        return None
    if name.endswith("()"):
        first = call.args[0]
        return re.compile(str(first.value)) if isinstance(first, ast.Constant) else None
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    pattern = getattr(module, name)
    if isinstance(pattern.pattern, bytes):
        return re.compile(pattern.pattern.decode("latin-1"))
    return pattern if isinstance(pattern, re.Pattern) else None


def _in_pages() -> Iterator[Found]:
    for file in sorted((ROOT / "web" / "portal").rglob("*.ts*")):
        path = file.relative_to(ROOT).as_posix()
        for source, flags in _LITERAL.findall(file.read_text("utf-8")):
            yield Found(f"{path}: /{source}/", "browser", _as_python(source, flags))


def _as_python(source: str, flags: str) -> re.Pattern[str]:
    for browsers, ours in _OF_BROWSERS.items():
        source = source.replace(browsers, ours)
    return re.compile(source, sum(_FLAGS[each] for each in flags if each in _FLAGS))


FOUND = list({each.where: each for each in (*_in_python(), *_in_pages())}.values())
LISTED = {
    where.replace("&#124;", "|"): (engine, None if given == "any" else int(given))
    for where, engine, given in ROW.findall((ROOT / "docs" / "reading.md").read_text("utf-8"))
}


def test_every_pattern_is_in_the_inventory_and_no_other() -> None:
    assert len(FOUND) > 150
    assert {each.where: each.engine for each in FOUND} == {
        where: engine for where, (engine, _) in LISTED.items()
    }


PLAYED = [each for each in FOUND if each.pattern is not None]


@pytest.mark.parametrize("found", PLAYED, ids=[each.where for each in PLAYED])
def test_no_text_makes_a_pattern_go_back_more_than_its_bound(found: Found) -> None:
    """Played step by step over texts made of what the pattern itself looks for."""
    assert found.pattern is not None
    played, given = Backtracking(found.pattern), LISTED[found.where][1]
    made, short = random.Random(7), 0
    for _ in range(TRIED):
        text = played.hostile(given or 4 * LENGTH, made)
        if not given:
            played.find_all(text[:LENGTH])
            short = played.steps
        assert played.find_all(text) == [each.span() for each in found.pattern.finditer(text)]
        if given:
            assert played.steps <= STEPS, text
        else:
            assert played.steps <= max(5 * short, STEPS_A_CHARACTER * len(text)), text
            assert played.steps <= 2 * STEPS_A_CHARACTER * len(text), text


def test_a_pattern_that_goes_back_for_ever_is_seen() -> None:
    """The first of the display's, until it was mended: quadratic in what follows a bracket."""
    played = Backtracking(re.compile(r"(?:^|[(])([0-9](?:[(]?[0-9]){6,})(?![^ ])"))
    played.find_all("(1" * 30 + "x")
    short = played.steps
    played.find_all("(1" * 120 + "x")
    assert played.steps > 10 * short


def _read(text: str) -> None:
    cost_search.read_all(text)
    isolate_text(text)


def test_no_text_for_a_pattern_is_longer_than_the_inventory_says() -> None:
    cost_search.warm()
    bounded = {
        where.replace("/", ".").replace(".py: ", "."): given
        for where, (engine, given) in LISTED.items()
        if engine == "re" and given is not None
    }
    texts = cost_search.random_texts(random.Random(11), 600)
    seen = 0
    for _ in range(12):
        text, _how = next(texts)
        steps = count_pattern_steps(partial(_read, text), 10**9)
        for name, given in steps.given.items():
            seen += name in bounded
            assert given <= bounded.get(name, given), name
    assert seen
