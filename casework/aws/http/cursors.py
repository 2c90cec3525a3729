"""Cursors: where the next page of a list begins, opaque to callers.

A cursor names its list and a position in it. It is not signed, because it grants nothing: a forged
cursor reads the caller's own list from another position, and each call checks again that the list
is theirs.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Collection
from typing import Final

from casework.errors import Finding, NotValid

MAX_CURSOR_LENGTH: Final = 400
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]+")


def encode_cursor(of: str, place: str) -> str:
    """The cursor of a place in the list named `of`."""
    document = json.dumps([of, place], separators=(",", ":"), ensure_ascii=True)
    return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str, lists: Collection[str], place: re.Pattern[str]) -> tuple[str, str]:
    """The list and the place in a cursor made for one of `lists`; raises NotValid."""
    found = _parts(cursor)
    if found is None or found[0] not in lists or not place.fullmatch(found[1]):
        raise NotValid(
            "The cursor is not one of this list.",
            findings=[
                Finding(
                    "#/cursor", "cursor.unknown", "Send `cursor` of the page before, or no cursor."
                )
            ],
        )
    return found


def _parts(cursor: str) -> tuple[str, str] | None:
    if len(cursor) > MAX_CURSOR_LENGTH or not _SHAPE.fullmatch(cursor):
        return None
    try:
        document = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        return None
    match document:
        case [str() as of, str() as place] if encode_cursor(of, place) == cursor:
            return of, place
        case _:
            return None
