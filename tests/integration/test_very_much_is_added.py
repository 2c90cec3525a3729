"""Very much is added to one case: its history takes a bounded part, and all of it is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.aws.table import items, keys
from casework.aws.table.additions import list_additions
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.lifecycle import Move
from casework.case.times import format_timestamp
from casework.case.value_objects import Care
from casework.moves.additions import BURST_TIME, MAX_ENTRIES_PER_HOUR, mark_additions_read
from casework.moves.duty_attendance import record_attendance
from functions.history import seal_day, verify_days
from functions.triage import files, follow_ups, link_report, severity
from tests.builders import RABAT
from tests.integration.nights import keys_and_bucket
from tests.integration.test_cost_of_what_arrives import THREAT
from tests.integration.test_follow import add, deliver
from tests.integration.test_weight import CHATTER, PHONE
from tests.office import ANALYST, OFFICER, TABLE, Office

MANY = MAX_ENTRIES_PER_HOUR + 20


class Clock:
    """The time of the stream's consumer, which the test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = task_state.now().replace(hour=10, minute=0, second=0)
        for module in (files, follow_ups, severity, link_report):
            monkeypatch.setattr(module, "now", lambda: self.at)


@pytest.fixture
def clock(office: Office, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def added_to(office: Office, reference: str, first: int, often: int, **said: Any) -> None:
    for number in range(first, first + often):
        assert (
            deliver(add(office, reference, number, at=format_timestamp(task_state.now()), **said))
            == []
        )


def entries(office: Office, case: Case) -> int:
    return office.moves(case).count(Move.ADD)


def a_flooded_case(office: Office) -> tuple[Case, str]:
    """A case whose hour is full, and the report of a stranger that filled it."""
    case = office.in_review(locations=PHONE, **CHATTER)
    joined = office.accept(locations=PHONE, **CHATTER)
    office.deliver(joined)
    added_to(office, joined, 1, MAX_ENTRIES_PER_HOUR)
    assert entries(office, case) == MAX_ENTRIES_PER_HOUR
    return case, joined


def test_beyond_the_bound_an_addition_is_read_and_kept_and_has_no_entry(
    office: Office, clock: Clock
) -> None:
    case, joined = a_flooded_case(office)
    before = office.now_case(case)
    record = add(
        office,
        joined,
        MANY,
        at=format_timestamp(task_state.now()),
        text="Il écrit du 06 00 00 41 55.",
    )
    assert deliver(record) == deliver(record) == []
    assert office.now_case(case).events == before.events
    (kept,) = (each for each in list_additions(TABLE, joined) if each.id == f"A{MANY}")
    assert kept.is_in_case
    assert kept.event is None
    assert any("212600004155" in each for each in kept.named.values()), "it was read"
    marks = office.items(keys.mark_key.partition_begins, keys.mark_key.begins)
    assert [each["addition"] for each in marks if "addition" in each] == [f"A{MANY}"]


def test_the_entries_of_an_hour_are_bounded_whatever_comes(office: Office, clock: Clock) -> None:
    case, joined = a_flooded_case(office)
    other = office.accept(locations=PHONE, **CHATTER)
    office.deliver(other)
    for minute in range(59):
        clock.at += timedelta(minutes=1)
        added_to(office, joined if minute < 20 else other, 100 + minute, 1)
    assert entries(office, case) <= MAX_ENTRIES_PER_HOUR + timedelta(hours=1) / BURST_TIME
    clock.at += timedelta(minutes=1)
    before = entries(office, case)
    added_to(office, other, 200, 5)
    assert entries(office, case) == before + 5, "a new hour has entries of its own"


def test_beyond_the_bound_danger_raises_the_case_and_alerts(office: Office, clock: Clock) -> None:
    case, joined = a_flooded_case(office)
    assert not office.now_case(case).imminent
    added_to(office, joined, MANY, 1, text=THREAT)
    assert office.now_case(case).imminent
    assert office.moves(case)[-1] == Move.RAISE
    assert len(office.told("case.alert")) == 1


def test_no_two_minutes_of_additions_are_without_an_entry_that_must_be_seen(
    office: Office, clock: Clock
) -> None:
    case, joined = a_flooded_case(office)
    clock.at += BURST_TIME + timedelta(seconds=1)
    added_to(office, joined, MANY, 1)
    assert entries(office, case) == MAX_ENTRIES_PER_HOUR + 1


@pytest.mark.parametrize("what", ["somebody looked", "somebody attended", "a withdrawal"])
def test_what_changes_the_case_has_an_entry_beyond_the_bound_too(
    office: Office, clock: Clock, what: str
) -> None:
    case = office.acknowledge(office.published(RABAT))
    added_to(office, case.opened_by, 1, MAX_ENTRIES_PER_HOUR)
    said: dict[str, Any] = {}
    if what == "somebody looked":
        office.table.update(
            case.id, lambda now: mark_additions_read(now, clock.at, OFFICER, seen=now.events)
        )
    elif what == "somebody attended":
        did = Care.TOLD_UNIT
        office.table.update(case.id, lambda now: record_attendance(now, clock.at, ANALYST, did))
    else:
        said = {"kind": "withdrawal"}
    added_to(office, case.opened_by, MAX_ENTRIES_PER_HOUR + 1, 1, **said)
    now = office.now_case(case)
    assert entries(office, case) == MAX_ENTRIES_PER_HOUR + 1
    assert now.unread is not None
    assert now.attended is None
    added_to(office, case.opened_by, MAX_ENTRIES_PER_HOUR + 2, 1)
    assert entries(office, case) == MAX_ENTRIES_PER_HOUR + 1


def test_the_night_binds_what_has_no_entry(
    office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, joined = a_flooded_case(office)
    added_to(office, joined, MANY, 3)
    keys_and_bucket(monkeypatch)
    for nightly in (seal_day, verify_days):
        monkeypatch.setattr(nightly, "now", lambda: clock.at + timedelta(days=1))
        nightly.settings.cache_clear()
    day = format_timestamp(clock.at)[:10]
    seal_day.handle({"day": day}, None)
    assert verify_days.handle({"day": day}, None)["named"] == []
    assert list(find_history_differences(office.table, case.id)) == []
    key = keys.addition_key(joined, f"A{MANY}")
    item = items.get_item(TABLE, key) or {}
    for edit in ({**item, "content": b"x"}, {**item, "named": {"phone:x": "y"}}, {**item, "x": 1}):
        items.put_item(TABLE, edit)
        assert len(list(find_history_differences(office.table, case.id))) >= 1
    items.put_item(TABLE, item)
    (mark, *_) = (
        each
        for each in office.items(keys.mark_key.partition_begins, keys.mark_key.begins)
        if each.get("addition") == f"A{MANY}"
    )
    items.put_item(TABLE, {**mark, "kind": "withdrawal"})
    assert verify_days.handle({"day": day}, None)["named"] != []
