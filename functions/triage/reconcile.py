"""The reconciler finishes, each minute, work that a crash left half-done.

| found | because | done |
|---|---|---|
| a case in flight whose execution ended | an execution failed, or was lost | next run started |
| a decision the workflow was not told of | its author and the stream failed to | told |
| a case in flight that was never started | killed before the start, or a flood | started |
| a case that used up its runs | no execution gets as far as people | to the duty desk |
| a stuck case whose deadline passed | no execution is there to see it | escalated |
| an accepted report without a case | its stream record failed, was lost or is late | linked |
| a verdict that not all copies have yet | thousands sent one text | carried on |
| a report or addition that could not be read | its process ended, or its time | tried once more |

Several may run at once. Each repair is idempotent, or claimed by one conditional write under "the
case is unchanged since I read it", after its execution was seen ended. Work beyond the time budget
comes next minute: each minute begins with another shard. Work that failed before comes last, and
each try is recorded before it begins: a report that kills the process ends only a pass that had
done all other work.

Step Functions sends an event when an execution ends, and the queue of these events calls `handle`
too. In rare cases the service sends none. So each minute also looks at `LOOKED_AT` running
executions and at as many cases that people work on, from where the last one stopped: all of them in
a minute where there are fewer, and 12,000 within the hour. Cases of immediate danger come first.

The stream brings reports in the order in which they came, so in a flood danger would wait behind
all others. Reports whose reporters tell of danger now have a list of their own. A pass links them
before all other reports, several at a time where there are many.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
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
from casework.aws.table import copy_verdicts, keys
from casework.aws.table.attempts import NotRead
from casework.aws.table.case_table import CaseTable
from casework.aws.table.coming import MOST_TOGETHER
from casework.aws.table.items import WrittenMeanwhile
from casework.aws.table.looks import NOWHERE, Looks, urgent
from casework.case.case import Case
from casework.case.parts import Priority
from casework.case.times import stamp
from casework.linking.groups import firsts_first
from casework.moves.deadlines import late
from casework.moves.running import rerun, stuck
from casework.pack.clocks import Clocks, clocks
from casework.pack.jurisdiction import open_pack
from casework.text.realm import Realm, listed
from functions.triage.copies import carry_on
from functions.triage.link import follow_record
from functions.triage.one_report import link_report
from functions.triage.reading import read_ahead
from functions.triage.together import Together

T = TypeVar("T")

GRACE: Final = timedelta(seconds=60)
"""A younger item still belongs to the process that began it."""

BUDGET_SECONDS: Final = 40
REPAIR_SECONDS: Final = 10
"""Of one repair; reading has its own."""
BATCH: Final = 50
LOOKED_AT: Final = 200
"""Questions to Step Functions in a minute: it answers ten a second."""
URGENT_SINCE: Final = timedelta(minutes=3)
"""Cases of immediate danger are looked at in two passes after their opening, beside all others."""
TAKES_TURNS: Final = 400
"""Reports of danger that are brought in turns: so many are read at a time, before they are
linked."""
READ_AT_ONCE: Final = 100
COPYING_SECONDS: Final = 10
"""How long one verdict is carried to copies in a pass."""
HANDS: Final = 8
"""Joins of reports of danger at a time: nearly all time of one is that of the services."""
RUNS_EXHAUSTED: Final = "runs_exhausted"
SERVED: Final = timedelta(seconds=5)
"""An execution that waited for people this long was lost, not defeated."""


@cache
def _settings() -> ReconcileSettings:
    return ReconcileSettings.from_environment()


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Make all repairs, or those of executions that ended; returns how often each was made.

    A batch of events answers the ones to deliver again.
    """
    records = (event or {}).get("Records")
    reconciler = Reconciler(_settings())
    return reconciler.run() if records is None else reconciler.ended(records)


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
        self.minute = int(now().timestamp()) // 60
        self.repaired: dict[str, int] = {}
        self.failed = 0
        self._lock = threading.Lock()

    def run(self) -> dict[str, int]:
        """Decisions, workflows, then reports; a failure stops no other repair."""
        looks = Looks(self.table.name)
        with self._repair("untold"):  # the service may refuse the list itself
            for case in self._cases(self._running(looks)):
                with self._repair("untold", case_id=case.id) as made, within(REPAIR_SECONDS):
                    made(self._tell(case))
        with self._repair("unserved"):
            for case in self._cases(self._in_flight(looks)):
                with self._repair("unserved", case_id=case.id) as made, within(REPAIR_SECONDS):
                    made(self._serve(case))
        self._link_danger()
        for verdict in self._in_time(copy_verdicts.left(self.table.name, self.before)):
            with self._repair("copies", case_id=verdict.case_id) as made:
                until = min(self.until, time.monotonic() + COPYING_SECONDS)
                made(carry_on(self.table.name, open_pack(self.settings.pack), verdict, until))
        for reference in self._unlinked():
            with self._repair("unlinked", reference=reference) as made:
                made(link_report(self.settings, reference).new)
        for reference, sort in self._to_read(self.table.reports.tried(self.first_shard)):
            with self._repair("unread", reference=reference) as made:
                follow_record(self.settings, {**keys.report_key(reference), keys.SORT: sort})
                made(True)
        self._count()
        observe.count("Reconciles")  # a pass that ended: silence is alarmed on
        return self.repaired

    def ended(self, records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Bring back the workflows whose executions ended; returns the events to deliver again."""
        again: list[dict[str, str]] = []
        for record in records:
            told = json.loads(record["body"])["detail"]
            case_id = str(told["name"]).rpartition("-")[0]
            failed = self.failed
            with self._repair("unserved", case_id=case_id) as made, within(REPAIR_SECONDS):
                for case in self.table.cases([case_id]):  # none where it is erased
                    made(self._serve(case, told))
            if self.failed > failed:
                again.append({"itemIdentifier": record["messageId"]})
        self._count()
        return {"batchItemFailures": again}

    def _count(self) -> None:
        for repair, times in self.repaired.items():
            observe.count(f"Repaired{repair.title()}", times)
        if self.failed:
            observe.count("RepairsFailed", self.failed)

    # ---- repairs: each answers whether there was something to repair -------------------------

    def _link_danger(self) -> None:
        """Link the reports of danger that wait for their cases.

        Many are linked by several threads: in threads no alarm ends a reading that takes too long,
        so the first ones of each pass, which are all outside of a flood, have the main thread.
        """
        waiting = self._in_turns(self._unlinked(danger=True))

        def some() -> list[str]:
            with self._lock:
                return list(islice(waiting, MOST_TOGETHER))

        def link_them(_: object = None) -> None:
            while references := some():
                self._link_together(references)

        first = some()
        self._link_together(first)
        if len(first) == MOST_TOGETHER:
            from concurrent.futures import ThreadPoolExecutor  # most passes do without

            with ThreadPoolExecutor(HANDS) as hands:
                list(hands.map(link_them, range(HANDS)))

    def _in_turns(self, references: Iterator[str]) -> Iterator[str]:
        """The same reports, those with one text in turns with others: where many wait, the first of
        each text comes before the second of any."""
        while some := list(islice(references, TAKES_TURNS)):
            if len(some) < MOST_TOGETHER:
                yield from some
                continue
            texts: dict[str, int] = {}
            for at in range(0, len(some), READ_AT_ONCE):
                for each in self.table.reports.several(some[at : at + READ_AT_ONCE]):
                    texts[each.reference] = hash(" ".join(each.text.split()))
            yield from firsts_first(some, texts.get)

    def _unlinked(self, *, danger: bool = False) -> Iterator[str]:
        return self._to_read(
            self.table.reports.unlinked(self.accepted_before, self.first_shard, danger=danger)
        )

    def _to_read(self, reports: Iterable[T]) -> Iterator[T]:
        """The reports that there is time for. Usually there is none, and no lexicon is read."""
        for each in self._in_time(reports):
            read_ahead(open_pack(self.settings.pack))
            yield each

    def _link_together(self, references: Iterable[str]) -> None:
        together = Together(self.table.name)
        for together.record, reference in enumerate(references):
            with self._repair("unlinked", reference=reference) as made:
                link_report(self.settings, reference, together=together)
                made(True)
        together.bring()
        with self._lock:
            self.failed += len(together.failed)

    def _running(self, looks: Looks) -> list[str]:
        """The cases of some running executions."""
        names, place = workflow.some_running(self.settings.workflow, LOOKED_AT, looks.executions)
        looks.go_on_at(place or NOWHERE)
        looks.keep()  # before the acts: one that kills the process does not meet the next pass
        return list(dict.fromkeys(name.rpartition("-")[0] for name in names))

    def _in_flight(self, looks: Looks) -> list[str]:
        """Some cases that are owed a workflow: immediate danger first, then those whose turn it
        is."""
        queues = self._queues()
        since, rank = stamp(now() - URGENT_SINCE), Priority.IMMEDIATE.rank
        danger = urgent(self.table.name, queues[0], rank, since, self.before)
        some = looks.in_queues(queues, self.before, LOOKED_AT)
        looks.keep()
        first = self.minute % len(some) if some else 0
        turned = [*some[first:], *some[:first]]  # another one is the first each minute
        return list(dict.fromkeys([*islice(danger, LOOKED_AT), *turned]))

    def _queues(self) -> list[str]:
        """The queues that people work through; analysts' is the first."""
        names = ["review", "supervision", *open_pack(self.settings.pack).units]
        return [listed(realm, name) for realm in Realm for name in names]

    def _tell(self, case: Case) -> bool:
        """Tell the workflow of a decision that neither its author nor the stream could tell."""
        if case.status.law.waits or case.moved_at > self.before:
            return False
        waiting = self.table.waits.of(case.id)
        if waiting is None or not workflow.decided(case, waiting):
            return False
        return workflow.answer(waiting, case, now(), self._clocks)

    @property
    def _clocks(self) -> Clocks:
        return clocks(open_pack(self.settings.pack))

    def _serve(self, case: Case, ended: Mapping[str, Any] | None = None) -> bool:
        """Bring back the workflow of a case that is owed one; a stuck one waits for people.

        `ended` is the event of an execution's end, from before the service answers by it.
        """
        if case.status.law.idle:
            return False
        if case.stuck is not None:
            self._escalate(case)
            return False
        if ended is not None and ended["name"] == case.execution:
            last: workflow.Execution | None = workflow.Execution.of_event(ended)
        else:
            last = workflow.execution(self.settings.workflow, case.execution)
        if last is None:
            return workflow.start(self.settings.workflow, case, now(), self._clocks)
        if last.runs:
            return False
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
                with self._lock:
                    self.repaired[repair] = self.repaired.get(repair, 0) + 1
                observe.fact("repaired", repair=repair, **of)

        try:
            yield made
        except NotRead:
            return  # told where it failed; its next try is recorded
        except Exception as error:  # noqa: BLE001  # one poisoned case must not stop the others
            with self._lock:
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
