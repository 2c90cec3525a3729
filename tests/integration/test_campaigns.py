"""People count cases of several units to one campaign, which joins and merges none of them."""

from __future__ import annotations

import json
import uuid
from functools import partial
from typing import Any

import pytest

from casework.aws.table import campaign_table
from casework.aws.table.erasure import erase_case
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.change import Change
from casework.case.value_objects import Suggestion
from casework.decisions.staff import Role
from casework.moves.triage import add_suggestion
from casework.text.realm import Realm
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import Desk, an_event
from tests.integration.test_kept_apart import suggested

NAME = "Faux SMS de livraison"


def send(desk: Desk, act: str, case: Case, by: str, key: str = "", **said: Any) -> Answered:
    headers = {"content-type": "application/json", "idempotency-key": key or str(uuid.uuid4())}
    path, body = f"/v1/desk/cases/{case.id}/campaign", json.dumps({"act": act, **said})
    return desk.call(an_event("POST", path, by, headers=headers, body=body))


def told(answered: Answered) -> dict[str, Any]:
    """The campaign of a case, as an act answers."""
    assert answered.status == 200, answered.text
    return dict(answered.document["campaign"])


def begin(desk: Desk, case: Case, by: str, **said: Any) -> str:
    answered = send(desk, "mark", case, by, **{"name": NAME, "lead": RABAT, **said})
    return str(told(answered)["id"])


def moves(desk: Desk, case: Case) -> list[tuple[str, str]]:
    """What people did about campaigns, in the history of a case."""
    events = desk.table.events(case.id)
    return [(each.move, each.by) for each in events if "campaign" in each.move]


def suggest(alike: Suggestion, case: Case) -> Change | None:
    return add_suggestion(case, NOON, alike)


@pytest.fixture
def pair(desk: Desk) -> tuple[Case, Case]:
    """Two cases, each suggested to the other."""
    one, two = desk.in_review(), desk.in_review()
    for case, other in ((one, two), (two, one)):
        alike = Suggestion(case=other.id, because="identifier")
        desk.table.update(case.id, partial(suggest, alike))
    return one, two


def test_two_cases_that_look_alike_are_of_one_campaign_and_stay_two(
    desk: Desk, pair: tuple[Case, Case]
) -> None:
    (one, two), ana = pair, desk.enrol(Role.ANALYST)
    assert suggested(desk, one) == [two.id]
    before = desk.case(one, ana)

    answered = send(desk, "mark", one, ana, other=two.id, name=NAME, lead=RABAT)

    assert (answered.status, answered.headers["ETag"]) == (200, before.etag)
    expected = {"name": NAME, "lead": RABAT, "cases": 2}
    assert told(answered).items() >= expected.items()
    for case in (one, two):
        assert moves(desk, case) == [("same_campaign", ana)]
        shown = desk.case(case, ana).document
        assert (shown["suggestions"], shown["campaign"]) == ([], told(answered))
        assert "apart" not in shown or shown["apart"] == []
        assert shown["status"] == desk.table.get_case(case.id).status
        assert [each.get("words") for each in shown["history"] if "campaign" in each["move"]] == [
            NAME
        ]
        assert list(find_history_differences(desk.table, case.id)) == []


def test_a_case_joins_the_campaign_of_the_one_it_looks_like_whichever_is_asked(desk: Desk) -> None:
    first, second, third, ana = (*(desk.in_review() for _ in range(3)), desk.enrol(Role.ANALYST))
    campaign = begin(desk, first, ana)
    assert told(send(desk, "mark", second, ana, other=first.id))["cases"] == 2
    assert told(send(desk, "mark", second, ana, other=third.id))["cases"] == 3
    page = desk.get(f"campaigns/{campaign}", ana).document
    assert sorted(each["id"] for each in page["cases"]) == sorted(
        each.id for each in (first, second, third)
    )


def test_a_repeated_request_counts_once(desk: Desk) -> None:
    case, other, ana, key = (
        desk.in_review(),
        desk.in_review(),
        desk.enrol(Role.ANALYST),
        str(uuid.uuid4()),
    )
    first, again = (
        send(desk, "mark", case, ana, key, other=other.id, name=NAME, lead=RABAT) for _ in range(2)
    )
    assert first.document == again.document
    third = send(desk, "mark", case, ana, other=other.id)
    assert third.document == first.document, "under another key, nothing is new"
    assert moves(desk, case) == [("same_campaign", ana)]
    elsewhere = send(desk, "mark", case, ana, key, campaign="K-20260302120000-00000000")
    assert problem(elsewhere) == "key-conflict"


def test_a_campaign_that_begins_needs_a_name_and_a_unit_that_leads(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    refused = send(desk, "mark", case, ana)
    assert [each["pointer"] for each in refused.document["errors"]] == ["#/name", "#/lead"]
    unknown = send(desk, "mark", case, ana, name=NAME, lead="no-unit")
    assert unknown.document["errors"][0]["code"] == "unit.unknown"
    assert problem(send(desk, "mark", case, ana, campaign="K-20260302120000-00000000")) == (
        "campaign-not-found"
    )
    assert problem(send(desk, "mark", case, ana, other=case.id, name=NAME, lead=RABAT)) == (
        "other-case-unfit"
    )
    assert moves(desk, case) == []


def test_another_name_for_a_campaign_that_goes_on_is_refused_and_not_forgotten(desk: Desk) -> None:
    one, two, ana = desk.in_review(), desk.in_review(), desk.enrol(Role.ANALYST)
    begin(desk, one, ana)
    for said in ({"name": "Faux transporteur"}, {"lead": SALE}):
        assert problem(send(desk, "mark", two, ana, other=one.id, **said)) == "other-case-unfit"
    assert moves(desk, two) == []
    assert told(send(desk, "mark", two, ana, other=one.id, name=NAME, lead=RABAT))["cases"] == 2


def test_a_case_is_of_one_campaign_at_a_time(desk: Desk) -> None:
    one, two, ana = desk.in_review(), desk.in_review(), desk.enrol(Role.ANALYST)
    first, second = begin(desk, one, ana), begin(desk, two, ana)
    assert problem(send(desk, "mark", one, ana, other=two.id)) == "other-case-unfit"
    assert problem(send(desk, "mark", one, ana, campaign=second)) == "other-case-unfit"
    for _ in range(2):
        assert send(desk, "leave", one, ana).status == 200
    assert [move for move, _ in moves(desk, one)] == ["same_campaign", "leave_campaign"]
    assert "campaign" not in desk.case(one, ana).document
    assert told(send(desk, "mark", one, ana, campaign=second))["cases"] == 2
    listed = {
        each["id"]: each["cases"] for each in desk.get("campaigns", ana).document["campaigns"]
    }
    assert listed == {first: 0, second: 2}


def test_an_officer_reads_cases_of_the_own_unit_and_counts_of_others(desk: Desk) -> None:
    own, other, waiting = desk.referred(RABAT), desk.referred(SALE), desk.in_review()
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    campaign = begin(desk, own, ana)
    for case in (other, waiting):
        send(desk, "mark", case, ana, campaign=campaign)
    page = desk.get(f"campaigns/{campaign}", omar)
    assert [each["id"] for each in page.document["cases"]] == [own.id]
    assert page.document["others"] == {SALE: 1, "desk": 1}
    assert other.id not in page.text
    assert waiting.id not in page.text
    assert other.id not in desk.case(own, omar).text
    trial = desk.enrol(Role.ANALYST, realm=Realm.TRIAL)
    assert problem(desk.get(f"campaigns/{campaign}", trial)) == "campaign-not-found"
    assert desk.get("campaigns", trial).document["campaigns"] == []


def test_an_officer_marks_cases_of_the_own_unit_and_learns_of_no_other(desk: Desk) -> None:
    own, other, omar = desk.referred(RABAT), desk.referred(SALE), desk.enrol(Role.OFFICER, RABAT)
    missing = send(desk, "mark", own, omar, other=other.id, name=NAME, lead=RABAT)
    assert problem(missing) == "case-not-found"
    assert problem(send(desk, "mark", other, omar, name=NAME, lead=RABAT)) == "case-not-found"
    assert send(desk, "mark", own, omar, name=NAME, lead=RABAT).status == 200
    assert moves(desk, other) == []


def test_who_leads_says_that_it_ended_and_another_unit_does_not(desk: Desk) -> None:
    own, other = desk.referred(RABAT), desk.referred(SALE)
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    sale = desk.enrol(Role.OFFICER, SALE)
    campaign = begin(desk, own, ana)
    send(desk, "mark", other, ana, campaign=campaign)
    ending: dict[str, Any] = {"name": NAME, "lead": RABAT, "ended": True}
    assert problem(send(desk, "change", other, sale, **ending)) == "not-allowed"
    ended = send(desk, "change", own, omar, **ending)
    assert told(ended)["ended_at"].startswith("2026-03-02T12:00")
    assert send(desk, "change", own, omar, **ending).document == ended.document
    assert moves(desk, own) == [("same_campaign", ana), ("campaign_changed", omar)]
    late = desk.in_review()
    assert problem(send(desk, "mark", late, ana, campaign=campaign)) == "illegal-move"
    again = send(desk, "change", own, ana, name="Faux colis", lead=SALE)
    assert "ended_at" not in told(again)
    assert (told(again)["name"], told(again)["lead"]) == ("Faux colis", SALE)
    assert told(send(desk, "mark", late, ana, campaign=campaign))["cases"] == 3
    assert problem(send(desk, "change", desk.in_review(), ana, **ending)) == "campaign-not-found"
    assert list(find_history_differences(desk.table, own.id)) == []


def test_a_campaign_that_ends_while_a_case_is_counted_takes_it_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, late, ana = desk.in_review(), desk.in_review(), desk.enrol(Role.ANALYST)
    campaign = begin(desk, first, ana)
    real = campaign_table.get_campaign

    def ended_meanwhile(*asked: Any) -> Any:
        monkeypatch.setattr(campaign_table, "get_campaign", real)
        known = real(*asked)
        send(desk, "change", first, ana, name=NAME, lead=RABAT, ended=True)
        return known

    monkeypatch.setattr(campaign_table, "get_campaign", ended_meanwhile)
    assert problem(send(desk, "mark", late, ana, campaign=campaign)) == "illegal-move"
    assert moves(desk, late) == []
    assert desk.get(f"campaigns/{campaign}", ana).document["campaign"]["cases"] == 1


def test_lists_of_campaigns_and_of_their_cases_go_on_page_by_page(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    cases = [desk.in_review() for _ in range(3)]
    names = {begin(desk, case, ana) for case in cases}
    found, query = set[str](), dict[str, str]()
    while True:
        page = desk.get("campaigns", ana, limit="2", **query).document
        found |= {each["id"] for each in page["campaigns"]}
        if "cursor" not in page:
            break
        query = {"cursor": page["cursor"]}
    assert found == names
    (campaign, *_), of_it = sorted(names), set[str]()
    for case in cases:
        send(desk, "leave", case, ana)
        send(desk, "mark", case, ana, campaign=campaign)
    query = {}
    while True:
        page = desk.get(f"campaigns/{campaign}", ana, limit="2", **query).document
        of_it |= {each["id"] for each in page["cases"]}
        if "cursor" not in page:
            break
        query = {"cursor": page["cursor"]}
    assert of_it == {case.id for case in cases}
    assert problem(desk.get("campaigns", ana, cursor="x")) == "not-valid"
    assert problem(desk.get("campaigns/K-1", ana)) == "campaign-not-found"


def test_an_erased_case_is_on_no_page_of_its_campaign(desk: Desk) -> None:
    case, other, ana = desk.in_review(), desk.in_review(), desk.enrol(Role.ANALYST)
    campaign = begin(desk, case, ana)
    send(desk, "mark", other, ana, campaign=campaign)
    for _ in erase_case(desk.table, desk.table.get_case(case.id), NOON):
        pass
    page = desk.get(f"campaigns/{campaign}", ana).document
    assert [each["id"] for each in page["cases"]] == [
        each.id for each in (case, other) if desk.table.get_case(each.id).status != "erased"
    ]
