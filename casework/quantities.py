"""Ages of people and sums of money in what was written; the words are in `lexicons/common`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from casework.lexicon import FOLDER
from casework.wording import Word

_GLUED: Final = re.compile(r"(\d{1,2})(?:ans|yo|years)")
_SUM: Final = re.compile(r"\d+k?(?:dh|dhs|mad|drhm|eur|euros|usd|dollars)")


@dataclass(frozen=True)
class _Numbers:
    years: frozenset[str]
    lasting: frozenset[str]
    afterwards: frozenset[str]
    of: frozenset[str]
    person: frozenset[str]
    ten: frozenset[str]
    currencies: frozenset[str]
    numbers: dict[str, int]
    teens: dict[str, int]


@cache
def _numbers() -> _Numbers:
    file = json.loads((FOLDER / "common" / "numbers.json").read_text("utf-8"))

    def words(name: str) -> frozenset[str]:
        return frozenset(file[name].split())

    def values(name: str) -> dict[str, int]:
        return {word: int(value) for value, said in file[name].items() for word in said.split()}

    return _Numbers(
        words("years"),
        words("lasting"),
        words("afterwards"),
        words("of"),
        words("person"),
        words("ten"),
        words("currencies"),
        values("numbers"),
        values("teens"),
    )


def sums_in(words: list[Word]) -> Iterator[int]:
    """Places of sums of money: "8 400 dh", "4500dh"."""
    currencies = _numbers().currencies
    for at, word in enumerate(words):
        following = [each.text for each in words[at + 1 : at + 3]]
        if _SUM.fullmatch(word.text) or (
            word.text.isdigit() and not currencies.isdisjoint(following)
        ):
            yield at


def ages_in(words: list[Word]) -> Iterator[tuple[int, int]]:
    """Ages of people, with the place of the number: "15 ans" and not "for 15 years"."""
    for at, word in enumerate(words):
        if glued := _GLUED.fullmatch(word.text):
            yield at, int(glued[1])
        elif (number := _number(words, at)) is not None and _is_age(words, at):
            yield at, number


def _is_age(words: list[Word], at: int) -> bool:
    said, sentence = _numbers(), words[at].sentence
    before = [each.text for each in words[max(0, at - 3) : at] if each.sentence == sentence]
    after = [each.text for each in words[at + 1 : at + 4] if each.sentence == sentence]
    if not said.lasting.isdisjoint(before[-2:]) or not said.afterwards.isdisjoint(after[1:2]):
        return False
    if not said.years.isdisjoint(after[:2]):
        return True
    return not said.of.isdisjoint(before[-1:]) and not said.person.isdisjoint(before)


def _number(words: list[Word], at: int) -> int | None:
    text, said = words[at].text, _numbers()
    if text.isdigit() and len(text) <= 2:
        return int(text)
    following = words[at + 1].text if at + 1 < len(words) else ""
    if text in said.teens and following in said.ten:
        return said.teens[text]
    before = words[at - 1].text if at else ""
    if text in said.ten and before in said.teens:
        return None  # the second word of thirteen
    return said.numbers.get(text)
