"""`make logs` on the answers that the service's own model documents."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from tools.ask_logs import NoAnswer, ask_saved_query, main

NAME = "casework-prod/One report by reference"
SAVED = {
    "queryDefinitions": [
        {"name": f"{NAME} and more", "queryString": "fields b", "logGroupNames": ["b"]},
        {
            "name": NAME,
            "queryString": 'fields a | filter reference = "REFERENCE"',
            "logGroupNames": ["intake", "link"],
        },
    ]
}
FOUND = [
    {"field": "@timestamp", "value": "2026-11-28 03:00:00.000"},
    {"field": "message", "value": "kept"},
    {"field": "@ptr", "value": "x"},
]


def asked(*states: str, saved: dict[str, Any] = SAVED) -> list[str]:
    make: Any = boto3.client
    keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    logs = make("logs", region_name="eu-west-3", **keys)
    with Stubber(logs) as stub:
        stub.add_response("describe_query_definitions", saved, {"queryDefinitionNamePrefix": NAME})
        stub.add_response(
            "start_query",
            {"queryId": "1"},
            {
                "logGroupNames": ["intake", "link"],
                "queryString": 'fields a | filter reference = "7K2M"',
                "startTime": ANY,
                "endTime": ANY,
            },
        )
        for state in states:
            results = [FOUND] if state == "Complete" else []
            stub.add_response("get_query_results", {"status": state, "results": results})
        return list(ask_saved_query(logs, NAME, 3, ("REFERENCE", "7K2M"), sleep=lambda _: None))


def test_the_saved_query_is_asked_with_the_value_and_each_entry_is_a_line() -> None:
    assert asked("Scheduled", "Running", "Complete") == ["2026-11-28 03:00:00.000  message=kept"]


def test_a_query_that_failed_or_is_not_there_is_told() -> None:
    with pytest.raises(NoAnswer, match="timeout"):
        asked("Timeout")
    with pytest.raises(NoAnswer, match="deploy"):
        asked(saved={"queryDefinitions": []})


@pytest.mark.parametrize("words", [["--by", "reference"], ["--id", "7K2M"]])
def test_a_value_without_its_field_is_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--stage", "prod", *words])
