"""The receipt a reporter keeps: as text, as a code for a camera, and on paper."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from local.system import System
from tests.e2e import qr
from tests.e2e.portal import Visitor, a_visitor

PAPER = ("h1", "#reference", "#receipt", ".qr", ".kept", ".steps")
SCREEN_ONLY = (".emergency", ".menu", ".languages", ".way-out", "footer", ".actions")


def sends(visitor: Visitor) -> tuple[str, str]:
    """Send a report; reference and receipt as they stand on the page."""
    visitor.answers_up_to("report.check")
    visitor.presses("report.send")
    return visitor.codes()


@pytest.mark.parametrize("colours", ["none", "active"])
def test_the_picture_and_the_text_of_a_receipt_say_the_same(
    browser: Browser, system: System, colours: str
) -> None:
    dark: dict[str, Any] = {"forced_colors": colours, "color_scheme": "dark"}
    with a_visitor(browser, system.origin, "ar", **dark) as visitor:
        codes = sends(visitor)
        picture = visitor.page.locator("svg.qr")
        path = str(picture.locator("path").get_attribute("d"))
        size = int(str(picture.get_attribute("viewBox")).split()[-1])
        assert qr.text_of(*qr.drawn(path, size)) == "\n".join(codes)
        # Dark on light with its margin in every colour scheme: a camera needs it.
        seen = picture.evaluate(
            "svg => [getComputedStyle(svg).backgroundColor,"
            " getComputedStyle(svg.querySelector('path')).fill]"
        )
        assert seen == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


def test_going_back_from_the_follow_up_page_shows_the_codes_again(
    browser: Browser, system: System
) -> None:
    with a_visitor(browser, system.origin, "fr") as visitor:
        codes = sends(visitor)
        visitor.presses("done.follow")
        visitor.sees("follow.status")
        visitor.page.go_back()
        assert visitor.codes() == codes
        expect(visitor.page.get_by_role("heading", level=1)).to_be_focused()
        visitor.page.go_forward()
        visitor.sees("follow.status")
        visitor.presses("follow.close")
        assert visitor.codes() == codes
        # Without a clipboard the codes are still there to be selected.
        visitor.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        visitor.presses("done.copy")
        expect(visitor.page.get_by_text(visitor.t("done.not_copied"))).to_be_visible()


def test_closing_the_receipt_too_early_loses_no_code(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        sends(visitor)
        visitor.page.reload()
        assert visitor.warned == 1, "they are on this page and nowhere else"
        visitor.page.context.grant_permissions(["clipboard-write"])
        sends(visitor)
        visitor.presses("done.copy")
        expect(visitor.page.get_by_text(visitor.t("done.copied"))).to_be_visible()
        visitor.page.reload()
        assert visitor.warned == 1, "they were copied"


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_printed_receipt_leaves_out_the_controls_of_the_screen(
    browser: Browser, system: System, language: str
) -> None:
    with a_visitor(browser, system.origin, language) as visitor:
        sends(visitor)
        page = visitor.page
        page.evaluate("window.print = () => { window.printed = true }")
        visitor.presses("done.print")
        assert page.evaluate("window.printed")
        page.emulate_media(media="print")
        for kept in PAPER:
            expect(page.locator(f"main {kept}").first).to_be_visible()
        for gone in SCREEN_ONLY:
            expect(page.locator(gone).first).to_be_hidden()
        sheets = re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4"))
        assert 1 <= len(sheets) <= 2
