"""The page of components: each in three languages and both themes, open to everybody, and
photographed into `build/photographs/` for people who look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.portal import MILLISECONDS, Visitor
from tests.shared import once
from tools.site.desk import DESK_LANGUAGE_ORDER
from tools.site.gallery import build_gallery
from tools.site.messages import ROOT

PHOTOGRAPHS = ROOT / "build" / "photographs"
THEMES = ("light", "dark")
SCREENS = {"screen": (1366, 768), "telephone": (390, 844)}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "gallery", build_gallery) / "index.html"


@pytest.fixture(params=DESK_LANGUAGE_ORDER)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opened(browser: Browser, gallery: Path, language: str) -> Iterator[Page]:
    """The page of components in a language; an error of its script is a failure."""
    profile = browser.new_context()
    profile.set_default_timeout(MILLISECONDS)
    page, wrong = profile.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{gallery.as_uri()}?lang={language}")
    page.get_by_role("main").wait_for()
    yield page
    assert wrong == []
    profile.close()


def rows(page: Page) -> Any:
    return page.get_by_role("table").first.locator("tbody tr[data-id]")


@pytest.mark.parametrize("theme", THEMES)
def test_every_component_passes_the_accessibility_checks(
    opened: Page, language: str, theme: Any
) -> None:
    visitor = Visitor(opened, "", language)
    opened.emulate_media(color_scheme=theme)
    assert visitor.violations() == []
    PHOTOGRAPHS.mkdir(parents=True, exist_ok=True)
    for name, (width, height) in SCREENS.items():
        opened.set_viewport_size({"width": width, "height": height})
        file = f"components-{language}-{theme}-{name}.png"
        opened.screenshot(path=PHOTOGRAPHS / file, full_page=True)
        wide = opened.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name}: the page is wider than the screen"
    opened.set_viewport_size({"width": 1366, "height": 768})
    opened.keyboard.press("Control+k")
    expect(opened.get_by_role("dialog")).to_be_visible()
    assert visitor.violations() == []


def test_the_table_is_worked_with_keys(opened: Page) -> None:
    table = opened.get_by_role("table").first
    second = rows(opened).nth(1)
    second.focus()
    opened.keyboard.press("ArrowDown")
    expect(rows(opened).nth(2)).to_be_focused()
    opened.keyboard.press("k")
    expect(rows(opened).nth(2).get_by_role("checkbox")).to_be_checked()
    opened.keyboard.press("Shift+ArrowDown")
    expect(table.get_by_role("checkbox", checked=True)).to_have_count(2)
    # Of 400 rows some are drawn; the last one comes when somebody goes there.
    assert rows(opened).count() < 100
    opened.keyboard.press("End")
    expect(opened.locator("tr:focus")).to_have_attribute("aria-rowindex", "403")
    assert rows(opened).count() < 100


def test_a_column_sorts_and_says_so(opened: Page) -> None:
    table = opened.get_by_role("table").first
    head = table.get_by_role("columnheader").nth(3)
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(rows(opened).first.get_by_role("cell").nth(2)).not_to_be_empty()


def test_a_row_that_may_not_be_ticked_says_why_and_stays_so(opened: Page) -> None:
    box = rows(opened).first.get_by_role("checkbox")
    expect(box).to_be_disabled()
    rows(opened).first.focus()
    opened.keyboard.press("k")
    expect(box).not_to_be_checked()
    assert box.get_attribute("title")


def test_a_menu_goes_by_arrows_and_gives_the_focus_back(opened: Page) -> None:
    button = opened.locator("[aria-haspopup=menu]").first
    button.focus()
    opened.keyboard.press("ArrowDown")
    items = opened.get_by_role("menu").locator("[role^=menuitem]")
    expect(items.first).to_be_focused()
    opened.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    opened.keyboard.press("Escape")
    expect(opened.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()


def test_the_palette_finds_by_letters_and_keeps_what_is_not_open(
    opened: Page, language: str
) -> None:
    opened.keyboard.press("Control+k")
    palette = opened.get_by_role("dialog")
    expect(palette.get_by_role("group")).to_have_count(2)
    asks = palette.get_by_role("option").nth(2)
    expect(asks).to_have_attribute("aria-disabled", "true")
    letters = {"ar": "سوال", "fr": "interog", "en": "ask"}[language]
    opened.keyboard.type(letters)
    expect(palette.get_by_role("option")).to_have_count(1)
    opened.keyboard.press("Enter")
    expect(palette).to_be_visible()
    opened.keyboard.press("Escape")
    expect(palette).to_have_count(0)
