"""Bank accounts: IBAN (ISO 13616) and the Moroccan RIB, both with the check digits of ISO 7064."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import re2

# Length of an IBAN by country: the registry of ISO 13616.
_LENGTHS: Final = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FI FO GL NL SD", "19": "MK SI",
        "20": "AT BA EE KZ LT LU XK",
        "21": "CH HR LI LV", "22": "BG BH CR DE GB GE IE ME RS VA", "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG", "25": "LY PT ST", "26": "IS TR",
        "27": "BI DJ FR GR IT MC MR SM", "28": "AL AZ BY CY DO GT HU LB MA PL SV NI",
        "29": "BR EG PS QA UA", "30": "JO KW MU YE", "31": "MT SC", "32": "LC", "33": "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN: Final = re2.compile(r"(?i)\b[A-Z]{2} ?[0-9]{2}(?:[ .\-]?[A-Z0-9]){11,30}")
_RIB: Final = re2.compile(r"[0-9](?:[ .\-/]{0,2}[0-9]){23,26}")
_RIB_DIGITS: Final = 24
_SEPARATORS: Final = str.maketrans("", "", " .-/")


def canonical_iban(text: str) -> str | None:
    """The IBAN without blanks, in capitals; None when length or check digits are wrong."""
    iban = text.translate(_SEPARATORS).upper()
    length = _LENGTHS.get(iban[:2])
    if length is None or len(iban) != length or not iban.isalnum() or not iban.isascii():
        return None
    # Prose can have the right length and, one time in 97, the right check digits ("is 12 and …").
    if sum(each.isdigit() for each in iban) * 2 < length:
        return None
    moved = iban[4:] + iban[:4]
    return iban if int("".join(str(int(each, 36)) for each in moved)) % 97 == 1 else None


def canonical_rib(text: str) -> str | None:
    """The 24 digits of a Moroccan account; None when the last two do not check the others."""
    rib = text.translate(_SEPARATORS)
    if len(rib) != _RIB_DIGITS or not (rib.isascii() and rib.isdigit()):
        return None
    return rib if int(rib[:-2]) * 100 % 97 + int(rib[-2:]) == 97 else None


def rib_of(iban: str) -> str | None:
    """The RIB that a Moroccan IBAN holds."""
    return canonical_rib(iban[4:]) if iban.startswith("MA") else None


def ibans_in(text: str) -> Iterator[tuple[str, int, int]]:
    """IBANs of a cleaned text with their places."""
    for found in _IBAN.finditer(text):
        length = _LENGTHS.get(found[0][:2].upper())
        if length is None:
            continue
        end = _end_of(found[0], length)
        if end is not None and (iban := canonical_iban(found[0][:end])):
            yield iban, found.start(), found.start() + end


def ribs_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Moroccan accounts of a cleaned text with their places."""
    for found in _RIB.finditer(text):
        end = _end_of(found[0], _RIB_DIGITS)
        if end is not None and (rib := canonical_rib(found[0][:end])):
            yield rib, found.start(), found.start() + end


def _end_of(text: str, length: int) -> int | None:
    """Where the first `length` letters and digits end."""
    seen = 0
    for at, character in enumerate(text):
        seen += character.isalnum()
        if seen == length:
            return at + 1
    return None
