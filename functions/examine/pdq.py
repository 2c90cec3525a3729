"""PDQ: 256 bits of what a picture looks like. Alike pictures differ in few of them.

The algorithm is published: D. Davis et al., "The TMK+PDQF Video-Hashing Algorithm and the PDQ
Image-Hashing Algorithm" (2019, github.com/facebook/ThreatExchange, hashing/hashing.pdf), part I:
luminance, two moving means in both directions, 64 × 64 cells, the 16 × 16 lowest frequencies of a
cosine transform without the first row and column, each above or below their median. Written anew
on Pillow alone: no wheel of the published code exists for the runtime's Python on arm64.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from operator import mul
from typing import Final

from PIL import Image

PDQ_INPUT_SIDE: Final = 512
PDQ_CELLS: Final = 64
PDQ_MATRIX_SIDE: Final = 16
MIN_PDQ_QUALITY: Final = 50
"""Quality from which a hash says something, by its authors; a plain area has 0."""
_WINDOW: Final = PDQ_INPUT_SIDE // (2 * PDQ_CELLS)

Rows = Sequence[Sequence[float]]


def _near(at: int) -> range:
    """The places whose mean the published code takes at a place; at the ends what is there."""
    before, after = _WINDOW - _WINDOW // 2 - 1, _WINDOW // 2 + 1
    return range(max(0, at - before), min(PDQ_INPUT_SIDE, at + after))


def _taps() -> list[tuple[int, list[float]]]:
    """Two moving means and taking every eighth are one linear map: start and weights by cell."""
    taps = []
    for cell in range(PDQ_CELLS):
        outer = _near(int((cell + 0.5) * PDQ_INPUT_SIDE / PDQ_CELLS))
        start, end = _near(outer[0])[0], _near(outer[-1])[-1] + 1
        weights = [0.0] * (end - start)
        for inner in map(_near, outer):
            for at in inner:
                weights[at - start] += 1 / (len(outer) * len(inner))
        taps.append((start, weights))
    return taps


_TAPS: Final = _taps()
_COSINES: Final = [
    [
        math.sqrt(2 / PDQ_CELLS) * math.cos(math.pi / 2 / PDQ_CELLS * frequency * (2 * cell + 1))
        for cell in range(PDQ_CELLS)
    ]
    for frequency in range(1, PDQ_MATRIX_SIDE + 1)
]


def compute_pdq(picture: Image.Image) -> str | None:
    """The hash in hex, None for a picture that is too plain to be told from others."""
    cells = _cells(picture)
    turned = list(zip(*cells, strict=True))
    if _quality(cells, turned) < MIN_PDQ_QUALITY:
        return None
    half = [[sum(map(mul, wave, column)) for column in turned] for wave in _COSINES]
    full = [sum(map(mul, wave, row)) for row in half for wave in _COSINES]
    median = sorted(full)[len(full) // 2 - 1]
    return f"{sum(1 << at for at, each in enumerate(full) if each > median):064x}"


def picture_quality(picture: Image.Image) -> int:
    """How much there is in a picture, from 0 to 100."""
    cells = _cells(picture)
    return _quality(cells, list(zip(*cells, strict=True)))


def _cells(picture: Image.Image) -> Rows:
    luma = (
        picture.resize((PDQ_INPUT_SIDE, PDQ_INPUT_SIDE), Image.Resampling.BOX)
        .convert("L")
        .tobytes()
    )
    return _shrunk(
        _shrunk(
            [
                luma[at : at + PDQ_INPUT_SIDE]
                for at in range(0, PDQ_INPUT_SIDE * PDQ_INPUT_SIDE, PDQ_INPUT_SIDE)
            ]
        )
    )


def _shrunk(rows: Rows) -> Rows:
    """Each row shrunk to the cells, then turned: done twice, both directions are done."""
    small = [
        [sum(map(mul, weights, row[at : at + len(weights)])) for at, weights in _TAPS]
        for row in rows
    ]
    return [list(column) for column in zip(*small, strict=True)]


def _quality(*directions: Rows) -> int:
    """How much happens in the picture, from 0 to 100."""
    steps = sum(
        abs(int((a - b) * 100 / 255))
        for rows in directions
        for row in rows
        for a, b in pairwise(row)
    )
    return min(100, steps // 90)
