"""The log of days is the tree of RFC 6962, and its files are those of the C2SP formats."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from casework.case import transparency_log
from casework.case.transparency_log import LogCheckpoint, leaf_hash, merkle_root, node_hash
from tools import verify_log

VECTORS = [
    bytes.fromhex(each)
    for each in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The eight leaves of the tests of certificate-transparency (`merkle_tree_test.cc`)."""
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The root over the first one, two, ... of them, from the same place."""
LEAVES = [leaf_hash(each) for each in VECTORS]

A_LOG = st.integers(1, 700).map(
    lambda size: [bytes([each % 251, each // 251]) for each in range(size)]
)
"""Its entries."""


def test_the_roots_are_the_published_ones() -> None:
    assert merkle_root([]).hex() == hashlib.sha256(b"").hexdigest()
    assert [merkle_root(LEAVES[: size + 1]).hex() for size in range(8)] == ROOTS


def test_the_proofs_are_the_published_ones() -> None:
    """Of leaf 0 and 5 of eight."""
    assert [each.hex()[:8] for each in transparency_log.log_inclusion_path(LEAVES, 0)] == [
        *("96a296d2", "5f083f0a", "6b47aaf2"),
    ]
    assert [each.hex()[:8] for each in transparency_log.log_inclusion_path(LEAVES, 5)] == [
        *("bc1a0643", "ca854ea1", "d37ee418"),
    ]


def defined(leaves: list[bytes]) -> bytes:
    """The root in the words of RFC 6962, 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(defined(leaves[:half]), defined(leaves[half:]))


@given(A_LOG, st.data())
def test_each_entry_is_proved_in_its_place_and_in_no_other(
    entries: list[bytes], data: st.DataObject
) -> None:
    """By the verifier that others use, which shares no code with the log."""
    leaves, size = [leaf_hash(each) for each in entries], len(entries)
    root = merkle_root(leaves)
    assert root == defined(leaves) == verify_log.root_of(entries)
    index = data.draw(st.integers(0, size - 1))
    path = transparency_log.log_inclusion_path(leaves, index)
    assert verify_log.root_from(entries[index], index, size, path) == root
    other = data.draw(st.integers(-1, size + 1))
    if other != index:
        assert verify_log.root_from(entries[index], other, size, path) != root
    assert verify_log.root_from(b"another", index, size, path) != root
    assert verify_log.root_from(entries[index], index, size, [*path, root]) != root


@given(A_LOG, st.data())
def test_a_log_continues_each_of_its_beginnings_and_no_other_log(
    entries: list[bytes], data: st.DataObject
) -> None:
    leaves, size = [leaf_hash(each) for each in entries], len(entries)
    first = data.draw(st.integers(1, size))
    path, old, root = (
        transparency_log.consistency_proof(leaves, first),
        merkle_root(leaves[:first]),
        merkle_root(leaves),
    )
    assert verify_log.continues(old, first, root, size, path) == (first < size)
    forked = merkle_root([bytes(32), *leaves[1:first]])
    assert not verify_log.continues(forked, first, root, size, path)
    assert not verify_log.continues(old, first, root, size + 1, [*path, root])


def test_nothing_is_proved_of_what_is_not_in_the_log() -> None:
    with pytest.raises(IndexError):
        transparency_log.log_inclusion_path(LEAVES, 8)
    for size in (0, 9):
        with pytest.raises(IndexError):
            transparency_log.consistency_proof(LEAVES, size)


@given(st.integers(1, 1_500), st.data())
def test_the_tiles_hold_every_hash_and_grow_only_at_their_end(
    size: int, data: st.DataObject
) -> None:
    """What is written at a size, and what was written at an earlier one, is the whole tree."""
    before = data.draw(st.integers(0, size))
    leaves = [leaf_hash(each.to_bytes(2, "big")) for each in range(size)]
    files = dict(transparency_log.hash_tiles(leaves[:before])) | dict(
        transparency_log.hash_tiles(leaves, before)
    )
    whole = dict(transparency_log.hash_tiles(leaves))
    assert {path: files[path] for path in whole} == whole
    lowest = [path for path in whole if path.startswith("tile/0/")]
    assert b"".join(whole[path] for path in lowest) == b"".join(leaves)
    above = whole.get(transparency_log.tile_path(1, 0, size // 256), b"")
    assert above == b"".join(merkle_root(leaves[at * 256 :][:256]) for at in range(size // 256))


def test_a_full_tile_of_full_tiles_has_its_root_one_level_higher() -> None:
    leaves = [leaf_hash(b"")] * 65_536
    assert dict(transparency_log.hash_tiles(leaves))["tile/2/000.p/1"] == merkle_root(leaves)


def test_tiles_and_bundles_have_the_addresses_of_the_specification() -> None:
    assert transparency_log.tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert transparency_log.tile_path("entries", 0, 5) == "tile/entries/000.p/5"
    assert [path for path, _ in transparency_log.entry_bundles(600, 300)] == [
        "tile/entries/001",
        "tile/entries/002.p/88",
    ]
    digests = [bytes([each]) * 32 for each in range(3)]
    assert transparency_log.decode_bundle(transparency_log.encode_bundle(digests)) == digests
    for harm in (
        b"\0\x20short",
        transparency_log.encode_bundle(digests)[1:],
        b"\0\x21" + bytes(33),
    ):
        with pytest.raises(ValueError, match="not a bundle"):
            transparency_log.decode_bundle(harm)


def test_a_checkpoint_is_a_signed_note() -> None:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    raw = transparency_log.raw_key(der)
    said = LogCheckpoint("portal.example/log", 8, bytes.fromhex(ROOTS[7]))
    assert said.text == "portal.example/log\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
    mark = transparency_log.key_hash(said.origin, raw)
    assert mark == hashlib.sha256(b"portal.example/log\n\x01" + raw).digest()[:4]
    note = transparency_log.sign_checkpoint_note(said, mark, key.sign(said.text.encode()))
    assert transparency_log.parse_signed_note(note) == (said, key.sign(said.text.encode()))
    assert transparency_log.parse_signed_note(note + b"\xe2\x80\x94 witness AAAA\n")[0] == said
    other = ed25519.Ed25519PublicKey.from_public_bytes(raw)
    other.verify(transparency_log.parse_signed_note(note)[1], said.text.encode())
    with pytest.raises(ValueError, match="not an Ed25519"):
        transparency_log.raw_key(raw)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b"\n8\n", b"\n08\n"),
        (b"\n8\n", b"\n-8\n"),
        (b"Xcna", b"Xcn"),
        (b"\n\n", b"\n"),
        ("\u2014 log".encode(), b"- log"),
        (b" log ", b" other "),
        (b"AAAA", b"AAA"),
        (b"AAAA", b""),
        (b"log\n8", b"\xfflog\n8"),
    ],
)
def test_what_is_no_checkpoint_is_not_read_as_one(was: bytes, now: bytes) -> None:
    note = transparency_log.sign_checkpoint_note(
        LogCheckpoint("log", 8, bytes.fromhex(ROOTS[7])), bytes(4), bytes(64)
    )
    assert was in note
    with pytest.raises(transparency_log.InvalidCheckpoint):
        transparency_log.parse_signed_note(note.replace(was, now, 1))
