"""`make bilan`: replay the published first three months and compare the figures.

python -m bilan [--part N]      replay every N-th campaign only
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from bilan import chart, table
from bilan.composition import DAYS, FIRST_DAY, FIRST_MONTH, LAST_MONTH, Sent, reports, shared
from bilan.people import Office, suspects
from casework.pack.jurisdiction import open_pack
from demo import citizens
from local.assembled import assembled
from local.places import ROOT
from local.system import Options, System
from local.trouble import Trouble

PACK: Final = "ma"
AHEAD: Final = 120
"""The most campaigns that have begun and are not yet with a unit, because so many workflows
wait."""
CLIENTS: Final = 8
PATIENCE: Final = 180.0
"""Seconds without progress after which the replay gives up."""
RESULT: Final = ROOT / "build" / "bilan.json"
CHART: Final = ROOT / "docs" / "bilan.svg"


def main() -> int:
    parser = argparse.ArgumentParser(description="Replay the founding case.")
    parser.add_argument(
        "--part", type=int, default=1, help="replay every N-th campaign only", metavar="N"
    )
    part = parser.parse_args().part
    console = Console()
    began = time.monotonic()
    try:
        with a_system() as system:
            found = replay(system, console, part)
    except Trouble as trouble:
        console.print(f"[red]{trouble}[/red]")
        return 2
    found["seconds"] = round(time.monotonic() - began)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(table.shown(found["lines"]))
    console.print(
        f"{found['reports']} reports in {found['cases']} cases, {found['seconds']} s; "
        f"written to {RESULT.relative_to(ROOT)}"
    )
    if part == 1 and not found["differences"]:
        CHART.write_text(chart.svg(found["days"]), encoding="utf-8")
    for line in found["differences"]:
        console.print(f"[red]{line}[/red]")
    return 1 if found["differences"] else 0


@contextmanager
def a_system() -> Iterator[System]:
    """A separate system: the figures of a running one would be mixed with these."""
    with (
        tempfile.TemporaryDirectory(prefix="casework-bilan-") as folder,
        System.fresh(Path(folder) / "system", assembled(), Options()) as system,
    ):
        yield system


def replay(system: System, console: Console, part: int) -> dict[str, Any]:
    """Send, review, refer, acknowledge, investigate; returns the findings."""
    planned = reports(part)
    office = Office(system, open_pack(PACK))
    until = (FIRST_DAY + timedelta(days=DAYS + 10)).date().isoformat()
    with _progress(console) as progress:
        asyncio.run(_play(system, planned, office, until, progress))
        left = office.find_suspects(suspects(part), FIRST_DAY + timedelta(days=DAYS - 3, hours=10))
        if left:
            console.print(f"[red]{left} suspects found no case[/red]")
        _until_still(office, until)
    return _found(system, office, planned, part, until)


async def _play(
    system: System, planned: list[Sent], office: Office, until: str, progress: Progress
) -> None:
    """Reporters send while people work; they pause while `AHEAD` campaigns are open."""
    expected = len({sent.campaign for sent in planned})
    sending = progress.add_task("reports", total=len(planned))
    working = progress.add_task("cases", total=expected)
    room = asyncio.Semaphore(AHEAD)

    def worked(done: int) -> None:
        for _ in range(done):
            room.release()
        progress.advance(working, done)

    reporters = asyncio.create_task(
        _send(system, planned, office, room, lambda: progress.advance(sending))
    )
    try:
        await _work(office, expected, until, reporters, worked)
    finally:
        reporters.cancel()  # unfinished reporters wait for stuck people


async def _send(
    system: System,
    planned: list[Sent],
    office: Office,
    room: asyncio.Semaphore,
    advance: Callable[[], None],
) -> None:
    """Send all reports in order, by several reporters at once."""
    waiting, begun = iter(planned), set[int]()

    async def send_some(client: httpx.AsyncClient) -> None:
        for sent in waiting:
            if sent.campaign not in begun:
                begun.add(sent.campaign)
                await room.acquire()
            accepted = await citizens.submit(_Replayed(client, sent.at), sent.body)
            office.sent[accepted.reference] = sent
            advance()

    async with httpx.AsyncClient(base_url=system.api) as client, asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(send_some(client))


class _Replayed(httpx.AsyncClient):
    """A client whose reports count at a time of the past."""

    def __init__(self, client: httpx.AsyncClient, at: datetime) -> None:
        self._shared, self._at = client, at

    async def post(self, url: Any, **said: Any) -> httpx.Response:
        headers = {**said.pop("headers"), "Replay-At": self._at.isoformat()}
        return await self._shared.post(url, headers=headers, **said)


async def _work(
    office: Office,
    expected: int,
    until: str,
    reporters: asyncio.Task[None],
    worked: Callable[[int], None],
) -> None:
    """People work until every report is sent and counted, and a unit has every case."""
    seen, last_change = None, time.monotonic()
    while time.monotonic() - last_change < PATIENCE:  # then the comparison names what is missing
        moved = await asyncio.to_thread(office.review_all)
        answered = await asyncio.to_thread(office.acknowledge_all)
        worked(answered)
        counted = 0
        if reporters.done():
            reporters.result()  # raises their errors
            if len(office.acknowledged) >= expected:
                rows = table.rows(office.figures(FIRST_DAY.date().isoformat(), until))
                counted = rows["reports", "processed"] or 0
                if counted == len(office.sent) and rows["cases", "opened"] == expected:
                    await asyncio.to_thread(office.admit_all)
                    return
        if (state := (len(office.sent), len(office.acknowledged), counted)) != seen:
            seen, last_change = state, time.monotonic()
        if not moved + answered:
            await asyncio.sleep(0.5)


def _until_still(office: Office, until: str) -> None:
    """Wait until the counters include the last event."""
    before = None
    while (after := office.figures(FIRST_DAY.date().isoformat(), until)) != before:
        before = after
        time.sleep(4)


def _found(
    system: System, office: Office, planned: list[Sent], part: int, until: str
) -> dict[str, Any]:
    window = {"from": FIRST_MONTH, "to": LAST_MONTH}
    public = httpx.get(f"{system.api}/v1/statistics", params=window, timeout=60)
    public.raise_for_status()
    last_day = (FIRST_DAY + timedelta(days=DAYS - 1)).date().isoformat()
    full = office.figures(FIRST_DAY.date().isoformat(), last_day)
    lines = table.lines(public.json(), full)
    days: dict[str, dict[str, int]] = {}
    if part == 1:
        for number in range(DAYS):
            day = (FIRST_DAY + timedelta(days=number)).date().isoformat()
            rows = table.rows(office.figures(day, day))
            days[day] = {row: rows["groups", row] or 0 for row in chart.GROUPS}
    return {
        "synthetic": True,
        "reports": len(office.sent),
        "cases": len(office.acknowledged),
        "share_of_reports_that_share_an_identifier": round(shared(planned), 3),
        "lines": lines,
        "public": public.json(),
        "days": days,
        "differences": table.differences(lines) if part == 1 else [],
    }


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
    )


if __name__ == "__main__":
    sys.exit(main())
