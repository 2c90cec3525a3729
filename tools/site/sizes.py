"""What the pages weigh over the wire, and the limits that fail a build."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from tools.site.scripts import BEHIND, begun_with, loaded_at_need

FIRST_PAGE: Final = 40_000
"""The most bytes of a page of the portal with everything it loads, compressed."""
LIMITS: Final = {
    "style": 5_500,
    "script": 30_000,
    "desk": 28_600,
    "desk and a case": 49_500,
    "desk script": 17_600,
    "desk scripts": 71_500,
}
"""The most bytes of these sizes. A shared office line brings what staff begin with within half a
second (150 ms away, 1.6 Mbit/s), and what they need to decide a case within a second."""
STAFF_PAGE: Final = "desk/index.html"


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
    with all it loads before anything else), `desk and a case` (with what comes behind it),
    `desk script` (what of `desk` is script), `desk scripts` (with those that are loaded at need),
    and each page with all it loads at first. Of words, the language with most is counted."""
    built = _Built(folder)
    staff = _Staff(built) if (folder / STAFF_PAGE) in built.packed else None
    scripts, of_staff = built.ending(".js"), staff.every if staff else set[Path]()
    measured = {
        "desk": staff.begins + staff.words[0] if staff else 0,
        "desk and a case": staff.begins + staff.behind + sum(staff.words) if staff else 0,
        "desk script": built.weigh(staff.first_scripts) if staff else 0,
        "desk scripts": built.weigh(of_staff),
        "style": built.weigh(built.ending(".css") - (staff.named if staff else set())),
        "script": max((built.packed[file] for file in scripts - of_staff), default=0),
    }
    for page in sorted(set(folder.glob("*/**/index.html")) & set(built.packed)):
        measured[f"/{page.parent.relative_to(folder)}/"] = built.weigh({page} | built.named(page))
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


@dataclass(frozen=True)
class _Staff:
    """The page of staff."""

    built: _Built

    @cached_property
    def named(self) -> set[Path]:
        return self.built.named(self._page)

    @property
    def _page(self) -> Path:
        return self.built.folder / STAFF_PAGE

    @property
    def begins(self) -> int:
        return self.built.weigh({self._page} | self.named)

    @property
    def first_scripts(self) -> set[Path]:
        return {file for file in self.named if file.suffix == ".js"}

    @cached_property
    def every(self) -> set[Path]:
        """Every script that the page can load."""
        return set(self._reached(self.first_scripts, later=True))

    @property
    def behind(self) -> int:
        """Bytes of the scripts that come behind those that the page begins with."""
        text = "".join(each.read_text(encoding="utf-8") for each in self.first_scripts)
        case = self._asset(loaded_at_need(text)[BEHIND])
        return self.built.weigh(set(self._reached({case}, later=False)) - self.first_scripts)

    @cached_property
    def words(self) -> tuple[int, int]:
        """Bytes of the words that the page begins with, and of those that come behind."""
        text = self._page.read_text(encoding="utf-8")
        (block,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text)
        found = []
        for each in json.loads(block).values():
            first = self._file(each["words"])
            told: Any = json.loads(first.read_bytes())
            behind = {self._file(address) for address in told["parts"][BEHIND]}
            found.append((self.built.packed[first], self.built.weigh(behind)))
        return max(found, key=sum)

    def _reached(self, scripts: set[Path], *, later: bool) -> Iterator[Path]:
        found, waiting = set[Path](), list(scripts)
        while waiting:
            each = waiting.pop()
            if each in found:
                continue
            found.add(each)
            yield each
            text = each.read_text(encoding="utf-8")
            names = begun_with(text) | (set(loaded_at_need(text).values()) if later else set())
            waiting += map(self._asset, names)

    def _asset(self, name: str) -> Path:
        return self.built.folder / "assets" / name

    def _file(self, address: str) -> Path:
        return self.built.folder / address.lstrip("/")
