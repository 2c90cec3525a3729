"""What a text says, as concepts: `threat.kill`, `blackmail`, `time.near`.

The words are data (`lexicons/*.json`, one file for each language); all of them are read in every
text, for people mix languages. A concept is raised by an entry, and what is negated, a figure of
speech or told of a film is kept apart, so that the reason can be said.

An entry is words in their order, folded like the text:

    menac* de mort          a word that begins so, then these words
    *هدد*                   a word with this inside
    tuer|frapper ~ demain   either word, then up to `GAP` others, then this
    !plus envie de vivre    counts although a negation stands in it or before it

Each word of a text is looked up once, by its parts; the cost grows with the text and not with the
lexicons.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).with_name("lexicons")
GAP: Final = 4
"""Most words that may stand where an entry has `~`."""
NEGATION_REACH: Final = 3
LONGEST_WORD: Final = 32
NAMED: Final = frozenset(
    {
        *("image", "bank", "commerce", "money.amount", "my.papers", "means", "hospital", "meet"),
        *("minor.word", "minor.sure", "hate.group", "time.near", "time.recent", "time.old"),
        *("other.lost", "other.service", "other.question"),
    }
)
"""Concepts that are things, times and people: they are named even where what was done is denied."""
SHORTEST_PART: Final = 3

_ARABIC: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ء": None}
    | {"گ": "ك", "ڭ": "ك", "ݣ": "ك", "ڤ": "ف", "پ": "ب", "ی": "ي", "ک": "ك", "ـ": None}
)
_TOKEN: Final = re.compile(r"[^\W_]+|[.!?؟;؛\n…]|[,،:]|[«»\"“”]")
_ENDS: Final = frozenset(".!?؟;؛\n…")
_APOSTROPHE: Final = re.compile("['’ʼ]")
_SIGNS: Final = (("€", " euros "), ("$", " dollars "))
_REPEATED: Final = re.compile(r"(.)\1{2,}")
_DETACHED: Final = re.compile(r"^(?:[وف]?(?:[بلك]?ال|لل)|[وفبلك])(?=...)")


@dataclass(frozen=True)
class Word:
    """A folded word and the sentence it stands in."""

    text: str
    sentence: int


@dataclass(frozen=True)
class Hit:
    """An entry that a text contains."""

    concept: str
    entry: str
    """`language:words`, as in the lexicon: never the reporter's text."""
    start: int
    end: int
    """Words `start` to `end`, the last excluded."""
    sentence: int
    negated: bool
    always: bool


@dataclass(frozen=True)
class _Part:
    """One word of an entry: how it may read."""

    whole: frozenset[str]
    open: frozenset[tuple[str, bool, bool]]
    """Parts of words: the text, whether the word begins with it, whether it ends with it."""


@dataclass(frozen=True)
class _Entry:
    concept: str
    said: str
    parts: tuple[_Part, ...]
    gaps: tuple[int, ...]
    """How many words may stand before each part."""
    always: bool


@dataclass(frozen=True)
class Lexicons:
    """All entries by the texts their first word may be found by."""

    first: Mapping[str, tuple[_Entry, ...]]
    negations: frozenset[str]
    breakers: frozenset[str]
    """Words over which a negation does not reach: but, or, otherwise."""
    keepers: frozenset[str]
    """Words that turn a negation round: he does not *stop* threatening."""
    longest: int


def folded(text: str) -> str:
    """Letters as they are compared: no accents or vowel signs, Arabic letters in one form."""
    plain = text.casefold()
    for sign, name in _SIGNS:
        plain = plain.replace(sign, name)
    if not plain.isascii():
        plain = "".join(map(_bare, plain)).translate(_ARABIC)
    return _REPEATED.sub(r"\1", plain)


@lru_cache(maxsize=4096)
def _bare(character: str) -> str:
    if character.isascii():
        return character
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(
        str(unicodedata.decimal(each, "")) or each
        for each in decomposed
        if unicodedata.category(each) not in ("Mn", "Me", "Cf")
    )


def words_of(text: str) -> list[Word]:
    """The folded words of a text with their sentences."""
    found: list[Word] = []
    sentence = 0
    for token in _TOKEN.findall(folded(text)):
        if token in _ENDS:
            sentence += 1
        elif token[0].isalnum():
            found.append(Word(token[:LONGEST_WORD], sentence))
    return found


def hits(text: str | list[Word]) -> list[Hit]:
    """Every entry found, in the order of the text."""
    lexicons = _lexicons()
    words = words_of(text) if isinstance(text, str) else text
    found: list[Hit] = []
    for at in range(len(words)):
        for entry in _beginning(words[at].text, lexicons):
            end = _match(entry, words, at)
            if end is not None:
                deniable = not entry.always and entry.concept not in NAMED
                negated = deniable and _negated(words, at, end, lexicons)
                found.append(
                    Hit(
                        entry.concept,
                        entry.said,
                        at,
                        end,
                        words[at].sentence,
                        negated,
                        entry.always,
                    )
                )
    return found


def _beginning(word: str, lexicons: Lexicons) -> Iterable[_Entry]:
    found: dict[int, _Entry] = {}
    for part in _parts_of(word):
        for entry in lexicons.first.get(part, ()):
            found[id(entry)] = entry
    return found.values()


@lru_cache(maxsize=8192)
def _parts_of(word: str) -> tuple[str, ...]:
    """The word and all its parts, none longer than a lexicon's words are."""
    parts = {word, *_forms(word)}
    for start in range(len(word) - SHORTEST_PART + 1):
        for end in range(start + SHORTEST_PART, min(len(word), start + 14) + 1):
            parts.add(word[start:end])
    return tuple(parts)


@lru_cache(maxsize=8192)
def _forms(word: str) -> frozenset[str]:
    """The word, and for Arabic the word without what is written onto its front."""
    if word.isascii():
        return frozenset((word,))
    found = _DETACHED.match(word)
    if found is None:
        return frozenset((word,))
    bare = word[found.end() :]
    article = found[0].endswith(("ال", "لل"))
    return frozenset((word, bare, f"ال{bare}") if article else (word, bare))


def _match(entry: _Entry, words: list[Word], at: int) -> int | None:
    """The end of the entry when it begins at this word and stays in its sentence."""
    if not _fits(entry.parts[0], words[at].text):
        return None
    here = at
    for part, gap in zip(entry.parts[1:], entry.gaps[1:], strict=True):
        for step in range(1, gap + 2):
            then = here + step
            if then >= len(words) or words[then].sentence != words[at].sentence:
                return None
            if _fits(part, words[then].text):
                here = then
                break
        else:
            return None
    return here + 1


def _fits(part: _Part, word: str) -> bool:
    forms = _forms(word)
    if not part.whole.isdisjoint(forms):
        return True
    return any(
        text in form and (not begins or form.startswith(text)) and (not ends or form.endswith(text))
        for text, begins, ends in part.open
        for form in forms
    )


def _negated(words: list[Word], start: int, end: int, lexicons: Lexicons) -> bool:
    if any(_denied(words[at].text) for at in range(start, end)):
        return True
    if start and words[start - 1].text == "ma" and words[start].text.endswith(("ch", "sh")):
        return True
    for at in range(start - 1, max(-1, start - 1 - NEGATION_REACH), -1):
        word = words[at]
        if word.sentence != words[start].sentence or word.text in lexicons.breakers:
            return False
        if word.text in lexicons.negations or _denied(word.text):
            between = {each.text for each in words[at:start]} | {words[start].text}
            return not any(
                text.startswith(keeper) for text in between for keeper in lexicons.keepers
            )
    return False


def _denied(word: str) -> bool:
    """Darija closes the verb in: ma…ch, ما…ش."""
    if len(word) < 6:
        return False
    return (word[0] == "م" and word[-1] == "ش") or (word.startswith("ma") and word.endswith("ch"))


# ---- reading the lexicons ---------------------------------------------------------------------


@cache
def _lexicons() -> Lexicons:
    first: dict[str, list[_Entry]] = {}
    marks: dict[str, set[str]] = {"negations": set(), "breakers": set(), "keepers": set()}
    longest = 0
    for file in sorted(FOLDER.glob("*.json")):
        document = json.loads(file.read_text("utf-8"))
        for name, known in marks.items():
            known.update(folded(word) for word in document.get(name, ()))
        for entry in _entries(file.stem, document["concepts"]):
            for key in {*entry.parts[0].whole, *(text for text, _, _ in entry.parts[0].open)}:
                first.setdefault(key, []).append(entry)
            longest = max(longest, len(entry.parts))
    return Lexicons(
        {key: tuple(entries) for key, entries in first.items()},
        frozenset(marks["negations"]),
        frozenset(marks["breakers"]),
        frozenset(marks["keepers"]),
        longest,
    )


def _entries(language: str, concepts: Mapping[str, Iterable[str]]) -> Iterator[_Entry]:
    for concept, said in concepts.items():
        for line in said:
            yield entry_of(language, concept, line)


def entry_of(language: str, concept: str, line: str) -> _Entry:
    """Read one line of a lexicon; raises ValueError when it is none."""
    parts: list[_Part] = []
    gaps: list[int] = []
    gap = 0
    for word in _APOSTROPHE.sub(" ", line.removeprefix("!")).split():
        if word == "~":
            gap = GAP
            continue
        parts.append(_part(word))
        gaps.append(gap)
        gap = 0
    if not parts:
        raise ValueError(f"{language}: {concept}: an entry has no words: {line!r}")
    return _Entry(
        concept, f"{language}:{line.removeprefix('!')}", tuple(parts), tuple(gaps), line[0] == "!"
    )


def _part(word: str) -> _Part:
    whole, parts = set(), set()
    for each in word.split("|"):
        text = folded(each.strip("*"))
        # Too short a part would be found inside too many words: it is a word of its own.
        if "*" not in each or len(text) < SHORTEST_PART:
            whole.add(text)
        else:
            parts.add((text, not each.startswith("*"), not each.endswith("*")))
    return _Part(frozenset(whole), frozenset(parts))


def lexicon_entries() -> list[_Entry]:
    """Every entry of every lexicon, for whoever checks them."""
    known = {id(entry): entry for entries in _lexicons().first.values() for entry in entries}
    return list(known.values())
