"""The words of the lexicons: `languages/<code>/`, read from their files.

Functions find the same in one file (`casework.analysis.lexicon_file`).

Each concept has a file (`threat.kill.txt`) with one entry per line; docs/entries.md describes the
language of entries. `grammar.json` has `negations`; those of them that mean absence (`without`);
words over which a negation reaches (`small`) and words that stop it (`breakers`); words that make
it a condition (`conditions`); words that reverse it (`keepers`); `spellings`, hasty spellings with
their words; and `words`, families that entries name.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from casework.text import arabic
from casework.text.arabizi import (
    MIN_OPEN_SOUND_LENGTH,
    MIN_SOUND_LENGTH,
    consonant_sound,
    inflected_sounds,
)

LANGUAGES_FOLDER: Final = Path(__file__).resolve().parents[2] / "languages"
GRAMMAR_FILE: Final = "grammar.json"
ARABIZI_LEXICON: Final = "ary-Latn"
"""The lexicon that is also compared by sound."""
LEXICON_LANGUAGES: Final = frozenset({"ar", "ary", ARABIZI_LEXICON, "fr", "en", "es"})
MAX_WORD_GAP: Final = 4
"""The most words that may stand in place of a `~`."""
GRAMMAR_MARKS: Final = ("negations", "without", "breakers", "small", "conditions", "keepers")
"""The lists of words of a grammar."""
MIN_PART_LENGTH: Final = 3
MAX_LETTERS: Final = 4
"""The most letters that one character may stand for, so folding never lengthens a text much."""
TENSE_SIGNS: Final = "+<>»"
"""Operators of a stem: any tense, done, not done yet, announced."""

_APOSTROPHE: Final = re.compile("['’ʼ]")
_SIGNS: Final = (("€", " euros "), ("$", " dollars "))
_REPEATED: Final = re.compile(r"([^hه\d])\1{2,}")
"""Stretched letters: `nooon`. Laughter stays: `hhh`, `ههه`."""


@dataclass(frozen=True)
class EntryWord:
    """One word of an entry, with its possible readings."""

    whole: frozenset[str]
    open: frozenset[tuple[str, bool, bool]]
    """Parts of words: the text, whether the word begins with it, whether it ends with it."""
    stems: frozenset[str] = frozenset()
    """The stem of an inflected word, and its tense: `نشر>`."""


@dataclass(frozen=True)
class LexiconEntry:
    """A line of a lexicon."""

    concept: str
    language: str
    line: str
    """As in the file, with one alternative chosen for several words."""
    parts: tuple[EntryWord, ...]
    gaps: tuple[int, ...]
    """The most words that may stand before each part."""
    denies: bool
    """Whether its own words are a negation of Darija, which encloses the verb: ma…ch, ما…ش."""

    @cached_property
    def certain(self) -> tuple[frozenset[str], ...]:
        """The texts of each further word that is known whole."""
        return tuple(each.whole for each in self.parts[1:] if not each.open and not each.stems)

    @property
    def entry_name(self) -> str:
        """`language:words`: the name of the entry, never the reporter's text."""
        return f"{self.language}:{self.line.removeprefix('!')}"

    @property
    def always(self) -> bool:
        """Whether it counts also where it is negated."""
        return self.line.startswith("!")


@dataclass(frozen=True)
class Lexicons:
    """All entries, found by the possible texts of their first word, and the grammar."""

    first: Mapping[str, Sequence[int]]
    """A possible text of a first word → the numbers of its entries."""
    entry: Callable[[int], LexiconEntry]
    """The entry of a number."""
    negations: frozenset[str]
    without: frozenset[str]
    """The negations that mean absence: without."""
    breakers: frozenset[str]
    """Words that stop a negation: but, or, otherwise."""
    small: frozenset[str]
    """Articles and prepositions, over which a negation reaches: no demand of *a* ransom."""
    conditions: frozenset[str]
    """Words that make a negation a condition: *if* you do not pay, I publish."""
    keepers: frozenset[str]
    """Words that reverse a negation: he does not *stop* threatening."""
    spellings: Mapping[str, Mapping[str, list[str]]]
    """By language: hasty spellings, with their words: `jai`, `pr`."""


def fold_letters(text: str) -> str:
    """Letters for comparison: no accents or vowel signs, one form for each Arabic letter."""
    return _REPEATED.sub(r"\1", _each_folded(text))


def fold_letters_with_offsets(text: str) -> tuple[str, list[int]]:
    """The same, and for each of its letters the character of the text that it comes from."""
    parts = [_each_folded(character) for character in text]
    places = [at for at, part in enumerate(parts) for _ in part]
    plain = "".join(parts)
    left, kept = 0, []
    for found in _REPEATED.finditer(plain):
        kept += places[left : found.start() + 1]
        left = found.end()
    return _REPEATED.sub(r"\1", plain), kept + places[left:]


def _each_folded(text: str) -> str:
    plain = text.casefold()
    for sign, name in _SIGNS:
        plain = plain.replace(sign, name)
    if not plain.isascii():
        plain = "".join(map(_bare, plain)).translate(arabic.SIMILAR_LETTERS)
    return plain


@lru_cache(maxsize=4096)
def _bare(character: str) -> str:
    if character.isascii():
        return character
    decomposed = unicodedata.normalize("NFKD", character)
    if len(decomposed) > MAX_LETTERS:
        return character  # a whole phrase in one character, such as ﷺ: no entry has it
    return "".join(
        str(unicodedata.digit(each, "")) or each  # ❶ and ፩ are also digits
        for each in decomposed
        if unicodedata.category(each) not in ("Mn", "Me", "Cf")
    )


def read_lexicons() -> Lexicons:
    """The content of all files; raises ValueError for an invalid entry."""
    first: dict[str, list[int]] = {}
    entries: list[LexiconEntry] = []
    marks: dict[str, set[str]] = {name: set() for name in GRAMMAR_MARKS}
    spellings: dict[str, dict[str, list[str]]] = {}
    for language in sorted(LEXICON_LANGUAGES):
        grammar = _grammar(language)
        for name, known in marks.items():
            known.update(fold_letters(word) for word in grammar.get(name, ()))
        spellings[language] = {
            fold_letters(typed): fold_letters(meant).split()
            for typed, meant in grammar.get("spellings", {}).items()
        }
        for entry in _entries(language):
            part = entry.parts[0]
            stems = (stem.rstrip(TENSE_SIGNS) for stem in part.stems)
            for key in {*part.whole, *stems, *(text for text, _, _ in part.open)}:
                first.setdefault(key, []).append(len(entries))
            entries.append(entry)
    return Lexicons(
        first=first,
        entry=entries.__getitem__,
        spellings=spellings,
        **{name: frozenset(words) for name, words in marks.items()},
    )


def lexicon_entries(lexicons: Lexicons) -> list[LexiconEntry]:
    """Every entry of every lexicon, in order."""
    numbers = {number for found in lexicons.first.values() for number in found}
    return [lexicons.entry(number) for number in sorted(numbers)]


def _grammar(language: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (LANGUAGES_FOLDER / language / GRAMMAR_FILE).read_text("utf-8")
    )
    return document


def _entries(language: str) -> Iterator[LexiconEntry]:
    for file in sorted((LANGUAGES_FOLDER / language).glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            for spelling in expand_line_spellings(line):
                yield parse_lexicon_line(language, file.stem, spelling)


def expand_line_spellings(line: str) -> Iterator[str]:
    """A line of a lexicon, once for each alternative of several words: `حتى|قبل_ما`."""
    for choice in product(*map(_phrases, line.split())):
        yield " ".join(choice)


def _phrases(word: str) -> list[str]:
    single = [each for each in word.split("|") if "_" not in each]
    several = [each.replace("_", " ") for each in word.split("|") if "_" in each]
    return ["|".join(single), *several] if single else several


def parse_lexicon_line(language: str, concept: str, line: str) -> LexiconEntry:
    """Read one spelling of a line of a lexicon; raises ValueError for an invalid one."""
    parts: list[EntryWord] = []
    gaps: list[int] = []
    gap = 0
    for word in _APOSTROPHE.sub(" ", line.removeprefix("!")).split():
        if word == "~":
            gap = MAX_WORD_GAP
            continue
        parts.append(_part(word, language == ARABIZI_LEXICON))
        gaps.append(gap)
        gap = 0
    if not parts:
        raise ValueError(f"{language}: {concept}: an entry has no words: {line!r}")
    denies = any(is_negated_verb(text) for part in parts for text in part.whole)
    return LexiconEntry(concept, language, line, tuple(parts), tuple(gaps), denies)


def is_negated_verb(word: str) -> bool:
    """Whether Darija negates in the word itself, enclosing the verb: ma…ch, ما…ش."""
    if len(word) < 6:
        return False
    return (word[0] == "م" and word[-1] == "ش") or (word.startswith("ma") and word.endswith("ch"))


@cache
def word_families() -> Mapping[str, str]:
    """Name → its words, as an entry would list them: `words` of all languages."""
    known: dict[str, str] = {}
    for language in sorted(LEXICON_LANGUAGES):
        for name, words in _grammar(language).get("words", {}).items():
            if name in known:
                raise ValueError(f"{language}: another language has the words @{name}")
            known[name] = words.replace(" ", "|")
    return known


def expand_alternatives(word: str) -> list[str]:
    """The alternatives of a word of an entry, with families expanded; raises ValueError for unknown
    ones."""
    found: list[str] = []
    for each in word.split("|"):
        if not each.startswith("@"):
            found.append(each)
        elif (family := word_families().get(each[1:])) is None:
            raise ValueError(f"no language has the words {each}")
        else:
            found.extend(expand_alternatives(family))
    return found


@cache
def arabic_inflection() -> tuple[Mapping[str, str], frozenset[str]]:
    """The prefixes of an Arabic stem, each with its tenses, and the suffixes."""
    file = json.loads((LANGUAGES_FOLDER / "common" / "inflection.json").read_text("utf-8"))
    before: dict[str, str] = {}
    for tenses, rows in file["before"].items():
        for row in rows:
            for each in product(*map(_split, row)):
                front = "".join(each)
                before[front] = before.get(front, "") + tenses
    return before, frozenset("".join(each) for each in product(*map(_split, file["after"])))


def _split(choice: str) -> list[str]:
    return [fold_letters(each) for each in choice.split("|")]


@cache  # half of the words of entries occur in several
def _part(word: str, by_sound: bool) -> EntryWord:
    whole, parts, stems = set(), set(), set()
    for each in expand_alternatives(word):
        text = fold_letters(each.strip("=*^" + TENSE_SIGNS))
        if each.startswith("="):
            whole.add(text)
            continue
        if each.endswith("^"):
            if not by_sound:
                raise ValueError(f"{each}: only Darija in Latin letters is known by its sounds")
            whole |= {text, *inflected_sounds(text)}
            continue
        if each.endswith(tuple(TENSE_SIGNS)):
            if len(text) < MIN_PART_LENGTH:
                raise ValueError(f"too short a stem: {each}")
            stems.add(text + each[-1])
            continue
        sound = consonant_sound(text) if by_sound else ""
        # A shorter part would match inside too many words, so it is a whole word.
        if "*" not in each or len(text) < MIN_PART_LENGTH:
            whole.add(text)
            if len(sound) >= MIN_SOUND_LENGTH:
                whole.add(sound)
        else:
            ends = not each.startswith("*"), not each.endswith("*")
            parts.add((text, *ends))
            if len(sound) >= MIN_OPEN_SOUND_LENGTH:
                parts.add((sound, *ends))
    return EntryWord(frozenset(whole), frozenset(parts), frozenset(stems))
