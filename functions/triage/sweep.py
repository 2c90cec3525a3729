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

from casework.aws.services import announcements, observe
from casework.aws.services.budget import within
from casework.aws.services.settings import SweepSettings
from casework.aws.steps import workflow
from casework.aws.steps.step import now
from casework.aws.table import desk_keys, keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.erasure import erase_case, pass_on
from casework.aws.table.passed import KnownUnits, Passed, PastDue
from casework.aws.table.roster_table import shifts
from casework.case.case import Case
from casework.case.change import Change
from casework.case.parts import Due, Unseen
from casework.case.times import stamp
from casework.moves.asking import unanswered
from casework.moves.deadlines import late, overdue
from casework.moves.ending import looked_further, looked_through
from casework.moves.keeping import all_erased, erased_further
from casework.pack.clocks import clocks
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.text.realm import Realm
from functions.triage import merging, unread
from functions.triage.ending import let_go
from functions.triage.redrawing import areas_of, redrawn, reroute
from functions.triage.standing import pass_deadline

BUDGET_SECONDS: Final = 40
TURN_SECONDS: Final = 5
"""Of one case's move or erasure: after it the next one has its turn."""
ITEM_SECONDS: Final = 12
"""Seconds after which an item is stopped."""
AT_LEISURE: Final = frozenset({Due.ERASING, Due.ALONE})
"""Acts that may take many passes: they use the time that all others leave."""
AT_ONCE: Final = "at_once"
LATER: Final = "later"
"""The two ways around all deadlines, each with the place where it goes on."""
PAGE: Final = 50


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
        self.until = time.monotonic() + BUDGET_SECONDS
        self.done: dict[str, int] = {}
        self.failed = 0

    def run(self) -> dict[str, int]:
        """Deadlines first, then dissolved units, then long acts, each case in its turn.

        A failure stops no other act. Deadlines are read page by page; each pass begins where the
        last one stopped, and each minute with another deadline of a page, so one that kills the
        process blocks none for ever.
        """
        at = now()
        passed = Passed(self.table.name, stamp(at))
        leisure = self._go_around(passed, AT_ONCE, at)
        pack = open_pack(self.settings.pack)
        if passed.units is None:
            self.table.know_units(areas_of(pack))
        elif passed.units.seen is not None or passed.units.areas != areas_of(pack):
            self._redraw(pack, passed.units, at)
        if leisure:
            self._go_around(passed, LATER, at)
        for number in range(keys.SHARDS):  # each minute begins with another one
            partition = keys.due_partition_of_reports(int(at.timestamp()) // 60 + number)
            self._go_around(Passed(self.table.name, stamp(at), partition), LATER, at)
        if unread.is_time(at, pack.facts.zone):
            self._attempt("queues", "", lambda: unread.tell(self.settings, pack, at))
        self._attempt("roster", "", lambda: self._look_at_the_roster(at))
        for what, times in self.done.items():
            observe.count(f"Swept{what.title()}", times)
        if self.failed:
            observe.count("SweepsFailed", self.failed)
        observe.count("Sweeps")  # a pass that ended: silence is alarmed on
        return self.done

    def _look_at_the_roster(self, at: datetime) -> bool:
        """Count a minute in which nobody is on duty; whether it was one."""
        running = [each for each in shifts(self.table.name, Realm.REAL) if each.runs(at)]
        if not running:
            observe.count("NobodyOnDuty")
        return False

    def _go_around(self, passed: Passed, way: str, at: datetime) -> bool:
        """Act on the deadlines of a way; whether acts at leisure were among those seen."""
        others = False
        for page in passed.around(way):
            first = int(at.timestamp()) // 60 % len(page)
            for each in (*page[first:], *page[:first]):
                if time.monotonic() > self.until:
                    passed.leave(way)
                    if way == AT_ONCE:
                        observe.count("DeadlinesLeft")
                    return False
                if (each.kind in AT_LEISURE) is (way == LATER):
                    self._attempt(each.kind.value, each.whose, lambda e=each: self._act(e, at))
                else:
                    others = True
        return others

    def _attempt(self, what: str, case_id: str, act: Any) -> None:
        try:
            with within(ITEM_SECONDS):
                acted = act()
            if acted:
                self.done[what] = self.done.get(what, 0) + 1
                observe.fact("swept", repair=what, case_id=case_id or None)
        except Exception as error:  # noqa: BLE001  # one poisoned case must not stop the others
            self.failed += 1
            observe.failure("not swept", error, repair=what, case_id=case_id or None)

    # ---- deadlines -------------------------------------------------------------------------------

    def _act(self, passed: PastDue, at: datetime) -> bool:
        kind, case_id, due = passed
        match kind:
            case Due.ALONE:
                return pass_deadline(self.settings, self.table, case_id, due, at)
            case Due.ANSWER:
                return self._unanswered(case_id, at)
            case Due.MOVING:
                return self._move(case_id, at)
            case Due.ERASING:
                return self._erase(case_id, at)
            case Due.UNSEEN:
                return self._let_go(case_id)
            case Due.WAIT:
                return self._late(case_id, at)
            case _:
                return self._overdue(kind, case_id, at)

    def _unanswered(self, case_id: str, at: datetime) -> bool:
        def decide(case: Case) -> Change | None:
            return unanswered(case, at) if _passed(case, Due.ANSWER, at) else None

        case, change = self.table.update(case_id, decide)
        if change is not None:
            workflow.start(self.settings.workflow, case, at, clocks(open_pack(self.settings.pack)))
        return change is not None

    def _move(self, case_id: str, at: datetime) -> bool:
        return merging.carry_on(self.settings, self.table, case_id, at, self._turn())

    def _let_go(self, case_id: str) -> bool:
        case = self.table.case(case_id)
        if case.unseen is None:
            return False
        seen: Unseen = case.unseen
        further = let_go(self.table, case, seen, self._turn())
        if further is not None:
            place: str = further
            self.table.update(case_id, lambda now_: looked_further(now_, seen, place))
            return False
        self.table.update(case_id, looked_through)
        return True

    def _erase(self, case_id: str, at: datetime) -> bool:
        case = self.table.case(case_id)
        if case.erasing is None:
            return False
        known = case.erasing.level > 0 or pass_on(self.table, case, at)
        if known and self._in_turn(erase_case(self.table, case, at)):
            self.table.update(case_id, all_erased)
            return True
        self.table.update(case_id, lambda now_: erased_further(now_, now()))
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
            if not _passed(case, Due.WAIT, at):
                return None
            change = late(case, at, pack.deadlines[case.priority.value])
            if change is not None:
                # Told before it is saved: a crash between the two repeats the notification.
                telling = announcements.late(change.after)
                announcements.publish(self.settings.topic, telling, at)
            return change

        return self.table.update(case_id, decide).decided is not None

    def _overdue(self, kind: Due, case_id: str, at: datetime) -> bool:
        pack = open_pack(self.settings.pack)

        def decide(case: Case) -> Change | None:
            if not _passed(case, kind, at):
                return None
            change = overdue(case, kind, at, clocks(pack)(case)[kind])
            # Told before it is saved: a crash between the two repeats the notification.
            late = announcements.overdue(change.after, kind, case.dues[kind].due)
            announcements.publish(self.settings.topic, late, at)
            return change

        return self.table.update(case_id, decide).decided is not None

    # ---- units that were dissolved or redrawn ----------------------------------------------------

    def _redraw(self, pack: Jurisdiction, known: KnownUnits, at: datetime) -> None:
        """Reroute cases of lost territories and of dissolved units; then store the new units.

        The new units are stored after a pass without work that was not the first: the index is late
        to show cases that a function with the earlier pack still sent to a unit.
        """
        now_, before = areas_of(pack), (self.done.get("unit", 0), self.failed)
        lost: set[str] = set()
        for earlier in (known.areas, known.seen or now_):
            change = redrawn(earlier, pack)
            lost |= (
                {f"{desk_keys.HELD_BY}{unit}" for unit in change.gone}
                | change.gone
                | change.smaller
            )
        for name in sorted(lost):
            for case_id in list(self._queue(name)):
                if time.monotonic() > self.until:
                    observe.count("DeadlinesLeft")
                    return
                self._attempt(
                    "unit",
                    case_id,
                    lambda c=case_id: reroute(self.table, self.settings.workflow, pack, c, at),
                )
        if known.seen == now_ and before == (self.done.get("unit", 0), self.failed):
            self.table.know_units(now_)
        elif known.seen != now_:
            self.table.know_units({**(known.seen or {}), **known.areas}, seen=now_)

    def _queue(self, name: str) -> Iterator[str]:
        after = None
        while True:
            page = self.table.queue(name, PAGE, after)
            yield from page.ids
            if page.after is None:
                return
            after = page.after


def _passed(case: Case, kind: Due, at: datetime) -> bool:
    wait = case.dues.get(kind)
    return wait is not None and wait.due <= stamp(at)
