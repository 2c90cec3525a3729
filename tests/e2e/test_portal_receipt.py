"""The receipt a reporter keeps: as text, as a code for a camera, and on paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, expect

from casework.pack.jurisdiction import open_pack
from local.system import LocalSystem
from tests.e2e import qr
from tests.e2e.portal import LANGUAGES, Visitor, a_visitor

PAPER = ("h1", "#reference", "#receipt", ".qr", ".kept", ".address", ".bank", ".steps")
FORCED: tuple[Literal["none", "active"], ...] = ("none", "active")
SCREEN_ONLY = (".emergency", ".menu", ".languages", ".way-out", "footer", ".actions")


PAID: dict[str, Any] = {
    "lost": "yes",
    "losses": [
        {
            "id": 1,
            "amount": "1500",
            "currency": "MAD",
            "means": "",
            "paidOn": "",
            "account": "007 780 0001234567890123 45",
        }
    ],
}
"""Answers of who paid."""


def sends(visitor: Visitor) -> tuple[str, str]:
    """Send a report of a payment; reference and receipt as they stand on the page."""
    visitor.stands_at("report.check", **PAID)
    visitor.presses("report.send")
    return visitor.codes()


def test_the_picture_and_the_text_of_a_receipt_open_the_follow_up_with_its_reference(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "fr", color_scheme="dark") as visitor:
        page = visitor.page
        reference, receipt = sends(visitor)
        picture = page.locator("svg.qr")
        path = str(picture.locator("path").get_attribute("d"))
        size = int(str(picture.get_attribute("viewBox")).split()[-1])
        # The reference is no secret; the receipt stands in no address.
        followed = f"{system.origin}/fr/follow/"
        assert qr.text_of(*qr.drawn(path, size)) == f"{followed}#{reference}"
        expect(page.locator(".address")).to_have_text(followed)
        # Dark on light with its margin in every colour scheme: a camera needs it.
        for colours in FORCED:
            page.emulate_media(forced_colors=colours)
            seen = picture.evaluate(
                "svg => [getComputedStyle(svg).backgroundColor,"
                " getComputedStyle(svg.querySelector('path')).fill]"
            )
            assert seen == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"], colours
        bank = page.locator(".bank")
        expect(bank).to_contain_text("1.500 MAD")
        expect(bank).to_contain_text("007 780 0001234567890123 45")
        expect(bank).to_contain_text(reference)
        expect(bank).not_to_contain_text(receipt)
        page.goto(f"{followed}#{reference}")
        expect(page.locator("#reference")).to_have_value(reference)
        assert reference not in page.url
        visitor.writes("receipt", receipt)
        visitor.presses("follow.show")
        visitor.sees("follow.status")
        expect(page.locator(".standing")).to_be_visible()


def test_a_reporter_abroad_reads_the_countrys_clocks_and_how_far_they_are_from_utc(
    browser: Browser, system: LocalSystem
) -> None:
    """The device is a day ahead, and its own zones may be older than the country's last change."""
    zone = open_pack("ma").facts.zone
    with a_visitor(browser, system.origin, "fr", timezone_id="Pacific/Kiritimati") as visitor:
        began = datetime.now(UTC)
        sends(visitor)
        shown = visitor.page.locator("dl").get_by_text("UTC").inner_text()
        told = re.search(r"(\d+) \S+ (\d{4}) à (\d\d:\d\d) (UTC[+-]\d\d:\d\d)$", shown)
        assert told is not None, shown
        here = [at.astimezone(zone) for at in (began, datetime.now(UTC))]
        assert told.groups() in [
            (str(at.day), str(at.year), f"{at:%H:%M}", f"UTC{at.isoformat()[-6:]}") for at in here
        ]


def test_going_back_from_the_follow_up_page_shows_the_codes_again(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "fr") as visitor:
        codes = sends(visitor)
        receipt = visitor.page.locator("dd#receipt")
        visitor.presses("done.follow")
        visitor.sees("follow.timeline")
        expect(receipt).to_have_text(codes[1])
        visitor.page.go_back()
        assert visitor.codes() == codes
        expect(visitor.page.get_by_role("heading", level=1)).to_be_focused()
        # They may not have been noted yet: they stay in sight beside the files, too.
        visitor.presses("done.files")
        visitor.page.locator("#files").wait_for()
        expect(receipt).to_have_text(codes[1])
        expect(receipt).to_be_in_viewport()
        assert visitor.violations() == []
        visitor.page.go_back()
        assert visitor.codes() == codes
        visitor.presses("done.follow")
        visitor.sees("follow.status")
        visitor.page.go_back()
        assert visitor.codes() == codes
        visitor.page.go_forward()
        visitor.sees("follow.status")
        visitor.presses("follow.close")
        assert visitor.codes() == codes
        # Without a clipboard the codes are still there to be selected.
        visitor.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        visitor.presses("done.copy")
        expect(visitor.page.get_by_text(visitor.t("done.not_copied"))).to_be_visible()


def test_closing_the_receipt_too_early_loses_no_code(browser: Browser, system: LocalSystem) -> None:
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printed_receipt_leaves_out_the_controls_of_the_screen(
    browser: Browser, system: LocalSystem, language: str
) -> None:
    with a_visitor(browser, system.origin, language) as visitor:
        sends(visitor)
        page = visitor.page
        with page.expect_download() as saved:
            visitor.presses("done.save")
        picture = saved.value.path().read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 5_000
        page.evaluate("window.print = () => { window.printed = true }")
        visitor.presses("done.print")
        assert page.evaluate("window.printed")
        page.emulate_media(media="print")
        for kept in PAPER:
            expect(page.locator(f"main {kept}").first).to_be_visible()
        for gone in SCREEN_ONLY:
            expect(page.locator(gone).first).to_be_hidden()
        sheets = re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4"))
        assert len(sheets) == 1
