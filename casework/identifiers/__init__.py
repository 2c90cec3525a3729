"""Identifiers: one canonical text for the many writings of the same telephone, address or link.

    casework.identifiers            the reporter's own contact, for intake: light
    casework.identifiers.extraction       every identifier of a report: with the libraries of triage

Every function here is pure, looks at each character a bounded number of times, and returns None for
a text that is no such identifier. None raises on typed text. docs/identifiers.md describes the
canonical forms. Not here: which case owns an identifier (`casework.linking`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

IDENTIFIER_MARK_BYTES: Final = 12
MAX_EMAIL_LENGTH: Final = 254  # RFC 5321, the longest path less its brackets
MAX_HOST_LENGTH: Final = 253  # RFC 1035

# Calling code, trunk prefix, digits after it. Other countries need the international form.
_NUMBERING: Final = {"MA": ("212", "0", 9)}
_PHONE_NOISE: Final = str.maketrans(
    "",
    "",
    " \t\u00a0\u2007\u202f-\u2010\u2011\u2012\u2013.()/\u200e\u200f\u202a\u202c\u2066\u2069",
)
_SHORTEST_PHONE, _LONGEST_PHONE = 8, 15  # E.164 digits, calling code included

_DEFANGED: Final = re.compile(r"\[\.\]|\(\.\)|\[dot\]|\[:\]|\[@\]|\[at\]|\(at\)", re.IGNORECASE)
_LABEL: Final = re.compile(r"[^\s@/\\?#\[\]<>\"'`,;:(){}|^%]+")

_DOTTED: Final = frozenset({"gmail.com", "googlemail.com"})
"""Mail hosts that ignore a dot in the name."""
_TAGGED: Final = _DOTTED | {"outlook.com", "hotmail.com", "live.com", "icloud.com", "proton.me"}
"""Mail hosts that read `name+anything` as `name`."""


Kind = Literal[
    "url",
    "domain",
    "email",
    "phone",
    "iban",
    "rib",
    "btc",
    "eth",
    "handle",
    "file_hash",
    "platform",
]
Source = Literal["locations", "narrative"]


@dataclass(frozen=True)
class Identifier:
    """A typed selector found in a report, in canonical form."""

    kind: Kind
    canonical: str
    source: Source
    """Whether it came from a location field or from the narrative."""
    platform: str | None = None
    """For a handle or link: its platform, as in `platforms.json`."""
    own: bool = False
    """The reporter says that it is their own."""
    registered: str | None = None
    """For a domain: its registrable part."""


def canonicalise_phone(text: str, country: str = "MA") -> str | None:
    """E.164 with its plus sign (`+212661000000`), from national or international writing.

    Digits of any script are read. `country` (ISO 3166-1 alpha-2) gives the national form.
    """
    number = _dialled(_whole(text.strip())) if len(text) <= 64 else ""
    if number.startswith("00"):
        number = "+" + number[2:]
    if not number.startswith("+"):
        number = _from_national(number, country)
    # +212 (0) 6...: people often keep the trunk prefix after the calling code.
    for code, trunk, length in _NUMBERING.values():
        doubled = f"+{code}{trunk}"
        if number.startswith(doubled) and len(number) == len(doubled) + length:
            number = f"+{code}{number[len(doubled) :]}"
    plausible = _SHORTEST_PHONE <= len(number) - 1 <= _LONGEST_PHONE and number[1] != "0"
    return number if plausible else None


def phone_length_range(opening: str) -> tuple[int, int]:
    """The fewest and the most digits of a telephone with this beginning.

    `opening` is a plus sign, or two digits. A number of digits between the two may still be none.
    """
    code, trunk, length = _NUMBERING["MA"]
    zero = len("0")  # of a trunk prefix in brackets, which is not dialled
    if opening.startswith("+"):
        return _SHORTEST_PHONE, _LONGEST_PHONE + zero
    if opening == "00":
        return len(opening) + _SHORTEST_PHONE, len(opening) + _LONGEST_PHONE + zero
    begins = trunk if opening.startswith(trunk) else code
    return len(begins) + length, len(begins) + length


def _whole(text: str) -> str:
    """+44 (0)20...: the trunk prefix in brackets is not dialled after a calling code."""
    return text.replace("(0)", "", 1) if text.startswith(("+", "00")) else text


def _dialled(text: str) -> str:
    """The digits, with a leading plus sign if there is one; the empty text for anything else."""
    told = text.translate(_PHONE_NOISE)
    digits = told.removeprefix("+")
    if not digits.isdecimal():
        return ""
    if digits.isascii():
        return told
    return told[: -len(digits)] + "".join(str(unicodedata.decimal(each)) for each in digits)


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
    """The address in lower case, without defanging.

    None when it could not receive mail, or could smuggle a header into one.
    """
    address = _refang(text.strip())
    if len(address) > MAX_EMAIL_LENGTH or not address.isprintable():
        return None
    local, at, host = address.rpartition("@")
    if not at or len(local) > 64 or not _LABEL.fullmatch(local) or not _is_public_host(host):
        return None
    return f"{local}@{host}".lower()


def mailbox_from_email(email: str) -> str:
    """The mailbox of a canonical address: `a.b+c@gmail.com` is `ab@gmail.com`."""
    local, _, host = email.rpartition("@")
    if host in _TAGGED:
        local = local.partition("+")[0] or local
    if host in _DOTTED:
        local, host = local.replace(".", ""), "gmail.com"
    return f"{local}@{host}"


def _refang(text: str) -> str:
    def written(found: re.Match[str]) -> str:
        inner = found[0][1:-1].lower()
        return {"dot": ".", "at": "@"}.get(inner, inner)

    return _DEFANGED.sub(written, text)


def _is_public_host(host: str) -> bool:
    labels = host.split(".")
    return (
        len(host) <= MAX_HOST_LENGTH
        and len(labels) > 1
        and all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels)
    )


def keyed_mark(key: bytes, kind: str, canonical: str) -> str:
    """The stored mark of an identifier that must be recognised but not read.

    12 bytes of HMAC-SHA-256, in URL-safe base 64. The reporter's own telephone and e-mail are
    stored this way, under a key with no other use. So a report that quotes them is not linked to
    the same person's other reports as if they were the suspect's.
    """
    marked = hmac.digest(key, f"mark|{kind}|{canonical}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(marked[:IDENTIFIER_MARK_BYTES]).decode()


def identifier_label(selector_key: bytes, kind: str, canonical: str) -> str:
    """The name of an identifier in histories and suggestions: `kind:mark`, to compare and not to
    read.

    An attacker could hash every phone number of a country in a minute, and a history stays when
    reports are erased. So the mark is a keyed HMAC. It differs from intake's mark of a reporter's
    own contact, so no history points at a reporter.
    """
    return f"{kind}:{keyed_mark(selector_key, f'told-{kind}', canonical)}"
