"""64 people submit at once, with retries, to a running system: counts failures, losses and doubles.

Method: the emulator runs a separate system from the synthesised template. `SUBMITTERS` clients send
`EACH` reports one after another, as the clients of the demonstration do: one key for each report,
the same request again after 429, 503 or no answer. The reports are about `SCAMS` scams, each with
its own telephone number, so exactly as many cases must result. All reports except the first
`VARIED` of each client, more than a thousand, are about one scam. Afterwards the table is read.

failed    a report that was refused, or not accepted after all tries
lost      accepted, but not in the table, or without a case after `PATIENCE` seconds
doubled   a report in the table without a receipt, a reference given twice, a report that opened two
          cases, and more cases than scams

Write attempts are the requests sent, each of which may reach the table once: an upper bound.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from bench.targets import Figure
from demo import audit, citizens
from local.assembled import assembled
from local.system import Options, System

SUBMITTERS = 64
VARIED = 4
EACH = VARIED + 16
SCAMS = 8
PATIENCE = 120.0


def figures() -> Iterator[Figure]:
    """The figures of this file."""
    with (
        tempfile.TemporaryDirectory(prefix="casework-bench-") as folder,
        System.fresh(Path(folder) / "system", assembled(), Options()) as system,
    ):
        accepted = asyncio.run(_crowd(system.api))
        seen = _settled(system, accepted)
    sent = SUBMITTERS * EACH
    references = [each.reference for each in accepted]
    in_a_case = {name for name in references if seen.reports.get(name) in seen.statuses}
    yield Figure("crowd_failed", sent - len(accepted))
    yield Figure("crowd_lost", len(set(references) - in_a_case))
    yield Figure(
        "crowd_doubled",
        _repeats(references)
        + len(seen.reports.keys() - set(references))
        + _repeats(seen.openers.values())
        + max(0, len(seen.statuses) - SCAMS),
    )
    yield Figure("crowd_write_attempts_per_report", sum(each.tries for each in accepted) / sent)


def a_report(scam: int) -> dict[str, Any]:
    """The report of one of many victims of a scam."""
    return {
        "category": "fraud",
        "narrative": "Une page vend des téléphones qui n'arrivent jamais. " * 8,
        "locations": [{"kind": "phone", "value": f"06000000{scam:02d}"}],
        "role": "victim",
        "territory": {"text": "Rabat"},
        "language": "fr",
        "disclosure": {"kind": "confidential", "contact": {"email": "victim@example.org"}},
    }


async def _crowd(origin: str) -> list[citizens.Accepted]:
    """The accepted reports, of all that were sent."""
    accepted = []
    async with httpx.AsyncClient(base_url=origin) as client:

        async def submitter(number: int) -> None:
            for turn in range(EACH):
                try:
                    scam = (number + turn) % SCAMS if turn < VARIED else 0
                    accepted.append(await citizens.submit(client, a_report(scam)))
                except citizens.NotAccepted:
                    continue

        await asyncio.gather(*map(submitter, range(SUBMITTERS)))
    return accepted


def _settled(system: System, accepted: list[citizens.Accepted]) -> audit.Observed:
    """The content of the system once every accepted report is in a case, or after the patience."""
    deadline = time.monotonic() + PATIENCE
    while True:
        seen = audit.observe(
            system.aws.dynamodb,
            system.outputs["CaseTable"],
            system.aws.stepfunctions,
            system.outputs["WorkflowArn"],
            Counter(),
        )
        linked = all(seen.reports.get(each.reference) for each in accepted)
        if linked or time.monotonic() > deadline:
            return seen
        time.sleep(1)


def _repeats(names: Any) -> int:
    return sum(times - 1 for times in Counter(names).values())
