"""Text as it is searched: digits and letters of other scripts in ASCII, disguises undone.

Character by character and in one pass: nothing is composed or reordered, so 20,000 combining marks
cost as much as 20,000 letters.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any, Final

import re2

_SPACES: Final = frozenset("\u00a0\u1680\u2007\u202f\u205f\u3000")
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0")
_DASHES: Final = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")
_DOTS: Final = frozenset("\u3002\uff0e\uff61\u2024\u0660.\u06d4") - {"\u0660"}

_BRACKETED_DOT: Final = re2.compile(
    r"(?i) ?(?:\[ ?(?:\.|dot|point|punto) ?\]|\( ?(?:\.|dot|point|punto) ?\)|\{ ?(?:\.|dot) ?\}) ?"
)
_BRACKETED_AT: Final = re2.compile(
    r"(?i) ?(?:\[ ?(?:@|at|arobase|arroba) ?\]|\( ?(?:@|at|arobase|arroba) ?\)|\{ ?(?:@|at) ?\}) ?"
)
_SPOKEN: Final = re2.compile(
    r"(?i)\b([a-z0-9][a-z0-9._+-]{0,63}) (?:at|arobase|arroba) ([a-z0-9-]{1,63})"
    r" (?:dot|point|punto) ([a-z]{2,12})\b"
)
_SPOKEN_HOST: Final = re2.compile(r"(?i)\b([a-z0-9][a-z0-9-]{1,62}) dot ([a-z]{2,12})\b")
_SCHEME: Final = re2.compile(
    r"(?i)\b(?:h(?:tt|xx|\*\*|__|XX)p(s?)|meow(s?)) ?(?:\[ ?:(?://)? ?\]|\(:\)|:) ?(?:\[//\]|/ ?/)"
)
_COLON: Final = re2.compile(r"\[:\]")


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """One character as ASCII where it stands for ASCII; nothing when it cannot be seen."""
    if character in _SPACES:
        return " "
    if character in _DASHES:
        return "-"
    if character in _DOTS:
        return "."
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me") or character in _INVISIBLE:
        # A variation selector or bidi mark hides in an address; an accent stays on its letter
        # in composed text, and its loss elsewhere changes no identifier.
        return ""
    value = unicodedata.decimal(character, None)
    if value is not None:
        return str(value)
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if compatible.isascii() and compatible.isprintable() else character


def cleaned(text: str) -> str:
    """The text without disguise; words keep their order."""
    plain = text if text.isascii() else "".join(map(_plain, text))
    plain = _BRACKETED_DOT.sub(".", plain)
    plain = _BRACKETED_AT.sub("@", plain)
    plain = _COLON.sub(":", plain)
    plain = _SCHEME.sub(_scheme, plain)
    plain = _SPOKEN.sub(r"\1@\2.\3", plain)
    return str(_SPOKEN_HOST.sub(r"\1.\2", plain))


def _scheme(found: Any) -> str:
    return f"http{(found[1] or found[2] or '').lower()}://"
