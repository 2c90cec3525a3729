"""Sums and reasons stand beside the history; verification finds a removed or moved one."""

from __future__ import annotations

from casework.aws.steps import task_state
from casework.aws.table import items, keys
from casework.aws.table.erasure import erase_case, erase_report
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.decisions.gate import NoDanger
from casework.moves.retention import end_trial_case
from casework.text.realm import Realm
from tests.integration.full_case import PHONE, decided, merge_another, naming, paid, write
from tests.office import ANALYST, TABLE, Office


def a_case_with_sums(office: Office) -> tuple[Case, str, str]:
    """A case of two reports that joined it, and their references."""
    case = office.published(**naming(PHONE), danger_now=True)
    one, another = (office.accept(**naming(PHONE)) for _ in range(2))
    assert office.deliver(one, another) == []
    return office.acknowledge(office.now_case(case)), one, another


def without_danger(office: Office, case: Case) -> CaseEvent:
    return decided(
        office, case, NoDanger, ANALYST, outcome="no_danger", reason="Une chanson.", dangers=0
    )


def test_verification_finds_a_sum_moved_to_another_report(office: Office) -> None:
    """Otherwise erasing the report would miss the sum."""
    case, one, another = a_case_with_sums(office)
    key = keys.particulars_key(case.id, paid(office, case, one).number)
    stored = items.get_item(TABLE, key) or {}
    assert list(find_history_differences(office.table, case.id)) == []

    for edited in (
        {**stored, "report": another},
        {name: value for name, value in stored.items() if name != "report"},
    ):
        items.put_item(TABLE, edited)
        assert len(list(find_history_differences(office.table, case.id))) == 1


def test_verification_finds_a_sum_without_a_report(office: Office) -> None:
    case, one, _ = a_case_with_sums(office)
    key = keys.particulars_key(case.id, paid(office, case).number)

    items.put_item(TABLE, {**(items.get_item(TABLE, key) or {}), "report": one})

    assert len(list(find_history_differences(office.table, case.id))) == 1


def test_an_erasure_excuses_only_missing_sums_of_the_erased_report(
    office: Office,
) -> None:
    case, erased, another = a_case_with_sums(office)
    office.take("triage", case)
    reason = without_danger(office, case)
    kept = [reason, paid(office, case, another), paid(office, case)]
    gone = paid(office, case, erased)
    erase_report(office.table, erased, task_state.now(), SYSTEM_AUTHOR)
    assert items.get_item(TABLE, keys.particulars_key(case.id, gone.number)) is None
    assert list(find_history_differences(office.table, case.id)) == []

    for event in kept:
        key = keys.particulars_key(case.id, event.number)
        stored = items.get_item(TABLE, key) or {}
        items.delete_item(TABLE, key)
        told = list(find_history_differences(office.table, case.id))
        assert told == [f"what entry {event.number} is about is gone"]
        items.put_item(TABLE, stored)


def test_a_sum_erased_with_a_report_of_a_merged_case_is_no_mismatch(office: Office) -> None:
    """The erasure is an entry of the case that the report is in by then."""
    case, *_ = a_case_with_sums(office)
    paid_of: list[str] = []

    def pay(there: Case, sent: str) -> None:
        paid_of.append(sent)
        paid(office, there, sent)

    other = merge_another(office, case, before=pay)

    erase_report(office.table, paid_of[0], task_state.now(), SYSTEM_AUTHOR)

    assert list(find_history_differences(office.table, other.id)) == []
    assert list(find_history_differences(office.table, case.id)) == []


def test_a_forged_tombstone_excuses_no_missing_sum(office: Office) -> None:
    case, one, _ = a_case_with_sums(office)
    told = paid(office, case, one)
    key = keys.report_key(one)
    report = items.get_item(TABLE, key) or {}
    kept = {name: report[name] for name in (*key, "bound", "case_id", "number")}
    at = {"erased_at": told.at}
    items.delete_item(TABLE, keys.particulars_key(case.id, told.number))

    for forged in ({}, {"erased_by": told.number}, {"case_id": "C-42X4-RMY8-S740-9PA8-3"}):
        items.put_item(TABLE, {**kept, **at, **forged})
        found = list(find_history_differences(office.table, case.id))
        assert f"what entry {told.number} is about is gone" in found
        assert f"report {one} was erased and no entry says so" in found


def test_an_ended_trial_leaves_no_sum_and_no_mismatch(office: Office) -> None:
    case = office.published(realm=Realm.TRIAL, **naming(PHONE))
    office.acknowledge(case)
    for report in (case.opened_by, None):
        paid(office, case, report)
    write(office, case, "Gardez la capture d'écran.")
    office.table.update(case.id, lambda now: end_trial_case(now, task_state.now(), SYSTEM_AUTHOR))

    for _ in erase_case(office.table, office.now_case(case), task_state.now()):
        pass

    assert office.items(f"CASE#{case.id}", keys.particulars_key.begins) == []
    assert list(find_history_differences(office.table, case.id)) == []
