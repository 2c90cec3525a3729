"""GET /v1/statistics on moto: the published figures of a month and the withheld ones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from moto import mock_aws

from casework.aws.services import clients
from casework.aws.table.statistics_counters import StatisticsCounters
from casework.statistics.counts import Counts
from functions.statistics import handler
from tests.integration.reporters import an_event
from tests.tables import create_table

TABLE = "bilan"
JUNE = "2024-06-12"


@pytest.fixture(autouse=True)
def counters(monkeypatch: pytest.MonkeyPatch) -> Iterator[StatisticsCounters]:
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
        clients.reset_clients()
        create_table(TABLE)
        yield StatisticsCounters(TABLE)
    handler.settings.cache_clear()
    clients.reset_clients()


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
    counters: StatisticsCounters, monkeypatch: pytest.MonkeyPatch
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


def test_what_is_corrected_after_publication_is_told_beside_a_month_that_stays_as_it_was(
    counters: StatisticsCounters, monkeypatch: pytest.MonkeyPatch
) -> None:
    june = {"from": "2024-06", "to": "2024-06"}
    counters.correct(reports(40), JUNE)
    on("2024-07-20", monkeypatch)
    before = json.loads(ask(june)["body"])
    assert before["corrected"] == {}
    counters.correct(reports(7, recorded="2024-07-25"), "2024-07-25")
    counters.correct(reports(-6, recorded="2024-08-12"), "2024-08-12")  # after July's publication
    on("2024-08-09", monkeypatch)
    assert json.loads(ask(june)["body"]) == before  # told with the next publication, not at once
    on("2024-08-20", monkeypatch)
    after = json.loads(ask(june)["body"])
    assert after == {**before, "corrected": {"2024-06": 5}}
    counters.correct(reports(90, recorded="2024-08-01"), "2024-08-20")  # a note never changes
    assert json.loads(ask(june)["body"]) == after


def test_a_download_says_how_each_table_is_counted_and_under_which_licence_it_may_be_used(
    counters: StatisticsCounters, monkeypatch: pytest.MonkeyPatch
) -> None:
    counters.correct(reports(40), JUNE)
    on("2024-09-01", monkeypatch)
    window = {"from": "2024-06", "to": "2024-07", "language": "fr"}
    told = ask({**window, "format": "json"})
    assert told["headers"]["Content-Disposition"].endswith('.json"')
    document = json.loads(told["body"])
    assert {row["table"] for row in document["figures"]} < set(document["counted"])
    sheet = ask({**window, "format": "csv"})["body"].removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(sheet)))
    every = {(line["from"], line["to"], line["table"], line["row"]): line for line in lines}
    counted_by = every["2024-06", "2024-07", "reports", "processed"]["counted"]
    assert counted_by == document["counted"]["reports"]
    assert every["2024-06", "2024-06", "reports", "processed"]["count"] == "40"
    assert every["2024-07", "2024-07", "reports", "processed"]["count"] == "0"
    assert every["2024-06", "2024-07", "about", "licence"]["name"].startswith("ODbL-1.0 https://")
    refused = ask({**window, "language": "xx"})
    assert refused["statusCode"] == 422
    assert json.loads(refused["body"])["errors"][0]["pointer"] == "#/language"


def test_small_numbers_are_withheld_and_named(
    counters: StatisticsCounters, monkeypatch: pytest.MonkeyPatch
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
    counters: StatisticsCounters, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("2024-09-01", monkeypatch)
    window = {"from": "2024-06", "to": "2024-06"}
    for accepted, kind in (("text/csv", "text/csv"), ("*/*", "application/json")):
        headers = ask(window, accept=accepted)["headers"]
        assert headers["Content-Type"].startswith(kind)
        assert headers["Vary"] == "Accept"


def test_a_link_can_name_the_format_of_its_answer(
    counters: StatisticsCounters, monkeypatch: pytest.MonkeyPatch
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
