"""Links, domains and e-mail addresses.

Links are parsed as browsers do (WHATWG URL, `ada-url`), so that what looks like two links and opens
one page is one link: hosts in punycode, `0x7f.1` and `2130706433` as dotted addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import ada_url
import re2
from publicsuffixlist import PublicSuffixList

from casework.identifiers import canonical_email
from casework.identifiers.clean import cleaned

LONGEST_URL: Final = 2048
RESERVED: Final = frozenset({"example", "test", "invalid", "onion"})
"""Top-level names no registry sells (RFC 2606, RFC 7686)."""

_AROUND: Final = ".,;:!?…،؛؟'\"’”»«“‘*_-|<>()[]{}"
_WORD: Final = r"[^\s<>\"«»“”،؛`|\\^{}]"
LINK: Final = re2.compile(r"(?i)(?:https?|ftp)://" + _WORD + "+")
_NAMED: Final = r"(?:[\p{L}\p{N}][\p{L}\p{N}_-]*\.)+"
BARE: Final = re2.compile(_NAMED + r"\p{L}\p{L}+(?::[0-9]{2,5})?(?:[/?#]" + _WORD + r"*)?")
NUMERIC: Final = re2.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]{2,5})?/" + _WORD + "*")
EMAIL: Final = re2.compile(
    r"[\p{L}\p{N}][\p{L}\p{N}.!#$%&'*+/=?^_~-]*@" + _NAMED + r"\p{L}[\p{L}\p{N}-]*[\p{L}\p{N}]"
)


@dataclass(frozen=True)
class Link:
    """A link as a browser would open it."""

    host: str
    """Without `www.`, in punycode."""
    url: str | None
    """Canonical; None when only a host was given."""
    path: str
    opened: bool
    """Written with its scheme."""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=False)


def is_public(host: str) -> bool:
    """Whether such a name can be registered, or is reserved for examples."""
    suffix = host.rpartition(".")[2]
    return suffix in RESERVED or registrable(host) is not None


@cache
def _registrable(host: str) -> str | None:
    found = _suffixes().privatesuffix(host)
    return str(found) if found else None


def registrable(host: str) -> str | None:
    """The part of a host that somebody registered: `a.b.co.uk` → `b.co.uk`."""
    if host.rpartition(".")[2] in RESERVED:
        labels = host.split(".")
        return ".".join(labels[-2:]) if len(labels) > 1 else None
    return _registrable(host)


def canonical_url(text: str) -> str | None:
    """`scheme://host/path?query#!route` as WHATWG writes it, less user and fragment.

    `https://` is added where the scheme is missing; a lone `/` behind the host is dropped.
    """
    link = link_of(cleaned(text.strip()))
    return link.url or f"https://{link.host}" if link else None


def link_of(text: str) -> Link | None:
    """Read a link in cleaned text; None when a browser would not open it."""
    if len(text) > LONGEST_URL or not text.isprintable() or " " in text:
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
    # `www.` goes from the domain, not from the link: the two may be different pages.
    front = "www." if _has_www(text) else ""
    url = f"{scheme}//{front}{named}{tail}" if opened or tail else None
    return Link(host, url, path, opened)


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


def bared(word: str) -> str:
    """A link without the punctuation of the sentence around it; its own brackets stay."""
    ends = _AROUND.replace(")", "").replace("]", "")
    bare = word.lstrip("'\"’”»«“‘*_-|<>([{").rstrip(ends)
    while bare and bare[-1] in ")]" and bare.count(bare[-1]) > bare.count("(["[bare[-1] == "]"]):
        bare = bare[:-1].rstrip(ends)
    return bare


def email_of(text: str) -> str | None:
    """A found address in canonical writing, if its host can be registered."""
    email = canonical_email(text)
    return email if email and is_public(email.rpartition("@")[2]) else None
