"""Words about a thing stand right after it, and every page is in the index of pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from infra.assets import ROOT
from tests.contracts.parsed import parsed

WRITTEN = ("casework", "functions", "infra")
"""What is deployed: the documents of the API, among others, are drawn from its explanations."""


NAMED = re.compile(r"`((?:casework|functions|infra|tests|tools|local|smoke|web)/[\w./-]+\.\w+)")
"""A file of the code, as a page names it."""


def says(node: ast.stmt) -> bool:
    """Whether a statement is words alone."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef):
            yield node.body


def test_no_two_explanations_follow_each_other() -> None:
    """The second would explain nothing, and the thing that it is about has no explanation."""
    files = [file for folder in WRITTEN for file in (ROOT / folder).rglob("*.py")]
    assert len(files) > 400
    lost = [
        f"{file.relative_to(ROOT)}:{second.lineno}"
        for file in files
        for body in bodies(parsed(file))
        for first, second in pairwise(body)
        if says(first) and says(second)
    ]
    assert lost == []


def test_the_index_names_every_page() -> None:
    docs = ROOT / "docs"
    linked = set(re.findall(r"\]\(([^)]+)\)", (docs / "README.md").read_text("utf-8")))
    assert all((docs / each).exists() for each in linked)
    pages = {file.name for file in docs.iterdir() if file.suffix in {".md", ".json"}}
    folders = {f"{file.parent.name}/README.md" for file in docs.glob("*/README.md")}
    assert linked == (pages | folders) - {"README.md"}


def test_each_file_that_a_page_names_exists() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = [(page, file) for page in pages for file in NAMED.findall(page.read_text("utf-8"))]
    assert len(named) > 300
    assert [f"{page.name}: {file}" for page, file in named if not (ROOT / file).exists()] == []
