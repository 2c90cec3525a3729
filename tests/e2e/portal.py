"""A person in front of the portal, in the system's own Chromium."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    CDPSession,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    expect,
)

from casework.pack.jurisdiction import open_pack
from tests.e2e.people import PATIENCE, eventually
from tools.site.messages import ROOT, load_portal_messages

# Chromium's sandbox needs an ordinary user; continuous integration runs as root.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    # Pages of one profile share a process: to start one costs more than most pages do.
    "--renderer-process-limit=1",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
WHOLE = shutil.which("chromium")
"""The browser that people have: it asks for the icon of a page, too."""
CHROMIUM = shutil.which("chromium-headless-shell") or WHOLE
"""The build without a window takes a fifth less of the processor; the engine is the same."""
LANGUAGES = ("ar", "fr", "en", "es")
FULL = bool(os.environ.get("FULL"))
WALKED = LANGUAGES if FULL else ("ar", "fr")
"""The languages in which every state of every page is looked at: one of each direction, and with
`make test FULL=1` all."""
STATIC = ("", "categories/", "urgent/", "report/", "follow/", "figures/", "about/", "help/")
RENDERED = ("report/plain", "follow")
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";0"
COLOURS: dict[str, Any] = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
"""The rules that read colours; all others read the document alone."""
WCAG: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
BUT_COLOURS = WCAG | {"rules": {each: {"enabled": False} for each in COLOURS["runOnly"]["values"]}}
# Of the rules asked for, only that on sounds that play by themselves reads files beforehand, and no
# page has any.
FIND = """asked => axe
    .run(document, {...asked, resultTypes: ['violations'], preload: false, selectors: false})
    .then(found => found.violations.flatMap(each =>
        each.nodes.map(node => `${each.id}: ${node.html.slice(0, 160)}`)))"""
MESSAGES = load_portal_messages()
MILLISECONDS = 1_000 * PATIENCE
LONG = 13_000
"""Milliseconds: above every pause of web/portal/api.ts between two tries where the service names
none, and below what it gives each try."""
expect.set_options(timeout=MILLISECONDS)


def a_browser(
    playwright: Playwright, *arguments: str, executable: str | None = CHROMIUM
) -> Browser:
    """The system's Chromium; the arguments are its command line's."""
    return playwright.chromium.launch(
        executable_path=executable, args=[*ARGUMENTS, *arguments], timeout=MILLISECONDS
    )


ANSWERED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("report.way", "way", {"way": "other"}),
    ("report.safety", "safety", {}),
    ("report.start", "category", {"category": next(iter(open_pack("ma").categories))}),
    ("report.role", "role", {"role": "victim"}),
    ("report.narrative", "narrative", {}),
    (
        "report.locations",
        "locations",
        {"locations": [{"id": 1, "kind": "url", "value": "https://shop.example/x"}]},
    ),
    ("report.when", "when", {"day": "15-1-2026"}),
    ("report.money", "money", {"lost": "no"}),
    ("report.place", "place", {"place": "none"}),
    ("report.disclosure", "disclosure", {"disclosure": "anonymous"}),
    ("report.check", "check", {}),
)
"""The report's pages, what each is called within the page, and its answers of `answering` there.
test_portal_ways holds them against a draft that the page wrote."""
CARRY = """what => sessionStorage.setItem(
    'report', JSON.stringify({at: Date.now(), stays: false, what}))"""
"""Leave a draft for the report that is opened next, as web/portal/draft-storage.ts does."""


def a_draft(last: str, narrative: str, **other: Any) -> dict[str, Any]:
    """The draft of a report whose pages up to `last`, not included, are answered."""
    before = [heading for heading, _, _ in ANSWERED].index(last)
    answers: dict[str, Any] = {}
    for heading, _, given in ANSWERED[:before]:
        answers |= {"narrative": narrative} if heading == "report.narrative" else given
    mark = {"step": ANSWERED[before][1], "change": False, "behind": 0}
    return {"answers": answers | other, "mark": mark, "key": str(uuid.uuid4())}


@dataclass
class Visitor:
    """A visitor, the page that they see, and the complaints of their browser."""

    page: Page
    origin: str
    language: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    """Requests to any other place than the portal."""
    asked: list[str] = field(default_factory=list)
    """The questions of the page whether to leave it; the answer was no."""
    warned: int = 0
    """How often the browser asked whether to leave the page; it was told to."""
    _told: dict[tuple[Page, str], CDPSession] = field(default_factory=dict)

    def listen(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self._dialog(dialog.type, dialog))
        self.page.on("request", self._asked)

    def _dialog(self, kind: str, dialog: Any) -> None:
        if kind == "confirm":
            self.asked.append(dialog.message)
            dialog.dismiss()
            return
        if kind == "beforeunload":
            self.warned += 1
        else:
            self.complaints.append(f"a dialog: {kind}")
        dialog.accept()

    def _said(self, message: ConsoleMessage) -> None:
        # A refusal by the API is an ordinary answer, though the browser writes it down.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:")):
            self.elsewhere.append(request.url)

    def t(self, key: str) -> str:
        """The words of the page's language."""
        return MESSAGES[self.language].texts[key]

    def goes_to(self, path: str) -> Response | None:
        return self.page.goto(f"{self.origin}/{self.language}/{path}")

    def presses(self, key: str) -> None:
        """Press the button with these words."""
        self.page.get_by_role("button", name=self.t(key), exact=True).click()

    def goes_on(self) -> None:
        """Press the button that continues; its label differs between pages."""
        self.page.locator("main form .actions button.button").last.click()

    def sees(self, key: str) -> None:
        """Wait for the heading with these words."""
        self.page.get_by_role("heading", name=self.t(key), exact=True).first.wait_for()

    def chooses(self, id_: str) -> None:
        self.page.locator(f"#{id_}").check()

    def writes(self, id_: str, text: str) -> None:
        self.page.locator(f"#{id_}").fill(text)

    def pastes(self, id_: str, text: str) -> None:
        """Paste a text in the place of what a field holds. Of a long one with many lines this is
        hundreds of times as fast as to type or to fill it in."""
        self.page.context.grant_permissions(["clipboard-write"])
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.page.locator(f"#{id_}").select_text()
        self.page.keyboard.press("Control+V")

    def dates(self, id_: str, day: str) -> None:
        """Write a day, as 2026-01-15, into the three fields of one."""
        year, month, of_month = day.split("-")
        self.writes(id_, of_month)
        self.page.locator(f"#{id_}-month").select_option(str(int(month)))
        self.writes(f"{id_}-year", year)

    def stored(self) -> dict[str, Any]:
        """The traces that the browser would keep of this visit."""
        kept: dict[str, Any] = self.page.evaluate(
            "async () => ({local: localStorage.length, session: sessionStorage.length,"
            " caches: (await caches.keys()).length,"
            " workers: (await navigator.serviceWorker.getRegistrations()).length,"
            " cookie: document.cookie})"
        )
        return kept

    def writes_letters_of(self, pixels: int) -> None:
        """Set how large the browser writes, as its settings do, until the screen is resized."""
        chromium = self._chromium("Page")
        chromium.send("Page.setFontSizes", {"fontSizes": {"standard": pixels}})

    def sees_at_once_what_is_said_late(self) -> None:
        """Let the seconds of `.late` in base.css pass at once."""
        self._chromium("Animation").send("Animation.setPlaybackRate", {"playbackRate": 100})

    def _chromium(self, domain: str) -> CDPSession:
        """A part of the page's browser, to be told what the driver has no words for."""
        key = (self.page, domain)
        if key not in self._told:
            self._told[key] = self.page.context.new_cdp_session(self.page)
            self._told[key].send(f"{domain}.enable")
        return self._told[key]

    def need_not_wait_until(self, come: Callable[[], bool]) -> None:
        """Let the page's pauses pass at once until something has come."""
        clock = self.page.clock
        clock.install()

        def passed() -> bool:
            clock.fast_forward(LONG)
            return come()

        eventually(passed, "it has come")

    def violations(self, rules: dict[str, Any] = WCAG) -> list[str]:
        """What axe finds against WCAG 2.2 AA, or against some of its rules.

        axe measures controls that can be pressed, and the fixed bar would cover some. So the page
        is put at its top first, without the smooth scrolling.
        """
        if not self.page.evaluate("scrollTo({top: 0, behavior: 'instant'}), 'axe' in window"):
            # Half as dear as by the driver, which wraps what it evaluates.
            self._chromium("Page").send("Runtime.evaluate", {"expression": AXE})
        found: list[str] = self.page.evaluate(FIND, rules)
        return found

    def stands_at(self, last: str, narrative: str = "…", **other: Any) -> None:
        """Open the report at one of its pages, those before it answered as `answering` answers
        them; `other` answers are named as report/answers.ts names them.

        It comes as the page itself carries answers over a change of language. No page lies behind.
        """
        draft = a_draft(last, narrative, **other)
        self.page.goto(f"{self.origin}/robots.txt")
        self.page.evaluate(CARRY, draft)
        self.goes_to("report/")
        self.sees(last)

    def answers_up_to(self, last: str, narrative: str = "…") -> None:
        """Answer the report's pages until the one named is in front."""
        next(name for name in self.answering(narrative) if name == last)

    def answering(self, narrative: str = "…") -> Iterator[str]:
        """The report's pages one after the other, by the way that asks the most: each is in front,
        and answered afterwards.

        The last one, which is not answered, sends the report.
        """
        self.goes_to("report/")
        pages: tuple[tuple[str, Callable[[], None] | None], ...] = (
            ("report.way", lambda: self.chooses("way-other")),
            ("report.safety", None),
            ("report.start", lambda: self.chooses("category")),
            ("report.role", lambda: self.chooses("role")),
            ("report.narrative", lambda: self.writes("narrative", narrative)),
            ("report.locations", lambda: self.writes("value-1", "https://shop.example/x")),
            ("report.when", lambda: self.dates("day", "2026-01-15")),
            ("report.money", lambda: self.chooses("lost-no")),
            ("report.place", lambda: self.chooses("place-none")),
            ("report.disclosure", lambda: self.chooses("disclosure")),
        )
        for name, answer in pages:
            self.sees(name)
            yield name
            if answer is not None:
                answer()
            self.goes_on()
        self.sees("report.check")
        yield "report.check"

    def answers_plainly(self, narrative: str) -> None:
        """Answer the form without a script up to its check, anonymously."""
        self.sees("report.way")
        self.presses("way.cheated")
        for heading in ("report.safety", "report.narrative", "report.money", "report.place"):
            self.sees(heading)
            if heading == "report.narrative":
                self.writes("narrative", narrative)
            self.goes_on()
        self.sees("report.disclosure")
        self.chooses("disclosure")
        self.goes_on()
        self.sees("report.check")

    def codes(self) -> tuple[str, str]:
        """Reference and receipt, as they stand on the page."""
        self.sees("done.title")
        shown = [self.page.locator(f"dd#{name}").inner_text() for name in ("reference", "receipt")]
        return shown[0], shown[1]


IN_THE_COUNTRY = open_pack("ma").facts.time_zone
"""The zone of a device in the country."""


@contextmanager
def a_visitor(browser: Browser, origin: str, language: str, **context: Any) -> Iterator[Visitor]:
    """A visitor of a fresh browser profile; afterwards, nothing was complained of or kept."""
    options = {
        "viewport": {"width": 1000, "height": 800},
        "locale": language,
        "timezone_id": IN_THE_COUNTRY,
        **context,
    }
    profile = browser.new_context(**options)
    profile.set_default_timeout(MILLISECONDS)
    visitor = Visitor(profile.new_page(), origin, language)
    visitor.listen()
    try:
        yield visitor
        assert visitor.complaints == []
        assert visitor.elsewhere == []
        assert profile.cookies() == []
        if context.get("java_script_enabled", True) and visitor.page.url.startswith(origin):
            assert visitor.stored() == {
                "local": 0, "session": 0, "caches": 0, "workers": 0, "cookie": "",
            }  # fmt: skip
    finally:
        profile.close()


def screenshot(visitor: Visitor, folder: Path, name: str) -> Path:
    """The whole page as a picture."""
    file = folder / f"{name}.png"
    visitor.page.screenshot(path=file, full_page=True)
    return file
