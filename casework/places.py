"""Which territory a free text names.

Names and text are folded the same way, then the longest runs of words are looked up. Folding takes
away what people leave out or write differently: accents, vowel signs, hamza, the definite article,
hyphens, doubled letters, `ou`/`o`/`u`. Where nothing is found so, one letter may be missing, too
many or another: names are also filed under what is left of them without any one letter. So a
look-up costs the same whatever the size of the country. How sure the answer is comes with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from casework import arabic
from casework.pack_entries import Territories

LONGEST_TEXT: Final = 500
"""Characters looked at; a place is not described in more."""
MOST_MENTIONS: Final = 12
"""Different places compared with each other; the cost grows with their square."""
SHORTEST_KEY: Final = 3
SHORTEST_MISSPELT: Final = 6
"""Letters of a name below which another letter makes another name."""
WELL_KNOWN: Final = 50_000
"""Inhabitants from which a place is guessed from a misspelt name, besides those that have a unit:
the names of hamlets are one letter away from many words."""

SURE: Final = 95
"""Percent: the name as it is written, of one place, or of several of which the text names the
larger one, too."""
SHARED_NAME: Final = 70
"""Several places of different units are called so; the best known is taken."""
SEVERAL: Final = 50
"""The text names places of several units."""
MISSPELT: Final = 60
"""A letter is wrong."""

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


@dataclass(frozen=True)
class Located:
    """A place that a text names, and how sure that is."""

    code: str
    percent: int
    """0 to 100; 100 is left to people."""


def words(text: str) -> list[str]:
    """The folded words of a text, in order, without articles."""
    folded = unicodedata.normalize("NFKD", text[:LONGEST_TEXT].translate(arabic.ALIKE)).casefold()
    folded = "".join(
        character for character in folded if unicodedata.category(character) not in ("Mn", "Cf")
    ).translate(arabic.ALIKE)
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

    def find(self, text: str) -> Located | None:
        """The place named in the text, by its code or a name, or None.

        "Maarif, Casablanca" is the quarter, since the city confirms it. A bare name shared by
        several places is the highest of them, or among small ones the most populous.
        """
        if text.strip() in self._territories:
            return Located(text.strip(), SURE)
        run = words(text)
        if mentions := self._mentions(run, self._look_up):
            return self._best(mentions, SURE)
        return self._best(self._mentions(run, self._look_up_misspelt), MISSPELT)

    def _best(self, mentions: list[set[str]], at_most: int) -> Located | None:
        best: tuple[tuple[int, int, bool, int], str, int] | None = None
        for here, codes in enumerate(mentions):
            others = [each for at, each in enumerate(mentions) if at != here]
            for code in sorted(codes):
                weight = self._weight(code, others)
                if best is None or weight > best[0]:
                    best = weight, code, here
        if best is None:
            return None
        (confirmed, *_), code, here = best
        others = [each for at, each in enumerate(mentions) if at != here]
        apart = [other for each in others for other in each if not self._nested(code, other)]
        if any(map(self._has_unit, apart)):
            return Located(code, min(SEVERAL, at_most))
        same = all(self._nested(code, other) for other in mentions[here])
        sure = confirmed == len(others) and (confirmed or same)
        return Located(code, at_most if sure else min(SHARED_NAME, at_most))

    def _has_unit(self, code: str) -> bool:
        return self._levels[self._territories[code].level] <= self._unit_depth

    def _well_known(self, code: str) -> bool:
        population = self._territories[code].population or 0
        return self._has_unit(code) or population >= WELL_KNOWN

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

    def _mentions(
        self, text: list[str], look_up: Callable[[list[str]], set[str]]
    ) -> list[set[str]]:
        found: list[set[str]] = []
        at = 0
        while at < len(text) and len(found) < MOST_MENTIONS:
            for size in range(min(self._longest, len(text) - at), 0, -1):
                if codes := look_up(text[at : at + size]):
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

    def _look_up_misspelt(self, run: list[str]) -> set[str]:
        key = " ".join(run)
        if len(key) < SHORTEST_MISSPELT:
            return set()
        found: set[str] = set()
        for written in (key, *_without_a_letter(key)):
            for name in self._misspelt.get(written, ()):
                if _one_letter_apart(key, name):
                    found |= {*filter(self._well_known, self._codes[name])}
        return found

    @cached_property
    def _misspelt(self) -> Mapping[str, list[str]]:
        """Names under themselves and under what is left of them without one letter."""
        filed: dict[str, list[str]] = {}
        for name, codes in self._codes.items():
            if len(name) >= SHORTEST_MISSPELT and any(map(self._well_known, codes)):
                for written in {name, *_without_a_letter(name)}:
                    filed.setdefault(written, []).append(name)
        return filed

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


def _without_a_letter(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_letter_apart(one: str, other: str) -> bool:
    """Whether a letter is missing, more, another, or changed places with the next."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (
            left[2:] == right[2:] and left[:2] == right[1::-1] and len(left) > 1
        )
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[1:] == shorter
