"""Anyone reports in their language, on a phone, by keyboard, without a script, on a bad network."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect, sync_playwright

from casework import work
from casework.aws import keys
from casework.folding import unfold
from local.system import System
from tests.e2e.people import People
from tests.e2e.portal import LANGUAGES, RENDERED, STATIC, Visitor, a_browser, a_visitor
from tools.site import build

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 800},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
HOSTILE = (
    '"><img src=x onerror=alert(1)><svg onload=alert(2)></textarea></script>'
    "<script>alert(3)</script>{{7*7}}${alert(4)}\u202egpj.exe\u2066 ‮&lt;b&gt; %00 '; DROP TABLE"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = a_browser(playwright)
        yield opened
        opened.close()


def narrative_of(people: People, reference: str) -> str:
    return unfold(bytes(people.item(keys.report_key(reference))["narrative"]))


# ---- reporting


def test_a_citizen_reports_in_arabic_on_a_phone_and_follows(
    browser: Browser, system: System, people: People
) -> None:
    with a_visitor(browser, system.origin, "ar", **PHONE) as citizen:
        citizen.goes_to("")
        page = citizen.page
        assert page.locator("html").get_attribute("dir") == "rtl"
        page.get_by_role("link", name=citizen.t("home.start")).click()
        citizen.sees("report.start")
        address = page.url
        citizen.chooses("category-sextortion")
        citizen.goes_on()
        citizen.sees("report.before")
        expect(page.get_by_text("لا تدفع ولا ترسل صورا أخرى")).to_be_visible()
        citizen.goes_on()
        citizen.sees("report.role")
        citizen.chooses("role")
        citizen.goes_on()
        citizen.sees("report.narrative")
        citizen.writes("narrative", "شخص يهدد بنشر صوري ويطلب مني المال")
        citizen.goes_on()
        citizen.sees("report.locations")
        page.locator("#kind-1").select_option("handle")
        citizen.writes("value-1", "@blackmailer")
        page.get_by_role("button", name=citizen.t("report.add_location")).click()
        page.locator("#kind-2").select_option("phone")
        citizen.writes("value-2", "0661234567")
        citizen.goes_on()
        citizen.sees("report.when")
        citizen.writes("day", "2026-03-02")
        citizen.goes_on()
        citizen.sees("report.money")
        citizen.chooses("lost")
        citizen.writes("amount-1", "١٥٠٠٫٥٠")
        page.locator("#means-1").select_option("cash_transfer")
        page.get_by_role("button", name=citizen.t("report.add_loss")).click()
        expect(page.locator("#amount-2")).to_be_focused()
        citizen.writes("amount-2", "20")
        page.locator("#currency-2").select_option("EUR")
        citizen.goes_on()
        citizen.sees("report.place")
        citizen.chooses("place")
        page.locator("#code-0").select_option("06")
        page.locator("#code-1").select_option("06.141")
        citizen.goes_on()
        citizen.sees("report.safety")
        citizen.chooses("minor")
        citizen.goes_on()
        citizen.sees("report.disclosure")
        citizen.chooses("disclosure")
        citizen.goes_on()
        citizen.sees("report.check")
        expect(page.get_by_text("1500.50 MAD")).to_be_visible()
        expect(page.get_by_text("20 EUR")).to_be_visible()
        expect(page.get_by_text("الدار البيضاء", exact=False).first).to_be_visible()
        assert page.url == address
        citizen.presses("report.send")
        reference, receipt = citizen.codes()
        expect(page.locator("svg.qr")).to_be_visible()
        assert page.url == address
        page.get_by_role("button", name=citizen.t("done.follow")).click()
        citizen.sees("follow.status")
        expect(page.locator(".standing")).to_contain_text(".")
        assert page.url == address
    told = people.follow({"reference": reference, "receipt": receipt})
    assert told["language"] == "ar"
    kept = people.item(keys.report_key(reference))
    assert kept["language"] == "ar"
    assert kept["disclosure"] == "anonymous"


def test_somebody_reports_with_the_keyboard_alone(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        visitor.goes_to("report/")
        keyboard = visitor.page.keyboard

        def reach(id_: str) -> None:
            """Tab until the field has the focus."""
            for _ in range(60):
                keyboard.press("Tab")
                if visitor.page.evaluate("document.activeElement.id") == id_:
                    return
            raise AssertionError(f"the keyboard never reaches {id_}")

        def submit() -> None:
            for _ in range(60):
                keyboard.press("Tab")
                if visitor.page.evaluate("document.activeElement.matches('main form .button')"):
                    text = visitor.page.evaluate("document.activeElement.textContent")
                    if text != visitor.t("report.add_location"):
                        keyboard.press("Enter")
                        return
            raise AssertionError("the keyboard never reaches the button")

        visitor.sees("report.start")
        reach("category")
        keyboard.press("Space")
        submit()
        visitor.sees("report.role")
        # The focus is on the new page's heading, where a screen reader begins.
        assert visitor.page.evaluate("document.activeElement.tagName") == "H1"
        reach("role")
        keyboard.press("Space")
        keyboard.press("ArrowDown")
        submit()
        visitor.sees("report.narrative")
        submit()
        expect(visitor.page.locator(".summary")).to_be_focused()
        keyboard.press("Tab")
        keyboard.press("Enter")
        expect(visitor.page.locator("#narrative")).to_be_focused()
        keyboard.type("A shop that never sends what it sells.")
        submit()
        visitor.sees("report.locations")
        submit()
        visitor.sees("report.when")
        submit()
        visitor.sees("report.money")
        reach("lost")
        keyboard.press("Space")
        keyboard.press("ArrowDown")
        submit()
        visitor.sees("report.place")
        submit()
        visitor.sees("report.safety")
        submit()
        visitor.sees("report.disclosure")
        reach("disclosure")
        keyboard.press("Space")
        submit()
        visitor.sees("report.check")
        reach("send")
        keyboard.press("Enter")
        visitor.codes()


def test_an_error_says_the_same_above_and_at_the_field(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "fr") as visitor:
        visitor.answers_up_to("report.money")
        visitor.chooses("lost")
        visitor.writes("amount-1", "beaucoup")
        visitor.goes_on()
        words = visitor.t("error.amount")
        expect(visitor.page.locator(".summary a")).to_have_text(words)
        expect(visitor.page.locator("#amount-1-error")).to_have_text(words)
        expect(visitor.page.locator(".summary")).to_be_focused()
        visitor.page.locator(".summary a").click()
        expect(visitor.page.locator("#amount-1")).to_be_focused()


def test_what_the_service_refuses_is_shown_where_it_was_answered(
    browser: Browser, system: System
) -> None:
    with a_visitor(browser, system.origin, "es") as visitor:
        visitor.answers_up_to("report.disclosure")
        visitor.chooses("disclosure-confidential")
        visitor.writes("phone", "999999999999999999999")
        visitor.goes_on()
        visitor.sees("report.check")
        visitor.presses("report.send")
        visitor.sees("report.disclosure")
        expect(visitor.page.locator("#phone-error")).to_have_text(visitor.t("error.phone"))
        visitor.writes("phone", "0661000000")
        visitor.goes_on()
        visitor.sees("report.check")
        visitor.presses("report.send")
        visitor.codes()


def test_back_keeps_every_answer(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "fr") as visitor:
        visitor.answers_up_to("report.when", narrative="ce qui s'est passé")
        visitor.page.go_back()
        visitor.sees("report.locations")
        expect(visitor.page.locator("#value-1")).to_have_value("https://shop.example/x")
        visitor.page.go_back()
        visitor.sees("report.narrative")
        expect(visitor.page.locator("#narrative")).to_have_value("ce qui s'est passé")
        visitor.page.go_forward()
        visitor.sees("report.locations")


def test_ten_thousand_arabic_characters_pasted_arrive_as_they_are(
    browser: Browser, system: System, people: People
) -> None:
    chance = random.Random(7)
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي ًٌٍَُِّْـ\n"
    text = "".join(chance.choice(letters) for _ in range(10_000)).strip() + "."
    with a_visitor(browser, system.origin, "ar", **PHONE) as citizen:
        citizen.answers_up_to("report.narrative")
        citizen.page.locator("#narrative").focus()
        citizen.page.keyboard.insert_text(text)
        citizen.goes_on()
        citizen.sees("report.locations")
        citizen.goes_on()
        citizen.sees("report.when")
        citizen.goes_on()
        citizen.sees("report.money")
        citizen.chooses("lost-no")
        for heading in ("report.place", "report.safety", "report.disclosure"):
            citizen.goes_on()
            citizen.sees(heading)
        citizen.chooses("disclosure")
        citizen.goes_on()
        citizen.sees("report.check")
        citizen.presses("report.send")
        reference, _ = citizen.codes()
    assert narrative_of(people, reference) == text


# ---- a bad network, an impatient hand


def test_a_lost_answer_and_a_double_click_make_one_report(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        visitor.answers_up_to("report.check")
        sent: list[str] = []
        replayed: list[str] = []

        def lose_the_first(route: Route) -> None:
            sent.append(route.request.headers["idempotency-key"])
            answer = route.fetch()
            replayed.append(answer.headers.get("idempotency-replayed", ""))
            if len(sent) == 1:
                route.abort()
            else:
                route.fulfill(response=answer)

        visitor.page.route("**/v1/reports", lose_the_first)
        visitor.page.locator("#send").dblclick()
        visitor.codes()
        assert len(sent) == 2
        assert len(set(sent)) == 1
        assert replayed == ["", "true"]


def test_nothing_is_lost_when_the_service_cannot_answer(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "ar") as visitor:
        visitor.answers_up_to("report.check", narrative="نص لا يضيع")
        busy = json.dumps({"type": "urn:e-iblagh:problem:busy", "retry_after": 0})
        visitor.page.route(
            "**/v1/reports",
            lambda route: route.fulfill(
                status=503, body=busy, content_type="application/problem+json"
            ),
        )
        visitor.presses("report.send")
        expect(visitor.page.get_by_text(visitor.t("report.failed_text"))).to_be_visible(
            timeout=15_000
        )
        expect(visitor.page.get_by_text("نص لا يضيع")).to_be_visible()
        visitor.page.unroute("**/v1/reports")
        visitor.presses("report.send")
        visitor.codes()


def test_in_a_crowd_the_browser_does_the_work_and_the_report_goes(
    browser: Browser, system: System
) -> None:
    secret = b"a secret of this test"
    proofs: list[tuple[str, str]] = []
    with a_visitor(browser, system.origin, "fr") as visitor:
        visitor.answers_up_to("report.check")

        def crowd(route: Route) -> None:
            key = route.request.headers["idempotency-key"]
            proof = route.request.headers.get("work")
            if proof:
                proofs.append((key, proof))
                route.continue_()
                return
            asked = work.challenge(secret, key, now=int(time.time()), most=3000, nonce=bytes(12))
            problem = {"type": "urn:e-iblagh:problem:work-wanted", "work": asked}
            route.fulfill(
                status=429, body=json.dumps(problem), content_type="application/problem+json"
            )

        visitor.page.route("**/v1/reports", crowd)
        visitor.presses("report.send")
        visitor.codes()
    [(key, proof)] = proofs
    assert work.proves(secret, key, proof, now=int(time.time()))


# ---- without JavaScript


def test_the_whole_way_works_without_javascript(
    browser: Browser, system: System, people: People
) -> None:
    with a_visitor(
        browser,
        system.origin,
        "fr",
        java_script_enabled=False,
        viewport={"width": 320, "height": 700},
    ) as visitor:
        page = visitor.page
        visitor.goes_to("report/")
        page.get_by_role("link", name=visitor.t("report.plain")).click()
        visitor.sees("plain.title")
        page.locator("#category").select_option("fraud")
        visitor.chooses("role")
        visitor.writes("narrative", "\nUne boutique <b>fictive</b>\nne livre jamais.")
        visitor.writes("value_1", "https://boutique.example/a?b=1&c=2")
        visitor.writes("amount_1", "1 500,50")
        page.locator("#territory").select_option("06.141")
        page.locator("#disclosure-confidential").check()
        visitor.writes("email", "personne")
        visitor.presses("plain.send")
        expect(page.locator(".summary a")).to_have_text(visitor.t("error.email"))
        expect(page.locator("#email-error")).to_have_text(visitor.t("error.email"))
        expect(page.locator("#narrative")).to_have_value(
            "\nUne boutique <b>fictive</b>\nne livre jamais."
        )
        visitor.writes("email", "personne@example.org")
        visitor.presses("plain.send")
        reference, receipt = visitor.codes()
        visitor.goes_to("follow/")
        visitor.writes("reference", reference.lower())
        visitor.writes("receipt", receipt)
        visitor.presses("follow.show")
        visitor.sees("follow.status")
        expect(page.locator(".standing")).to_be_visible()
        assert reference not in page.url
        visitor.goes_to("follow")
        visitor.writes("reference", reference)
        visitor.writes("receipt", str(uuid.uuid4()))
        visitor.presses("follow.show")
        expect(page.locator(".summary a")).to_have_text(visitor.t("error.unknown_report"))
    assert "boutique" in narrative_of(people, reference)
    assert "contact_box" in people.item(keys.report_key(reference))


# ---- what must never be


def test_hostile_strings_stay_text(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        visitor.answers_up_to("report.locations", narrative=HOSTILE)
        visitor.writes("value-1", HOSTILE)
        visitor.writes("platform", HOSTILE)
        visitor.goes_on()
        visitor.goes_on()
        visitor.sees("report.money")
        visitor.chooses("lost-no")
        visitor.goes_on()
        visitor.sees("report.place")
        visitor.chooses("place-text")
        visitor.writes("placeText", HOSTILE)
        visitor.goes_on()
        visitor.goes_on()
        visitor.sees("report.disclosure")
        visitor.chooses("disclosure-identified")
        visitor.writes("fullName", HOSTILE)
        visitor.writes("phone", "0661000000")
        visitor.goes_on()
        visitor.sees("report.check")
        assert visitor.page.locator("bdi.typed", has_text="onerror=alert(1)").count() == 5
        assert visitor.page.locator("main img, main script, main svg").count() == 0
        visitor.presses("report.send")
        visitor.codes()

        visitor.goes_to("report/plain")
        visitor.page.locator("#category").select_option("fraud")
        visitor.chooses("role")
        visitor.writes("narrative", HOSTILE)
        visitor.writes("platform", HOSTILE)
        visitor.chooses("disclosure-confidential")
        visitor.presses("plain.send")
        expect(visitor.page.locator(".summary")).to_be_visible()
        expect(visitor.page.locator("#narrative")).to_have_value(HOSTILE)
        expect(visitor.page.locator("#platform")).to_have_value(HOSTILE)
        assert visitor.page.locator("main img, main script, main svg").count() == 0


def test_leaving_is_immediate_and_clears_the_site(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "ar") as visitor:
        visitor.page.context.route(
            "https://ar.wikipedia.org/**", lambda route: route.fulfill(body="weather")
        )
        visitor.answers_up_to("report.locations", narrative="سر")
        with visitor.page.expect_request("**/exit/"):
            visitor.page.locator("#exit").click()
        visitor.page.wait_for_url("https://ar.wikipedia.org/**")
        told = visitor.page.request.get(f"{system.origin}/ar/exit/").headers
        assert told["clear-site-data"] == '"cache", "cookies", "storage"'
        for _ in range(2):
            visitor.page.go_back()
            assert visitor.page.get_by_text("سر", exact=True).count() == 0
        visitor.elsewhere.clear()  # leaving was asked for


@pytest.mark.parametrize("path", [*STATIC, *RENDERED])
def test_every_page_forbids_what_it_does_not_need(
    browser: Browser, system: System, path: str
) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        response = visitor.goes_to(path)
        assert response is not None
        headers = response.headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "set-cookie" not in headers
        assert headers["referrer-policy"] == "no-referrer"
        private = path.startswith(("report", "follow"))
        assert headers["cache-control"] == ("no-store" if private else "no-cache")


# ---- the figures


def a_bilan(*figures: tuple[str, str, int | None, float | None]) -> str:
    rows = [
        {"table": table, "row": row, "count": count, "share": share}
        for table, row, count, share in figures
    ]
    return json.dumps(
        {"first": "2024-06", "last": "2024-08", "figures": rows, "times": [], "time_error": 0.02}
    )


@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_chart_is_its_own_table_and_hides_who_could_be_recognised(
    browser: Browser, system: System, language: str
) -> None:
    told = a_bilan(
        ("reports", "processed", 7083, None),
        ("groups", "fraud", 4073, 0.6),
        ("groups", "unclassified", None, None),
        ("disclosure", "identified", 4117, 0.581),
        ("regions", "06", 900, 0.5),
        ("regions", "04", None, None),
    )
    with a_visitor(browser, system.origin, language) as visitor:
        visitor.page.route(
            "**/v1/statistics*",
            lambda route: route.fulfill(body=told, content_type="application/json"),
        )
        visitor.goes_to("figures/")
        table = visitor.page.get_by_role("table", name=visitor.t("figures.by_category"))
        expect(table.get_by_role("row")).to_have_count(3)
        expect(table.get_by_text(visitor.t("figures.hidden"))).to_be_visible()
        expect(visitor.page.locator(".map .level-5")).to_have_count(1)
        expect(visitor.page.locator(".map path")).to_have_count(12)
        assert visitor.violations() == []


def test_without_figures_the_page_says_so(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "fr") as visitor:
        visitor.page.route(
            "**/v1/statistics*",
            lambda route: route.fulfill(body=a_bilan(), content_type="application/json"),
        )
        visitor.goes_to("figures/")
        visitor.sees("figures.empty")
        expect(visitor.page.get_by_text(visitor.t("figures.no_regions"))).to_be_visible()


# ---- everybody


@pytest.mark.parametrize("colours", ["none", "active"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible(
    browser: Browser, system: System, language: str, colours: str
) -> None:
    found: dict[str, list[str]] = {}
    with a_visitor(browser, system.origin, language, forced_colors=colours) as visitor:
        for path in (*STATIC, *RENDERED):
            visitor.goes_to(path)
            visitor.page.locator("h1").wait_for()
            found[path] = visitor.violations()
        found |= walk_accessibly(visitor)
    assert {path: each for path, each in found.items() if each} == {}


def walk_accessibly(visitor: Visitor) -> dict[str, list[str]]:
    """Each page of the report, with what opens on it, its errors, and the end."""
    found: dict[str, list[str]] = {}
    visitor.goes_to("report/")
    visitor.sees("report.start")
    visitor.goes_on()
    visitor.page.locator(".summary:focus").wait_for()
    found["an error"] = visitor.violations()
    for last, open_ in (
        ("report.locations", None),
        ("report.money", "lost"),
        ("report.place", "place"),
        ("report.disclosure", "disclosure-identified"),
        ("report.check", None),
    ):
        visitor.answers_up_to(last)
        if open_:
            visitor.chooses(open_)
            visitor.page.locator(".within select, .within input").first.wait_for()
        found[last] = visitor.violations()
    visitor.presses("report.send")
    visitor.codes()
    found["done"] = visitor.violations()
    visitor.presses("done.follow")
    visitor.page.locator(".standing").wait_for()
    found["follow"] = visitor.violations()
    return found


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_nothing_is_cut_off_on_a_small_phone_or_at_double_size(
    browser: Browser, system: System, language: str
) -> None:
    for width, zoom in ((320, 1), (640, 2)):
        context = {"viewport": {"width": width // zoom, "height": 500}, "device_scale_factor": zoom}
        with a_visitor(browser, system.origin, language, **context) as visitor:
            for path in (*STATIC, *RENDERED):
                visitor.goes_to(path)
                wide = visitor.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width // zoom, path


def test_pages_stay_within_their_budget_over_the_wire(browser: Browser, system: System) -> None:
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
            assert 0 < sum(weights) <= build.FIRST_PAGE
    assert build.over_budget(build.BUILT) == []


def test_the_first_page_goes_on_to_the_language_of_the_browser(
    browser: Browser, system: System
) -> None:
    with a_visitor(browser, system.origin, "es", locale="es-ES") as visitor:
        visitor.page.goto(system.origin + "/")
        visitor.page.wait_for_url("**/es/")
        visitor.sees("home.title")


def test_an_address_that_is_no_page_says_so_in_every_language(
    browser: Browser, system: System
) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        response = visitor.goes_to("nothing/")
        assert response is not None
        assert response.status == 404
        visitor.sees("site.not_found")
