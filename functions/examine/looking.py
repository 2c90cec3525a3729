"""One look into a file: what it is, what its pages show, and then what a machine reads there."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from typing import Any, Final

from PIL import Image

from casework.report.examination import LONGEST_TEXT, MOST_PARTS, FileType
from casework.report.kinds import kind_of
from functions.examine import archives, limits
from functions.examine.claims import claims_of
from functions.examine.documents import DrawingCut, Pdf
from functions.examine.pdq import pdq
from functions.examine.pictures import DECODERS, NotShown, encoded, opened, strips

Told = dict[str, Any]
CUT: Final[Told] = {"cut": True}
"""Time ended the look: the same bytes may show more or less another time."""


class Glimpse:
    """A look into one file. What it tells comes piece by piece, each whole by itself: a page that
    kills the process leaves those before it, and reading leaves all pages."""

    def __init__(self, content: bytes, models: str = "") -> None:
        """`models` is the folder of the models that words are read with; none are read without."""
        self._content, self._models = content, models
        self._kind = kind_of(content)
        self._pages: list[tuple[Image.Image | None, str]] = []
        self._lists_names = False

    def told(self) -> Iterator[Told]:
        """First what the file is, then each page, then the words of each."""
        begun = False
        try:
            for told in self._shown():
                yield told
                begun = True
        except NotShown:
            if not begun:
                yield {"type": self._kind, "agreed": False}
            yield {"failed": True}
        except DrawingCut:
            yield CUT
        yield from self._read()

    def _shown(self) -> Iterator[Told]:
        if self._kind in DECODERS:
            picture = opened(self._content, self._kind)
            parts = strips(picture)
            said = {"type": self._kind, "agreed": True, "pages": len(parts)}
            yield {**said, "pdq": pdq(picture)}
            claims = claims_of(self._content, self._kind)
            for number, part in enumerate(parts[:MOST_PARTS]):
                beside = {"claims": claims} if claims and not number else {}
                yield {**self._page(part), **beside}
        elif self._kind is FileType.PDF:
            document = Pdf(self._content)
            yield {"type": self._kind, "agreed": True, "pages": document.pages}
            for each in document.drawn():
                yield self._page(each.picture, each.text)
        elif self._kind is FileType.TEXT:
            yield from self._text(self._content.decode("utf-8-sig"))
        elif self._content[:4] in archives.BEGINS:
            self._lists_names = True
            yield from self._text(archives.listed(self._content))
        else:
            yield {"type": self._kind, "agreed": False}

    def _text(self, text: str) -> Iterator[Told]:
        yield {"type": self._kind, "agreed": True, "pages": 1}
        self._pages.append((None, text))
        yield {"picture": ""}

    def _page(self, picture: Image.Image, text: str = "") -> Told:
        self._pages.append((picture, text))
        small = picture.copy()
        small.thumbnail((limits.LONGEST_SIDE, limits.LONGEST_SIDE))
        return {"picture": base64.b64encode(encoded(small)).decode()}

    def _read(self) -> Iterator[Told]:
        """The words that stand in a document as text; else those that a machine reads."""
        if not self._pages:
            return
        from functions.examine import words  # models and identifiers load when there is a page

        for page, (_, text) in enumerate(self._pages, start=1):
            if text.strip():
                yield _words(page, text, words.suggested(text, names=self._lists_names))
        pictures = [
            (page, picture)
            for page, (picture, text) in enumerate(self._pages, start=1)
            if picture is not None and not text.strip()
        ]
        if not pictures or not self._models:
            return
        begun = time.process_time()
        with words.reader(self._models) as reader:
            for page, picture in pictures:
                if time.process_time() - begun > limits.READING_SECONDS:
                    yield CUT
                    return
                read = reader.words(picture)
                if read is None:
                    yield CUT
                elif read:
                    yield _words(page, read, words.suggested(read))


def _words(page: int, text: str, suggested: list[dict[str, str]]) -> Told:
    whole = text.encode("utf-8", "ignore").decode()  # half a character has no JSON
    return {"page": page, "text": whole[:LONGEST_TEXT], "suggested": suggested}


def look(content: bytes, models: str = "") -> Iterator[Told]:
    """What is told of a file, piece by piece."""
    return Glimpse(content, models).told()
