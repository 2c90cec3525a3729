"""`make demo`: send the synthetic reports through a running system and check that none is lost."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from casework.case import suspects
from casework.case.history import find_first_break
from casework.case.suspects import SuspectStanding
from casework.decisions.instructions import list_instructions
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import load_statistics_law
from harness.demo import audit, day, months, reporters, summary
from harness.demo.desk import Tally, answer_all, live_all, review_all
from harness.demo.reports import LabelledReport, labelled_reports
from harness.demo.saying import progress_for_console
from harness.people.person import CALL_SECONDS, Person, over_http
from local import staff
from local.errors import NothingRuns, UserError
from local.places import ROOT, state_folder
from local.system import LocalSystem, StartOptions, find_running_system
from local.template_cache import assembled_templates

DEMO_PACK = "ma"
WAVE = 120
"""Reports sent before people work: far below the 500 paused workflows that a laptop can run."""
DEMO_CLIENTS = 8
DOUBLE_CLICK_EVERY = 6
DEMO_PATIENCE_SECONDS = 300.0
"""Seconds without progress after which the demonstration gives up."""
ENDINGS = {"reject", "close"}
DEMO_RESULT_FILE = ROOT / "build" / "demo.json"


def main() -> int:
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    console = Console()
    try:
        with open_demo_system(console) as system:
            figures = play_demo(system, console)
            with closing(Stage(system)) as stage:
                console.print("Leaving a working day behind for the people of the desk …")
                left = day.leave_demo_day(stage)
                published = months.publish_demo_months(
                    system, load_statistics_law(stage.pack.folder)
                )
    except UserError as trouble:
        console.print(f"[red]{trouble}[/red]")
        return 2
    DEMO_RESULT_FILE.parent.mkdir(exist_ok=True)
    DEMO_RESULT_FILE.write_text(
        json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    summary.figures(console, figures)
    summary.day(console, left)
    if published:
        console.print(f"Published synthetic figures of {published[0]} to {published[-1]}.")
    console.print(f"Written to {DEMO_RESULT_FILE.relative_to(ROOT)}")
    return 1 if figures["lost"] or figures["duplicated"] else 0


@contextmanager
def open_demo_system(console: Console) -> Iterator[LocalSystem]:
    """The running system, or a temporary one."""
    try:
        yield find_running_system(state_folder())
        return
    except NothingRuns:
        console.print("No system is running: starting one for this demonstration.")
    with (
        tempfile.TemporaryDirectory(prefix="casework-demo-") as folder,
        LocalSystem.fresh(Path(folder) / "system", assembled_templates(), StartOptions()) as system,
    ):
        yield system


def play_demo(
    system: LocalSystem, console: Console, reports: Sequence[LabelledReport] | None = None
) -> dict[str, Any]:
    """Send all synthetic reports, or the given ones, and work on them; returns the figures.

    Cases with a report of another sender are skipped.
    """
    with closing(Stage(system)) as stage:
        return _played(stage, console, labelled_reports() if reports is None else list(reports))


def _played(stage: Stage, console: Console, reports: list[LabelledReport]) -> dict[str, Any]:
    system = stage.system
    before = audit.report_references(system.aws.dynamodb, stage.table)
    sent: dict[str, LabelledReport] = {}
    receipts: list[reporters.AcceptedDemoReport] = []
    tally = Tally()
    with progress_for_console(console) as progress:
        sending = progress.add_task("reports accepted", total=len(reports))
        working = progress.add_task("cases ended or with a unit", total=None)
        for start in range(0, len(reports), WAVE):
            wave = reports[start : start + WAVE]
            for label, accepted in asyncio.run(_send(system.api, wave)):
                sent[accepted.reference] = label
                receipts.append(accepted)
                progress.advance(sending)
            by_reference = {each.reference: each for each in receipts}
            stage.work_until_settled(
                sent, by_reference, tally, lambda done: progress.update(working, completed=done)
            )
        progress.update(working, total=len(tally.acknowledged | tally.rejected))
        living = progress.add_task("units that took their cases further", total=None)
        stage.live(sent, lambda done: progress.update(living, completed=done))
    statuses = asyncio.run(_follow(system.api, receipts))
    return _figures(stage.observed(), sent, before, tally, statuses)


class Stage:
    """The people of the demonstration and their view of the system."""

    def __init__(self, system: LocalSystem) -> None:
        self.system = system
        self.table = system.outputs["CaseTable"]
        self.pack = open_pack(DEMO_PACK)
        self.client = httpx.Client(base_url=system.origin, timeout=CALL_SECONDS)
        self.analyst = self._person("analyst")
        self.supervisor = self._person("supervisor")
        self.officers: dict[str, Person] = {}
        self.notified: Counter[str] = Counter()
        self.answered: set[str] = set()

    def _person(self, role: str, unit: str = "") -> Person:
        return Person(over_http(self.client, partial(staff.demo_token, self.system, role, unit)))

    def close(self) -> None:
        """Close all connections."""
        self.client.close()

    def live(self, sent: Collection[str], progress: Any) -> None:
        """Each unit continues the cases that it holds."""
        for done, unit in enumerate(sorted(self.officers), start=1):
            live_all(self.officers[unit], sent)
            progress(done)

    def work_until_settled(
        self,
        sent: dict[str, LabelledReport],
        receipts: dict[str, reporters.AcceptedDemoReport],
        tally: Tally,
        progress: Any,
    ) -> None:
        """Analysts and units work until a unit holds every case of the reports, or it has ended."""
        last_change = time.monotonic()
        known = -1
        while True:
            review_all(self.analyst, self.supervisor, sent, tally)
            review_all(self.supervisor, self.analyst, sent, tally)
            asyncio.run(_answer(self.system.api, receipts, tally, self.answered))
            for unit in self._told_units():
                answer_all(self.officer_of(unit), self.other_unit, unit, sent, tally)
            done = len(tally.acknowledged | tally.rejected)
            progress(done)
            if self._settled(sent):
                return
            if done != known:
                known, last_change = done, time.monotonic()
            if time.monotonic() - last_change > DEMO_PATIENCE_SECONDS:
                return  # the audit names what is missing
            time.sleep(0.3)

    def observed(self) -> audit.ObservedContent:
        """The present content of the system."""
        self._told_units()
        aws = self.system.aws
        return audit.observe(
            aws.dynamodb,
            self.table,
            aws.stepfunctions,
            self.system.outputs["WorkflowArn"],
            self.notified,
        )

    def _told_units(self) -> list[str]:
        """Units with work, found as units do: by the notifications in their queues."""
        for url in self._queues().values():
            for event in audit.drain(self.system.aws.sqs, url):
                self.notified[event["id"]] += 1
                if event["type"].endswith("case.referred.v1"):
                    self.officer_of(event["data"]["unit"])
        return sorted(self.officers)

    def _queues(self) -> dict[str, str]:
        prefix = f"{self.system.outputs['Stage']}-unit-"
        found = self.system.aws.sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix)
        urls = [url for page in found for url in page.get("QueueUrls", [])]
        return {url.rsplit("/", 1)[-1].removeprefix(prefix): url for url in urls}

    def officer_of(self, unit: str) -> Person:
        """An officer of a unit."""
        if unit not in self.officers:
            self.officers[unit] = self._person("officer", unit)
        return self.officers[unit]

    def other_unit(self, unit: str) -> str:
        """A unit that this one declines to."""
        others = [other for other in sorted(self.pack.units) if other != unit]
        return others[sum(unit.encode()) % len(others)]

    def _settled(self, sent: dict[str, LabelledReport]) -> bool:
        seen = self.observed()
        linked = all(seen.reports.get(reference) for reference in sent)
        return linked and all(
            seen.statuses.get(case) in audit.HELD
            and "RUNNING" not in seen.executions.get(case, ["RUNNING"])
            for case in audit.cases_of(sent, seen)
        )


async def _send(
    origin: str, wave: list[LabelledReport]
) -> list[tuple[LabelledReport, reporters.AcceptedDemoReport]]:
    gate = asyncio.Semaphore(DEMO_CLIENTS)

    async def one(
        number: int, label: LabelledReport
    ) -> tuple[LabelledReport, reporters.AcceptedDemoReport]:
        async with gate:
            send = reporters.twice if number % DOUBLE_CLICK_EVERY == 0 else reporters.submit
            return label, await send(client, label.body)

    async with httpx.AsyncClient(base_url=origin) as client:
        return list(await asyncio.gather(*(one(i, label) for i, label in enumerate(wave))))


async def _answer(
    origin: str, receipts: dict[str, reporters.AcceptedDemoReport], tally: Tally, done: set[str]
) -> None:
    """Reporters who were asked answer with their receipts."""
    async with httpx.AsyncClient(base_url=origin) as client:
        for case_id, reference in tally.asked.items():
            if case_id not in done:
                await reporters.answer(client, receipts[reference], 1, "2026-11-20, le soir.")
                done.add(case_id)


async def _follow(origin: str, receipts: list[reporters.AcceptedDemoReport]) -> Counter[str]:
    gate = asyncio.Semaphore(DEMO_CLIENTS)

    async def one(accepted: reporters.AcceptedDemoReport) -> str:
        async with gate:
            return await reporters.follow(client, accepted)

    async with httpx.AsyncClient(base_url=origin) as client:
        return Counter(await asyncio.gather(*map(one, receipts)))


def _figures(
    seen: audit.ObservedContent,
    sent: dict[str, LabelledReport],
    before: set[str],
    tally: Tally,
    statuses: Counter[str],
) -> dict[str, Any]:
    cases = audit.cases_of(sent, seen)
    histories = [seen.events.get(case, []) for case in cases]
    events = [event for history in histories for event in history]
    made = Counter(event.move for event in events)
    standing = Counter(
        standing
        for history in histories
        for standing in suspects.standings_by_suspect(history).values()
    )
    lost = audit.find_lost(sent, seen)
    duplicated = audit.find_duplicates(sent, seen, before)
    return {
        "synthetic": True,
        "reports_accepted": len(sent),
        "cases_opened": len({case for case in cases if seen.openers.get(case) in sent}),
        "reports_joined": len(sent)
        - len({case for case in cases if seen.openers.get(case) in sent}),
        "by_priority": dict(sorted(Counter(seen.priorities[case] for case in cases).items())),
        "referred_per_unit": dict(
            sorted(Counter(unit for case in cases for unit in seen.hops.get(case, [])).items())
        ),
        "acknowledged": made["acknowledge"],
        "ended_with_a_reason": sum(seen.statuses.get(case) == "closed" for case in cases),
        "declined": len(tally.declined),
        "rerouted": sum(len(seen.hops.get(case, [])) > 1 for case in cases),
        "decided_by_two": len(tally.seconded),
        "asked": made["ask"],
        "answered": made["answer"],
        "gated": sum(
            event.move == "acknowledge" and event.data.get("status") == "awaiting_authorisation"
            for event in events
        ),
        "instructions": len(list_instructions(events)),
        "ended_as": dict(
            sorted(
                Counter(
                    str(event.data["reason"]) for event in events if event.move in ENDINGS
                ).items()
            )
        ),
        "suspects_identified": standing.total() - standing[SuspectStanding.WITHDRAWN],
        "suspects_presented": standing[SuspectStanding.PRESENTED],
        "suspects_wanted": standing[SuspectStanding.WANTED],
        "suspects_arrested": standing[SuspectStanding.ARRESTED],
        "suspects_still_sought": standing[SuspectStanding.SOUGHT],
        "broken_histories": sum(
            find_first_break(seen.events.get(case, [])) is not None for case in cases
        ),
        "seen_by_reporters": dict(sorted(statuses.items())),
        "lost": len(lost),
        "duplicated": len(duplicated),
        "findings": lost + duplicated,
    }


if __name__ == "__main__":
    sys.exit(main())
