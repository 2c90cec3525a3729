"""Keys of what pictures look like, under the questions they answer.

| question | answered by |
|---|---|
| what the pictures of a report look like | pk `REPORT#{reference}`, sk begins `PICTURE#` |
| what lists of known material answered | pk `REPORT#{reference}`, sk begins `KNOWN#` |
| the latest pictures that have a band | pk `CLUE#{clue}`, sk `CLUE`, for a year |
| the latest files with the same bytes | pk `CLUE#same-{mark}`, as of a band |
| the others that have it | pk `CLUE#{clue}`, sk begins `PICTURE#`, for a year |
"""

from __future__ import annotations

from casework.aws.table.keys import PARTITION, SORT, clue_key, report_key

PICTURE_PREFIX = "PICTURE#"
KNOWN_PREFIX = "KNOWN#"
_BYTES, _LOOK = "bytes", "look"


def picture_key(reference: str, name: str) -> dict[str, str]:
    """Key of what the picture of this name in a report looks like."""
    return {**report_key(reference), SORT: f"{PICTURE_PREFIX}{name}"}


def pictures_of(reference: str) -> str:
    """The partition of a report's pictures."""
    return report_key(reference)[PARTITION]


def beside_key(band: str, mark: str) -> dict[str, str]:
    """Key of a picture that has a band and that the item of the band does not name."""
    return {**clue_key(band), SORT: f"{PICTURE_PREFIX}{mark}"}


def name_of_picture(sort: str) -> str:
    """The name of a picture, or its mark, from its sort key."""
    return sort.removeprefix(PICTURE_PREFIX)


def known_key(reference: str, name: str, *, look: bool) -> dict[str, str]:
    """Key of what lists answered of a file or picture: of its look, or of its bytes."""
    sort = f"{KNOWN_PREFIX}{_LOOK if look else _BYTES}#{name}"
    return {**report_key(reference), SORT: sort}


def known_of(sort: str) -> tuple[str, bool]:
    """The name in such a sort key, and whether it is of a look."""
    asked, _, name = sort.removeprefix(KNOWN_PREFIX).partition("#")
    return name, asked == _LOOK


def mark_of(reference: str, name: str) -> str:
    """What names a picture elsewhere."""
    return f"{reference}#{name}"


def marked(mark: str) -> tuple[str, str]:
    """Reference and name in such a mark."""
    reference, _, name = mark.partition("#")
    return reference, name
