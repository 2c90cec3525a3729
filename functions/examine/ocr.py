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

from casework.identifiers.extraction import find_identifiers
from functions.examine import limits

OCR_LANGUAGES: Final = "ara+fra"
DARK_PIXEL_LEVEL: Final = 110
"""Mean grey of 255 below which a picture is of a dark theme: words are read dark on light."""
NARROW_PICTURE_PIXELS: Final = 700
"""Pixels of width below which a picture is enlarged. Enlarging a wider one costs Arabic."""
MAX_SUGGESTED_IDENTIFIERS: Final = 50
"""Identifiers suggested from one page."""
MAX_OCR_TEXT_LENGTH: Final = 400


class OcrReader:
    """Reads pictures one after the other."""

    def __init__(self, api: tesserocr.PyTessBaseAPI) -> None:
        self._api = api

    def words(self, picture: Image.Image) -> str | None:
        """What stands on a picture; None where reading fails or takes too long."""
        self._api.SetImage(_readable(picture))
        if not self._api.Recognize(limits.OCR_PAGE_SECONDS * 1_000):
            return None
        return str(self._api.GetUTF8Text()).strip()


@contextmanager
def open_ocr_reader(models: str) -> Iterator[OcrReader]:
    """A reader with the models of this folder."""
    with tesserocr.PyTessBaseAPI(
        path=models,
        lang=OCR_LANGUAGES,
        psm=tesserocr.PSM.SPARSE_TEXT,
        oem=tesserocr.OEM.LSTM_ONLY,
    ) as api:
        yield OcrReader(api)


def suggest_identifiers(text: str, *, names: bool = False) -> list[dict[str, str]]:
    """Identifiers of others in a text, each once. Where it lists `names` of files, each behind its
    size, none of them is a site: `main.py` and `notes.md` only look like one."""
    left_out = {"platform", "domain", "url"} if names else {"platform"}
    if names:
        text = "\n".join(line.partition("\t")[2] for line in text.splitlines())
    found = {
        (each.kind, each.canonical)
        for each in find_identifiers(text)
        if not each.own and each.kind not in left_out and len(each.canonical) <= MAX_OCR_TEXT_LENGTH
    }
    return [
        {"kind": kind, "value": value} for kind, value in sorted(found)[:MAX_SUGGESTED_IDENTIFIERS]
    ]


def _readable(picture: Image.Image) -> Image.Image:
    grey = picture.convert("L")
    if ImageStat.Stat(grey).mean[0] < DARK_PIXEL_LEVEL:
        grey = ImageOps.invert(grey)
    if grey.width < NARROW_PICTURE_PIXELS:
        scale = NARROW_PICTURE_PIXELS / grey.width
        height = min(round(grey.height * scale), limits.MAX_OCR_SIDE_PIXELS)
        grey = grey.resize((NARROW_PICTURE_PIXELS, height), Image.Resampling.LANCZOS)
    return grey
