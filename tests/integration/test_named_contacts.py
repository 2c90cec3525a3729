"""Who admits reports is warned of a reporter whose own contact the others name; nobody else learns.

The person who opened a case, or joined it, may be the suspect of it, with their own number as
contact. Nobody at the desk may read a contact, and no item of the table tells whether it is named.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.aws.table import items, keys
from casework.aws.table.contacts import ContactComparison, compare_report_contacts
from casework.aws.table.erasure import erase_report
from casework.case.case import Case
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.decisions.staff import Role
from casework.identifiers import canonicalise_phone, keyed_mark
from casework.text.realm import Realm
from functions.custody import handler as custody
from functions.custody.contacts import CONTACTS_PER_PAGE
from harness.faults.meter import meter_items
from tests.builders import RABAT
from tests.integration.answers import Answered
from tests.integration.desks import BROWSER, CLIENT, Desk, StepFunctions, an_event
from tests.integration.taken_out import take_out
from tests.integration.test_follow import add, deliver
from tests.office import OWN, SELECTOR, TABLE, Office, open_office

PAGE, OTHER_PAGE = "https://escroc.example/annonces/77", "https://voleur.example/annonces/5"
HIS, HERS = "06 00 00 41 17", "06 00 00 41 18"
MAILBOX, SAME_MAILBOX = "escroc.77@gmail.com", "es.croc77+annonces@gmail.com"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(monkeypatch) as opened:
        monkeypatch.setenv("CLIENT_ID", CLIENT)
        monkeypatch.setenv("BROWSER_CLIENT_ID", BROWSER)
        monkeypatch.setenv("IDENTITY_KEY", "no-key-is-needed")
        custody.settings.cache_clear()
        yield opened
        custody.settings.cache_clear()


def report(
    office: Office, *named: str, contact: str | None = None, page: str = PAGE, **said: Any
) -> str:
    """A report about a page that also names some contacts, and leaves one."""
    where = [{"kind": "url", "value": page}, *({"kind": "phone", "value": each} for each in named)]
    disclosure: dict[str, Any] = {"kind": "anonymous"}
    if contact is not None:
        kind = "email" if "@" in contact else "phone"
        disclosure = {"kind": "confidential", "contact": {kind: contact}}
    whole = {"locations": where, "narrative": "Il demande de l'argent.", **said}
    reference = office.accept(**whole, disclosure=disclosure)
    assert office.deliver(reference) == []
    return reference


def own(number: str) -> tuple[str, ...]:
    """What a report keeps of an own telephone."""
    canonical = canonicalise_phone(number)
    assert canonical is not None
    return (keyed_mark(OWN.encode(), "phone", canonical),)


def contacts(office: Office, case: Case) -> ContactComparison:
    references = [each.reference for each in office.table.reports.iter_reports(case.id)]
    return compare_report_contacts(office.table, case.id, references)


def named(office: Office, case: Case) -> dict[str, tuple[str, ...]]:
    return dict(contacts(office, case).named)


# ---- who is flagged ----------------------------------------------------------------------------


def test_whoever_opened_a_case_with_the_number_that_a_later_report_names_is_flagged(
    office: Office,
) -> None:
    opener = report(office, contact=HIS)
    case = office.case_of(opener)
    assert named(office, case) == {}, "nobody named it yet"
    victim = report(office, HIS, contact=HERS)
    assert office.case_of(victim).id == case.id
    assert named(office, case) == {opener: (victim,)}


def test_whoever_joins_a_case_with_the_number_that_it_names_is_flagged(office: Office) -> None:
    victim = report(office, HIS, contact=HERS)
    joiner = report(office, contact=HIS)
    case = office.case_of(victim)
    assert office.case_of(joiner).id == case.id
    assert named(office, case) == {joiner: (victim,)}


def test_an_e_mail_is_compared_by_its_mailbox(office: Office) -> None:
    opener = report(office, contact=MAILBOX)
    victim = report(office, narrative=f"Il écrit depuis {SAME_MAILBOX}.")
    assert named(office, office.case_of(opener)) == {opener: (victim,)}


def test_a_contact_that_is_added_later_is_compared_too(office: Office) -> None:
    victim, other = report(office, HIS), report(office)
    case = office.case_of(victim)
    assert named(office, case) == {}
    assert deliver(add(office, other, own=own(HIS))) == []
    assert named(office, case) == {other: (victim,)}


def test_a_number_that_an_addition_names_is_compared_with_the_contacts_before_it(
    office: Office,
) -> None:
    opener, victim = report(office, contact=HIS), report(office)
    assert deliver(add(office, victim, text=f"Il appelle maintenant du {HIS}.")) == []
    assert named(office, office.case_of(opener)) == {opener: (victim,)}


def test_a_number_that_another_case_owns_is_compared_where_a_report_of_this_one_names_it(
    office: Office,
) -> None:
    """The report stays with the page it names, and the number with the case that had it first."""
    opener = report(office, contact=HIS)
    owner = report(office, HIS, page=OTHER_PAGE)
    victim = report(office, HIS, HERS)
    case = office.case_of(opener)
    assert office.case_of(owner).id != case.id
    assert office.case_of(victim).id == case.id
    assert named(office, case) == {opener: (victim,)}
    assert named(office, office.case_of(owner)) == {}


def test_who_is_named_by_others_is_flagged_however_many_there_are(office: Office) -> None:
    """Two of those who name it are kept, so a report itself is never the only one known."""
    opener = report(office, HIS)
    others = [report(office, HIS) for _ in range(4)]
    case = office.case_of(opener)
    assert deliver(add(office, opener, own=own(HIS))) == []
    assert named(office, case) == {opener: (others[0],)}
    assert deliver(add(office, others[3], own=own(HIS))) == []
    assert named(office, case)[others[3]] == tuple(sorted((opener, others[0])))


def test_a_merge_brings_contacts_and_what_names_them_together_and_a_split_apart(
    office: Office,
) -> None:
    opener, victim = report(office, contact=HIS), report(office, HIS, page=OTHER_PAGE)
    into, case = office.case_of(opener), office.case_of(victim)
    assert named(office, into) == {}
    office.merge(case, into)
    office.later(minutes=5)
    office.sweep()
    assert office.case_of(victim).id == into.id
    assert named(office, into) == {opener: (victim,)}


def test_who_is_taken_out_is_no_longer_named_there(office: Office) -> None:
    opener, victim, third = report(office, contact=HIS), report(office, HIS), report(office)
    case = office.case_of(opener)
    assert named(office, case) == {opener: (victim,)}
    apart = take_out(office, case, victim)
    office.later(minutes=5)
    office.take("triage", apart)
    office.sweep()
    assert office.case_of(victim).id == apart.id
    assert office.case_of(third).id == case.id
    assert named(office, office.now_case(case)) == {}
    assert named(office, apart) == {}


# ---- who is not --------------------------------------------------------------------------------


def test_an_ordinary_victim_is_not_flagged_nor_one_who_tells_their_own_number(
    office: Office,
) -> None:
    said = f"Il m'a appelée. Mon numéro est le {HERS}."
    opener, victim = report(office), report(office, HERS, contact=HERS, narrative=said)
    case = office.case_of(opener)
    assert office.case_of(victim).id == case.id
    assert contacts(office, case) == ContactComparison({}, ())


def test_who_named_a_number_before_they_left_it_as_contact_is_not_flagged_for_it(
    office: Office,
) -> None:
    victim, other = report(office, HERS), report(office)
    assert deliver(add(office, victim, own=own(HERS))) == []
    assert named(office, office.case_of(other)) == {}


def test_a_contact_that_only_another_case_names_is_not_flagged(office: Office) -> None:
    victim, other = report(office, contact=HERS), report(office)
    elsewhere = report(office, HERS, page=OTHER_PAGE)
    case = office.case_of(victim)
    assert office.case_of(other).id == case.id != office.case_of(elsewhere).id
    assert named(office, case) == {}


def test_a_trial_meets_no_number_of_people(office: Office) -> None:
    opener, victim = report(office, contact=HIS), report(office, HIS)
    trial = report(office, HIS, realm=Realm.TRIAL, number=5_000)
    assert office.case_of(trial).id != office.case_of(opener).id
    assert named(office, office.case_of(opener)) == {opener: (victim,)}


def test_after_the_end_of_a_case_a_contact_is_unknown_and_not_cleared(office: Office) -> None:
    """Its mark is deleted a minute later; who admits then is told that it cannot be compared."""
    opener, victim = report(office, contact=HIS), report(office, HIS)
    case = office.reject(office.case_of(opener))
    office.later(minutes=3)
    office.sweep()
    kept = {each.reference for each in office.table.reports.iter_reports(case.id)}
    assert opener in kept
    assert contacts(office, case) == ContactComparison({}, (opener,))
    assert victim not in contacts(office, case).unknown, "it left no contact"


# ---- what the table tells ----------------------------------------------------------------------


def shape(value: Any) -> Any:
    """What can be seen of a value without its content."""
    match value:
        case str() | bytes():
            return type(value).__name__, len(value)
        case dict():
            return tuple(sorted((name.split(":")[0], shape(each)) for name, each in value.items()))
        case list() | tuple() | set() | frozenset():
            return type(value).__name__, tuple(sorted(map(repr, map(shape, value))))
        case _:
            return type(value).__name__


def shapes(monkeypatch: pytest.MonkeyPatch, contact: str) -> Counter[Any]:
    """Those of all items after a victim names a number, in the case of whoever has this contact."""
    with open_office(monkeypatch) as office:
        opener = report(office, contact=contact)
        victim = report(office, HIS)
        assert office.case_of(victim).id == office.case_of(opener).id
        assert bool(named(office, office.case_of(opener))) == (contact == HIS)
        return Counter(
            (item[keys.PARTITION_KEY].split("#")[0], len(item[keys.SORT_KEY]), shape(item))
            for item in office.items("")
        )


def test_who_reads_the_table_sees_no_difference_between_one_who_is_flagged_and_one_who_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert shapes(monkeypatch, HIS) == shapes(monkeypatch, HERS)


def test_nothing_of_a_contact_leads_to_the_number_without_its_key(office: Office) -> None:
    """Neither equal words in both places, nor the key of the desk."""
    opener, victim = report(office, contact=HIS), report(office, HIS)
    (kept,) = office.items(keys.report_key(opener)[keys.PARTITION_KEY], keys.REPORT_SORT)
    (mark,) = kept["own"]
    beside = [
        each for each in office.items("") if each[keys.PARTITION_KEY] != kept[keys.PARTITION_KEY]
    ]
    assert mark not in json.dumps(
        [each for each in beside if "ALIKE" not in each[keys.PARTITION_KEY]], default=str
    )
    (way,) = office.items(keys.contact_digest_key.partition_begins)
    place = {name: way[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}
    assert place == keys.contact_key(OWN.encode(), mark)
    assert place != keys.contact_key(SELECTOR.encode(), mark)
    assert way[keys.PARTITION_KEY].removeprefix(
        keys.contact_digest_key.partition_begins
    ) not in json.dumps(kept, default=str)
    assert victim not in json.dumps(way), "and it names no report"


def test_erasing_the_report_that_names_a_contact_takes_the_flag_and_all_of_it_away(
    office: Office,
) -> None:
    opener, victim, other = report(office, contact=HIS), report(office, HIS), report(office, HIS)
    case = office.case_of(opener)
    assert named(office, case) == {opener: tuple(sorted((victim, other)))}
    assert erase_report(office.table, victim, task_state.now(), SYSTEM_AUTHOR)
    assert named(office, case) == {opener: (other,)}
    (identifier,) = [each for each in office.items("IDENTIFIER#phone") if "case_id" in each]
    assert identifier["told_by"] == {other}, "nothing keeps what an erased report named"
    assert erase_report(office.table, other, task_state.now(), SYSTEM_AUTHOR)
    assert named(office, case) == {}
    assert (
        office.items("IDENTIFIER#phone")
        == office.items(keys.contact_digest_key.partition_begins)
        == []
    )


def test_an_erased_report_is_not_flagged(office: Office) -> None:
    opener, victim = report(office, contact=HIS), report(office, HIS)
    case = office.case_of(victim)
    assert erase_report(office.table, opener, task_state.now(), SYSTEM_AUTHOR)
    assert contacts(office, case) == ContactComparison({}, ())


# ---- what it costs -----------------------------------------------------------------------------


def test_a_third_report_that_names_a_number_writes_nothing_for_it(office: Office) -> None:
    for named_there in ((HIS,), (), ()):
        report(office, *named_there)
    costs = []
    for _ in range(4):
        with meter_items() as meter:
            report(office, HIS)
        costs.append(meter.items)
    second, *later = costs
    assert second.written - later[0].written == 1
    assert second.read == later[0].read
    assert len(set(later)) == 1


# ---- who may ask -------------------------------------------------------------------------------


class Staff:
    """People of the desk beside an office, and the function of custody."""

    def __init__(self, office: Office) -> None:
        self.desk = Desk(office.table, StepFunctions(), io.StringIO())

    def ask(self, case: Case, by: str, **query: str) -> Answered:
        path = f"/v1/desk/cases/{case.id}/contacts"
        answer = custody.handle(an_event("GET", path, by, query=query), None)
        return Answered(answer["statusCode"], answer["headers"], answer["body"])


def test_who_admits_is_shown_references_and_no_contact(office: Office) -> None:
    opener, victim = report(office, contact=HIS), report(office, HIS)
    staff, case = Staff(office), office.case_of(opener)
    answered = staff.ask(case, staff.desk.enrol(Role.ANALYST))
    assert answered.status == 200
    assert answered.headers["Cache-Control"] == "no-store"
    assert answered.document == {
        "case": case.id,
        "named": [{"report": opener, "named_by": [victim]}],
        "unknown": [],
        "upto": 2,
        "more": False,
    }


def test_who_may_not_admit_is_told_nothing(office: Office) -> None:
    report(office, contact=HIS)
    case = office.case_of(report(office, HIS))
    staff = Staff(office)
    for role in (Role.AUDITOR, Role.CUSTODIAN, Role.PROSECUTOR):
        assert staff.ask(case, staff.desk.enrol(role)).status == 403
    assert staff.ask(case, staff.desk.enrol(Role.OFFICER, RABAT)).status == 404
    assert staff.ask(case, "nobody").status == 401


def test_a_long_case_is_compared_in_parts(office: Office) -> None:
    opener = report(office, contact=HIS)
    case = office.case_of(opener)
    references = [report(office) for _ in range(CONTACTS_PER_PAGE)]
    last = report(office, HIS, contact=HERS)
    staff = Staff(office)
    ana = staff.desk.enrol(Role.ANALYST)
    first = staff.ask(case, ana).document
    assert (first["upto"], first["more"]) == (CONTACTS_PER_PAGE, True)
    assert [each["report"] for each in first["named"]] == [opener]
    rest = staff.ask(case, ana, above=str(first["upto"])).document
    assert (rest["named"], rest["upto"], rest["more"]) == ([], CONTACTS_PER_PAGE + 2, False)
    assert references
    assert last
    assert staff.ask(case, ana, above="many").status == 422


def test_a_call_costs_the_same_in_a_case_of_any_size(office: Office) -> None:
    opener = report(office, contact=HIS)
    case = office.case_of(opener)
    report(office, HIS)
    costs = []
    for _ in range(2):
        for _ in range(CONTACTS_PER_PAGE):
            report(office)
        with meter_items() as meter:
            compare_report_contacts(office.table, case.id, [opener])
        costs.append(meter.items)
    assert costs[0] == costs[1]


def test_a_case_from_before_this_release_is_compared_once_its_number_is_named_again(
    office: Office,
) -> None:
    opener, before = report(office, contact=HIS), report(office, HIS)
    case = office.case_of(opener)
    (identifier,) = office.items("IDENTIFIER#phone")
    kept = {name: each for name, each in identifier.items() if name not in {"told_by", "led_to"}}
    items.put_item(TABLE, kept)
    (way,) = office.items(keys.contact_digest_key.partition_begins)
    items.delete_item(TABLE, {name: way[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)})
    assert named(office, case) == {}
    later = report(office, HIS)
    assert named(office, case) == {opener: (later,)}
    assert before
