"""One report can be followed through the logs, by queries that come with the stack."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from casework.aws.http import api as http
from casework.aws.services import telemetry
from casework.errors import CaseNotFound
from infra.api import ACCESS_LOG_FIELDS
from infra.assets import ROOT
from infra.queries import PLACEHOLDER_BY_FIELD, SAVED_QUERIES, follow_report_title
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
    found = {
        "error",
        "places",
        "reason",
        telemetry.REQUEST_ID_FIELD,
    }  # what `telemetry` adds by itself
    for path in _sources():
        for call in ast.walk(ast.parse(path)):
            match call:
                case ast.Call(func=ast.Attribute(attr="log_info" | "log_failure" | "_repair")):
                    found |= {each.arg for each in call.keywords if each.arg}
    return found


def _sources() -> Iterator[str]:
    for folder in ("casework", "functions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.read_text("utf-8")


def test_every_field_a_query_names_is_one_that_is_logged() -> None:
    logged = (
        (written_by_code() & telemetry.LOGGABLE_FIELDS)
        | OF_EVERY_LINE
        | set(ACCESS_LOG_FIELDS)
        | OF_INSIGHTS
    )
    for title, query in SAVED_QUERIES.items():
        assert named_in(query) <= logged, title
    assert named_in('fields a, b.0 | filter c = "x" or d like /e/') == {"a", "b", "c", "d"}


@pytest.mark.parametrize("field", PLACEHOLDER_BY_FIELD)
def test_the_queries_find_a_report_by_each_of_its_names(field: str) -> None:
    query = SAVED_QUERIES[follow_report_title(field)]
    assert f'filter {field} = "{PLACEHOLDER_BY_FIELD[field]}"' in query
    assert set(PLACEHOLDER_BY_FIELD) <= named_in(query)  # each leads to the others


def test_the_queries_come_with_the_stack_and_ask_every_log_of_it(prod: Assembly) -> None:
    made = prod.properties("AWS::Logs::QueryDefinition")
    assert {each["Name"]: each["QueryString"] for each in made} == {
        f"casework-prod/{title}": query for title, query in SAVED_QUERIES.items()
    }
    groups = [{"Ref": name} for name in prod.resources("AWS::Logs::LogGroup", "core")]
    assert len(groups) <= MOST_GROUPS
    for each in made:
        assert sorted(map(str, each["LogGroupNames"])) == sorted(map(str, groups))


def test_the_gateway_and_the_functions_call_a_request_by_one_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert ACCESS_LOG_FIELDS["request_id"] == "$context.requestId"
    api = http.Api()

    @api.register_operation(
        "anything", "GET", "/v1/anything", summary="s", tag="t", answers={200: None}
    )
    def read(request: http.Request) -> http.Response:
        raise CaseNotFound

    event: dict[str, Any] = {
        "rawPath": "/v1/anything",
        "requestContext": {"http": {"method": "GET"}, "requestId": "JKJaXmPLvHcESHA="},
    }
    api.handle(event, None)
    telemetry.log_info("afterwards")
    told, later = (vars(record) for record in caplog.records[-2:])
    assert (told["msg"], told["request_id"]) == ("refused", "JKJaXmPLvHcESHA=")
    assert "request_id" not in later
