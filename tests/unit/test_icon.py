"""The icon is drawn for home screens as its one source says, or not at all."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from tools.site.build import ICON
from tools.site.icon import ICONS, NotDrawn, draw

BRAND = (0x17, 0x45, 0x6B, 255)
WHITE = (255, 255, 255, 255)


def pixels(png: bytes) -> list[list[tuple[int, ...]]]:
    """The picture, row by row; the chunks and their checks must be whole."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        content = png[at + 8 : at + 8 + length]
        assert png[at + 8 + length : at + 12 + length] == struct.pack(
            ">I", zlib.crc32(kind + content)
        )
        chunks[kind], at = content, at + 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = zlib.decompress(chunks[b"IDAT"])
    lines = [rows[y * (4 * width + 1) + 1 : (y + 1) * (4 * width + 1)] for y in range(height)]
    return [[tuple(line[x * 4 : x * 4 + 4]) for x in range(width)] for line in lines]


def test_it_is_the_drawing_of_its_source() -> None:
    picture = pixels(draw(ICON, 64))
    assert (len(picture), len(picture[0])) == (64, 64)
    assert picture[32][4] == picture[25][32] == BRAND
    assert picture[20][16] == picture[47][22] == WHITE
    assert picture[0][0] == (0, 0, 0, 0)
    assert 0 < picture[45][27][0] < 255, "a slanting edge is smooth"


def test_a_square_one_has_no_transparent_corner() -> None:
    assert {pixel[3] for row in pixels(draw(ICON, 48, square=True)) for pixel in row} == {255}


def test_home_screens_find_the_sizes_they_ask_for() -> None:
    assert {(each.size, each.square) for each in ICONS} >= {(192, False), (512, False), (512, True)}


@pytest.mark.parametrize(
    "drawn",
    [
        '<circle r="4" fill="#fff"/>',
        '<path d="M0 0c1 1 2 2 3 3z" fill="#fff"/>',
        '<rect width="4" height="4" fill="red"/>',
        '<path d="M0 0h4v4z" fill="#fff" transform="scale(2)"/>',
    ],
    ids=["another shape", "a curve", "a colour by name", "a transformation"],
)
def test_an_unsupported_shape_is_refused_and_not_drawn_wrong(tmp_path: Path, drawn: str) -> None:
    file = tmp_path / "icon.svg"
    file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">{drawn}</svg>')
    with pytest.raises(NotDrawn):
        draw(file, 8)
