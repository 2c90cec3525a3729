"""The keys of what pictures look like, each under the question that it answers.

Bands, and files with the same bytes (`same-{mark}`), are clues of `keys.clue_key`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from casework.aws.table.key_template import Key

_BYTES: Final = "bytes"
_LOOK: Final = "look"

picture_key = Key[str, str](
    "what the pictures of a report look like", "REPORT#{reference}", "PICTURE#{name}"
)
unnamed_picture_key = Key[str, str](
    "the other pictures that have a band, or files with the same bytes, for a year",
    "CLUE#{clue}",
    "PICTURE#{mark}",
)
asked_key = Key[str, str, str](
    "what lists of known material answered of a file or picture: of its look, or its bytes",
    "REPORT#{reference}",
    "KNOWN#{asked}#{name}",
)

picture_partition = picture_key.partition


def hash_lookup_key(reference: str, name: str, *, look: bool) -> dict[str, str]:
    """Return the key of what lists answered of a file or picture: of its look, or its bytes."""
    return asked_key(reference, _LOOK if look else _BYTES, name)


def parse_hash_lookup_sort(item: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Return the report and the name in the key of such an item, and whether it is of a look."""
    reference, asked, name = asked_key.of(item)
    return reference, name, asked == _LOOK


def picture_mark(reference: str, name: str) -> str:
    """Return what names a picture elsewhere."""
    return f"{reference}#{name}"


def parse_picture_mark(mark: str) -> tuple[str, str]:
    """Return reference and name in such a mark."""
    reference, _, name = mark.partition("#")
    return reference, name
