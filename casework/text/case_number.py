"""The number of a case that people say over a telephone: eight random digits and a check digit.

    4183-0526-7

A case id has letters that no Arabic speaker spells, and twice as many symbols. The digits are drawn
at random, because a count would tell how many cases there are; the item under the number
(`casework.aws.table.keys.number_key`) keeps two cases from having the same one. Reading forgives
blanks, hyphens and marks of direction, and takes digits of any script.

**The check digit** is that of H. M. Damm, *Total anti-symmetrische Quasigruppen* (Marburg 2004): a
walk through a table in which no digit stands twice in a row or column, so that one wrong digit is
always noticed, and so is the exchange of two neighbours.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

CASE_NUMBER_COUNT: Final = 100_000_000
"""How many numbers there are."""
MAX_TYPED_NUMBER_LENGTH: Final = 64

_TABLE: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_IGNORED: Final = str.maketrans(
    "",
    "",
    " \t\r\n-.\u00a0\u202f\u2010\u2011\u2012\u2013"
    "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2069",
)


class NotASpokenNumber(ValueError):
    """The typed text is no number of a case: a digit is missing, wrong or misplaced."""

    error_code = "NotASpokenNumber"


def _walked(digits: str) -> str:
    """Zero when the last digit checks the others; else the digit that checks all of them."""
    at = "0"
    for digit in digits:
        at = _TABLE[int(at)][int(digit)]
    return at


def format_case_number(number: int) -> str:
    """The text of a number, with its check digit; raises ValueError for one of more digits."""
    if not 0 <= number < CASE_NUMBER_COUNT:
        raise ValueError("a number of a case has eight digits")
    return _grouped(f"{number:08d}{_walked(f'{number:08d}')}")


def random_case_number() -> str:
    """A number at random; another case may have it."""
    return format_case_number(secrets.randbelow(CASE_NUMBER_COUNT))


def _grouped(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def parse_case_number(text: str) -> str:
    """The text of a typed number as `written` writes it; raises NotASpokenNumber."""
    told = text.translate(_IGNORED) if len(text) <= MAX_TYPED_NUMBER_LENGTH else ""
    digits = "".join(str(unicodedata.decimal(each, "x")) for each in told)
    if len(digits) != 9 or not digits.isascii() or not digits.isdecimal() or _walked(digits) != "0":
        raise NotASpokenNumber
    return _grouped(digits)
