"""Sums and reasons stand beside the history: none leaves it, or changes whose it is, unseen."""

from __future__ import annotations

from casework.aws import items, keys
from casework.aws.verification import differences
from casework.case import Case
from casework.gate import NoDanger
from casework.history import Event
from tests.integration.full_case import PHONE, decided, naming, paid
from tests.office import ANALYST, TABLE, Office


def a_case_with_sums(office: Office) -> tuple[Case, str, str]:
    """A case of two reports that joined it, and their references."""
    case = office.published(**naming(PHONE), danger_now=True)
    one, another = (office.accept(**naming(PHONE)) for _ in range(2))
    assert office.deliver(one, another) == []
    return office.acknowledge(office.now_case(case)), one, another


def without_danger(office: Office, case: Case) -> Event:
    return decided(office, case, NoDanger, ANALYST, outcome="no_danger", reason="Une chanson.")


def test_a_sum_that_is_told_to_be_another_reports_is_found(office: Office) -> None:
    """Else erasing the report would miss the sum."""
    case, one, another = a_case_with_sums(office)
    key = keys.particulars_key(case.id, paid(office, case, one).number)
    stored = items.get(TABLE, key) or {}
    assert list(differences(office.table, case.id)) == []

    for edited in (
        {**stored, "report": another},
        {name: value for name, value in stored.items() if name != "report"},
    ):
        items.put(TABLE, edited)
        assert len(list(differences(office.table, case.id))) == 1


def test_a_sum_that_belongs_to_no_report_is_given_to_none(office: Office) -> None:
    case, one, _ = a_case_with_sums(office)
    key = keys.particulars_key(case.id, paid(office, case).number)

    items.put(TABLE, {**(items.get(TABLE, key) or {}), "report": one})

    assert len(list(differences(office.table, case.id))) == 1
