"""Times of day and hours to come in a text: "14h30", "18:00", "in six hours", "الساعة العاشرة".

A text that announces an attack names its time. A duration ("for 3 hours") and a time that is told
of yesterday are none. The words are in `languages/common/clock.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from casework.analysis.concepts import FoldedWord, find_pattern_positions
from casework.analysis.lexicon import LANGUAGES_FOLDER
from casework.analysis.quantities import is_number_word

MAX_CUE_DISTANCE_WORDS: Final = 3
"""Words around a time in which a word of yesterday, or of a duration, is about it."""
MAX_UNIT_DISTANCE_WORDS: Final = 4
"""Words behind "in" in which the unit of "in about two hours" stands."""

_IN_DIGITS: Final = re.compile(
    r"(?<![\w:.,/])(?:[01]?\d|2[0-3])(?: ?h(?: ?[0-5]\d)?|:[0-5]\d| ?[ap]\.? ?m)(?![\w:])"
)


@cache
def _said() -> Mapping[str, frozenset[str]]:
    """The words of `clock.json`, by its names."""
    file = json.loads((LANGUAGES_FOLDER / "common" / "clock.json").read_text("utf-8"))
    return {name: frozenset(words.split()) for name, words in file.items() if name != "note"}


def find_clock_times(text: str, words: Sequence[FoldedWord]) -> Iterator[tuple[int, int]]:
    """The times of a text by its words: the first, and the one behind the last. `words` are those
    of `words_of`, hasty spellings spelled out or not. Takes time in proportion to the text."""
    yield from ((at, end) for at, end in _times(text, words) if not _is_past(words, at, end))


def _times(text: str, words: Sequence[FoldedWord]) -> Iterator[tuple[int, int]]:
    by_place: dict[int, int] = {}
    for at, word in enumerate(words):
        by_place.setdefault(word.place, at)
    for first, last in find_pattern_positions(text, _IN_DIGITS):
        if first in by_place:
            yield by_place[first], by_place.get(last, by_place[first]) + 1
    for at, word in enumerate(words):
        end = _end_of(words, at, word)
        if end is not None:
            yield at, end


def _end_of(words: Sequence[FoldedWord], at: int, word: FoldedWord) -> int | None:
    """The end of a time in words that begins here."""
    clock_words = _said()
    after = [
        each.text
        for each in words[at + 1 : at + 1 + MAX_UNIT_DISTANCE_WORDS]
        if each.sentence == word.sentence
    ]
    if not after:
        return None
    if word.text in clock_words["hour"] and (after[0] in clock_words["hours"] or _counts(after[0])):
        return at + 2
    if word.text in clock_words["with"] and after[0] in clock_words["the_hours"]:
        return at + 2
    if word.text in clock_words["at"] and after[0] in clock_words["times"]:
        return at + 2
    if _counts(word.text) and (after[0] in clock_words["sharp"] or after[:2] == ["o", "clock"]):
        return at + 2
    if word.text in clock_words["ahead"]:
        for further, text in enumerate(after):
            if text in clock_words["units"]:
                return at + further + 2
            if not (text in clock_words["between"] or _counts(text)):
                return None
    return None


def _counts(text: str) -> bool:
    return text in _said()["numbers"] or is_number_word(text)


def _is_past(words: Sequence[FoldedWord], at: int, end: int) -> bool:
    """Whether it is a time of yesterday, or how long something lasted."""
    clock_words, sentence = _said(), words[at].sentence
    before = [
        each.text
        for each in words[max(0, at - MAX_CUE_DISTANCE_WORDS) : at]
        if each.sentence == sentence
    ]
    after = [
        each.text for each in words[end : end + MAX_CUE_DISTANCE_WORDS] if each.sentence == sentence
    ]
    if not clock_words["lasted"].isdisjoint(before[-1:]):
        return True
    return not clock_words["over"].isdisjoint((*before, *after))
