"""Words that name the owner or the kind of an identifier: `cues.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import re2

FILE: Final = Path(__file__).with_name("cues.json")
_APART: Final = r"[^\p{L}\p{N}.!?؟\n@]"
"""Separators between "my number" and the number, without the end of a sentence."""


_LONGEST_LINK: Final = 24
_LONGEST_ANNOUNCEMENT: Final = 80
"""Characters before a name that can announce it."""
_LONGEST_NAME: Final = 64
_ANNOUNCED_NAME: Final = "[a-z0-9][a-z0-9._]{3,62}[a-z0-9]"
_NAMING_SIGNS: Final = frozenset(":=→➡👉>«“\"'([")
_TO_A_NAME: Final = r"[\s:=→➡👉>«“\"'(\[-]{1,4}"
"""Words before a name that a label announces."""

Lead = Literal["named", "said", "beside"]
"""Whether words or signs announce a name, words only connect, or nothing stands there."""


def says_own(before: str, after: str = "") -> bool:
    """Whether the text around an identifier says that it is the reporter's own.

    Only connecting words may stand between "my number" and the number ("is", "on Instagram", "was
    hacked"): a number that called on my phone is another's. Quoted speech ("call me on …") is not
    the reporter's either.
    """
    found = _own_before().search(before)
    if found is not None and _quoted().search(before[: found.start()]) is None:
        return True
    return _own_after().match(after) is not None


def is_list_separator(between: str) -> bool:
    """Whether the text between two identifiers makes them a list."""
    return len(between) <= _LONGEST_LINK and _and().fullmatch(between) is not None


def says_account(before: str) -> bool:
    """Whether the text calls something an account."""
    return _any_of("account").search(before) is not None


def says_other(before: str) -> bool:
    """Whether the text that ends here calls the next item something other than an account."""
    apart = r"[^\p{L}\p{N}]{1,3}(?:[\p{L}\p{N}]+[^\p{L}\p{N}])?"
    return _ending_with("other", apart).search(before) is not None


def announced_names(text: str) -> Iterator[tuple[str, int, bool]]:
    """Words that the text announces as the name of an account, their positions, and whether with a
    colon."""
    for found in _announced().finditer(text):
        yield found[2], found.start(2), ":" in found[1] or "=" in found[1]


def find_announced_name(text: str, at: int) -> tuple[str, bool] | None:
    """The same for the one name that begins there; None without an announcement."""
    front = _announcing().search(text[max(0, at - _LONGEST_ANNOUNCEMENT) : at])
    name = front and _announced_name().match(text[at : at + _LONGEST_NAME])
    return (name[0], ":" in front[1] or "=" in front[1]) if name else None


def find_account_lead(behind: str) -> tuple[int, Lead] | None:
    """The connection from the name of a platform to an account: where the account begins, and how
    sure the words are."""
    found = _lead().match(behind)
    if found is None:
        return None
    words = found[1]
    if any(sign in words for sign in _NAMING_SIGNS) or _any_of("names").search(words):
        return found.end(1), "named"
    return found.end(1), "said" if _any_of("be").search(words) else "beside"


def says_phone(before: str) -> bool:
    """Whether the text that ends here announces a telephone."""
    return _ending_with("phone", r"[^\p{L}\p{N}]{0,4}").search(before) is not None


def says_site(before: str) -> bool:
    """Whether the text that ends here announces a site."""
    return _ending_with("site", r"[^\p{L}\p{N}.!?؟]{0,4}").search(before) is not None


@cache
def sentence_starts() -> frozenset[str]:
    """Names of top-level domains that are also first words of sentences."""
    return frozenset(_cues()["starts"])


@cache
def _announced() -> Any:
    return re2.compile(f"(?i){_announcement()}({_ANNOUNCED_NAME})")


@cache
def _announcing() -> Any:
    return re2.compile(f"(?i){_announcement()}$")


@cache
def _announced_name() -> Any:
    return re2.compile(f"(?i){_ANNOUNCED_NAME}")


def _announcement() -> str:
    return rf"(?:{'|'.join(_cues()['name'])})([\s:=«\"“'(]{{1,4}})"


@cache
def _lead() -> Any:
    words = "|".join((*_cues()["leads"], *_cues()["names"], *_cues()["be"]))
    whose = r" (?:de|du|of|dyal|ديال)(?:[ '’]\p{L}+){1,3} ?:"
    return re2.compile(
        rf"(?i)((?:{whose}|(?:{_TO_A_NAME}(?:{words})){{0,4}}){_TO_A_NAME})@?[a-z0-9_]"
    )


@cache
def _and() -> Any:
    return re2.compile(rf"(?i)(?:[\s,;/&+()-]|(?:{'|'.join(_cues()['and'])})\s?)*")


@cache
def _own_before() -> Any:
    between = "|".join(_cues()["between"])
    return re2.compile(rf"(?i)(?:{'|'.join(_cues()['own'])})(?:{_APART}+(?:{between})|{_APART})*$")


@cache
def _own_after() -> Any:
    is_so = "|".join(_cues()["is_so"])
    return re2.compile(rf"(?i)\s?(?:\(\s?|,?\s?(?:{is_so})\s)(?:{'|'.join(_cues()['own'])})")


@cache
def _quoted() -> Any:
    return re2.compile(rf"(?i)(?:{'|'.join(_cues()['said'])})[^.!?؟\n]*$")


@cache
def _any_of(what: str) -> Any:
    return re2.compile(f"(?i)(?:{'|'.join(_cues()[what])})")


@cache
def _ending_with(what: str, apart: str) -> Any:
    return re2.compile(rf"(?i)(?:{'|'.join(_cues()[what])}){apart}$")


@cache
def _cues() -> dict[str, list[str]]:
    cues: dict[str, list[str]] = json.loads(FILE.read_text("utf-8"))
    return cues
