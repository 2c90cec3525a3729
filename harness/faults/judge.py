"""Differences from what was sent, after all work has ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from casework.aws.services import sealed_boxes
from casework.aws.table import keys
from casework.case import lifecycle, suspects
from casework.case.case import Case
from casework.case.lifecycle import Move, Status
from casework.case.suspects import SuspectStanding
from harness.faults.clock import FAULT_RUN_START
from harness.faults.deployment import FaultDeployment
from harness.faults.judge_cases import find_case_faults, find_counter_drift
from harness.faults.report_comparison import find_differences
from harness.faults.reporters import FaultReporters
from harness.faults.staff import DONE, Staff
from harness.faults.table_snapshot import TableSnapshot


def find_broken_promises(
    system: FaultDeployment, reporters: FaultReporters, staff: Staff
) -> dict[str, list[str]]:
    """The differences, by promise; only empty lists when all agrees."""
    held = TableSnapshot.of(system.aws.dynamodb, system.outputs["CaseTable"])
    cases = {case.id: case for case in held.cases()}
    running: dict[str, set[str]] = defaultdict(set)
    for execution in system.machine.running():
        running[execution.name.rpartition("-")[0]].add(execution.name)
    found: dict[str, list[str]] = defaultdict(list)
    for case in cases.values():
        for promise, finding in find_case_faults(held, case, running[case.id]):
            found[promise].append(finding)
    return {
        "lost": [*_lost(held, cases, reporters, system), *_lost_decisions(held, staff)],
        "doubled": [*_doubled(held, reporters), *_doubled_decisions(held, staff)],
        "counters": [
            *found["counters"],
            *find_counter_drift(held),
            *_wrong_figures(held, cases, reporters, staff, system),
        ],
        **{promise: found[promise] for promise in ("histories", "law", "workflows", "lists")},
        "answers": [*reporters.refused, *staff.refused, *staff.unreadable(cases)],
    }


def _lost(
    held: TableSnapshot, cases: dict[str, Case], reporters: FaultReporters, system: FaultDeployment
) -> Iterator[str]:
    """Each accepted report is in a case as it was sent, with all its additions."""

    def opens(stored: bytes, reference: str, field: sealed_boxes.SealedField) -> bytes:
        box = sealed_boxes.SealedBox.read(stored)
        key = system.aws.kms.decrypt(
            KeyId=box.key_id,
            CiphertextBlob=box.wrapped,
            EncryptionAlgorithm=sealed_boxes.KEY_WRAPPING_ALGORITHM,
        )["Plaintext"]
        return sealed_boxes.open_box(key, box, reference=reference, field=field)

    for sent in reporters.sent.values():
        item = held.at(keys.report_key(sent.reference))
        if item is None:
            yield f"report {sent.number} is gone"
            continue
        kept = held.beside(keys.report_key(sent.reference), keys.addition_key.begins)
        yield from find_differences(sent, item, kept, opens)
        case = cases.get(item.get("case_id", ""))
        if case is None:
            yield f"report {sent.number} is in no case"
        elif case.status is Status.MERGED:
            yield f"report {sent.number} stayed in the merged case {case.id}"


def _doubled(held: TableSnapshot, reporters: FaultReporters) -> Iterator[str]:
    """Each report and addition was sent, and is stored once."""
    known = {
        item[keys.PARTITION_KEY] for item in held.items if item[keys.SORT_KEY] == keys.REPORT_SORT
    }
    sent = {keys.report_key(reference)[keys.PARTITION_KEY] for reference in reporters.sent}
    yield from (f"{partition} was never answered" for partition in sorted(known - sent))
    for each in reporters.sent.values():
        kept = held.beside(keys.report_key(each.reference), keys.addition_key.begins)
        if len(kept) > len(each.additions):
            yield f"report {each.number}: {len(kept)} additions of {len(each.additions)}"
    openers = Counter(case.opened_by for case in held.cases())
    yield from (f"{who} opened {n} cases" for who, n in openers.items() if n > 1)


def _lost_decisions(held: TableSnapshot, staff: Staff) -> Iterator[str]:
    """Each confirmed decision is in the history at the place that the answer names."""
    for act in staff.acts:
        if act.status not in DONE or act.event is None:  # an admission may find nothing to admit
            continue
        mine = [each for each in held.events(act.case_id) if each.by == act.by]
        if act.event not in {each.number for each in mine}:
            yield f"{act.made} of {act.case_id} was answered {act.status} and is not there"


def _doubled_decisions(held: TableSnapshot, staff: Staff) -> Iterator[str]:
    """Each decision is stored once, and no refused one is stored."""
    made: Counter[tuple[str, str]] = Counter()
    for item in held.items:
        if item[keys.SORT_KEY].startswith(keys.event_key.begins):
            move = Move(item["move"])
            if move in lifecycle.DECISION_MOVES:
                made[item.get("by", ""), keys.case_id_from_partition(item[keys.PARTITION_KEY])] += 1
    for act in staff.acts:
        often = made[act.by, act.case_id]
        if act.status in DONE and often > 1:
            yield f"{act.made} of {act.case_id} is there {often} times"
        if act.status not in DONE and often:
            yield f"{act.act} of {act.case_id} was answered {act.status} and is there"


def _wrong_figures(
    held: TableSnapshot,
    cases: dict[str, Case],
    reporters: FaultReporters,
    staff: Staff,
    system: FaultDeployment,
) -> Iterator[str]:
    """The figures are the sum of what was sent."""
    figures = staff.figures(FAULT_RUN_START.date().isoformat(), system.clock.at.date().isoformat())
    expected = {
        ("reports", "processed"): len(reporters.sent),
        ("cases", "opened"): sum(case.status is not Status.MERGED for case in cases.values()),
        ("suspects", "identified"): sum(
            standing is not SuspectStanding.WITHDRAWN
            for case in cases.values()
            for standing in suspects.standings_by_suspect(held.events(case.id)).values()
        ),
    }
    yield from (
        f"{table} {row}: {figures.get((table, row))} are counted, {number} are there"
        for (table, row), number in expected.items()
        if (figures.get((table, row)) or 0) != number
    )
