"""Telephones, in E.164, from national and international writing (`phonenumberslite`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import phonenumbers
import re2

from casework import identifiers

_GROUP: Final = re2.compile(r"\+ ?[0-9]+|[0-9]+")
_BETWEEN: Final = re2.compile(r"[ \t\-./()]{1,3}")
_DATE: Final = re2.compile(
    r"\b(?:[0-3]?[0-9][/.-][01]?[0-9][/.-](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[/.-][01]?[0-9][/.-][0-3]?[0-9])\b"
)
_LONGEST_GROUP: Final = 15
_ACCOUNT: Final = 16  # digits of a card
_MOST_GROUPS: Final = 11
_WHOLE: Final = 9  # digits that are a number even when letters follow without a blank


def canonical_phone(text: str, country: str = "MA") -> str | None:
    """E.164 (`+212661000000`) of a number as typed; None when no network could route it.

    `country` (ISO 3166-1 alpha-2) says whose national writing. A number with its calling code may
    be of a block that is not in service; a national one must be valid.
    """
    light = identifiers.canonical_phone(text, country)
    if light is None:
        return None
    try:
        number = phonenumbers.parse(light, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if number.country_code == 212 and not phonenumbers.is_valid_number(number):
        return None
    return light


def found_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Telephones of a cleaned text with their places: runs of digit groups, from the left."""
    text = str(_DATE.sub(lambda found: "_" * len(found[0]), text))
    run: list[tuple[int, int]] = []
    for group in _GROUP.finditer(text):
        start, end = group.span()
        if end < len(text) and text[end].isalpha() and end - start < _WHOLE:
            # "3afak" and "4500dh" are words: the run ends before them.
            yield from _phones_of(text, run)
            run = []
            continue
        if start and (text[start - 1].isalpha() and end - start < _WHOLE):
            yield from _phones_of(text, run)
            run = []
            continue
        together = run and _BETWEEN.fullmatch(text[run[-1][1] : start]) is not None
        if not together or text[start] == "+":
            yield from _phones_of(text, run)
            run = []
        run.append((start, end))
    yield from _phones_of(text, run)


def _phones_of(text: str, groups: list[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    """The telephones that groups of digits make; a group belongs to one of them at most."""
    at = 0
    while at < len(groups):
        for size in _sizes(groups, at):
            start, end = _opened(text, groups[at][0]), groups[at + size - 1][1]
            phone = canonical_phone(text[start:end]) if end - start <= 40 else None
            if phone:
                yield phone, start, end
                at += size
                break
        else:
            if at == 0 and sum(end - start for start, end in groups) >= _ACCOUNT:
                return  # an account or a card: what looks like a telephone inside it is none
            at += 1


def _opened(text: str, start: int) -> int:
    """The bracket before a national number is part of how it is written."""
    return start - 1 if start and text[start - 1] == "(" and "+" not in text[start] else start


def _sizes(groups: list[tuple[int, int]], at: int) -> range:
    """How many groups may make one number, the likeliest first.

    A number that is whole in one piece ends there; what follows is an amount or a date.
    """
    length = groups[at][1] - groups[at][0]
    if length > _LONGEST_GROUP:
        return range(0)
    if length >= 10:
        return range(1, 2)
    return range(min(_MOST_GROUPS, len(groups) - at), 0, -1)
