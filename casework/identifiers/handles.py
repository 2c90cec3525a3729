"""Accounts on platforms: the name after an @, in the address of a page, or said to be a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import re2

from casework.identifiers.cues import says_account
from casework.identifiers.platforms import platforms

LONGEST: Final = 64
_AT: Final = re2.compile(
    r"(?:^|[^\p{L}\p{N}_@./+-])@ ?([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)"
)
_NAME: Final = re2.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_TOKEN: Final = re2.compile(
    r"(?:^|[^\p{L}\p{N}_@./:+-])([A-Za-z0-9_]+(?:[._][A-Za-z0-9_]+)+)(?:$|[^\p{L}\p{N}_@/])"
)
_NEAR: Final = 60
"""Characters before a bare name in which something says that it is an account."""
_FILES: Final = frozenset(
    {
        *("apk", "bak", "bat", "doc", "docx", "exe", "html", "iso", "jpeg", "jpg", "js", "mp3"),
        *("mp4", "pdf", "png", "rar", "scr", "txt", "xls", "xlsx", "zip"),
    }
)
"""Endings of file names, which are no accounts."""
_WHERE: Final = re.compile(
    r"(?:\b(?:on|sur|via|f|fi|b|3la|3l|l|my|mon|mi|compte|account|cuenta|kont)"
    r"|(?<!\w)(?:على|في|عبر|ف|ب|حساب))\W{1,3}$"
)
_X: Final = re.compile(
    r"(?:\b(?:on|sur|via|en|f|compte|account|cuenta)|(?<!\w)(?:على|في|عبر|ف))\s{1,3}(X)(?!\w)"
)
"""A platform that is a letter: a capital one, behind a word that says where."""
_PLAIN_PREFIX: Final = re.compile(r"^[@＠]\s*")


def handle_in(value: str) -> str | None:
    """The account in a value said to be one; None for a display name or anything else."""
    name = _PLAIN_PREFIX.sub("", value.strip())
    if _NAME.fullmatch(name) and any(each.isalnum() for each in name):
        return name.lower()
    found = next(marked_in(value), None)
    if found is not None:
        return found[0]
    # "nora.t (Instagram)", "insta: nora.t": the one word that cannot be prose
    words = [each for each in re.split(r"[\s()،:,;]+", value) if each]
    names = [each for each in words if _NAME.fullmatch(each) and re.search(r"[._\d]", each)]
    return names[0].lower() if len(names) == 1 else None


def marked_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Names after an @, in lower case, with their places."""
    for found in _AT.finditer(text):
        yield found[1].lower(), found.start(1), found.end(1)


def named_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Names with a dot or underscore that something just before them calls an account."""
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end(1)
        before = text[max(0, found.start(1) - _NEAR) : found.start(1)]
        # A sentence that ended speaks of something else.
        before = before.rsplit(". ", 1)[-1]
        if len(found[1]) >= 5 and not _is_file(found[1]) and _says_account(before):
            yield found[1].lower(), found.start(1), found.end(1)


def _is_file(name: str) -> bool:
    return name.lower().rpartition(".")[2] in _FILES


def _says_account(before: str) -> bool:
    return says_account(before) or platform_in(before) is not None


@cache
def _called() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {name: each.id for each in platforms() for name in each.names}
    longest = sorted(names, key=len, reverse=True)
    # Fixed alternatives without repetition: linear in any engine.
    pattern = "|".join(map(re.escape, longest))
    return re.compile(rf"(?<!\w)(?:[فبلو]?ال|[فبلو])?({pattern})(?!\w)"), names


def platform_in(text: str) -> str | None:
    """The last platform a text calls by its name; for a text around an account, or about one."""
    if text.strip().upper() == "X":
        return "x"
    found = max(_mentions(text), default=None)
    return found[1] if found else None


def platforms_in(text: str) -> Iterator[tuple[str, int]]:
    """The platforms a text names, with their places.

    A name that is a word, too, counts behind a word that says where.
    """
    lowered = text.lower()
    for at, platform, name in _mentions(text):
        if name not in _doubtful() or _WHERE.search(lowered[max(0, at - 12) : at]):
            yield platform, at


def _mentions(text: str) -> Iterator[tuple[int, str, str]]:
    pattern, names = _called()
    for each in pattern.finditer(text.lower()):
        yield each.start(1), names[each[1]], each[1]
    for each in _X.finditer(text):
        yield each.start(1), "x", "X"


@cache
def _doubtful() -> frozenset[str]:
    return frozenset(name for each in platforms() for name in each.doubtful)
