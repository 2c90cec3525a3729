"""An analyst in front of the desk, in a browser profile of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from casework.aws.services import sign_in
from tests.e2e.portal import Visitor, a_visitor
from tests.e2e.signed_in import SignedIn
from tools.site import desk

TEXTS: dict[str, dict[str, str]] = {
    code: each["texts"] for code, each in desk.desk_texts_by_language().items()
}
LANGUAGE_NAMES = {code: each["language"] for code, each in desk.desk_texts_by_language().items()}
UNDO_SECONDS = 5
DESK: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
ARABIC = {"KeyC": "ؤ", "KeyX": "ء", "KeyU": "ع", "Digit1": "١"}
AZERTY = {"KeyX": "x", "Digit2": "é"}
"""What the keyboards write, by the place of the key. AZERTY has digits with Shift only."""


@dataclass
class Analyst:
    """Who sits there, and what they see."""

    visitor: Visitor

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def texts(self) -> dict[str, str]:
        return TEXTS[self.visitor.language]

    def case(self, other_than: str = "") -> str:
        """The id of the case in front, once there is one that is not this one."""
        heading = self.page.locator("main.case h1 .code")
        heading.wait_for()
        if other_than:
            expect(heading).not_to_have_text(other_than)
        return heading.inner_text()

    def opens(self, case_id: str) -> None:
        """Open a case by its address."""
        address = f"{self.visitor.origin}{sign_in.DESK_PAGE_PATH}?lang={self.visitor.language}"
        self.page.goto("about:blank")
        self.page.goto(f"{address}#{case_id}")
        assert self.case() == case_id
        held = self.texts["held_for"].partition("{")[0]
        expect(self.page.locator(".facts-line")).to_contain_text(held)

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def picks(self, case_id: str) -> None:
        """Open a case from the table in front."""
        row = self.page.locator(f'main tr[data-id="{case_id}"]')
        row.get_by_role("rowheader").get_by_role("button").click()

    def presses_on(self, keyboard: dict[str, str], code: str) -> None:
        """A key as this keyboard sends it."""
        self.page.evaluate(
            """([key, code]) => document.activeElement.dispatchEvent(
                new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true}))""",
            [keyboard[code], code],
        )

    def cannot_undo(self, seconds: int = UNDO_SECONDS) -> None:
        """Let the seconds pass in which what was done last can be undone, or some of them."""
        self.is_told("undo")
        self.page.clock.fast_forward(1_000 * seconds)

    def lets_it_hold(self) -> None:
        """Let these seconds pass, and hear that the decision holds."""
        self.cannot_undo()
        self.is_told("done")

    def confirms(self) -> None:
        """Confirm what is shown, also where the bar asks again about what was not in sight."""
        self.presses("c")
        again = self.page.locator(".owed")
        if again.count():
            self.presses("Enter")

    def begins(self, act: str, **named: str) -> None:
        """Choose an act by its name; `named` is what its name is about."""
        label = self.texts[act].format(**named)
        self.presses("Control+k")
        palette = self.page.get_by_role("dialog", name=self.texts["acts"])
        palette.get_by_role("combobox").fill(label)
        named_so = palette.get_by_role("option").filter(
            has=self.page.get_by_text(label, exact=True)
        )
        expect(named_so.first).to_be_visible()
        named_so.first.click()
        expect(palette).to_have_count(0)

    def chooses(self, *digits: str) -> None:
        """Choose by digits, one question after the other."""
        for digit in digits:
            self.page.locator(".opened kbd", has_text=re.compile(f"^{digit}$")).wait_for()
            asked = self.page.locator(".opened > p:first-child").inner_text()
            self.presses(digit)
            expect(self.page.locator(".opened > p:first-child")).not_to_have_text(asked)

    def enters(self, act: str) -> None:
        """Send the form in front, and hear that it holds."""
        self.page.locator(".opened [type=submit]").click()
        expect(self.page.locator("main").get_by_role("status")).to_contain_text(self.texts[act])
        assert self.page.locator(".opened").count() == 0

    def is_told(self, key: str) -> None:
        """Wait for a line about a decision on its way."""
        expect(self.page.locator(".tray").get_by_text(self.texts[key]).first).to_be_visible()


def signs_in(page: Page, texts: dict[str, str], name: str) -> None:
    """Sign in as a demo person, from the page with the button on."""
    page.get_by_role("link", name=texts["sign_in"]).click()
    page.get_by_role("heading", name="Sign in", exact=True).wait_for()
    page.wait_for_load_state()
    # Where the page lists many people they are folded up, and what is folded up has no role.
    button = page.get_by_role("button", name=name, exact=True, include_hidden=True)
    opened = page.locator("details:not([open])", has=button)
    if opened.count():
        opened.locator("summary").click()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url(f"**{sign_in.DESK_PAGE_PATH}*")


def signs_out(page: Page, texts: dict[str, str]) -> None:
    """Sign out, by the menu of the person."""
    own_menu(page).click()
    page.get_by_role("menuitem", name=texts["sign_out"]).click()


def speaks(page: Page, language: str) -> None:
    """Show the page in another language, by the menu of the person; `language` is its own name."""
    own_menu(page).click()
    page.get_by_role("menuitemradio", name=language).click()


def own_menu(page: Page) -> Locator:
    """The button with the name of who is signed in, which opens languages, theme and the way
    out."""
    return page.get_by_role("banner").locator("[aria-haspopup=menu]")


def comes_back_as(profile: BrowserContext, origin: str, name: str) -> None:
    """Give a profile the session of a demo person, as after a sign-in by the pages.

    It costs half of that, which tests/e2e/test_signing_in.py does with each role.
    """
    with httpx.Client(base_url=origin) as http:
        someone = SignedIn(http)
        someone.signs_in_as(name)
    profile.add_cookies(
        [
            {
                "name": cookie,
                "value": value,
                "domain": httpx.URL(origin).host,
                "path": path,
                "secure": True,
                "httpOnly": True,
                "sameSite": "Strict",
            }
            for cookie, (value, path) in someone.cookies.items()
        ]
    )


@contextmanager
def at_the_desk(
    browser: Browser,
    origin: str,
    language: str = "en",
    name: str = "First analyst",
    *,
    clock: bool = True,
    **context: Any,
) -> Iterator[Analyst]:
    """A demo person on the work page; signed out afterwards, so that the profile keeps nothing.
    Without `clock` time cannot be let pass."""
    with a_visitor(browser, origin, language, **{**DESK, **context}) as visitor:
        analyst = Analyst(visitor)
        comes_back_as(visitor.page.context, origin, name)
        if clock:
            visitor.page.clock.install()  # it goes on as ever, until a test lets time pass
        visitor.page.goto(f"{origin}{sign_in.DESK_PAGE_PATH}?lang={language}")
        expect(visitor.page.locator("main.work, main.audit, main.accounts")).to_be_visible()
        if visitor.page.locator("html").get_attribute("lang") != language:
            # A setting that the person saved before wins over the address.
            speaks(visitor.page, LANGUAGE_NAMES[language])
            expect(visitor.page.locator("html")).to_have_attribute("lang", language)
            expect(visitor.page.locator("main.work, main.audit, main.accounts")).to_be_visible()
        yield analyst
        signs_out(visitor.page, analyst.texts)
        expect(visitor.page.get_by_role("link", name=analyst.texts["sign_in"])).to_be_visible()
