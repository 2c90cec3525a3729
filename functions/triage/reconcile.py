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
too. In rare cases the service sends none. So each minute also looks at `MAX_EXECUTIONS_CHECKED`
running executions and at as many cases that people work on, from where the last one stopped: all of
them in a minute where there are fewer, and 12,000 within the hour. Cases of immediate danger come
first.

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

from casework.aws.services import notifications, telemetry
from casework.aws.services.settings import ReconcileSettings
from casework.aws.services.time_limits import limit_time
from casework.aws.steps import executions
from casework.aws.steps.task_state import now
from casework.aws.table import copy_verdicts, keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.items import WriteConflict
from casework.aws.table.joins import MAX_JOINS_PER_TRANSACTION
from casework.aws.table.read_attempts import ReadDeferred
from casework.aws.table.reconcile_cursor import START_CURSOR, ReconcileCursor, list_urgent
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.case.value_objects import Priority
from casework.linking.groups import firsts_first
from casework.moves.deadlines import escalate_if_late
from casework.moves.executions import claim_next_run, mark_stuck
from casework.pack.clocks import Clocks, jurisdiction_clocks
from casework.pack.jurisdiction import open_pack
from casework.text.realm import Realm, realm_list_name
from functions.triage.copies import carry_verdict_to_copies
from functions.triage.join_batches import JoinBatch
from functions.triage.link import follow_record
from functions.triage.link_report import link_report
from functions.triage.warm_up import warm_up

T = TypeVar("T")

REPAIR_GRACE_TIME: Final = timedelta(seconds=60)
"""A younger item still belongs to the process that began it."""

RECONCILE_BUDGET_SECONDS: Final = 40
REPAIR_SECONDS: Final = 10
"""Of one repair; reading has its own."""
REPAIR_BATCH_SIZE: Final = 50
MAX_EXECUTIONS_CHECKED: Final = 200
"""Questions to Step Functions in a minute: it answers ten a second."""
URGENT_AGE: Final = timedelta(minutes=3)
"""Cases of immediate danger are looked at in two passes after their opening, beside all others."""
DANGER_REPORTS_PER_TURN: Final = 400
"""Reports of danger that are brought in turns: so many are read at a time, before they are
linked."""
UNLINKED_READ_BATCH_SIZE: Final = 100
COPYING_SECONDS: Final = 10
"""How long one verdict is carried to copies in a pass."""
JOIN_THREADS: Final = 8
"""Joins of reports of danger at a time: nearly all time of one is that of the services."""
RUNS_EXHAUSTED_REASON: Final = "runs_exhausted"
MIN_SERVED_TIME: Final = timedelta(seconds=5)
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
    return reconciler.run() if records is None else reconciler.restart_ended_executions(records)


class Reconciler:
    """One pass over work that may be half-done."""

    def __init__(self, settings: ReconcileSettings) -> None:
        self.settings = settings
        self.table = CaseTable(settings.case_table)
        self.until = time.monotonic() + RECONCILE_BUDGET_SECONDS
        self.before = format_timestamp(now() - REPAIR_GRACE_TIME)
        # Reports have no more than the minute in which they came.
        self.accepted_before = format_timestamp(now() - REPAIR_GRACE_TIME - timedelta(minutes=1))
        self.first_shard = int(now().timestamp()) // 60 % keys.FLOW_SHARDS
        self.minute = int(now().timestamp()) // 60
        self.repaired: dict[str, int] = {}
        self.failed = 0
        self._lock = threading.Lock()

    def run(self) -> dict[str, int]:
        """Decisions, workflows, then reports; a failure stops no other repair."""
        looks = ReconcileCursor(self.table.name)
        with self._repair("untold"):  # the service may refuse the list itself
            for case in self._cases(self._running(looks)):
                with self._repair("untold", case_id=case.id) as repair, limit_time(REPAIR_SECONDS):
                    repair(self._tell(case))
        with self._repair("unserved"):
            for case in self._cases(self._in_flight(looks)):
                with (
                    self._repair("unserved", case_id=case.id) as repair,
                    limit_time(REPAIR_SECONDS),
                ):
                    repair(self._serve(case))
        self._link_danger()
        for verdict in self._in_time(
            copy_verdicts.list_unfinished_copy_verdicts(self.table.name, self.before)
        ):
            with self._repair("copies", case_id=verdict.case_id) as repair:
                until = min(self.until, time.monotonic() + COPYING_SECONDS)
                repair(
                    carry_verdict_to_copies(
                        self.table.name, open_pack(self.settings.pack), verdict, until
                    )
                )
        for reference in self._unlinked():
            with self._repair("unlinked", reference=reference) as repair:
                repair(link_report(self.settings, reference).new)
        for reference, sort in self._to_read(self.table.reports.list_unreadable(self.first_shard)):
            with self._repair("unread", reference=reference) as repair:
                follow_record(self.settings, {**keys.report_key(reference), keys.SORT_KEY: sort})
                repair(True)
        self._count()
        telemetry.count_metric("Reconciles")  # a pass that ended: silence is alarmed on
        return self.repaired

    def restart_ended_executions(self, records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Bring back the workflows whose executions ended; returns the events to deliver again."""
        again: list[dict[str, str]] = []
        for record in records:
            detail = json.loads(record["body"])["detail"]
            case_id = str(detail["name"]).rpartition("-")[0]
            failed = self.failed
            with self._repair("unserved", case_id=case_id) as made, limit_time(REPAIR_SECONDS):
                for case in self.table.get_cases([case_id]):  # none where it is erased
                    made(self._serve(case, detail))
            if self.failed > failed:
                again.append({"itemIdentifier": record["messageId"]})
        self._count()
        return {"batchItemFailures": again}

    def _count(self) -> None:
        for repair, times in self.repaired.items():
            telemetry.count_metric(f"Repaired{repair.title()}", times)
        if self.failed:
            telemetry.count_metric("RepairsFailed", self.failed)

    # ---- repairs: each answers whether there was something to repair -------------------------

    def _link_danger(self) -> None:
        """Link the reports of danger that wait for their cases.

        Many are linked by several threads: in threads no alarm ends a reading that takes too long,
        so the first ones of each pass, which are all outside of a flood, have the main thread.
        """
        waiting = self._in_turns(self._unlinked(danger=True))

        def some() -> list[str]:
            with self._lock:
                return list(islice(waiting, MAX_JOINS_PER_TRANSACTION))

        def link_them(_: object = None) -> None:
            while references := some():
                self._link_together(references)

        first = some()
        self._link_together(first)
        if len(first) == MAX_JOINS_PER_TRANSACTION:
            from concurrent.futures import ThreadPoolExecutor  # most passes do without

            with ThreadPoolExecutor(JOIN_THREADS) as hands:
                list(hands.map(link_them, range(JOIN_THREADS)))

    def _in_turns(self, references: Iterator[str]) -> Iterator[str]:
        """The same reports, those with one text in turns with others: where many wait, the first of
        each text comes before the second of any."""
        while some := list(islice(references, DANGER_REPORTS_PER_TURN)):
            if len(some) < MAX_JOINS_PER_TRANSACTION:
                yield from some
                continue
            texts: dict[str, int] = {}
            for at in range(0, len(some), UNLINKED_READ_BATCH_SIZE):
                for each in self.table.reports.get_reports(
                    some[at : at + UNLINKED_READ_BATCH_SIZE]
                ):
                    texts[each.reference] = hash(" ".join(each.text.split()))
            yield from firsts_first(some, texts.get)

    def _unlinked(self, *, danger: bool = False) -> Iterator[str]:
        return self._to_read(
            self.table.reports.list_unlinked(self.accepted_before, self.first_shard, danger=danger)
        )

    def _to_read(self, reports: Iterable[T]) -> Iterator[T]:
        """The reports that there is time for. Usually there is none, and no lexicon is read."""
        for each in self._in_time(reports):
            warm_up(open_pack(self.settings.pack))
            yield each

    def _link_together(self, references: Iterable[str]) -> None:
        together = JoinBatch(self.table.name)
        for together.record, reference in enumerate(references):
            with self._repair("unlinked", reference=reference) as made:
                link_report(self.settings, reference, together=together)
                made(True)
        together.flush()
        with self._lock:
            self.failed += len(together.failed)

    def _running(self, looks: ReconcileCursor) -> list[str]:
        """The cases of some running executions."""
        names, place = executions.list_running_execution_page(
            self.settings.workflow, MAX_EXECUTIONS_CHECKED, looks.executions
        )
        looks.set_execution_place(place or START_CURSOR)
        looks.save()  # before the acts: one that kills the process does not meet the next pass
        return list(dict.fromkeys(name.rpartition("-")[0] for name in names))

    def _in_flight(self, looks: ReconcileCursor) -> list[str]:
        """Some cases that are owed a workflow: immediate danger first, then those whose turn it
        is."""
        queues = self._queues()
        since, rank = format_timestamp(now() - URGENT_AGE), Priority.IMMEDIATE.rank
        danger = list_urgent(self.table.name, queues[0], rank, since, self.before)
        some = looks.list_queue_cases(queues, self.before, MAX_EXECUTIONS_CHECKED)
        looks.save()
        first = self.minute % len(some) if some else 0
        turned = [*some[first:], *some[:first]]  # another one is the first each minute
        return list(dict.fromkeys([*islice(danger, MAX_EXECUTIONS_CHECKED), *turned]))

    def _queues(self) -> list[str]:
        """The queues that people work through; analysts' is the first."""
        names = ["review", "supervision", *open_pack(self.settings.pack).units]
        return [realm_list_name(realm, name) for realm in Realm for name in names]

    def _tell(self, case: Case) -> bool:
        """Tell the workflow of a decision that neither its author nor the stream could tell."""
        if case.status.rule.waits or case.moved_at > self.before:
            return False
        waiting = self.table.waits.get_token(case.id)
        if waiting is None or not executions.is_superseded(case, waiting):
            return False
        return executions.send_task_result(waiting, case, now(), self._clocks)

    @property
    def _clocks(self) -> Clocks:
        return jurisdiction_clocks(open_pack(self.settings.pack))

    def _serve(self, case: Case, ended: Mapping[str, Any] | None = None) -> bool:
        """Bring back the workflow of a case that is owed one; a stuck one waits for people.

        `ended` is the event of an execution's end, from before the service answers by it.
        """
        if case.status.rule.idle:
            return False
        if case.stuck is not None:
            self._escalate(case)
            return False
        if ended is not None and ended["name"] == case.execution:
            last: executions.ExecutionSummary | None = executions.ExecutionSummary.from_event(ended)
        else:
            last = executions.describe_execution(self.settings.workflow, case.execution)
        if last is None:
            return executions.start_execution(self.settings.workflow, case, now(), self._clocks)
        if last.is_running:
            return False
        served = self._served(case, last)
        try:
            if case.has_exhausted_runs and not served:
                return self._stick(case, RUNS_EXHAUSTED_REASON)
            return self._again(case, served)
        except WriteConflict:
            return False  # it went on by itself, or another reconciler has it

    def _escalate(self, case: Case) -> None:
        """A deadline was missed without an execution to tell it: tell the people concerned."""
        change = escalate_if_late(
            case, now(), open_pack(self.settings.pack).deadlines[case.priority.value]
        )
        if change is None:
            return
        if change.event is not None:
            notifications.publish_notification(
                self.settings.topic, notifications.review_overdue(change.after), now()
            )
        with suppress(WriteConflict):
            self.table.save(change)

    def _served(self, case: Case, last: executions.ExecutionSummary) -> bool:
        """Whether the last execution was waiting for people when it ended, and had for a while."""
        waiting = self.table.waits.get_token(case.id)
        if waiting is None or (waiting.run, waiting.status) != (case.run, case.status):
            return False
        stopped = last.stopped_at or now()
        return stopped - datetime.fromisoformat(waiting.since) >= MIN_SERVED_TIME

    def _again(self, case: Case, served: bool) -> bool:
        """Claim the next run, after the last one was seen ended, and start it."""
        claimed = self.table.save(claim_next_run(case, served=served))
        return executions.start_execution(self.settings.workflow, claimed, now(), self._clocks)

    def _stick(self, case: Case, reason: str) -> bool:
        change = mark_stuck(case, now(), reason)
        announcement = notifications.case_stuck(change.after)
        notifications.publish_notification(self.settings.topic, announcement, now())
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
                telemetry.log_info("repaired", repair=repair, **of)

        try:
            yield made
        except ReadDeferred:
            return  # told where it failed; its next try is recorded
        except Exception as error:  # noqa: BLE001  # one poisoned case must not stop the others
            with self._lock:
                self.failed += 1
            telemetry.log_failure("not repaired", error, repair=repair, **of)

    def _cases(self, case_ids: Iterable[str]) -> Iterator[Case]:
        """The cases as they are now, read some at a time."""
        left = self._in_time(case_ids)
        while batch := list(islice(left, REPAIR_BATCH_SIZE)):
            yield from self.table.get_cases(batch)

    def _in_time(self, ids: Iterable[T]) -> Iterator[T]:
        for each in ids:
            if time.monotonic() > self.until:
                telemetry.count_metric("RepairsLeft")
                return
            yield each
