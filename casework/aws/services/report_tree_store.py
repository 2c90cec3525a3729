"""The trees of the reports of each day in the bucket of seals, by their roots.

    reports/{root}/top      the secret of the day, and the hash of each part
    reports/{root}/{part}   the leaves of a part that has some

Named by its root, a tree is never replaced: a repeated night writes another one, and the seal says
which one counts.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from casework.aws.services.day_seal_store import read_json_object
from casework.case import report_tree
from casework.case.transparency_log import leaf_hash

REPORT_TREE_OBJECT_PREFIX: Final = "reports/"


def tree_top_object_key(root: str) -> str:
    """Where the top of a tree is, by its root in hex."""
    return f"{REPORT_TREE_OBJECT_PREFIX}{root}/top"


def tree_part_object_key(root: str, part: int) -> str:
    """Where the leaves of a part of a tree are."""
    return f"{REPORT_TREE_OBJECT_PREFIX}{root}/{part:02x}"


def read_inclusion_path(bucket: str, root: str, commitment: bytes) -> list[bytes] | None:
    """The path of a commitment in a tree; None when it is not there."""
    return read_inclusion_paths(bucket, root, [commitment]).get(commitment)


def read_inclusion_paths(
    bucket: str, root: str, commitments: Collection[bytes]
) -> dict[bytes, list[bytes]]:
    """The paths of commitments in a tree, without those that are not there. Each object is read
    once."""
    top = read_json_object(bucket, tree_top_object_key(root)) if commitments else None
    if top is None:
        return {}
    secret, tops = report_tree.decode_top(top.read())
    parts: dict[int, list[bytes]] = {}
    found = {}
    for each in commitments:
        leaf = leaf_hash(each)
        number = report_tree.subtree_index(leaf)
        if number not in parts:
            part = read_json_object(bucket, tree_part_object_key(root, number))
            parts[number] = report_tree.split_hashes(part.read()) if part is not None else []
        path = report_tree.report_inclusion_path(leaf, parts[number], tops, secret)
        if path is not None:
            found[each] = path
    return found
