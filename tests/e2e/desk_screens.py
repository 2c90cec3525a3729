"""Every screen of the desk and its states, person by person, one after the other.

A state is named once it is in front; whoever walks looks at it, and goes on. What a walk does is
answered by the browser where it would change a case, so that it can be walked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Route, expect

from casework.aws.services import sign_in
from casework.pack.jurisdiction import open_pack
from local.people import StaffEntry, demo_people
from tests.e2e.desk import Analyst, own_menu
from tests.e2e.people import People, a_phone

LANGUAGES: Final = ("ar", "fr", "en")
RABAT: Final = "pj-04-421"
OF_RABAT: Final = ("king-prosecutor", "tpi-rabat")
UNITS: Final = {RABAT: open_pack("ma").units[RABAT].name("fr")}
COURT: Final = open_pack("ma").courts["tpi-rabat"].name("fr")
NO_CASE: Final = "C-0000-0000-0000-0000-0"
PARCEL: Final = (
    "J'ai reçu un message qui dit que mon colis est bloqué à la douane et que je dois payer {} "
    "dirhams. J'ai donné ma carte et on a retiré tout mon solde."
)
HARD: Final = "Un homme demande des photos à ma fille de douze ans."
UNIT: Final = {"ar": "سلا", "fr": "sal", "en": "sal"}
PLACE: Final = {"ar": "رب", "fr": "ra", "en": "ra"}
MOTIVE: Final = "La victime doit être entendue avant la fin du délai."


def everybody() -> list[StaffEntry]:
    """The demo people of the walk."""
    return demo_people(UNITS, {OF_RABAT: COURT})


@dataclass(frozen=True)
class Cases:
    """What is on the screens."""

    phone: str
    waiting: str
    """Names the phone, and looks like the case before it."""
    hard: str
    proposed: str
    urgent: str
    referred: str
    held: str

    @classmethod
    def of(cls, people: People) -> Cases:
        """Cases of every kind, in a system whose other cases do not matter."""
        phone = a_phone()
        named = {"locations": [{"kind": "phone", "value": phone}]}
        people.in_review(narrative=PARCEL.format(49))
        severe = {"category": "child_sexual_exploitation", "narrative": HARD}
        proposed = people.in_review(**severe)
        decision = {"outcome": "confirm", "category": "child_sexual_exploitation"}
        assert people.decide(proposed, "review", decision, "analyst").is_success
        accepted = people.submit()
        held = people.take(accepted, RABAT)
        wish = {"report": accepted["reference"], "motive": MOTIVE}
        assert people.decide(held, "identity-requests", wish, "officer", RABAT).is_success
        return cls(
            phone=phone,
            waiting=people.in_review(narrative=PARCEL.format(50), **named),
            hard=people.in_review(**severe),
            proposed=proposed,
            urgent=people.in_review(danger_now=True),
            referred=people.published(),
            held=held,
        )


@dataclass(frozen=True)
class Seat:
    """A person at the desk, who looks at cases in one language after the other."""

    person: Analyst
    cases: Cases

    def goes_to(self, end: str, shown: str = "main:not([aria-busy=true]):not(.plain)") -> None:
        """Open an address of the desk anew, and wait for what it shows."""
        visitor = self.person.visitor
        visitor.page.goto("about:blank")
        visitor.page.goto(f"{visitor.origin}{sign_in.DESK_PAGE_PATH}?lang={visitor.language}#{end}")
        expect(visitor.page.locator(shown).first).to_be_visible()
        expect(visitor.page.locator('.late[role="status"]')).to_have_count(0)

    def waits_for(self, selector: str) -> None:
        expect(self.person.page.locator(selector).first).to_be_visible()

    def presses(self, key: str, shown: str = ".opened") -> None:
        self.person.presses(key)
        self.waits_for(shown)

    def answers(self, url: str, status: int, **answer: Any) -> Callable[[], None]:
        """Let the browser answer a call; gives the way back."""

        def told(route: Route) -> None:
            route.fulfill(status=status, **answer)

        self.person.page.route(url, told)
        return lambda: self.person.page.unroute(url)


def of_an_analyst(seat: Seat) -> Iterator[str]:
    page, texts, cases = seat.person.page, seat.person.texts, seat.cases
    seat.goes_to("", ".day-head .tiles")
    yield "work"
    seat.presses("?", "dialog[open]")
    yield "help"
    seat.person.presses("Escape")
    page.get_by_role("button", name=texts["settings"]).click()
    seat.waits_for("dialog[open]")
    yield "settings"
    seat.person.presses("Escape")
    seat.goes_to("glance", "main.glance .deciding")
    yield "glance"
    seat.goes_to("samples")
    yield "second reading"
    seat.goes_to("list", "main.list tr[data-id]")
    page.get_by_role("button", name=texts["view_save"]).click()
    seat.waits_for("#view-name")
    yield "list, and a view to be named"
    seat.goes_to("find")
    yield "find"
    for said, name in ((cases.phone, "found"), (a_phone(), "not found")):
        page.locator("#sought").fill(said)
        seat.person.presses("Enter", "2")
        page.get_by_role("button", name=texts["find_again"]).wait_for()
        yield name
        seat.presses("f", "#sought")
    seat.goes_to("duty", f'[data-case="{cases.urgent}"]')
    page.locator(f'[data-case="{cases.urgent}"] button').first.focus()
    page.locator(".shift summary").first.click()
    yield "duty"
    seat.presses("l")
    yield "duty, and who was called"
    seat.goes_to(cases.hard, ".covered")
    yield "covered case"
    seat.goes_to(cases.waiting, "main.case")
    yield "case"
    for key, name in (("x", "reasons"), ("p", "priorities"), ("o", "acts")):
        seat.presses(key, ".opened, dialog[open]")
        yield name
        seat.person.presses("Escape")
    seat.presses("t", "#place")
    page.locator("#place").fill(PLACE[seat.person.visitor.language])
    seat.waits_for(".pick [role=option]")
    yield "place"
    seat.person.presses("Escape")
    seat.presses("e", ".templates button")
    yield "question"
    seat.person.presses("Escape")
    seat.presses("n", "#act-note")
    yield "note"
    seat.person.presses("Escape")
    seat.presses("g", ".sides .report")
    yield "look-alikes"
    seat.goes_to(NO_CASE, "main.plain [role=alert]")
    yield "no such case"


def in_trouble(seat: Seat) -> Iterator[str]:
    """States in which the service, the network or the session are not as they should be."""
    page, cases = seat.person.page, seat.cases
    nothing = seat.answers("**/v1/desk/next", 204)
    taken = seat.answers("**/review", 202, json={"decision": "reject", "status": "closed"})
    seat.goes_to(cases.waiting, "main.case")
    seat.person.presses("x", "1")
    seat.waits_for(".toast")
    yield "on its way, and nothing left"
    seat.person.presses("u")
    nothing()
    taken()
    busy = seat.answers("**/v1/desk/next", 503, headers={"Retry-After": "60"})
    seat.goes_to("", ".day-head .tiles")
    seat.presses("Enter", ".meanwhile")
    yield "busy"
    busy()
    failed = seat.answers("**/v1/desk/me", 404)
    seat.goes_to("", "main.plain [role=alert]")
    yield "failed"
    failed()
    refused = seat.answers("**/v1/desk/queue?as=brief&with=mine", 403)
    seat.goes_to("", "main.work [role=alert]")
    yield "list refused"
    refused()
    over = seat.answers("**/v1/desk/next", 401)
    refresh = seat.answers("**/v1/session/refresh", 401)
    seat.goes_to("", ".day-head .tiles")
    seat.presses("Enter", "[role=alertdialog]")
    yield "session over"
    over()
    refresh()
    seat.goes_to("", ".day-head .tiles")
    expect(own_menu(page)).to_be_visible()


def of_a_supervisor(seat: Seat) -> Iterator[str]:
    for room in ("board", "custody"):
        seat.goes_to(room)
        seat.waits_for("main h2")
        yield room
    seat.goes_to(seat.cases.proposed, "main.case")
    yield "second look"


def of_an_officer(seat: Seat) -> Iterator[str]:
    seat.goes_to("", ".unit-desk tr[data-id]")
    yield "unit"
    seat.goes_to("list", "main.list .filters")
    yield "lists"
    seat.goes_to(seat.cases.referred, "main.case")
    yield "referred case"
    seat.presses("x")
    yield "reasons to decline"
    seat.person.presses("2")
    other = seat.person.page.get_by_role("button", name=seat.person.texts["another_unit"])
    seat.waits_for("#unit, .opened button.button")
    yield "another unit"
    if other.count():
        other.click()
    seat.person.page.locator("#unit").fill(UNIT[seat.person.visitor.language])
    seat.waits_for(".pick [role=option]")
    yield "units"
    seat.goes_to(seat.cases.held, "main.case")
    yield "held case"
    seat.presses("i")
    yield "instructions"
    seat.presses("1", "#act-reference")
    yield "form"
    seat.person.page.locator("#act-reference").press("Enter")
    seat.waits_for(".wrong")
    yield "form that lacks something"


def of_a_prosecutor(seat: Seat) -> Iterator[str]:
    seat.goes_to("", ".office tr[data-id]")
    yield "office"
    seat.goes_to("list", "main.list tr[data-id]")
    yield "list of the office"
    seat.goes_to(seat.cases.held, "main.case")
    yield "case of the office"


def of_a_custodian(seat: Seat) -> Iterator[str]:
    seat.goes_to("", "main li[aria-current]")
    yield "requests"
    seat.presses("x", "main [role=alert]:not(:empty)")
    yield "a reason is missing"


def of_an_auditor(seat: Seat) -> Iterator[str]:
    page = seat.person.page
    seat.goes_to("", "#person")
    page.locator("#person option").nth(1).wait_for(state="attached")
    yield "audit"
    page.locator("#audited").fill(seat.cases.held)
    seat.presses("Enter", ".verdict")
    page.locator("#person").select_option(index=1)
    seat.waits_for("section:last-of-type h3")
    yield "history and person"


def of_an_administrator(seat: Seat) -> Iterator[str]:
    seat.goes_to("", "tbody tr[data-id]")
    yield "accounts"


WALKS: Final[tuple[tuple[str, Callable[[Seat], Iterator[str]]], ...]] = (
    ("First analyst", of_an_analyst),
    ("Second analyst", in_trouble),
    ("Supervisor", of_a_supervisor),
    (f"Officer, {UNITS[RABAT]}", of_an_officer),
    (f"Prosecutor, {COURT}", of_a_prosecutor),
    ("Custodian", of_a_custodian),
    ("Auditor", of_an_auditor),
    ("Administrator of accounts", of_an_administrator),
)
"""Who walks through what; each person signs in once."""
