"""A night that verifies in several processes finds what one process finds, and no more heads."""

from __future__ import annotations

from typing import Any

import pytest

from casework.aws.table import items, keys
from functions.history import seal_day, verify_days
from tests.integration.desks import TABLE, Desk
from tests.integration.nights import DAY

pytestmark = pytest.mark.usefixtures("sealing")
CASES = 10


def verified(monkeypatch: pytest.MonkeyPatch, *, in_processes: bool) -> dict[str, Any]:
    """The answer of a night; a process that only reads may read a copy of the table."""
    monkeypatch.setenv("IN_PROCESSES", str(in_processes))
    verify_days.settings.cache_clear()
    return verify_days.handle({"day": DAY}, None)


def test_each_head_is_verified_once_by_one_of_the_processes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [desk.in_review() for _ in range(CASES)]
    seal_day.handle({"day": DAY}, None)
    for case in cases[:3]:
        item = items.get_item(TABLE, keys.event_key(case.id, 2)) or {}
        items.put_item(TABLE, {**item, "by": "nobody"})

    alone, together = (verified(monkeypatch, in_processes=said) for said in (False, True))

    assert (alone["heads"], alone["mismatches"], alone["left"]) == (CASES, 3, 0)
    assert {**alone, "named": None} == {**together, "named": None}
    assert sorted(each["case"] for each in together["named"]) == sorted(
        case.id for case in cases[:3]
    )


def test_the_bound_of_a_night_holds_for_all_processes_together(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(CASES):
        desk.in_review()
    seal_day.handle({"day": DAY}, None)
    monkeypatch.setattr(verify_days, "MAX_HEADS_PER_NIGHT", CASES - 3)
    for said in (False, True):
        answer = verified(monkeypatch, in_processes=said)
        assert (answer["heads"], answer["left"]) == (CASES - 3, 3)
