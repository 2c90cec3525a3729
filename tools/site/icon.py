"""Draw `web/shared/icon.svg` as PNG, for home screens without SVG.

It supports what that file uses and nothing else: a rectangle with round corners and paths of
straight lines, each in one colour. Anything else raises NotDrawn, so that a new icon is not drawn
wrong.
"""

from __future__ import annotations

import math
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

Point = tuple[float, float]
Colour = tuple[int, int, int]

LINES: Final = 4
"""Lines measured in each row of pixels; along a line the covered part is exact."""
CORNER: Final = 12
"""Straight pieces of a round corner."""


@dataclass(frozen=True)
class Icon:
    """A picture for home screens."""

    name: str
    size: int
    """Pixels."""
    square: bool = False
    """Whether its corners are filled: systems that cut icons to their own shape need no
    transparency. The drawing stays within the circle that all of them keep."""


ICONS: Final = (
    Icon("icon-192.png", 192),
    Icon("icon-512.png", 512),
    Icon("icon-square-512.png", 512, square=True),
)
APPLE: Final = Icon("apple-touch-icon.png", 180, square=True)
"""Apple's systems look for it in the page, not in the manifest."""


class NotDrawn(Exception):
    """The icon holds an element that this module cannot draw."""


def draw(file: Path, size: int, *, square: bool = False) -> bytes:
    """The icon as a PNG of `size` by `size` pixels; `square` fills its corners."""
    root = ElementTree.fromstring(file.read_text(encoding="utf-8"))  # noqa: S314 - a file of ours
    scale = size / float(root.attrib["viewBox"].split()[2])
    shapes = [
        ([[(x * scale, y * scale) for x, y in line] for line in lines], colour)
        for lines, colour in (_shape(each, square=square) for each in root)
    ]
    rows = (
        _row(tuple((_covered(y, size, lines), colour) for lines, colour in shapes))
        for y in range(size)
    )
    return _png(size, b"".join(b"\0" + row for row in rows))


def _shape(element: ElementTree.Element, *, square: bool) -> tuple[list[list[Point]], Colour]:
    name, said = element.tag.rpartition("}")[2], element.attrib
    colour = re.fullmatch("#([0-9a-f]{3}|[0-9a-f]{6})", said.get("fill", ""))
    if colour is None or not set(said) <= {"fill", "width", "height", "rx", "d"}:
        raise NotDrawn(f"{name}: {said}")
    digits = colour[1] if len(colour[1]) == 6 else "".join(2 * each for each in colour[1])
    red, green, blue = bytes.fromhex(digits)
    if name == "rect":
        radius = 0.0 if square else float(said.get("rx", 0))
        lines = [_rounded(float(said["width"]), float(said["height"]), radius)]
    elif name == "path":
        lines = list(_outlines(said["d"]))
    else:
        raise NotDrawn(name)
    return lines, (red, green, blue)


def _rounded(width: float, height: float, radius: float) -> list[Point]:
    centres = [
        (width - radius, height - radius), (radius, height - radius), (radius, radius),
        (width - radius, radius),
    ]  # fmt: skip
    turns = [math.pi / 2 * step / CORNER for step in range(CORNER + 1)]
    return [
        (x + radius * math.cos(turn + quarter), y + radius * math.sin(turn + quarter))
        for quarter, (x, y) in zip((0, math.pi / 2, math.pi, -math.pi / 2), centres, strict=True)
        for turn in turns
    ]


def _outlines(path: str) -> Iterator[list[Point]]:
    line: list[Point] = []
    for command, rest in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        numbers = [float(each) for each in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
        match command, numbers:
            case "M", [x, y]:
                line = [(x, y)]
            case "H", [x]:
                line.append((x, line[-1][1]))
            case "h", [right]:
                line.append((line[-1][0] + right, line[-1][1]))
            case "v", [down]:
                line.append((line[-1][0], line[-1][1] + down))
            case "l", [right, down]:
                line.append((line[-1][0] + right, line[-1][1] + down))
            case "z", []:
                yield line
            case _:
                raise NotDrawn(f"{command} {rest}")


@lru_cache(maxsize=8)
def _row(layers: tuple[tuple[tuple[float, ...], Colour], ...]) -> bytes:
    """A row of pixels, as red, green, blue and opacity; many rows of an icon are equal."""
    size = len(layers[0][0])
    pixels = [(0.0, 0.0, 0.0, 0.0)] * size
    for covers, colour in layers:
        whole = (float(colour[0]), float(colour[1]), float(colour[2]), 1.0)
        for x, covered in enumerate(covers):
            if covered == 1:
                pixels[x] = whole
            elif covered:
                before, left = pixels[x], 1 - covered
                red, green, blue = (
                    covered * new + left * old for new, old in zip(colour, before[:3], strict=True)
                )
                pixels[x] = (red, green, blue, covered + left * before[3])
    return b"".join(map(_written, pixels))


@lru_cache  # nearly all pixels are of one of the colours
def _written(pixel: tuple[float, float, float, float]) -> bytes:
    *tint, opaque = pixel
    return bytes(
        round(each) for each in (*((part / opaque if opaque else 0) for part in tint), 255 * opaque)
    )


def _covered(y: int, size: int, lines: list[list[Point]]) -> tuple[float, ...]:
    """The covered share of each pixel of a row, from 0 to 1."""
    ends, whole = [0.0] * (size + 1), [0.0] * (size + 1)
    for place in range(LINES):
        at = y + (place + 0.5) / LINES
        crossed = sorted(
            x0 + (at - y0) / (y1 - y0) * (x1 - x0)
            for line in lines
            for (x0, y0), (x1, y1) in pairwise((*line, line[0]))
            if (y0 <= at) != (y1 <= at)
        )
        for start, end in zip(crossed[::2], crossed[1::2], strict=True):
            first, last = int(start), int(end)
            # The pixels between the two ends are full; the excess of each end is subtracted.
            whole[first] += 1
            whole[last] -= 1
            ends[first] -= start - first
            ends[last] += end - last
    # Rounded, so that equal rows compare equal.
    both = zip(ends[:size], accumulate(whole), strict=False)
    return tuple(round((end + inside) / LINES, 4) for end, inside in both)


def _png(size: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    eight_bits_rgba = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", eight_bits_rgba),
            chunk(b"IDAT", zlib.compress(rows, 9)),
            chunk(b"IEND", b""),
        )
    )
