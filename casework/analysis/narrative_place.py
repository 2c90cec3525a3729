"""The province that a narrative names, for reports without a place.

People name places for many reasons, so the rule is strict: a preposition of place ("à", «في», `f`)
directly before a province or a large commune, and no second place in the whole text. Names that are
also words ("sale", «العيون») count in the fields alone; `places.json` of the pack lists them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from casework.analysis.lexicon import LANGUAGES_FOLDER
from casework.pack.entries import PackError, read_aliases, read_spellings
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.places import (
    ALSO_WORDS_FILE_KEY,
    NOT_PLACES_FILE_KEY,
    PLACE_LIST_FILE_KEYS,
    split_place_words,
)

FILE: Final = "places.json"
LARGE_PLACE_POPULATION: Final = 50_000
"""Inhabitants from which a commune's name alone identifies it."""
MAX_PLACE_NAME_WORDS: Final = 3
MAX_CUES: Final = 60
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W_]+)*|[.!?؟\n,،;:]|\w+")


def find_narrative_place(pack: Jurisdiction, text: str) -> str | None:
    """Code of the one province where the narrative says things happened; None in doubt.

    Of several, the one where the reporter lives.
    """
    found = list(islice(_named(pack, text), MAX_CUES))
    for places in ({code for code, _ in found}, {code for code, lives in found if lives}):
        if len(places) == 1:
            return places.pop()
    return None


def _named(pack: Jurisdiction, text: str) -> Iterator[tuple[str, bool]]:
    """Provinces after a preposition of place, and whether the reporter lives there."""
    names, no_places, cues = _names(pack), _no_places(pack), _cues()
    tokens = _WORD.findall(text.casefold())
    for at, token in enumerate(tokens):
        following: list[str] = []
        if token in cues:
            skipped = tokens[at + 1 : at + 2] in (["de"], ["of"])  # "dans la ville de"
            following = tokens[at + 1 + skipped : at + 1 + skipped + MAX_PLACE_NAME_WORDS]
        elif token[0] in "بف" and len(token) > 3:  # "in", attached to the name
            following = [token[1:], *tokens[at + 1 : at + MAX_PLACE_NAME_WORDS]]
        for code in _behind(names, no_places, token, following):
            yield code, _lives(tokens, at)


def _lives(tokens: list[str], at: int) -> bool:
    """Whether the words before say that the reporter lives there."""
    if tokens[at - 1 : at] and tokens[at - 1] in _cues():  # "I live in the city of"
        at -= 1
    before = tokens[max(0, at - 2) : at]
    return bool(before) and (before[-1] in _residence() or " ".join(before) in _residence())


def _behind(
    names: dict[str, _Name], no_places: frozenset[str], cue: str, following: list[str]
) -> Iterator[str]:
    """The longest name with which these words begin."""
    for size in range(len(following), 0, -1):
        name = names.get(" ".join(filter(None, map(_folded, following[:size]))))
        if name is not None and " ".join(following[:size]) not in no_places:
            if not (name.also_word and _means_the_word(cue, following[0])):
                yield name.province
            return


def _means_the_word(cue: str, typed: str) -> bool:
    """Whether a name that is also a word is a word here: "à Salé" and "à Casa" are places."""
    if any(unicodedata.decomposition(each).startswith("00") for each in typed):
        return False
    if cue in _document()["towns"].split():
        return False
    behind = _document()["word_behind"].get(typed)
    return behind is None or cue in behind.split()


@lru_cache(maxsize=4096)
def _folded(token: str) -> str:
    return " ".join(split_place_words(token))


@cache
def _cues() -> frozenset[str]:
    return frozenset(_document()["where"].split())


@cache
def _residence() -> frozenset[str]:
    return frozenset(_document()["residence"])


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (LANGUAGES_FOLDER / "common" / "places.json").read_text("utf-8")
    )
    return document


@dataclass(frozen=True)
class _Name:
    province: str
    also_word: bool


@cache
def _names(pack: Jurisdiction) -> dict[str, _Name]:
    """Folded name → province, for names of a single province."""
    aliases = read_aliases(pack.folder)
    provinces: dict[str, set[str]] = {}
    for code, territory in pack.territories.items():
        province = pack.find_province(code)
        if province is None or (
            code != province.code and (territory.population or 0) < LARGE_PLACE_POPULATION
        ):
            continue
        for spelling in (*territory.names.values(), *aliases.get(code, ())):
            provinces.setdefault(" ".join(split_place_words(spelling)), set()).add(province.code)
    also_words = {
        " ".join(split_place_words(each))
        for each in read_spellings(pack.folder, ALSO_WORDS_FILE_KEY)
    }
    return {
        name: _Name(min(codes), name in also_words)
        for name, codes in provinces.items()
        if name and len(codes) == 1
    }


@cache
def _no_places(pack: Jurisdiction) -> frozenset[str]:
    return frozenset(each.casefold() for each in read_spellings(pack.folder, NOT_PLACES_FILE_KEY))


def findings(folder: Path) -> Iterator[str]:
    """The errors of the lists of `places.json`, as "file: entry: what"."""
    for listed in PLACE_LIST_FILE_KEYS:
        try:
            read_spellings(folder, listed)
        except PackError as error:
            yield from error.findings
