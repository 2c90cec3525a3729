"""A copy of the tree for a recipe of `docs/adding.md`, and the list of its changed files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "adding.md"
PARTS = (
    *("casework", "functions", "infra", "jurisdictions", "languages", "tools", "docs", "web"),
    *("harness/demo", "harness/people", "local", "tests"),
)
FILES = ("pyproject.toml", "harness/evaluation/scores.py")


class Tree:
    """A copy of the deployed code, of the tools and of the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.changed: set[str] = set()
        """The files that a person changed or wrote; not those that a tool writes."""
        ignored = shutil.ignore_patterns("__pycache__", "sources", "screens")
        for part in PARTS:
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        for file in FILES:
            (folder / file).parent.mkdir(exist_ok=True)
            shutil.copyfile(ROOT / file, folder / file)

    def read(self, path: str) -> str:
        """A file as it is now."""
        return (self.folder / path).read_text("utf-8")

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        (self.folder / path).write_text(text, "utf-8")
        self.changed.add(path)

    def replace(self, path: str, old: str, new: str) -> None:
        """Write another text in the place of one that the file has once."""
        was = self.read(path)
        assert was.count(old) == 1, f"{path} has {was.count(old)} of {old!r}"
        self.write(path, was.replace(old, new))

    def put(self, path: str, before: str, text: str) -> None:
        """Put lines before a place that the file has once."""
        self.replace(path, before, text + before)

    def edit(self, path: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Change a JSON document."""
        document = json.loads(self.read(path))
        change(document)
        self.write(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")

    def run(self, *arguments: str) -> str:
        """The output of Python in the copy; empty on success."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert bool(done.returncode) == bool(done.stderr.strip() or "failed" in said), said
        return said if done.returncode else ""

    def tests(self, *chosen: str) -> str:
        """The output of tests in the copy; empty if they pass."""
        return self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen)

    def tool(self, name: str) -> None:
        """Let a tool write its documents."""
        assert self.run("-m", f"tools.{name}") == ""

    def stale(self, name: str) -> str:
        """The output of a tool about outdated documents."""
        return self.run("-m", f"tools.{name}", "--check")


def listed(recipe: str) -> set[str]:
    """The files that a section of the page says to change."""
    page = PAGE.read_text("utf-8")
    section = page.partition(f"\n## {recipe}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def named(paths: set[str], pack: str = "ma") -> set[str]:
    """The same files as the page names them, for any pack."""
    return {path.replace(f"jurisdictions/{pack}/", "jurisdictions/<id>/") for path in paths}
