"""Which territory a free text names.

Names and text are folded the same way, then the longest runs of words are looked up. Folding takes
away what people leave out or write differently: accents, vowel signs, hamza, the definite article,
hyphens, doubled letters, `ou`/`o`/`u`. It is spelling tolerance, not distance: a word matches or it
does not, so a look-up costs the same whatever the size of the country.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from casework.pack_entries import Territories

LONGEST_TEXT: Final = 500
"""Characters looked at; a place is not described in more."""
MOST_MENTIONS: Final = 12
"""Different places compared with each other; the cost grows with their square."""
SHORTEST_KEY: Final = 3

_ARABIC: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ء": None}
    | {"گ": "ك", "ڭ": "ك", "ݣ": "ك", "ڤ": "ف", "پ": "ب", "ی": "ي", "ک": "ك", "ـ": None}
)
_ARABIC_ARTICLE: Final = re.compile(r"^(?:[وفبك]?ال|لل)(?=..)")
_ARABIC_PREFIXES: Final = frozenset("بفلو")  # in, to, and: written onto the next word
_LATIN_ARTICLES: Final = frozenset({"el", "al", "l", "es", "ed", "er", "ez", "ech"})
_ELISION: Final = re.compile(r"\b[dl]['’ʼ](?=\w)")
_APOSTROPHE: Final = re.compile(r"(?<=\w)['’ʼ`](?=\w)")
_WORD: Final = re.compile(r"[^\W_]+")
_DOUBLED: Final = re.compile(r"(.)\1+")
_ARABIZI: Final = str.maketrans({"2": "a", "3": "a", "7": "h", "9": "k"})
_LATIN: Final = (
    ("ou", "u"), ("sh", "ch"), ("ph", "f"), ("gu", "g"), ("dj", "j"),
    ("ch", "\0"), ("c", "k"), ("\0", "ch"), ("q", "k"),
    ("o", "u"), ("w", "u"), ("e", "i"), ("y", "i"),
)  # fmt: skip


def words(text: str) -> list[str]:
    """The folded words of a text, in order, without articles."""
    folded = unicodedata.normalize("NFKD", text[:LONGEST_TEXT].translate(_ARABIC)).casefold()
    folded = "".join(
        character for character in folded if unicodedata.category(character) not in ("Mn", "Cf")
    ).translate(_ARABIC)
    folded = _APOSTROPHE.sub("", _ELISION.sub("", folded))
    return [word for word in map(_fold, _WORD.findall(folded)) if word]


def _fold(word: str) -> str:
    if not word.isascii():
        return _ARABIC_ARTICLE.sub("", word)
    if word in _LATIN_ARTICLES:
        return ""
    if not word.isdigit():
        word = word.translate(_ARABIZI)
    for written, sound in _LATIN:
        word = word.replace(written, sound)
    return _DOUBLED.sub(r"\1", word)


class PlaceIndex:
    """Folded name → the territories called so."""

    def __init__(
        self,
        territories: Territories,
        levels: tuple[str, ...],
        unit_level: str,
        aliases: Mapping[str, Iterable[str]],
    ) -> None:
        self._territories = territories
        self._levels = {level: depth for depth, level in enumerate(levels)}
        self._unit_depth = self._levels[unit_level]
        self._codes: dict[str, set[str]] = {}
        for code, territory in territories.items():
            # Regions are left out: none has a unit, and their names are those of their towns.
            if self._levels[territory.level] >= self._unit_depth:
                self._add(code, territory.names.values())
        for code, spellings in aliases.items():
            self._add(code, spellings)
        self._longest = max((key.count(" ") + 1 for key in self._codes), default=0)

    def find(self, text: str) -> str | None:
        """Code of the place named in the text, or None.

        "Maarif, Casablanca" is the quarter, since the city confirms it. A bare name shared by
        several places is the highest of them, or among small ones the most populous.
        """
        mentions = self._mentions(words(text))
        best: tuple[tuple[int, int, bool, int], str] | None = None
        for here, codes in enumerate(mentions):
            others = [each for at, each in enumerate(mentions) if at != here]
            for code in sorted(codes):
                weight = self._weight(code, others)
                if best is None or weight > best[0]:
                    best = weight, code
        return best[1] if best else None

    def _weight(self, code: str, others: list[set[str]]) -> tuple[int, int, bool, int]:
        territory = self._territories[code]
        depth = self._levels[territory.level]
        confirmed = sum(any(self._nested(code, other) for other in each) for each in others)
        return (
            confirmed,
            depth if confirmed else 0,
            depth <= self._unit_depth,
            territory.population or 0,
        )

    def _mentions(self, text: list[str]) -> list[set[str]]:
        found: list[set[str]] = []
        at = 0
        while at < len(text) and len(found) < MOST_MENTIONS:
            for size in range(min(self._longest, len(text) - at), 0, -1):
                if codes := self._look_up(text[at : at + size]):
                    if codes not in found:
                        found.append(codes)
                    at += size
                    break
            else:
                at += 1
        return found

    def _look_up(self, run: list[str]) -> set[str]:
        key = " ".join(run)
        codes = self._codes.get(key, set())
        if not codes and len(run[0]) > SHORTEST_KEY and run[0][0] in _ARABIC_PREFIXES:
            codes = self._codes.get(key[1:], set())
        return codes

    def _nested(self, one: str, other: str) -> bool:
        return one == other or other in self._above(one) or one in self._above(other)

    def _above(self, code: str) -> list[str]:
        above: list[str] = []
        parent = self._territories[code].parent
        while parent is not None:
            above.append(parent)
            parent = self._territories[parent].parent
        return above

    def _add(self, code: str, spellings: Iterable[str]) -> None:
        for spelling in spellings:
            key = " ".join(words(spelling))
            if len(key) >= SHORTEST_KEY:
                self._codes.setdefault(key, set()).add(code)
