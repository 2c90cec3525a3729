"""`make bilan`: replay the published first three months and compare the figures.

python -m harness.bilan [--short] [--result FILE]       replay the few reports that `make test` does

What is sent late or linked late on a busy machine must not change what is found. So the first
report of a campaign opens its case before the others are sent: people review a case at the time of
its first report, and a month is published as it was known ten days after its end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
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

from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import UNCLASSIFIED_GROUP
from harness.bilan import chart, table
from harness.bilan.composition import (
    COMPOSED_DAYS,
    FIRST_DAY,
    FIRST_MONTH,
    FOUNDING,
    LAST_MONTH,
    SHORT,
    Composition,
    ReplayedReport,
    reports,
    shared_identifier_share,
)
from harness.bilan.people import ReplayStaff, suspects
from harness.demo import reporters as citizens
from local.errors import UserError
from local.places import ROOT
from local.system import LocalSystem, StartOptions
from local.template_cache import assembled_templates

BILAN_PACK: Final = "ma"
AHEAD: Final = 120
"""The most campaigns that have begun and are not yet with a unit, because so many workflows
wait."""
BILAN_CLIENTS: Final = 8
UNLINKED: Final = 64
"""The most reports that were sent and are in no case yet; DynamoDB reads 100 at once."""
LOOK_SECONDS: Final = 0.25
BILAN_PATIENCE_SECONDS: Final = 180.0
"""Seconds without progress after which the replay gives up."""
BILAN_RESULT_FILE: Final = ROOT / "build" / "bilan.json"
BILAN_CHART_FILE: Final = ROOT / "docs" / "bilan.svg"


def main() -> int:
    parser = argparse.ArgumentParser(description="Replay the founding case.")
    parser.add_argument("--short", action="store_true", help="replay few reports")
    parser.add_argument("--result", type=Path, default=BILAN_RESULT_FILE, help="the file to write")
    asked = parser.parse_args()
    plan = SHORT if asked.short else FOUNDING
    console = Console()
    began = time.monotonic()
    try:
        with start_bilan_system() as system:
            found = replay(system, console, plan)
    except UserError as trouble:
        console.print(f"[red]{trouble}[/red]")
        return 2
    found["seconds"] = round(time.monotonic() - began)
    asked.result.parent.mkdir(exist_ok=True)
    asked.result.write_text(
        json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    console.print(table.render_statistics_table(found["lines"]))
    console.print(
        f"{found['reports']} reports in {found['cases']} cases, {found['seconds']} s; "
        f"written to {asked.result}"
    )
    if plan is FOUNDING and not found["differences"]:
        BILAN_CHART_FILE.write_text(chart.svg(found["days"]), encoding="utf-8")
    for line in found["differences"]:
        console.print(f"[red]{line}[/red]")
    return 1 if found["differences"] else 0


@contextmanager
def start_bilan_system() -> Iterator[LocalSystem]:
    """A separate system: the figures of a running one would be mixed with these."""
    with (
        tempfile.TemporaryDirectory(prefix="casework-bilan-") as folder,
        LocalSystem.fresh(Path(folder) / "system", assembled_templates(), StartOptions()) as system,
    ):
        yield system


def replay(system: LocalSystem, console: Console, plan: Composition) -> dict[str, Any]:
    """Send, review, refer, acknowledge, investigate; returns the findings."""
    planned = reports(plan)
    office = ReplayStaff(system, open_pack(BILAN_PACK))
    until = (FIRST_DAY + timedelta(days=COMPOSED_DAYS + 10)).date().isoformat()
    with _progress(console) as progress:
        asyncio.run(_play(system, planned, office, until, progress))
        wanted = suspects(plan)
        left = office.find_suspects(wanted, FIRST_DAY + timedelta(days=COMPOSED_DAYS - 3, hours=10))
        if left:
            console.print(f"[red]{left} suspects found no case[/red]")
        _until_counted(office, until, Counter(wanted[left:]))
    return _found(system, office, planned, plan)


async def _play(
    system: LocalSystem,
    planned: list[ReplayedReport],
    office: ReplayStaff,
    until: str,
    progress: Progress,
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
    system: LocalSystem,
    planned: list[ReplayedReport],
    office: ReplayStaff,
    room: asyncio.Semaphore,
    advance: Callable[[], None],
) -> None:
    """Send all reports in order, by several reporters at once; the first report of a campaign opens
    its case before the next one is sent. Returns when all are in cases."""
    waiting, opened, linking = iter(planned), dict[int, asyncio.Event](), _Linking(system)

    async def send_some(client: httpx.AsyncClient) -> None:
        for sent in waiting:
            first = sent.campaign not in opened
            campaign = opened.setdefault(sent.campaign, asyncio.Event())
            if first:
                await room.acquire()
            else:
                await campaign.wait()
            await linking.room.acquire()
            at = {"Replay-At": sent.at.isoformat()}
            accepted = await citizens.submit(client, sent.body, **at)
            office.sent[accepted.reference] = sent
            linking.waiting[accepted.reference] = campaign
            advance()
        linking.senders -= 1

    async with httpx.AsyncClient(base_url=system.api) as client, asyncio.TaskGroup() as group:
        for _ in range(BILAN_CLIENTS):
            group.create_task(send_some(client))
        group.create_task(linking.follow())


@dataclass
class _Linking:
    """The reports that were sent and are in no case yet. Reporters pause while they are many: a
    first report behind a long queue would hold its campaign up for minutes."""

    system: LocalSystem
    senders: int = BILAN_CLIENTS
    waiting: dict[str, asyncio.Event] = field(default_factory=dict)
    """By reference: that its campaign has a case."""
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UNLINKED))

    async def follow(self) -> None:
        """Look until all are in cases. Raises Trouble when no report comes into one for long."""
        last_change = time.monotonic()
        while self.senders or self.waiting:
            asked = list(self.waiting)
            for reference in await asyncio.to_thread(_linked, self.system, asked):
                self.waiting.pop(reference).set()
                self.room.release()
                last_change = time.monotonic()
            if not asked:
                last_change = time.monotonic()
            if time.monotonic() - last_change > BILAN_PATIENCE_SECONDS:
                raise UserError(
                    f"{asked[0]} and others were not linked within {BILAN_PATIENCE_SECONDS:.0f} s"
                )
            await asyncio.sleep(LOOK_SECONDS)


def _linked(system: LocalSystem, references: Sequence[str]) -> list[str]:
    """Those of the reports, 100 at most, that are in a case."""
    if not references:
        return []
    table = system.outputs["CaseTable"]
    wanted = [to_wire_item(keys.report_key(each)) for each in references]
    said = f"{keys.PARTITION_KEY}, case_id"
    answer = system.aws.dynamodb.batch_get_item(
        RequestItems={table: {"Keys": wanted, "ProjectionExpression": said}}
    )
    found = map(values_from_wire_item, answer["Responses"][table])
    return [
        keys.reference_from_partition(each[keys.PARTITION_KEY])
        for each in found
        if "case_id" in each
    ]


async def _work(
    office: ReplayStaff,
    expected: int,
    until: str,
    reporters: asyncio.Task[None],
    worked: Callable[[int], None],
) -> None:
    """People work until every report is sent and counted, and a unit has every case."""
    seen, last_change = None, time.monotonic()
    while (
        time.monotonic() - last_change < BILAN_PATIENCE_SECONDS
    ):  # then the comparison names what is missing
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


def _until_counted(office: ReplayStaff, until: str, outcomes: Mapping[str, int]) -> None:
    """Wait until the counters include the last admission and the last suspect: the first reader of
    a month publishes it, and it stays so."""
    seen, last_change = None, time.monotonic()
    while (
        time.monotonic() - last_change < BILAN_PATIENCE_SECONDS
    ):  # then the comparison names what is missing
        found = table.rows(office.figures(FIRST_DAY.date().isoformat(), until))
        standing = {outcome: found["suspects", outcome] for outcome in outcomes}
        if standing == outcomes and not found["groups", UNCLASSIFIED_GROUP]:
            return
        if found != seen:
            seen, last_change = found, time.monotonic()
        time.sleep(1)


def _found(
    system: LocalSystem, office: ReplayStaff, planned: list[ReplayedReport], plan: Composition
) -> dict[str, Any]:
    window = {"from": FIRST_MONTH, "to": LAST_MONTH}
    public = httpx.get(f"{system.api}/v1/statistics", params=window, timeout=60)
    public.raise_for_status()
    last_day = (FIRST_DAY + timedelta(days=COMPOSED_DAYS - 1)).date().isoformat()
    full = office.figures(FIRST_DAY.date().isoformat(), last_day)
    lines = table.lines(plan, public.json(), full)
    days: dict[str, dict[str, int]] = {}
    if plan is FOUNDING:
        for number in range(COMPOSED_DAYS):
            day = (FIRST_DAY + timedelta(days=number)).date().isoformat()
            rows = table.rows(office.figures(day, day))
            days[day] = {row: rows["groups", row] or 0 for row in chart.CHART_GROUP_COLOURS}
    return {
        "synthetic": True,
        "reports": len(office.sent),
        "cases": len(office.acknowledged),
        "share_of_reports_that_share_an_identifier": round(shared_identifier_share(planned), 3),
        "lines": lines,
        "public": public.json(),
        "days": days,
        "differences": [*table.statistics_differences(lines), *table.unlike(public.json(), full)],
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
