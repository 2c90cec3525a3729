"""Links, domains and e-mail addresses.

Links are parsed as browsers do (WHATWG URL, `ada-url`), so two writings that open one page are one
link: hosts in punycode, `0x7f.1` and `2130706433` as dotted addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

import ada_url
import re2
from publicsuffixlist import PublicSuffixList

from casework.identifiers import MAX_HOST_LENGTH, canonical_email
from casework.identifiers.cues import sentence_starts
from casework.identifiers.prose import is_prose_word

MAX_URL_LENGTH: Final = 2048
RESERVED_DOMAINS: Final = frozenset({"example", "test", "invalid", "onion"})
"""Top-level names no registry sells (RFC 2606, RFC 7686)."""

FILE_EXTENSION_DOMAINS: Final = frozenset({"mov", "zip"})
"""Top-level names that end names of files far more often than hosts."""
COMMON_TOP_LEVEL_DOMAINS: Final = frozenset({"com", "net", "org", "ma", "fr", "es"})
_AROUND: Final = ".,;:!?…،؛؟'\"’”»«“‘*_-|<>()[]{}"
_OPENED_BY: Final = {")": "(", "]": "["}
_WORD: Final = r"[^\s<>\"«»“”،؛`|\\^{}]"
LINK_PATTERN: Final = re2.compile(r"(?i)(?:https?|ftp)://" + _WORD + "+")
# Names in one script: a word of an Arabic sentence is often attached to a Latin address.
_LATIN: Final = r"\p{Latin}\p{Cyrillic}\p{Greek}\p{Han}"
_NAMED: Final = rf"(?:[{_LATIN}\p{{N}}][{_LATIN}\p{{N}}_-]*\.)+"
_NAMED_IN_ARABIC: Final = r"(?:[\p{Arabic}\p{N}][\p{Arabic}\p{N}_-]*\.)+"
_BEHIND: Final = r"(?::[0-9]{2,5})?(?:[/?#]" + _WORD + r"*)?"
BARE_LINK_PATTERN: Final = re2.compile(
    rf"(?:{_NAMED}[{_LATIN}][{_LATIN}]+|{_NAMED_IN_ARABIC}\p{{Arabic}}\p{{Arabic}}+){_BEHIND}"
)
NUMERIC_LINK_PATTERN: Final = re2.compile(
    r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]{2,5})?/" + _WORD + "*"
)
EMAIL_PATTERN: Final = re2.compile(
    rf"[{_LATIN}\p{{N}}_][{_LATIN}\p{{N}}.!#$%&*+?^_~-]*@{_NAMED}[{_LATIN}][{_LATIN}\p{{N}}-]*[{_LATIN}\p{{N}}]"
    rf"|[\p{{Arabic}}\p{{N}}][\p{{Arabic}}\p{{N}}._-]*@{_NAMED_IN_ARABIC}\p{{Arabic}}+"
)
_NEXT_LISTED: Final = re2.compile(
    r"(?i)[,;|]+(?:https?://|www\.|[a-z0-9._%+-]+@|[a-z0-9-]+(?:\.[a-z0-9-]+)*(\.[a-z]{2,12})\b)"
)
_NEXT_GLUED: Final = re2.compile(r"(?i)[^=/?&%#:]https?://")
"""The start of another link in a run of characters: after a comma, or after a letter."""
_RUN_ON: Final = re2.compile(r"[A-Za-z0-9/](\p{Arabic}[\p{Arabic}\p{M}]*)$")
"""A word of an Arabic sentence attached to the end of a Latin address."""


@dataclass(frozen=True)
class ParsedLink:
    """A link as a browser would open it."""

    host: str
    """Without `www.`, in punycode."""
    url: str | None
    """Canonical; None when only a host was given."""
    path: str
    query: str
    """With its question mark; empty without one."""
    opened: bool
    """Written with its scheme."""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=False)


def is_public_domain(host: str) -> bool:
    """Whether such a name can be registered, or is reserved for examples."""
    if len(host) > MAX_HOST_LENGTH:
        return False
    suffix = host.rpartition(".")[2]
    return suffix in RESERVED_DOMAINS or registrable_domain(host) is not None


@lru_cache(maxsize=4096)
def _registrable(host: str) -> str | None:
    found = _suffixes().privatesuffix(host)
    # No registry sells a name with an underscore: that is an account's.
    return str(found) if found and "_" not in found else None


def registrable_domain(host: str) -> str | None:
    """The registrable part of a host: `a.b.co.uk` → `b.co.uk`."""
    if len(host) > MAX_HOST_LENGTH:
        return None
    if host.rpartition(".")[2] in RESERVED_DOMAINS:
        labels = host.split(".")
        return ".".join(labels[-2:]) if len(labels) > 1 else None
    return _registrable(host)


def parse_link(text: str) -> ParsedLink | None:
    """Read a link in cleaned text; None when a browser would not open it.

    `https://` is added where the scheme is missing; a lone `/` after the host is removed.
    """
    if len(text) > MAX_URL_LENGTH or not text.isprintable() or " " in text:
        return None
    opened = "://" in text[:8].lower()
    parsed = _parsed(text if opened else f"https://{text}")
    if parsed is None:
        return None
    scheme, host, port, path, query, fragment = parsed
    host = host.rstrip(".").removeprefix("www.")
    if not _is_host(host):
        return None
    kept = fragment if fragment.startswith(("#!", "#/")) else ""
    tail = ("" if path == "/" and not query and not kept else path) + query + kept
    named = host if not port else f"{host}:{port}"
    # The domain loses `www.`, the link keeps it: the two may be different pages.
    front = "www." if _has_www(text) else ""
    url = f"{scheme}//{front}{named}{tail}" if opened or tail else None
    return ParsedLink(host, url, path, query, opened)


def _has_www(text: str) -> bool:
    return text.lower().partition("://")[2].startswith("www.") or text.lower().startswith("www.")


def _parsed(text: str) -> tuple[str, str, str, str, str, str] | None:
    try:
        url = ada_url.URL(text)
    except ValueError:
        return None
    if url.protocol not in ("http:", "https:", "ftp:"):
        return None
    return url.protocol, url.hostname, url.port, url.pathname, url.search, url.hash


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return True
    if host.replace(".", "").isdigit():
        return host.count(".") == 3
    return "." in host and len(host) <= 253


def begins_sentences(ending: str) -> bool:
    """Whether the name of a top-level domain is, or may be, the first word of a sentence."""
    return len(ending) == 2 or ending in sentence_starts()


def split_listed_links(run: str) -> Iterator[tuple[int, str]]:
    """The parts of a run of characters that may each hold a link, with their positions.

    One pass: the number of consecutive links does not change the cost per character.
    """
    begins = [
        found.start()
        for found in _NEXT_LISTED.finditer(run)
        if found[1] is None or is_public_domain(found[0].lstrip(",;|").lower())
    ]
    begins += [found.start() + 1 for found in _NEXT_GLUED.finditer(run)]
    ends = [*sorted(set(begins) - {0}), len(run)]
    for at, end in pairwise([0, *ends]):
        yield at, run[at:end]


def cut_attached_sentence(text: str) -> str:
    """A host or address without an attached next word: `boutique-sara.ma.Merci`.

    A text that may be two sentences ("parti.ma.Fille") stays as it is.
    """
    front, _, last = text.rpartition(".")
    local, _, host = front.rpartition("@")
    first, _, ending = host.partition(".")
    if (
        not last.istitle()
        or not last.isalpha()
        or "/" in text
        or not is_public_domain(host.lower())
    ):
        return text
    if is_public_domain(text.rpartition("@")[2].lower()) and not front.islower():
        return text  # "Meubles.Com.Ma", but "boutique-sara.ma.Il"
    sure = local or not first.isalpha() or not is_prose_word(first)
    return front if sure and ending.lower() in COMMON_TOP_LEVEL_DOMAINS else text


def strip_link_punctuation(word: str) -> str:
    """A link without the punctuation of the sentence around it; its own brackets stay."""
    ends = _AROUND.replace(")", "").replace("]", "")
    bare = word.lstrip("'\"’”»«“‘*_-|<>([{").rstrip(ends)
    bare = bare[: _own_end(bare, ends)]
    run_on = _RUN_ON.search(bare)
    if run_on and bare[run_on.start()] != "/":
        bare = bare[: run_on.start(1)].rstrip(ends)
    return bare


def _own_end(bare: str, ends: str) -> int:
    """The end of a link whose last brackets close none of its own."""
    left = {each: bare.count(each) for each in "()[]"}
    end = len(bare)
    while end:
        last = bare[end - 1]
        closes_its_own = last in _OPENED_BY and left[last] <= left[_OPENED_BY[last]]
        if closes_its_own or not (last in _OPENED_BY or last in ends):
            break
        if last in left:
            left[last] -= 1
        end -= 1
    return end


def parse_email(text: str) -> str | None:
    """A found address in canonical form, if its host can be registered."""
    email = canonical_email(text)
    return email if email and is_public_domain(email.rpartition("@")[2]) else None
