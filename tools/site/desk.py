"""The page of staff: `/desk/`, one page in every language of the staff.

It is not part of the portal: it has its own texts, script, style sheet and size limits, and builds
on the portal's style. The page itself holds no texts but those that say that the others are not
there: each language is a file, with the names that the pack gives things.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

from casework.pack import procedure as procedures
from casework.pack import templates
from casework.pack.jurisdiction import Jurisdiction
from functions.intake.html import Markup, element
from tools.site.messages import ROOT, MessagesWrong
from tools.site.places import Places, places_of

SOURCE: Final = ROOT / "web" / "desk"
MESSAGES: Final = SOURCE / "messages"
SCRIPT: Final = SOURCE / "desk.tsx"
STYLE: Final = SOURCE / "desk.css"
PORTAL_STYLE: Final = ROOT / "web" / "shared" / "pages.css"
"""Which the style sheet of the desk imports."""
PAGE: Final = "desk/index.html"
FIRST: Final = ("ar", "fr", "en")
"""The order of the languages."""
ALWAYS: Final = ("title", "wait", "failed", "retry")
"""The texts that the page holds itself, for before its language is there."""
LARGEST: Final = 60_000
"""The most bytes that the work page loads, compressed: page, script, style sheet, and the texts of
one language. A shared office line brings them within a second (150 ms away, 1.6 Mbit/s)."""
SCRIPTS: Final = 40_000
"""The most bytes of the scripts that the work page loads, compressed."""
ALL_SCRIPTS: Final = 77_000
"""The most bytes of all scripts, with those that are loaded when somebody needs them."""
PART: Final = "part"
"""How the name of a script begins that another one imports."""


class _Named(Protocol):
    @property
    def names(self) -> Mapping[str, str]: ...


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


def declared() -> str:
    """The keys of the texts as a type, so that the compiler finds one that is missing."""
    keys = texts()[FIRST[0]]["texts"]
    return f"export type Key = {' | '.join(json.dumps(key) for key in sorted(keys))};\n"


def _asset(name: str, document: Mapping[str, Any]) -> tuple[str, bytes]:
    """Address and content of a file that is named by its content."""
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return f"/assets/{name}-{hashlib.sha256(content).hexdigest()[:10]}.json", content


@dataclass(frozen=True)
class Desk:
    """The files of the desk, but for its script and its style sheet."""

    pack: Jurisdiction
    locales: Mapping[str, str]
    """Each language in the form of the pack's country."""

    @property
    def style(self) -> str:
        """The address of the style sheet, from its sources."""
        sources = STYLE.read_bytes() + PORTAL_STYLE.read_bytes()
        return f"/assets/desk-{hashlib.sha256(sources).hexdigest()[:10]}.css"

    def files(self, script: str, icon: str, parts: Iterable[str] = ()) -> dict[str, bytes]:
        """Every file by its place in the built folder; script, icon and the parts that the script
        needs to begin are addresses."""
        return {
            PAGE: self._page(script, icon, parts),
            **{each.file: each.content for each in self._places.values()},
            **{address.lstrip("/"): content for address, content in self._words.values()},
            self._templates[0].lstrip("/"): self._templates[1],
        }

    @cached_property
    def _templates(self) -> tuple[str, bytes]:
        """Address and content of the words to reporters: every language in one file, because the
        reporter's is another one than the reader's."""
        return _asset("templates", templates.templates(self.pack.folder).model_dump())

    @cached_property
    def _places(self) -> Mapping[str, Places]:
        return {code: places_of(self.pack, code) for code in texts()}

    @cached_property
    def _words(self) -> Mapping[str, tuple[str, bytes]]:
        """Address and content of the file of each language."""
        made = {}
        for code, each in texts().items():
            made[code] = _asset("words", self._vocabulary(code, each["texts"]))
        return made

    def _vocabulary(self, code: str, said: Mapping[str, str]) -> dict[str, Any]:
        pack, procedure = self.pack, procedures.procedure(self.pack.folder)

        def names(entries: Iterable[tuple[str, _Named]]) -> dict[str, str]:
            # Units and courts have official names, and some packs have no others of theirs.
            official = pack.facts.official_languages[0]
            return {id_: each.names.get(code) or each.names[official] for id_, each in entries}

        return {
            "locale": self.locales.get(code, code),
            "texts": said,
            "categories": names(pack.categories.items()),
            "covered": sorted(procedure.second_look.categories),
            "units": names(pack.units.items()),
            "courts": names(pack.courts.items()),
            "prosecutors": names((each.id, each) for each in pack.facts.prosecutors.values()),
            "grounds": names((each.id, each) for each in pack.grounds.grounds),
            "services": names((each.id, each) for each in procedure.services),
            "places": self._places[code].address,
            "templates": self._templates[0],
        }

    def _page(self, script: str, icon: str, parts: Iterable[str]) -> bytes:
        spoken = texts()
        first = spoken[next(iter(spoken))]
        links = [
            element(
                "li",
                element(
                    "a", each["language"], href=f"?lang={code}", lang=code, dir=each["direction"]
                ),
            )
            for code, each in spoken.items()
        ]
        without = [
            element("p", each["texts"]["needs_javascript"], lang=code, dir=each["direction"])
            for code, each in spoken.items()
        ]
        data = json.dumps(
            {code: self._known_at_once(code, each) for code, each in spoken.items()},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        head = element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="robots", content="noindex"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", first["texts"]["title"]),
            element("link", rel="stylesheet", href=self.style),
            element("link", rel="icon", href=icon, type="image/svg+xml"),
            element("script", type="module", src=script),
            [element("link", rel="modulepreload", href=each) for each in parts],
            # The block ends at the first "</", in any context.
            element(
                "script", Markup(data.replace("<", "\\u003c")), type="application/json", id="data"
            ),
        )
        body = element(
            "body",
            element(
                "header",
                element("b", "e-Iblagh"),
                element("div", "", id="who"),
                element(
                    "nav",
                    element("ul", links),
                    class_="languages",
                    aria_label=first["texts"]["languages"],
                ),
                class_="top",
            ),
            element(
                "div",
                element("main", element("noscript", without), class_="plain"),
                id="app",
            ),
            class_="desk",
        )
        html = element("html", head, body, lang=next(iter(spoken)), dir=first["direction"])
        return f"<!doctype html>{html}".encode()

    def _known_at_once(self, code: str, spoken: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **{name: spoken[name] for name in ("language", "direction", "sign_in_language")},
            "words": self._words[code][0],
            "first": {key: spoken["texts"][key] for key in ALWAYS},
        }
