"""One look into a file: what it is, what its pages show, and then what a machine reads there."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from typing import Any, Final

from PIL import Image

from casework.report.examination import MAX_PAGE_TEXT_LENGTH, MAX_PREVIEW_PAGES, FileType
from casework.report.kinds import detect_file_type
from functions.examine import archives, limits
from functions.examine.metadata import read_metadata
from functions.examine.pdf import DrawingCut, PdfFile
from functions.examine.pdq import compute_pdq
from functions.examine.pictures import (
    DECODER_BY_FILE_TYPE,
    NotDecodable,
    decode_picture,
    encode_webp,
    split_into_strips,
)

InspectionFinding = dict[str, Any]
CUT_FINDING: Final[InspectionFinding] = {"cut": True}
"""Time ended the look: the same bytes may show more or less another time."""


class FileInspection:
    """A look into one file. What it tells comes piece by piece, each whole by itself: a page that
    kills the process leaves those before it, and reading leaves all pages."""

    def __init__(self, content: bytes, models: str = "") -> None:
        """`models` is the folder of the models that words are read with; none are read without."""
        self._content, self._models = content, models
        self._kind = detect_file_type(content)
        self._pages: list[tuple[Image.Image | None, str]] = []
        self._lists_names = False

    def iter_findings(self) -> Iterator[InspectionFinding]:
        """First what the file is, then each page, then the words of each."""
        begun = False
        try:
            for told in self._shown():
                yield told
                begun = True
        except NotDecodable:
            if not begun:
                yield {"type": self._kind, "agreed": False}
            yield {"failed": True}
        except DrawingCut:
            yield CUT_FINDING
        yield from self._read()

    def _shown(self) -> Iterator[InspectionFinding]:
        if self._kind in DECODER_BY_FILE_TYPE:
            picture = decode_picture(self._content, self._kind)
            parts = split_into_strips(picture)
            said = {"type": self._kind, "agreed": True, "pages": len(parts)}
            yield {**said, "pdq": compute_pdq(picture)}
            claims = read_metadata(self._content, self._kind)
            for number, part in enumerate(parts[:MAX_PREVIEW_PAGES]):
                beside = {"claims": claims} if claims and not number else {}
                yield {**self._page(part), **beside}
        elif self._kind is FileType.PDF:
            document = PdfFile(self._content)
            yield {"type": self._kind, "agreed": True, "pages": document.pages}
            for each in document.render_pages():
                yield self._page(each.picture, each.text)
        elif self._kind is FileType.TEXT:
            yield from self._text(self._content.decode("utf-8-sig"))
        elif self._content[:4] in archives.ZIP_SIGNATURES:
            self._lists_names = True
            yield from self._text(archives.format_archive_listing(self._content))
        else:
            yield {"type": self._kind, "agreed": False}

    def _text(self, text: str) -> Iterator[InspectionFinding]:
        yield {"type": self._kind, "agreed": True, "pages": 1}
        self._pages.append((None, text))
        yield {"picture": ""}

    def _page(self, picture: Image.Image, text: str = "") -> InspectionFinding:
        self._pages.append((picture, text))
        small = picture.copy()
        small.thumbnail((limits.MAX_PREVIEW_SIDE_PIXELS, limits.MAX_PREVIEW_SIDE_PIXELS))
        return {"picture": base64.b64encode(encode_webp(small)).decode()}

    def _read(self) -> Iterator[InspectionFinding]:
        """The words that stand in a document as text; else those that a machine reads."""
        if not self._pages:
            return
        from functions.examine import ocr  # models and identifiers load when there is a page

        for page, (_, text) in enumerate(self._pages, start=1):
            if text.strip():
                yield _words(page, text, ocr.suggest_identifiers(text, names=self._lists_names))
        pictures = [
            (page, picture)
            for page, (picture, text) in enumerate(self._pages, start=1)
            if picture is not None and not text.strip()
        ]
        if not pictures or not self._models:
            return
        begun = time.process_time()
        with ocr.open_ocr_reader(self._models) as reader:
            for page, picture in pictures:
                if time.process_time() - begun > limits.OCR_FILE_SECONDS:
                    yield CUT_FINDING
                    return
                read = reader.words(picture)
                if read is None:
                    yield CUT_FINDING
                elif read:
                    yield _words(page, read, ocr.suggest_identifiers(read))


def _words(page: int, text: str, suggested: list[dict[str, str]]) -> InspectionFinding:
    whole = text.encode("utf-8", "ignore").decode()  # half a character has no JSON
    return {"page": page, "text": whole[:MAX_PAGE_TEXT_LENGTH], "suggested": suggested}


def inspect_file(content: bytes, models: str = "") -> Iterator[InspectionFinding]:
    """What is told of a file, piece by piece."""
    return FileInspection(content, models).iter_findings()
