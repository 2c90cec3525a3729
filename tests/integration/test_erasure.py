"""Erasing an ended case goes step by step, however much there is of it, and takes everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import cast

import pytest

from casework.aws.table import erasure, identity_request_table, items, keys
from casework.aws.table.erasure import erase_case
from casework.aws.table.messages import StoredMessage, list_case_messages, message_item
from casework.aws.table.overdue_deadlines import PastDue
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.decisions.staff import Role
from casework.linking.join_rules import MAX_MARKS
from casework.moves import merges
from functions.desk import deployment
from functions.triage import sweep
from functions.triage.case_moves import move_reports_to_case
from tests.builders import NOON, RABAT, clocks_of
from tests.integration.answers import problem
from tests.integration.desks import ACCEPT, TABLE, Desk
from tests.integration.lives import (
    NAMED,
    OFFICE,
    PHONE,
    YEARS,
    ask_who,
    believed,
    court,
    later,
    swept,
    to_court,
)
from tests.office import Office

ERASE = {"outcome": "erase"}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "ERASURE_TRANSACTION_SIZE", 7)


def to_erase(desk: Desk, monkeypatch: pytest.MonkeyPatch, *cases: Case) -> list[Case]:
    """The cases, when their time has passed and two people have decided to erase them."""
    later(monkeypatch, days=YEARS)
    assert swept()["retention"] == len(cases)
    for case in cases:
        for _ in range(2):
            seen = desk.table.get_case(case.id)
            assert desk.decide(seen, "retention", ERASE, desk.enrol(Role.SUPERVISOR)).status == 200
    return [desk.table.get_case(case.id) for case in cases]


def fill(desk: Desk, case: Case, reports: int, first: int) -> list[str]:
    """Reports of the case, each with an addition, and a message for every second one."""
    made = []
    for number in range(reports):
        reference = desk.report(case, first + number, at=f"2026-03-02T10:00:00.{number:03d}Z")
        items.put_item(TABLE, {**keys.addition_key(reference, "A"), "content": b"canary"})
        if number % 2:
            told = StoredMessage(1_000 + number, "2026", "an officer", "Canari", (), "key")
            items.put_item(TABLE, message_item(case.id, told))
        made.append(reference)
    return made


def words_left(desk: Desk) -> int:
    """Items that hold words of people."""
    return sum(1 for item in desk.items() if {"narrative", "content", "text"} & item.keys())


def erased(desk: Desk, case: Case) -> list[str]:
    """The reports that a case's history says were erased."""
    told: list[str] = []
    for event in desk.table.events(case.id):
        if event.move == "erased":
            told += map(str, cast("list[str]", event.data["reports"]))
    return sorted(told)


class Clock:
    """Time that passes with each look at it."""

    def __init__(self) -> None:
        self.at = 0

    def monotonic(self) -> int:
        self.at += 1
        return self.at


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sweep, "time", clock)
    monkeypatch.setattr(sweep, "TURN_SECONDS", 40)
    monkeypatch.setattr(sweep, "SWEEP_BUDGET_SECONDS", 60)
    return clock


def test_a_big_case_is_erased_in_turns_that_delay_no_other_work(
    desk: Desk, told: list[str], monkeypatch: pytest.MonkeyPatch, ticking: Clock
) -> None:
    del told
    omar = desk.enrol(Role.OFFICER, RABAT)
    case, other = to_court(desk, omar), to_court(desk, omar)
    gone = fill(desk, case, 110, 1_000)
    fill(desk, other, 3, 2_000)
    to_erase(desk, monkeypatch, case, other)

    left, sweeps, finished = words_left(desk), 0, []
    while desk.table.get_case(case.id).erasing is not None:
        swept()
        sweeps += 1
        now_left = words_left(desk)
        assert now_left < left, "each sweep leaves less than the one before"
        left = now_left
        if desk.table.get_case(other.id).erasing is None:
            finished.append(sweeps)
    assert left == 0
    assert finished[0] <= 3, "the small one did not wait for the big one"
    assert 5 < sweeps < 20
    assert desk.table.reports.page_references(case.id, 10).ids == []
    tombstones = [items.get_item(TABLE, keys.report_key(each)) for each in gone]
    assert all(each is not None and ERASED_AT_FIELD in each for each in tombstones)
    events = list(desk.table.events(case.id))
    assert find_first_break(events) is None
    assert erased(desk, case) == sorted([*gone, case.opened_by]), "each is told of once"


def test_the_sweeper_meets_deadlines_before_it_erases(
    desk: Desk, told: list[str], monkeypatch: pytest.MonkeyPatch, ticking: Clock
) -> None:
    del told
    omar = desk.enrol(Role.OFFICER, RABAT)
    case, late = to_court(desk, omar), to_court(desk, omar)
    to_erase(desk, monkeypatch, case, late)
    monkeypatch.setattr(sweep, "SWEEP_BUDGET_SECONDS", 1)
    at = later(monkeypatch, days=YEARS, hours=1)
    younger = format_timestamp(at - timedelta(minutes=30))
    items.put_item(TABLE, keys.due_key(younger, "notice", case.id))
    order: list[str] = []
    act = sweep.Sweeper._act

    def noted(sweeper: sweep.Sweeper, passed: PastDue, at: datetime) -> bool:
        order.append(passed.kind.value)
        return act(sweeper, passed, at)

    monkeypatch.setattr(sweep.Sweeper, "_act", noted)
    monkeypatch.setattr(sweep, "SWEEP_BUDGET_SECONDS", 1_000)
    swept()
    assert order == ["notice", "erasing", "erasing"]


def stopped_after(steps: Iterator[None], many: int) -> bool:
    """Take some steps and be killed; True when none was left."""
    return all(number < many for number, _ in enumerate(steps, 1))


def test_the_next_erasure_finishes_one_that_stopped_at_any_step(
    desk: Desk, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after its first step, then after its second, and so on."""
    del told
    case = to_court(desk, desk.enrol(Role.OFFICER, RABAT))
    gone = fill(desk, case, 9, 1_000)
    (case,) = to_erase(desk, monkeypatch, case)
    allowed = 1
    while not stopped_after(erase_case(desk.table, case, NOON), allowed):
        allowed += 1
        assert allowed < 100
    assert words_left(desk) == 0
    assert desk.table.reports.page_references(case.id, 100).ids == []
    assert erased(desk, case) == sorted([*gone, case.opened_by])


def test_an_unreadable_report_is_erased_with_its_case(
    desk: Desk, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del told
    case = to_court(desk, desk.enrol(Role.OFFICER, RABAT))
    reference = desk.report(case, 1_000)
    item = items.get_item(TABLE, keys.report_key(reference))
    assert item is not None
    items.put_item(TABLE, {**item, "facts": b"cut short"})
    to_erase(desk, monkeypatch, case)
    assert swept() == {"erasing": 1}
    assert words_left(desk) == 0


MANY = (
    "Mon numéro est 0661122334. L'annonce https://avito.ma/annonce/1204 et encore ces numéros : "
    + ", ".join(f"06000000{number:02d}" for number in range(30))
)
"""The reporter's own number, a page of a service that unrelated reports name, thirty numbers."""


def owned(office: Office, case: Case) -> set[str]:
    """The identifiers of a case."""
    found = office.items("IDENTIFIER#", "IDENTIFIER")
    return {item[keys.PARTITION_KEY] for item in found if item["case_id"] == case.id}


def owners(office: Office) -> set[str]:
    """The cases to which identifiers belong."""
    return {item["case_id"] for item in office.items("IDENTIFIER#", "IDENTIFIER")}


def test_merge_split_and_end_move_exactly_the_identifiers_of_the_reports(
    office: Office,
) -> None:
    """The reports have more identifiers than are looked up; both cases count the same ones."""
    first = office.accept(narrative=MANY)
    second = office.accept(locations=[{"kind": "phone", "value": "0700000000"}])
    office.deliver(first, second)
    source, target = office.case_of(first), office.case_of(second)
    before = owned(office, source)
    assert len(before) == MAX_MARKS + 1, "the page and its host are one identifier"

    change = merges.merge_case(source, target, NOON, "an analyst", {}, clocks_of(60))
    merged = office.table.save(change)
    move_reports_to_case(office.table, merged, NOON)
    assert owners(office) == {target.id}

    target = office.now_case(target)
    split = office.table.save(merges.split_case(merged, target, NOON, "an analyst", (60,)))
    move_reports_to_case(office.table, split, NOON)
    assert owned(office, source) == before

    for _ in erase_case(office.table, split, NOON):
        pass
    assert owners(office) == {target.id}


# ---- merged cases --------------------------------------------------------------------------------


def written(desk: Desk, case: Case, number: int) -> None:
    """A message to the case's reporters, and a request for the identity of one of them."""
    told = StoredMessage(number, "2026", "an officer", "Canari du message", (), "key")
    items.put_item(TABLE, message_item(case.id, told))
    ask_who(case)


def merge(desk: Desk, case: Case, into: Case, monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    """An analyst brings a case into another one, and the sweeper its reports."""
    later(monkeypatch, hours=hour)
    document = {"outcome": "merge", "into": into.id}
    case = desk.table.get_case(case.id)
    assert desk.review(case, document, desk.enrol(Role.ANALYST)).status == 202
    for minutes in (0, 2):
        later(monkeypatch, hours=hour, minutes=minutes)
        swept()
    assert desk.table.get_case(case.id).moving is None


def ended(desk: Desk, case: Case) -> Case:
    """The unit of a case that is in review takes it and sends it to court."""
    officer = desk.enrol(Role.OFFICER, RABAT)
    case = desk.refer(desk.table.get_case(case.id), RABAT)
    desk.waits(case)
    assert desk.acknowledge(case, ACCEPT, officer).status == 200
    case = believed(desk, desk.table.get_case(case.id), officer)
    decided_on = deployment.now().date().isoformat()
    office = {**OFFICE, "court": court(desk), "decided_on": decided_on}
    closure = {"reason": "sent_to_court", **office}
    assert desk.decide(case, "closure", closure, officer).status == 200
    return desk.table.get_case(case.id)


def test_erasing_a_case_erases_the_words_of_the_cases_merged_into_it(
    desk: Desk, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in cases merged into those before; a case that was split off keeps its words."""
    del told
    cases = [desk.in_review() for _ in range(4)]
    inner, outer, apart, kept = cases
    for number, case in enumerate(cases, 1):
        desk.report(case, number, locations=[PHONE], disclosure=NAMED)
        written(desk, case, 900)
    for hour, (case, into) in enumerate(((inner, outer), (outer, kept), (apart, kept))):
        merge(desk, case, into, monkeypatch, hour)
    split = {"outcome": "split"}
    assert desk.review(desk.table.get_case(apart.id), split, desk.enrol(Role.ANALYST)).status == 200
    kept = ended(desk, kept)
    to_erase(desk, monkeypatch, kept)

    assert swept() == {}, "reports of the case that was split off are on their way"
    assert desk.table.reports.get_report(kept.opened_by) is not None
    for days in (1, 2, 3):
        later(monkeypatch, days=YEARS + days)
        swept()

    for case in (inner, outer, kept):
        assert desk.table.get_case(case.id).status is Status.ERASED
        assert desk.table.get_case(case.id).pending_deadlines == {}
        assert list_case_messages(TABLE, case.id) == []
        assert [
            each.motive for each in identity_request_table.list_identity_requests(TABLE, case.id)
        ] == [""]
        assert desk.table.reports.get_report(case.opened_by) is None
        assert find_first_break(desk.table.events(case.id)) is None
    custodian = desk.enrol(Role.CUSTODIAN)
    waiting = desk.get("identity-requests", custodian).document["requests"]
    assert [each["case"] for each in waiting] == [apart.id]
    assert len(list_case_messages(TABLE, apart.id)) == 1
    report = desk.table.reports.get_report(apart.opened_by)
    assert report is not None
    assert report.case_id == apart.id
    assert (
        problem(desk.review(desk.table.get_case(outer.id), split, desk.enrol(Role.ANALYST)))
        == "illegal-move"
    )
