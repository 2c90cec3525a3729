"""One report can be followed through the logs, by queries that come with the stack."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from casework.aws.http import http
from casework.aws.services import observe
from casework.errors import CaseNotFound
from infra.api import ACCESS_LOG
from infra.assets import ROOT
from infra.queries import FOLLOWED_BY, QUERIES, title_of
from tests.infra.assembly import Assembly

OF_EVERY_LINE = {"service", "level", "message", "timestamp", "location"}
"""The fields that the logger writes with every fact."""
OF_INSIGHTS = {"@timestamp", "@message", "@log"}
WORDS = {"fields", "filter", "sort", "limit", "desc", "asc", "or", "and", "like", "in", "ispresent"}
MOST_GROUPS = 50
"""Log groups that one query may look at (CloudWatch Logs User Guide, quotas)."""


def named_in(query: str) -> set[str]:
    """Fields that a query names; `places.0` is the first of `places`."""
    without = re.sub(r'"[^"]*"|/[^/\n]*/', " ", query)
    words = re.findall(r"@?[A-Za-z_]\w*(?:\.\d+)?", without)
    return {word.partition(".")[0] for word in words} - WORDS


def written_by_code() -> set[str]:
    """Fields that some line of the functions really gives to a fact or a failure."""
    found = {"error", "places", "reason", observe.REQUEST}  # what `observe` adds by itself
    for path in _sources():
        for call in ast.walk(ast.parse(path)):
            match call:
                case ast.Call(func=ast.Attribute(attr="fact" | "failure" | "_repair")):
                    found |= {each.arg for each in call.keywords if each.arg}
    return found


def _sources() -> Iterator[str]:
    for folder in ("casework", "functions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.read_text("utf-8")


def test_every_field_a_query_names_is_one_that_is_logged() -> None:
    logged = (written_by_code() & observe.LOGGABLE) | OF_EVERY_LINE | set(ACCESS_LOG) | OF_INSIGHTS
    for title, query in QUERIES.items():
        assert named_in(query) <= logged, title
    assert named_in('fields a, b.0 | filter c = "x" or d like /e/') == {"a", "b", "c", "d"}


@pytest.mark.parametrize("field", FOLLOWED_BY)
def test_the_queries_find_a_report_by_each_of_its_names(field: str) -> None:
    query = QUERIES[title_of(field)]
    assert f'filter {field} = "{FOLLOWED_BY[field]}"' in query
    assert set(FOLLOWED_BY) <= named_in(query)  # each leads to the others


def test_the_queries_come_with_the_stack_and_ask_every_log_of_it(prod: Assembly) -> None:
    made = prod.properties("AWS::Logs::QueryDefinition")
    assert {each["Name"]: each["QueryString"] for each in made} == {
        f"casework-prod/{title}": query for title, query in QUERIES.items()
    }
    groups = [{"Ref": name} for name in prod.resources("AWS::Logs::LogGroup", "core")]
    assert len(groups) <= MOST_GROUPS
    for each in made:
        assert sorted(map(str, each["LogGroupNames"])) == sorted(map(str, groups))


def test_the_gateway_and_the_functions_call_a_request_by_one_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert ACCESS_LOG["request_id"] == "$context.requestId"
    api = http.Api()

    @api.operation("anything", "GET", "/v1/anything", summary="s", tag="t", answers={200: None})
    def read(request: http.Request) -> http.Answer:
        raise CaseNotFound

    event: dict[str, Any] = {
        "rawPath": "/v1/anything",
        "requestContext": {"http": {"method": "GET"}, "requestId": "JKJaXmPLvHcESHA="},
    }
    api.handle(event, None)
    observe.fact("afterwards")
    told, later = (vars(record) for record in caplog.records[-2:])
    assert (told["msg"], told["request_id"]) == ("refused", "JKJaXmPLvHcESHA=")
    assert "request_id" not in later
