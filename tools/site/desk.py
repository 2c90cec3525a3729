"""The page of staff: `/desk/`, one page in every language of the staff.

It is not part of the portal: it has its own texts, script and size limit, and shares the style.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from functions.intake.html import Markup, element
from tools.site.messages import ROOT, MessagesWrong

SOURCE: Final = ROOT / "web" / "desk"
MESSAGES: Final = SOURCE / "messages"
SCRIPT: Final = SOURCE / "desk.ts"
PAGE: Final = "desk/index.html"
FIRST: Final = ("ar", "fr", "en")
"""The order of the languages."""
LARGEST: Final = 12_000
"""The most bytes of page and script, compressed."""


def texts(folder: Path = MESSAGES) -> dict[str, dict[str, Any]]:
    """Every language by its code; raises MessagesWrong where one lacks a text."""
    files = {file.stem: file for file in folder.glob("*.toml")}
    found = {
        code: tomllib.loads(files[code].read_text(encoding="utf-8"))
        for code in (*FIRST, *sorted(set(files) - set(FIRST)))
        if code in files
    }
    every = {key for each in found.values() for key in _keys(each)}
    lacking = [
        f"web/desk/messages/{code}.toml: {key} is missing"
        for code, each in found.items()
        for key in sorted(every - _keys(each))
    ]
    if lacking:
        raise MessagesWrong(lacking)
    return found


def _keys(language: Mapping[str, Any]) -> set[str]:
    return {*language, *(f"texts.{key}" for key in language.get("texts", {}))}


def page(script: str, style: str, icon: str) -> bytes:
    """The page; script, style and icon are the addresses of its files."""
    spoken = texts()
    first = spoken[next(iter(spoken))]
    links = [
        element(
            "li",
            element("a", each["language"], href=f"?lang={code}", lang=code, dir=each["direction"]),
        )
        for code, each in spoken.items()
    ]
    without = [
        element("p", each["texts"]["needs_javascript"], lang=code, dir=each["direction"])
        for code, each in spoken.items()
    ]
    data = json.dumps(spoken, ensure_ascii=False, separators=(",", ":"))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("title", first["texts"]["title"]),
        element("link", rel="stylesheet", href=style),
        element("link", rel="icon", href=icon, type="image/svg+xml"),
        element("script", type="module", src=script),
        # The block ends at the first "</", in any context.
        element("script", Markup(data.replace("<", "\\u003c")), type="application/json", id="data"),
    )
    body = element(
        "body",
        element(
            "header",
            element(
                "div",
                element("nav", element("ul", links), class_="languages"),
                class_="wide",
            ),
        ),
        element(
            "main",
            element("h1", first["texts"]["title"], id="title"),
            element("div", element("noscript", without), id="app"),
            id="main",
        ),
    )
    html = element("html", head, body, lang=next(iter(spoken)), dir=first["direction"])
    return f"<!doctype html>{html}".encode()
