"""The concepts of a text: `threat.kill`, `blackmail`, `time.near`.

The words are data (`lexicon`). An entry raises a concept. Matches that are negated, figurative or
about a film are kept apart, so that the reason can be given.

Each word of a text is looked up once, by its parts, so the cost grows with the text and not with
the lexicons. Darija in Latin letters is also compared by its sounds (`arabizi`), once a text is
known to be written so.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from casework.analysis.lexicon import (
    LEXICON_LANGUAGES,
    MIN_PART_LENGTH,
    EntryWord,
    LexiconEntry,
    Lexicons,
    arabic_inflection,
    fold_letters,
    fold_letters_with_offsets,
    is_negated_verb,
)
from casework.analysis.lexicon_file import load_lexicons
from casework.text.arabizi import word_sounds

NEGATION_REACH_WORDS: Final = 3
"""Words before a concept where a negation may stand, without small words."""
MAX_NEGATION_DISTANCE_WORDS: Final = 8
"""The same with all words."""
CONDITION_REACH_WORDS: Final = 3
"""Words before a negation where an "if" makes it a condition."""
MAX_WORD_LENGTH: Final = 32
MAX_CONCEPT_NAME_LENGTH: Final = 40
"""Of an entry, where a history names it."""
VERB_PREFIXES: Final = frozenset({"kay", "kat", "tay", "tat", "ghay", "ghat", "ghan"})
"""Prefixes of Darija verbs that some people write separately."""
NEGATION_PROOF_CONCEPTS: Final = frozenset(
    {
        *("image", "bank", "commerce", "money.amount", "my.papers", "means", "hospital", "meet"),
        *(
            "audience",
            "private.thing",
            "account",
            "condition",
            "contract",
            "unaware",
            "control",
            "money.word",
        ),
        *("other.ask", "other.test", "despair", "plea", "no.loss"),
        *("minor.word", "minor.sure", "hate.group", "time.near", "time.recent", "time.old"),
        *("other.lost", "other.service", "other.question"),
        *("past", "still", "no.demand", "injury"),
    }
)
"""Concepts of things, times and people: they are named even where the act is negated."""
DENIAL_CONCEPTS: Final = frozenset({"no.loss", "no.demand"})
"""Concepts of an act not done: in a condition ("if you don't pay") they mean nothing."""

_TOKEN: Final = re.compile(
    r"\d{1,2}(?=(?:h|min|mn)\b)|[^\W_]+|(?<!\[)\.(?!(?<=\w\.)\w)|[!?؟;؛\n…]|[,،:]|[«»\"“”]"
)
_ENDS: Final = frozenset(".!?؟;؛\n…")
_QUOTES: Final = frozenset('«»"“”')
_DETACHED: Final = re.compile(r"^(?:[وف]?(?:[بلك]?ال|لل)|[وفبلك])(?=...)|^[وف](?=(?:لا|لم|لن|ما)$)")

_AND_THEN: Final = re.compile(r"^و(?:كا?[يتن]|غ[ايتن]|سي|ست|ي|تي)(?=...)")
"""An Arabic "and" attached to a verb of its own."""


@dataclass(frozen=True)
class FoldedWord:
    """A folded word and its sentence."""

    text: str
    sentence: int
    clause: int = 0
    """The part between commas, or before an Arabic "and" with its own verb."""
    sounds: frozenset[str] = frozenset()
    """Its sound, where the text is Darija in Latin letters."""
    quoted: bool = False
    """Whether it is inside closed quotation marks."""
    place: int = field(default=0, compare=False)
    """Which word of the text it was; several words may stand for one that was."""


@dataclass(frozen=True)
class ConceptHit:
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
    quoted: bool = False

    @property
    def name(self) -> str:
        """Its entry, as a history names it."""
        return self.entry[:MAX_CONCEPT_NAME_LENGTH]


def split_folded_words(text: str) -> list[FoldedWord]:
    """The folded words of a text with their sentences; a dot in an address or a sum ends none."""
    found: list[FoldedWord] = []
    sentence, clause, opened = 0, 0, None
    for token in _TOKEN.findall(fold_letters(text)):
        if token in _ENDS:
            sentence += 1
        elif token in _QUOTES:
            if opened is None:
                opened = len(found)
            else:
                found[opened:] = [replace(word, quoted=True) for word in found[opened:]]
                opened = None
        elif token[0].isalnum():
            clause += bool(_AND_THEN.match(token))
            found.append(FoldedWord(token[:MAX_WORD_LENGTH], sentence, clause, place=len(found)))
        else:
            clause += 1
    return found


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where each word of `split_folded_words` stands: its first character, and the one behind its
    last."""
    plain, places = fold_letters_with_offsets(text)
    return [
        (places[found.start()], places[found.end() - 1] + 1)
        for found in _TOKEN.finditer(plain)
        if found[0][0].isalnum()
    ]


def find_pattern_positions(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where a pattern is found in the folded text, by the numbers of the first and the last word
    of `split_folded_words`."""
    plain = fold_letters(text)
    tokens = [found for found in _TOKEN.finditer(plain) if found[0][0].isalnum()]
    starts, ends = [each.start() for each in tokens], [each.end() for each in tokens]
    for found in pattern.finditer(plain):
        first, last = bisect_right(ends, found.start()), bisect_left(starts, found.end()) - 1
        if first <= last:
            yield first, last


def expand_spellings(words: Iterable[FoldedWord], read: Container[str]) -> list[FoldedWord]:
    """The same words, with hasty spellings expanded as the languages `read` know them."""
    meanings: dict[str, list[str]] = {}
    for language, spellings in load_lexicons().spellings.items():
        if language in read:
            meanings |= spellings
    return [
        replace(word, text=text) for word in words for text in meanings.get(word.text, [word.text])
    ]


def add_sounds(words: Iterable[FoldedWord]) -> list[FoldedWord]:
    """The same words with their sounds, for Darija in Latin letters. `kay gol` is `kaygol`."""
    written: list[FoldedWord] = []
    for word in words:
        front = written[-1] if written else None
        if front and front.text in VERB_PREFIXES and front.sentence == word.sentence:
            word = replace(word, text=(written.pop().text + word.text)[:MAX_WORD_LENGTH])
        written.append(word)
    return [replace(word, sounds=word_sounds(word.text)) for word in written]


def find_concepts(
    words: list[FoldedWord], read: frozenset[str] = LEXICON_LANGUAGES
) -> list[ConceptHit]:
    """Every matching entry, in the order of the text; `read` are the lexicons that are used."""
    lexicons = load_lexicons()
    forms = frozenset(form for word in words for form in (*_forms(word.text), *word.sounds))
    begun: dict[str, list[LexiconEntry]] = {}
    found: list[ConceptHit] = []
    for at, word in enumerate(words):
        entries = begun.get(word.text)
        if entries is None:
            entries = [each for each in _beginning(word, read) if _may_stand(each, forms)]
            begun[word.text] = entries
        for entry in entries:
            end = _match(entry, words, at)
            if end is not None:
                deniable = not entry.always and entry.concept not in NEGATION_PROOF_CONCEPTS
                negated = deniable and _negated(words, at, end, lexicons, entry)
                negated |= entry.concept in DENIAL_CONCEPTS and _is_condition(words, at, lexicons)
                found.append(
                    ConceptHit(
                        entry.concept,
                        entry.entry_name,
                        at,
                        end,
                        words[at].sentence,
                        negated,
                        entry.always,
                        words[at].quoted,
                    )
                )
    return found


def _beginning(word: FoldedWord, read: frozenset[str]) -> Iterable[LexiconEntry]:
    if not word.sounds:
        return _entries_for(word.text, read)
    forms = (word.text, *sorted(word.sounds))
    return {id(entry): entry for form in forms for entry in _entries_for(form, read)}.values()


@lru_cache(maxsize=8192)
def _entries_for(form: str, read: frozenset[str]) -> tuple[LexiconEntry, ...]:
    """The distinct entries whose first word this may be; cached, because words repeat between
    reports."""
    known = load_lexicons()
    begun = (number for part in _parts_of(form) for number in known.first.get(part, ()))
    found = (entry for entry in map(known.entry, dict.fromkeys(begun)) if entry.language in read)
    return tuple(entry for entry in found if _reads(entry.parts[0], _forms(form), form))


@lru_cache(maxsize=8192)
def _parts_of(word: str) -> tuple[str, ...]:
    """The word and all its parts up to the longest word of a lexicon."""
    # In a fixed order, so that the same report always gives the same entries.
    parts = dict.fromkeys((word, *sorted(_forms(word))))
    for start in range(len(word) - MIN_PART_LENGTH + 1):
        for end in range(start + MIN_PART_LENGTH, min(len(word), start + 14) + 1):
            parts[word[start:end]] = None
    return tuple(parts)


@lru_cache(maxsize=8192)
def _forms(word: str) -> frozenset[str]:
    """The word, and for Arabic also the word without its prefixes."""
    if word.isascii():
        return frozenset((word,))
    found = _DETACHED.match(word)
    if found is None:
        return frozenset((word,))
    bare = word[found.end() :]
    article = found[0].endswith(("ال", "لل"))
    return frozenset((word, bare, f"ال{bare}") if article else (word, bare))


@lru_cache(maxsize=8192)
def arabic_stems(word: str) -> frozenset[str]:
    """The possible stems of an Arabic word without inflection."""
    if word.isascii():
        return frozenset()
    before, after = arabic_inflection()
    found: set[str] = set()
    for start in range(len(word) - MIN_PART_LENGTH + 1):
        if tenses := before.get(word[:start]):
            for end in range(start + MIN_PART_LENGTH, len(word) + 1):
                if word[end:] in after:
                    found.update(word[start:end] + tense for tense in tenses)
    return frozenset(found)


def _may_stand(entry: LexiconEntry, said: frozenset[str]) -> bool:
    """Whether all its further whole words occur in the text at all."""
    return not any(map(said.isdisjoint, entry.certain))


def _match(entry: LexiconEntry, words: list[FoldedWord], at: int) -> int | None:
    """The end of the entry that begins at this word, when it stays in its sentence."""
    here, sentence = at, words[at].sentence
    for part, gap in zip(entry.parts[1:], entry.gaps[1:], strict=True):
        for then in range(here + 1, min(here + gap + 2, len(words))):
            word = words[then]
            if word.sentence != sentence:
                return None
            if _fits(part, word):
                here = then
                break
        else:
            return None
    return here + 1


def _fits(part: EntryWord, word: FoldedWord) -> bool:
    forms = _forms(word.text)
    return _reads(part, forms | word.sounds if word.sounds else forms, word.text)


def _reads(part: EntryWord, forms: frozenset[str], word: str) -> bool:
    if not part.whole.isdisjoint(forms):
        return True
    if part.stems and not part.stems.isdisjoint(arabic_stems(word)):
        return True
    return bool(part.open) and any(
        text in form and (not begins or form.startswith(text)) and (not ends or form.endswith(text))
        for text, begins, ends in part.open
        for form in forms
    )


def _negated(
    words: list[FoldedWord], start: int, end: int, lexicons: Lexicons, entry: LexiconEntry
) -> bool:
    """Whether a word before the entry, or in it, negates it.

    An entry with `denies` is itself a negation ("if you do not pay"), and its words are meant.
    "Without veil and without clothes" negates neither.
    """
    denies = entry.denies
    without = not lexicons.without.isdisjoint(entry.parts[0].whole)
    if not denies and any(is_negated_verb(words[at].text) for at in range(start, end)):
        return True
    if start and words[start - 1].text == "ma" and words[start].text.endswith(("ch", "sh")):
        return not denies
    reach = NEGATION_REACH_WORDS
    for at in range(start - 1, max(-1, start - 1 - MAX_NEGATION_DISTANCE_WORDS), -1):
        word = words[at]
        if word.text in lexicons.small:
            continue
        if reach == 0:
            return False
        reach -= 1
        if word.sentence != words[start].sentence or word.text in lexicons.breakers:
            return False
        if word.clause != words[start].clause and not word.text.isascii():
            return False  # Arabic repeats "not" in each part of a list
        if not lexicons.negations.isdisjoint(_forms(word.text)) or is_negated_verb(word.text):
            listed = without and not lexicons.without.isdisjoint(_forms(word.text))
            if listed or _is_condition(words, at, lexicons):
                return False
            # "Does not stop", "n'arrête pas de": on either side of the negation.
            between = [each.text for each in words[max(0, at - 2) : start + 1]]
            return not any(
                text.startswith(keeper) for text in between for keeper in lexicons.keepers
            )
    return False


def _is_condition(words: list[FoldedWord], at: int, lexicons: Lexicons) -> bool:
    """Whether the negation is a condition: "if you do not pay, I publish" does not negate
    publishing."""
    if at and words[at - 1].text == "ان":  # "if" before a negation; elsewhere it may be "that"
        return True
    return any(
        word.sentence == words[at].sentence and word.text in lexicons.conditions
        for word in words[max(0, at - CONDITION_REACH_WORDS) : at]
    )
