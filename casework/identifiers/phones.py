"""Telephones in E.164, from national and international writing (`phonenumberslite`)."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

import phonenumbers
import re2

from casework import identifiers
from casework.identifiers.cues import says_phone
from casework.identifiers.platforms import find_platform_mentions

_GROUP: Final = re.compile(r"\+ ?[0-9]+|[0-9]+")
_USUAL: Final = frozenset(" \t\r\n-./()·•")
_MOST_APART: Final = 4
"""Usual separators between two groups of one number."""
_LISTING: Final = frozenset(",،٬:|*_")
"""Separators that may also have blanks around them."""
_UNUSUAL: Final = str.maketrans("", "", ",،٬:|*_·•\r\n")
_DATE: Final = re2.compile(
    r"\b(?:[0-3]?[0-9][/. -][01]?[0-9][/. -](?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}[/. -][01]?[0-9][/. -][0-3]?[0-9])\b"
    r"|(?:^|[^/0-9])[0-3][0-9]/(?:0[1-9]|1[0-2])/[0-9]{2}(?:[^/0-9]|$)"
)
"""With the whole year, or with two digits between slashes."""
_LETTER_O: Final = re2.compile(r"\b[oO]([5-8][ .\-/]?[0-9])")
"""A letter typed for the first digit of a national number."""
_FIRST: Final = frozenset("+02")
"""The beginning of a number: its calling code, `0`, `00` or 212."""
_LONGEST_GROUP: Final = 15
_LONGEST: Final = 40
"""Characters of a number with its separators."""
_ACCOUNT: Final = 16  # digits of a card
_PIECE_OF_ACCOUNT: Final = 11  # digits in one piece, longer than any national number
_MOST_GROUPS: Final = 11
_NATIONAL: Final = 10
_CODE: Final = 3
"""Digits of the longest calling codes."""
_MOROCCO: Final = "+212"
_MOBILE: Final = frozenset("67")
"""First digit of Moroccan mobiles."""
_WHOLE: Final = 9  # digits that are a number even when letters follow directly
_BEFORE: Final = 32
_BEHIND: Final = 24
"""Characters before and after bare digits that may announce a telephone."""
_SUBSCRIBER: Final = re2.compile(r"[5-8][0-9]{8}")
"""A Moroccan number without its trunk prefix."""


def parse_typed_phone(text: str, country: str = "MA") -> str | None:
    """E.164 (`+212661000000`) of a typed number; None when no network could route it.

    `country` (ISO 3166-1 alpha-2) gives the national form. A foreign number or a Moroccan mobile
    may be of an unknown block; a Moroccan landline may not.
    """
    return _known(identifiers.canonicalise_phone(text, country))[0]


def _may_be_new(light: str) -> bool:
    """Lists lag behind new blocks of mobiles, but not behind Moroccan landlines."""
    return not light.startswith(_MOROCCO) or light[len(_MOROCCO)] in _MOBILE


@lru_cache(maxsize=4096)
def _known(light: str | None) -> tuple[str | None, bool]:
    """A routable number, and whether a network has assigned it."""
    if light is None:
        return None, False
    try:
        number = phonenumbers.parse(light, None)
    except phonenumbers.NumberParseException:
        return None, False
    valid = phonenumbers.is_valid_number(number)
    if not valid and not (phonenumbers.is_possible_number(number) and _may_be_new(light)):
        return None, False
    return light, valid


def find_phones(text: str) -> Iterator[tuple[str, int, int]]:
    """Telephones of a cleaned text with their positions: runs of digit groups, from the left."""
    text = str(_DATE.sub(lambda found: "_" * len(found[0]), text))
    text = str(_LETTER_O.sub(r"0\1", text))
    run: list[tuple[int, int]] = []
    for group in _GROUP.finditer(text):
        start, end = group.span()
        if end < len(text) and text[end].isalpha() and end - start < _WHOLE:
            # "3afak" and "4500dh" are words: the run ends before them.
            yield from _phones_of(text, run)
            run = []
            continue
        glued = start > 0 and text[start - 1].isalpha() and end - start < _WHOLE
        if glued and not says_phone(text[max(0, start - _BEFORE) : start]):
            yield from _phones_of(text, run)
            run = []
            continue
        together = run and _goes_on(text[run[-1][1] : start])
        if not together or text[start] == "+" or _begins(text, run, start, end):
            yield from _phones_of(text, run)
            run = []
        run.append((start, end))
    yield from _phones_of(text, run)


def _goes_on(between: str) -> bool:
    """Whether the separator of two groups may occur inside one number."""
    usual = 0 < len(between) <= _MOST_APART and _USUAL.issuperset(between)
    return usual or between.strip(" \t") in _LISTING


def _begins(text: str, run: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a number in one piece begins, as after "tel 2:"; after +212 it continues."""
    whole = text[start] == "0" and end - start == _NATIONAL
    return whole and text[run[0][0] : run[0][0] + 1] not in ("+", "0") and _code(text, run) != "212"


def _code(text: str, run: list[tuple[int, int]]) -> str:
    """The first digits of a number, as far as they show a calling code."""
    return "".join(text[start : min(end, start + _CODE + 1)] for start, end in run[:_CODE])


def _phones_of(text: str, groups: list[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    """The telephones of some groups of digits; a group belongs to at most one."""
    before = [0, *accumulate(len(text[start:end].lstrip("+ ")) for start, end in groups)]
    at = 0
    while at < len(groups):
        found = _phone_at(text, groups, before, at)
        if found is not None:
            phone, size, start = found
            yield phone, start, groups[at + size - 1][1]
            at += size
        elif at == 0 and _is_account(groups):
            return  # no other telephone lies inside it
        else:
            at += 1


def _phone_at(
    text: str, groups: list[tuple[int, int]], before: Sequence[int], at: int
) -> tuple[str, int, int] | None:
    """The number that begins with this group, its number of groups, and its position.

    `before` has the number of digits before each group, and in all: a long run is tried only where
    it has as many digits as a number may have.

    An assigned number has priority over a merely possible one: text after a foreign number ("… 56
    78, 25 years old") is not its end.
    """
    if text[groups[at][0]] not in _FIRST:
        return _told(text, groups, before) if at == 0 else None
    possible = None
    start = _opened(text, groups[at][0])
    fewest, most = identifiers.phone_length_range(_opening(text, groups, at))
    for size in _sizes(groups, before, at, fewest, most):
        end = groups[at + size - 1][1]
        if not 0 < end - start - size < _LONGEST:
            continue
        light = identifiers.canonicalise_phone(text[start:end].translate(_UNUSUAL))
        if light is None or not _evenly_written(text, groups[at : at + size]):
            continue
        phone, given_out = _known(light)
        if phone and given_out:
            return phone, size, start
        if phone and possible is None:
            possible = phone, size, start
    return possible or (_told(text, groups, before) if at == 0 else None)


def _opening(text: str, groups: list[tuple[int, int]], at: int) -> str:
    """The sign, or the first two digits, of a number."""
    start, end = groups[at]
    if end - start > 1 or at + 1 == len(groups):
        return text[start : min(end, start + 2)]
    return text[start] + text[groups[at + 1][0]]


def _told(
    text: str, groups: list[tuple[int, int]], before: Sequence[int]
) -> tuple[str, int, int] | None:
    """Digits without `0` or `+` in front, where the words before them say: a telephone."""
    start = groups[0][0]
    if before[-1] < _WHOLE or text[start] in "+0" or not _says_phone(text, groups):
        return None
    for size in _sizes(groups, before, 0, _WHOLE, _LONGEST_GROUP):
        digits = "".join(text[one:other] for one, other in groups[:size])
        phone = f"+212{digits}" if _SUBSCRIBER.fullmatch(digits) else f"+{digits}"
        if _evenly_written(text, groups[:size]) and _known(phone)[1]:
            return phone, size, start
    return None


def _says_phone(text: str, groups: list[tuple[int, int]]) -> bool:
    """Whether a telephone is announced there, or was seen on WhatsApp."""
    start, end = groups[0][0], groups[min(len(groups), _MOST_GROUPS) - 1][1]
    return says_phone(text[max(0, start - _BEFORE) : start]) or any(
        each.platform == "whatsapp" for each in find_platform_mentions(text[end : end + _BEHIND])
    )


def _evenly_written(text: str, groups: list[tuple[int, int]]) -> bool:
    """Whether what separates the groups is usual in numbers, or the same sign throughout."""
    between = {text[one[1] : other[0]].strip() for one, other in pairwise(groups)}
    return len(between) <= 1 or all(_USUAL.issuperset(each) for each in between)


def _is_account(groups: list[tuple[int, int]]) -> bool:
    """An account or a card: many digits, in fours or with a long piece."""
    lengths = [end - start for start, end in groups]
    return sum(lengths) >= _ACCOUNT and (
        max(lengths) >= _PIECE_OF_ACCOUNT or all(length == 4 for length in lengths[:4])
    )


def _opened(text: str, start: int) -> int:
    """The bracket before a national number is part of how it is written."""
    return start - 1 if start and text[start - 1] == "(" and "+" not in text[start] else start


def _sizes(
    groups: list[tuple[int, int]], before: Sequence[int], at: int, fewest: int, most: int
) -> range:
    """How many groups may make one number of so many digits, the likeliest first.

    A number that is whole in one piece ends there; what follows is an amount or a date.
    """
    length = groups[at][1] - groups[at][0]
    if length > _LONGEST_GROUP:
        return range(0)
    if length >= 10:
        return range(1, 2)
    last = min(at + _MOST_GROUPS, len(groups))
    shortest = bisect_left(before, before[at] + fewest, at + 1, last + 1) - at
    longest = bisect_right(before, before[at] + most, at + 1, last + 1) - 1 - at
    return range(longest, shortest - 1, -1)
