"""The pages of a PDF as pictures. No script is run, no form is filled, no address is asked."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
from PIL import Image

from casework.report.examination import LONGEST_TEXT, MOST_PARTS
from functions.examine import limits
from functions.examine.pictures import NotShown, painted


class DrawingCut(Exception):
    """The first pages of a document took too long to draw all of them."""

    error_code = "DrawingCut"


@dataclass(frozen=True)
class Drawn:
    """A page as a picture, with the text that stands in the document as text."""

    picture: Image.Image
    text: str


class Pdf:
    """A PDF; raises NotShown where it cannot be opened, as one with a password."""

    def __init__(self, content: bytes) -> None:
        try:
            self._pdf = pdfium.PdfDocument(content)
            self.pages = len(self._pdf)
        except pdfium.PdfiumError:
            raise NotShown from None
        if self.pages < 1:
            raise NotShown

    def drawn(self) -> Iterator[Drawn]:
        """The first pages; raises NotShown at one that cannot be drawn, and DrawingCut where they
        took too long."""
        begun = time.process_time()
        for number in range(min(self.pages, MOST_PARTS)):
            if time.process_time() - begun > limits.DRAWING_SECONDS:
                raise DrawingCut
            try:
                yield self._drawn(number)
            except (pdfium.PdfiumError, ValueError):
                raise NotShown from None

    def _drawn(self, number: int) -> Drawn:
        page = self._pdf[number]
        sides = page.get_size()
        if not all(map(math.isfinite, sides)) or min(sides) < limits.SMALLEST_SIDE:
            raise NotShown
        # A page may be as large as a field: pixels follow from its proportions alone.
        bitmap = page.render(
            scale=limits.LONGEST_READ / max(sides), may_draw_forms=False, rev_byteorder=True
        )
        return Drawn(painted(bitmap.to_pil().convert("RGB")), self._text(page))

    def _text(self, page: pdfium.PdfPage) -> str:
        text = page.get_textpage()
        return str(text.get_text_range(0, min(text.count_chars(), LONGEST_TEXT)))
