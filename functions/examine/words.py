"""Words of a picture, as a machine reads them: Arabic and French, and what is spelt like French.

What is read is a hint. It may be misread, so it is marked as such wherever it is shown, and an
identifier in it is suggested and joins nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import tesserocr
from PIL import Image, ImageOps, ImageStat

from casework.identifiers.find import find
from functions.examine import limits

LANGUAGES: Final = "ara+fra"
DARK: Final = 110
"""Mean grey of 255 below which a picture is of a dark theme: words are read dark on light."""
NARROW: Final = 700
"""Pixels of width below which a picture is enlarged. Enlarging a wider one costs Arabic."""
MOST: Final = 50
"""Identifiers suggested from one page."""
LONGEST: Final = 400


class Reader:
    """Reads pictures one after the other."""

    def __init__(self, api: tesserocr.PyTessBaseAPI) -> None:
        self._api = api

    def words(self, picture: Image.Image) -> str | None:
        """What stands on a picture; None where reading fails or takes too long."""
        self._api.SetImage(_readable(picture))
        if not self._api.Recognize(limits.READING_A_PAGE_SECONDS * 1_000):
            return None
        return str(self._api.GetUTF8Text()).strip()


@contextmanager
def reader(models: str) -> Iterator[Reader]:
    """A reader with the models of this folder."""
    with tesserocr.PyTessBaseAPI(
        path=models,
        lang=LANGUAGES,
        psm=tesserocr.PSM.SPARSE_TEXT,
        oem=tesserocr.OEM.LSTM_ONLY,
    ) as api:
        yield Reader(api)


def suggested(text: str, *, names: bool = False) -> list[dict[str, str]]:
    """Identifiers of others in a text, each once. Where it lists `names` of files, each behind its
    size, none of them is a site: `main.py` and `notes.md` only look like one."""
    left_out = {"platform", "domain", "url"} if names else {"platform"}
    if names:
        text = "\n".join(line.partition("\t")[2] for line in text.splitlines())
    found = {
        (each.kind, each.canonical)
        for each in find(text)
        if not each.own and each.kind not in left_out and len(each.canonical) <= LONGEST
    }
    return [{"kind": kind, "value": value} for kind, value in sorted(found)[:MOST]]


def _readable(picture: Image.Image) -> Image.Image:
    grey = picture.convert("L")
    if ImageStat.Stat(grey).mean[0] < DARK:
        grey = ImageOps.invert(grey)
    if grey.width < NARROW:
        scale = NARROW / grey.width
        height = min(round(grey.height * scale), limits.LONGEST_READ)
        grey = grey.resize((NARROW, height), Image.Resampling.LANCZOS)
    return grey
