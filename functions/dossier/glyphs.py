"""Which characters a font can draw, read from its `cmap` table (OpenType 1.9, "cmap").

A PDF/A may hold no character without a glyph, so every text is compared with the fonts before it is
set. Only our own fonts are read, which are pinned.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

_SEGMENTS: Final = 4
"""Format of a subtable: ranges of 16-bit characters."""
_GROUPS: Final = 12
"""Format of a subtable: ranges of 32-bit characters."""


@cache
def font_characters(font: Path) -> frozenset[int]:
    """The code points that a TrueType font maps to a glyph."""
    content = font.read_bytes()
    at = _table(content, b"cmap")
    (count,) = struct.unpack_from(">H", content, at + 2)
    found: set[int] = set()
    for number in range(count):
        (offset,) = struct.unpack_from(">I", content, at + 4 + 8 * number + 4)
        found.update(_mapped(content, at + offset))
    return frozenset(found)


def _table(content: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", content, 4)
    for number in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", content, 12 + 16 * number)
        if tag == name:
            return int(offset)
    raise ValueError(f"the font has no table {name.decode()}")


def _mapped(content: bytes, at: int) -> Iterator[int]:
    (kind,) = struct.unpack_from(">H", content, at)
    if kind == _GROUPS:
        (groups,) = struct.unpack_from(">I", content, at + 12)
        for number in range(groups):
            first, last, _ = struct.unpack_from(">III", content, at + 16 + 12 * number)
            yield from range(first, last + 1)
    elif kind == _SEGMENTS:
        (double,) = struct.unpack_from(">H", content, at + 6)
        ends = struct.unpack_from(f">{double // 2}H", content, at + 14)
        starts = struct.unpack_from(f">{double // 2}H", content, at + 16 + double)
        for first, last in zip(starts, ends, strict=True):
            if first != 0xFFFF:
                yield from range(first, last + 1)
