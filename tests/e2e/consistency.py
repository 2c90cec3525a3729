"""Compares table, histories, counters and executions, and names each disagreement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from casework.aws.steps import executions
from casework.aws.table import desk_keys, keys
from casework.aws.table.case_table import caseload_key_of_case
from casework.aws.table.item_mapping import case_to_item
from casework.aws.table.statistics_lines import line_from_item
from casework.aws.table.wire import values_from_wire_item
from casework.case import lifecycle, suspects
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import find_first_break
from casework.case.lifecycle import Move, Status
from casework.case.times import format_timestamp
from casework.statistics.case_statistics import subtract_counts
from casework.text.realm import Realm
from harness.faults.status_replay import replay_statuses
from harness.faults.table_snapshot import TableSnapshot, mark_of
from tests.e2e.clerk import Clerk
from tests.e2e.people import People
from tools.recount import seen_in


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
        *_of_counters(held),
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
    events = held.events(case.id)
    owed = {case.execution} if not case.status.rule.idle else set()
    waiting = held.at(keys.wait_key(case.id))
    waits = (case.run, case.status.value) if case.status.rule.waits else None
    standings = [each.value for each in suspects.standings_by_suspect(events).values()]
    stands = caseload_key_of_case(case)
    line = held.at(keys.report_count_key(case.id, case.opened_by))
    checks = {
        "its chain is broken": find_first_break(events) is None,
        "its head is another": (case.events, case.head) == (len(events), events[-1].hash),
        "its version is not its decisions": case.version
        == sum(lifecycle.creates_version(Move(event.move)) for event in events),
        "the law does not lead there": case.status in replay_statuses(events),
        "its suspects are others": standings == list(case.suspects),
        "it is stored otherwise": held.at(keys.case_key(case.id))
        == values_from_wire_item(case_to_item(case)),
        "the duty desk sees something else": {
            line
            for line in held.lines(desk_keys.duty_partition(Realm.REAL))
            if desk_keys.parse_duty_sort(line)[1] == case.id
        }
        == {
            desk_keys.duty_key(kind, desk_keys.duty_place(kind, case))[keys.SORT_KEY]
            for kind in case.duties
        },
        "the board sees something else": _ending(
            held.lines(desk_keys.caseload_partition(Realm.REAL)), case
        )
        == ({stands[keys.SORT_KEY]} if stands else set())
        and (stands == {} or (held.at(stands) or {}).get("standing") == case.unit_state),
        "the sweeper sees other deadlines": _ending(held.lines(keys.DUE_PARTITION), case)
        == {
            keys.due_key(w.due, kind, case.id)[keys.SORT_KEY]
            for kind, w in case.pending_deadlines.items()
        },
        f"{sorted(running)} serve it": running == owed or (case.stuck and running <= owed),
        "it waits with another token": waits is None
        or (waiting and (waiting["run"], waiting["status"])) == waits
        or case.stuck,
        "it is counted otherwise": line is not None
        and line_from_item(line).case == mark_of(held, case),
    }
    said = f"{case.id} ({case.status}, {[each.move for each in events]})"
    yield from (f"{said}: {what}" for what, holds in checks.items() if not holds)


def _ending(lines: set[str], case: Case) -> set[str]:
    return {line for line in lines if line.endswith(case.id)}


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


def _of_counters(held: TableSnapshot) -> Iterator[str]:
    """The published figures are the sum of the counts of all reports and cases."""
    seen = seen_in(held.items)
    if drift := subtract_counts(seen.marks, seen.counters):
        yield f"counters have drifted: {dict(drift)}"
