"""Take the pictures in docs/screens/ of a running system: `python -m tools.screens`, or with the
word `portal` those of the portal alone.

First start a system with `make run`. The tool sends invented reports. The figures are those that
`make bilan` computed from its synthetic reports; without them their pictures stay as they are.
The desk shows what waits there: send more by `make demo` first.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from casework.aws.services import sign_in
from casework.pack.jurisdiction import open_pack
from harness.bilan.composition import FIRST_MONTH, LAST_MONTH
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.portal import Visitor, a_browser, a_visitor
from tools.site.messages import ROOT

SCREENS_FOLDER: Final = ROOT / "docs" / "screens"
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 800},
    "device_scale_factor": 1.5,
}
DESK_VIEWPORT: Final[dict[str, Any]] = {"viewport": {"width": 1100, "height": 800}}
KEPT_SCREENS: Final = {
    "ar": {"home", "report", "payments", "receipt", "follow", "figures"},
    "fr": {"home", "urgent", "check", "receipt", "figures"},
    "en": {"home", "plain"},
    "es": {"home", "receipt"},
}
"""A few pages, each with its own content."""
PORTAL_SCREEN_SETUPS: Final = (
    ("ar", PHONE, "light"),
    ("fr", DESK_VIEWPORT, "light"),
    ("en", DESK_VIEWPORT, "dark"),
    ("es", PHONE, "dark"),
)
"""The languages of the portal, each with its device and theme."""
SHOWN_CHARTS: Final = {"ar": "figures.technology", "fr": "figures.by_region"}
"""The chart whose picture is taken."""
SEAT: Final = "tpi-rabat"
AT_THE_DESK: Final = {"ar": "dark", "fr": "light"}
"""The languages of the pictures of a case, with their themes."""
DESK_SCREENS: Final = (
    ("glance", "ar", "light", "First analyst", "glance"),
    ("duty", "en", "dark", "Second analyst", "duty"),
    ("board", "en", "light", "Supervisor", "board"),
    ("find", "fr", "light", "Supervisor", "find"),
    ("custodian", "fr", "light", "Custodian", ""),
    ("auditor", "en", "light", "Auditor", ""),
    ("admin", "en", "light", "Administrator of accounts", ""),
    ("unit", "fr", "light", f"Officer, {open_pack('ma').units['pj-01-051'].names['fr']}", ""),
    ("prosecutor", "ar", "light", f"Prosecutor, {open_pack('ma').courts[SEAT].names['fr']}", ""),
)
"""Pictures of the desk's other pages: name, language, theme, demo person, and the end of the
address."""
ON_A_TELEPHONE: Final = (
    ("duty", "ar", "dark", "Second analyst", "duty"),
    ("glance", "fr", "light", "First analyst", "glance"),
)
"""The pages of whoever is on call at night, likewise."""
LONG_ENOUGH: Final = 200
"""Characters of a narrative."""
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
    SCREENS_FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = a_browser(playwright)
        for language, size, scheme in PORTAL_SCREEN_SETUPS:
            device = {**size, "color_scheme": scheme}
            _pages(browser, origin, language, device)
            if language in SHOWN_CHARTS and BILAN.is_file():
                _figures(browser, origin, language, device)
        if sys.argv[1:] != ["portal"]:
            for language, scheme in AT_THE_DESK.items():
                _desk(browser, origin, language, scheme)
            _rooms(browser, origin, DESK_SCREENS, "desk")
            _rooms(browser, origin, ON_A_TELEPHONE, "telephone", **PHONE)
        browser.close()


def _rooms(
    browser: Browser, origin: str, rooms: Iterable[Sequence[str]], begins: str, **device: Any
) -> None:
    for name, language, scheme, person, at in rooms:
        with at_the_desk(
            browser, origin, language, person, color_scheme=scheme, **device
        ) as somebody:
            somebody.page.goto(f"{origin}{sign_in.DESK_PAGE_PATH}?lang={language}#{at}")
            somebody.page.locator("main:not([aria-busy=true])").wait_for()
            somebody.page.wait_for_load_state("networkidle")
            if name == "auditor":
                _audit(somebody)
            _shoot(somebody.visitor, name, room=begins)


def _audit(auditor: Analyst) -> None:
    """The history of the case that was decided on last today."""
    today = open_pack("ma").facts.local_day(datetime.now(UTC)).isoformat()
    auditor.page.get_by_label(auditor.texts["audit_day_label"]).fill(today)
    auditor.page.locator("ul.mine button").first.click()
    auditor.page.locator(".verdict").wait_for()
    auditor.page.evaluate("scrollTo(0, 0)")


def _pages(browser: Browser, origin: str, language: str, device: dict[str, Any]) -> None:
    with a_visitor(browser, origin, language, **device) as visitor:
        visitor.goes_to("")
        _take(visitor, "home")
        visitor.goes_to("urgent/")
        _take(visitor, "urgent")
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
    if "plain" not in KEPT_SCREENS[language]:
        return
    with a_visitor(browser, origin, language, java_script_enabled=False, **device) as visitor:
        visitor.goes_to("report/plain")
        visitor.presses("way.cheated")
        visitor.goes_on()
        visitor.sees("report.narrative")
        _shoot(visitor, "plain")


def _figures(browser: Browser, origin: str, language: str, device: dict[str, Any]) -> None:
    """The figures of the replayed months, which the running system does not have."""
    public = json.dumps(json.loads(BILAN.read_text(encoding="utf-8"))["public"])
    with a_visitor(browser, origin, language, **device) as visitor:
        visitor.page.route(
            "**/v1/statistics*",
            lambda route: route.fulfill(body=public, content_type="application/json"),
        )
        visitor.goes_to(f"figures/?from={FIRST_MONTH}&to={LAST_MONTH}")
        chart = visitor.page.get_by_role(
            "table", name=visitor.t(SHOWN_CHARTS[language]), exact=True
        )
        chart.evaluate("node => node.scrollIntoView({block: 'start', behavior: 'instant'})")
        _shoot(visitor, "figures")


def _desk(browser: Browser, origin: str, language: str, scheme: str) -> None:
    """An analyst's case, of those whose words are not covered, and fill the page."""
    with at_the_desk(browser, origin, language, color_scheme=scheme) as analyst:
        if scheme == "light":
            analyst.page.locator("table.counts").wait_for()
            analyst.page.wait_for_load_state("networkidle")
            _shoot(analyst.visitor, "work", room="desk")
        analyst.presses("Enter")
        case_id = analyst.case()
        told = analyst.page.locator(".report > .told")
        while not told.count() or len(told.first.inner_text()) < LONG_ENOUGH:
            analyst.presses("s")
            case_id = analyst.case(other_than=case_id)
        analyst.page.wait_for_load_state("networkidle")
        _shoot(analyst.visitor, "case", room="desk")


def _take(visitor: Visitor, name: str) -> None:
    if name not in KEPT_SCREENS[visitor.language]:
        return
    visitor.page.evaluate("scrollTo(0, 0)")
    _shoot(visitor, name)


def _shoot(visitor: Visitor, name: str, room: str = "") -> None:
    begins = f"{room}-" if room else ""
    file: Path = SCREENS_FOLDER / f"{begins}{visitor.language}-{name}.jpg"
    visitor.page.screenshot(path=file, type="jpeg", quality=70)


if __name__ == "__main__":
    main()
