"""Wallets: bitcoin (base58check, bech32 and bech32m) and ethereum (EIP-55), checksums verified.

The three checks are some lines each, and the libraries that have them would be used for nothing
else (python-stdnum: 5 MB, LGPL; coinaddrvalidator: 60 MB).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import re2

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BITCOIN: Final = re2.compile(
    r"(?:\b|_)((?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|(?i:bc1)[0-9A-Za-z]{11,71}))\b"
)
_ETHEREUM: Final = re2.compile(r"(?:\b|_)(0[xX][0-9A-Fa-f]{40})\b")
_BASE58_APART: Final = re2.compile(r"(?:\b|_)([13][1-9A-HJ-NP-Za-km-z]{3,33})\s")
_BECH32_APART: Final = re2.compile(r"(?i)(?:\b|_)(bc1[0-9a-z]{1,58})\s")
_ETHEREUM_APART: Final = re2.compile(r"(?:\b|_)(0[xX][0-9A-Fa-f]{2,39})\s")
"""The first piece of an address that blanks or the end of a line divide."""
_BECH32_WRITTEN: Final = _BECH32 + _BECH32.upper()
_HEXADECIMAL: Final = "0123456789abcdefABCDEF"
_MOST_PIECES: Final = 14
_LONGEST: Final = 120
"""Characters of an address with its separators."""
_AROUND: Final = ".,;:!?)]»\"'"
_BASE58_LENGTHS: Final = range(26, 36)
_BECH32_LENGTHS: Final = range(42, 63, 20)
_ETHEREUM_LENGTHS: Final = range(42, 43)
_VERSIONS: Final = (0x00, 0x05)  # pay to a key, pay to a script
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CONSTANTS: Final = (1, 0x2BC830A3)  # BIP 173 for version 0, BIP 350 from version 1


def find_bitcoin_addresses(text: str) -> Iterator[tuple[str, int, int]]:
    """Bitcoin addresses of a cleaned text with their positions."""
    for found in _BITCOIN.finditer(text):
        if address := canonical_bitcoin(found[1]):
            yield address, found.start(1), found.end(1)
    for found in _BASE58_APART.finditer(text):
        yield from _joined(text, found, _BASE58_LENGTHS, _BASE58, canonical_bitcoin)
    for found in _BECH32_APART.finditer(text):
        yield from _joined(text, found, _BECH32_LENGTHS, _BECH32_WRITTEN, canonical_bitcoin)


def find_ethereum_addresses(text: str) -> Iterator[tuple[str, int, int]]:
    """Ethereum addresses of a cleaned text with their positions."""
    for found in _ETHEREUM.finditer(text):
        if address := canonical_ethereum(found[1]):
            yield address, found.start(1), found.end(1)
    for found in _ETHEREUM_APART.finditer(text):
        yield from _joined(text, found, _ETHEREUM_LENGTHS, _HEXADECIMAL, _proved_ethereum)


def _joined(
    text: str, first: Any, lengths: range, alphabet: str, canonical: Callable[[str], str | None]
) -> Iterator[tuple[str, int, int]]:
    """The address of several pieces, if its checksum proves that they belong together."""
    start = first.start(1)
    near = text[start : start + _LONGEST]
    whole, at = "", 0
    for word in near.split(maxsplit=_MOST_PIECES)[:_MOST_PIECES]:
        piece = word.rstrip(_AROUND)
        at = near.index(word, at) + len(piece)
        if whole and not set(piece).issubset(alphabet):
            return
        whole += piece
        if len(whole) >= lengths.stop:
            return
        if len(whole) in lengths and _is_mixed(whole) and (address := canonical(whole)):
            yield address, start, start + at
            return
        if piece != word:
            return


def _is_mixed(text: str) -> bool:
    """Whether it has letters and digits: neither telephones nor words are decoded."""
    return not text.isdigit() and not text.isalpha()


def _proved_ethereum(text: str) -> str | None:
    """An address whose capitals prove it: without them, any digits may match."""
    digits = text[2:]
    mixed = digits not in (digits.lower(), digits.upper())
    return canonical_ethereum(text) if mixed else None


def canonical_bitcoin(text: str) -> str | None:
    """The address as written (bech32 in lower case); None when its checksum is wrong."""
    if text[:3].lower() == "bc1":
        return text.lower() if _is_bech32(text) else None
    return text if _is_base58check(text) else None


def _is_base58check(text: str) -> bool:
    number = 0
    for character in text:
        value = _BASE58.find(character)
        if value < 0:
            return False
        number = number * 58 + value
    if number.bit_length() > 200:
        return False
    payload = number.to_bytes(25, "big")
    twice = hashlib.sha256(hashlib.sha256(payload[:-4]).digest()).digest()
    return payload[0] in _VERSIONS and twice[:4] == payload[-4:]


def _is_bech32(text: str) -> bool:
    if text not in (text.lower(), text.upper()) or len(text) > 90:
        return False
    values = [_BECH32.find(character) for character in text[3:].lower()]
    if min(values) < 0 or len(values) < 7:
        return False
    check = 1
    for value in [
        *(ord(each) >> 5 for each in "bc"),
        0,
        *(ord(each) & 31 for each in "bc"),
        *values,
    ]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check == _CONSTANTS[min(values[0], 1)]


def canonical_ethereum(text: str) -> str | None:
    """The address in EIP-55 form; None when its capitals are mixed and contradict it."""
    digits = text[2:]
    checked = "0x" + _capitals(digits.lower())
    plain = digits in (digits.lower(), digits.upper())
    return checked if plain or checked[2:] == digits else None


def _capitals(digits: str) -> str:
    marks = keccak_256(digits.encode()).hex()
    return "".join(
        digit.upper() if int(mark, 16) >= 8 else digit
        for digit, mark in zip(digits, marks, strict=False)
    )


_ROUNDS: Final = (
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
)  # fmt: skip
_WORD: Final = (1 << 64) - 1
_RATE: Final = 136


def keccak_256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it: SHA-3 before its padding was changed, so not in hashlib."""
    padded = data + b"\x01" + bytes((-(len(data) + 1)) % _RATE)
    padded = padded[:-1] + bytes([padded[-1] | 0x80])
    lanes = [0] * 25
    for at in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            lanes[lane] ^= int.from_bytes(padded[at + lane * 8 : at + lane * 8 + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permuted(a: list[int]) -> list[int]:
    for constant in _ROUNDS:
        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        d = [c[x - 1] ^ _turned(c[(x + 1) % 5], 1) for x in range(5)]
        a = [lane ^ d[at % 5] for at, lane in enumerate(a)]
        x, y, moving = 1, 0, a[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            moving, a[x + 5 * y] = a[x + 5 * y], _turned(moving, (step + 1) * (step + 2) // 2)
        a = [
            a[at] ^ (~a[at - at % 5 + (at + 1) % 5] & a[at - at % 5 + (at + 2) % 5])
            for at in range(25)
        ]
        a[0] ^= constant
    return a


def _turned(lane: int, by: int) -> int:
    by %= 64
    return (lane << by | lane >> (64 - by)) & _WORD
