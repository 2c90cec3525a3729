"""Keys of what pictures look like, under the questions they answer.

| question | answered by |
|---|---|
| what the pictures of a report look like | pk `REPORT#{reference}`, sk begins `PICTURE#` |
| the latest pictures that have a band | pk `CLUE#{clue}`, sk `CLUE`, for a year |
"""

from __future__ import annotations

from casework.aws.table.keys import PARTITION, SORT, report_key

PICTURE_PREFIX = "PICTURE#"


def picture_key(reference: str, name: str) -> dict[str, str]:
    """Key of what the picture of this name in a report looks like."""
    return {**report_key(reference), SORT: f"{PICTURE_PREFIX}{name}"}


def pictures_of(reference: str) -> str:
    """The partition of a report's pictures."""
    return report_key(reference)[PARTITION]


def name_of_picture(sort: str) -> str:
    """The name of a picture, from its sort key."""
    return sort.removeprefix(PICTURE_PREFIX)


def mark_of(reference: str, name: str) -> str:
    """What names a picture elsewhere."""
    return f"{reference}#{name}"


def marked(mark: str) -> tuple[str, str]:
    """Reference and name in such a mark."""
    reference, _, name = mark.partition("#")
    return reference, name
