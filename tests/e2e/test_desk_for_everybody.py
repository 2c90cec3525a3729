"""Every screen of the desk for everybody: by its rules, in the dark, and on a telephone at night.

Each state is seen in a language of each direction, in each theme, and each of these languages in
each theme. `make test FULL=1` looks at every state in every theme of every language.
"""

from __future__ import annotations

import os
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from casework.aws.services import sign_in
from local.staff import LocalStaff
from local.system import LocalSystem
from tests.e2e.desk import DESK, at_the_desk
from tests.e2e.desk_screens import LANGUAGES, WALKS, Cases, Seat, everybody
from tests.e2e.people import People
from tests.e2e.portal import Visitor, a_visitor

FULL: Final = bool(os.environ.get("FULL"))
WALKED: Final = LANGUAGES if FULL else ("ar", "fr")
THEMES: Final[tuple[dict[str, Any], ...]] = (
    {"color_scheme": "light", "forced_colors": "none"},
    {"color_scheme": "dark", "forced_colors": "none"},
    {"color_scheme": "light", "forced_colors": "active"},
)
TELEPHONES: Final = (320, 390)
"""Widths of small telephones, in pixels."""
TOUCHED: Final = 44
"""The least width and height of what a finger presses there, in pixels."""
DRAWN: Final = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))"
NARROW: Final = """least => {
    const wide = [], small = [], mirrored = [], page = document.documentElement;
    const seen = {visibilityProperty: true, opacityProperty: true};
    const name = node =>
        `${node.tagName}.${node.className} ${node.textContent.trim().slice(0, 40)}`;
    if (page.scrollWidth > innerWidth) {
        for (const node of document.querySelectorAll('body *')) {
            const {left, right} = node.getBoundingClientRect();
            if (right > innerWidth + 1 || left < -1) wide.push(name(node));
        }
        wide.push(`the page, ${page.scrollWidth} wide`);
    }
    for (const node of document.querySelectorAll(
        'a, button, summary, select, textarea, .switch, .tick, .filter, ' +
        'input:not(.switch *, .tick *, .filter *)'
    )) {
        const {width, height} = node.getBoundingClientRect();
        const fits = width >= least - .5 && height >= least - .5;
        if (!fits && node.checkVisibility(seen) && !node.closest('.skip, .hidden-text'))
            small.push(`${name(node)}: ${Math.round(width)} x ${Math.round(height)}`);
    }
    for (const node of document.querySelectorAll('body *:not(svg, svg *)'))
        if (getComputedStyle(node).transform.startsWith('matrix(-1')) mirrored.push(name(node));
    return [...wide.slice(-4), ...small, ...mirrored];
}"""
"""What is wider than the page, what is too small to be touched, and words that are mirrored."""


@pytest.fixture(scope="module")
def cases(system: LocalSystem, people: People) -> Cases:
    LocalStaff(system).ensure(everybody())
    return Cases.of(people)


@pytest.mark.parametrize(("name", "walk"), WALKS, ids=[walk.__name__ for _, walk in WALKS])
def test_every_state_passes_the_accessibility_checks_and_fits_a_telephone(
    browser: Browser, system: LocalSystem, cases: Cases, name: str, walk: Any
) -> None:
    found: dict[str, list[str]] = {}
    with at_the_desk(browser, system.origin, WALKED[0], name) as person:
        for language in WALKED:
            person.visitor.language = language
            for number, state in enumerate(walk(Seat(person, cases))):
                found |= looked_at(person.visitor, state, number)
        person.page.emulate_media(**THEMES[0])
        person.visitor.language = WALKED[0]  # the browser's own, in which it signs out
        Seat(person, cases).goes_to("")
    assert {where: each for where, each in found.items() if each} == {}


def test_the_way_in_is_for_everybody_too(browser: Browser, system: LocalSystem) -> None:
    found: dict[str, list[str]] = {}
    with a_visitor(browser, system.origin, WALKED[0], **DESK) as visitor:
        for language in WALKED:
            visitor.language = language
            for number, why in enumerate(("", "&signin=refused", "&signin=over")):
                visitor.page.goto(f"{system.origin}{sign_in.DESK_PAGE_PATH}?lang={language}{why}")
                visitor.page.locator("main.plain a.button").wait_for()
                found |= looked_at(visitor, f"way in{why}", number)
    assert {where: each for where, each in found.items() if each} == {}


def looked_at(visitor: Visitor, state: str, number: int) -> dict[str, list[str]]:
    """What is wrong with the page in front, by its theme and by the width of a telephone."""
    page, found = visitor.page, {}
    for theme in themes(number, visitor.language):
        page.emulate_media(**theme)
        found[f"{state}, {visitor.language}, {theme}"] = visitor.violations()
    for width in TELEPHONES:
        found[f"{state}, {visitor.language}, {width} wide"] = fits(page, width)
    page.set_viewport_size(DESK["viewport"])
    return found


def themes(number: int, language: str) -> tuple[dict[str, Any], ...]:
    """Of a state, by its number: one theme in the first language, the others in the last one; every
    theme where time does not matter."""
    if FULL:
        return THEMES
    first = THEMES[number % len(THEMES)]
    return (first,) if language == WALKED[0] else tuple(each for each in THEMES if each != first)


def fits(page: Page, width: int) -> list[str]:
    """What a telephone of this width could not show or a finger could not press."""
    page.set_viewport_size({"width": width, "height": 640})
    page.evaluate(DRAWN)  # what stands in another place there is drawn after the next frame
    found: list[str] = page.evaluate(NARROW, TOUCHED)
    return found
