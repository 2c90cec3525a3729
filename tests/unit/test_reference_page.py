"""The page that is written from the API's document tells all of it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tools.site.build import OPENAPI
from tools.site.reference import METHODS, reference_page

DOCUMENT: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))
PAGE = reference_page(DOCUMENT, "/assets/portal.css", "/assets/icon.svg").decode()


def test_every_call_type_and_problem_has_its_place() -> None:
    places = re.findall(r'\bid="([^"]+)"', PAGE)
    assert len(places) == len(set(places))
    parts = DOCUMENT["components"]
    calls = [
        each["operationId"]
        for methods in DOCUMENT["paths"].values()
        for name, each in methods.items()
        if name in METHODS
    ]
    assert len(calls) == sum(map(len, DOCUMENT["paths"].values()))
    assert set(places) >= {
        *calls,
        *(f"type-{name}" for name in parts["schemas"]),
        *(f"problem-{name}" for name in parts["examples"]),
    }


def test_every_link_leads_somewhere() -> None:
    links = set(re.findall(r'href="#([^"]+)"', PAGE))
    assert links - set(re.findall(r'\bid="([^"]+)"', PAGE)) == set()


def test_nothing_runs_and_nothing_comes_from_elsewhere() -> None:
    assert "<script" not in PAGE
    assert " style=" not in PAGE
    assert re.findall(r'(?:src|href)="(?:https?:)?//', PAGE) == []


def test_a_call_is_shown_as_it_is_made_by_hand() -> None:
    call = PAGE.partition('id="add_to_report"')[2].partition("</pre>")[0]
    for part in (
        'curl -X POST "$API/v1/reports/$REFERENCE/additions"',
        '-H "Authorization: Receipt $RECEIPT"',
        '-H "Idempotency-Key: $IDEMPOTENCY_KEY"',
        "--data-binary @body.json",
    ):
        assert part in call


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "array", "items": {"type": "string"}, "maxItems": 50},
         "list of string, at most 50 entries"),
        ({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
         "integer, at least 1 or null"),
        ({"enum": ["life", "limb"], "type": "string"}, "life or limb"),
        ({"type": "boolean", "default": False}, "boolean, if left out false"),
        ({}, "anything"),
    ],
)  # fmt: skip
def test_the_values_of_a_member_are_described_in_words(schema: dict[str, Any], said: str) -> None:
    one = {"type": "object", "properties": {"member": schema}}
    document = {**DOCUMENT, "components": {**DOCUMENT["components"], "schemas": {"One": one}}}
    page = reference_page(document, "", "").decode().partition('id="type-One"')[2]
    told = page.partition("<dd><p>")[2].partition("</p>")[0]
    assert re.sub(r"<[^>]+>", "", told) == said
