"""Draw `web/shared/icon.svg` as PNG, for home screens without SVG.

Typst draws it, which the builder of dossiers has anyway.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typst

_PAGE: Final = b"""
#let side = 1pt * int(sys.inputs.size)
#set page(width: side, height: side, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", width: side, height: side)
"""
_POINTS_TO_THE_INCH: Final = 72.0
_ROUND_CORNERS: Final = re.compile(r'\srx="[^"]*"')


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


def draw(file: Path, size: int, *, square: bool = False) -> bytes:
    """The icon as a PNG of `size` by `size` pixels; `square` fills its corners. Raises
    typst.TypstError for what is no picture."""
    svg = file.read_text(encoding="utf-8")
    if square:
        svg = _ROUND_CORNERS.sub("", svg)
    inputs = {"size": str(size), "svg": svg}
    drawn: bytes = typst.compile(_PAGE, format="png", ppi=_POINTS_TO_THE_INCH, sys_inputs=inputs)
    return drawn
