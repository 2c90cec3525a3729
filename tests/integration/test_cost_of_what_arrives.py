"""What arrives costs the same, however much came before: in items read and written.

Each thing arrives in a case with 10, 100 and 1,000 entries by strangers, and as many marks of
danger and of notifications beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.aws.table import items, keys
from casework.aws.table.danger_alerts import DangerSource
from casework.case.case import Case
from casework.case.change import Change
from casework.case.times import format_timestamp
from casework.case.value_objects import HourlyInflow
from casework.moves.additions import MAX_ENTRIES_PER_HOUR, record_addition
from casework.moves.messages import record_message
from casework.report.followup import AdditionKind
from functions.triage.files import follow_file
from functions.triage.link import _settings
from harness.faults.meter import METERED_CASE_ENTRIES, ItemCounts, grown, meter_items
from tests.integration.test_follow import add, deliver
from tests.integration.test_weight import CHATTER, LOST_TODAY, PHONE
from tests.office import ANALYST, TABLE, Office

THREAT = "Il va me tuer ce soir, il est devant ma porte avec un couteau."


class Flood:
    """A case in danger that strangers add to, and one more thing of each kind for each size."""

    def __init__(self, office: Office) -> None:
        self.office, self.entries, self.more = office, 0, 0
        self.case = office.in_review(locations=PHONE, danger_now=True, **CHATTER)
        self.joined = self.join(**CHATTER)
        for _ in range(2):  # the first of each may tell something new; two make a group
            for thing in self.things().values():
                thing()

    @property
    def now(self) -> Case:
        return self.office.now_case(self.case)

    def grow(self, upto: int) -> None:
        """Until the history has so many entries of strangers."""
        while self.entries < upto:
            self.entries += 1
            self.office.table.update(self.case.id, self.entry)
            source = DangerSource(
                self.joined, format_timestamp(task_state.now()), f"F{self.entries}"
            )
            key = keys.alert_key(self.case.id, source.came_at[:16], self.joined, source.addition)
            items.put_item(TABLE, key)

    def fill(self, entries: int) -> None:
        """This hour has so many entries of strangers, whatever it had."""
        at = format_timestamp(task_state.now())
        inflow = HourlyInflow(hour=at[:13], entries=entries, last=at)
        self.office.table.update(self.case.id, lambda now: Change.bookkeeping(now, inflow=inflow))

    def entry(self, case: Case) -> Change:
        return record_addition(
            case,
            task_state.now(),
            report=self.joined,
            addition=f"F{self.entries}",
            kind=AdditionKind.MORE,
            unadmitted=2,
        )

    def join(self, **said: Any) -> str:
        reference = self.office.accept(locations=PHONE, **said)
        assert self.office.deliver(reference) == []
        return reference

    def addition(self, **said: Any) -> None:
        self.more += 1
        assert (
            deliver(
                add(
                    self.office,
                    self.joined,
                    self.more,
                    at=format_timestamp(task_state.now()),
                    **said,
                )
            )
            == []
        )

    def file(self) -> None:
        self.more += 1
        report = self.office.accept(locations=[], **CHATTER)
        assert self.office.deliver(report) == []
        follow_file(_settings(), self.case.id, report, 1)

    def shown(self) -> None:
        """A person acts who is shown one more report."""
        self.join(**CHATTER)
        last = self.office.table.reports.last_number(self.case.id)
        self.office.table.update(
            self.case.id,
            lambda now: record_message(
                now, task_state.now(), ANALYST, reports=[self.joined]
            ).admitting_up_to(now, last),
        )
        self.office.deliver_event(self.now)

    def things(self) -> dict[str, Callable[[], Any]]:
        return {
            "a report": lambda: self.join(**CHATTER),
            "a report of danger": lambda: self.join(category="fraud", narrative=THREAT),
            "a report of money": lambda: self.join(**LOST_TODAY),
            "an addition": self.addition,
            "an addition of danger": lambda: self.addition(text=THREAT),
            "an addition with a contact": lambda: self.addition(own=("a-mark",)),
            "a file": self.file,
            "what a person was shown": self.shown,
        }


@pytest.fixture
def flood(office: Office) -> Flood:
    return Flood(office)


def test_what_arrives_costs_the_same_however_much_came_before(flood: Flood) -> None:
    costs: dict[str, list[ItemCounts]] = {}
    for size in METERED_CASE_ENTRIES:
        flood.grow(size)
        for hour, filled in (("in a quiet hour", 0), ("in a full hour", MAX_ENTRIES_PER_HOUR)):
            for name, thing in flood.things().items():
                flood.fill(filled)
                with meter_items() as meter:
                    thing()
                costs.setdefault(f"{name} {hour}", []).append(meter.items)
    assert flood.now.imminent
    assert flood.now.events > max(METERED_CASE_ENTRIES)
    assert grown(costs) == []


def test_the_meter_fails_when_a_reader_reads_a_list_that_strangers_grow(flood: Flood) -> None:
    costs = []
    for size in METERED_CASE_ENTRIES:
        flood.grow(size)
        with meter_items() as meter:
            list(flood.office.table.events(flood.case.id))
        costs.append(meter.items)
    assert len(set(costs)) == len(METERED_CASE_ENTRIES)
    told = grown({"a reader": costs})
    assert len(told) == len(METERED_CASE_ENTRIES)
    assert told[0].startswith("a reader costs ")
