"""What a person sends is writing: it holds no control characters."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from casework.aws.http.api import Request
from casework.errors import NotValid
from casework.report.followup import Addition, Message
from casework.report.report import Report
from casework.text.allowed_text import require_visible_text
from functions.intake import form_fields
from tests.builders import a_report

CONTROL = [each for each in map(chr, range(0x110000)) if unicodedata.category(each) == "Cc"]


def sent(document: Any, *, escaped: bool = True) -> Request:
    body = json.dumps(document, ensure_ascii=escaped).encode()
    headers = {"content-type": "application/json"}
    return Request("POST", "/v1/reports", {}, {}, headers, body, {}, "urn:uuid:0")


def refusals(request: Request, model: type[Any]) -> dict[str, str]:
    with pytest.raises(NotValid) as refused:
        request.parse_body(model)
    return {finding.pointer: finding.code for finding in refused.value.findings}


@pytest.mark.parametrize("escaped", [True, False])
def test_no_control_character_is_taken_but_tab_and_line_break(escaped: bool) -> None:
    assert len(CONTROL) == 65
    for character in CONTROL:
        request = sent(a_report(narrative=f"avant {character} après"), escaped=escaped)
        if character in "\t\n":
            assert character in request.parse_body(Report).narrative
        else:
            assert refusals(request, Report) == {"#/narrative": "text.control"}, ascii(character)


def test_a_line_break_of_two_characters_is_kept_as_it_was_sent() -> None:
    assert sent(a_report(narrative="a\r\nb\\bfr")).parse_body(Report).narrative == "a\r\nb\\bfr"
    assert refusals(sent(a_report(narrative="a\rb")), Report) == {"#/narrative": "text.control"}


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (a_report(locations=[{"kind": "other", "value": "a\x07"}]), "#/locations/0/value"),
        (a_report(platform="\x1b[31m"), "#/platform"),
        (a_report(territory={"text": "Fès\x85"}), "#/territory/text"),
        (a_report() | {"a\x00": 1}, "#"),
    ],
)
def test_whatever_field_holds_one_is_named(document: dict[str, Any], pointer: str) -> None:
    assert refusals(sent(document), Report) == {pointer: "text.control"}


@pytest.mark.parametrize("model", [Addition, Message])
def test_later_texts_follow_the_same_rule(model: type[Any]) -> None:
    assert refusals(sent({"text": "a\x01"}), model) == {"#/text": "text.control"}


def test_a_line_break_of_a_form_is_one() -> None:
    assert (
        form_fields.report_from_form({"narrative": "un\r\ndeux\ntrois"}, "fr")["narrative"]
        == "un\ndeux\ntrois"
    )
    assert form_fields.addition_from_form({"text": "un\r\ndeux"}, "") == {"text": "un\ndeux"}


@pytest.mark.parametrize("text", ["\u200b", " \u2060\t", "\u200e\u200f", "\u00a0\n"])
def test_an_invisible_text_is_blank(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="says nothing"):
        require_visible_text(text)
    assert require_visible_text(f"{text}.") == f"{text}."
