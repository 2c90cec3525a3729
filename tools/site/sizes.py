"""What the pages weigh over the wire, and the limits that fail a build."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from tools.site.scripts import begun_with, loaded_at_need

FIRST_PAGE: Final = 40_000
"""The most bytes of a page of the portal with everything it loads, compressed."""
LIMITS: Final = {"style": 5_500, "script": 30_000, "desk": 300_000}
"""The most bytes of these sizes, compressed. The desk is loaded once and kept for a year, so its
limit is on all of it; the portal is loaded by people on a bad network, each for the first time."""
STAFF_HTML_PAGE: Final = "desk/index.html"


def everything_of_staff(folder: Path) -> set[Path]:
    """Every file that the page of staff can load, in all languages."""
    page = folder / STAFF_HTML_PAGE
    return set[Path]().union(*_Built(folder).loaded_by(page).values()) - {page}


def over_budget(folder: Path) -> list[str]:
    """Files and pages above their size limit."""
    measured = sizes(folder)
    over = [
        f"{name}: {measured[name]:,} bytes, {limit:,} allowed"
        for name, limit in LIMITS.items()
        if measured[name] > limit
    ]
    return over + [
        f"{name}: {size:,} bytes with all it loads, {FIRST_PAGE:,} allowed"
        for name, size in measured.items()
        if name.endswith("/") and size > FIRST_PAGE
    ]


def sizes(folder: Path) -> dict[str, int]:
    """Bytes over the wire: `style`, `script` (the largest of the portal), `desk` (the page of staff
    with everything that it can load, in the language with most), and each page of the portal with
    all it loads at first."""
    built = _Built(folder)
    page = folder / STAFF_HTML_PAGE
    of_staff = built.loaded_by(page) if page in built.packed else {}
    own = set[Path]().union(*of_staff.values())
    measured = {
        "desk": max((built.weigh(files) for files in of_staff.values()), default=0),
        "style": built.weigh(built.ending(".css") - own),
        "script": max((built.packed[file] for file in built.ending(".js") - own), default=0),
    }
    for each in sorted(set(folder.glob("*/**/index.html")) & set(built.packed) - {page}):
        measured[f"/{each.parent.relative_to(folder)}/"] = built.weigh({each} | built.named(each))
    return measured


@dataclass(frozen=True)
class _Built:
    """The built files."""

    folder: Path

    @cached_property
    def packed(self) -> Mapping[Path, int]:
        """The compressed bytes of each file, without those of the reference."""
        return {
            file: len(gzip.compress(file.read_bytes(), 6))
            for file in self.folder.rglob("*")
            if file.is_file() and not file.is_relative_to(self.folder / "reference")
        }

    def ending(self, end: str) -> set[Path]:
        return {file for file in self.packed if file.suffix == end}

    def weigh(self, files: set[Path]) -> int:
        return sum(self.packed[each] for each in files)

    def named(self, page: Path) -> set[Path]:
        """The assets that a page names."""
        text = page.read_text(encoding="utf-8")
        found = re.findall(r'(?:src|href)="/([^"]+\.(?:js|css|svg))"', text)
        return {self.folder / each for each in found}

    def loaded_by(self, page: Path) -> dict[str, set[Path]]:
        """By language, the page of staff with every file that it can load: scripts, style and icon,
        and the words, names and lists of the language."""
        text = page.read_text(encoding="utf-8")
        (block,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text)
        every = {page} | self._scripts(self.named(page))
        return {
            code: every | self._words(self.folder / each["words"].lstrip("/"))
            for code, each in json.loads(block).items()
        }

    def _scripts(self, named: set[Path]) -> set[Path]:
        """Files with every script that the scripts among them can load, and the fonts that style
        sheets name."""
        found, waiting = set[Path](), list(named)
        while waiting:
            each = waiting.pop()
            if each in found:
                continue
            found.add(each)
            if each.suffix == ".js":
                text = each.read_text(encoding="utf-8")
                names = begun_with(text) | set(loaded_at_need(text).values())
                waiting += (self.folder / "assets" / name for name in names)
            if each.suffix == ".css":
                fonts = re.findall(r'url\("?\./([^")]+\.woff2)', each.read_text(encoding="utf-8"))
                waiting += (self.folder / "assets" / name for name in fonts)
        return found

    def _words(self, first: Path) -> set[Path]:
        """The words that the page begins with, and the files that they name."""
        named = re.findall(r'"/(assets/[^"]+)"', first.read_text(encoding="utf-8"))
        return {first} | {self.folder / each for each in named}
