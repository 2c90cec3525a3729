"""The table of docs/security.md and the tests of hardening say the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from infra.assets import ROOT

CASES = {*range(12, 25), 27, 29, 31, 32}
"""Those that docs/security.md promises on the running system."""
ROW = re.compile(r"^\| (\d+) \| `(test_\w+)` \|", re.MULTILINE)
NUMBER = re.compile(r"hardening (\d+)")


def shown_by_tests() -> Iterator[tuple[int, str]]:
    """Case and test, for each end-to-end test that names a case."""
    for path in sorted((ROOT / "tests" / "e2e").glob("test_*.py")):
        text = path.read_text("utf-8")
        for node in ast.parse(text).body if "hardening" in text else ():
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for number in NUMBER.findall(ast.get_docstring(node) or ""):
                    yield int(number), node.name


def test_every_case_has_a_test_and_every_test_a_line() -> None:
    written = ROW.findall((ROOT / "docs" / "security.md").read_text("utf-8"))
    shown = sorted((int(number), name) for number, name in written)
    assert shown == sorted(shown_by_tests())
    assert {number for number, _ in shown} == CASES
