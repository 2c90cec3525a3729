"""Cursors are opaque, belong to one list, and are refused when they were not given out for it."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.aws.http import cursors
from casework.errors import NotValid
from functions.desk.queries.lists import DUTY_CURSOR_PATTERN, QUEUE_CURSOR_PATTERN
from functions.desk.queries.pages import CASE_PAGE_CURSOR_PATTERN
from tests.builders import a_case, a_reference

PLACE = f"1#2026-03-02T11:00:00.000Z#{a_case().id}"


def encoded(document: str) -> str:
    return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()


def test_a_cursor_leads_back_to_its_place() -> None:
    assert cursors.decode_cursor(
        cursors.encode_cursor("review", PLACE), ("review",), QUEUE_CURSOR_PATTERN
    ) == (
        "review",
        PLACE,
    )


def test_a_cursor_tells_no_more_than_a_list_and_a_place() -> None:
    assert cursors.encode_cursor("review", "") == encoded('["review",""]')


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "not a cursor",
        "====",
        "AAAA",
        cursors.encode_cursor("supervision", PLACE),
        cursors.encode_cursor("review", "anywhere"),
        cursors.encode_cursor("review", PLACE) + "=",
        cursors.encode_cursor("review", PLACE) + "AA",
        encoded(f'["review", "{PLACE}"]'),
        encoded(f'["review","{PLACE}","more"]'),
        encoded('["review",7]'),
        encoded('{"review":""}'),
        encoded("[" * 200),
        "A" * (cursors.MAX_CURSOR_LENGTH + 1),
        "\u0661\u0662",
    ],
)
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(NotValid) as refused:
        cursors.decode_cursor(cursor, ("review",), QUEUE_CURSOR_PATTERN)
    assert [finding.pointer for finding in refused.value.findings] == ["#/cursor"]


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: encoded(raw.hex())))
@example(base64.urlsafe_b64encode(b"\xff\xfe[]").decode())
def test_nothing_typed_breaks_the_reader(cursor: str) -> None:
    with pytest.raises(NotValid):
        cursors.decode_cursor(cursor, ("review",), QUEUE_CURSOR_PATTERN)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (DUTY_CURSOR_PATTERN, f"2#2026-03-02T11:00:00.000Z#{a_case().id}", a_case().id),
        (CASE_PAGE_CURSOR_PATTERN, "000012.3.17.40.2", a_reference()),
        (CASE_PAGE_CURSOR_PATTERN, "-.0.0.9.0", "-"),
        (QUEUE_CURSOR_PATTERN, "", "1#"),
    ],
)
def test_places_have_one_writing(pattern: re.Pattern[str], good: str, bad: str) -> None:
    name = "list"
    assert cursors.decode_cursor(cursors.encode_cursor(name, good), (name,), pattern)[1] == good
    with pytest.raises(NotValid):
        cursors.decode_cursor(cursors.encode_cursor(name, bad), (name,), pattern)
