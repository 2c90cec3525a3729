"""A file in parts: which bytes each part is, what it is called, and what a sender may announce."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from casework.aws.services.file_sealing import seal_file
from casework.aws.services.public_keys import PublicKey
from casework.report.file_limits import (
    MAX_FILE_BYTES,
    MAX_SINGLE_PART_BYTES,
    MAX_UPLOAD_PARTS,
    NewFile,
)
from casework.report.multipart import (
    BYTES_PER_MIB,
    UPLOAD_OBJECT_PREFIX,
    UPLOAD_PART_BYTES,
    combine_part_digests,
    parse_part_name,
    part_object_name,
    split_into_parts,
)

DIGEST = hashlib.sha256(b"a part").hexdigest()
SLOT = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "size",
    [
        1,
        UPLOAD_PART_BYTES - 1,
        UPLOAD_PART_BYTES,
        UPLOAD_PART_BYTES + 1,
        3 * UPLOAD_PART_BYTES,
        MAX_FILE_BYTES,
    ],
)
def test_the_parts_of_a_file_are_all_its_bytes_in_their_order(size: int) -> None:
    parts = split_into_parts(size)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert [part.begins for part in parts] == [
        UPLOAD_PART_BYTES * number for number in range(len(parts))
    ]
    assert sum(part.size for part in parts) == size
    assert {part.size for part in parts[:-1]} <= {UPLOAD_PART_BYTES}
    assert 1 <= parts[-1].size <= UPLOAD_PART_BYTES


def test_the_largest_file_has_as_many_parts_as_names_can_say() -> None:
    assert MAX_UPLOAD_PARTS == 25
    for number in range(1, MAX_UPLOAD_PARTS + 1):
        assert parse_part_name(part_object_name(SLOT, number)) == (SLOT, number)


@pytest.mark.parametrize(
    "name",
    [
        f"{UPLOAD_OBJECT_PREFIX}{SLOT}/",
        f"{UPLOAD_OBJECT_PREFIX}{SLOT}/0",
        f"{UPLOAD_OBJECT_PREFIX}{SLOT}/02",
        f"{UPLOAD_OBJECT_PREFIX}{SLOT}/100",
        f"{UPLOAD_OBJECT_PREFIX}{SLOT}/2/3",
        f"{UPLOAD_OBJECT_PREFIX}{SLOT}/2\n",
        f"{UPLOAD_OBJECT_PREFIX}{SLOT[:-1]}",
        f"{UPLOAD_OBJECT_PREFIX}{SLOT.upper()}",
        f"out/{SLOT}",
    ],
)
def test_another_name_is_no_part(name: str) -> None:
    assert parse_part_name(name) is None


def test_the_digest_of_parts_tells_their_order_and_their_number() -> None:
    one, two = (hashlib.sha256(each).hexdigest() for each in (b"1", b"2"))
    assert (
        len({combine_part_digests(each) for each in ([one, two], [two, one], [one], [one] * 2)})
        == 4
    )
    assert combine_part_digests([one, two]) == hashlib.sha256(bytes.fromhex(one + two)).hexdigest()


def announced(**said: Any) -> NewFile:
    return NewFile.model_validate({"name": "film.mp4", **said})


def test_a_small_file_is_one_part_whose_digest_is_that_of_the_file() -> None:
    file = announced(size=UPLOAD_PART_BYTES, parts=[DIGEST])
    assert (file.declared_digest, file.declared_parts) == (DIGEST, None)


def test_of_several_parts_the_sender_declares_the_digests_together() -> None:
    file = announced(size=UPLOAD_PART_BYTES + 1, parts=[DIGEST, DIGEST])
    assert (file.declared_digest, file.declared_parts) == (None, combine_part_digests([DIGEST] * 2))
    both = announced(size=UPLOAD_PART_BYTES + 1, sha256="ab" * 32, parts=[DIGEST, DIGEST])
    assert both.declared_digest == "ab" * 32


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"size": MAX_SINGLE_PART_BYTES + 1}, "size"),
        ({"size": UPLOAD_PART_BYTES + 1, "parts": [DIGEST]}, "size"),
        ({"size": UPLOAD_PART_BYTES, "parts": [DIGEST, DIGEST]}, "size"),
        ({"size": UPLOAD_PART_BYTES, "parts": []}, "size"),
        ({"parts": [DIGEST]}, "size"),
        ({"size": MAX_FILE_BYTES + 1, "parts": [DIGEST]}, "size"),
        ({"size": MAX_FILE_BYTES, "parts": [DIGEST] * (MAX_UPLOAD_PARTS + 1)}, "parts"),
        ({"size": UPLOAD_PART_BYTES, "parts": ["ab"]}, "parts"),
    ],
    ids=[
        "large and whole",
        "too few",
        "too many",
        "none",
        "of no size",
        "too large",
        "more than any",
        "no digest",
    ],
)
def test_parts_that_do_not_fit_the_size_are_refused_and_name_their_field(
    said: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        announced(**said)
    assert refused.value.errors()[0]["loc"][0] == field


def test_the_largest_file_is_announced_in_parts() -> None:
    assert announced(size=MAX_FILE_BYTES, parts=[DIGEST] * MAX_UPLOAD_PARTS).size == MAX_FILE_BYTES


def test_a_large_file_is_sealed_in_the_memory_of_a_few_chunks() -> None:
    public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    der = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    def read() -> Iterator[bytes]:
        for _ in range(100):
            yield bytes(BYTES_PER_MIB)

    tracemalloc.start()
    sealed = seal_file(read(), key=PublicKey("key", der), reference="R", number=1)
    length = sum(map(len, sealed.ciphertext))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length > 100 * BYTES_PER_MIB
    assert most < 8 * BYTES_PER_MIB
