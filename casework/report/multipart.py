"""A file in parts: a connection that breaks sends again only the part that it broke in.

Every file comes as one object for each of its parts, and a small file is one part. All parts but
the last have `UPLOAD_PART_BYTES` bytes, so that the size of a file tells where each part begins.
The first part has the name of the upload, the others have their number behind it:

    in/{slot}   in/{slot}/2   in/{slot}/3   …
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

BYTES_PER_MIB: Final = 1024 * 1024
UPLOAD_PART_BYTES: Final = 4 * BYTES_PER_MIB
"""Bytes of a part: two minutes of a telephone that sends 300 kbit/s, a third of what its form may
take. Each part costs requests, so smaller ones are no gain."""
UPLOAD_OBJECT_PREFIX: Final = "in/"
"""Prefix of the names of uploaded objects; the slot's id follows, which says nothing."""
_NAME: Final = re.compile(rf"{UPLOAD_OBJECT_PREFIX}([0-9a-f]{{32}})(?:/([1-9][0-9]?))?")


class UploadPart(NamedTuple):
    """Which bytes of a file a part is."""

    number: int
    """From 1."""
    begins: int
    size: int


def split_into_parts(size: int) -> tuple[UploadPart, ...]:
    """The parts of a file of so many bytes, in their order."""
    return tuple(
        UploadPart(number, begins, min(UPLOAD_PART_BYTES, size - begins))
        for number, begins in enumerate(range(0, size, UPLOAD_PART_BYTES), start=1)
    )


def combine_part_digests(digests: Iterable[str]) -> str:
    """What stands for the digests of all parts: SHA-256 over them, one after the other; in hex."""
    return hashlib.sha256(b"".join(map(bytes.fromhex, digests))).hexdigest()


def part_object_name(slot: str, part: int) -> str:
    """The name of the object of a part."""
    return f"{UPLOAD_OBJECT_PREFIX}{slot}" if part == 1 else f"{UPLOAD_OBJECT_PREFIX}{slot}/{part}"


def parse_part_name(name: str) -> tuple[str, int] | None:
    """The slot and the number of the part that an object is; None for no name of ours."""
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2] or 1)) if found else None
