"""The province a narrative names, for reports that leave the place out.

People name places for many reasons, so little is believed: a word that says where ("à", «في», `f`)
and right behind it a province or a large commune, and in the whole text no second one. Names that
are words, too ("sale", «العيون»), are believed in the fields alone; `places.json` of the pack lists
them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from casework.jurisdiction import Jurisdiction
from casework.lexicon import FOLDER
from casework.pack_entries import PackError, read_aliases, read_document
from casework.places import words

FILE: Final = "places.json"
LARGE: Final = 50_000
"""Inhabitants from which a commune is known by its name alone."""
LONGEST_NAME: Final = 3
MOST_CUES: Final = 60
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W_]+)*|[.!?؟\n,،;:]|\w+")


def told_place(pack: Jurisdiction, text: str) -> str | None:
    """Code of the one province the narrative says things happened in; None when in doubt."""
    found = set(islice(_named(pack, text), MOST_CUES))
    return found.pop() if len(found) == 1 else None


def _named(pack: Jurisdiction, text: str) -> Iterator[str]:
    names, cues = _names(pack), _cues()
    tokens = _WORD.findall(text.casefold())
    for at, token in enumerate(tokens):
        if token in cues:
            yield from _behind(names, tokens[at + 1 : at + 1 + LONGEST_NAME])
        elif token[0] in "بف" and len(token) > 3:  # "in", written onto the name
            yield from _behind(names, [token[1:], *tokens[at + 1 : at + LONGEST_NAME]])


def _behind(names: dict[str, str], following: list[str]) -> Iterator[str]:
    """The longest name that these words begin with."""
    for size in range(len(following), 0, -1):
        name = names.get(" ".join(filter(None, map(_folded, following[:size]))))
        if name is not None:
            yield name
            return


@lru_cache(maxsize=4096)
def _folded(token: str) -> str:
    return " ".join(words(token))


@cache
def _cues() -> frozenset[str]:
    document = json.loads((FOLDER / "common" / "places.json").read_text("utf-8"))
    return frozenset(document["where"].split())


@cache
def _names(pack: Jurisdiction) -> dict[str, str]:
    """Folded name → province, for names that lead to one province and are no words."""
    aliases = read_aliases(pack.folder)
    provinces: dict[str, set[str]] = {}
    for code, territory in pack.territories.items():
        province = pack.province_of(code)
        if province is None or (code != province.code and (territory.population or 0) < LARGE):
            continue
        for spelling in (*territory.names.values(), *aliases.get(code, ())):
            provinces.setdefault(" ".join(words(spelling)), set()).add(province.code)
    for word in _also_words(pack.folder):
        provinces.pop(" ".join(words(word)), None)
    return {name: codes.pop() for name, codes in provinces.items() if name and len(codes) == 1}


def _also_words(folder: Path) -> list[str]:
    listed = read_document(folder, FILE).get("also_words", []) if (folder / FILE).is_file() else []
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise PackError([f"{FILE}: also_words: must be a list of spellings"])
    return listed


def findings(folder: Path) -> Iterator[str]:
    """What is wrong with the list of names that are words, too, as "file: entry: what"."""
    try:
        _also_words(folder)
    except PackError as error:
        yield from error.findings
