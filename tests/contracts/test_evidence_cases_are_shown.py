"""The table of docs/evidence-cases.md and the tests of these cases say the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from infra.assets import ROOT

CASES = set(range(1, 45))
ROW = re.compile(r"^\| E(\d+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+)`")
SAYS = re.compile(r"Evidence cases? ((?:E\d+(?:, | and )?)+)")
NUMBER = re.compile(r"E(\d+)")


def shown_by_tests() -> Iterator[tuple[int, str]]:
    """Case and test, for each test that names a case."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text("utf-8")
        for node in ast.parse(text).body if "Evidence case" in text else ():
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = SAYS.match(ast.get_docstring(node) or "")
                for number in NUMBER.findall(said[1]) if said else ():
                    yield int(number), node.name


def test_every_case_has_its_tests_and_every_test_stands_in_the_table() -> None:
    rows = ROW.findall((ROOT / "docs" / "evidence-cases.md").read_text("utf-8"))
    written = sorted((int(case), test) for case, tests in rows for test in NAMED.findall(tests))
    assert written == sorted(shown_by_tests())
    assert {case for case, _ in written} == CASES
    assert [int(case) for case, _ in rows] == sorted(CASES), "each case has one row"
