"""A sealed file opens whole, or not at all."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from casework.aws.services.file_sealing import (
    SEAL_CHUNK_BYTES,
    SEAL_TAG_BYTES,
    decrypt_file,
    seal_file,
    sealed_file_length,
)
from casework.aws.services.public_keys import PublicKey
from casework.aws.services.sealed_boxes import InvalidBox

HOLDER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY = PublicKey(
    "key",
    HOLDER.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    ),
)
HEAD = 8


def sealed(*pieces: bytes) -> tuple[bytes, bytes]:
    """The ciphertext of a file of report R, number 1, and its unwrapped key."""
    made = seal_file(pieces, key=KEY, reference="R", number=1)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return b"".join(made.ciphertext), HOLDER.decrypt(made.wrapped, oaep)


@pytest.mark.parametrize(
    "size",
    [0, 1, SEAL_CHUNK_BYTES - 1, SEAL_CHUNK_BYTES, SEAL_CHUNK_BYTES + 1, 2 * SEAL_CHUNK_BYTES],
)
def test_a_file_of_any_size_opens_as_it_was(size: int) -> None:
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    made, key = sealed(content)
    assert decrypt_file(made, key, reference="R", number=1) == content
    assert len(made) == sealed_file_length(size)
    assert size < SEAL_CHUNK_BYTES - 1 or content[:64] not in made


@pytest.mark.parametrize(
    "piece",
    [1_000, SEAL_CHUNK_BYTES - 1, SEAL_CHUNK_BYTES, SEAL_CHUNK_BYTES + 1, 3 * SEAL_CHUNK_BYTES],
)
def test_the_pieces_in_which_a_file_is_read_do_not_change_its_chunks(piece: int) -> None:
    content = b"0123456789abcdef" * (3 * SEAL_CHUNK_BYTES // 16)
    made, key = sealed(*(content[at : at + piece] for at in range(0, len(content), piece)))
    assert decrypt_file(made, key, reference="R", number=1) == content
    assert len(made) == sealed_file_length(len(content))


def test_a_file_opens_as_that_of_no_other_report_or_number_and_with_no_other_key() -> None:
    """Evidence case E30: a key that was handed out once is useless for another file."""
    made, key = sealed(b"one")
    _, other = sealed(b"another")
    for opened, reference, number in ((key, "S", 1), (key, "R", 2), (other, "R", 1)):
        with pytest.raises(InvalidBox):
            decrypt_file(made, opened, reference=reference, number=number)


CHUNKS = range(
    HEAD, HEAD + 3 * (SEAL_CHUNK_BYTES + SEAL_TAG_BYTES), SEAL_CHUNK_BYTES + SEAL_TAG_BYTES
)


@pytest.mark.parametrize("what", ["cut", "left out", "exchanged", "repeated", "changed", "format"])
def test_chunks_are_neither_left_out_nor_moved_nor_cut_off(what: str) -> None:
    made, key = sealed(b"a" * SEAL_CHUNK_BYTES + b"b" * SEAL_CHUNK_BYTES + b"c" * SEAL_CHUNK_BYTES)
    whole = made
    head, (one, two, three) = (
        whole[:HEAD],
        (whole[at : at + SEAL_CHUNK_BYTES + SEAL_TAG_BYTES] for at in CHUNKS),
    )
    changed = {
        "cut": head + one + two,
        "left out": head + one + three,
        "exchanged": head + two + one + three,
        "repeated": head + one + two + two + three,
        "changed": whole[:-1] + bytes([whole[-1] ^ 1]),
        "format": b"\x02" + whole[1:],
    }[what]
    with pytest.raises(InvalidBox):
        decrypt_file(changed, key, reference="R", number=1)


def test_only_rsa_keys_seal() -> None:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    der = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(TypeError):
        seal_file([b""], key=PublicKey("key", der), reference="R", number=1)
