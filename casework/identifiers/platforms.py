"""The platforms on which people meet: their hosts, the names in reports, their accounts."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from casework.text import arabic

FILE: Final = Path(__file__).with_name("platforms.json")

_WORD: Final = re.compile(r"[^\W_]+(?:'[a-z]{1,2}(?!\w))?")
_APART: Final = re.compile(r"[ \t'’-]{1,2}")
_LONGEST_WORD: Final = 24
_SHORTEST_WRITTEN_ONTO: Final = 4
"""Letters of a Latin name that may carry an attached preposition: `finsta`, but not `big`."""
_WRITTEN_ONTO: Final = re.compile(r"^(?:w?(?:fe?l|f|be?l|b|de?l|d|3la|3l|l)|w)(?=.)")
_VOWELS: Final = re.compile("[aeiou]")
_DOUBLED: Final = re.compile(r"(.)\1+")
_FEWEST_CONSONANTS_FROM: Final = 5
"""The fewest letters of a word whose consonants may identify a platform."""
_ARABIC_FRONT: Final = "[وف]?[بفلكعد]?(?:ال|ل)?"
_ARABIC_END: Final = "(?:ه|ها|ي|ك|و|هم|نا)?"
_ACCOUNT: Final = re.compile(r"[\w.\-]+")
MAX_QUERY_PARAMETERS: Final = 50
"""The most parameters of a link that are read."""


@dataclass(frozen=True)
class Platform:
    """An entry of `platforms.json`."""

    id: str
    hosts: tuple[str, ...]
    profile: tuple[tuple[str, ...], ...]
    """Paths of its accounts' pages, by segments; `{}` is the account, `*` anything."""
    below: bool
    """Whether each of its subdomains is an account: `nora.t.me`."""
    not_accounts: frozenset[str]
    page: frozenset[str] | None
    """Parameters that identify the page of a link; None where any may."""


@dataclass(frozen=True)
class PlatformMention:
    """A platform that a text names."""

    platform: str
    start: int
    end: int
    sure: bool
    """Whether it is certainly meant: a name that is also a word needs a preposition of place before
    it, or an account beside it."""


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return document


@cache
def _by_host() -> Mapping[str, Platform]:
    return {
        host: Platform(
            id=each["id"],
            hosts=tuple(each["hosts"]),
            profile=tuple(tuple(path.split("/")) for path in each["profile"]),
            below=each.get("below", False),
            not_accounts=frozenset(each["not_accounts"]),
            page=frozenset(each["page"].split()) if "page" in each else None,
        )
        for each in _document()["platforms"]
        for host in each["hosts"]
    }


@cache
def has_platform_names(platform: str) -> bool:
    """Whether it has names; the hosts of the synthetic reports have none."""
    return any(platform == each["id"] and each["names"] for each in _document()["platforms"])


def names_accounts(platform: str) -> bool:
    """Whether its accounts have names: those of others are telephones."""
    return platform not in _document()["by_number"].split()


def platform_from_host(host: str) -> Platform | None:
    """The platform of a host, subdomains included."""
    labels = host.split(".")[-5:]
    known = _by_host()
    return next(
        (known[name] for at in range(len(labels)) if (name := ".".join(labels[at:])) in known),
        None,
    )


def parse_query_parameters(query: str) -> dict[str, list[str]]:
    """The read part of a link's query: a report may hold a link of any length."""
    first = query.lstrip("?").split("&", MAX_QUERY_PARAMETERS)[:MAX_QUERY_PARAMETERS]
    return parse_qs("&".join(first))


def account_from_link(platform: Platform, host: str, path: str, query: str = "") -> str | None:
    """The account whose page a link is, as written; None for any other page."""
    if platform.below and (name := _subdomain_of(platform, host)):
        return name
    segments = unquote(path).strip("/").split("/")
    if segments == ["profile.php"]:
        segments += parse_query_parameters(query).get("id", [])[:1]
    for template in platform.profile:
        name = _slot_of(template, segments)
        if name and name.lower() not in platform.not_accounts:
            return name
    return None


def _subdomain_of(platform: Platform, host: str) -> str | None:
    name, _, parent = host.partition(".")
    known = parent in platform.hosts and name not in _document()["fronts"].split()
    return name if known and name not in platform.not_accounts else None


def _slot_of(template: tuple[str, ...], segments: list[str]) -> str | None:
    if len(segments) < len(template):
        return None
    name = None
    for asked, given in zip(template, segments, strict=False):
        front, slot, _ = asked.partition("{}")
        if slot and given.lower().startswith(front):
            name = given[len(front) :]
        elif slot or asked not in ("*", given.lower()):
            return None
    if name is None or not _ACCOUNT.fullmatch(name) or name.lower().endswith(".php"):
        return None
    return name


def main_page_address(host: str, path: str) -> tuple[str, str, str]:
    """Host, path and query of the same page on the platform's main host.

    The mobile edition, an old name and a short link of a video show the same page.
    """
    front, dot, rest = host.partition(".")
    if dot and front in _document()["fronts"].split() and platform_from_host(rest):
        host = rest
    host = _document()["same"].get(host, host)
    video = path.removeprefix("/")
    if host == "youtube.com":
        kind, slash, video = video.partition("/")
        if not slash or kind not in ("shorts", "embed", "live"):
            return host, path, ""
    elif host != "youtu.be":
        return host, path, ""
    return "youtube.com", "/watch", f"v={video.strip('/')}"


def redirect_target(host: str, path: str, query: str) -> str | None:
    """The target of a platform's redirecting link, from its query."""
    for each in _document()["redirects"]:
        if host == each["host"] and path.startswith(each["path"]):
            said = parse_query_parameters(query)
            return next((said[name][0] for name in each["parameters"] if name in said), None)
    return None


def find_platform_mentions(text: str) -> Iterator[PlatformMention]:
    """The platforms that a text names, in order: exact, inflected or misspelt."""
    where, before, parted = _where(), "", None
    for found in _WORD.finditer(text):
        word, start = found[0], found.start()
        if len(word) > _LONGEST_WORD:
            parted = None
            continue
        platform, sure = _called(word)
        if parted and _APART.fullmatch(text[parted.end() : start]):
            both = _parted()[_first_part(parted[0]) or ""].get(_folded(word))
            if both is not None:
                platform, sure, start = both, True, parted.start()
        if platform is not None:
            yield PlatformMention(platform, start, found.end(), sure or before in where)
        parted = found if _first_part(word) else None
        before = word.lower()


@lru_cache(maxsize=8192)
def _called(word: str) -> tuple[str | None, bool]:
    """The platform that a word names, and whether it can mean nothing else."""
    if word == "X":
        return "x", False
    folded = _folded(word)
    name, written_onto = _name_in(folded)
    if name is not None:
        return _names()[name], name not in _doubtful() or written_onto
    if word.isascii() and len(word) >= _FEWEST_CONSONANTS_FROM:
        for bare in (folded, _WRITTEN_ONTO.sub("", folded)):
            if platform := _consonants().get(_VOWELS.sub("", bare)):
                return platform, True
    return None, False


def _name_in(folded: str) -> tuple[str | None, bool]:
    """The platform name in a word, and whether a preposition of place is attached."""
    if folded in _names():
        return folded, False
    if folded.isascii():
        bare = _WRITTEN_ONTO.sub("", folded)
        long = len(bare) >= _SHORTEST_WRITTEN_ONTO
        return (bare, True) if long and bare != folded and bare in _names() else (None, False)
    found = _inflected().fullmatch(folded)
    return (found[2], bool(found[1])) if found else (None, False)


@lru_cache(maxsize=8192)
def _first_part(word: str) -> str | None:
    """The first of two words that together name a platform: "tik tok", «واتس اب»."""
    folded = _folded(word)
    if folded.isascii():
        bare = _WRITTEN_ONTO.sub("", folded)
        return next((each for each in (folded, bare) if each in _parted()), None)
    found = _inflected_part().fullmatch(folded)
    return found[1] if found else None


@lru_cache(maxsize=8192)
def _folded(word: str) -> str:
    word = word.lower()
    if not word.isascii():
        apart = unicodedata.normalize("NFD", word)
        if apart != word:
            apart = "".join(each for each in apart if not unicodedata.combining(each))
        word = apart.translate(arabic.SIMILAR_LETTERS)
    elif "'" in word:
        word = word.replace("'", "")
    return _DOUBLED.sub(r"\1", word)


@cache
def _inflected() -> re.Pattern[str]:
    return re.compile(f"({_ARABIC_FRONT})({_any_of(_names())}){_ARABIC_END}")


@cache
def _inflected_part() -> re.Pattern[str]:
    return re.compile(f"{_ARABIC_FRONT}({_any_of(_parted())})")


def _any_of(names: Iterable[str]) -> str:
    return "|".join(each for each in names if not each.isascii())


@cache
def _names() -> Mapping[str, str]:
    return {
        _folded(name): each["id"]
        for each in _document()["platforms"]
        for name in each["names"]
        if " " not in name
    }


@cache
def _parted() -> Mapping[str, Mapping[str, str]]:
    """First part of a name of two words → second part → platform."""
    parted: dict[str, dict[str, str]] = {}
    for each in _document()["platforms"]:
        for name in each["names"]:
            first, blank, second = name.partition(" ")
            if blank:
                parted.setdefault(_folded(first), {})[_folded(second)] = each["id"]
    return parted


@cache
def _doubtful() -> frozenset[str]:
    return frozenset(
        _folded(name) for each in _document()["platforms"] for name in each.get("doubtful", ())
    )


@cache
def _consonants() -> Mapping[str, str]:
    return {
        name: each["id"] for each in _document()["platforms"] for name in each.get("consonants", ())
    }


@cache
def _where() -> frozenset[str]:
    return frozenset(_document()["where"].split())
