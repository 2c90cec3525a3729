"""Requests of reporters, in the words that every client of httpx takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

REPORTS_PATH: Final = "/v1/reports"


def report_request(body: Mapping[str, Any], key: str, **headers: str) -> dict[str, Any]:
    """A report; the same key twice is the same report."""
    sent = {"Idempotency-Key": key, **headers}
    return {"method": "POST", "url": REPORTS_PATH, "json": body, "headers": sent}


def receipt_request(
    reference: str, receipt: str, path: str = "", method: str = "GET"
) -> dict[str, Any]:
    """A call about a report, by the receipt of its reporter."""
    headers = {"Authorization": f"Receipt {receipt}"}
    return {"method": method, "url": f"{REPORTS_PATH}/{reference}{path}", "headers": headers}


def addition_request(
    reference: str, receipt: str, key: str, body: Mapping[str, Any], path: str = "/additions"
) -> dict[str, Any]:
    """More about a report: an addition, or, with its path, the slot of a file."""
    asked = receipt_request(reference, receipt, path, "POST")
    return {**asked, "json": body, "headers": {**asked["headers"], "Idempotency-Key": key}}
