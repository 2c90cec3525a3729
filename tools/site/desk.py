"""The page of staff: `/desk/`, one page in every language of the staff.

It is not part of the portal: it has its own texts, scripts, style sheet and size limits. The page
itself holds no texts but those that say that the others are not there. The words of a language, and
the names that the pack gives things, are files of their own: one that the page begins with, and one
for each part that is loaded at need (`desk_words.py`).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

from casework.pack import procedure as procedures
from casework.pack import templates
from casework.pack.hash_list_subjects import load_hash_list_subjects
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.parties import load_parties
from casework.pack.time_zones import zone_changes
from casework.text.codes import CURRENCY_CODES
from functions.intake.html import Markup, html_element
from tools.site.desk_words import EXCLUDED_NAME_LISTS, CarriedWords, deal_out_words, part_names
from tools.site.messages import MessagesWrong
from tools.site.places import LocalisedPlaces, kept_apart, places_of
from tools.site.scripts import BEHIND, STAFF, StaffScripts
from tools.site.sizes import STAFF_HTML_PAGE

DESK_SITE_SOURCE: Final = STAFF
DESK_MESSAGES_FOLDER: Final = DESK_SITE_SOURCE / "messages"
DESK_LANGUAGE_ORDER: Final = ("ar", "fr", "en")
"""The order of the languages."""
ALWAYS: Final = ("title", "wait", "failed", "retry")
"""The texts of each language that the page itself holds, for before its words are there."""
WITHOUT_SCRIPT: Final = ("needs_javascript",)
"""The texts that no script uses: the page itself has them."""


class _Named(Protocol):
    @property
    def names(self) -> Mapping[str, str]: ...


def desk_texts_by_language(folder: Path = DESK_MESSAGES_FOLDER) -> dict[str, dict[str, Any]]:
    """Every language by its code; raises MessagesWrong where one lacks a text."""
    files = {file.stem: file for file in folder.glob("*.toml")}
    found = {
        code: tomllib.loads(files[code].read_text(encoding="utf-8"))
        for code in (*DESK_LANGUAGE_ORDER, *sorted(set(files) - set(DESK_LANGUAGE_ORDER)))
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


def keys() -> set[str]:
    """The keys of the texts that scripts use."""
    return set(desk_texts_by_language()[DESK_LANGUAGE_ORDER[0]]["texts"]) - set(WITHOUT_SCRIPT)


def declare_text_types() -> str:
    """Types: the keys of the texts, so that the compiler finds one that is missing, and the parts
    that are loaded at need."""
    types = {"Key": desk_texts_by_language()[DESK_LANGUAGE_ORDER[0]]["texts"], "Part": part_names()}
    return "".join(
        f"export type {name} = {' | '.join(json.dumps(each) for each in sorted(those))};\n"
        for name, those in types.items()
    )


@dataclass(frozen=True)
class DeskFiles:
    """The files of the desk, but for its script and its style sheet."""

    pack: Jurisdiction
    locales: Mapping[str, str]
    """Each language in the form of the pack's country."""

    def files(self, scripts: StaffScripts, icon: str, style: str) -> dict[str, bytes]:
        """Every file by its place in the built folder; icon and style sheet are addresses."""
        dealt = deal_out_words(scripts, keys())
        words = {
            code: self._words(code, each["texts"], dealt)
            for code, each in desk_texts_by_language().items()
        }
        first = {code: each[0].address for code, each in words.items()}
        apart = [
            self._templates,
            *self._places.values(),
            *(one for each in words.values() for one in each),
        ]
        return {
            STAFF_HTML_PAGE: self._page(scripts.address, icon, style, first),
            **{each.file: each.content for each in apart},
        }

    @cached_property
    def _templates(self) -> LocalisedPlaces:
        """The words to reporters: every language in one file, because the reporter's is another one
        than the reader's."""
        return kept_apart("templates", templates.read_templates(self.pack.folder).model_dump())

    @cached_property
    def _places(self) -> Mapping[str, LocalisedPlaces]:
        return {code: places_of(self.pack, code) for code in desk_texts_by_language()}

    def _words(
        self, code: str, said: Mapping[str, str], dealt: CarriedWords
    ) -> list[LocalisedPlaces]:
        """The files of words of one language; the page begins with the first, which has the
        addresses of the others."""
        lists = self._names(code)
        names = kept_apart("words", _those(lists, dealt.names))
        told = {
            part: {"texts": _those(said, keys), **_those(lists, dealt.own_names[part])}
            for part, keys in dealt.parts.items()
        }
        parts = {
            part: kept_apart("words", each) if any(each.values()) else None
            for part, each in told.items()
        }
        loads = {
            part: [
                each.address
                for each in (
                    names if part in dealt.with_names else None,
                    parts[BEHIND] if part in dealt.with_a_case else None,
                    parts[part],
                )
                if each
            ]
            for part in parts
        }
        begins = {
            "locale": self.locales.get(code, code),
            "clocks": zone_changes(self.pack.facts.zone),
            "texts": _those(said, dealt.page),
            "categories": self._named(code, self.pack.categories.items()),
            "covered": sorted(self._procedure.second_look.categories),
            "places": self._places[code].address,
            "templates": self._templates.address,
            "parts": loads,
        }
        return [kept_apart("words", begins), names, *(each for each in parts.values() if each)]

    @property
    def _procedure(self) -> procedures.Procedure:
        return procedures.read_procedure(self.pack.folder)

    def _names(self, code: str) -> dict[str, dict[str, str]]:
        """The lists of `EXCLUDED_NAME_LISTS` in one language."""
        pack = self.pack
        named: dict[str, Iterable[tuple[str, _Named]]] = {
            "units": pack.units.items(),
            "courts": pack.courts.items(),
            "prosecutors": ((each.id, each) for each in pack.facts.prosecutors.values()),
            "grounds": ((each.id, each) for each in pack.grounds.grounds),
            "services": ((each.id, each) for each in self._procedure.services),
            "matters": load_hash_list_subjects(pack.folder).items(),
            "parties": load_parties(pack.folder).items(),
        }
        said = {name: self._named(code, each) for name, each in named.items()}
        said["matters_help"] = {
            each.id: each.help[code] for each in load_hash_list_subjects(pack.folder).values()
        }
        # The browser knows their names.
        said["currencies"] = dict.fromkeys(sorted(CURRENCY_CODES), "")
        return {name: said[name] for name in EXCLUDED_NAME_LISTS}

    def _named(self, code: str, entries: Iterable[tuple[str, _Named]]) -> dict[str, str]:
        # Units and courts have official names, and some packs have no others of theirs.
        official = self.pack.facts.official_languages[0]
        return {id_: each.names.get(code) or each.names[official] for id_, each in entries}

    def _page(self, script: str, icon: str, style: str, words: Mapping[str, str]) -> bytes:
        spoken = desk_texts_by_language()
        first = spoken[next(iter(spoken))]
        without = [
            html_element("p", each["texts"]["needs_javascript"], lang=code, dir=each["direction"])
            for code, each in spoken.items()
        ]
        data = json.dumps(
            {code: _known_at_once(each, words[code]) for code, each in spoken.items()},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        head = html_element(
            "head",
            html_element("meta", charset="utf-8"),
            html_element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            html_element("meta", name="robots", content="noindex"),
            html_element("meta", name="color-scheme", content="light dark"),
            html_element("title", first["texts"]["title"]),
            html_element("link", rel="stylesheet", href=style),
            html_element("link", rel="icon", href=icon, type="image/svg+xml"),
            html_element("script", type="module", src=script),
            # The block ends at the first "</", in any context.
            html_element(
                "script", Markup(data.replace("<", "\\u003c")), type="application/json", id="data"
            ),
        )
        body = html_element(
            "body",
            html_element(
                "div",
                html_element("main", html_element("noscript", without), class_="plain"),
                id="app",
            ),
            class_="desk",
        )
        html = html_element("html", head, body, lang=next(iter(spoken)), dir=first["direction"])
        return f"<!doctype html>{html}".encode()


def _those(said: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: said[key] for key in sorted(keys)}


def _known_at_once(spoken: Mapping[str, Any], words: str) -> dict[str, Any]:
    return {
        **{name: spoken[name] for name in ("language", "direction", "sign_in_language")},
        "words": words,
        "first": {key: spoken["texts"][key] for key in ALWAYS},
    }
