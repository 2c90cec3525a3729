"""Reads a QR code from its dark modules, as a camera does.

Versions 1 to 6 with error correction M, as the portal draws them. Nothing is repaired: a drawing
with a wrong module is read wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Module = tuple[int, int]
"""Row and column."""
BLOCKS = {1: (1, 16), 2: (1, 28), 3: (1, 44), 4: (2, 32), 5: (2, 43), 6: (4, 27)}
"""Version → blocks, and bytes of data in each, at level M (ISO/IEC 18004, table 9)."""
MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, _: i % 2 == 0,
    lambda _, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: (i * j) % 2 + (i * j) % 3 == 0,
    lambda i, j: ((i * j) % 2 + (i * j) % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + (i * j) % 3) % 2 == 0,
)
FORMAT = [*((8, j) for j in (0, 1, 2, 3, 4, 5, 7, 8)), *((i, 8) for i in (7, 5, 4, 3, 2, 1, 0))]
LEVEL_M = 0b00


def drawn(path: str, size: int, margin: int = 4) -> tuple[set[Module], int]:
    """The dark modules of an SVG path of unit squares, and how many there are on a side."""
    squares = re.findall(r"M(\d+) (\d+)h1v1h-1z", path)
    assert path == "".join(f"M{x} {y}h1v1h-1z" for x, y in squares)
    return {(int(y) - margin, int(x) - margin) for x, y in squares}, size - 2 * margin


def text_of(dark: set[Module], side: int) -> str:
    """The text of the code."""
    version, rest = divmod(side - 17, 4)
    assert rest == 0
    blocks, length = BLOCKS[version]
    told = _number([module in dark for module in FORMAT]) ^ 0x5412
    assert told >> 13 == LEVEL_M
    hidden = MASKS[told >> 10 & 0b111]
    bits = [((i, j) in dark) != hidden(i, j) for i, j in _way(side, version)]
    words = [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)]
    data = [words[block + blocks * at] for block in range(blocks) for at in range(length)]
    stream = [bool(word >> place & 1) for word in data for place in range(7, -1, -1)]
    assert _number(stream[:4]) == 0b0100  # bytes
    count = _number(stream[4:12])
    read = bytes(_number(stream[at : at + 8]) for at in range(12, 12 + 8 * count, 8))
    return read.decode("utf-8")


def _number(bits: list[bool]) -> int:
    return int("".join("01"[bit] for bit in bits), 2)


def _way(side: int, version: int) -> Iterator[Module]:
    """The modules that hold data, in their order: pairs of columns, up and down in turn."""
    columns = [j for j in range(side - 1, 0, -2) if j > 6] + [5, 3, 1]
    for turn, right in enumerate(columns):
        rows = range(side - 1, -1, -1) if turn % 2 == 0 else range(side)
        for i in rows:
            for j in (right, right - 1):
                if not _fixed(i, j, side, version):
                    yield i, j


def _fixed(i: int, j: int, side: int, version: int) -> bool:
    corner = (i < 9 and (j < 9 or j >= side - 8)) or (i >= side - 8 and j < 9)
    aligning = version > 1 and side - 9 <= i <= side - 5 and side - 9 <= j <= side - 5
    return corner or aligning or i == 6 or j == 6
