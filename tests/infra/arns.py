"""ARNs as policies compare them."""

from __future__ import annotations

from fnmatch import fnmatchcase

PARTS = 6
"""Number of fields of an ARN; the last one is the resource, which may hold colons."""


def like(pattern: str, arn: str) -> bool:
    """Whether `ArnLike` holds: each of the six parts by itself, `*` for any text in it.

    A star of the resource's part stands for slashes, too (IAM User Guide, "Amazon Resource Name
    (ARN) condition operators").
    """
    asked, given = pattern.split(":", PARTS - 1), arn.split(":", PARTS - 1)
    if len(asked) != PARTS or len(given) != PARTS:
        return False
    return all(
        fnmatchcase(part, expected.replace("[", "[[]"))
        for part, expected in zip(given, asked, strict=True)
    )
