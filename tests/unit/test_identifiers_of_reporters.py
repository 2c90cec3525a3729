"""The reporter's own telephone and e-mail are recognised however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.identifiers import canonical_email, canonicalise_phone, identifier_label, keyed_mark
from casework.identifiers.links import parse_link
from casework.identifiers.normalisation import normalise_text


@pytest.mark.parametrize(
    "written",
    [
        "0661000000",
        "06 61 00 00 00",
        "06.61.00.00.00",
        "+212661000000",
        "+212 (0)6 61 00 00 00",
        "00212 661-000-000",
        "212661000000",
        "٠٦٦١٠٠٠٠٠٠",
        "\u202a+212 661 000000\u202c",
    ],
)
def test_one_telephone_has_one_writing(written: str) -> None:
    assert canonicalise_phone(written) == "+212661000000"


@pytest.mark.parametrize("written", ["", "+", "12", "0661", "abc", "06610000001", "++33123456789"])
def test_an_invalid_telephone_has_no_canonical_form(written: str) -> None:
    assert canonicalise_phone(written) is None


def test_a_foreign_telephone_keeps_its_country() -> None:
    assert canonicalise_phone("+33 1 23 45 67 89") == "+33123456789"
    assert canonicalise_phone("0123456789", country="FR") is None


@pytest.mark.parametrize(
    "written", ["A.Person@Example.org", " a.person@example.org ", "a.person[at]example[.]org"]
)
def test_one_mail_address_has_one_writing(written: str) -> None:
    assert canonical_email(written) == "a.person@example.org"


@pytest.mark.parametrize(
    "written",
    ["", "a", "@example.org", "a@b", "a@@example.org", "a b@example.org", "a@example..org",
     "a@example.org\r\nBcc: x@example.org", "a@" + "x" * 300 + ".org", "<a@example.org>"],
)  # fmt: skip
def test_an_invalid_mail_address_has_no_canonical_form(written: str) -> None:
    assert canonical_email(written) is None


def opened(text: str) -> str | None:
    """The canonical text of a link, or of the host alone."""
    link = parse_link(normalise_text(text.strip()))
    return link.url or f"https://{link.host}" if link else None


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("hxxps://Bank[.]Example/Login", "https://bank.example/Login"),
        ("bank.example/login", "https://bank.example/login"),
        ("HTTP://Bank.Example:80/a?q=1#top", "http://bank.example/a?q=1"),
        ("https://user:pass@bank.example:8443/a", "https://bank.example:8443/a"),
    ],
)
def test_one_link_has_one_writing(written: str, canonical: str) -> None:
    assert opened(written) == canonical


@pytest.mark.parametrize(
    "written",
    ["", "javascript:alert(1)", "file:///etc/passwd", "http://", "gopher://a.b/c", "a\\b.c"],
)
def test_an_invalid_link_has_no_canonical_form(written: str) -> None:
    assert opened(written) is None


@given(st.text(max_size=100))
def test_no_text_breaks_the_readers_and_reading_twice_changes_nothing(text: str) -> None:
    for read in (canonicalise_phone, canonical_email, opened):
        once = read(text)
        assert once is None or read(once) == once


def test_a_mark_tells_neither_its_kind_nor_its_value_without_the_key() -> None:
    mark = keyed_mark(b"key", "phone", "+212661000000")
    assert mark == keyed_mark(b"key", "phone", "+212661000000")
    assert len(mark) == 16
    assert mark != keyed_mark(b"other", "phone", "+212661000000")
    assert mark != keyed_mark(b"key", "email", "+212661000000")


def test_the_mark_of_a_telephone_can_neither_be_tried_out_nor_point_at_a_reporter() -> None:
    said = identifier_label(b"key", "phone", "+212661000000")
    assert said == identifier_label(b"key", "phone", "+212661000000")
    assert said != identifier_label(b"other", "phone", "+212661000000")
    kind, _, mark = said.partition(":")
    assert kind == "phone"
    assert mark != keyed_mark(b"key", "phone", "+212661000000"), "what intake keeps of a reporter"
