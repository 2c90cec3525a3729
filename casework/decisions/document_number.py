"""The number under which a court or a prosecutor's office keeps what it decided.

A Moroccan number may have an Arabic letter between its parts: `12/ع/2026`. Two people write one
number alike, whatever their keyboards: forms of letters for printing, digits of Arabic keyboards
and several spaces become the plain ones. What is invisible, or turns what stands beside it, is in
no number.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

MAX_DOCUMENT_NUMBER_LENGTH: Final = 40

_DIGITS: Final = r"0-9\u0660-\u0669\u06f0-\u06f9"
_LATIN: Final = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_ARABIC: Final = r"\u0620-\u063f\u0641-\u064a\u0671-\u06d3\u06d5\u06fa-\u06fc"
_BEGINS: Final = _DIGITS + _LATIN + _ARABIC
DOCUMENT_NUMBER_PATTERN: Final = f"^[{_BEGINS}][{_BEGINS}/._ -]*$"
"""The same in words for a client that sends one."""

_WHOLE: Final = re.compile(DOCUMENT_NUMBER_PATTERN.removesuffix("$") + r"\Z")
_PLAIN: Final = str.maketrans(
    {first + digit: str(digit) for first in (0x0660, 0x06F0) for digit in range(10)}
)


def normalise_document_number(text: str) -> str:
    """The number in its one spelling; raises for what is none."""
    plain = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    plain = " ".join(filter(None, plain.split(" ")))
    if len(plain) > MAX_DOCUMENT_NUMBER_LENGTH or not _WHOLE.match(plain):
        raise PydanticCustomError(
            "reference.form",
            "A number has Arabic and Latin letters, digits, spaces and / - . _ and begins with a "
            "letter or a digit; it has at most 40 characters.",
        )
    return plain


DocumentNumber = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_DOCUMENT_NUMBER_LENGTH),
    AfterValidator(normalise_document_number),
    Field(json_schema_extra={"pattern": DOCUMENT_NUMBER_PATTERN}),
]
"""The number of a decision, as the court or the prosecutor's office that took it gave it."""
