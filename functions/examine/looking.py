"""One look into a file: what it is, and page by page what it shows."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from PIL import Image

from casework.report.examination import LONGEST_TEXT, FileType
from functions.examine.documents import Pdf
from functions.examine.kinds import kind_of
from functions.examine.pdq import pdq
from functions.examine.pictures import DECODERS, NotShown, encoded, opened

Told = dict[str, Any]


def look(content: bytes) -> Iterator[Told]:
    """First what the file is, then each page as soon as it is made.

    What comes is whole by itself, so that a page which kills the process leaves those before it.
    """
    kind, begun = kind_of(content), False
    try:
        for told in _told(content, kind):
            yield told
            begun = True
    except NotShown:
        if not begun:
            yield {"type": kind, "agreed": False}
        yield {"failed": True}


def _told(content: bytes, kind: FileType) -> Iterator[Told]:
    if kind in DECODERS:
        picture = opened(content, kind)
        yield {"type": kind, "agreed": True, "pages": 1, "pdq": pdq(picture)}
        yield _page(picture)
    elif kind is FileType.PDF:
        document = Pdf(content)
        yield {"type": kind, "agreed": True, "pages": document.pages}
        for each in document.drawn():
            yield _page(each.picture, each.text)
    elif kind is FileType.TEXT:
        yield {"type": kind, "agreed": True, "pages": 1}
        yield {"picture": "", "text": content.decode("utf-8-sig")[:LONGEST_TEXT]}
    else:
        yield {"type": kind, "agreed": False}


def _page(picture: Image.Image, text: str = "") -> Told:
    whole = text.encode("utf-8", "ignore").decode()  # half a character has no JSON
    return {"picture": base64.b64encode(encoded(picture)).decode(), "text": whole[:LONGEST_TEXT]}
