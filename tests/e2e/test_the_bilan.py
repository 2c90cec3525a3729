"""The bilan over HTTP: published months for the public, all days for staff."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

from tests.e2e.people import People, a_phone, a_report, eventually

DAY, MONTH = "2023-02-14", "2023-02"
"""No other test counts anything here."""
CSV = {"Accept": "text/csv"}


def counts(figures: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
    return {(row["table"], row["row"]): row.get("count") for row in figures}


def lines(text: str) -> dict[tuple[str, str], str]:
    return {(row["table"], row["row"]): row["count"] for row in csv.DictReader(io.StringIO(text))}


def test_a_month_is_read_as_json_or_as_a_table_and_days_by_staff_alone(people: People) -> None:
    scam = {"locations": [{"kind": "phone", "value": a_phone()}]}
    abroad = {"territory": {"country": "FR"}}
    for body in (*(a_report(**scam) for _ in range(5)), a_report(**scam, **abroad)):
        replayed = {"Replay-At": f"{DAY}T09:00:00+00:00"}
        assert people.post_report(body, str(uuid.uuid4()), **replayed).status_code == 201

    days = f"/v1/desk/statistics?from={DAY}&to={DAY}"

    def all_counted() -> dict[tuple[str, str], Any]:
        read = people.call("GET", days, "auditor")
        assert read.status_code == 200, read.text
        found = counts(read.json()["figures"])
        return found if found["reports", "processed"] == 6 else {}

    full = eventually(all_counted, "six reports are counted")
    assert full["groups", "fraud"] == 6
    assert full["origin", "abroad"] == 1
    sheet = people.call("GET", days, "supervisor", headers=CSV)
    assert lines(sheet.text)["origin", "abroad"] == "1"
    for role, unit in (("officer", "pj-national-terrorism"), ("custodian", ""), ("admin", "")):
        assert people.call("GET", days, role, unit).status_code == 403
    assert people.http.get(days).status_code == 401

    months = f"/v1/statistics?from={MONTH}&to={MONTH}"
    published = people.http.get(months)
    assert published.headers["Content-Type"].startswith("application/json")
    public = counts(published.json()["figures"])
    assert public["reports", "processed"] == public["groups", "fraud"] == 6
    assert public["origin", "abroad"] is public["origin", "home"] is None  # one would be told

    table = people.http.get(months, headers=CSV)
    assert table.headers["Content-Type"].startswith("text/csv")
    assert table.headers["Content-Disposition"] == (
        f'attachment; filename="bilan-{MONTH}-{MONTH}.csv"'
    )
    assert "accept" in table.headers["Vary"].lower()
    assert lines(table.text) == {
        place: "" if number is None else str(number) for place, number in public.items()
    } | {
        place: text
        for place, text in lines(table.text).items()
        if place[0] in {"times", "about"} or place == ("cases", "reports_per_case")
    }
