"""What disagrees about a case in the table, its history, its lists, its count and its executions.

The table of `make faults` is judged so, and that of the clients who race each other end to end.
"""

from __future__ import annotations

from collections.abc import Iterator

from casework.aws.table import desk_keys, keys
from casework.aws.table.case_lines import caseload_key_of_case
from casework.aws.table.item_mapping import case_to_item
from casework.aws.table.statistics_lines import line_from_item
from casework.aws.table.wire import values_from_wire_item
from casework.case import lifecycle, suspects
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Move
from casework.statistics.counts import subtract_counts
from casework.text.realm import Realm
from harness.faults.status_replay import replay_statuses
from harness.faults.table_snapshot import TableSnapshot, mark_of
from tools.recount import seen_in


def find_case_faults(
    held: TableSnapshot, case: Case, running: set[str]
) -> Iterator[tuple[str, str]]:
    """Promise and finding of each disagreement; `running` are the executions that serve it."""
    events = held.events(case.id)
    owed = {case.execution} if not case.status.rule.idle else set()
    standings = [each.value for each in suspects.standings_by_suspect(events).values()]
    line = held.at(keys.report_count_key(case.id, case.opened_by))
    versions = sum(lifecycle.creates_version(Move(event.move)) for event in events)
    head = events[-1].hash if events else ""
    checks = (
        ("histories", "its chain is broken", find_first_break(events) is None),
        ("histories", "its head is another", (case.events, case.head) == (len(events), head)),
        ("histories", "its version is not its decisions", case.version == versions),
        ("law", "the law does not lead there", case.status in replay_statuses(events)),
        ("law", f"its suspects are {standings}", standings == list(case.suspects)),
        (
            "workflows",
            f"{sorted(running)} serve it, not {sorted(owed)}",
            running == owed or (case.stuck and running <= owed),
        ),
        (
            "lists",
            "it is stored otherwise",
            held.at(keys.case_key(case.id)) == values_from_wire_item(case_to_item(case)),
        ),
        ("lists", "the duty desk sees something else", _on_duty(held, case) == _owed_duty(case)),
        ("lists", "the board sees something else", _is_on_board(held, case)),
        ("lists", "the sweeper sees other deadlines", _due(held, case) == _owed_due(case)),
        (
            "counters",
            "it is counted otherwise",
            line is not None and line_from_item(line).case == mark_of(held, case),
        ),
    )
    about = f"{case.id} ({case.status}, {[each.move for each in events]})"
    yield from ((promise, f"{about}: {finding}") for promise, finding, holds in checks if not holds)


def find_counter_drift(held: TableSnapshot) -> list[str]:
    """The published figures are the sum of the counts of all reports and cases."""
    seen = seen_in(held.items)
    drift = subtract_counts(seen.marks, seen.counters)
    return [f"counters have drifted: {dict(drift)}"] if drift else []


def _on_duty(held: TableSnapshot, case: Case) -> set[str]:
    lines = held.lines(desk_keys.duty_partition(Realm.REAL))
    return {line for line in lines if desk_keys.parse_duty_sort(line)[1] == case.id}


def _owed_duty(case: Case) -> set[str]:
    return {
        desk_keys.duty_key(kind, desk_keys.duty_place(kind, case))[keys.SORT_KEY]
        for kind in case.duties
    }


def _is_on_board(held: TableSnapshot, case: Case) -> bool:
    stands = caseload_key_of_case(case)
    lines = held.lines(desk_keys.caseload_partition(Realm.REAL))
    listed = {line for line in lines if line.endswith(case.id)}
    if not stands:
        return not listed
    standing = (held.at(stands) or {}).get("standing")
    return listed == {stands[keys.SORT_KEY]} and standing == case.unit_state


def _due(held: TableSnapshot, case: Case) -> set[str]:
    return {line for line in held.lines(keys.DUE_PARTITION) if line.endswith(case.id)}


def _owed_due(case: Case) -> set[str]:
    return {
        keys.due_key(wait.due, kind, case.id)[keys.SORT_KEY]
        for kind, wait in case.pending_deadlines.items()
    }
