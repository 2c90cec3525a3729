"""The reports of a day as one tree, in which a reporter can be shown their own report and no other.

    leaf    SHA-256(0x00 | commitment), of the commitment that was stored at acceptance
    place   the first 64 bits of the leaf: it says nothing of other reports
    path    64 hashes, from the leaf to the root, for every report of every day
    empty   where no report is, a hash that only the secret of the day tells from a real one:
            HMAC(secret, depth | place)

So a path reveals neither how many reports a day had nor what became of any. Inner nodes are
SHA-256(0x01 | left | right), as in RFC 6962.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from casework.case.transparency_log import TREE_HASH_BYTES, leaf_hash, node_hash

REPORT_TREE_DEPTH: Final = 64
TREE_TOP_DEPTH: Final = 8
"""The depth at which the tree is divided into parts that are stored by themselves."""
REPORT_TREE_PARTS: Final = 1 << TREE_TOP_DEPTH


@dataclass(frozen=True)
class SparseMerkleTree:
    """The tree of a day in stored form."""

    root: bytes
    secret: bytes
    tops: tuple[bytes, ...]
    """The hash of each part."""
    parts: Mapping[int, tuple[bytes, ...]]
    """The leaves of each part that has some, in order."""


def leaf_index(leaf: bytes) -> int:
    """The place of a leaf: a number of 64 bits."""
    return int.from_bytes(leaf[: REPORT_TREE_DEPTH // 8], "big")


def subtree_index(leaf: bytes) -> int:
    """The number of the part with a leaf."""
    return leaf[0]


def build_tree(commitments: Iterable[bytes], secret: bytes) -> SparseMerkleTree:
    """The tree over the commitments of a day. `secret` are random bytes of this day."""
    parts: dict[int, list[bytes]] = {}
    for leaf in sorted({leaf_hash(each) for each in commitments}):
        parts.setdefault(subtree_index(leaf), []).append(leaf)
    tops = tuple(
        _node(parts.get(number, ()), TREE_TOP_DEPTH, number, secret)
        for number in range(REPORT_TREE_PARTS)
    )
    return SparseMerkleTree(
        _above(tops)[-1][0], secret, tops, {each: tuple(said) for each, said in parts.items()}
    )


def root_from_subtrees(tops: Sequence[bytes]) -> bytes:
    """The root over the hashes of all parts."""
    return _above(tops)[-1][0]


def report_inclusion_path(
    leaf: bytes, part: Sequence[bytes], tops: Sequence[bytes], secret: bytes
) -> list[bytes] | None:
    """The path of a leaf, from its part; None when it is not in the tree."""
    if leaf not in part:
        return None
    path, place = [], leaf_index(leaf)
    for depth in range(REPORT_TREE_DEPTH, TREE_TOP_DEPTH, -1):
        beside = place >> (REPORT_TREE_DEPTH - depth) ^ 1
        held = [each for each in part if leaf_index(each) >> (REPORT_TREE_DEPTH - depth) == beside]
        path.append(_node(held, depth, beside, secret))
    number = subtree_index(leaf)
    for level in _above(tops)[:-1]:
        path.append(level[number ^ 1])
        number >>= 1
    return path


def encode_top(tree: SparseMerkleTree) -> bytes:
    """The secret and the hashes of the parts, as they are stored."""
    return tree.secret + b"".join(tree.tops)


def decode_top(body: bytes) -> tuple[bytes, list[bytes]]:
    """The same, as it was stored; raises ValueError for something else."""
    hashes = split_hashes(body)
    if len(hashes) != REPORT_TREE_PARTS + 1:
        raise ValueError("not the top of a tree")
    return hashes[0], hashes[1:]


def split_hashes(body: bytes) -> list[bytes]:
    """Hashes that were stored one behind the other."""
    return [body[at : at + TREE_HASH_BYTES] for at in range(0, len(body), TREE_HASH_BYTES)]


def _node(leaves: Sequence[bytes], depth: int, place: int, secret: bytes) -> bytes:
    """The hash of the subtree at a place of a depth, over its leaves in order."""
    if not leaves:
        named = depth.to_bytes(1, "big") + place.to_bytes(8, "big")
        return hmac.digest(secret, named, hashlib.sha256)
    if depth == REPORT_TREE_DEPTH:
        return leaves[0]
    right = 2 * place + 1
    at = next(
        (
            number
            for number, each in enumerate(leaves)
            if leaf_index(each) >> (REPORT_TREE_DEPTH - depth - 1) == right
        ),
        len(leaves),
    )
    return node_hash(
        _node(leaves[:at], depth + 1, right - 1, secret),
        _node(leaves[at:], depth + 1, right, secret),
    )


def _above(tops: Sequence[bytes]) -> list[list[bytes]]:
    """The levels from the parts to the root."""
    levels = [list(tops)]
    while len(levels[-1]) > 1:
        level = levels[-1]
        levels.append([node_hash(*level[at : at + 2]) for at in range(0, len(level), 2)])
    return levels
