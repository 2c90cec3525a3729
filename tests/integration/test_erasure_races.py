"""A write during the erasure of a report or case is refused, or erased with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest

from casework.aws.table import erasure, identity_request_table, keys
from casework.aws.table.erasure import erase_case, erase_report
from casework.aws.table.messages import list_case_messages
from casework.aws.table.report_table import (
    ERASED_AT_FIELD,
    ERASED_BY_FIELD,
    NewAddition,
    ReportTable,
)
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.times import DeadlineWait
from casework.decisions.staff import Role
from casework.moves import retention
from casework.text.compression import compress_text
from tests import decided
from tests.builders import NOON, RABAT, altered
from tests.integration.desks import TABLE, Desk, in_clear
from tests.integration.lives import PHONE, to_court
from tests.office import Office, before_each_call


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "ERASURE_TRANSACTION_SIZE", 7)


def at_each_call(
    fresh: Callable[[], Any], act: Callable[[Any], Any], meanwhile: Callable[[Any], Any]
) -> int:
    """Let something happen before the first call to the table, before the second, and so on.

    Each time on a fresh subject; answers how many calls there were.
    """
    for wanted in range(1, 100):
        subject = fresh()
        seen = calls_interrupted(wanted, partial(act, subject), partial(meanwhile, subject))
        if seen < wanted:
            return seen
    raise AssertionError("it never ended")


def calls_interrupted(wanted: int, act: Callable[[], Any], meanwhile: Callable[[], Any]) -> int:
    """Let something happen before one call to the table; answers how many calls were made."""
    seen, inside = 0, False

    def before(**_: Any) -> None:
        nonlocal seen, inside
        if inside:
            return
        seen += 1
        if seen == wanted:
            inside = True
            meanwhile()
            inside = False

    with before_each_call(before):
        act()
    return seen


CANARY = "Canari qui arrive tard"


def adds(desk: Desk, case: Case, reference: str) -> None:
    ReportTable(TABLE).add_once(
        NewAddition(
            reference=reference,
            addition="LATE",
            added_at="2026",
            content=compress_text(CANARY),
            pepper="1",
            body_mac=b"mac",
            correlation_id="late",
        ),
        50,
    )


def writes(desk: Desk, case: Case, reference: str) -> None:
    by = desk.enrol(Role.ANALYST)
    said = {"text": CANARY, "reports": [reference]}
    desk.decide(desk.table.get_case(case.id), "messages", said, by)


def asks(desk: Desk, case: Case, reference: str) -> None:
    by = desk.enrol(Role.ANALYST)
    said = {"outcome": "ask", "question": CANARY, "report": reference}
    desk.review(desk.table.get_case(case.id), said, by)


def asks_who(desk: Desk, case: Case, reference: str) -> None:
    case = desk.table.get_case(case.id)
    by = desk.enrol(Role.OFFICER, case.referral.unit if case.referral else None)
    desk.decide(case, "identity-requests", {"report": reference, "motive": CANARY}, by)


def decides_who(desk: Desk, case: Case, reference: str) -> None:
    requests = identity_request_table.list_identity_requests(TABLE, case.id)
    if requests:
        said = {"outcome": "release", "reason": CANARY}
        path, tag = f"identity-requests/{requests[-1].number}/decision", requests[-1].etag
        desk.decide(case, path, said, desk.enrol(Role.CUSTODIAN), if_match=tag)


WRITERS = [adds, writes, asks, asks_who, decides_who]


class Erased(NamedTuple):
    """A report that is about to be erased."""

    case: Case
    reference: str


@pytest.mark.parametrize("order", ["within the erasure", "within the writing"])
@pytest.mark.parametrize("write", WRITERS)
def test_an_arrival_during_an_erasure_is_refused_or_erased(
    desk: Desk, write: Callable[[Desk, Case, str], None], order: str
) -> None:
    subjects: list[Erased] = []

    def fresh() -> Erased:
        held = write in {asks_who, decides_who}
        case = desk.referred() if held else desk.in_review()
        disclosure = {"kind": "confidential", "contact": {"email": "a@example.org"}}
        reference = desk.report(case, desk._opened, disclosure=disclosure)
        if held:
            case = desk.table.save(decided.acknowledged(case, NOON, "an officer"))
        if write is decides_who:
            asks_who(desk, case, reference)
        subjects.append(Erased(desk.table.get_case(case.id), reference))
        return subjects[-1]

    def erase(subject: Erased) -> None:
        erase_report(desk.table, subject.reference, NOON, "the data officer")

    def arrive(subject: Erased) -> None:
        write(desk, subject.case, subject.reference)

    within, meanwhile = (erase, arrive) if order == "within the erasure" else (arrive, erase)
    assert at_each_call(fresh, within, meanwhile) > 0
    assert len(subjects) > 1
    for subject in subjects:
        erase(subject)  # an arrival after the last call of a late write
        left = [
            item for item in desk.items() if item[keys.PARTITION_KEY].endswith(subject.reference)
        ]
        assert [item[keys.SORT_KEY] for item in left] == [keys.REPORT_SORT]
        assert ERASED_AT_FIELD in left[0]
        assert find_first_break(desk.table.events(subject.case.id)) is None
    assert CANARY not in in_clear(desk.items())


@pytest.mark.parametrize("order", ["within the erasure", "within the writing"])
def test_a_case_under_erasure_sends_no_message(desk: Desk, order: str) -> None:
    subjects: list[Case] = []

    def fresh() -> Case:
        case = to_court(desk, desk.enrol(Role.OFFICER, RABAT))
        passed = DeadlineWait(since="2026", due="", level=1)
        case = desk.table.save(altered(case, retention=passed))
        subjects.append(case)
        return case

    def erase(subject: Case) -> None:
        desk.table.update(
            subject.id,
            lambda now_: (
                retention.schedule_erasure(now_, NOON, NOON.date(), "two people", {})
                if now_.status is Status.CLOSED
                else None
            ),
        )
        for _ in erase_case(desk.table, desk.table.get_case(subject.id), NOON):
            pass

    def arrive(subject: Case) -> None:
        said = {"text": CANARY}
        by = desk.enrol(Role.OFFICER, RABAT)
        desk.decide(desk.table.get_case(subject.id), "messages", said, by)

    within, meanwhile = (erase, arrive) if order == "within the erasure" else (arrive, erase)
    assert at_each_call(fresh, within, meanwhile) > 0
    for subject in subjects:
        erase(subject)
        assert list_case_messages(TABLE, subject.id) == []
    assert CANARY not in in_clear(desk.items())


def test_a_report_that_is_erased_while_it_is_linked_leaves_a_tombstone_alone(
    office: Office,
) -> None:
    references: list[str] = []

    def fresh() -> str:
        references.append(office.accept(locations=[PHONE], narrative=f"{CANARY} {len(references)}"))
        return references[-1]

    def erase(reference: str) -> None:
        erase_report(office.table, reference, NOON, "the data officer")

    assert at_each_call(fresh, office.deliver, erase) > 0
    for reference in references:
        erase(reference)
        (left,) = office.items(keys.report_key(reference)[keys.PARTITION_KEY])
        told = {
            ERASED_AT_FIELD,
            ERASED_BY_FIELD,
            erasure.DESTROYED_FIELD,
            erasure.BACKUPS_UNTIL_FIELD,
        }
        assert left.keys() <= {
            *erasure.TOMBSTONE_REPORT_ATTRIBUTES,
            keys.FLOW_PARTITION_KEY,
            keys.FLOW_SORT_KEY,
            *told,
        }
    assert office.reconcile().get("unlinked") is None
