"""Bank accounts: IBAN (ISO 13616) and the Moroccan RIB, with the check digits of ISO 7064."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate, pairwise
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
_IBAN: Final = re2.compile(r"(?i)(?:\b|IBAN)([A-Z]{2})[ .\-]{0,2}[0-9]{2}")
"""The possible beginning of one; the country gives its length."""
_BETWEEN: Final = frozenset(" \t\r\n.,:;-/|_")
_DIGITS: Final = re.compile(r"[0-9]+")
_IN_PARTS: Final = re2.compile(
    r"\b([0-9]{3})[^0-9]{1,30}([0-9]{3})[^0-9]{1,30}([0-9](?:[ .\-]?[0-9]){15})"
    r"[^0-9]{1,30}([0-9]{2})\b"
)
_KEY_APART: Final = re2.compile(
    r"(?i)\b([0-9](?:[ .\-]?[0-9]){21})[^\p{L}\p{N}]{1,4}(?:cl[eé]|key|clave|المفتاح|مفتاح)"
    r"[^0-9]{0,8}([0-9]{2})\b"
)
"""The form of a bank slip: bank, city, account and check digits each after its name, or the check
digits alone after theirs."""
_RIB_DIGITS: Final = 24
MAX_DIGIT_GROUP_GAP: Final = 3
"""Characters between two pieces of one account."""
_SEPARATORS: Final = str.maketrans("", "", " .,:;-/|_\t\r\n")


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


def rib_from_iban(iban: str) -> str | None:
    """The RIB that a Moroccan IBAN holds."""
    return canonical_rib(iban[4:]) if iban.startswith("MA") else None


def find_ibans(text: str) -> Iterator[tuple[str, int, int]]:
    """IBANs of a cleaned text with their positions."""
    taken = 0
    for found in _IBAN.finditer(text):
        start = found.start(1)
        length = _LENGTHS.get(found[1].upper())
        if length is None or start < taken:
            continue
        end = _end_of(text, start, length)
        if end is not None and (iban := canonical_iban(text[start:end])):
            taken = end
            yield iban, start, end


def _end_of(text: str, start: int, length: int) -> int | None:
    """The end of this many letters and digits, in pieces separated by blanks or a new line."""
    seen, apart = 0, 0
    for at in range(start, len(text)):
        if text[at].isalnum():
            seen, apart = seen + 1, 0
            if seen == length:
                ended = at + 1 == len(text) or not text[at + 1].isdigit()
                return at + 1 if ended else None
        else:
            apart += 1
            if apart > MAX_DIGIT_GROUP_GAP or text[at] not in " \t\r\n.-/":
                return None
    return None


def find_ribs(text: str) -> Iterator[tuple[str, int, int]]:
    """Moroccan accounts of a cleaned text with their positions: whole groups of digits."""
    groups = [found.span() for found in _DIGITS.finditer(text)]
    before = [0, *accumulate(end - start for start, end in groups)]
    if before[-1] < _RIB_DIGITS:
        return
    parted = [
        start - end > MAX_DIGIT_GROUP_GAP or not _BETWEEN.issuperset(text[end:start])
        for (_, end), (start, _) in pairwise(groups)
    ]
    partings = [0, *accumulate(parted)]
    at = 0
    while at < len(groups):
        # The groups from here on with 24 digits in all, without a separator of accounts.
        last = bisect_left(before, before[at] + _RIB_DIGITS, at + 1) - 1
        whole = last < len(groups) and before[last + 1] - before[at] == _RIB_DIGITS
        rib = None
        if whole and partings[last] == partings[at]:
            rib = canonical_rib(text[groups[at][0] : groups[last][1]])
        if rib is None:
            at += 1
        else:
            yield rib, groups[at][0], groups[last][1]
            at = last + 1
    for pattern in (_IN_PARTS, _KEY_APART):
        for found in pattern.finditer(text):
            if rib := canonical_rib("".join(found.groups())):
                yield rib, *found.span()
