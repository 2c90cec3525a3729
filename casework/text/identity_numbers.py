"""Numbers of identity cards in free text, found by the forms that a country names in its pack.

Such a number is one to three letters and some digits, as on the Moroccan national card (AB123456).
Written in one word it is found wherever it stands by itself. Where something stands between letters
and digits ("AB 123456", "AB n° 123456") it is found only behind a word that announces it, because
"de 15000" is an amount; a number in between ends that. What belongs to an address or to the name of
an account (`x.com/ab12345`, `@ab12345`) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

MAX_ANNOUNCEMENT_DISTANCE: Final = 40
"""Characters before a number in which a word that announces it stands."""
_NUMBER: Final = re.compile(
    r"(?<![\w/@.=#?&%])([A-Za-z]{1,3})([ \u00a0.:-]{0,2}(?:[nN][°º][ \u00a0]?)?)(\d{3,10})(?![\w@])"
)


class NumberForm(Protocol):
    """What the numbers of one kind of card look like."""

    @property
    def letters(self) -> tuple[int, int]:
        """The fewest and the most letters at the beginning."""

    @property
    def digits(self) -> tuple[int, int]:
        """The fewest and the most digits behind them."""

    @property
    def announced_by(self) -> Sequence[str]:
        """Words, in small letters, behind which a number may be written in parts."""


def find_identity_numbers(texts: Iterable[str], forms: Sequence[NumberForm]) -> tuple[str, ...]:
    """The numbers in these texts as they were typed, the longest first, each once."""
    found = {each for text in texts for each in _found(text, forms)}
    return tuple(sorted(found, key=lambda each: (-len(each), each)))


def _found(text: str, forms: Sequence[NumberForm]) -> Iterator[str]:
    if not forms:
        return
    for match in _NUMBER.finditer(text):
        letters, between, digits = match.groups()
        before = _before(text, match.start())
        for form in forms:
            if (
                form.letters[0] <= len(letters) <= form.letters[1]
                and form.digits[0] <= len(digits) <= form.digits[1]
                and (not between or any(word in before for word in form.announced_by))
            ):
                yield match[0]
                break


def _before(text: str, at: int) -> str:
    """What may announce a number: the words directly before it, behind any other number."""
    near = text[max(0, at - MAX_ANNOUNCEMENT_DISTANCE) : at].casefold()
    last = max((place for place, each in enumerate(near) if each.isdigit()), default=-1)
    return near[last + 1 :]


def redact_numbers(value: Any, numbers: Sequence[str], sign: str) -> Any:
    """A JSON value with a sign in the place of these numbers in every string; the longest first."""
    match value:
        case str():
            for each in numbers:
                value = value.replace(each, sign)
            return value
        case Mapping():
            return {name: redact_numbers(each, numbers, sign) for name, each in value.items()}
        case list() | tuple():
            return [redact_numbers(each, numbers, sign) for each in value]
    return value


def iter_json_strings(value: Any) -> Iterator[str]:
    """Every string of a JSON value, in its order."""
    match value:
        case str():
            yield value
        case Mapping():
            for each in value.values():
                yield from iter_json_strings(each)
        case list() | tuple():
            for each in value:
                yield from iter_json_strings(each)
