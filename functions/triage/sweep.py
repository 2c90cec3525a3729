"""The sweeper: deadlines without a waiting workflow, each minute, from their own lists.

| found | done |
|---|---|
| a reporter who did not answer in time | the review goes on, with the time it had left |
| a review or acknowledgement that became urgent and is late | escalated, as the workflow does |
| a report without an act of people | its reporter is told, and for a joined one supervisors |
| a notice that a complainant is still owed | once per level: an event, supervisors are told |
| money that can no longer be held back, and a time that passed for a freeze | the same |
| an authorisation, a first instruction, or an identity that was asked for | the same |
| an unread addition to a unit's case, or to one that ended | the same |
| a case kept as long as the pack says | the same, and the duty desk has it until people decide |
| a case that people decided to erase | it is erased step by step, in turns with others |
| reports of a merged or split case | moved to where they belong, where that is not done yet |
| a case that ended a minute ago | reports that joined it unseen are linked again |
| a unit that was dissolved or redrawn in the pack | its open cases are rerouted, with history |
| nobody on duty | counted: after five minutes it is an alarm |
| a queue that its unit does not read, once a day | counted: people call the unit |

Deadlines are data of the case, kept in the table beside it: a redeploy forgets none. Without a
passed deadline, a sweep is one query for each list of deadlines. Several may run at once: each act
is one conditional write.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any, Final

from casework.aws.services import notifications, telemetry
from casework.aws.services.settings import SweepSettings
from casework.aws.services.time_limits import limit_time
from casework.aws.steps import executions
from casework.aws.steps.task_state import now
from casework.aws.table import desk_keys, keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.erasure import erase_case, erase_merged_cases
from casework.aws.table.overdue_deadlines import OverdueDeadlines, PastDue, UnitSnapshot
from casework.aws.table.roster_table import list_shifts
from casework.case.case import Case
from casework.case.change import Change
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind, UnseenReports
from casework.moves.closures import continue_unseen_scan, finish_unseen_scan
from casework.moves.deadlines import escalate_if_late, mark_overdue
from casework.moves.questions import expire_question
from casework.moves.retention import continue_erasure, finish_erasure
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.text.realm import Realm
from functions.triage import case_moves, unread_queues
from functions.triage.report_deadlines import handle_report_deadline
from functions.triage.unit_changes import area_digests_by_unit, diff_units, reroute_case
from functions.triage.unseen_reports import relink_unseen_reports

SWEEP_BUDGET_SECONDS: Final = 40
TURN_SECONDS: Final = 5
"""Of one case's move or erasure: after it the next one has its turn."""
ITEM_SECONDS: Final = 12
"""Seconds after which an item is stopped."""
DEFERRABLE_DEADLINES: Final = frozenset({DeadlineKind.ERASING, DeadlineKind.ALONE})
"""Acts that may take many passes: they use the time that all others leave."""
URGENT_SWEEP: Final = "at_once"
DEFERRED_SWEEP: Final = "later"
"""The two ways around all deadlines, each with the place where it goes on."""
SWEEP_PAGE_SIZE: Final = 50


@cache
def _settings() -> SweepSettings:
    return SweepSettings.from_environment()


def handle(event: Any, context: Any) -> dict[str, int]:
    """Act on passed deadlines; returns how often each act was done."""
    return Sweeper(_settings()).run()


class Sweeper:
    """One pass over the deadlines that passed."""

    def __init__(self, settings: SweepSettings) -> None:
        self.settings = settings
        self.table = CaseTable(settings.case_table)
        self.until = time.monotonic() + SWEEP_BUDGET_SECONDS
        self.done: dict[str, int] = {}
        self.failed = 0

    def run(self) -> dict[str, int]:
        """Deadlines first, then dissolved units, then long acts, each case in its turn.

        A failure stops no other act. Deadlines are read page by page; each pass begins where the
        last one stopped, and each minute with another deadline of a page, so one that kills the
        process blocks none for ever.
        """
        at = now()
        passed = OverdueDeadlines(self.table.name, format_timestamp(at))
        leisure = self._go_around(passed, URGENT_SWEEP, at)
        pack = open_pack(self.settings.pack)
        if passed.units is None:
            self.table.store_units(area_digests_by_unit(pack))
        elif passed.units.seen is not None or passed.units.areas != area_digests_by_unit(pack):
            self._redraw(pack, passed.units, at)
        if leisure:
            self._go_around(passed, DEFERRED_SWEEP, at)
        for number in range(keys.FLOW_SHARDS):  # each minute begins with another one
            partition = keys.report_due_partition(int(at.timestamp()) // 60 + number)
            self._go_around(
                OverdueDeadlines(self.table.name, format_timestamp(at), partition),
                DEFERRED_SWEEP,
                at,
            )
        if unread_queues.is_check_minute(at, pack.facts.zone):
            self._attempt(
                "queues", "", lambda: unread_queues.report_unread_queues(self.settings, pack, at)
            )
        self._attempt("roster", "", lambda: self._look_at_the_roster(at))
        for what, times in self.done.items():
            telemetry.count_metric(f"Swept{what.title()}", times)
        if self.failed:
            telemetry.count_metric("SweepsFailed", self.failed)
        telemetry.count_metric("Sweeps")  # a pass that ended: silence is alarmed on
        return self.done

    def _look_at_the_roster(self, at: datetime) -> bool:
        """Count a minute in which nobody is on duty; whether it was one."""
        running = [each for each in list_shifts(self.table.name, Realm.REAL) if each.runs(at)]
        if not running:
            telemetry.count_metric("NobodyOnDuty")
        return False

    def _go_around(self, passed: OverdueDeadlines, way: str, at: datetime) -> bool:
        """Act on the deadlines of a way; whether acts at leisure were among those seen."""
        others = False
        for page in passed.iterate_pages(way):
            first = int(at.timestamp()) // 60 % len(page)
            for each in (*page[first:], *page[:first]):
                if time.monotonic() > self.until:
                    passed.stop_here(way)
                    if way == URGENT_SWEEP:
                        telemetry.count_metric("DeadlinesLeft")
                    return False
                if (each.kind in DEFERRABLE_DEADLINES) is (way == DEFERRED_SWEEP):
                    self._attempt(each.kind.value, each.whose, lambda e=each: self._act(e, at))
                else:
                    others = True
        return others

    def _attempt(self, what: str, case_id: str, act: Any) -> None:
        try:
            with limit_time(ITEM_SECONDS):
                acted = act()
            if acted:
                self.done[what] = self.done.get(what, 0) + 1
                telemetry.log_info("swept", repair=what, case_id=case_id or None)
        except Exception as error:  # noqa: BLE001  # one poisoned case must not stop the others
            self.failed += 1
            telemetry.log_failure("not swept", error, repair=what, case_id=case_id or None)

    # ---- deadlines -------------------------------------------------------------------------------

    def _act(self, passed: PastDue, at: datetime) -> bool:
        kind, case_id, due = passed
        match kind:
            case DeadlineKind.ALONE:
                return handle_report_deadline(self.settings, self.table, case_id, due, at)
            case DeadlineKind.ANSWER:
                return self._unanswered(case_id, at)
            case DeadlineKind.MOVING:
                return self._move(case_id, at)
            case DeadlineKind.ERASING:
                return self._erase(case_id, at)
            case DeadlineKind.UNSEEN:
                return self._let_go(case_id)
            case DeadlineKind.WAIT:
                return self._late(case_id, at)
            case _:
                return self._overdue(kind, case_id, at)

    def _unanswered(self, case_id: str, at: datetime) -> bool:
        def decide(case: Case) -> Change | None:
            return expire_question(case, at) if _passed(case, DeadlineKind.ANSWER, at) else None

        case, change = self.table.update(case_id, decide)
        if change is not None:
            executions.start_execution(
                self.settings.workflow, case, at, jurisdiction_clocks(open_pack(self.settings.pack))
            )
        return change is not None

    def _move(self, case_id: str, at: datetime) -> bool:
        return case_moves.continue_moves(self.settings, self.table, case_id, at, self._turn())

    def _let_go(self, case_id: str) -> bool:
        case = self.table.get_case(case_id)
        if case.unseen is None:
            return False
        seen: UnseenReports = case.unseen
        further = relink_unseen_reports(self.table, case, seen, self._turn())
        if further is not None:
            place: str = further
            self.table.update(case_id, lambda now_: continue_unseen_scan(now_, seen, place))
            return False
        self.table.update(case_id, finish_unseen_scan)
        return True

    def _erase(self, case_id: str, at: datetime) -> bool:
        case = self.table.get_case(case_id)
        if case.erasing is None:
            return False
        known = case.erasing.level > 0 or erase_merged_cases(self.table, case, at)
        if known and self._in_turn(erase_case(self.table, case, at)):
            self.table.update(case_id, finish_erasure)
            return True
        self.table.update(case_id, lambda now_: continue_erasure(now_, now()))
        return False

    def _in_turn(self, steps: Iterator[None]) -> bool:
        """Take steps until the turn is over, at least one; True when none is left."""
        until = self._turn()
        return all(time.monotonic() < until for _ in steps)

    def _turn(self) -> float:
        """Until when the case at hand may go on: then it is left to the next pass."""
        return min(self.until, time.monotonic() + TURN_SECONDS)

    def _late(self, case_id: str, at: datetime) -> bool:
        """The nearer deadline was missed; the waiting execution finds the escalation done."""
        pack = open_pack(self.settings.pack)

        def decide(case: Case) -> Change | None:
            if not _passed(case, DeadlineKind.WAIT, at):
                return None
            change = escalate_if_late(case, at, pack.deadlines[case.priority.value])
            if change is not None:
                # Told before it is saved: a crash between the two repeats the notification.
                telling = notifications.review_overdue(change.after)
                notifications.publish_notification(self.settings.topic, telling, at)
            return change

        return self.table.update(case_id, decide).decided is not None

    def _overdue(self, kind: DeadlineKind, case_id: str, at: datetime) -> bool:
        pack = open_pack(self.settings.pack)

        def decide(case: Case) -> Change | None:
            if not _passed(case, kind, at):
                return None
            change = mark_overdue(case, kind, at, jurisdiction_clocks(pack)(case)[kind])
            # Told before it is saved: a crash between the two repeats the notification.
            late = notifications.deadline_missed(
                change.after, kind, case.pending_deadlines[kind].due
            )
            notifications.publish_notification(self.settings.topic, late, at)
            return change

        return self.table.update(case_id, decide).decided is not None

    # ---- units that were dissolved or redrawn ----------------------------------------------------

    def _redraw(self, pack: Jurisdiction, snapshot: UnitSnapshot, at: datetime) -> None:
        """Reroute cases of lost territories and of dissolved units; then store the new units.

        The new units are stored after a pass without work that was not the first: the index is late
        to show cases that a function with the earlier pack still sent to a unit.
        """
        now_, before = area_digests_by_unit(pack), (self.done.get("unit", 0), self.failed)
        lost: set[str] = set()
        for earlier in (snapshot.areas, snapshot.seen or now_):
            change = diff_units(earlier, pack)
            lost |= (
                {f"{desk_keys.HELD_QUEUE_PREFIX}{unit}" for unit in change.gone}
                | change.gone
                | change.smaller
            )
        for name in sorted(lost):
            for case_id in list(self._queue(name)):
                if time.monotonic() > self.until:
                    telemetry.count_metric("DeadlinesLeft")
                    return
                self._attempt(
                    "unit",
                    case_id,
                    lambda c=case_id: reroute_case(self.table, self.settings.workflow, pack, c, at),
                )
        if snapshot.seen == now_ and before == (self.done.get("unit", 0), self.failed):
            self.table.store_units(now_)
        elif snapshot.seen != now_:
            self.table.store_units({**(snapshot.seen or {}), **snapshot.areas}, expected=now_)

    def _queue(self, name: str) -> Iterator[str]:
        after = None
        while True:
            page = self.table.queue(name, SWEEP_PAGE_SIZE, after)
            yield from page.ids
            if page.after is None:
                return
            after = page.after


def _passed(case: Case, kind: DeadlineKind, at: datetime) -> bool:
    wait = case.pending_deadlines.get(kind)
    return wait is not None and wait.due <= format_timestamp(at)
