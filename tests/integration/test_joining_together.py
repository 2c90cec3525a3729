"""Reports of one batch that join the same case take their numbers in one transaction, and each of
them is in its case exactly as if it had come alone."""

from __future__ import annotations

from typing import Any

import pytest

from casework.aws.services import clients
from casework.aws.table import case_reports, items, keys
from casework.aws.table import joins as coming
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.value_objects import Priority
from casework.errors import Busy
from functions.triage import join_batches, link
from tests.integration.test_link import PHONE
from tests.office import TABLE, Office, a_record

BATCH = 25


def transactions() -> list[int]:
    """How many items each transaction from now on holds."""
    sizes: list[int] = []

    def count(params: dict[str, Any], **_: Any) -> None:
        sizes.append(len(params["TransactItems"]))

    events = clients.aws_client("dynamodb").meta.events
    events.register("before-parameter-build.dynamodb.TransactWriteItems", count)
    return sizes


def numbers(office: Office, case: Case) -> dict[str, int]:
    return {each.reference: each.number for each in office.table.reports.iter_reports(case.id)}


def test_a_batch_of_one_scam_joins_in_one_transaction_in_the_order_it_came(
    office: Office,
) -> None:
    case = office.in_review(locations=PHONE)
    batch = [office.accept(locations=PHONE) for _ in range(coming.MAX_JOINS_PER_TRANSACTION)]
    sizes = transactions()

    assert office.deliver(*batch) == []

    assert sizes == [2 * len(batch) + 3], "the first one is no longer alone"
    assert sizes[0] <= 100, "the most that the service takes"
    assert numbers(office, case) == {
        case.opened_by: 1,
        **{reference: number for number, reference in enumerate(batch, start=2)},
    }
    assert {office.case_of(each).id for each in batch} == {case.id}


def test_a_batch_that_opens_its_case_and_joins_it_is_one_case(office: Office) -> None:
    batch = [office.accept(locations=PHONE) for _ in range(BATCH)]

    assert office.deliver(*batch) == []

    case = office.case_of(batch[0])
    assert case.opened_by == batch[0]
    assert list(numbers(office, case)) == batch


def test_what_a_batch_tells_of_danger_raises_the_case(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    calm = office.accept(locations=PHONE)
    danger = office.accept(locations=PHONE, danger_now=True)

    assert office.deliver(calm, danger) == []

    assert office.now_case(case).priority is Priority.IMMEDIATE


def test_a_record_that_comes_twice_in_a_batch_joins_once(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    one, other = office.accept(locations=PHONE), office.accept(locations=PHONE)

    assert office.deliver(one, other, one) == []
    before = office.items("")
    assert office.deliver(one, other, one) == []

    assert numbers(office, case) == {case.opened_by: 1, one: 2, other: 3}
    assert office.items("") == before


def test_a_report_erased_meanwhile_stays_erased_and_the_others_join(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.in_review(locations=PHONE)
    batch = [office.accept(locations=PHONE) for _ in range(3)]
    really = case_reports.last_report_number

    def erased(table: str, case_id: str) -> int:
        items.put_item(
            TABLE, {**keys.report_key(batch[1]), ERASED_AT_FIELD: "2026-03-02T12:00:00.000Z"}
        )
        return really(table, case_id)

    monkeypatch.setattr(case_reports, "last_report_number", erased)
    assert office.deliver(*batch) == []

    assert numbers(office, case) == {case.opened_by: 1, batch[0]: 2, batch[2]: 3}
    item = items.get_item(TABLE, keys.report_key(batch[1])) or {}
    assert item.keys() == {keys.PARTITION_KEY, keys.SORT_KEY, ERASED_AT_FIELD}


def test_reports_whose_case_closes_before_they_come_have_one_of_their_own(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.in_review(locations=PHONE)
    batch = [office.accept(locations=PHONE) for _ in range(3)]
    really = coming.join_reports

    def closes(*said: Any) -> set[str]:
        with monkeypatch.context() as patch:
            patch.setattr(join_batches, "join_reports", really)
            office.reject(case)
        return really(*said)

    monkeypatch.setattr(join_batches, "join_reports", closes)
    assert office.deliver(*batch) == []

    again = {office.case_of(each).id for each in batch}
    assert len(again) == 1
    assert again != {case.id}
    assert office.case_of(batch[0]).status is Status.IN_REVIEW


def test_joins_that_fail_are_delivered_again_from_the_first_of_them(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports of other cases behind it come again, too, which changes nothing."""
    case = office.in_review(locations=PHONE)
    alone, joins, behind = (office.accept(locations=said) for said in ([], PHONE, []))

    def busy(*_: Any) -> set[str]:
        raise Busy("Very many reports come into the case.")

    with monkeypatch.context() as patch:
        patch.setattr(join_batches, "join_reports", busy)
        assert office.deliver(alone, joins, behind) == [joins]
    report = office.table.reports.get_report(joins)
    assert report is not None
    assert report.case_id is None

    assert office.deliver(joins, behind) == []
    assert numbers(office, case) == {case.opened_by: 1, joins: 2}
    assert len(office.cases()) == 3


def test_a_batch_out_of_time_joins_what_it_read(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    batch = [office.accept(locations=PHONE) for _ in range(4)]

    class Context:
        calls = 0

        def get_remaining_time_in_millis(self) -> int:
            self.calls += 1
            return 60_000 if self.calls < 3 else 1

    records = [a_record(reference, number) for number, reference in enumerate(batch)]
    answer = link.handle({"Records": records}, Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "3"}]}
    assert numbers(office, case) == {
        case.opened_by: 1,
        **{reference: number for number, reference in enumerate(batch[:3], start=2)},
    }
