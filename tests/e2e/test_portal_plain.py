"""The essential way works without JavaScript, in as many steps as with it."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Browser, Frame, Page, expect
from playwright.sync_api import Error as PlaywrightError

from casework.aws.table import keys
from local.system import LocalSystem
from tests.e2e import qr
from tests.e2e.people import People, eventually
from tests.e2e.portal import LANGUAGES, a_visitor
from tests.e2e.walks import SMALL, Walk


class PlainWalk(Walk):
    """A reporter who taps where no script runs."""

    def opens(self, way: str) -> None:
        super().opens(way)
        # The page of the form leads on by itself to the one without a script, which asks the way.
        self.sees("report.way")
        self.visitor.page.get_by_role("button", name=self.visitor.t(way), exact=True).tap()
        self.taps += 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_blackmailed_needs_no_more_screens_and_taps_without_javascript(
    browser: Browser, system: LocalSystem, language: str
) -> None:
    with a_visitor(browser, system.origin, language, java_script_enabled=False, **SMALL) as visitor:
        walk = PlainWalk(visitor)
        walk.opens("way.blackmailed")
        walk.sees("report.safety")
        walk.ticks("minor")
        walk.goes_on()
        walk.sees("report.narrative")
        walk.types("narrative", "…")
        walk.types("value_1", "@somebody")
        walk.goes_on()
        for heading in ("report.money", "report.place"):
            walk.sees(heading)
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


def test_the_whole_way_works_without_javascript(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    with a_visitor(
        browser,
        system.origin,
        "fr",
        java_script_enabled=False,
        viewport={"width": 320, "height": 700},
    ) as visitor:
        page = visitor.page
        visitor.goes_to("report/")
        visitor.sees("report.way")
        assert page.url == f"{system.origin}/fr/report/plain"
        visitor.presses("way.cheated")
        visitor.sees("report.safety")
        visitor.presses("report.back")
        visitor.sees("report.way")
        visitor.presses("way.cheated")
        visitor.goes_on()
        visitor.sees("report.narrative")
        narrative = "\nUne boutique <b>fictive</b>\nne livre jamais."
        visitor.writes("narrative", narrative)
        visitor.writes("value_1", "https://boutique.example/a?b=1&c=2")
        page.locator("#kind_1").select_option("url")
        visitor.goes_on()
        visitor.sees("report.money")
        visitor.writes("amount_1", "1 500,50")
        page.locator("#amount_1").press("Enter")
        visitor.sees("report.place")
        page.locator("#territory").select_option("06.141")
        visitor.presses("report.communes")
        expect(page.locator("#commune")).to_be_focused()
        page.locator("#commune").select_option(index=3)
        commune = page.locator("#commune option:checked").inner_text()
        visitor.goes_on()
        visitor.sees("report.disclosure")
        page.locator("#disclosure").check()
        expect(page.locator("#email")).to_be_hidden()
        page.locator("#disclosure-confidential").check()
        visitor.writes("email", "personne")
        page.locator("#email").press("Enter")
        expect(page.locator(".summary a")).to_have_text(visitor.t("error.email"))
        assert page.title().startswith(visitor.t("error.title"))
        expect(page.locator("#email-error")).to_have_text(visitor.t("error.email"))
        visitor.writes("email", "personne@example.org")
        page.locator("#email").press("Enter")
        visitor.sees("report.check")
        for shown in (narrative, "https://boutique.example/a?b=1&c=2", "personne@example.org"):
            expect(page.locator("bdi.typed", has_text=shown.strip())).to_be_visible()
        expect(page.get_by_text(commune)).to_be_visible()
        # Each answer is changed from here, and a change of language keeps them.
        page.get_by_role("button", name="Español").click()
        visitor.language = "es"
        visitor.sees("report.check")
        page.locator("button[value=narrative]").click()
        expect(page.locator("#narrative")).to_have_value(narrative)
        page.get_by_role("button", name="Français").click()
        visitor.language = "fr"
        visitor.goes_on()
        visitor.sees("report.check")
        assert page.url == f"{system.origin}/fr/report/plain"
        visitor.presses("plain.send")
        reference, receipt = visitor.codes()
        path = str(page.locator("svg.qr path").get_attribute("d"))
        address = page.locator(".address").inner_text()
        assert address == f"{system.origin}/fr/follow/"
        assert qr.text_of(*qr.drawn(path, 41)) == f"{address}#{reference}"
        assert page.title().startswith(visitor.t("plain.title"))
        visitor.goes_to("follow/")
        visitor.writes("reference", reference.lower())
        visitor.writes("receipt", receipt)
        visitor.presses("follow.show")
        visitor.sees("follow.status")
        expect(page.locator(".standing")).to_be_visible()
        assert reference not in page.url
        visitor.goes_to("follow")
        visitor.writes("reference", reference)
        visitor.writes("receipt", str(uuid.uuid4()))
        visitor.presses("follow.show")
        expect(page.locator(".summary a")).to_have_text(visitor.t("error.unknown_report"))
    assert "boutique" in people.narrative_of(reference)
    assert "contact_box" in people.item(keys.report_key(reference))


def shows_no_step_before(page: Page) -> None:
    """Chromium has not kept the step before, and would have to send it again."""

    def asks() -> bool:
        try:
            page.go_back()
        except PlaywrightError as error:  # also while a page is taken down: then once more
            return "ERR_CACHE_MISS" in error.message
        raise AssertionError("the browser kept a step")

    def stands() -> bool:
        page.wait_for_timeout(50)  # the driver hears of pages only while it waits
        return page.url.startswith("chrome-error:")

    eventually(asks, "the browser asks before it sends the step again")
    eventually(stands, "its own page is there")


def test_the_browsers_own_back_shows_the_step_before_without_a_question(
    browser: Browser, system: LocalSystem
) -> None:
    """Chromium asks before it sends a form again; the driver reports that question as an error."""

    def fails(frame: Frame) -> bool:
        return frame.url.startswith("chrome-error:")

    with a_visitor(browser, system.origin, "fr", java_script_enabled=False, **SMALL) as visitor:
        page = visitor.page
        visitor.goes_to("report/plain")
        visitor.answers_plainly("Une boutique qui ne livre jamais.")
        for heading in ("report.disclosure", "report.place", "report.money", "report.narrative"):
            page.go_back()
            visitor.sees(heading)
        # What was written and chosen is where it was; a line of its own is kept by no browser.
        expect(page.locator("#narrative")).to_have_value("Une boutique qui ne livre jamais.")
        for heading in ("report.money", "report.place", "report.disclosure"):
            page.go_forward()
            visitor.sees(heading)
        expect(page.locator("#disclosure")).to_be_checked()

        # A mistake is a page like others.
        page.locator("#disclosure-confidential").check()
        visitor.goes_on()
        expect(page.locator(".summary")).to_be_visible()
        page.go_back()
        page.go_forward()
        expect(page.locator(".summary")).to_be_visible()
        page.locator("#disclosure").check()
        visitor.goes_on()
        visitor.sees("report.check")

        # The network goes while the report is sent: the step before is still there.
        page.context.set_offline(True)
        with page.expect_event("framenavigated", fails):
            visitor.presses("plain.send")
        page.context.set_offline(False)
        page.go_back()
        visitor.sees("report.disclosure")
        expect(page.locator("#disclosure")).to_be_checked()
        visitor.goes_on()
        with page.expect_response("**/exit/sent.svg"):
            visitor.presses("plain.send")
        visitor.codes()
        shows_no_step_before(page)  # the receipt emptied the browser's cache

        # So does the way out in the middle of a report.
        visitor.goes_to("report/plain")
        visitor.answers_plainly("Une boutique qui ne livre jamais.")
        chromium = page.context.new_cdp_session(page)
        chromium.send("Network.enable")
        # A route of the driver would put the cache out of use.
        onward = {"urlPattern": "https://*.wikipedia.org/*", "block": True}
        chromium.send("Network.setBlockedURLs", {"urlPatterns": [onward]})
        with page.expect_event("framenavigated", fails):
            page.locator("#exit").click()
        shows_no_step_before(page)
        visitor.elsewhere.clear()  # leaving was asked for
        visitor.complaints.clear()
