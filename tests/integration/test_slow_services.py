"""A service that hangs costs a reporter no answer: 503 in time, as a document or as a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from casework.aws.services import secrets
from casework.aws.table.report_table import ReportTable
from functions.intake import handler
from tests.builders import a_reference
from tests.in_time import Context, hangs
from tests.integration.forms import FORM, a_form
from tests.integration.reporters import Reporters, an_event

SHORT = 0.1
"""Seconds that a call may work here."""


def called(event: dict[str, Any]) -> dict[str, Any]:
    """The answer of the function within its time limit."""
    context = Context(seconds=SHORT)
    answer = handler.handle(event, context)
    assert context.left > 0
    return answer


@pytest.mark.usefixtures("reporters")
def test_a_program_is_told_that_the_table_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReportTable, "follow", hangs)
    receipt = {"authorization": "Receipt AAAA"}
    answer = called(an_event("GET", f"/v1/reports/{a_reference()}", receipt))
    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"]
    assert "urn:e-iblagh:problem:busy" in answer["body"]


def test_the_form_keeps_its_answers_when_the_table_hangs(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReportTable, "put_once", hangs)
    form = a_form()
    answer = called(an_event("POST", "/fr/report/plain", FORM, urlencode(form).encode()))
    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"]
    assert form["key"] in answer["body"]
    assert "qui ne livre jamais" in answer["body"]
    assert reporters.items() == []


@pytest.mark.usefixtures("reporters")
def test_a_call_outside_the_pages_is_answered_503_when_secrets_hang(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secrets, "require_edge_header", hangs)
    assert called(an_event("GET", "/nowhere"))["statusCode"] == 503
