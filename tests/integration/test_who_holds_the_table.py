"""A thief with the table and without the keys finds no reporter."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.aws.table import keys
from casework.aws.table.additions import StoredAdditionView
from casework.aws.table.erasure import erase_report
from casework.case.times import format_timestamp
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.pack.jurisdiction import open_pack
from casework.report.followup import Addition, fold_addition
from functions.triage import additions
from tests.office import OWN, SELECTOR, Office, identified, killed, open_office

PHONE, OTHER = "0600004117", "0600004118"
CANONICAL, OTHERS = "+212600004117", "+212600004118"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(monkeypatch) as opened:
        yield opened


def naming(*phones: str) -> dict[str, Any]:
    """A report with these telephones only."""
    return {
        "narrative": "Il demande de l'argent.",
        "locations": [{"kind": "phone", "value": phone} for phone in phones],
    }


def texts(value: Any) -> Iterator[str]:
    """Every text and every run of bytes in an item, as texts."""
    match value:
        case str():
            yield value
        case bytes():
            yield value.hex()
            yield base64.b64encode(value).decode()
            yield base64.urlsafe_b64encode(value).decode()
        case dict():
            for name, each in value.items():
                yield name
                yield from texts(each)
        case list() | tuple() | set() | frozenset():
            for each in value:
                yield from texts(each)
        case _:
            yield str(value)


ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256")
SEPARATORS = ("|", ":", "#", "/", "", " ", "-")
PURPOSES = ("", "identifier", "mark", "told", "told-phone", "weak-phone", "phone", "own", "clue")


def tried(number: str) -> Iterator[str]:
    """The digests of a number that a thief can compute without a key: in each spelling, unkeyed or
    with public keys."""
    said = {
        *(f"{sep}".join(filter(None, (use, "phone", number))) for use, sep in product(
            PURPOSES, SEPARATORS
        )),
        number,
    }  # fmt: skip
    for text in said:
        for algorithm in ALGORITHMS:
            plain = hashlib.new(algorithm, text.encode()).digest()
            blank = hmac.digest(b"", text.encode(), algorithm)
            for digest in (plain, blank):
                yield digest.hex()[:16]
                yield base64.urlsafe_b64encode(digest).decode()[:12]
                yield base64.b64encode(digest).decode()[:12]


def test_hashing_every_telephone_number_finds_none_in_the_table(office: Office) -> None:
    """Security finding 5: without a key, no digest of the table reveals a number."""
    mine = {"disclosure": {"kind": "confidential", "contact": {"phone": OTHER}}}
    office.in_review(**naming(PHONE), **mine)
    joined = office.accept(**naming(PHONE))
    assert office.deliver(joined) == []
    everything = "\n".join(text for item in office.items("") for text in texts(item))
    beside = everything.replace(CANONICAL, "")  # the report itself holds its identifiers in clear
    assert not [each for number in (CANONICAL, OTHERS) for each in tried(number) if each in beside]
    assert identified("phone", CANONICAL) in everything, "with the key it is found"


def test_the_mark_of_a_reporter_uses_another_key_than_the_selectors(office: Office) -> None:
    """The key for reading histories and identifiers does not reveal a reporter's contact."""
    mine = {"disclosure": {"kind": "confidential", "contact": {"phone": OTHER}}}
    case = office.in_review(**naming(PHONE), **mine)
    report = office.table.reports.get_report(case.opened_by)
    assert report is not None
    (own,) = report.own

    def mark(key: str, use: str) -> str:
        said = f"{use}|phone|{OTHERS}".encode()
        digest = hmac.digest(key.encode(), said, hashlib.sha256)[:12]
        return base64.urlsafe_b64encode(digest).decode()

    assert own == mark(OWN, "mark")
    assert not [use for use in PURPOSES if mark(SELECTOR, use) == own]


# ---- erasing one report ------------------------------------------------------------------------


def owner(office: Office, number: str) -> str | None:
    mark = ("phone", number)
    return office.table.identifiers.owners([mark]).cases.get(mark)


def erase(office: Office, reference: str) -> None:
    assert erase_report(office.table, reference, task_state.now(), SYSTEM_AUTHOR)


def test_erasing_a_report_erases_the_identifiers_that_no_other_report_names(office: Office) -> None:
    case = office.in_review(**naming(PHONE))
    joined = office.accept(**naming(PHONE, OTHER))
    assert office.deliver(joined) == []
    assert (owner(office, CANONICAL), owner(office, OTHERS)) == (case.id, case.id)
    erase(office, joined)
    assert (owner(office, CANONICAL), owner(office, OTHERS)) == (case.id, None)
    assert identified("phone", OTHERS) not in str(office.items(""))
    erase(office, case.opened_by)
    assert owner(office, CANONICAL) is None
    assert identified("phone", CANONICAL) not in str(office.items(""))


def test_an_identifier_named_by_two_reports_is_erased_with_the_second(office: Office) -> None:
    case = office.in_review(**naming(PHONE))
    joined = office.accept(**naming(PHONE))
    assert office.deliver(joined) == []
    erase(office, case.opened_by)
    assert owner(office, CANONICAL) == case.id
    later = office.accept(**naming(PHONE))
    assert office.deliver(later) == []
    assert office.case_of(later).id == case.id, "what is named still joins"
    for reference in (later, joined):
        erase(office, reference)
    assert owner(office, CANONICAL) is None


def test_the_clues_of_a_report_are_erased_with_it(office: Office) -> None:
    words = (
        "Il m'a contacté sur une page de vente et me demande de payer la livraison avant de"
        " recevoir la commande, puis il ne répond plus à aucun message depuis hier soir."
    )
    first = office.in_review(narrative=words, locations=[])
    second = office.in_review(narrative=words, locations=[])
    assert second.id != first.id

    def given() -> set[str]:
        return {
            each for item in office.items(keys.clue_key.partition_begins) for each in item["cases"]
        }

    assert given() == {first.id, second.id}
    erase(office, first.opened_by)
    assert given() == {second.id}
    assert all(len(item["cases"]) == len(item["sketches"]) for item in office.items("CLUE#"))


def test_an_identifier_from_a_merged_case_is_erased_only_with_its_own_report(
    office: Office,
) -> None:
    case, other = office.in_review(**naming(PHONE)), office.in_review(**naming(OTHER))
    target = office.table.identifiers
    (identifier,) = target.filter_owned_by([identified("phone", OTHERS)], {other.id})
    assert target.move(identifier, other.id, case.id)
    moving = office.table.reports.get_report(other.opened_by)
    assert moving is not None
    at = format_timestamp(task_state.now())
    assert office.table.reports.move(moving, other.id, case.id, at, [other.id], None)
    erase(office, case.opened_by)
    assert (owner(office, CANONICAL), owner(office, OTHERS)) == (None, case.id)
    erase(office, other.opened_by)
    assert owner(office, OTHERS) is None


def test_an_interrupted_erasure_still_erases_the_identifiers(office: Office) -> None:
    at = 1
    while True:
        case = office.in_review(**naming(PHONE))
        made: list[str] = []
        with killed(at, made, after=True):
            erase_report(office.table, case.opened_by, task_state.now(), SYSTEM_AUTHOR)
        stopped = len(made) == at
        erase_report(office.table, case.opened_by, task_state.now(), SYSTEM_AUTHOR)
        assert owner(office, CANONICAL) is None
        if not stopped:
            return
        at += 1


# ---- the reporter's own contact ----------------------------------------------------------------


def test_marks_of_a_reporters_contact_are_erased_a_minute_after_the_case_ends(
    office: Office,
) -> None:
    contact = {"kind": "confidential", "contact": {"phone": OTHER}}
    case = office.in_review(**naming(PHONE), disclosure=contact)
    report = office.table.reports.get_report(case.opened_by)
    assert report is not None
    assert len(report.own) == 1
    office.reject(case)
    office.later(minutes=2)
    office.sweep()
    left = office.table.reports.get_report(case.opened_by)
    assert left is not None
    assert left.own == ()
    assert left.facts == report.facts, "and nothing else"


def test_a_number_added_after_the_end_links_no_report(
    office: Office,
) -> None:
    contact = {"kind": "confidential", "contact": {"phone": OTHER}}
    case = office.in_review(**naming(PHONE), disclosure=contact)
    office.reject(case)
    office.later(minutes=2)
    office.sweep()
    report = office.table.reports.get_report(case.opened_by)
    assert report is not None
    said = fold_addition(Addition(text=f"Rappelez-moi au {OTHER}."))
    addition = StoredAdditionView("A", report.accepted_at, said, contact=False)
    found = additions.read_addition(
        open_pack("ma"), SELECTOR.encode(), OWN.encode(), report, addition
    )
    assert found.marks == []
