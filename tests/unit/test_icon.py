"""The icon is drawn for home screens as its one source says, or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import typst
from PIL import Image

from tools.site.build import ICON
from tools.site.icon import ICONS, draw

BRAND = (0x17, 0x45, 0x6B, 255)
WHITE = (255, 255, 255, 255)


def picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGBA")


def test_it_is_the_drawing_of_its_source() -> None:
    drawn = picture(draw(ICON, 64))
    assert drawn.size == (64, 64)
    assert drawn.getpixel((4, 32)) == drawn.getpixel((32, 25)) == BRAND
    assert drawn.getpixel((16, 20)) == drawn.getpixel((22, 47)) == WHITE
    assert drawn.getpixel((0, 0)) == (0, 0, 0, 0)
    assert drawn.getpixel((27, 45)) not in {BRAND, WHITE}, "a slanting edge is smooth"


def test_a_square_one_has_no_transparent_corner() -> None:
    opaque = picture(draw(ICON, 48, square=True)).getchannel("A")
    assert opaque.getextrema() == (255, 255)


def test_home_screens_find_the_sizes_they_ask_for() -> None:
    assert {(each.size, each.square) for each in ICONS} >= {(192, False), (512, False), (512, True)}


def test_what_is_no_picture_is_refused_and_not_drawn_empty(tmp_path: Path) -> None:
    file = tmp_path / "icon.svg"
    file.write_text("<svg")
    with pytest.raises(typst.TypstError):
        draw(file, 8)
