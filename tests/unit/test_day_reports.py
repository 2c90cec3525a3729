"""A path in the tree of a day's reports proves one report, and tells nothing of the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.case import report_tree
from casework.case.transparency_log import leaf_hash
from tools import verify_log

SECRET = bytes(range(32))
COMMITMENTS = st.lists(st.binary(min_size=32, max_size=32), unique=True, max_size=40)


def path_in(tree: report_tree.SparseMerkleTree, commitment: bytes) -> list[bytes] | None:
    leaf = leaf_hash(commitment)
    secret, tops = report_tree.decode_top(report_tree.encode_top(tree))
    part = tree.parts.get(report_tree.subtree_index(leaf), ())
    return report_tree.report_inclusion_path(leaf, part, tops, secret)


def proves(commitment: bytes, path: list[bytes], tree: report_tree.SparseMerkleTree) -> bool:
    """What the verifier says that others use."""
    report = {"commitment": commitment.hex(), "path": [step.hex() for step in path]}
    return verify_log.in_the_day(report, tree.root.hex())


@given(COMMITMENTS, st.binary(min_size=32, max_size=32))
def test_each_report_of_a_day_is_proved_and_no_other(reports: list[bytes], other: bytes) -> None:
    tree = report_tree.build_tree(reports, SECRET)
    assert report_tree.root_from_subtrees(tree.tops) == tree.root
    for each in reports:
        path = path_in(tree, each)
        assert path is not None
        assert len(path) == report_tree.REPORT_TREE_DEPTH
        assert proves(each, path, tree)
        if other not in reports:
            assert not proves(other, path, tree)
    if other not in reports:
        assert path_in(tree, other) is None


def test_the_order_of_reports_does_not_matter_and_one_counts_once() -> None:
    reports = [bytes([each]) * 32 for each in range(9)]
    tree = report_tree.build_tree(reports, SECRET)
    assert report_tree.build_tree([*reversed(reports), reports[3]], SECRET).root == tree.root
    assert report_tree.build_tree(reports[1:], SECRET).root != tree.root


def test_a_path_of_a_quiet_day_looks_like_one_of_a_busy_day() -> None:
    """No hash of a path stands for nothing: without the secret an empty place looks like a full
    one, and the day alone decides on it."""
    mine = bytes(32)
    quiet, busy = (
        report_tree.build_tree([mine, *others], SECRET)
        for others in ([], [each.to_bytes(32, "big") for each in range(1, 500)])
    )
    tomorrow = report_tree.build_tree([mine], SECRET[::-1])
    paths = [path_in(tree, mine) for tree in (quiet, busy, tomorrow)]
    assert all(
        path is not None and len(set(path)) == report_tree.REPORT_TREE_DEPTH for path in paths
    )
    alone, _, later = (set(path or ()) for path in paths)
    assert not alone & later


def test_a_day_without_reports_has_a_root_like_any_other() -> None:
    one, other = (report_tree.build_tree([], secret) for secret in (SECRET, SECRET[::-1]))
    assert len(one.root) == 32
    assert one.root != other.root


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path[1:],
        lambda path: [*path, bytes(32)],
        lambda path: [bytes(32), *path[1:]],
        lambda path: [*path[:-1], bytes(32)],
        lambda path: path[::-1],
    ],
)
def test_an_edited_path_proves_nothing(harm: Callable[[list[bytes]], list[bytes]]) -> None:
    tree = report_tree.build_tree([bytes(32), bytes([1]) * 32], SECRET)
    path = path_in(tree, bytes(32))
    assert path is not None
    assert not proves(bytes(32), harm(path), tree)


def test_what_is_no_top_of_a_tree_is_not_read_as_one() -> None:
    with pytest.raises(ValueError, match="not the top"):
        report_tree.decode_top(bytes(64))
