"""GET /v1/statistics on moto: the published figures of a month and the withheld ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from moto import mock_aws

from casework.aws.services import clients
from casework.aws.table.statistics_counters import Counters
from casework.figures.counted import Counts
from functions.statistics import handler
from tests.integration.reporters import an_event
from tests.tables import create_table

TABLE = "bilan"
JUNE = "2024-06-12"


@pytest.fixture(autouse=True)
def counters(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counters]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "STAGE": "test",
        "CASE_TABLE": TABLE,
        "PACK": "ma",
        "ORIGIN_SECRET": "",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        handler.settings.cache_clear()
        clients.forget()
        create_table(TABLE)
        yield Counters(TABLE)
    handler.settings.cache_clear()
    clients.forget()


def on(day: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "now", lambda: datetime.fromisoformat(day).replace(tzinfo=UTC))


def ask(window: dict[str, str], **headers: str) -> dict[str, Any]:
    event = an_event("GET", "/v1/statistics", headers)
    event |= {"rawQueryString": urlencode(window), "queryStringParameters": window}
    return handler.handle(event, None)


def counted(first: str, last: str) -> dict[tuple[str, str], Any]:
    answer = ask({"from": first, "to": last})
    assert answer["statusCode"] == 200, answer["body"]
    figures = json.loads(answer["body"])["figures"]
    return {(row["table"], row["row"]): row.get("count") for row in figures}


def reports(number: int, recorded: str = JUNE, group: str = "fraud") -> Counts:
    figures = ("report", f"group:{group}", "disclosure:anonymous", "origin:home")
    return Counts({(JUNE, recorded, figure): number for figure in figures})


def test_a_month_is_published_ten_days_after_its_end_and_never_changes(
    counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    counters.correct(reports(7), JUNE)
    on("2024-07-10", monkeypatch)
    early = json.loads(ask({"from": "2024-06", "to": "2024-07"})["body"])
    assert early["unpublished"] == ["2024-06", "2024-07"]
    on("2024-07-11", monkeypatch)
    assert counted("2024-06", "2024-06")["reports", "processed"] == 7
    counters.correct(reports(1, recorded="2024-08-01"), "2024-08-01")  # a report moved much later
    counters.correct(reports(1), "2024-08-01")  # and one that a recount found
    on("2024-08-15", monkeypatch)
    assert counted("2024-06", "2024-06")["reports", "processed"] == 7
    assert counted("2024-06", "2024-07")["reports", "processed"] == 7


def test_small_numbers_are_withheld_and_named(
    counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    counters.correct(reports(40), JUNE)
    counters.correct(reports(3, group="terrorism"), JUNE)
    on("2024-09-01", monkeypatch)
    answer = json.loads(ask({"from": "2024-06", "to": "2024-06"})["body"])
    rows = {(row["table"], row["row"]): row for row in answer["figures"]}
    assert rows["reports", "processed"]["count"] == 43
    for group in ("terrorism", "fraud"):  # without both, the one could be subtracted
        assert "count" not in rows["groups", group]
        assert rows["groups", group]["withheld"] == ["2024-06"]
    assert rows["groups", "sextortion"]["count"] == 0


def test_a_spreadsheet_is_asked_for_by_name(
    counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("2024-09-01", monkeypatch)
    window = {"from": "2024-06", "to": "2024-06"}
    for accepted, kind in (("text/csv", "text/csv"), ("*/*", "application/json")):
        headers = ask(window, accept=accepted)["headers"]
        assert headers["Content-Type"].startswith(kind)
        assert headers["Vary"] == "Accept"


def test_a_link_can_name_the_format_of_its_answer(
    counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("2024-09-01", monkeypatch)
    window = {"from": "2024-06", "to": "2024-06", "format": "csv"}
    answer = ask(window, accept="text/html,application/xhtml+xml")
    assert answer["headers"]["Content-Type"].startswith("text/csv")
    assert answer["headers"]["Content-Disposition"].startswith("attachment")
    refused = ask({**window, "format": "pdf"})
    assert refused["statusCode"] == 422
    assert json.loads(refused["body"])["errors"][0]["pointer"] == "#/format"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2024-6", "2024-07", "window.malformed"),
        ("2024-06", "", "window.malformed"),
        ("2024-07", "2024-06", "window.backwards"),
        ("2022-06", "2024-06", "window.long"),
    ],
)
def test_an_invalid_window_is_refused_with_what_to_do(first: str, last: str, code: str) -> None:
    answer = ask({"from": first, "to": last})
    assert answer["statusCode"] == 422
    assert [each["code"] for each in json.loads(answer["body"])["errors"]] == [code]


def test_a_window_without_both_ends_is_refused_with_both() -> None:
    answer = ask({})
    assert answer["statusCode"] == 422
    told = [each["pointer"] for each in json.loads(answer["body"])["errors"]]
    assert told == ["#/from", "#/to"]
