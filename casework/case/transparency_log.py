"""The log of days: one append-only tree over all seals, which others can check and copy.

    entry        32 bytes: SHA-256 of the canonical JSON of a day's statement
    tree         RFC 6962: leaves SHA-256(0x00 | entry), inner nodes SHA-256(0x01 | left | right)
    checkpoint   origin, size and root in the text of c2sp.org/tlog-checkpoint, signed with Ed25519
                 as c2sp.org/signed-note writes it
    tiles        the hashes and the entries in files of 256, at the addresses of
                 c2sp.org/tlog-tiles

A public entry is a digest: the log tells that a day was sealed, and neither what nor how much.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

CHECKPOINT_ALGORITHM: Final = "ED25519_SHA_512"
"""The signing algorithm's name in AWS KMS; it signs the whole message (`RAW`)."""
TREE_HASH_BYTES: Final = 32
TILE_WIDTH: Final = 256
"""Hashes of a full tile, and entries of a full bundle (c2sp.org/tlog-tiles)."""
_ED25519: Final = b"\x01"
_FRAME: Final = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410)."""
_MARK_BYTES: Final = 4
_SIGNATURE_BYTES: Final = 64
_DASH: Final = "\u2014 "


# ---- the tree ----------------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over the hashes of all leaves, in order (RFC 6962, 2.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = [*paired, level[-1]] if len(level) % 2 else paired
    return level[0]


def log_inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path from a leaf to the root, the lowest node first (RFC 6962, 2.1.1).

    Raises IndexError for a leaf that is not there.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    half = _split(len(leaves))
    if index < half:
        return [*log_inclusion_path(leaves[:half], index), merkle_root(leaves[half:])]
    return [*log_inclusion_path(leaves[half:], index - half), merkle_root(leaves[:half])]


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """The nodes that show that a tree continues its beginning of `first` leaves, as verifiers read
    them (RFC 6962, 2.1.2); empty where it is the whole tree. Raises IndexError for another size."""
    if not 0 < first <= len(leaves):
        raise IndexError(first)
    return _continuing(leaves, first, known=True)


def _continuing(leaves: Sequence[bytes], first: int, *, known: bool) -> list[bytes]:
    """SUBPROOF: `known` is whether the verifier has the root over these first leaves."""
    if first == len(leaves):
        return [] if known else [merkle_root(leaves)]
    half = _split(len(leaves))
    if first <= half:
        return [*_continuing(leaves[:half], first, known=known), merkle_root(leaves[half:])]
    return [*_continuing(leaves[half:], first - half, known=False), merkle_root(leaves[:half])]


# ---- the checkpoint ----------------------------------------------------------------------------


class InvalidCheckpoint(ValueError):
    """Where a checkpoint should be stands something else."""

    error_code = "NotACheckpoint"


@dataclass(frozen=True)
class LogCheckpoint:
    """What the log says of itself: its name, its size and its root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text, which is signed (c2sp.org/tlog-checkpoint)."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


_SIZE: Final = re.compile("0|[1-9][0-9]{0,15}")
_ROOT: Final = re.compile("[A-Za-z0-9+/]{43}=")


def raw_key(public_key: bytes) -> bytes:
    """The 32 bytes of an Ed25519 key, from its X.509 SubjectPublicKeyInfo in DER (RFC 8410).

    Raises ValueError for another key.
    """
    if len(public_key) != len(_FRAME) + TREE_HASH_BYTES or not public_key.startswith(_FRAME):
        raise ValueError("not an Ed25519 key")
    return public_key[-TREE_HASH_BYTES:]


def key_hash(origin: str, public_key: bytes) -> bytes:
    """The four bytes that name a key in a signature line, of a raw key (c2sp.org/signed-note)."""
    named = origin.encode() + b"\n" + _ED25519 + public_key
    return hashlib.sha256(named).digest()[:_MARK_BYTES]


def sign_checkpoint_note(checkpoint: LogCheckpoint, mark: bytes, signature: bytes) -> bytes:
    """The checkpoint with a signature over its text."""
    line = base64.b64encode(mark + signature).decode()
    return f"{checkpoint.text}\n{_DASH}{checkpoint.origin} {line}\n".encode()


def parse_signed_note(note: bytes) -> tuple[LogCheckpoint, bytes]:
    """A checkpoint and the signature of the log itself, still to be verified; other signatures,
    as of witnesses, may stand beside it. Raises InvalidCheckpoint."""
    try:
        text, _, lines = note.decode().rpartition("\n\n")
        origin, _, said = text.partition("\n")
        size, _, root = said.partition("\n")
        if not (origin and _SIZE.fullmatch(size) and _ROOT.fullmatch(root)):
            raise InvalidCheckpoint
        begins = f"{_DASH}{origin} "
        for line in lines.splitlines():
            if line.startswith(begins):
                signed = base64.b64decode(line.removeprefix(begins), validate=True)
                if len(signed) == _MARK_BYTES + _SIGNATURE_BYTES:
                    checkpoint = LogCheckpoint(origin, int(size), base64.b64decode(root))
                    return checkpoint, signed[_MARK_BYTES:]
    except (UnicodeDecodeError, binascii.Error) as error:
        raise InvalidCheckpoint from error
    raise InvalidCheckpoint


# ---- the tiles ---------------------------------------------------------------------------------


def _numbered(number: int) -> str:
    """The number of a tile in addresses: groups of three digits, all but the last behind an `x`."""
    groups = [f"{number % 1_000:03d}"]
    while number := number // 1_000:
        groups.insert(0, f"x{number % 1_000:03d}")
    return "/".join(groups)


def tile_path(level: int | str, number: int, width: int = TILE_WIDTH) -> str:
    """The address of a tile below the log's: of a level of hashes, or of `entries`."""
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{_numbered(number)}{partial}"


def entry_bundles(size: int, before: int = 0) -> Iterator[tuple[str, range]]:
    """The addresses of the bundles of entries of a tree, with the entries of each; without those
    that were full at an earlier size."""
    for number in range(before // TILE_WIDTH, (size + TILE_WIDTH - 1) // TILE_WIDTH):
        first, end = number * TILE_WIDTH, min(size, (number + 1) * TILE_WIDTH)
        yield tile_path("entries", number, end - first), range(first, end)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """A bundle: each entry behind its length in two bytes."""
    return b"".join(len(each).to_bytes(2, "big") + each for each in entries)


def decode_bundle(body: bytes) -> list[bytes]:
    """The entries of a bundle; raises ValueError when it is none of digests."""
    size = TREE_HASH_BYTES + 2
    found = [body[at : at + size] for at in range(0, len(body), size)]
    if any(each[:2] != TREE_HASH_BYTES.to_bytes(2, "big") or len(each) != size for each in found):
        raise ValueError("not a bundle of digests")
    return [each[2:] for each in found]


def hash_tiles(leaves: Sequence[bytes], before: int = 0) -> Iterator[tuple[str, bytes]]:
    """The tiles of hashes of a tree, and what each holds; without those that were full at an
    earlier size."""
    level, hashes, earlier = 0, list(leaves), before
    while hashes:
        for number in range(earlier // TILE_WIDTH, (len(hashes) + TILE_WIDTH - 1) // TILE_WIDTH):
            held = hashes[number * TILE_WIDTH : (number + 1) * TILE_WIDTH]
            yield tile_path(level, number, len(held)), b"".join(held)
        full = range(0, len(hashes) - TILE_WIDTH + 1, TILE_WIDTH)
        hashes = [merkle_root(hashes[at : at + TILE_WIDTH]) for at in full]
        level, earlier = level + 1, earlier // TILE_WIDTH
