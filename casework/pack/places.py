"""Which place a text names: one territory of the pack, with its certainty.

Names and text are folded the same way, then the longest runs of words are looked up. Folding
removes what people omit or vary: accents, vowel signs, hamza, the definite article, hyphens,
doubled letters, `ou`/`o`/`u`. If that finds nothing, one letter may be missing, extra or different:
names are also indexed without each single letter. Last come the consonants, for `lkhmisat` and
`lem7amdiya`. A look-up costs the same for every size of country.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Final

from casework.pack.entries import Territories
from casework.text import arabic

NOT_PLACES_FILE_KEY: Final = "no_places"
"""The list in `places.json` of answers that name no place: "je ne sais pas". Compared as typed:
"sais" is no place, "saïs" is one."""
ALSO_WORDS_FILE_KEY: Final = "also_words"
"""The list of names that are also words. A small place of such a name counts beside the place that
contains it; a well-known one counts where no other place is named."""
STREETS_FILE_KEY: Final = "streets"
"""The list of words for streets: a place after one is a name ("rue de Fès")."""
NAMED_AFTER_FILE_KEY: Final = "named_after"
"""The list of things named after towns ("hôtel Casablanca"): another named place has priority."""
PLACE_LIST_FILE_KEYS: Final = (
    NOT_PLACES_FILE_KEY,
    ALSO_WORDS_FILE_KEY,
    STREETS_FILE_KEY,
    NAMED_AFTER_FILE_KEY,
)
MAX_PLACE_TEXT_LENGTH: Final = 500
"""Characters that are read; no description of a place is longer."""
MAX_MENTIONS: Final = 12
"""Places that are compared with each other; the cost grows with the square."""
MIN_PLACE_KEY_LENGTH: Final = 3
MIN_CONSONANTS: Final = 4
"""Consonants that identify a name; fewer match many words."""
MIN_MISSPELT_LENGTH: Final = 6
"""Shorter names allow no missing or extra letter."""
MIN_MISTYPED_LENGTH: Final = 8
"""Shorter names allow no different letter: a martin is not at Martil."""
MAX_OTHER_VOWELS: Final = 2
"""Positions between consonants where a misspelt name may have other vowels."""
WELL_KNOWN_POPULATION: Final = 50_000
"""Inhabitants from which a place may be matched by a misspelt name, beside places with a unit: the
names of hamlets are one letter away from many words."""

SURE_MATCH_PERCENT: Final = 95
"""Percent for an exact name of one place, or of several of which the text also names the larger
one."""
SHARED_NAME: Final = 70
"""Several places of different units share the name; the best known is taken."""
SEVERAL_UNITS_PERCENT: Final = 50
"""The text names places of several units."""
MISSPELT_MATCH_PERCENT: Final = 60
"""One letter is wrong."""

_ARABIC_ARTICLE: Final = re.compile(r"^(?:[وفبك]?ال|لل)(?=..)")
_ARABIC_PREFIXES: Final = frozenset("بفلو")  # in, to, and: written onto the next word
_LATIN_ARTICLES: Final = frozenset({"el", "al", "l", "es", "ed", "er", "ez", "ech"})
_ELISION: Final = re.compile(r"\b[dl]['’ʼ](?=\w)")
_APOSTROPHE: Final = re.compile(r"(?<=\w)['’ʼ`](?=\w)")
_WORD: Final = re.compile(r"[^\W_]+")
_DOUBLED: Final = re.compile(r"(.)\1+")
_VOWELS: Final = re.compile("[aeiu]")
_CONSONANTS: Final = re.compile("[^aeiu]")
_LEADING: Final = frozenset({"de", "du", "des", "la", "le", "les", "d", "del", "of", "the"})
"""The words between "rue" and a name."""
_WRITTEN_ARTICLE: Final = re.compile("^l[aeiu]?(?=.{5})")
_SAME: Final = {
    **dict.fromkeys(("bini", "bani", "binu"), "bni"),
    **dict.fromkeys(("uad", "uadi", "ued"), "uid"),
    **dict.fromkeys(("ulid", "aulad", "aulid"), "ulad"),
    "وادي": "واد",
    "ولاد": "اولاد",
    "لالا": "لاله",
    "للا": "لاله",
}
"""Words of names with several spellings, in folded form."""
_WRITTEN_ON: Final = ("il", "al", "l")
"""The article that is written onto a Latin name: "eljadida", "layoun"."""
_SHORTEST_BEHIND: Final = 4
_ARABIZI: Final = str.maketrans({"2": "a", "3": "a", "7": "h", "9": "k"})
_LATIN: Final = (
    ("ce", "se"), ("ci", "si"), ("cy", "sy"),
    ("ou", "u"), ("sh", "ch"), ("ph", "f"), ("gue", "ge"), ("gui", "gi"), ("dj", "j"),
    ("ch", "\0"), ("c", "k"), ("\0", "ch"), ("q", "k"),
    ("o", "u"), ("w", "u"), ("e", "i"), ("y", "i"),
)  # fmt: skip


@dataclass(frozen=True)
class LocatedPlace:
    """A place that a text names, with its certainty."""

    code: str
    percent: int
    """0 to 100; only people give 100."""


@dataclass(frozen=True)
class _Word:
    typed: str
    """In lower case."""
    folded: str
    """Empty for an article."""


@dataclass(frozen=True)
class _Mention:
    """Places that a text may name by some of its words."""

    codes: frozenset[str]
    also_word: bool
    """Its name is also a word."""
    street: bool
    named_after: bool
    """The name of something else: it follows a word for a street or a hotel."""


def split_place_words(text: str) -> list[str]:
    """The folded words of a text, in order, without articles."""
    return [each.folded for each in _words(text) if each.folded]


def _words(text: str) -> list[_Word]:
    composed = unicodedata.normalize("NFC", text[:MAX_PLACE_TEXT_LENGTH].casefold())
    if not composed.isascii():
        composed = "".join(
            each for each in composed if unicodedata.category(each) not in ("Mn", "Cf")
        )
    typed = _APOSTROPHE.sub("", _ELISION.sub("", composed))
    return [_Word(word, _folded(word)) for word in _WORD.findall(typed)]


@lru_cache(maxsize=8192)
def _folded(word: str) -> str:
    if not word.isascii():
        apart = unicodedata.normalize("NFKD", word.translate(arabic.SIMILAR_LETTERS))
        word = "".join(each for each in apart if unicodedata.category(each) != "Mn").translate(
            arabic.SIMILAR_LETTERS
        )
    return _fold(word)


def _fold(word: str) -> str:
    if not word.isascii():
        bare = _ARABIC_ARTICLE.sub("", word)
        return _SAME.get(bare, bare)
    if word in _LATIN_ARTICLES:
        return ""
    if not word.isdigit():
        word = word.translate(_ARABIZI)
    for written, sound in _LATIN:
        word = word.replace(written, sound)
    word = _DOUBLED.sub(r"\1", word)
    return _SAME.get(word, word)


class PlaceIndex:
    """Folded name → the territories of this name."""

    def __init__(
        self,
        territories: Territories,
        levels: tuple[str, ...],
        unit_level: str,
        aliases: Mapping[str, Iterable[str]],
        lists: Mapping[str, Iterable[str]] = MappingProxyType({}),
    ) -> None:
        """`lists` are those of `places.json`, by name."""
        self._territories = territories
        self._levels = {level: depth for depth, level in enumerate(levels)}
        self._unit_depth = self._levels[unit_level]
        self._codes: dict[str, set[str]] = {}
        for code, territory in territories.items():
            # Regions are excluded: none has a unit, and their names are those of their towns.
            if self._levels[territory.level] >= self._unit_depth:
                self._add(code, territory.names.values())
        for code, spellings in aliases.items():
            self._add(code, spellings)
        self._no_places: dict[str, list[list[str]]] = {}
        for said in lists.get(NOT_PLACES_FILE_KEY, ()):
            typed = [each.typed for each in _words(said)]
            self._no_places.setdefault(typed[0], []).append(typed)
        self._also_words = {
            " ".join(split_place_words(each)) for each in lists.get(ALSO_WORDS_FILE_KEY, ())
        }
        self._streets = {each.casefold() for each in lists.get(STREETS_FILE_KEY, ())}
        self._named_after = {each.casefold() for each in lists.get(NAMED_AFTER_FILE_KEY, ())}
        self._longest = max((key.count(" ") + 1 for key in self._codes), default=0)

    def find(self, text: str) -> LocatedPlace | None:
        """The place named in the text by its code or a name, or None.

        "Maarif, Casablanca" is the quarter, because the city confirms it. A bare name of several
        places means the highest of them, or among small ones the most populous.
        """
        if text.strip() in self._territories:
            return LocatedPlace(text.strip(), SURE_MATCH_PERCENT)
        said = _words(text)
        blocked = self._no_place(said)
        if mentions := self._believed(self._mentions(said, blocked, self._look_up)):
            return self._best(mentions, SURE_MATCH_PERCENT)
        misspelt = self._mentions(said, blocked, self._look_up_misspelt) or self._mentions(
            said, blocked, self._look_up_by_consonants
        )
        return self._best(
            self._believed([each for each in misspelt if not each.also_word]),
            MISSPELT_MATCH_PERCENT,
        )

    def _no_place(self, text: list[_Word]) -> set[int]:
        """The positions of phrases that name no place, though their words may be names."""
        found: set[int] = set()
        for at, word in enumerate(text):
            for said in self._no_places.get(word.typed, ()):
                if [each.typed for each in text[at : at + len(said)]] == said:
                    found.update(range(at, at + len(said)))
        return found

    def _believed(self, mentions: list[_Mention]) -> list[frozenset[str]]:
        """The mentions that mean a place."""
        places = [each for each in mentions if not each.street]
        surely = [each for each in places if not each.also_word and not each.named_after]
        return [
            each.codes
            for each in places
            if each in surely
            or self._is_confirmed(each, surely)
            or (not surely and (each.named_after or any(map(self._stands_alone, each.codes))))
        ]

    def _stands_alone(self, code: str) -> bool:
        """Whether a name that is also a word may mean the place by itself: a well-known town, no
        quarter."""
        parent = self._territories[code].parent
        return self._well_known(code) and (
            self._has_unit(code) or (parent is not None and self._has_unit(parent))
        )

    def _is_confirmed(self, mention: _Mention, by: list[_Mention]) -> bool:
        return any(
            self._nested(one, other) for one in mention.codes for each in by for other in each.codes
        )

    def _best(self, mentions: list[frozenset[str]], at_most: int) -> LocatedPlace | None:
        best: tuple[tuple[int, int, bool, int, int], str, int] | None = None
        for position, codes in enumerate(mentions):
            others = [each for at, each in enumerate(mentions) if at != position]
            for code in sorted(codes):
                weight = self._weight(code, others, position)
                if best is None or weight > best[0]:
                    best = weight, code, position
        if best is None:
            return None
        (confirmed, *_), code, position = best
        others = [each for at, each in enumerate(mentions) if at != position]
        apart = [other for each in others for other in each if not self._nested(code, other)]
        if any(map(self._has_unit, apart)):
            return LocatedPlace(code, min(SEVERAL_UNITS_PERCENT, at_most))
        same = all(self._nested(code, other) for other in mentions[position])
        sure = confirmed == len(others) and (confirmed or same)
        return LocatedPlace(code, at_most if sure else min(SHARED_NAME, at_most))

    def _has_unit(self, code: str) -> bool:
        return self._levels[self._territories[code].level] <= self._unit_depth

    def _well_known(self, code: str) -> bool:
        population = self._territories[code].population or 0
        return self._has_unit(code) or population >= WELL_KNOWN_POPULATION

    def _weight(
        self, code: str, others: list[frozenset[str]], position: int
    ) -> tuple[int, int, bool, int, int]:
        """Order: confirmed places, then places with a unit in the order of the text, then the most
        populous."""
        territory = self._territories[code]
        depth = self._levels[territory.level]
        confirmed = sum(any(self._nested(code, other) for other in each) for each in others)
        has_unit = depth <= self._unit_depth
        return (
            confirmed,
            depth if confirmed else 0,
            has_unit,
            -position if has_unit and not confirmed else 0,
            territory.population or 0,
        )

    def _mentions(
        self, text: list[_Word], blocked: set[int], look_up: Callable[[list[str]], set[str]]
    ) -> list[_Mention]:
        found: list[_Mention] = []
        named = [at for at, word in enumerate(text) if word.folded]
        run = [text[at].folded for at in named]
        at = 0
        while at < len(run) and len(found) < MAX_MENTIONS:
            for size in range(min(self._longest, len(run) - at), 0, -1):
                if blocked.issuperset(named[at : at + size]):
                    continue
                if codes := look_up(run[at : at + size]):
                    before = self._before(text, named[at])
                    mention = _Mention(
                        frozenset(codes),
                        self._is_word(text, named[at : at + size], codes),
                        before in self._streets,
                        before in self._named_after,
                    )
                    if mention not in found:
                        found.append(mention)
                    at += size
                    break
            else:
                at += 1
        return found

    def _is_word(self, text: list[_Word], named: list[int], codes: set[str]) -> bool:
        """Whether the name is also a word; "salé" is none, nor is a town that is named first."""
        if not self._is_also_word(" ".join(text[at].folded for at in named)):
            return False
        typed = text[named[0]].typed
        accented = not typed.isascii() and unicodedata.normalize("NFKD", typed)[0].isascii()
        first = named[0] == 0 and len(text) > len(named) and any(map(self._stands_alone, codes))
        return not (accented or first)

    def _is_also_word(self, name: str) -> bool:
        bare = name[1:] if name and name[0] in _ARABIC_PREFIXES else name
        return name in self._also_words or bare in self._also_words

    def _before(self, text: list[_Word], at: int) -> str:
        """The word before, without articles, and without its own Arabic article."""
        for word in reversed(text[max(0, at - 3) : at]):
            if word.folded and word.typed not in _LEADING:
                bare = _ARABIC_ARTICLE.sub("", word.typed)
                return bare if bare in self._streets or bare in self._named_after else word.typed
        return ""

    def _look_up(self, run: list[str]) -> set[str]:
        key = " ".join(run)
        codes = self._codes.get(key, set())
        if not codes and len(run[0]) > MIN_PLACE_KEY_LENGTH and run[0][0] in _ARABIC_PREFIXES:
            codes = self._codes.get(key[1:], set())
        for article in _WRITTEN_ON if key.isascii() and not codes else ():
            bare = key.removeprefix(article)
            if bare != key and len(bare) >= _SHORTEST_BEHIND:
                codes = codes or {*filter(self._well_known, self._codes.get(bare, ()))}
        return codes

    def _look_up_misspelt(self, run: list[str]) -> set[str]:
        key = " ".join(run)
        if len(key) < MIN_MISSPELT_LENGTH:
            return set()
        found: set[str] = set()
        for written in (key, *_without_a_letter(key)):
            for name in self._misspelt.get(written, ()):
                if _one_letter_apart(key, name):
                    found |= {*filter(self._well_known, self._codes[name])}
        return found

    @cached_property
    def _misspelt(self) -> Mapping[str, list[str]]:
        """Names under their folded form and under each form without one letter."""
        filed: dict[str, list[str]] = {}
        for name, codes in self._codes.items():
            if len(name) >= MIN_MISSPELT_LENGTH and any(map(self._well_known, codes)):
                for written in {name, *_without_a_letter(name)}:
                    filed.setdefault(written, []).append(name)
        return filed

    def _look_up_by_consonants(self, run: list[str]) -> set[str]:
        written = "".join(run)
        found: set[str] = set()
        for name, codes, most in self._by_consonants.get(_consonants(written), ()):
            if _other_vowels(written, name) <= most:
                found |= codes
        return found

    @cached_property
    def _by_consonants(self) -> Mapping[str, list[tuple[str, set[str], int]]]:
        """The consonants of well-known names, where there are enough of them to identify the name.

        With each goes the number of positions where the vowels may differ: one in a short name,
        which must be the name of a place with a unit.
        """
        filed: dict[str, list[tuple[str, set[str], int]]] = {}
        for name, codes in self._codes.items():
            written = name.replace(" ", "")
            consonants = _consonants(written)
            left = len(consonants.replace("ch", "C"))
            short = left < MIN_CONSONANTS
            known = {*filter(self._has_unit if short else self._well_known, codes)}
            if left >= MIN_CONSONANTS - 1 and known:
                filed.setdefault(consonants, []).append(
                    (written, known, 1 if short else MAX_OTHER_VOWELS)
                )
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
            key = " ".join(split_place_words(spelling))
            if len(key) >= MIN_PLACE_KEY_LENGTH:
                self._codes.setdefault(key, set()).add(code)


def _consonants(written: str) -> str:
    """The part of a name that sounds the same in every spelling; Arabic letters are consonants
    already."""
    if not written.isascii():
        return ""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", _WRITTEN_ARTICLE.sub("", written)))


def _other_vowels(one: str, other: str) -> int:
    """The number of positions where two words with the same consonants have other vowels.

    A vowel may be left out, and `a`, `e` and `i` are equal. A `u` that is left out counts twice,
    and one in their place three times: "contre" is not Kénitra.
    """
    left, right = _vowels(one), _vowels(other)
    if len(left) != len(right):
        return MAX_OTHER_VOWELS + 1
    return sum(
        1 if ("u" in here) == ("u" in there) else 2 if not (here and there) else 3
        for here, there in zip(left, right, strict=True)
        if here != there
    )


def _vowels(written: str) -> list[str]:
    """The vowels between the consonants of a word, without its article."""
    return _CONSONANTS.split(_DOUBLED.sub(r"\1", _WRITTEN_ARTICLE.sub("", written)))


def _without_a_letter(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter is missing, extra, different, or swapped with the next.

    The first letter must match, and only long names allow a different letter.
    """
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if start == 0:  # "Rachidia" for Errachidia
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        return longer[1:] == shorter and longer[0] in "aeiu"
    left, right = one[start:], other[start:]
    if len(left) == len(right):
        mistyped = len(one) >= MIN_MISTYPED_LENGTH and left[1:] == right[1:]
        return mistyped or (left[2:] == right[2:] and left[:2] == right[1::-1] and len(left) > 1)
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[1:] == shorter
