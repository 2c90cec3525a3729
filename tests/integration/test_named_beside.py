"""Every case that names an identifier is noted once beside its owner, while it names it."""

from __future__ import annotations

import pytest

from casework.aws.steps import task_state
from casework.aws.table import items, keys
from casework.aws.table.erasure import erase_case, erase_report
from casework.case.case import Case
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.linking.records import IdentifierMark
from tests.integration.taken_out import take_out
from tests.integration.test_follow import add, deliver
from tests.integration.test_taking_out import carried
from tests.office import Office

ONE: IdentifierMark = ("phone", "+212600004117")
TWO: IdentifierMark = ("phone", "+212600004118")
THREE: IdentifierMark = ("phone", "+212600004119")


def place(*marks: IdentifierMark) -> list[dict[str, str]]:
    """The field of a report with these telephones."""
    return [{"kind": kind, "value": value} for kind, value in marks]


def tell(office: Office, *marks: IdentifierMark) -> tuple[str, Case]:
    """A report that names them, and its case."""
    reference = office.accept(locations=place(*marks), narrative="voir le numéro")
    office.deliver(reference)
    return reference, office.case_of(reference)


def named(office: Office, mark: IdentifierMark) -> list[str]:
    """The cases that name an identifier, its owner first."""
    return office.table.identifiers.list_mentioning_cases(mark, 10)


@pytest.fixture
def puts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The notes that are written."""
    written: list[str] = []
    put = items.put_item

    def heard(table: str, item: dict[str, str]) -> None:
        if item[keys.SORT_KEY].startswith(keys.name_lookup_key.begins):
            written.append(item[keys.SORT_KEY])
        put(table, item)

    monkeypatch.setattr(items, "put_item", heard)
    return written


def test_a_report_that_names_the_identifier_of_another_case_notes_its_own_once(
    office: Office, puts: list[str]
) -> None:
    _, first = tell(office, ONE)
    _, second = tell(office, TWO)
    assert puts == [], "an owner needs no note"
    for _ in range(4):  # the older case is joined; the other one is met again and again
        assert tell(office, ONE, TWO)[1].id == first.id
    assert named(office, TWO) == [second.id, first.id]
    assert named(office, ONE) == [first.id]
    assert len(puts) == 1, "a flood writes nothing more"


def test_a_closed_case_is_noted_where_another_takes_its_identifier_over(office: Office) -> None:
    _, first = tell(office, ONE)
    ended = office.reject(first)
    _, later = tell(office, ONE)
    assert later.id != ended.id
    assert named(office, ONE) == [later.id, ended.id]


def test_an_addition_is_noted_like_a_report(office: Office) -> None:
    _, first = tell(office, ONE)
    reference, second = tell(office, TWO)
    assert deliver(add(office, reference, text=f"Il a aussi appelé du {ONE[1]}")) == []
    assert named(office, ONE) == [first.id, second.id]


def test_a_report_that_is_taken_out_takes_its_notes_along(office: Office) -> None:
    tell(office, ONE)
    _, other = tell(office, THREE)
    joined, case = tell(office, ONE, THREE)
    assert named(office, THREE) == [other.id, case.id]
    own = take_out(office, case, joined)
    carried(office, case)
    assert own.id != case.id
    assert own.number, "it has a number of its own"
    assert named(office, THREE) == [other.id, own.id]
    assert named(office, ONE) == [case.id, own.id], "both name it"


def test_an_erased_report_leaves_no_note_unless_another_of_its_case_names_it(
    office: Office,
) -> None:
    tell(office, ONE)
    _, owner = tell(office, TWO)
    one, case = tell(office, ONE, TWO)
    two, _ = tell(office, ONE, TWO)
    erase_report(office.table, one, task_state.now(), SYSTEM_AUTHOR)
    assert named(office, TWO) == [owner.id, case.id]
    erase_report(office.table, two, task_state.now(), SYSTEM_AUTHOR)
    assert named(office, TWO) == [owner.id]


def test_an_erased_case_is_found_by_nothing_of_it(office: Office) -> None:
    _, first = tell(office, ONE, TWO)
    ended = office.reject(first)
    _, later = tell(office, ONE)
    assert named(office, ONE) == [later.id, ended.id]
    for _ in erase_case(office.table, ended, task_state.now()):
        pass
    assert named(office, ONE) == [later.id]
    assert named(office, TWO) == []
