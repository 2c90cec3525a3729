"""Ages of people and sums of money in a text; the words are in `languages/common`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from casework.analysis.concepts import FoldedWord
from casework.analysis.lexicon import LANGUAGES_FOLDER

_GLUED: Final = re.compile(r"(\d{1,2})(?:ans|yo|years)")
_SUM: Final = re.compile(r"\d+k?(?:dh|dhs|mad|drhm|eur|euros|usd|dollars)")
_GLUED_SUM: Final = re.compile(r"(\d{1,12})(k?)(dh|dhs|mad|drhm|eur|euros|usd|dollars)")
MAX_SUM_DIGITS: Final = 12
"""The most digits of a sum."""
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_ROUND: Final = re.compile(r"[1-9]\d{0,3}00")


@dataclass(frozen=True)
class _Numbers:
    years: frozenset[str]
    times: frozenset[str]
    lasting: frozenset[str]
    things: frozenset[str]
    aged: frozenset[str]
    born: frozenset[str]
    born_in: frozenset[str]
    afterwards: frozenset[str]
    parts: frozenset[str]
    owners: frozenset[str]
    of: frozenset[str]
    person: frozenset[str]
    who: frozenset[str]
    being: frozenset[str]
    ends: frozenset[str]
    ten: frozenset[str]
    currencies: frozenset[str]
    behind_sums: frozenset[str]
    no_sums: frozenset[str]
    kin: frozenset[str]
    counted: frozenset[str]
    joined: frozenset[str]
    tens: dict[str, int]
    numbers: dict[str, int]
    teens: dict[str, int]
    ordinals: dict[str, int]
    codes: dict[str, str]
    thousand: frozenset[str]
    uncertain: frozenset[str]


@cache
def _numbers() -> _Numbers:
    file = json.loads((LANGUAGES_FOLDER / "common" / "numbers.json").read_text("utf-8"))

    def words(name: str) -> frozenset[str]:
        return frozenset(file[name].split())

    def values(name: str) -> dict[str, int]:
        return {
            word: int(value)
            for value, spellings in file[name].items()
            for word in spellings.split()
        }

    return _Numbers(
        years=words("years"),
        times=words("times"),
        lasting=words("lasting"),
        things=words("things"),
        aged=words("aged"),
        born=words("born"),
        born_in=words("born_in"),
        afterwards=words("afterwards"),
        parts=words("parts"),
        owners=words("owners"),
        of=words("of"),
        person=words("person"),
        who=words("who"),
        being=words("being"),
        ends=words("ends"),
        ten=words("ten"),
        currencies=words("currencies"),
        behind_sums=words("behind_sums"),
        no_sums=words("no_sums"),
        kin=words("kin"),
        counted=words("counted"),
        joined=words("joined"),
        tens=values("tens"),
        numbers=values("numbers"),
        teens=values("teens"),
        ordinals=values("ordinals"),
        codes={
            word: code for code, spellings in file["codes"].items() for word in spellings.split()
        },
        thousand=words("thousand"),
        uncertain=words("uncertain"),
    )


def find_money_sums(words: list[FoldedWord]) -> Iterator[int]:
    """Positions of sums of money: "8 400 dh", "4500dh", and "sent 4 000" without a currency."""
    currencies = _numbers().currencies
    for at, word in enumerate(words):
        if _SUM.fullmatch(word.text):
            yield at
        elif word.text.isdigit():
            following = [each.text for each in words[at + 1 : at + 3]]
            if not currencies.isdisjoint(following) or _is_bare_sum(words, at):
                yield at


@dataclass(frozen=True)
class MoneyAmount:
    """A sum of money, as written."""

    number: str
    """A decimal number."""
    currency: str | None
    """ISO 4217; None where none is given."""


def find_money_amounts(words: list[FoldedWord]) -> Iterator[MoneyAmount]:
    """The sums of money in a text, as numbers.

    Ambiguous words are excluded: a "million" is of dirhams or of centimes.
    """
    number_words, past = _numbers(), 0
    for at in find_money_sums(words):
        if at < past:
            continue  # a further group of the digits of one sum
        glued = _GLUED_SUM.fullmatch(words[at].text)
        behind, past = past, at + 1
        if glued:
            number, thousand, unit = int(glued[1]), bool(glued[2]), glued[3]
        else:
            first = at
            while first > behind and _is_group(words[first].text) and _leads(words[first - 1].text):
                first -= 1
            digits = "".join(word.text for word in words[first:past])
            while (
                past < len(words) and _is_group(words[past].text) and len(digits) < MAX_SUM_DIGITS
            ):
                digits += words[past].text
                past += 1
            number, thousand, unit = int(digits[:MAX_SUM_DIGITS]), False, ""
        after = [word.text for word in words[past : past + 2]]
        if not number_words.uncertain.isdisjoint(after[:1]):
            continue
        if after and after[0] in number_words.thousand:
            thousand, after = True, after[1:]
        unit = unit or (after[0] if after else "")
        if number:
            yield MoneyAmount(str(number * (1000 if thousand else 1)), number_words.codes.get(unit))


def _leads(text: str) -> bool:
    """Whether it may stand before a group of three digits."""
    return len(text) <= 3 and text.isdigit()


def _is_group(text: str) -> bool:
    """Whether it is a further group of three digits: "8 400"."""
    return len(text) == 3 and text.isdigit()


def _is_bare_sum(words: list[FoldedWord], at: int) -> bool:
    """Whether a number without a currency is a sum: round or in groups, and counting nothing
    else."""
    number_words, word = _numbers(), words[at]
    before = words[at - 1].text if at and words[at - 1].clause == word.clause else ""
    end = at + 1
    if end < len(words) and len(words[end].text) == 3 and words[end].text.isdigit():
        if len(word.text) > 3 or word.text.startswith("0"):
            return False
        end += 1
    elif not _ROUND.fullmatch(word.text):
        return False
    if before.isdigit() or before in number_words.no_sums:
        return False
    behind = words[end] if end < len(words) else None
    if behind is None or (behind.clause, behind.sentence) != (word.clause, word.sentence):
        return True
    return behind.text in number_words.behind_sums


def find_ages(words: list[FoldedWord]) -> Iterator[tuple[int, int]]:
    """Ages of people, with the position of the number: "15 ans" and not "for 15 years"."""
    for at, word in enumerate(words):
        if glued := _GLUED.fullmatch(word.text):
            yield at, int(glued[1])
        elif (number := _number(words, at)) is not None and _is_age(words, at):
            yield at, number


def find_birth_years(words: list[FoldedWord], now: int) -> Iterator[tuple[int, int]]:
    """Ages of people from the year of their birth, with its position.

    `now` is the year of the report; a person who turns 18 in it counts as an adult.
    """
    number_words = _numbers()
    for at, word in enumerate(words):
        if not _YEAR.fullmatch(word.text):
            continue
        before = at - 1
        if before > 0 and words[before].text in number_words.born_in:
            before -= 1
        born = before >= 0 and words[before].text in number_words.born
        if born and words[before].sentence == word.sentence and int(word.text) <= now:
            yield at, now - int(word.text)


def is_number_word(text: str) -> bool:
    """Whether a word is a number of at most two digits, or names a number below a hundred."""
    said = _numbers()
    known = (said.numbers, said.teens, said.ordinals, said.tens)
    return (len(text) <= 2 and text.isdigit()) or any(text in each for each in known)


def _is_age(words: list[FoldedWord], at: int) -> bool:
    number_words, sentence = _numbers(), words[at].sentence
    before = [each.text for each in words[max(0, at - 3) : at] if each.sentence == sentence]
    after = [each.text for each in words[at + 1 : at + 4] if each.sentence == sentence]
    aged = not number_words.aged.isdisjoint(before)
    if not aged and _is_time(before, after):
        return False
    if not aged and not number_words.times.isdisjoint(after[:1]):
        return not (number_words.person | number_words.kin | number_words.of).isdisjoint(before)
    if not number_words.years.isdisjoint(after[:2]) or after[:2] == ["y", "o"]:
        return True
    if words[at].text in number_words.ordinals:
        return before[-1:] in (["في"], ["ذات"], ["ذي"], ["ذو"], ["سن"])
    if not number_words.of.isdisjoint(before[-1:]) and not number_words.person.isdisjoint(before):
        return True
    # "My niece (13) met": a child of the family with a number that counts nothing else.
    follows = after[0] if after else ""
    counts = (
        follows.isdigit() or follows in number_words.counted or follows in number_words.currencies
    )
    if not number_words.kin.isdisjoint(before[-1:]) and words[at].text.isdigit() and not counts:
        return True
    ends = not after or words[at + 1].clause != words[at].clause or after[0] in number_words.ends
    apart = at > 0 and words[at - 1].clause != words[at].clause
    if apart and ends and not number_words.kin.isdisjoint(_before_it(words, at)):
        return True  # "her niece, thirteen at most"
    return (
        ends
        and not number_words.being.isdisjoint(before[-1:])
        and not number_words.who.isdisjoint(before)
    )


def _before_it(words: list[FoldedWord], at: int) -> set[str]:
    """The earlier words of the clause."""
    clause = words[at - 1].clause
    found = set()
    for before in range(at - 1, -1, -1):
        word = words[before]
        if (word.sentence, word.clause) != (words[at].sentence, clause):
            break
        found.add(word.text)
    return found


def _is_time(before: list[str], after: list[str]) -> bool:
    """Whether the years are a duration, or the age of a thing: "15 ans de travail"."""
    number_words = _numbers()
    if not number_words.lasting.isdisjoint(before[-2:]) or not number_words.things.isdisjoint(
        before
    ):
        return True
    if not number_words.afterwards.isdisjoint(after[1:2]):
        return True
    of_what = after[1:3] if number_words.years.isdisjoint(after[1:2]) else []
    return (
        len(of_what) == 2
        and of_what[0] in number_words.parts
        and of_what[1] not in number_words.owners
    )


def _tens_before(words: list[FoldedWord], at: int) -> int | None:
    """Tens to which this word is added: "dix-neuf", "treinta y cinco", "twenty five"."""
    number_words = _numbers()
    before = at - 1
    if before > 0 and words[before].text in number_words.joined:
        before -= 1
    if before < 0 or words[before].clause != words[at].clause:
        return None
    return number_words.tens.get(words[before].text)


def _number(words: list[FoldedWord], at: int) -> int | None:
    text, number_words = words[at].text, _numbers()
    if text.isdigit() and len(text) <= 2:
        return int(text)
    if (tens := _tens_before(words, at)) is not None:
        return tens + number_words.numbers[text] if text in number_words.numbers else None
    if (
        text in number_words.tens
        and at + 1 < len(words)
        and words[at + 1].text in number_words.numbers
    ):
        return None  # the first word of nineteen, of twenty five
    following = words[at + 1].text if at + 1 < len(words) else ""
    if following in number_words.ten and (
        teen := number_words.teens.get(text, number_words.ordinals.get(text))
    ):
        return teen
    before = words[at - 1].text if at else ""
    if text in number_words.ten and (
        before in number_words.teens or before in number_words.ordinals
    ):
        return None  # the second word of thirteen
    if following in number_words.tens and not following.isascii():
        return None  # Arabic says the tens last: nine and twenty
    return number_words.numbers.get(text)
