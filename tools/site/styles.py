"""Whether each room's style sheet has only what a page of the room can use.

A selector is of use where the room makes each element that it names and gives each class. Which
ones a script makes is said by the types of its sources (`typed.mjs`); of the pages that Python
writes, `html_element(…)` and its `class_` say it.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.site.messages import ROOT

WEB_SOURCES: Final = ROOT / "web"
STYLES: Final = {
    "desk": WEB_SOURCES / "desk" / "desk.css",
    "portal": WEB_SOURCES / "portal" / "portal.css",
}
"""The style sheet of each room."""
PYTHON_SOURCES_BY_ROOM: Final = {
    "desk": ("tools/site/desk.py",),
    "portal": (
        *(f"tools/site/{each}.py" for each in ("maker", "pages", "static_pages", "about_pages")),
        *("functions/intake/*.py", "local/signin.py"),
    ),
}
"""The Python that writes pages of a room; the sign-in of this machine has the portal's style."""
BY_SCRIPTS: Final = {"desk": frozenset({"grey"}), "portal": frozenset[str]()}
"""Classes that a script sets on the page itself."""
_IMPORT: Final = re.compile(r'@import\s+"([^"]+)"\s*;')
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.S)
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_RULE: Final = re.compile(r"([^{};]+)\{")
_ARGUMENT: Final = re.compile(r":(?:lang|dir|nth-[\w-]+)\([^)]*\)")
"""Pseudo-classes whose argument is no selector."""
_ATTRIBUTE: Final = re.compile(r"\[[^\]]*\]")
_PSEUDO: Final = re.compile(r"::?[\w-]+")
_ID: Final = re.compile(r"#[\w-]+")
_CLASS: Final = re.compile(r"\.([a-zA-Z][\w-]*)")
_ELEMENT: Final = re.compile(r"(?<![\w-])[a-z][a-z0-9]*")
_FRAMES: Final = {"from", "to"}


@dataclass(frozen=True)
class DrawnElements:
    """What pages are made of."""

    elements: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()

    def __or__(self, other: DrawnElements) -> DrawnElements:
        return DrawnElements(self.elements | other.elements, self.classes | other.classes)


def resolve_style_sheet(room: str) -> str:
    """The style sheet of a room, with what it imports."""
    return _with_imported(STYLES[room])


def _with_imported(style: Path) -> str:
    text = style.read_text(encoding="utf-8")
    return _IMPORT.sub(lambda found: _with_imported(style.parent / found[1]), text)


def address(room: str) -> str:
    """Where the style sheet of a room is served: from its sources, so that no tool is needed to
    compute it, and another one exactly when they change."""
    return (
        f"/assets/{room}-{hashlib.sha256(resolve_style_sheet(room).encode()).hexdigest()[:10]}.css"
    )


def unused_selector_lines(style: str, drawn: DrawnElements) -> Iterator[str]:
    """A line for each selector that names a class or an element that no page has."""
    bare = _TEXT.sub('""', _COMMENT.sub("", style))
    for found in _RULE.finditer(bare):
        selectors = found[1].strip()
        if selectors.startswith("@"):
            continue
        named = _named(selectors)
        lacking = [f".{each}" for each in sorted(named.classes - drawn.classes)]
        lacking += sorted(named.elements - drawn.elements - _FRAMES)
        for each in lacking:
            yield f"no page has {each}: {selectors}"


def _named(selectors: str) -> DrawnElements:
    bare = _ATTRIBUTE.sub("", _ARGUMENT.sub("", selectors))
    classes = frozenset(_CLASS.findall(bare))
    rest = _PSEUDO.sub("", _ID.sub("", _CLASS.sub("", bare)))
    return DrawnElements(frozenset(_ELEMENT.findall(rest)), classes)


def drawn_in(room: str, by_scripts: Mapping[Path, DrawnElements]) -> DrawnElements:
    """What the pages of a room can be made of; `by_scripts` is what each source of a script
    makes."""
    found = DrawnElements(frozenset({"html", "body"}), BY_SCRIPTS[room])
    for file, each in by_scripts.items():
        if file.is_relative_to(WEB_SOURCES / room):
            found |= each
    for pattern in PYTHON_SOURCES_BY_ROOM[room]:
        found |= elements_in_sources(ROOT.glob(pattern))
    return found


def elements_in_sources(sources: Iterable[Path]) -> DrawnElements:
    """What Python sources make by `html_element`, and the texts of each `class_`; of a variable,
    those that the source gives it."""
    elements, classes = set[str](), set[str]()
    for file in sources:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        given = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            if getattr(call.func, "id", "") == "html_element":
                elements |= set(_texts(call.args[0]))
            for each in call.keywords:
                if each.arg == "class_":
                    value = given.get(getattr(each.value, "id", ""), each.value)
                    classes |= {word for text in _texts(value) for word in text.split()}
    return DrawnElements(frozenset(elements), frozenset(classes))


def _texts(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
