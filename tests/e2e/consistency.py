"""Compares table, histories, counters and executions, and names each disagreement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from casework.aws.steps import executions
from casework.aws.table import desk_keys, keys
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from harness.faults.judge_cases import find_case_faults, find_counter_drift
from harness.faults.table_snapshot import TableSnapshot
from tests.e2e.clerk import Clerk
from tests.e2e.people import People


def read(people: People) -> TableSnapshot:
    """The whole table."""
    return TableSnapshot.of(people.system.aws.dynamodb, people.table)


def wrong(people: People, clerk: Clerk, case_ids: Sequence[str]) -> list[str]:
    """The disagreements after a run of the two functions that run each minute."""
    for first in range(0, len(case_ids), 100):
        for case in clerk.table.get_cases(case_ids[first : first + 100]):
            if case.moving is not None:
                _hurry(clerk, case)
    people.invoke("SweepFunction", {})
    people.invoke("ReconcileFunction", {})
    running = defaultdict(set)
    for name in executions.list_running_executions(people.system.outputs["WorkflowArn"]):
        running[name.rpartition("-")[0]].add(name)
    held = read(people)
    cases = [held.case(case_id) for case_id in case_ids]
    return [
        *(found for case in cases for found in _of_case(held, case, running[case.id])),
        *_of_queues(clerk, cases),
        *_of_reports(held, set(case_ids)),
        *find_counter_drift(held),
    ]


def _hurry(clerk: Clerk, case: Case) -> None:
    """Reports that move again after a minute need not be waited for; they keep their order."""

    def due_now(case: Case) -> Change | None:
        if case.moving is None:
            return None
        due = datetime.fromisoformat(case.moving.due) - timedelta(minutes=2)
        return Change.bookkeeping(
            case, moving=case.moving.model_copy(update={"due": format_timestamp(due)})
        )

    clerk.table.update(case.id, due_now)


def _of_case(held: TableSnapshot, case: Case, running: set[str]) -> Iterator[str]:
    """A case, its history, its lines and its execution."""
    yield from (finding for _, finding in find_case_faults(held, case, running))
    waiting = held.at(keys.wait_key(case.id)) or {}
    its = (case.run, case.status.value)
    waits = case.status.rule.waits and not case.stuck
    if waits and (waiting.get("run"), waiting.get("status")) != its:
        yield f"{case.id} ({case.status}): it waits with another token"


def _of_queues(clerk: Clerk, cases: Sequence[Case]) -> Iterator[str]:
    """Each case waits in its own queue only; cases that need an execution are listed."""
    known = {case.id: case for case in cases}
    queued = defaultdict(set)
    places = {case.index_queue for case in cases if case.index_queue} | {"review", "supervision"}
    for desk in places:
        after: str | None = None
        while True:
            page = clerk.table.queue(desk, 1_000, after)
            for case_id in page.ids:
                queued[case_id].add(desk)
            after = page.after
            if after is None:
                break
    worked = [
        place
        for place in places
        if not place.startswith((desk_keys.HELD_QUEUE_PREFIX, desk_keys.ADDED_QUEUE_PREFIX))
    ]
    in_flight = set(clerk.table.list_in_flight(format_timestamp(datetime.now(UTC)), worked))
    for case in known.values():
        if queued[case.id] != ({case.index_queue} if case.index_queue else set()):
            yield f"{case.id} ({case.status}): it waits in {queued[case.id]}"
        if (case.id in in_flight) != case.needs_execution:
            yield f"{case.id} ({case.status}): owed a workflow in one place alone"


def _of_reports(held: TableSnapshot, case_ids: set[str]) -> Iterator[str]:
    """Each report is in the case that goes on, through every merge and split."""
    for item in held.items:
        if item[keys.SORT_KEY] != keys.REPORT_SORT or item.get("case_id") not in case_ids:
            continue
        case = held.case(item["case_id"])
        if case.status is Status.MERGED:
            path = [*item.get("moved", ()), case.id, case.merged_into]
            yield (
                f"{keys.reference_from_partition(item[keys.PARTITION_KEY])}: "
                f"it stayed behind on its way {path}"
            )
