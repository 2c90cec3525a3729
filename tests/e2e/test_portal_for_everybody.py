"""Every page for everybody: accessible, on any screen, within its budget, in their language."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from local.system import LocalSystem
from tests.e2e.people import People, a_report, eventually
from tests.e2e.portal import (
    BUT_COLOURS,
    COLOURS,
    FULL,
    RENDERED,
    STATIC,
    WALKED,
    WCAG,
    Visitor,
    a_visitor,
)
from tests.e2e.test_portal_figures import FOUNDING, SEPTEMBER, a_bilan
from tests.e2e.test_portal_follow import opens
from tools.site.build import BUILT
from tools.site.sizes import FIRST_PAGE, over_budget

CUT_OFF = """passed => {
    const small = document.documentElement.clientWidth;
    const cut = node => node.scrollWidth > node.clientWidth + 1
        && getComputedStyle(node).overflowX !== 'visible'
        && !node.matches('input, textarea');
    const beyond = ({left, right, width}) => width > 1 && (left < -1 || right > small + 1);
    return [...document.querySelectorAll('body *')]
        .filter(node => !node.closest(passed)
            && (cut(node) || beyond(node.getBoundingClientRect())))
        .map(node => `cut off: ${node.outerHTML.slice(0, 120)}`);
}"""
"""The elements outside a small screen, or in a box that scrolls sideways."""
PASSED = ".hidden-text, .skip, .emergency span, option"
"""Elements that are left out: out of sight, or drawn by the browser."""
FIGURES = ("", "figures/")
"""Pages that show the public figures."""
BUILT_UP = {*STATIC, *RENDERED} - {*FIGURES} | {"figures in short", "figures"}
"""The states right after a page was opened."""
LIGHT_LETTERS = "rgb(232, 237, 242)"
SHIFTED = """() => new Promise(told => {
    let sum = 0;
    const seen = shifts => shifts.getEntries().forEach(each => sum += each.value);
    new PerformanceObserver(seen).observe({type: 'layout-shift', buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => told(sum)));
})"""
"""The layout shifts of the page, added up (the cumulative layout shift is the worst of them)."""
MOST_SHIFTED = 0.05
PHONE: ViewportSize = {"width": 320, "height": 640}
DESK: ViewportSize = {"width": 1280, "height": 800}


def judged(visitor: Visitor, *, dark: bool) -> list[str]:
    """The faults of the open page in its colour schemes and on the smallest phone.

    An ordinary screen at 400 % has that width, so 200 % is covered. The letters alone may be
    twice as large there, too. Colours are the same in every language: no rule of the style
    sheets gives a language or a direction its own.
    """
    page, coloured = visitor.page, visitor.language == WALKED[-1]
    found = visitor.violations(WCAG if coloured or FULL else BUT_COLOURS)
    if coloured:
        page.emulate_media(forced_colors="active")
        found += [f"forced colours: {each}" for each in visitor.violations(COLOURS)]
        page.emulate_media(forced_colors="none")
    if coloured and dark:
        page.emulate_media(color_scheme="dark")
        found += [f"in the dark: {each}" for each in visitor.violations(COLOURS)]
        if page.evaluate("getComputedStyle(document.body).color") != LIGHT_LETTERS:
            found.append("in the dark: not written in light letters")
        page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    # A table of numbers may be scrolled where its letters are so large.
    found += cut_off(visitor, 32, f"{PASSED}, .scroll")
    found += cut_off(visitor, 16, PASSED)
    page.set_viewport_size(DESK)
    return found + cut_off(visitor, 16, PASSED)


def in_the_dark(name: str) -> bool:
    """Whether a state is looked at in the dark, too: each page as it opens, and the report."""
    return name in BUILT_UP or name.startswith("report.") or name == "done"


def cut_off(visitor: Visitor, letters: int, passed: str) -> list[str]:
    visitor.writes_letters_of(letters)
    cut = visitor.page.evaluate(CUT_OFF, passed)
    return [f"letters of {letters}: {each}" for each in cut]


@pytest.mark.parametrize("language", WALKED)
def test_every_page_passes_the_accessibility_checks_in_every_state_and_is_built_up_unmoved(
    browser: Browser, system: LocalSystem, people: People, language: str
) -> None:
    shown: dict[str, list[str]] = {}
    moved: dict[str, float] = {}
    with a_visitor(browser, system.origin, language, viewport=DESK) as visitor:
        for name in every_state(visitor, people):
            if name in BUILT_UP:
                moved[name] = visitor.page.evaluate(SHIFTED)
            shown[name] = judged(visitor, dark=in_the_dark(name))
    assert {name: each for name, each in shown.items() if each} == {}
    assert len(shown) > 40
    assert {name: each for name, each in moved.items() if each > MOST_SHIFTED} == {}
    assert moved.keys() == BUILT_UP


def every_state(visitor: Visitor, people: People) -> Iterator[str]:
    """Each page, and each thing a page can show, one after the other; its name once it is there."""
    for path in (*STATIC, *RENDERED):
        visitor.goes_to(path)
        visitor.page.locator("h1").wait_for()
        yield path
    yield from _figures(visitor)
    yield from _following(visitor, people)
    codes = yield from _reporting(visitor)
    yield from _plainly(visitor, *codes)
    for address in ("/nothing/", "/404.html"):
        visitor.page.goto(visitor.origin + address)
        yield address
    yield from _leaving(visitor)


def _figures(visitor: Visitor) -> Iterator[str]:
    page, told = visitor.page, a_bilan(*FOUNDING, unpublished=["2024-08"], reports_per_case=24.17)
    page.clock.set_fixed_time(SEPTEMBER)
    for name, path in (("figures in short", ""), ("figures", "figures/?from=2024-06&to=2024-08")):
        with answered(page, "**/v1/statistics*", 200, told):
            visitor.goes_to(path)
            page.locator("figure").first.wait_for()
        yield name
    page.locator("#to").select_option("2024-06")
    page.locator("#from").select_option("2024-08")
    visitor.presses("figures.show")
    page.locator(".summary:focus").wait_for()
    yield "figures of months in the wrong order"
    with answered(page, "**/v1/statistics*", 422, {}):
        visitor.goes_to("figures/")
        visitor.sees("figures.failed")
    yield "figures that do not arrive"
    page.clock.set_fixed_time(datetime.now(UTC))


def _following(visitor: Visitor, people: People) -> Iterator[str]:
    page = visitor.page
    visitor.goes_to("follow/")
    page.locator("form[novalidate]").wait_for()
    visitor.presses("follow.show")
    page.locator(".summary:focus").wait_for()
    yield "follow, nothing entered"
    visitor.writes("reference", "0" * 17)
    visitor.writes("receipt", "0" * 26)
    visitor.presses("follow.show")
    page.get_by_text(visitor.t("error.unknown_report")).first.wait_for()
    yield "follow, codes nobody knows"
    accepted = people.submit(a_report(language=visitor.language))
    people.ask(people.case_of(accepted), "أي رقم؟ 0661-23 45 67")
    for path in ("follow/", "follow"):
        opens(visitor, accepted, path=path)
        yield f"{path}, a question"
        visitor.page.locator(".post textarea").fill(" ")
        visitor.presses("follow.answer_send")
        page.locator(".summary").wait_for()
        yield f"{path}, an answer that is empty"
    opens(visitor, accepted, path="follow/")
    visitor.page.locator(".post textarea").fill("0661-23 45 67")
    visitor.presses("follow.answer_send")
    page.get_by_text(visitor.t("follow.answered")).wait_for()
    yield "follow, answered"


def _reporting(visitor: Visitor) -> Generator[str, None, tuple[str, str]]:
    """Each page of the report with its panels, errors, delays and end."""
    page = visitor.page
    visitor.goes_to("report/")
    visitor.sees("report.way")
    visitor.goes_on()
    page.locator(".summary:focus").wait_for()
    yield "nothing chosen"
    visitor.chooses("way")
    visitor.goes_on()
    visitor.sees("report.safety")
    yield "calm words first"
    visitor.goes_on()
    visitor.sees("report.narrative")
    yield "narrative and who is behind it"
    visitor.stands_at("report.start")
    visitor.chooses("category-sextortion")
    visitor.goes_on()
    visitor.sees("report.before")
    yield "calm words of a category"
    wrong = {
        "report.role": [],
        "report.narrative": [],
        "report.money": ["lost"],
        "report.place": ["place", "place-abroad"],
        "report.disclosure": ["disclosure-confidential", "disclosure-identified"],
    }
    for name in visitor.answering("0661-23 45 67 " + "x" * 400):
        for opened in wrong.get(name, []):
            visitor.chooses(opened)
            page.locator(".within select, .within input").first.wait_for()
            yield f"{name} {opened}"
        if name in wrong and name != "report.check":
            visitor.goes_on()
            page.locator(".summary:focus").wait_for()
            yield f"{name}, wrong"
        elif name == "report.safety":
            visitor.chooses("danger")
            yield name
            page.locator("#danger").uncheck()
        else:
            yield name
    with answered(page, "**/v1/reports", 503, {"retry_after": 1}):
        visitor.presses("report.send")
        page.get_by_text(visitor.t("report.retrying")).wait_for()
        yield "a bad network"
        visitor.need_not_wait_until(page.locator(".summary:focus").is_visible)
    yield "nothing could be sent"
    visitor.presses("report.send")
    codes = visitor.codes()
    page.locator("svg.qr").wait_for()
    yield "done"
    visitor.presses("done.follow")
    page.locator(".standing").wait_for()
    yield "follow, just sent"
    return codes


def _plainly(visitor: Visitor, reference: str, receipt: str) -> Iterator[str]:
    """The answers of the pages without JavaScript."""
    page = visitor.page
    visitor.goes_to("report/plain")
    visitor.sees("report.way")
    yield "plain, the ways in"
    visitor.presses("way.other")
    for heading, field_, text in (
        ("report.safety", "", ""),
        ("report.start", "category", ""),
        ("report.role", "role", ""),
        ("report.narrative", "narrative", "…"),
        ("report.locations", "value_1", "https://shop.example/x"),
        ("report.when", "day", "30"),
    ):
        visitor.sees(heading)
        yield f"plain, {heading}"
        if text:
            visitor.writes(field_, text)
        elif field_:
            visitor.chooses(field_)
        visitor.goes_on()
    page.locator(".summary").wait_for()
    yield "plain, an error"
    visitor.writes("day", "")
    visitor.goes_on()
    visitor.sees("report.money")
    page.locator("summary").first.click()
    yield "plain, two payments"
    visitor.goes_on()
    visitor.sees("report.place")
    page.locator("#territory").select_option("06.141")
    visitor.presses("report.communes")
    page.locator("#commune").wait_for()
    for folded in page.locator("form summary").all():
        folded.click()
    yield "plain, with its communes"
    visitor.goes_on()
    visitor.sees("report.disclosure")
    page.locator("#disclosure-identified").check()
    visitor.writes("full_name", "…")
    visitor.writes("email", "nobody@example.org")
    yield "plain, with a name"
    visitor.goes_on()
    visitor.sees("report.check")
    yield "plain, the check"
    visitor.goes_on()
    visitor.sees("done.title")
    yield "plain, done"
    visitor.goes_to("follow")
    visitor.writes("reference", reference)
    visitor.writes("receipt", receipt + "0")
    visitor.presses("follow.show")
    page.locator(".summary").wait_for()
    yield "plain follow, codes nobody knows"


def _leaving(visitor: Visitor) -> Iterator[str]:
    """The page of the way out, as it is seen when the other site is slow to come."""
    onward = visitor.t("site.exit_url")
    visitor.page.route(onward, lambda route: route.fulfill(status=204))
    with visitor.page.expect_request(onward):
        visitor.goes_to("exit/")
    visitor.page.get_by_role("link", name=visitor.t("site.exit_onward")).wait_for()
    yield "exit"
    visitor.page.unroute(onward)
    visitor.elsewhere.remove(onward)


@contextmanager
def answered(page: Page, address: str, status: int, body: Any) -> Iterator[None]:
    """Let calls of this address be answered so, for a while."""
    page.route(address, lambda route: route.fulfill(status=status, body=json.dumps(body)))
    try:
        yield
    finally:
        page.unroute(address)


def test_the_fixed_bar_never_covers_the_element_with_the_focus(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "ar", viewport=PHONE) as visitor:
        page = visitor.page
        visitor.stands_at("report.start")
        page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
        visitor.goes_on()
        page.locator(".summary:focus").wait_for()
        below = (
            "document.querySelector('.summary').getBoundingClientRect().top"
            " >= document.querySelector('.way-out').getBoundingClientRect().bottom"
        )
        eventually(lambda: page.evaluate(below), "the page has scrolled to the summary")
        assert page.title().startswith(visitor.t("error.title"))
        visitor.chooses("category")
        visitor.goes_on()
        visitor.sees("report.role")
        assert not page.title().startswith(visitor.t("error.title"))


@pytest.mark.parametrize("language", WALKED)
def test_nothing_moves_while_a_page_is_built_up_on_a_telephone(
    browser: Browser, system: LocalSystem, language: str
) -> None:
    moved: dict[str, float] = {}
    with a_visitor(browser, system.origin, language, viewport=PHONE) as visitor:
        page = visitor.page
        page.clock.set_fixed_time(SEPTEMBER)
        with answered(page, "**/v1/statistics*", 200, a_bilan(*FOUNDING)):
            for path in (*STATIC, *RENDERED):
                visitor.goes_to(path)
                page.locator("figure" if path in FIGURES else "h1").first.wait_for()
                moved[path] = page.evaluate(SHIFTED)
    assert {name: each for name, each in moved.items() if each > MOST_SHIFTED} == {}


def test_pages_stay_within_their_budget_over_the_wire(
    browser: Browser, system: LocalSystem
) -> None:
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
            assert 0 < sum(weights) <= FIRST_PAGE
    assert over_budget(BUILT) == []


def test_the_first_page_goes_on_to_the_language_of_the_browser(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "es", locale="es-ES") as visitor:
        visitor.page.goto(system.origin + "/")
        visitor.page.wait_for_url("**/es/")
        visitor.sees("home.title")


def test_an_unknown_address_shows_a_not_found_page_in_its_language(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        response = visitor.goes_to("nothing/")
        assert response is not None
        assert response.status == 404
        visitor.sees("site.not_found")
        expect(visitor.page.get_by_role("heading", level=2)).to_have_count(1)
        visitor.page.goto(f"{system.origin}/nothing/")
        expect(visitor.page.get_by_role("heading", level=2)).to_have_count(4)
