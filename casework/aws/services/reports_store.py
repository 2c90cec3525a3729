"""The trees of the reports of each day in the bucket of seals, by their roots.

    reports/{root}/top      the secret of the day, and the hash of each part
    reports/{root}/{part}   the leaves of a part that has some

Named by its root, a tree is never replaced: a repeated night writes another one, and the seal says
which one counts.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from casework.aws.services.seals import body_of
from casework.case import day_reports
from casework.case.day_log import leaf_hash

PREFIX: Final = "reports/"


def top_key(root: str) -> str:
    """Where the top of a tree is, by its root in hex."""
    return f"{PREFIX}{root}/top"


def part_key(root: str, part: int) -> str:
    """Where the leaves of a part of a tree are."""
    return f"{PREFIX}{root}/{part:02x}"


def path_of(bucket: str, root: str, commitment: bytes) -> list[bytes] | None:
    """The path of a commitment in a tree; None when it is not there."""
    return paths_of(bucket, root, [commitment]).get(commitment)


def paths_of(bucket: str, root: str, commitments: Collection[bytes]) -> dict[bytes, list[bytes]]:
    """The paths of commitments in a tree, without those that are not there. Each object is read
    once."""
    top = body_of(bucket, top_key(root)) if commitments else None
    if top is None:
        return {}
    secret, tops = day_reports.read_top(top.read())
    parts: dict[int, list[bytes]] = {}
    found = {}
    for each in commitments:
        leaf = leaf_hash(each)
        number = day_reports.part_of(leaf)
        if number not in parts:
            part = body_of(bucket, part_key(root, number))
            parts[number] = day_reports.split(part.read()) if part is not None else []
        path = day_reports.path_of(leaf, parts[number], tops, secret)
        if path is not None:
            found[each] = path
    return found
