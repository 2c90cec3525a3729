"""The reconciler finishes, each minute, work that a crash left half-done.

| found | because | done |
|---|---|---|
| a decision the workflow was not told of | its author and the stream failed to | told |
| a case in flight that was never started | killed between opening and starting | started |
| a case in flight whose execution ended | an execution failed, or was lost | next run started |
| a case that used up its runs | no execution gets as far as people | to the duty desk |
| a stuck case whose deadline passed | no execution is there to see it | escalated |
| an accepted report without a case | its stream record failed or was lost | linked |
| a report or addition that could not be read | its process ended, or its time | tried once more |

Several may run at once. Each repair is idempotent, or claimed by one conditional write under "the
case is unchanged since I read it", after its execution was seen ended. Work beyond the time budget
comes next minute: each minute begins with another shard. Work that failed before comes last, and
each try is recorded before it begins: a report that kills the process ends only a pass that had
done all other work.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar

from casework.aws.services import announcements, observe
from casework.aws.services.budget import within
from casework.aws.services.settings import ReconcileSettings
from casework.aws.steps import workflow
from casework.aws.steps.step import now
from casework.aws.table import keys
from casework.aws.table.attempts import NotRead
from casework.aws.table.case_table import CaseTable
from casework.aws.table.items import WrittenMeanwhile
from casework.case.case import Case
from casework.case.times import stamp
from casework.moves.deadlines import late
from casework.moves.running import rerun, stuck
from casework.pack.clocks import Clocks, clocks
from casework.pack.jurisdiction import open_pack
from casework.text.realm import Realm, listed
from functions.triage.link import follow_record, link_report
from functions.triage.reading import read_ahead

T = TypeVar("T")

GRACE: Final = timedelta(seconds=60)
"""A younger item still belongs to the process that began it."""

BUDGET_SECONDS: Final = 40
REPAIR_SECONDS: Final = 10
"""Of one repair; reading has its own."""
BATCH: Final = 50
RUNS_EXHAUSTED: Final = "runs_exhausted"
SERVED: Final = timedelta(seconds=5)
"""An execution that waited for people this long was lost, not defeated."""


@cache
def _settings() -> ReconcileSettings:
    return ReconcileSettings.from_environment()


def handle(event: Any, context: Any) -> dict[str, int]:
    """Make all repairs; returns how often each was made."""
    return Reconciler(_settings()).run()


class Reconciler:
    """One pass over work that may be half-done."""

    def __init__(self, settings: ReconcileSettings) -> None:
        self.settings = settings
        self.table = CaseTable(settings.case_table)
        self.until = time.monotonic() + BUDGET_SECONDS
        self.before = stamp(now() - GRACE)
        # Reports have no more than the minute in which they came.
        self.accepted_before = stamp(now() - GRACE - timedelta(minutes=1))
        self.first_shard = int(now().timestamp()) // 60 % keys.SHARDS
        self.minute = now().minute
        self.repaired: dict[str, int] = {}
        self.failed = 0

    def run(self) -> dict[str, int]:
        """Decisions, workflows, then reports; a failure stops no other repair."""
        running = {name.rpartition("-")[0] for name in workflow.running(self.settings.workflow)}
        for case in self._cases(each for each in sorted(running) if self._in_its_minute(each)):
            with self._repair("untold", case_id=case.id) as made, within(REPAIR_SECONDS):
                made(self._tell(case))
        missing = self.table.in_flight(self.before, self._queues())
        for case in self._cases(case_id for case_id in missing if case_id not in running):
            with self._repair("unserved", case_id=case.id) as made, within(REPAIR_SECONDS):
                made(self._serve(case))
        read_ahead(open_pack(self.settings.pack))
        unlinked = self.table.reports.unlinked(self.accepted_before, self.first_shard)
        for reference in self._in_time(unlinked):
            with self._repair("unlinked", reference=reference) as made:
                made(link_report(self.settings, reference).new)
        for reference, sort in self._in_time(self.table.reports.tried(self.first_shard)):
            with self._repair("unread", reference=reference) as made:
                follow_record(self.settings, keys.report_key(reference)[keys.PARTITION], sort)
                made(True)
        for repair, times in self.repaired.items():
            observe.count(f"Repaired{repair.title()}", times)
        if self.failed:
            observe.count("RepairsFailed", self.failed)
        observe.count("Reconciles")  # a pass that ended: silence is alarmed on
        return self.repaired

    # ---- repairs: each answers whether there was something to repair -------------------------

    def _queues(self) -> list[str]:
        """The queues of cases that are owed a workflow, beginning with another one each minute."""
        names = ["review", "supervision", *open_pack(self.settings.pack).units]
        queues = [listed(realm, name) for realm in Realm for name in names]
        first = self.minute % len(queues)
        return queues[first:] + queues[:first]

    def _in_its_minute(self, case_id: str) -> bool:
        """Whether this is the minute of the hour in which a case with an execution is looked at."""
        return zlib.crc32(case_id.encode()) % 60 == self.minute

    def _tell(self, case: Case) -> bool:
        """Tell the workflow of a decision that neither its author nor the stream could tell."""
        if case.status.law.waits or case.moved_at > self.before:
            return False
        return workflow.tell(self.table, case, now(), self._clocks)

    @property
    def _clocks(self) -> Clocks:
        return clocks(open_pack(self.settings.pack))

    def _serve(self, case: Case) -> bool:
        """Bring back the workflow of a case that is owed one; a stuck one waits for people."""
        if case.status.law.idle:
            return False
        if case.stuck is not None:
            self._escalate(case)
            return False
        last = workflow.execution(self.settings.workflow, case.execution)
        if last is None:
            return workflow.start(self.settings.workflow, case, now(), self._clocks)
        if last.runs:
            return False  # started after the list was read
        served = self._served(case, last)
        try:
            if case.spent and not served:
                return self._stick(case, RUNS_EXHAUSTED)
            return self._again(case, served)
        except WrittenMeanwhile:
            return False  # it went on by itself, or another reconciler has it

    def _escalate(self, case: Case) -> None:
        """A deadline was missed without an execution to tell it: tell the people concerned."""
        change = late(case, now(), open_pack(self.settings.pack).deadlines[case.priority.value])
        if change is None:
            return
        if change.event is not None:
            announcements.publish(self.settings.topic, announcements.late(change.after), now())
        with suppress(WrittenMeanwhile):
            self.table.save(change)

    def _served(self, case: Case, last: workflow.Execution) -> bool:
        """Whether the last execution was waiting for people when it ended, and had for a while."""
        waiting = self.table.waits.of(case.id)
        if waiting is None or (waiting.run, waiting.status) != (case.run, case.status):
            return False
        stopped = last.stopped_at or now()
        return stopped - datetime.fromisoformat(waiting.since) >= SERVED

    def _again(self, case: Case, served: bool) -> bool:
        """Claim the next run, after the last one was seen ended, and start it."""
        claimed = self.table.save(rerun(case, served=served))
        return workflow.start(self.settings.workflow, claimed, now(), self._clocks)

    def _stick(self, case: Case, reason: str) -> bool:
        change = stuck(case, now(), reason)
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
        except NotRead:
            return  # told where it failed; its next try is recorded
        except Exception as error:  # noqa: BLE001  # one poisoned case must not stop the others
            self.failed += 1
            observe.failure("not repaired", error, repair=repair, **of)

    def _cases(self, case_ids: Iterable[str]) -> Iterator[Case]:
        """The cases as they are now, read some at a time."""
        left = self._in_time(case_ids)
        while batch := list(islice(left, BATCH)):
            yield from self.table.cases(batch)

    def _in_time(self, ids: Iterable[T]) -> Iterator[T]:
        for each in ids:
            if time.monotonic() > self.until:
                observe.count("RepairsLeft")
                return
            yield each
