"""What the comparison of a case sees: each place that tells something else than its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from casework.aws.table import desk_keys, keys
from casework.aws.table.item_mapping import case_to_item, event_to_item
from casework.aws.table.statistics_lines import StatisticsLine, line_to_item
from casework.aws.table.wire import values_from_wire_item
from casework.case.lifecycle import Status
from casework.case.value_objects import Duty, Priority
from casework.moves import triage
from casework.moves.severity import CaseSeverity
from casework.text.realm import Realm
from harness.faults.judge_cases import find_case_faults
from harness.faults.table_snapshot import TableSnapshot, mark_of
from tests.builders import a_case, clocks_of

Json = dict[str, Any]
AT = datetime(2026, 3, 2, 11, tzinfo=UTC)


class World:
    """The items of one case in review, which all agree."""

    def __init__(self) -> None:
        received = a_case(status=Status.RECEIVED, wait=None, events=0, version=0, revision=0)
        opened = triage.open_case(received, AT)
        assessed = triage.record_assessment(
            opened.after,
            AT,
            weight=CaseSeverity(Priority.STANDARD),
            territory="04.421",
            clocks=clocks_of(3_600),
            data={},
        )
        self.case = case = assessed.after
        self.row: Json = values_from_wire_item(case_to_item(case))
        self.events: list[Json] = [
            values_from_wire_item(event_to_item(case.id, event))
            for change in (opened, assessed)
            if (event := change.event) is not None
        ]
        self.others: list[Json] = []
        self.running = {case.execution}
        line = StatisticsLine(case=mark_of(self.held(), case))
        self.others.append(line_to_item(keys.report_count_key(case.id, case.opened_by), line))

    def held(self) -> TableSnapshot:
        return TableSnapshot([self.row, *self.events, *self.others])

    def found(self) -> set[str]:
        held = self.held()
        return {
            promise for promise, _ in find_case_faults(held, held.case(self.case.id), self.running)
        }


def test_nothing_is_found_where_all_agrees() -> None:
    assert World().found() == set()


def forged(world: World) -> None:
    world.events[0]["at"] = "2026-03-01T11:00:00.000Z"


def shortened(world: World) -> None:
    world.events.pop()


def jumped(world: World) -> None:
    world.row["status"] = Status.CLOSED.value


def never_identified(world: World) -> None:
    world.row["suspects"] = ["sought"]


def served_by_nobody(world: World) -> None:
    world.running = set()


def served_twice(world: World) -> None:
    world.running.add(f"{world.case.id}-2")


def due_for_nothing(world: World) -> None:
    world.others.append(keys.due_key("2026-03-05T11:00:00.000Z", "retention", world.case.id))


def called_for_nothing(world: World) -> None:
    world.others.append(
        desk_keys.duty_key(Duty.STUCK, desk_keys.duty_place(Duty.STUCK, world.case))
    )


def listed_with_no_unit(world: World) -> None:
    place = desk_keys.caseload_partition(Realm.REAL)
    world.others.append({keys.PARTITION_KEY: place, keys.SORT_KEY: f"x#{world.case.id}"})


def uncounted(world: World) -> None:
    world.others.clear()


@pytest.mark.parametrize(
    ("plant", "promise"),
    [
        (forged, "histories"),
        (shortened, "histories"),
        (jumped, "law"),
        (never_identified, "law"),
        (served_by_nobody, "workflows"),
        (served_twice, "workflows"),
        (due_for_nothing, "lists"),
        (called_for_nothing, "lists"),
        (listed_with_no_unit, "lists"),
        (uncounted, "counters"),
    ],
)
def test_a_fault_that_is_planted_breaks_its_promise(
    plant: Callable[[World], None], promise: str
) -> None:
    world = World()
    plant(world)
    assert promise in world.found()
