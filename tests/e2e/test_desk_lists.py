"""The lists of cases at the desk: narrowed by filters, and kept as views under names."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Browser, Request, expect

from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.desk_screens import HARD
from tests.e2e.people import People
from tests.e2e.portal import COLOURS

RABAT = "pj-04-421"
SEVERE = "child_sexual_exploitation"


@pytest.fixture(scope="module", autouse=True)
def _staff(system: LocalSystem) -> None:
    LocalStaff(system).ensure(demo_people({}))


def reads_all(person: Analyst) -> None:
    """Read the list in front to its end: other tests of this system left cases, too."""
    more = person.page.get_by_role("button", name=person.texts["more"])
    told = person.page.locator("main.list:not([aria-busy=true]) > [role=status].hint")
    told.wait_for()
    for page in range(1, 10):
        if not more.count():
            return
        before = told.inner_text()
        more.click()
        expect(told).not_to_have_text(before)
        assert page < 9, "the list has an end"


def listed(person: Analyst, case_id: str) -> int:
    return person.page.locator(f'main.list [data-case="{case_id}"]').count()


def test_an_analyst_narrows_the_list_and_finds_the_view_again_by_its_digit(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    severe, colleagues = (people.in_review(category=SEVERE, narrative=HARD) for _ in range(2))
    other = people.in_review()
    key = {"Idempotency-Key": str(uuid.uuid4())}
    hold = f"/v1/desk/cases/{colleagues}/hold"
    assert people.call("POST", hold, "analyst", headers=key).is_success
    with at_the_desk(browser, system.origin, "fr", name="Second analyst") as analyst:
        page, texts = analyst.page, analyst.texts
        kept = page.locator(".views button[aria-pressed]")
        analyst.presses("y")
        expect(page.locator("main.list h1")).to_have_text(texts["room_list"])
        reads_all(analyst)
        assert [listed(analyst, each) for each in (severe, colleagues, other)] == [1, 1, 1]
        page.locator("#list-category").select_option(SEVERE)
        page.get_by_role("checkbox", name=texts["list_free"]).check()
        assert [listed(analyst, each) for each in (severe, colleagues, other)] == [1, 0, 0]
        page.get_by_role("button", name=texts["view_save"]).click()
        page.get_by_label(texts["view_name"]).fill("Libres, <b>enfants</b>")
        assert analyst.visitor.violations(COLOURS) == []
        analyst.presses("Enter")
        expect(kept).to_have_text("1 Libres, <b>enfants</b>")
        expect(kept).to_have_attribute("aria-pressed", "true")
        assert page.url.endswith("#list"), "no address names what somebody looks for"
        # Back from a case the list is as it was left.
        page.locator(f'[data-case="{severe}"] .link').first.click()
        assert analyst.case() == severe
        page.locator("main.case .trail button").click()
        expect(kept).to_have_attribute("aria-pressed", "true")
        analyst.presses("Escape")
        expect(kept).to_have_attribute("aria-pressed", "false")
        expect(page.locator("#list-category")).to_have_value("")
        # It is kept for another day, and by another machine.
        page.reload()
        expect(kept).to_be_visible()
        analyst.presses("1")
        reads_all(analyst)
        expect(kept).to_have_attribute("aria-pressed", "true")
        assert [listed(analyst, each) for each in (severe, colleagues, other)] == [1, 0, 0]
        page.get_by_role("button", name=texts["view_delete"]).click()
        expect(kept).to_have_count(0)
        page.reload()
        page.locator("main.list:not([aria-busy=true])").wait_for()
        expect(kept).to_have_count(0)
    released = {"Idempotency-Key": str(uuid.uuid4())}
    assert people.call("DELETE", hold, "analyst", headers=released).is_success


def test_a_supervisor_narrows_the_list_of_a_unit_to_what_waits_for_its_answer(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    waiting, held = people.published(), people.held(RABAT)
    asked: list[Request] = []
    with at_the_desk(browser, system.origin, "en", name="Supervisor") as sara:
        page, texts = sara.page, sara.texts
        page.on("request", lambda each: asked.append(each) if "/queue?" in each.url else None)
        page.get_by_role("link", name=texts["room_list"]).click()
        page.locator("#list-of").select_option(f"unit:{RABAT}")
        reads_all(sara)
        assert [listed(sara, each) for each in (waiting, held)] == [1, 1]
        page.locator("#list-status").select_option("published")
        assert [listed(sara, each) for each in (waiting, held)] == [1, 0]
        page.get_by_role("checkbox", name=texts["list_late"]).check()
        assert [listed(sara, each) for each in (waiting, held)] == [0, 0]
        page.get_by_role("button", name=texts["list_clear"]).click()
        assert [listed(sara, each) for each in (waiting, held)] == [1, 1]
        # What has not changed meanwhile is not sent again.
        page.locator("#list-of").select_option("waiting")
        page.locator("main.list:not([aria-busy=true])").wait_for()
        with page.expect_request("**/v1/desk/queue?of=waiting*"):
            page.clock.fast_forward("01:01")
        assert "if-none-match" in asked[-1].headers


def test_a_view_whose_list_is_gone_says_so_and_is_deleted(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    people.settle("supervisor", {"views": [{"name": "Former unit", "of": "unit:pj-99-999"}]})
    with at_the_desk(browser, system.origin, "en", name="Supervisor") as sara:
        page, texts = sara.page, sara.texts
        sara.presses("y")
        page.locator("main.list:not([aria-busy=true])").wait_for()
        sara.presses("1")
        told = page.get_by_role("alert").filter(has_text=texts["view_unknown"])
        expect(told).to_contain_text("Former unit")
        expect(page.locator("#list-of")).to_have_value("waiting")
        told.get_by_role("button", name=texts["view_delete"]).click()
        expect(told).to_have_count(0)
        expect(page.locator(".views button[aria-pressed]")).to_have_count(0)
    settings = people.call("GET", "/v1/desk/me", "supervisor").json()["settings"]
    assert settings["views"] == []
