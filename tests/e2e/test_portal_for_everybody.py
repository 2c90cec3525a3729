"""Every page for everybody: accessible, on any screen, within its budget, in their language."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from local.system import System
from tests.e2e.portal import LANGUAGES, RENDERED, STATIC, Visitor, a_visitor
from tools.site import build


@pytest.mark.parametrize("colours", ["none", "active"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible(
    browser: Browser, system: System, language: str, colours: str
) -> None:
    found: dict[str, list[str]] = {}
    with a_visitor(browser, system.origin, language, forced_colors=colours) as visitor:
        for path in (*STATIC, *RENDERED):
            visitor.goes_to(path)
            visitor.page.locator("h1").wait_for()
            found[path] = visitor.violations()
        found |= walk_accessibly(visitor)
    assert {path: each for path, each in found.items() if each} == {}


def walk_accessibly(visitor: Visitor) -> dict[str, list[str]]:
    """Each page of the report, with what opens on it, its errors, and the end."""
    found: dict[str, list[str]] = {}
    visitor.goes_to("report/")
    visitor.sees("report.start")
    visitor.goes_on()
    visitor.page.locator(".summary:focus").wait_for()
    found["an error"] = visitor.violations()
    opens = {
        "report.money": "lost",
        "report.place": "place",
        "report.disclosure": "disclosure-identified",
    }
    for name in visitor.answering():
        if name in opens:
            visitor.chooses(opens[name])
            visitor.page.locator(".within select, .within input").first.wait_for()
        found[name] = visitor.violations()
    visitor.presses("report.send")
    codes = visitor.codes()
    found["done"] = visitor.violations()
    visitor.presses("done.follow")
    visitor.page.locator(".standing").wait_for()
    found["follow"] = visitor.violations()
    return found | walk_plainly_accessibly(visitor, *codes)


def walk_plainly_accessibly(visitor: Visitor, reference: str, receipt: str) -> dict[str, list[str]]:
    """What the pages without JavaScript show once something was sent to them."""
    found: dict[str, list[str]] = {}
    visitor.goes_to("report/plain")
    visitor.page.locator("#territory").select_option("06.141")
    visitor.presses("report.communes")
    visitor.page.locator("#commune").wait_for()
    visitor.page.locator("summary").first.click()
    found["plain, with its communes"] = visitor.violations()
    visitor.goes_to("follow")
    visitor.writes("reference", reference)
    visitor.writes("receipt", receipt)
    visitor.presses("follow.show")
    visitor.sees("follow.status")
    visitor.writes("addition", " ")
    visitor.presses("follow.add_send")
    visitor.page.locator(".summary").wait_for()
    found["plain follow, an error"] = visitor.violations()
    return found


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_nothing_is_cut_off_on_a_small_phone_or_at_double_size(
    browser: Browser, system: System, language: str
) -> None:
    for width, zoom in ((320, 1), (640, 2)):
        context = {"viewport": {"width": width // zoom, "height": 500}, "device_scale_factor": zoom}
        with a_visitor(browser, system.origin, language, **context) as visitor:
            for path in (*STATIC, *RENDERED):
                visitor.goes_to(path)
                wide = visitor.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width // zoom, path


def test_pages_stay_within_their_budget_over_the_wire(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "ar") as visitor:
        weights: list[int] = []
        visitor.page.on(
            "requestfinished",
            lambda request: weights.append(request.sizes()["responseBodySize"]),
        )
        for path in ("", "report/"):
            weights.clear()
            visitor.goes_to(path)
            visitor.page.wait_for_load_state("networkidle")
            assert 0 < sum(weights) <= build.FIRST_PAGE
    assert build.over_budget(build.BUILT) == []


def test_the_first_page_goes_on_to_the_language_of_the_browser(
    browser: Browser, system: System
) -> None:
    with a_visitor(browser, system.origin, "es", locale="es-ES") as visitor:
        visitor.page.goto(system.origin + "/")
        visitor.page.wait_for_url("**/es/")
        visitor.sees("home.title")


def test_an_address_that_is_no_page_says_so_in_every_language(
    browser: Browser, system: System
) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        response = visitor.goes_to("nothing/")
        assert response is not None
        assert response.status == 404
        visitor.sees("site.not_found")
