"""Find, own settings, and the pages of custodians, auditors and administrators, in a browser."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from casework.pack.jurisdiction import open_pack
from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem
from tests.builders import RABAT
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.lives import MOTIVE
from tests.e2e.people import People, a_phone, a_report

ADMIN = "Administrator of accounts"
DECISIONS = "/v1/desk/decisions?day="


@pytest.fixture(scope="module", autouse=True)
def _staff(system: LocalSystem) -> None:
    LocalStaff(system).ensure(demo_people({}))


def searches(analyst: Analyst, text: str, ground: str = "1") -> None:
    """Type a text, and say by a digit why."""
    analyst.page.locator("#sought").fill(text)
    analyst.presses("Enter", ground)


def test_a_case_is_found_by_four_keys_and_what_was_said(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    phone = a_phone()
    case_id = people.in_review(locations=[{"kind": "phone", "value": phone}])
    number = people.case(case_id).json()["number"]
    with at_the_desk(browser, system.origin, "ar", name="Second analyst") as analyst:
        asked: list[str] = []
        analyst.page.on("request", lambda request: asked.append(request.url))
        for text in (phone, number.replace("-", " ")):
            analyst.presses("f")
            searches(analyst, text)
            line = analyst.page.locator(".lines li")
            expect(line).to_have_count(1)
            expect(line).to_contain_text(number)
            analyst.presses("1")
            assert analyst.case() == case_id
            expect(analyst.page.locator(".facts-line")).to_contain_text(number)
        assert not [url for url in asked if phone[-6:] in url], "nothing of it is in an address"
        assert analyst.page.evaluate("localStorage.length + sessionStorage.length") == 0
        # A name is nothing that can be searched for: the page says what is, and keeps the words.
        analyst.presses("f")
        searches(analyst, "Karim Alaoui", "2")
        told = analyst.page.get_by_role("alert").filter(has_text=analyst.texts["find_kinds"])
        expect(told).to_be_visible()
        expect(analyst.page.locator("#sought")).to_have_value("Karim Alaoui")
        analyst.presses("Escape")
        expect(analyst.page.locator(".take")).to_be_visible()
        analyst.presses("f")
        searches(analyst, "0699999999", "2")
        expect(analyst.page.locator("main.find")).to_contain_text(analyst.texts["found_none"])
        analyst.presses("Escape", "Escape")
        expect(analyst.page.locator(".take")).to_be_visible()
        analyst.page.get_by_text(analyst.texts["decided_lately"]).click()


def test_settings_take_effect_and_stay_after_the_next_sign_in(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    name = "Second analyst"
    with at_the_desk(browser, system.origin, name=name) as analyst:
        analyst.page.get_by_role("button", name=analyst.texts["settings"]).click()
        for each in ("settings_cover", "settings_grey"):
            analyst.page.get_by_label(analyst.texts[each]).check()
            expect(analyst.page.get_by_role("dialog")).to_contain_text(
                analyst.texts["settings_saved"]
            )
        assert analyst.visitor.violations() == []
        analyst.presses("Escape")
    with at_the_desk(browser, system.origin, name=name) as analyst:
        expect(analyst.page.locator("html.grey")).to_have_count(1)
        analyst.opens(case_id)
        expect(analyst.page.locator(".covered")).to_be_visible()
        analyst.page.get_by_role("button", name=analyst.texts["settings"]).click()
        for each in ("settings_cover", "settings_grey"):
            analyst.page.get_by_label(analyst.texts[each]).uncheck()
        expect(analyst.page.locator("html.grey")).to_have_count(0)
        analyst.presses("Escape")


def asked_for(people: People, **report: Any) -> str:
    """A case of which the unit in Rabat asks for the reporter's identity."""
    accepted = people.submit(a_report(**report))
    case_id = people.take(accepted, RABAT)
    wish = {"report": accepted["reference"], "motive": MOTIVE}
    assert people.decide(case_id, "identity-requests", wish, "officer", RABAT).is_success
    return case_id


def outcome_of(people: People, case_id: str) -> str:
    told = people.call("GET", f"/v1/desk/cases/{case_id}/identity-requests", "officer", RABAT)
    return str(told.json()["requests"][0]["standing"])


def test_a_custodian_releases_and_refuses_with_a_reason(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = asked_for(people)
    with at_the_desk(browser, system.origin, "fr", name="Custodian") as custodian:
        asked = custodian.page.get_by_role("listitem").filter(has_text=case_id)
        asked.get_by_role("button", name=case_id).click()
        expect(asked).to_contain_text(MOTIVE)
        expect(asked).to_contain_text(custodian.texts["custody_left"])
        asked.get_by_role("button", name=custodian.texts["custody_refuse"]).click()
        expect(asked).to_contain_text(custodian.texts["custody_no_reason"])
        asked.get_by_label(custodian.texts["custody_reason"]).fill("Le motif est bien fondé.")
        asked.get_by_role("button", name=custodian.texts["custody_release"]).click()
        made = custodian.page.locator("ul.mine")
        expect(made).to_contain_text(case_id)
        expect(made).to_contain_text(custodian.texts["move_identity_released"])
        assert custodian.visitor.violations() == []
    assert outcome_of(people, case_id) == "released"


def test_a_custodian_decides_by_keys_and_danger_comes_first_while_the_page_is_open(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    calm = asked_for(people)
    with at_the_desk(browser, system.origin, "ar", name="Custodian") as custodian:
        lines = custodian.page.locator("main").get_by_role("listitem").filter(has_text=MOTIVE)
        expect(lines.filter(has_text=calm)).to_have_count(1)
        danger = asked_for(people, danger_now=True)
        first = lines.filter(has_text=danger)
        expect(first).to_contain_text(custodian.texts["danger_stated"])
        expect(lines.first).to_contain_text(custodian.texts["danger_stated"])
        for _ in range(lines.count()):
            if first.get_attribute("aria-current") != "true":
                custodian.presses("ArrowUp")
        custodian.presses("ArrowDown", "ArrowUp", "x")
        expect(first.get_by_role("alert")).to_have_text(custodian.texts["custody_no_reason"])
        custodian.page.keyboard.type("Le motif ne nomme aucun acte.")
        custodian.presses("Control+Enter")
        expect(first).to_have_count(0)
        assert custodian.visitor.violations() == []
    assert (outcome_of(people, danger), outcome_of(people, calm)) == ("refused", "asked")


def test_an_auditor_sees_the_verdict_first_and_who_searched(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    people.confirm(case_id)
    analyst = people.call("GET", "/v1/desk/me", "analyst").json()
    said = {"text": a_phone(), "ground": "prosecutor_asks"}
    assert people.call("POST", "/v1/desk/find", "analyst", json=said).is_success
    assert people.call("GET", "/v1/desk/queue", "analyst").is_success
    with at_the_desk(browser, system.origin, name="Auditor") as auditor:
        page, texts = auditor.page, auditor.texts
        number = people.case(case_id).json()["number"]
        page.get_by_label(texts["audit_case_label"]).fill(number.replace("-", " "))
        auditor.presses("Enter")
        verdict = page.locator(".verdict")
        expect(verdict).to_be_focused()
        expect(verdict).to_have_text(texts["audit_holds"])
        expect(page.locator(".facts-line .code")).to_have_text([case_id, number])
        today = open_pack("ma").facts.local_day(datetime.now(UTC)).isoformat()
        page.get_by_label(texts["audit_day_label"]).fill(today)
        day = page.get_by_role("list", name=texts["audit_day"])
        expect(day).to_contain_text(case_id)
        page.get_by_label(texts["audit_person_label"]).select_option(analyst["subject"])
        searched = page.locator("ul.entries li", has_text=texts["ground_prosecutor_asks"])
        expect(searched.first).to_be_visible()
        shown = page.locator("ul.entries li", has_text=texts["seen_read_queue"])
        expect(shown.first).to_contain_text(texts["audit_lines"].partition("{")[0])
        assert auditor.visitor.violations() == []

        def broken(route: Route) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, body=json.dumps({**answer.json(), "broken": 2}))

        page.route("**/v1/desk/history/*", broken)
        page.get_by_role("button", name=texts["audit_read"]).click()
        expect(page.locator(".verdict.broken")).to_have_text(
            texts["audit_broken"].replace("{n}", "2")
        )


def test_an_auditor_who_chooses_another_day_is_not_shown_the_late_answer_for_the_first(
    browser: Browser, system: LocalSystem
) -> None:
    at = {"2026-03-02": "C-0000-0000-0000-0000-1", "2026-03-03": "C-0000-0000-0000-0000-2"}
    late, day = at
    waiting: list[Route] = []

    def told(route: Route, of: str) -> None:
        one = {"at": f"{of}T11:00:00.000Z", "by": "somebody", "case": at[of], "event": 2}
        route.fulfill(json={"day": of, "decisions": [one], "people": {"somebody": "Sara"}})

    with at_the_desk(browser, system.origin, name="Auditor") as auditor:
        page = auditor.page
        page.route(f"**/v1/desk/decisions?day={late}", lambda route: waiting.append(route))
        page.route(f"**/v1/desk/decisions?day={day}", lambda route: told(route, day))
        field = page.get_by_label(auditor.texts["audit_day_label"])
        with page.expect_request(f"**/v1/desk/decisions?day={late}"):
            field.fill(late)
        field.fill(day)
        shown = page.get_by_role("list", name=auditor.texts["audit_day"])
        expect(shown).to_contain_text(at[day])
        with page.expect_event("requestfinished", lambda each: each.url.endswith(late)):
            told(waiting.pop(), late)
        # Another answer is read behind it: by then the late one was, too.
        page.evaluate("path => fetch(path).then(answer => answer.json())", DECISIONS + day)
        expect(shown).to_contain_text(at[day])
        expect(shown).not_to_contain_text(at[late])
