"""Differences from what was sent, after all work has ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from casework.aws.services import sealed_boxes
from casework.aws.table import desk_keys, keys
from casework.aws.table.case_table import caseload_key_of_case
from casework.aws.table.item_mapping import case_to_item
from casework.aws.table.statistics_lines import line_from_item
from casework.aws.table.wire import values_from_wire_item
from casework.case import lifecycle, suspects
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Move, Status
from casework.statistics.case_statistics import subtract_counts
from casework.text.realm import Realm
from harness.faults.clock import FAULT_RUN_START
from harness.faults.deployment import FaultDeployment
from harness.faults.report_comparison import find_differences
from harness.faults.reporters import FaultReporters
from harness.faults.staff import DONE, Staff
from harness.faults.status_replay import replay_statuses
from harness.faults.table_snapshot import TableSnapshot, mark_of
from tools.recount import seen_in


def find_broken_promises(
    system: FaultDeployment, reporters: FaultReporters, staff: Staff
) -> dict[str, list[str]]:
    """The differences, by promise; only empty lists when all agrees."""
    held = TableSnapshot.of(system.aws.dynamodb, system.outputs["CaseTable"])
    cases = {case.id: case for case in held.cases()}
    return {
        "lost": [*_lost(held, cases, reporters, system), *_lost_decisions(held, staff)],
        "doubled": [*_doubled(held, reporters), *_doubled_decisions(held, staff)],
        "counters": _counters(held, cases, reporters, staff, system),
        "histories": [said for case in cases.values() for said in _history(held, case)],
        "law": [said for case in cases.values() for said in _law(held, case)],
        "workflows": [said for case in cases.values() for said in _served(system, case)],
        "lists": [said for case in cases.values() for said in _lists(held, case)],
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
            yield f"{act.move} of {act.case_id} was answered {act.status} and is there"


def _counters(
    held: TableSnapshot,
    cases: dict[str, Case],
    reporters: FaultReporters,
    staff: Staff,
    system: FaultDeployment,
) -> list[str]:
    """The figures are the sum of all marks, and of what was sent."""
    found = []
    seen = seen_in(held.items)
    if drift := subtract_counts(seen.marks, seen.counters):
        found.append(f"counters have drifted: {dict(drift)}")
    for case in cases.values():
        line = held.at(keys.report_count_key(case.id, case.opened_by))
        if line is None or line_from_item(line).case != mark_of(held, case):
            found.append(f"{case.id} is counted otherwise")
    figures = staff.figures(FAULT_RUN_START.date().isoformat(), system.clock.at.date().isoformat())
    expected = {
        ("reports", "processed"): len(reporters.sent),
        ("cases", "opened"): sum(case.status is not Status.MERGED for case in cases.values()),
        ("suspects", "identified"): sum(
            len(suspects.standings_by_suspect(held.events(case.id))) for case in cases.values()
        ),
    }
    found += [
        f"{table} {row}: {figures.get((table, row))} are counted, {number} are there"
        for (table, row), number in expected.items()
        if (figures.get((table, row)) or 0) != number
    ]
    return found


def _history(held: TableSnapshot, case: Case) -> Iterator[str]:
    events = held.events(case.id)
    if find_first_break(events) is not None:
        yield f"the history of {case.id} is broken"
    if (case.events, case.head) != (len(events), events[-1].hash if events else ""):
        yield f"the history of {case.id} ends elsewhere"
    if case.version != sum(lifecycle.creates_version(Move(event.move)) for event in events):
        yield f"{case.id} has version {case.version}, which its decisions do not give"


def _law(held: TableSnapshot, case: Case) -> Iterator[str]:
    events = held.events(case.id)
    if case.status not in replay_statuses(events):
        yield f"{case.id} is {case.status}, where {[each.move for each in events]} does not lead"
    standings = [each.value for each in suspects.standings_by_suspect(events).values()]
    if standings != list(case.suspects):
        yield f"{case.id} has suspects {case.suspects}, its history says {standings}"


def _served(system: FaultDeployment, case: Case) -> Iterator[str]:
    """One execution serves a case that needs a workflow, and none serves another case."""
    running = {
        each.name for each in system.machine.running() if each.name.rpartition("-")[0] == case.id
    }
    owed = {case.execution} if not case.status.rule.idle else set()
    if running != owed and not (case.stuck and running <= owed):
        yield f"{case.id} ({case.status}) is served by {sorted(running)}, not by {sorted(owed)}"


def _lists(held: TableSnapshot, case: Case) -> Iterator[str]:
    """A case is in every list where it belongs, and in no other."""
    if held.at(keys.case_key(case.id)) != values_from_wire_item(case_to_item(case)):
        yield f"{case.id} is stored otherwise"
    on_duty = {
        desk_keys.duty_key(kind, desk_keys.duty_place(kind, case))[keys.SORT_KEY]
        for kind in case.duties
    }
    lines = held.lines(desk_keys.duty_partition(Realm.REAL))
    if {each for each in lines if desk_keys.parse_duty_sort(each)[1] == case.id} != on_duty:
        yield f"the duty desk sees {case.id} otherwise"
    stands = caseload_key_of_case(case)
    listed = {
        each
        for each in held.lines(desk_keys.caseload_partition(Realm.REAL))
        if each.endswith(case.id)
    }
    said = (held.at(stands) or {}).get("standing") if stands else None
    if listed != ({stands[keys.SORT_KEY]} if stands else set()) or said != case.unit_state:
        yield f"the board sees {case.id} otherwise"
    due = {
        keys.due_key(wait.due, kind, case.id)[keys.SORT_KEY]
        for kind, wait in case.pending_deadlines.items()
    }
    if {each for each in held.lines(keys.DUE_PARTITION) if each.endswith(case.id)} != due:
        yield f"the sweeper sees other deadlines of {case.id}"
