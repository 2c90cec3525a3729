"""The pages of a PDF as pictures. No script is run, no form is filled, no address is asked."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
from PIL import Image

from casework.report.examination import MAX_PAGE_TEXT_LENGTH, MAX_PREVIEW_PAGES
from functions.examine import limits
from functions.examine.pictures import NotDecodable, flatten_picture


class DrawingCut(Exception):
    """The first pages of a document took too long to draw all of them."""

    error_code = "DrawingCut"


@dataclass(frozen=True)
class RenderedPage:
    """A page as a picture, with the text that stands in the document as text."""

    picture: Image.Image
    text: str


class PdfFile:
    """A PDF; raises NotDecodable where it cannot be opened, as one with a password."""

    def __init__(self, content: bytes) -> None:
        try:
            self._pdf = pdfium.PdfDocument(content)
            self.pages = len(self._pdf)
        except pdfium.PdfiumError:
            raise NotDecodable from None
        if self.pages < 1:
            raise NotDecodable

    def render_pages(self) -> Iterator[RenderedPage]:
        """The first pages; raises NotDecodable at one that cannot be drawn, and DrawingCut where
        they took too long."""
        begun = time.process_time()
        for number in range(min(self.pages, MAX_PREVIEW_PAGES)):
            if time.process_time() - begun > limits.DRAWING_SECONDS:
                raise DrawingCut
            try:
                yield self._drawn(number)
            except (pdfium.PdfiumError, ValueError):
                raise NotDecodable from None

    def _drawn(self, number: int) -> RenderedPage:
        page = self._pdf[number]
        sides = page.get_size()
        if not all(map(math.isfinite, sides)) or min(sides) < limits.MIN_PAGE_SIDE_POINTS:
            raise NotDecodable
        # A page may be as large as a field: pixels follow from its proportions alone.
        bitmap = page.render(
            scale=limits.MAX_OCR_SIDE_PIXELS / max(sides), may_draw_forms=False, rev_byteorder=True
        )
        return RenderedPage(flatten_picture(bitmap.to_pil().convert("RGB")), self._text(page))

    def _text(self, page: pdfium.PdfPage) -> str:
        text = page.get_textpage()
        return str(text.get_text_range(0, min(text.count_chars(), MAX_PAGE_TEXT_LENGTH)))
