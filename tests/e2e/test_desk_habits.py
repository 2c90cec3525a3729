"""What people at the desk expect without thinking: holds that end, settings that stay, a break."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem
from tests.e2e.desk import at_the_desk
from tests.e2e.people import People, eventually
from tests.e2e.portal import COLOURS


@pytest.fixture(scope="module", autouse=True)
def _staff(system: LocalSystem) -> None:
    LocalStaff(system).ensure(demo_people({}))


def test_a_case_opened_by_its_link_is_given_back_to_others_when_its_reader_goes_back(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin, "fr", name="Second analyst") as analyst:
        analyst.opens(case_id)
        assert people.case(case_id).json().get("hold"), "nobody else decides meanwhile"
        analyst.page.locator("main.case .trail button").click()
        expect(analyst.page.locator("main.work")).to_be_visible()
        eventually(lambda: not people.case(case_id).json().get("hold"), "it is given back")


def test_letters_that_were_switched_off_in_the_help_stay_off_and_a_break_is_offered(
    browser: Browser, system: LocalSystem
) -> None:
    with at_the_desk(browser, system.origin, "ar", name="Second analyst") as analyst:
        page, texts = analyst.page, analyst.texts
        analyst.presses("?")
        with page.expect_response("**/v1/desk/me/settings"):
            page.get_by_role("checkbox", name=texts["keys_on"]).click()
        page.reload()
        expect(page.locator("main.work")).to_be_visible()
        analyst.presses("f")
        expect(page.locator("main.work.find")).to_have_count(0)
        page.get_by_role("button", name=texts["settings"]).click()
        switch = page.get_by_role("checkbox", name=texts["settings_letters"])
        expect(switch).to_be_checked()
        with page.expect_response("**/v1/desk/me/settings"):
            switch.click()
        page.get_by_role("button", name=texts["close"]).click()
        expect(page.get_by_text(texts["break_offered"])).to_have_count(0)
        page.clock.fast_forward("51:00")
        expect(page.get_by_text(texts["break_offered"])).to_be_visible()
        page.get_by_role("button", name=texts["break_again"]).click()
        expect(page.get_by_text(texts["break_offered"])).to_have_count(0)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_every_page_is_in_reach_of_a_thumb_without_scrolling(
    browser: Browser, system: LocalSystem, language: str
) -> None:
    with at_the_desk(browser, system.origin, language, name="Supervisor") as sara:
        page, texts = sara.page, sara.texts
        page.set_viewport_size({"width": 320, "height": 640})
        rail = page.get_by_role("navigation", name=texts["rooms"], exact=True)
        assert rail.evaluate("it => it.scrollWidth <= it.clientWidth")
        page.get_by_role("button", name=texts["rail_more"], exact=True).click()
        page.get_by_role("menuitem", name=texts["room_samples"]).click()
        expect(page.locator("main h1")).to_have_text(texts["room_samples"])
        assert sara.visitor.violations() == []
        page.get_by_role("button", name=texts["rail_more"], exact=True).click()
        page.get_by_role("menuitem", name=texts["settings"]).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.get_by_role("button", name=texts["close"]).click()


def test_a_supervisor_reads_the_requests_for_identities_on_a_page_of_the_desk(
    browser: Browser, system: LocalSystem
) -> None:
    with at_the_desk(browser, system.origin, "en", name="Supervisor") as sara:
        sara.page.get_by_role("link", name=sara.texts["room_custody"]).click()
        expect(sara.page.get_by_text(sara.texts["custody_hint"])).to_be_visible()
        assert sara.visitor.violations(COLOURS) == []
        sara.page.get_by_role("link", name=sara.texts["work"], exact=True).click()
        expect(sara.page.locator(".take")).to_be_visible()


def test_two_open_pages_of_a_person_keep_the_settings_of_each_other(
    browser: Browser, system: LocalSystem
) -> None:
    with at_the_desk(browser, system.origin, "en", name="Second analyst") as analyst:
        first, texts = analyst.page, analyst.texts
        second = first.context.new_page()
        second.goto(first.url)
        # Both pages know the settings as they were before either of them changed one.
        for page in (first, second):
            page.get_by_role("button", name=texts["settings"]).click()
        switches = ((first, "settings_cover"), (second, "settings_grey"))
        for page, name in switches:
            page.get_by_role("checkbox", name=texts[name]).click()
            expect(page.get_by_text(texts["settings_saved"])).to_be_visible()
        expect(second.get_by_role("checkbox", name=texts["settings_cover"])).to_be_checked()
        first.reload()
        first.get_by_role("button", name=texts["settings"]).click()
        for _, name in switches:
            switch = first.get_by_role("checkbox", name=texts[name])
            expect(switch).to_be_checked()
            with first.expect_response("**/v1/desk/me/settings"):
                switch.click()
        first.get_by_role("button", name=texts["close"]).click()
        second.close()
