"""Identifiers: one canonical text for the many writings of the same telephone, address or link.

Every function here is pure, looks at each character a bounded number of times and answers None
when the text is not such an identifier. None raises on what a person may have typed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit

MARK_BYTES: Final = 12
LONGEST_URL: Final = 2048
LONGEST_EMAIL: Final = 254  # RFC 5321, the longest path less its brackets
LONGEST_HOST: Final = 253  # RFC 1035

# Calling code, trunk prefix, digits behind it. A country not listed needs the international form.
_NUMBERING: Final = {"MA": ("212", "0", 9)}
_PHONE_NOISE: Final = frozenset(
    " \t\u00a0\u2007\u202f-\u2010\u2011\u2012\u2013.()/\u200e\u200f\u202a\u202c\u2066\u2069"
)
_SHORTEST_PHONE, _LONGEST_PHONE = 8, 15  # E.164 digits, calling code included

_DEFANGED: Final = re.compile(r"\[\.\]|\(\.\)|\[dot\]|\[:\]|\[@\]|\[at\]|\(at\)", re.IGNORECASE)
_SCHEME: Final = re.compile(r"h(?:tt|xx)p(s?)://", re.IGNORECASE)
_LABEL: Final = re.compile(r"[^\s@/\\?#\[\]<>\"'`,;:(){}|^%]+")


Kind = Literal["url", "phone"]
Source = Literal["locations", "narrative"]


@dataclass(frozen=True)
class Identifier:
    """A typed selector found in a report, in its canonical writing."""

    kind: Kind
    canonical: str
    source: Source
    """Whether the reporter gave it as a location, or it was found in the narrative."""


def canonical_phone(text: str, country: str = "MA") -> str | None:
    """E.164 with its plus sign (`+212661000000`), from national or international writing.

    Digits of any script are read. `country` (ISO 3166-1 alpha-2) says whose national writing.
    """
    number = _dialled(text.strip()) if len(text) <= 64 else ""
    if number.startswith("00"):
        number = "+" + number[2:]
    if not number.startswith("+"):
        number = _from_national(number, country)
    # +212 (0) 6...: the trunk prefix is often kept behind the calling code.
    for code, trunk, length in _NUMBERING.values():
        doubled = f"+{code}{trunk}"
        if number.startswith(doubled) and len(number) == len(doubled) + length:
            number = f"+{code}{number[len(doubled) :]}"
    plausible = _SHORTEST_PHONE <= len(number) - 1 <= _LONGEST_PHONE and number[1] != "0"
    return number if plausible else None


def _dialled(text: str) -> str:
    """The digits, with a leading plus sign if there is one; the empty text when anything else."""
    digits = []
    for character in text:
        if character in _PHONE_NOISE:
            continue
        value = unicodedata.decimal(character, None)
        if value is not None:
            digits.append(str(value))
        elif character == "+" and not digits:
            digits.append("+")
        else:
            return ""
    return "".join(digits)


def _from_national(number: str, country: str) -> str:
    if country not in _NUMBERING:
        return ""
    code, trunk, length = _NUMBERING[country]
    if number.startswith(trunk) and len(number) == len(trunk) + length:
        return f"+{code}{number[len(trunk) :]}"
    if number.startswith(code) and len(number) == len(code) + length:
        return f"+{number}"
    return ""


def canonical_email(text: str) -> str | None:
    """The address in lower case, defanging undone.

    None when it could not receive mail, or could smuggle a header into one.
    """
    address = _refang(text.strip())
    if len(address) > LONGEST_EMAIL or not address.isprintable():
        return None
    local, at, host = address.rpartition("@")
    if not at or len(local) > 64 or not _LABEL.fullmatch(local) or not _is_public_host(host):
        return None
    return f"{local}@{host}".lower()


def canonical_url(text: str) -> str | None:
    """`scheme://host/path?query`, scheme and host in lower case.

    Defanging is undone; fragment, default port and user are dropped.
    """
    link = _refang(text.strip())
    if len(link) > LONGEST_URL or not link.isprintable() or set(link) & {" ", "\\"}:
        return None
    scheme = _SCHEME.match(link)
    if scheme:
        link = f"http{scheme[1].lower()}://{link[scheme.end() :]}"
    elif "://" in link:
        return None
    else:
        link = "https://" + link
    try:
        parts = urlsplit(link)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if not _is_public_host(host):
        return None
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme]:
        host = f"{host}:{port}"
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def _refang(text: str) -> str:
    def written(found: re.Match[str]) -> str:
        inner = found[0][1:-1].lower()
        return {"dot": ".", "at": "@"}.get(inner, inner)

    return _DEFANGED.sub(written, text)


def _is_public_host(host: str) -> bool:
    labels = host.split(".")
    return (
        len(host) <= LONGEST_HOST
        and len(labels) > 1
        and all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels)
    )


def keyed_mark(selector_key: bytes, kind: str, canonical: str) -> str:
    """What is kept of an identifier that is to be recognised but not read.

    12 bytes of HMAC-SHA-256 under the selector key, in URL-safe base 64. The reporter's own
    telephone and e-mail are kept this way, so that a report which quotes them is not linked to
    the same person's other reports as though they were the suspect's.
    """
    marked = hmac.digest(selector_key, f"mark|{kind}|{canonical}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(marked[:MARK_BYTES]).decode()


# ---- finding them in what people wrote --------------------------------------------------------

LONGEST_WORD: Final = LONGEST_URL + 64
_LINK_START: Final = re.compile(r"h(?:tt|xx)ps?(?::|\[:\])//", re.IGNORECASE)
_BARE_LINK: Final = re.compile(
    r"(?:www\.[\w-]{1,63}|[\w-]{1,63})(?:\.[\w-]{1,63}){0,8}\.[^\W\d_]{2,24}(?=/.|$)"
)
_AROUND: Final = ".,;:!?…،؛؟'\"’”»«“‘*_-|<>()[]{}"
_BREAKS: Final = re.compile(r"[\s<>\"«»“”،؛]+")
_DIGITS: Final = re.compile(r"[+]?\d++(?![A-Za-z])")  # "3afak" and "4500dh" are words
_BETWEEN_DIGITS: Final = re.compile(
    r"[ \t\u00a0\u2007\u202f\-\u2010\u2011\u2012\u2013./()\u200e\u200f\u202a\u202c]{1,3}"
)
_LONGEST_GROUP: Final = 14  # more digits in one piece are an account or a card, not a telephone
_ACCOUNT: Final = 16  # digits of a card; a Moroccan account has 24
_MOST_GROUPS: Final = 10
_MOROCCAN: Final = re.compile(r"\+212[5-8]")


def find(text: str, locations: Iterable[tuple[str, str]] = ()) -> list[Identifier]:
    """Every identifier of a report, each once: first those of its locations, then the narrative's.

    `locations` are kinds and values as typed. Linear in the length of what was written.
    """
    found: dict[tuple[Kind, str], Identifier] = {}
    for said, value in locations:
        for kind, canonical in _in_location(said, value):
            found.setdefault((kind, canonical), Identifier(kind, canonical, "locations"))
    for kind, canonical in _in_text(text):
        found.setdefault((kind, canonical), Identifier(kind, canonical, "narrative"))
    return list(found.values())


def _in_location(said: str, value: str) -> Iterator[tuple[Kind, str]]:
    """A location is believed to be what it is said to be, if it can be; else it is read as text."""
    if said == "url" and (url := canonical_url(value)):
        yield "url", url
    elif said == "phone" and (phone := canonical_phone(value)):
        yield "phone", phone
    elif said != "email":
        yield from _in_text(value)


def _in_text(text: str) -> Iterator[tuple[Kind, str]]:
    spans = []
    for word in _words(text):
        url = _url_in(word)
        if url is not None:
            yield "url", url
        else:
            spans.append(word)
    # Links are taken out first: the digits of an address are no telephone.
    for phone in _phones_in(" ".join(spans)):
        yield "phone", phone


def _words(text: str) -> Iterator[str]:
    return (word for word in _BREAKS.split(text) if word)


def _url_in(word: str) -> str | None:
    if len(word) > LONGEST_WORD:
        return None
    start = _LINK_START.search(word)
    if start:
        return canonical_url(_bared(word[start.start() :]))
    bare = _refang(_bared(word))
    named = _BARE_LINK.match(bare)
    if named and "@" not in bare and (bare.lower().startswith("www.") or named.end() < len(bare)):
        return canonical_url(bare)
    return None


def _bared(word: str) -> str:
    """A link without the punctuation of the sentence around it; its own brackets stay."""
    bare = word.lstrip("'\"’”»«“‘*_-|<>([{").rstrip(_AROUND.replace(")", "").replace("]", ""))
    while bare and bare[-1] in ")]" and bare.count(bare[-1]) > bare.count("(["[bare[-1] == "]"]):
        bare = bare[:-1].rstrip(_AROUND.replace(")", "").replace("]", ""))
    return bare


def _phones_in(text: str) -> Iterator[str]:
    """Telephones in a text: runs of digit groups, read from the left."""
    run: list[str] = []
    end = -1
    for group in _DIGITS.finditer(text):
        together = end >= 0 and _BETWEEN_DIGITS.fullmatch(text, end, group.start())
        if not together or group[0].startswith("+"):
            yield from _phones_of(run)
            run = []
        run.append(group[0])
        end = group.end()
    yield from _phones_of(run)


def _phones_of(groups: list[str]) -> Iterator[str]:
    """The telephones that groups of digits make; a group belongs to one of them at most."""
    at = 0
    while at < len(groups):
        for size in _sizes(groups, at):
            phone = canonical_phone(" ".join(groups[at : at + size]))
            if phone and (not phone.startswith("+212") or _MOROCCAN.match(phone)):
                yield phone
                at += size
                break
        else:
            if at == 0 and sum(map(len, groups)) >= _ACCOUNT:
                return  # an account or a card: what looks like a telephone inside it is none
            at += 1


def _sizes(groups: list[str], at: int) -> range:
    """How many groups may make one number, the likeliest first.

    A number that is whole in one piece ends there; what follows is an amount or a date.
    """
    length = len(groups[at].removeprefix("+"))
    if length > _LONGEST_GROUP:
        return range(0)
    if length >= 10:
        return range(1, 2)
    return range(min(_MOST_GROUPS, len(groups) - at), 0, -1)
