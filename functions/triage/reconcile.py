"""The reconciler: what a crash left half-done is finished here, each minute.

| found | because | done |
|---|---|---|
| an accepted report without a case | its stream record failed or was lost | linked |
| a decision the workflow was not told of | killed between saving and telling | told |
| a held case that is still owed a workflow | killed between telling and settling | settled |
| a case in flight that was never started | killed between opening and starting | started |
| a case in flight whose execution ended | an execution failed, or was lost | next run started |
| a case that used up its runs | something no restart mends | to the duty desk |

Several may run at once. Each repair is idempotent, or claimed by one conditional write under
"nobody wrote the case since I looked", after its execution was seen ended. What is not reached
within the budget is reached next minute: each minute begins with another shard.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from itertools import islice
from typing import Any, Final

from casework.aws import announcements, keys, observe, workflow
from casework.aws.case_table import CaseTable, WrittenMeanwhile
from casework.aws.settings import ReconcileSettings
from casework.aws.step import now
from casework.case import Case, rerun, stamp, stuck
from casework.lifecycle import HELD
from functions.triage.link import link_report

GRACE: Final = timedelta(seconds=60)
"""What is younger is still in the hands of whoever began it."""

BUDGET_SECONDS: Final = 40
BATCH: Final = 50
RUNS_EXHAUSTED: Final = "runs_exhausted"


@cache
def _settings() -> ReconcileSettings:
    return ReconcileSettings.from_environment()


def handle(event: Any, context: Any) -> dict[str, int]:
    """Repair what is found; answers how often each repair was made."""
    return Reconciler(_settings()).run()


class Reconciler:
    """One pass over what may be half-done."""

    def __init__(self, settings: ReconcileSettings) -> None:
        self.settings = settings
        self.table = CaseTable(settings.case_table)
        self.until = time.monotonic() + BUDGET_SECONDS
        self.before = stamp(now() - GRACE)
        self.first_shard = int(now().timestamp()) // 60 % keys.SHARDS
        self.repaired: dict[str, int] = {}
        self.failed = 0

    def run(self) -> dict[str, int]:
        """Reports first, then decisions, then workflows; a failure stops nothing but itself."""
        for reference in self._in_time(self.table.unlinked(self.before, self.first_shard)):
            with self._repair("unlinked", reference=reference) as made:
                made(link_report(self.settings, reference).new)
        running = {name.rpartition("-")[0] for name in workflow.running(self.settings.workflow)}
        for case in self._cases(self.table.decided()):
            with self._repair("untold", case_id=case.id) as made:
                made(self._tell(case, case.id in running))
        missing = self.table.in_flight(self.before, self.first_shard)
        for case in self._cases(case_id for case_id in missing if case_id not in running):
            with self._repair("unserved", case_id=case.id) as made:
                made(self._serve(case))
        for repair, times in self.repaired.items():
            observe.count(f"Repaired{repair.title()}", times)
        if self.failed:
            observe.count("RepairsFailed", self.failed)
        return self.repaired

    # ---- repairs: each answers whether there was something to repair -------------------------

    def _tell(self, case: Case, runs: bool) -> bool:
        """Tell the workflow of a saved decision; settle a held case that nothing waits for."""
        if workflow.tell(self.table, case, now()):
            return True
        return not runs and workflow.settle(self.table, case)

    def _serve(self, case: Case) -> bool:
        """Bring back the workflow of a case that is owed one; a stuck case waits for a person."""
        if case.status in HELD or case.stuck is not None:
            return False
        match workflow.status(self.settings.workflow, case.execution):
            case None:
                return workflow.start(self.settings.workflow, case, now())
            case "RUNNING" | "PENDING_REDRIVE":
                return False  # started after the list was read
        try:
            return self._give_up(case) if case.spent else self._again(case)
        except WrittenMeanwhile:
            return False  # it went on by itself, or another reconciler has it

    def _again(self, case: Case) -> bool:
        """Claim the next run, after the last one was seen ended, and start it."""
        claimed = self.table.save(rerun(case))
        return workflow.start(self.settings.workflow, claimed, now())

    def _give_up(self, case: Case) -> bool:
        change = stuck(case, now(), RUNS_EXHAUSTED)
        announcement = announcements.stuck(change.after)
        announcements.publish(self.settings.topic, announcement, now())
        self.table.save(change)
        return True

    # ---- how -------------------------------------------------------------------------------------

    @contextmanager
    def _repair(self, repair: str, **of: str) -> Iterator[Callable[[bool], None]]:
        """Count and tell one repair; its failure is told, and tried again next minute."""

        def made(anything: bool) -> None:
            if anything:
                self.repaired[repair] = self.repaired.get(repair, 0) + 1
                observe.fact("repaired", repair=repair, **of)

        try:
            yield made
        except Exception as error:  # noqa: BLE001  # one poisoned case must not stop the others
            self.failed += 1
            observe.failure("not repaired", error, repair=repair, **of)

    def _cases(self, case_ids: Iterable[str]) -> Iterator[Case]:
        """The cases as they are now, read some at a time."""
        left = self._in_time(case_ids)
        while batch := list(islice(left, BATCH)):
            yield from self.table.cases(batch)

    def _in_time(self, ids: Iterable[str]) -> Iterator[str]:
        for each in ids:
            if time.monotonic() > self.until:
                observe.count("RepairsLeft")
                return
            yield each
