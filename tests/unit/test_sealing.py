"""Boxes: sealed by anybody, opened by the holder of the key, and only in their own place."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.aws.services.public_keys import NotAPublicKey, PublicKey, parse_rsa_key
from casework.aws.services.sealed_boxes import InvalidBox, SealedBox, open_box, seal_box

PRIVATE = generate_private_key(65537, 2048)
PUBLIC = PublicKey(
    key_id="0b0f1b3e-5c1f-4c8e-9d57-0c8f2a6f9f11",
    der=PRIVATE.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    ),
)
REFERENCE = "000G-40R4-0M30-E209-J"


def sealed(content: bytes) -> bytes:
    return seal_box(PUBLIC, content, reference=REFERENCE, field="contact")


def unwrapped(box: SealedBox) -> bytes:
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label=None)
    return PRIVATE.decrypt(box.wrapped, oaep)


@settings(max_examples=25)
@given(st.binary(max_size=300).map(lambda content: content.rstrip(b" ")))
def test_a_box_opens_with_the_unwrapped_key(content: bytes) -> None:
    box = SealedBox.read(sealed(content))
    assert box.key_id == PUBLIC.key_id
    assert open_box(unwrapped(box), box, reference=REFERENCE, field="contact") == content


@pytest.mark.parametrize(
    "key_id", ["0b0f1b3e-5c1f-4c8e-9d57-0c8f2a6f9f11", "mrk-0b0f1b3e5c1f4c8e9d570c8f2a6f9f11"]
)
def test_a_box_knows_the_key_that_opens_it(key_id: str) -> None:
    public = PublicKey(key_id=key_id, der=PUBLIC.der)
    stored = seal_box(public, b"{}", reference=REFERENCE, field="contact")
    assert SealedBox.read(stored).key_id == key_id


def test_a_box_does_not_open_in_another_place() -> None:
    box = SealedBox.read(sealed(b"{}"))
    key = unwrapped(box)
    with pytest.raises(InvalidBox):
        open_box(key, box, reference=REFERENCE, field="identity")
    with pytest.raises(InvalidBox):
        open_box(key, box, reference="0000-0000-0000-0000-0", field="contact")


def test_a_changed_box_does_not_open() -> None:
    stored = sealed(b'{"phone": "0661000000"}')
    key = unwrapped(SealedBox.read(stored))
    changed = SealedBox.read(stored[:-1] + bytes([stored[-1] ^ 1]))
    with pytest.raises(InvalidBox):
        open_box(key, changed, reference=REFERENCE, field="contact")


@pytest.mark.parametrize("stored", [b"", b"\x01", b"\x01\xff", b"\x02" + bytes(500)])
def test_an_invalid_box_is_refused(stored: bytes) -> None:
    with pytest.raises(InvalidBox):
        SealedBox.read(stored)


def test_the_length_of_a_box_does_not_tell_the_length_of_an_address() -> None:
    assert len(sealed(b"a@b.ma")) == len(sealed(b"a.much.longer.address@example.org"))


def test_two_boxes_of_the_same_content_have_nothing_in_common() -> None:
    one, other = SealedBox.read(sealed(b"{}")), SealedBox.read(sealed(b"{}"))
    assert (one.wrapped, one.nonce, one.sealed) != (other.wrapped, other.nonce, other.sealed)
    assert one.wrapped != other.wrapped
    assert one.nonce != other.nonce


def test_the_content_does_not_stand_in_the_box() -> None:
    assert b"0661000000" not in sealed(b'{"phone": "0661000000"}')


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_the_key_that_a_deployment_tells_is_the_one_that_boxes_are_sealed_to(bits: int) -> None:
    der = _written(generate_private_key(65537, bits).public_key())
    arn = "arn:aws:kms:eu-west-3:123456789012:key/mrk-0b0f1b3e5c1f4c8e9d570c8f2a6f9f11"
    told = PublicKey.parse(arn, base64.b64encode(der).decode())
    assert told == PublicKey("mrk-0b0f1b3e5c1f4c8e9d570c8f2a6f9f11", der)


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"no key",
        PUBLIC.der[:-1],
        PUBLIC.der + b"\0",
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
        PRIVATE.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.PKCS1
        ),
    ],
    ids=["nothing", "words", "cut", "longer", "elliptic", "another frame"],
)
def test_an_invalid_public_key_is_refused(der: bytes) -> None:
    with pytest.raises(NotAPublicKey):
        parse_rsa_key(base64.b64encode(der).decode())


@pytest.mark.parametrize("text", ["${PublicKeysContact.PublicKey}", "é", "MIIB oj"])
def test_invalid_base64_is_refused(text: str) -> None:
    with pytest.raises(NotAPublicKey):
        parse_rsa_key(text)


def _written(public: RSAPublicKey) -> bytes:
    return public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
