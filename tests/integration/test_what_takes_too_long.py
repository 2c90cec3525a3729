"""A case, a report or an addition that takes too long ends by itself: those beside it have their
turn in the seal of the day, in the verification of the night and in the dossier."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from casework.aws.services import day_seal_store
from casework.aws.table import additions, audit_log, report_parsing
from casework.aws.table.report_table import NewAddition, ReportTable
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.decisions.staff import Role
from casework.identifiers.extraction import find_identifiers
from casework.report.followup import Addition, fold_addition
from functions.history import seal_day, verify_days
from tests.integration.desks import TABLE, Desk
from tests.integration.nights import BUCKET, DAY

SHORT = 0.2
"""Seconds that an item may take here."""
POISON = "poison-canary"


def for_ever() -> None:
    """A loop that the alarm ends; where none comes, the test does not hang but fail."""
    ends = time.monotonic() + 100 * SHORT
    while time.monotonic() < ends:
        pass
    raise AssertionError("nobody ended it")


def hanging(really: Callable[..., Any], at: Callable[..., bool]) -> Callable[..., Any]:
    """The same call, which never ends for some."""

    def call(*said: Any) -> Any:
        if at(*said):
            for_ever()
        return really(*said)

    return call


def three_cases(desk: Desk) -> tuple[Case, Case, Case]:
    return desk.in_review(), desk.in_review(), desk.in_review()


@pytest.mark.usefixtures("sealing")
def test_a_case_that_takes_too_long_to_bind_leaves_the_seal_of_the_day_to_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, poison, behind = sorted(three_cases(desk), key=lambda case: case.id)
    monkeypatch.setattr(seal_day, "CASE_SECONDS", SHORT)
    slow = hanging(audit_log.bind_day, lambda _, case_id, *__: case_id == poison.id)
    monkeypatch.setattr(audit_log, "bind_day", slow)

    assert seal_day.handle({"day": DAY}, None) == {"day": DAY, "leaves": 2, "sealed": True}

    kept = [leaf.case for leaf in day_seal_store.read_leaves(BUCKET, DAY) if leaf]
    assert kept == [before.id, behind.id]
    assert '"CasesNotSealed":[1.0]' in capsys.readouterr().out.replace(" ", "")
    assert poison.id in desk.logs.getvalue()


@pytest.mark.usefixtures("sealing")
def test_a_case_that_takes_too_long_to_verify_is_told_and_the_night_goes_on_behind_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, other, third = three_cases(desk)
    seal_day.handle({"day": DAY}, None)
    monkeypatch.setattr(verify_days, "HEAD_SECONDS", SHORT)
    looked: list[str] = []

    def look(_: Any, case_id: str, __: Any) -> bool:
        looked.append(case_id)
        return case_id == poison.id

    monkeypatch.setattr(
        verify_days, "find_history_differences", hanging(find_history_differences, look)
    )

    said = verify_days.handle({"day": DAY}, None)

    assert (said["heads"], said["left"], said["mismatches"]) == (3, 0, 1)
    (told,) = said["named"]
    assert (told["case"], told["what"]) == (poison.id, "could not be read in its time")
    assert sorted(looked) == sorted(each.id for each in (poison, other, third))


def test_the_dossier_names_a_part_that_takes_too_long_to_read_and_holds_the_rest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    poison = desk.report(case, 1, narrative=f"{POISON} 06 00 00 41 17", locations=[])
    sound = desk.report(case, 2, narrative="Il appelle du 06 00 00 41 18.", locations=[])
    for number, text in (("A1", f"{POISON} 06 00 00 41 19"), ("A2", "Aussi du 06 00 00 41 20.")):
        added = Addition(text=text)
        new = NewAddition(
            reference=sound,
            addition=number,
            added_at="2026-03-02T12:00:00.000Z",
            content=fold_addition(added),
            pepper="1",
            body_mac=b"m",
            correlation_id="c",
        )
        assert ReportTable(TABLE).add_once(new, 50) is None
    for module in (report_parsing, additions):
        monkeypatch.setattr(module, "MAX_ANALYSIS_SECONDS", SHORT)
    slow = hanging(find_identifiers, lambda text, *_: POISON in text)
    monkeypatch.setattr("casework.identifiers.extraction.find_identifiers", slow)

    dossier = desk.get(f"cases/{case.id}/dossier", ana).document

    unread = {each["reference"]: each.get("unreadable", False) for each in dossier["reports"]}
    assert unread == {poison: True, sound: False}
    assert POISON in dossier["reports"][0]["narrative"], "people read it as it is"
    named = {each["value"] for each in dossier["identifiers"]}
    assert named == {"+212600004118", "+212600004120"}
    assert [each["id"] for each in dossier["reports"][1]["added"]] == ["A1", "A2"]
