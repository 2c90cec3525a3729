"""What follows from an Idempotency-Key, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.credentials import receipt
from casework.errors import KeyMissing
from casework.text.reference import parse_reference, read_receipt

KEY = "0b0f1b3e-5c1f-4c8e-9d57-0c8f2a6f9f11"
BODIES = st.binary(max_size=50)


@pytest.mark.parametrize("written", [KEY, KEY.upper(), f'"{KEY}"', f" {KEY} "])
def test_one_key_has_one_writing(written: str) -> None:
    assert receipt.parse_idempotency_key(written) == KEY


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "hello",
        KEY[:-1],
        KEY + "0",
        KEY.replace("-", ""),
        "{" + KEY + "}",
        "x" * 300,
        "é" * 36,
        "٠" + KEY[1:],
        KEY + "\n" + KEY,
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ],
)
def test_an_invalid_key_is_refused(written: str | None) -> None:
    with pytest.raises(KeyMissing) as refused:
        receipt.parse_idempotency_key(written)
    assert str(refused.value) == ""


@given(BODIES, BODIES)
def test_reference_and_receipt_follow_from_key_and_body(one: bytes, other: bytes) -> None:
    reference = receipt.reference_from_key(b"address", KEY)
    assert reference == parse_reference(reference)
    secret = receipt.receipt_from_key(b"pepper", KEY, one)
    assert secret == read_receipt(secret)
    assert (secret == receipt.receipt_from_key(b"pepper", KEY, other)) == (one == other)
    assert (receipt.body_mac(b"p", KEY, one) == receipt.body_mac(b"p", KEY, other)) == (
        one == other
    )


def test_nothing_that_is_stored_or_public_opens_a_report() -> None:
    reference = receipt.reference_from_key(b"address", KEY)
    secret = receipt.receipt_from_key(b"pepper", KEY, b"{}")
    stored = receipt.make_verifier(reference, secret)
    assert receipt.matches_verifier(stored, reference, secret)
    assert not receipt.matches_verifier(stored, reference, "")
    assert not receipt.matches_verifier(
        stored, reference, receipt.receipt_from_key(b"pepper2", KEY, b"{}")
    )
    assert not receipt.matches_verifier(stored, receipt.reference_from_key(b"other", KEY), secret)
    assert not receipt.matches_verifier(None, reference, secret)
    assert not receipt.matches_verifier(bytes(16), reference, secret)


def test_addresses_and_receipts_stay_the_same_across_releases() -> None:
    address = b"a" * 64
    assert receipt.reference_from_key(address, KEY) == "ED9W-AP04-DCNH-ATVA-R"
    assert receipt.receipt_from_key(address, KEY, b"{}") == "NT0K-9E1W-DK2N-H8V9-6VBR-4WXK-R0"
    assert receipt.make_verifier(
        "ED9W-AP04-DCNH-ATVA-R", "NT0K-9E1W-DK2N-H8V9-6VBR-4WXK-R0"
    ).hex() == ("6fe7aa9a3ecc45eb026981f65ee1b329")
