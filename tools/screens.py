"""Take the pictures in docs/screens/ of a running system: `python -m tools.screens`.

First start a system with `make run`. The tool sends invented reports. The figures are those that
`make bilan` computed from its synthetic reports; without them their pictures stay as they are.
The desk shows what waits there: send more by `make demo` first.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from bilan.composition import FIRST_MONTH, LAST_MONTH
from casework.aws.services import sign_in
from casework.pack.jurisdiction import open_pack
from tests.e2e.desk import at_the_desk
from tests.e2e.portal import Visitor, a_browser, a_visitor
from tools.site.messages import ROOT

SCREENS: Final = ROOT / "docs" / "screens"
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 800},
    "device_scale_factor": 1.5,
}
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1100, "height": 800}}
KEPT: Final = {
    "ar": {"home", "report", "payments", "receipt", "follow", "figures"},
    "fr": {"home", "check", "receipt", "figures"},
    "en": {"home"},
    "es": {"home", "receipt"},
}
"""A few pages, each with its own content."""
SHOWN: Final = {"ar": "figures.technology", "fr": "figures.by_region"}
"""The chart whose picture is taken."""
AT_THE_DESK: Final = {"ar": "dark", "fr": "light"}
"""The languages of the pictures of a case, with their themes."""
ROOMS: Final = (
    ("glance", "ar", "light", "First analyst", "glance"),
    ("duty", "en", "dark", "Second analyst", "duty"),
    ("board", "en", "light", "Supervisor", "board"),
    ("find", "fr", "light", "Supervisor", "find"),
    ("custodian", "fr", "light", "Custodian", ""),
    ("auditor", "en", "light", "Auditor", ""),
    ("admin", "en", "light", "Administrator of accounts", ""),
    ("unit", "fr", "light", f"Officer, {open_pack('ma').units['pj-01-051'].names['fr']}", ""),
)
"""Pictures of the desk's other pages: name, language, theme, demo person, and the end of the
address."""
BILAN: Final = ROOT / "build" / "bilan.json"
TOLD: Final = {
    "ar": "شخص يطلب مني المال ويهدد بنشر صوري.",
    "fr": "Une page vend des téléphones qui n'arrivent jamais.",
    "en": "A page sells telephones that never arrive.",
    "es": "Una página vende teléfonos que nunca llegan.",
}


def main() -> None:
    """Take all pictures, from right to left and from left to right."""
    origin = f"http://127.0.0.1:{os.environ.get('PORT', '8080')}"
    SCREENS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = a_browser(playwright)
        for language, device in (("ar", PHONE), ("fr", DESK), ("en", DESK), ("es", PHONE)):
            _pages(browser, origin, language, device)
            if language in SHOWN and BILAN.is_file():
                _figures(browser, origin, language, device)
        for language, scheme in AT_THE_DESK.items():
            _desk(browser, origin, language, scheme)
        for name, language, scheme, person, at in ROOMS:
            with at_the_desk(browser, origin, language, person, color_scheme=scheme) as somebody:
                somebody.page.goto(f"{origin}{sign_in.PAGE}?lang={language}#{at}")
                somebody.page.locator("main:not([aria-busy=true])").wait_for()
                somebody.page.wait_for_load_state("networkidle")
                _shoot(somebody.visitor, name, room="desk")
        browser.close()


def _pages(browser: Browser, origin: str, language: str, device: dict[str, Any]) -> None:
    with a_visitor(browser, origin, language, **device) as visitor:
        visitor.goes_to("")
        _take(visitor, "home")
        visitor.answers_up_to("report.role", TOLD[language])
        visitor.page.go_back()
        visitor.sees("report.start")
        _take(visitor, "report")
        visitor.answers_up_to("report.money", TOLD[language])
        visitor.chooses("lost")
        visitor.writes("amount-1", "1500")
        visitor.page.get_by_role("button", name=visitor.t("report.add_loss")).click()
        _take(visitor, "payments")
        visitor.answers_up_to("report.check", TOLD[language])
        _take(visitor, "check")
        visitor.presses("report.send")
        visitor.codes()
        visitor.page.locator("svg.qr").wait_for()
        _take(visitor, "receipt")
        visitor.presses("done.follow")
        visitor.page.locator(".standing").wait_for()
        _take(visitor, "follow")


def _figures(browser: Browser, origin: str, language: str, device: dict[str, Any]) -> None:
    """The figures of the replayed months, which the running system does not have."""
    public = json.dumps(json.loads(BILAN.read_text(encoding="utf-8"))["public"])
    with a_visitor(browser, origin, language, **device) as visitor:
        visitor.page.route(
            "**/v1/statistics*",
            lambda route: route.fulfill(body=public, content_type="application/json"),
        )
        visitor.goes_to(f"figures/?from={FIRST_MONTH}&to={LAST_MONTH}")
        chart = visitor.page.get_by_role("table", name=visitor.t(SHOWN[language]), exact=True)
        chart.evaluate("node => node.scrollIntoView({block: 'start', behavior: 'instant'})")
        _shoot(visitor, "figures")


def _desk(browser: Browser, origin: str, language: str, scheme: str) -> None:
    """An analyst's case, of those whose words are not covered."""
    with at_the_desk(browser, origin, language, color_scheme=scheme) as analyst:
        if scheme == "light":
            analyst.page.locator("table.counts").wait_for()
            _shoot(analyst.visitor, "work", room="desk")
        analyst.presses("Enter")
        case_id = analyst.case()
        while analyst.page.locator(".covered").count():
            analyst.presses("s")
            case_id = analyst.case(other_than=case_id)
        analyst.page.wait_for_load_state("networkidle")
        _shoot(analyst.visitor, "case", room="desk")


def _take(visitor: Visitor, name: str) -> None:
    if name not in KEPT[visitor.language]:
        return
    visitor.page.evaluate("scrollTo(0, 0)")
    _shoot(visitor, name)


def _shoot(visitor: Visitor, name: str, room: str = "") -> None:
    begins = f"{room}-" if room else ""
    file: Path = SCREENS / f"{begins}{visitor.language}-{name}.jpg"
    visitor.page.screenshot(path=file, type="jpeg", quality=70)


if __name__ == "__main__":
    main()
