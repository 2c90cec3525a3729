"""Each way into the report, walked on a small phone: how long it is, and what it asks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect

from local.system import LocalSystem
from tests.e2e.people import eventually
from tests.e2e.portal import LANGUAGES, LONG, a_draft, a_visitor
from tests.e2e.walks import SMALL, Walk


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_blackmailed_sends_a_report_in_eight_screens_and_twelve_taps(
    browser: Browser, system: LocalSystem, language: str
) -> None:
    with a_visitor(browser, system.origin, language, **SMALL) as visitor:
        walk = Walk(visitor)
        walk.opens("way.blackmailed")
        walk.sees("report.safety")
        walk.ticks("minor")
        walk.goes_on()
        walk.sees("report.narrative")
        walk.types("narrative", "…")
        walk.types("value-1", "@somebody")
        walk.goes_on()
        walk.sees("report.money")
        walk.ticks("lost-no")
        walk.goes_on()
        walk.sees("report.place")
        walk.goes_on()
        walk.sees("report.disclosure")
        walk.ticks("disclosure")
        walk.goes_on()
        walk.sees("report.check")
        walk.goes_on()
        visitor.codes()
    assert walk.faults == []
    assert len(walk.screens) <= 8
    assert walk.taps <= 12


def test_somebody_cheated_sends_a_report_in_nine_screens_and_sixteen_taps(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "fr", **SMALL) as visitor:
        walk = Walk(visitor)
        walk.opens("way.cheated")
        walk.sees("report.safety")
        walk.goes_on()
        walk.sees("report.narrative")
        walk.types("narrative", "…")
        walk.types("value-1", "0661234567")
        walk.goes_on()
        walk.sees("report.money")
        walk.ticks("lost")
        walk.types("amount-1", "3500 DH")
        walk.picks("means-1", "bank_transfer")
        walk.types("account-1", "007 780 0001234567890123 45")
        walk.goes_on()
        walk.sees("report.place")
        walk.goes_on()
        walk.sees("report.disclosure")
        walk.ticks("disclosure")
        walk.goes_on()
        walk.sees("report.check")
        expect(visitor.page.get_by_text("3.500 MAD")).to_be_visible()
        walk.goes_on()
        visitor.codes()
    assert walk.faults == []
    assert len(walk.screens) <= 9
    assert walk.taps <= 16


def test_a_witness_is_not_asked_about_money(browser: Browser, system: LocalSystem) -> None:
    with a_visitor(browser, system.origin, "es", **SMALL) as visitor:
        walk = Walk(visitor)
        walk.opens("way.other")
        walk.sees("report.safety")
        walk.goes_on()
        walk.sees("report.start")
        walk.ticks("category-terrorism")
        walk.goes_on()
        walk.sees("report.role")
        walk.ticks("role-witness")
        walk.goes_on()
        walk.sees("report.narrative")
        walk.types("narrative", "…")
        walk.goes_on()
        for heading in ("report.locations", "report.when", "report.place"):
            walk.sees(heading)
            walk.goes_on()
        walk.sees("report.disclosure")
        walk.ticks("disclosure")
        walk.goes_on()
        walk.sees("report.check")
        expect(visitor.page.get_by_text(visitor.t("report.money"))).to_have_count(0)
        with visitor.page.expect_request("**/v1/reports") as sent:
            walk.goes_on()
        visitor.codes()
    assert walk.faults == []
    assert "money_lost" not in (sent.value.post_data_json or {})


def test_a_category_is_reported_from_its_own_words(browser: Browser, system: LocalSystem) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        visitor.goes_to("categories/")
        visitor.page.locator("#terrorism").get_by_role("link").click()
        visitor.sees("report.safety")
        visitor.goes_on()
        visitor.sees("report.start")
        expect(visitor.page.locator("#category-terrorism")).to_be_checked()


def test_help_is_shown_at_the_first_word_of_despair_for_the_country_that_is_named(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "fr", **SMALL) as visitor:
        page = visitor.page
        visitor.goes_to("report/#1")
        visitor.sees("report.safety")
        shown = page.locator(".services li")
        expect(shown).to_have_count(0)
        visitor.chooses("despair")
        visitor.chooses("minor")
        expect(shown.first).to_contain_text("2511")
        expect(page.get_by_text("StopNCII")).to_have_count(0)  # for adults
        page.locator("#where").select_option("ES")
        expect(shown.first).to_contain_text("017")
        page.locator("#where").select_option("-")
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text("Take It Down")
        assert visitor.violations() == []


def test_back_and_a_change_of_language_keep_the_answers_and_nothing_else(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "fr") as visitor:
        page = visitor.page
        visitor.answers_up_to("report.when", narrative="ce qui s'est passé")
        page.go_back()
        visitor.sees("report.locations")
        expect(page.locator("#value-1")).to_have_value("https://shop.example/x")
        page.go_back()
        visitor.sees("report.narrative")
        expect(page.locator("#narrative")).to_have_value("ce qui s'est passé")
        for heading in ("report.locations", "report.when"):
            page.go_forward()
            visitor.sees(heading)
        visitor.dates("day", "2026-1-15")
        page.get_by_role("link", name="Español").click()
        visitor.language = "es"
        visitor.sees("report.when")
        expect(page.locator("#day-year")).to_have_value("2026")
        assert visitor.stored()["session"] == 0
        page.get_by_role("link", name=visitor.t("report.back"), exact=True).click()
        visitor.sees("report.locations")
        expect(page.locator("#value-1")).to_have_value("https://shop.example/x")
        # What was not asked to stay is gone with the page.
        assert visitor.warned == 0
        page.reload()
        assert visitor.warned == 1
        visitor.sees("report.way")


def test_a_draft_stays_in_the_tab_only_where_it_is_wanted_and_for_an_hour(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "ar") as visitor:
        page = visitor.page

        def kept(what: str) -> None:
            holds = f"(sessionStorage.report ?? '').includes('{what}')"
            eventually(lambda: page.evaluate(holds), "the draft is written")

        def comes_back_to(heading: str) -> None:
            page.reload()
            visitor.sees(heading)

        visitor.stands_at("report.narrative")
        visitor.chooses("stay")
        visitor.writes("narrative", "سر")
        kept("سر")
        comes_back_to("report.narrative")
        expect(page.locator("#narrative")).to_have_value("سر")
        assert visitor.warned == 0

        # After an hour, any page of the site removes it. Here no script writes it once more.
        page.goto(f"{system.origin}/robots.txt")
        page.evaluate(
            "sessionStorage.report = JSON.stringify({...JSON.parse(sessionStorage.report),"
            " at: Date.now() - 3_600_001})"
        )
        visitor.goes_to("categories/")
        assert visitor.stored()["session"] == 0

        visitor.answers_up_to("report.check")
        visitor.page.go_back()
        visitor.sees("report.disclosure")
        visitor.chooses("stay")
        visitor.goes_on()
        visitor.sees("report.check")
        kept("answers")
        written = page.evaluate("JSON.parse(sessionStorage.report).what")
        walked = a_draft("report.check", "…")
        assert written["mark"]["step"] == walked["mark"]["step"]
        # So the other tests may stand at a page without walking there.
        assert written["answers"].items() >= walked["answers"].items()
        comes_back_to("report.check")
        visitor.presses("report.send")
        visitor.codes()
        assert visitor.stored()["session"] == 0

        # Nor is what was typed last written behind the way out, while a slow network holds it up.
        visitor.stands_at("report.narrative")
        visitor.chooses("stay")
        kept("answers")
        onward = visitor.t("site.exit_url")
        page.route(f"{onward}**", lambda route: route.fulfill(body="weather"))
        held: list[Route] = []
        page.route("**/exit/", lambda route: held.append(route))
        page.clock.install()
        visitor.writes("narrative", "سر")
        page.locator("#exit").click()
        page.clock.fast_forward(LONG)
        page.wait_for_url(f"{onward}**")
        visitor.elsewhere.clear()  # leaving was asked for
        page.goto(f"{system.origin}/robots.txt")
        assert visitor.stored()["session"] == 0
