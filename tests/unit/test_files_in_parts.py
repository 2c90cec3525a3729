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
from casework.report.evidence import LARGEST, LARGEST_WHOLE, MOST_PARTS, NewFile
from casework.report.in_parts import (
    MIB,
    OBJECTS,
    PART,
    digest_of_parts,
    name_of,
    part_of,
    parts_of,
)

DIGEST = hashlib.sha256(b"a part").hexdigest()
SLOT = "0123456789abcdef" * 2


@pytest.mark.parametrize("size", [1, PART - 1, PART, PART + 1, 3 * PART, LARGEST])
def test_the_parts_of_a_file_are_all_its_bytes_in_their_order(size: int) -> None:
    parts = parts_of(size)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert [part.begins for part in parts] == [PART * number for number in range(len(parts))]
    assert sum(part.size for part in parts) == size
    assert {part.size for part in parts[:-1]} <= {PART}
    assert 1 <= parts[-1].size <= PART


def test_the_largest_file_has_as_many_parts_as_names_can_say() -> None:
    assert MOST_PARTS == 25
    for number in range(1, MOST_PARTS + 1):
        assert part_of(name_of(SLOT, number)) == (SLOT, number)


@pytest.mark.parametrize(
    "name",
    [
        f"{OBJECTS}{SLOT}/",
        f"{OBJECTS}{SLOT}/0",
        f"{OBJECTS}{SLOT}/02",
        f"{OBJECTS}{SLOT}/100",
        f"{OBJECTS}{SLOT}/2/3",
        f"{OBJECTS}{SLOT}/2\n",
        f"{OBJECTS}{SLOT[:-1]}",
        f"{OBJECTS}{SLOT.upper()}",
        f"out/{SLOT}",
    ],
)
def test_another_name_is_no_part(name: str) -> None:
    assert part_of(name) is None


def test_the_digest_of_parts_tells_their_order_and_their_number() -> None:
    one, two = (hashlib.sha256(each).hexdigest() for each in (b"1", b"2"))
    assert len({digest_of_parts(each) for each in ([one, two], [two, one], [one], [one] * 2)}) == 4
    assert digest_of_parts([one, two]) == hashlib.sha256(bytes.fromhex(one + two)).hexdigest()


def announced(**said: Any) -> NewFile:
    return NewFile.model_validate({"name": "film.mp4", **said})


def test_a_small_file_is_one_part_whose_digest_is_that_of_the_file() -> None:
    file = announced(size=PART, parts=[DIGEST])
    assert (file.declared, file.declared_parts) == (DIGEST, None)


def test_of_several_parts_the_sender_declares_the_digests_together() -> None:
    file = announced(size=PART + 1, parts=[DIGEST, DIGEST])
    assert (file.declared, file.declared_parts) == (None, digest_of_parts([DIGEST] * 2))
    both = announced(size=PART + 1, sha256="ab" * 32, parts=[DIGEST, DIGEST])
    assert both.declared == "ab" * 32


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"size": LARGEST_WHOLE + 1}, "size"),
        ({"size": PART + 1, "parts": [DIGEST]}, "size"),
        ({"size": PART, "parts": [DIGEST, DIGEST]}, "size"),
        ({"size": PART, "parts": []}, "size"),
        ({"parts": [DIGEST]}, "size"),
        ({"size": LARGEST + 1, "parts": [DIGEST]}, "size"),
        ({"size": LARGEST, "parts": [DIGEST] * (MOST_PARTS + 1)}, "parts"),
        ({"size": PART, "parts": ["ab"]}, "parts"),
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
    assert announced(size=LARGEST, parts=[DIGEST] * MOST_PARTS).size == LARGEST


def test_a_large_file_is_sealed_in_the_memory_of_a_few_chunks() -> None:
    public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    der = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    def read() -> Iterator[bytes]:
        for _ in range(100):
            yield bytes(MIB)

    tracemalloc.start()
    sealed = seal_file(read(), key=PublicKey("key", der), reference="R", number=1)
    length = sum(map(len, sealed.ciphertext))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length > 100 * MIB
    assert most < 8 * MIB
