"""Text prepared for searching: ASCII digits and letters, disguises undone.

One pass, character by character, without composing or reordering, so 20,000 combining marks cost as
much as 20,000 letters.
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
_POINT: Final = r"(?:dot|point|punto|نقطة|دوت)"
_ANY_SPOKEN: Final = re2.compile(rf"(?i) (?:{_POINT}|arobase|arroba|at|آت|ات) ?")
_SPOKEN: Final = re2.compile(
    rf"(?i)([a-z0-9][a-z0-9._+-]{{0,63}}(?: {_POINT} [a-z0-9._+-]{{1,30}}){{0,2}})"
    r" (arobase|arroba|at|آت|ات) ([a-z0-9-]{1,63})"
    rf"( {_POINT} | ?\. ?)(com|net|org|fr|ma|es|[a-z]{{2,12}})\b"
)
_SPOKEN_WWW: Final = re2.compile(rf"(?i)\bwww {_POINT} ")
_SPOKEN_HOST: Final = re2.compile(
    r"(?i)\b((?:www\.|[a-z0-9._+-]{1,64}@)?[a-z0-9][a-z0-9-]{1,62})"
    rf" ({_POINT}) ?([a-z]{{2,12}}\b|كوم|نت)"
)
_SPOKEN_ENDINGS: Final = {"كوم": "com", "نت": "net"}
_SURE_ENDINGS: Final = frozenset({"com", "org", "fr"})
"""What is no word behind "point" or "punto", which are."""
_POINTS_THAT_ARE_WORDS: Final = frozenset({"point", "punto"})
_PROVIDERS: Final = r"(?:gmail|hotmail|outlook|yahoo|live|icloud|proton|protonmail|msn|menara)"
_PROVIDER: Final = re2.compile(f"(?i){_PROVIDERS}")
_SPOKEN_POINT: Final = re2.compile(rf"(?i) {_POINT} ")
_SPACED_AT: Final = re2.compile(
    rf"(?i)\b([a-z0-9][a-z0-9._+-]*)(?: @ ?| ?@ )({_PROVIDERS} ?\. ?[a-z]{{2,3}})\b"
)
_SPOKEN_LOCAL: Final = re2.compile(
    r"(?i)\b([a-z0-9][a-z0-9_+-]{0,31}) (?:dot|نقطة|دوت) ([a-z0-9][a-z0-9._+-]{0,63}@)"
)
_LATE_AT: Final = re2.compile(r"(?i)\b([a-z0-9][a-z0-9._+-]*)@ ((?:[a-z0-9-]+\.)+[a-z]{2,12})\b")
_SPACED_DOT: Final = re2.compile(r"(?i)([a-z0-9-]) ?(?:\. | \.)(com|net|org|shop|xyz|online)\b")
_SCHEME: Final = re2.compile(
    r"(?i)\b(?:(?:h(?:tt|xx|\*\*|__)p|htp|httpp)(s?)|meow(s?))"
    r"(?: ?(?:\[ ?:(?://)? ?\]|\(:\)|:) ?(?:\[//\]|/ ?/?/?)|//)"
)
_COLON: Final = re2.compile(r"\[:\]")


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """One character as ASCII if it stands for ASCII; nothing for an invisible one."""
    if character in _SPACES:
        return " "
    if character in _DASHES:
        return "-"
    if character in _DOTS:
        return "."
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me") or character in _INVISIBLE:
        # A variation selector or bidi mark can hide in an address. An accent stays on its letter in
        # composed text, and its loss elsewhere changes no identifier.
        return ""
    value = unicodedata.decimal(character, None)
    if value is not None:
        return str(value)
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if compatible.isascii() and compatible.isprintable() else character


def normalise_text(text: str) -> str:
    """The text without disguise; words keep their order."""
    plain = text if text.isascii() else "".join(map(_plain, text))
    plain = _BRACKETED_DOT.sub(".", plain)
    plain = _BRACKETED_AT.sub("@", plain)
    plain = _COLON.sub(":", plain)
    plain = _SCHEME.sub(_scheme, plain)
    if _ANY_SPOKEN.search(plain):
        plain = _SPOKEN_WWW.sub("www.", plain)
        plain = _SPOKEN.sub(_address, plain)
        plain = _SPOKEN_HOST.sub(_host, plain)
    if "@" in plain:
        plain = _SPACED_AT.sub(_joined, plain)
        plain = _LATE_AT.sub(r"\1@\2", plain)
        plain = _SPOKEN_LOCAL.sub(r"\1.\2", plain)
    return str(_SPACED_DOT.sub(r"\1.\2", plain))


def _address(found: Any) -> str:
    """A spelt-out address; "I was at casa dot com" is none."""
    local, at, host, point, ending = found.groups()
    said = at.lower() == "at"
    if said and not _PROVIDER.fullmatch(host) and (point.strip() == "." or local.isalpha()):
        return str(found[0])
    return f"{_SPOKEN_POINT.sub('.', local)}@{host}.{ending}"


def _host(found: Any) -> str:
    """A spelt-out host. "Ce point net" and "un punto es que" are none."""
    host, point, ending = found.groups()
    ending = _SPOKEN_ENDINGS.get(ending, ending)
    if (
        point.lower() in _POINTS_THAT_ARE_WORDS
        and ending.lower() not in _SURE_ENDINGS
        and host.isalpha()
    ):
        return str(found[0])
    return f"{host}.{ending}"


def _joined(found: Any) -> str:
    return str(found[0]).replace(" ", "")


def _scheme(found: Any) -> str:
    return f"http{(found[1] or found[2] or '').lower()}://"
