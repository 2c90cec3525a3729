"""Cursors are opaque, belong to one list, and are refused when they were not given out for it."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.aws.http import cursors
from casework.errors import NotValid
from functions.desk.shown.lists import IN_A_QUEUE, ON_DUTY
from functions.desk.shown.pages import IN_A_CASE
from tests.builders import a_case, a_reference

PLACE = f"1#2026-03-02T11:00:00.000Z#{a_case().id}"


def encoded(document: str) -> str:
    return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()


def test_a_cursor_leads_back_to_its_place() -> None:
    assert cursors.read(cursors.write("review", PLACE), ("review",), IN_A_QUEUE) == (
        "review",
        PLACE,
    )


def test_a_cursor_tells_no_more_than_a_list_and_a_place() -> None:
    assert cursors.write("review", "") == encoded('["review",""]')


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "not a cursor",
        "====",
        "AAAA",
        cursors.write("supervision", PLACE),
        cursors.write("review", "anywhere"),
        cursors.write("review", PLACE) + "=",
        cursors.write("review", PLACE) + "AA",
        encoded(f'["review", "{PLACE}"]'),
        encoded(f'["review","{PLACE}","more"]'),
        encoded('["review",7]'),
        encoded('{"review":""}'),
        encoded("[" * 200),
        "A" * (cursors.LONGEST + 1),
        "\u0661\u0662",
    ],
)
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(NotValid) as refused:
        cursors.read(cursor, ("review",), IN_A_QUEUE)
    assert [finding.pointer for finding in refused.value.findings] == ["#/cursor"]


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: encoded(raw.hex())))
@example(base64.urlsafe_b64encode(b"\xff\xfe[]").decode())
def test_nothing_typed_breaks_the_reader(cursor: str) -> None:
    with pytest.raises(NotValid):
        cursors.read(cursor, ("review",), IN_A_QUEUE)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (ON_DUTY, f"2#2026-03-02T11:00:00.000Z#{a_case().id}", a_case().id),
        (IN_A_CASE, "000012.3.17.40.2", a_reference()),
        (IN_A_CASE, "-.0.0.9.0", "-"),
        (IN_A_QUEUE, "", "1#"),
    ],
)
def test_places_have_one_writing(pattern: re.Pattern[str], good: str, bad: str) -> None:
    name = "list"
    assert cursors.read(cursors.write(name, good), (name,), pattern)[1] == good
    with pytest.raises(NotValid):
        cursors.read(cursors.write(name, bad), (name,), pattern)
