"""Accounts on platforms: the name after an @, in the address of a page, or announced as a name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Final

import re2

from casework.identifiers.cues import (
    announced_names,
    find_account_lead,
    find_announced_name,
    says_account,
    says_other,
)
from casework.identifiers.platforms import PlatformMention, find_platform_mentions, names_accounts
from casework.identifiers.prose import is_prose_word

MAX_HANDLE_LENGTH: Final = 64
_LONGER: Final = MAX_HANDLE_LENGTH + 4
"""The longest name, in characters."""
_AT: Final = re2.compile(
    r"(?:^|[^\p{Latin}\p{N}_@.+-])@( ?)([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)"
)
_PRICE: Final = re.compile(r"\d+(?:dhs?|mad|euros?|eur|usd|da|k|h|am|pm)?", re.IGNORECASE)
"""The text after an "@" that means "at"."""
HANDLE_PATTERN: Final = re2.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_FRONT: Final = r"(?:^|[^\p{Latin}\p{N}_@./+-]|[^\p{L}\p{N}]/)"
_FORM: Final = (
    r"([A-Za-z0-9_]+(?:[._][A-Za-z0-9_]+)+|_+[A-Za-z0-9]{3,}_*|[A-Za-z0-9]{3,}_+"
    r"|[A-Za-z]{3}[A-Za-z0-9]*[0-9]{2}|[0-9]{14,15})"
)
"""The form of an account: with a dot or underscore, or with digits at its end."""
_TOKEN: Final = re2.compile(_FRONT + _FORM)
_BEGINS: Final = re2.compile(_FRONT + "$")
_FORMED: Final = re2.compile(_FORM)
_place: Final = attrgetter("start")
_PARTS: Final = re.compile(r"[._]")
_NUMBERED_PART: Final = re.compile(r"[A-Za-z]{2}[0-9]{2,}(?:[._]|$)")
_ENDS_OF_NAMES: Final = re.compile(
    r"(?i)_(?:ma|maroc|off|officiel(?:le)?|official|oficial|shop|store|boutique|vip|tv|pro)$"
)
"""Endings that people add to a name that is taken."""
_NUMERIC_ID: Final = re2.compile(r"(?:1000[0-9]{11}|615[0-9]{11})")
"""The number of a Facebook account."""
_NEAR: Final = 60
"""Characters before a bare name where a word may call it an account."""
_BANK: Final = re.compile(r"(?i)\b(?:bancaires?|bank|bancari[ao]|banque|rib)\b|بنكي|البنك")
_IS: Final = r"(?:(?:est|is|es|howa|c'est|هو)\s)?"
_DIRECTLY: Final = re.compile(rf"[^\w]{{0,4}}{_IS}[^\w]{{0,2}}")
_LAST_WORD: Final = re.compile(rf"(?:^|\s)(\S{{1,24}}?)[^\w]{{1,4}}{_IS}$")
_LINKED: Final = re.compile(
    r"\s?[»”\"')]?\s?[(\[«-]?\s?(?:(?:,\s?)?(?:sur|on|en|f|fi|in|de|via|por|par|with|dyal|dial|ف|في|على|ديال|عبر)\s)?"
    r"(?:l['’ ]|le |son |his |the )?"
)
"""The connection from a name to the platform after it: "nora.s (Instagram)", "nora.s sur insta"."""
_LABEL_SIGN: Final = re.compile(r"\s?[:=]")
"""Text after a platform which shows that the next item is on it, and not the one before."""
_FEWEST_LETTERS: Final = 2
_SHORTEST_PART: Final = 4
"""The letters that a word between underscores may consist of."""
MIN_PROSE_WORD_LENGTH: Final = 5
"""The fewest letters from which a word is recognised as prose."""
_CLAUSE_ENDS: Final = re.compile(
    r"\s{0,8}(?:$|[\n,;.:!?()»”\"'/|\]؛،-])|\s(?:et|ou|and|or|y|o|w|qui|who|li|lli)\b"
    r"|\s?[\u0621-\u064a]"
)
_PICTURE: Final = re.compile(r"(?i)(?:img|vid|pxl|dsc|screenshot|whatsapp_image)[_-]?[0-9]*_")
"""Telephones' names of pictures."""
_FILES: Final = frozenset(
    {
        *("apk", "bak", "bat", "doc", "docx", "exe", "html", "iso", "jpeg", "jpg", "js", "mp3"),
        *("mp4", "pdf", "png", "rar", "scr", "txt", "xls", "xlsx", "zip"),
    }
)
"""Endings of file names, which are no accounts."""
_ACCENTED: Final = re.compile("[\u00c0-\u024f]")
"""A letter that no account name has."""
_APART: Final = re.compile(r"[\s()،:,;]+")
_UNUSUAL: Final = re.compile(r"[._\d]")
_PLAIN_PREFIX: Final = re.compile(r"^[@＠]\s*")


def handle_from_field(value: str) -> str | None:
    """The account in a value of an account field; None for a display name or anything else."""
    name = _PLAIN_PREFIX.sub("", value.strip())
    if HANDLE_PATTERN.fullmatch(name) and any(each.isalnum() for each in name):
        return name.lower()
    found = next(find_at_handles(value), None)
    if found is not None:
        return found[0]
    # "nora.t (Instagram)", "insta: nora.t": the one word that cannot be prose
    words = [each for each in _APART.split(value) if each]
    names = [each for each in words if HANDLE_PATTERN.fullmatch(each) and _UNUSUAL.search(each)]
    return names[0].lower() if len(names) == 1 else None


def find_at_handles(text: str) -> Iterator[tuple[str, int, int]]:
    """Names after an @, in lower case, with their positions."""
    for found in _AT.finditer(text):
        if _ACCENTED.fullmatch(text[found.end() : found.end() + 1]):
            continue  # "@Maître" is a word
        # "@ la gare" is "at"; after a blank, only a name that looks like no word counts.
        if not _PRICE.fullmatch(found[2]) and not (found[1] and found[2].isalpha()):
            yield found[2].lower(), found.start(2), found.end(2)


def find_named_handles(
    text: str, mentions: Sequence[PlatformMention]
) -> Iterator[tuple[str, int, int]]:
    """Names that the words before them call an account, in lower case, with their positions.

    `mentions` are the platforms that the text names.
    """
    for found in _TOKEN.finditer(text):
        if _is_name(text, found[1], found.start(1), mentions):
            yield found[1].lower(), found.start(1), found.end(1)
    for name, start, announced in announced_names(text):
        if _is_told(text, name, start, announced=announced):
            yield name.lower(), start, start + len(name)


def is_named_handle(text: str, at: int, mentions: Sequence[PlatformMention]) -> bool:
    """Whether `find_named_handles` finds a name that begins there, at the cost of the text around
    it."""
    if _BEGINS.search(text[max(0, at - 2) : at]):
        found = _FORMED.match(text[at : at + _LONGER])
        if found is not None and _is_name(text, found[1], at, mentions):
            return True
    told = find_announced_name(text, at)
    return told is not None and _is_told(text, told[0], at, announced=told[1])


def _is_name(text: str, name: str, start: int, said: Sequence[PlatformMention]) -> bool:
    ends = len(name) <= MAX_HANDLE_LENGTH and not continues_word(text, start + len(name))
    return ends and _is_named(text, name, start, said)


def _is_told(text: str, name: str, start: int, *, announced: bool) -> bool:
    end = start + len(name)
    if continues_word(text, end) or _is_file(name) or not any(map(str.isalpha, name)):
        return False
    return name[-2:].isdigit() or (
        announced and is_clause_end(text, end) and not is_prose_word(name)
    )


def continues_word(text: str, end: int) -> bool:
    """Whether the following text makes it part of a longer word, an address or a link."""
    behind = text[end : end + 1]
    return bool(behind) and (
        behind in "_@/"
        or (behind.isascii() and behind.isalnum())
        or _ACCENTED.fullmatch(behind) is not None
    )


def is_clause_end(text: str, end: int) -> bool:
    """Whether the clause ends there, or continues in another script."""
    return _CLAUSE_ENDS.match(text, end) is not None


def _is_named(text: str, name: str, start: int, mentions: Sequence[PlatformMention]) -> bool:
    if len(name) < 5 or _is_file(name):
        return False
    before = text[max(0, start - _NEAR) : start]
    # A sentence that ended speaks of something else.
    ended = before.rfind(". ")
    before = before[ended + 2 :] if ended >= 0 else before
    near = mentions_between(mentions, start - len(before), start)
    if name.isdigit():
        known = _NUMERIC_ID.fullmatch(name) is not None
        return known and any(each.platform == "facebook" for each in near)
    if sum(map(str.isalpha, name)) < _FEWEST_LETTERS or _BANK.search(before):
        return False
    if platform_behind(text, start + len(name), mentions) and _cannot_be_prose(name):
        return True
    if _PARTS.search(name):
        stressed = name.strip("_")  # "_urgent_"
        told = bool(near) or says_account(before) or _looks_like_one(before, stressed)
        return told and not (stressed.isalpha() and is_prose_word(stressed))
    if near and _leads(text, near[-1].end, start):
        return True
    if before.endswith((": ", ":")) and says_account(before) and _cannot_be_prose(name):
        return True
    last = _LAST_WORD.search(before)
    return last is not None and says_account(last[1])


def _looks_like_one(before: str, name: str) -> bool:
    """Whether it is an account without any announcement: words joined by underscores, one of which
    is no prose or ends in a number. Tags, passwords, files and references are excluded."""
    if "_" not in name or name.isupper() or before.endswith("#") or says_other(before):
        return False
    made_up = (
        len(part) >= _SHORTEST_PART and part.isalpha() and not is_prose_word(part)
        for part in _PARTS.split(name)
    )
    named_so = _NUMBERED_PART.search(name) or _ENDS_OF_NAMES.search(name)
    return "." in name or named_so is not None or any(made_up)


def _cannot_be_prose(name: str) -> bool:
    """Whether a name with dots, underscores or digits is neither two sentences without a blank
    between them, nor words with a number or a line: "publié.sur Facebook", "iphone15",
    "video_finale"."""
    words = [part.rstrip("0123456789") for part in _PARTS.split(name)]
    long = [word for word in words if len(word) >= MIN_PROSE_WORD_LENGTH]
    if name.count(".") > 1 or ("_" in name and (not long or _NUMBERED_PART.search(name))):
        return True
    return any(not is_prose_word(word) for word in long)


def _leads(text: str, end: int, start: int) -> bool:
    """Whether only words stand between the name of a platform and an account."""
    led = find_account_lead(text[end : start + 2])
    return led is not None and led[0] == start - end


def _is_file(name: str) -> bool:
    return _PICTURE.match(name) is not None or name.lower().rpartition(".")[2] in _FILES


def last_platform_named(text: str) -> str | None:
    """The last platform that a text names; for a text around or about an account."""
    if text.strip().upper() == "X":
        return "x"
    named = [each.platform for each in find_platform_mentions(text)]
    return named[-1] if named else None


def platform_for_handle(
    text: str, start: int, end: int, mentions: Sequence[PlatformMention]
) -> str | None:
    """The platform of the account at this position; `mentions` are those that the text names.

    It is named right before it, right after it ("@nora sur Instagram"), or some words before.
    """
    front = start - 1 if text[start - 1 : start] == "@" else start
    last: PlatformMention | None = None
    for each in mentions_between(mentions, front - _NEAR, front):
        if each.end <= front and names_accounts(each.platform):
            if _DIRECTLY.fullmatch(text[each.end : front]) or _leads(text, each.end, front):
                return each.platform
            last = each if each.sure else last
    behind = platform_behind(text, end, mentions)
    return behind or (last.platform if last else None)


def platform_behind(text: str, end: int, said: Sequence[PlatformMention]) -> str | None:
    """The platform right after an account that ends there: "@nora (Instagram)"."""
    following = mentions_between(said, end, end + _NEAR)
    leads = _LINKED.match(text[end : end + _NEAR])
    if not following or leads is None:
        return None
    first, here = following[0], end + leads.end()
    of_next = _LABEL_SIGN.match(text, first.end) or not names_accounts(first.platform)
    leads_there = first.start <= here < first.end and here > end
    return first.platform if leads_there and not of_next else None


def mentions_between(
    mentions: Sequence[PlatformMention], start: int, end: int
) -> Sequence[PlatformMention]:
    """The platforms named from `start` on and before `end`; they are in order."""
    first = bisect_left(mentions, start, key=_place)
    return mentions[first : bisect_left(mentions, end, first, key=_place)]
