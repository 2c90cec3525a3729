"""Citizens send reports as careful clients do, with one key for each report and retries."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Any

import httpx

from harness.people.person import new_key
from harness.people.reporter_requests import addition_request, receipt_request, report_request

MAX_SEND_ATTEMPTS = 12
WAIT_AGAIN = {429, 503}


class NotAccepted(RuntimeError):
    """A report was refused, or never answered."""


@dataclass(frozen=True)
class AcceptedDemoReport:
    """What the reporter keeps, and the cost of sending it."""

    reference: str
    receipt: str
    tries: int


async def submit(
    client: httpx.AsyncClient, body: dict[str, Any], key: str = "", **headers: str
) -> AcceptedDemoReport:
    """Send one report until it is accepted; raises NotAccepted with the problem's type."""
    request = report_request(body, key or new_key(), **headers)
    problem = "no answer"
    for number in range(1, MAX_SEND_ATTEMPTS + 1):
        try:
            answer = await client.request(**request, timeout=30)
        except httpx.TransportError as error:
            problem = type(error).__name__
            await asyncio.sleep(_pause(number))
            continue
        if answer.status_code == httpx.codes.CREATED:
            document = answer.json()
            return AcceptedDemoReport(document["reference"], document["receipt"], number)
        problem = f"{answer.status_code} {_type(answer)}"
        if answer.status_code not in WAIT_AGAIN:
            break
        await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
    raise NotAccepted(problem)


async def twice(client: httpx.AsyncClient, body: dict[str, Any]) -> AcceptedDemoReport:
    """A double click: the same report with the same key, at the same time."""
    key = new_key()
    first, second = await asyncio.gather(submit(client, body, key), submit(client, body, key))
    if (first.reference, first.receipt) != (second.reference, second.receipt):
        raise NotAccepted("the same key was answered differently")
    return AcceptedDemoReport(first.reference, first.receipt, first.tries + second.tries)


async def follow(client: httpx.AsyncClient, accepted: AcceptedDemoReport) -> str:
    """The public status a reporter sees with the receipt."""
    request = receipt_request(accepted.reference, accepted.receipt)
    answer = await client.request(**request, timeout=30)
    answer.raise_for_status()
    return str(answer.json()["status"])


async def answer(
    client: httpx.AsyncClient, accepted: AcceptedDemoReport, question: int, text: str
) -> None:
    """Answer a question with the receipt, as careful clients do."""
    addition = {"text": text, "answers": question}
    request = addition_request(accepted.reference, accepted.receipt, new_key(), addition)
    sent = await client.request(**request, timeout=30)
    sent.raise_for_status()


def _pause(number: int) -> float:
    return random.uniform(0, min(4.0, 0.1 * 2**number))


def _type(answer: httpx.Response) -> str:
    is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return str(answer.json().get("type", "")) if is_problem else ""
