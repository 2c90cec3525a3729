"""Anyone reports in their language: on a phone, by keyboard, over a bad network, in a crowd."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Route, expect

from casework.aws.table import keys
from local.system import LocalSystem
from tests.e2e.people import People
from tests.e2e.portal import a_visitor

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 800},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


def test_a_citizen_reports_in_arabic_on_a_phone_in_a_single_call_and_follows(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    with a_visitor(browser, system.origin, "ar", **PHONE) as citizen:
        citizen.goes_to("")
        page = citizen.page
        assert page.locator("html").get_attribute("dir") == "rtl"
        asked: list[str] = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        page.get_by_role("link", name=citizen.t("way.blackmailed")).click()
        citizen.sees("report.safety")
        expect(page).to_have_url(f"{system.origin}/ar/report/")  # what she chose leaves the address
        address, title = page.url, page.title()
        expect(page.get_by_text("عدم الدفع وعدم إرسال صور أخرى")).to_be_visible()
        citizen.chooses("minor")
        citizen.goes_on()
        citizen.sees("report.narrative")
        citizen.writes("narrative", "شخص يهدد بنشر صوري ويطلب مني المال")
        expect(page.locator("#kind-1")).to_have_value("handle")
        citizen.writes("value-1", "@blackmailer")
        page.get_by_role("button", name=citizen.t("report.add_location")).click()
        page.locator("#kind-2").select_option("phone")
        citizen.writes("value-2", "0661234567")
        citizen.goes_on()
        citizen.sees("report.money")
        citizen.chooses("lost")
        citizen.writes("amount-1", "١٥٠٠٫٥٠ درهم")
        page.locator("#means-1").select_option("cash_transfer")
        citizen.dates("paidOn-1", "٢٠٢٦-03-٠٢")
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
        citizen.sees("report.disclosure")
        citizen.chooses("disclosure")
        citizen.goes_on()
        citizen.sees("report.check")
        expect(page.get_by_text("1.500,50 MAD")).to_be_visible()
        expect(page.get_by_text("20 EUR")).to_be_visible()
        expect(page.get_by_text("2 مارس 2026")).to_be_visible()
        expect(page.get_by_text("الدار البيضاء", exact=False).first).to_be_visible()
        assert page.url == address
        with page.expect_request("**/v1/reports") as sent:
            citizen.presses("report.send")
        reference, receipt = citizen.codes()
        assert page.evaluate("scrollY") == 0
        expect(page.locator("svg.qr")).to_be_visible()
        assert (page.url, page.title()) == (address, title), "the history of the browser holds it"
        assert [path for path in asked if path.startswith("/v1/")] == ["/v1/reports"]
        scripts = [
            path.rpartition("/")[2].partition("-")[0] for path in asked if path.endswith(".js")
        ]
        assert scripts == ["reporting", "chunk", "qr"], "its own, what it shares, and the drawing"
        page.get_by_role("button", name=citizen.t("done.follow")).click()
        citizen.sees("follow.status")
        expect(page.locator(".standing")).to_contain_text(".")
        assert page.url == address
    said = sent.value.post_data_json or {}
    assert (said["category"], said["role"], said["victim_is_minor"]) == (
        "sextortion", "victim", True,
    )  # fmt: skip
    assert said["money_lost"][0]["at"] == "2026-03-02"
    told = people.follow({"reference": reference, "receipt": receipt})
    assert told["language"] == "ar"
    kept = people.item(keys.report_key(reference))
    assert kept["language"] == "ar"
    assert kept["disclosure"] == "anonymous"


def test_a_reporter_abroad_says_where_the_victim_lives(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "ar") as citizen:
        page = citizen.page
        citizen.stands_at("report.place", "حساب يبيع هواتف لا تصل.")
        citizen.chooses("place-abroad")
        page.locator("#country").select_option("ES")
        page.locator("#lives-0").select_option("04")
        page.locator("#lives-1").select_option("04.441")
        citizen.writes("livesText", "حي السلام")
        assert citizen.violations() == []
        citizen.goes_on()
        citizen.sees("report.disclosure")
        page.go_back()
        expect(page.locator("#lives-1")).to_have_value("04.441")
        citizen.goes_on()
        citizen.chooses("disclosure")
        citizen.goes_on()
        citizen.sees("report.check")
        told = page.locator("dd", has_text="إسبانيا")
        expect(told).to_contain_text("المغرب")
        expect(told).to_contain_text("سلا")
        expect(told).to_contain_text("حي السلام")
        with page.expect_request("**/v1/reports") as sent:
            citizen.presses("report.send")
        citizen.codes()
    assert (sent.value.post_data_json or {})["territory"] == {
        "country": "ES",
        "residence": "04.441",
        "residence_text": "حي السلام",
    }


def test_a_reporter_can_report_with_the_keyboard_alone(
    browser: Browser, system: LocalSystem
) -> None:
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

        def arrives(heading: str) -> None:
            visitor.sees(heading)
            # The focus is on the new page's heading, where a screen reader begins.
            visitor.page.locator("h1:focus").wait_for()

        visitor.sees("report.way")
        reach("way")
        keyboard.press("ArrowUp")
        submit()
        arrives("report.safety")
        submit()
        arrives("report.start")
        reach("category")
        keyboard.press("Space")
        submit()
        arrives("report.role")
        reach("role")
        keyboard.press("Space")
        submit()
        arrives("report.narrative")
        submit()
        expect(visitor.page.locator(".summary")).to_be_focused()
        keyboard.press("Tab")
        keyboard.press("Enter")
        expect(visitor.page.locator("#narrative")).to_be_focused()
        keyboard.type("A shop that never sends what it sells.")
        submit()
        arrives("report.locations")
        submit()
        arrives("report.when")
        submit()
        arrives("report.money")
        reach("lost")
        keyboard.press("Space")
        keyboard.press("ArrowDown")
        submit()
        arrives("report.place")
        submit()
        arrives("report.disclosure")
        reach("disclosure")
        keyboard.press("Space")
        submit()
        arrives("report.check")
        reach("send")
        keyboard.press("Enter")
        visitor.codes()


def test_an_invalid_amount_is_told_above_and_at_its_field_and_going_back_loses_no_answer(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "fr") as visitor:
        page, words = visitor.page, visitor.t("error.amount")
        visitor.stands_at("report.check")
        money = visitor.t("site.named").format(
            name=visitor.t("report.change"), what=visitor.t("report.money")
        )
        page.get_by_role("button", name=money, exact=True).click()
        visitor.chooses("lost")
        visitor.writes("amount-1", "beaucoup")
        visitor.goes_on()
        expect(page.locator(".summary a")).to_have_text(words)
        expect(page.locator("#amount-1-error")).to_have_text(words)
        expect(page.locator(".summary")).to_be_focused()
        page.locator(".summary a").click()
        expect(page.locator("#amount-1")).to_be_focused()

        page.go_back()
        visitor.sees("report.check")
        expect(page.get_by_text("beaucoup MAD")).to_be_visible()
        visitor.presses("report.send")
        expect(page.locator("#amount-1-error")).to_have_text(words)

        page.get_by_role("button", name=visitor.t("report.add_loss")).click()
        visitor.goes_on()
        both = [f"Paiement {number}: {words}" for number in (1, 2)]
        expect(page.locator(".summary a")).to_have_text(both)
        expect(page.locator("#amount-2-error")).to_have_text(both[1])


def test_a_half_written_day_is_an_error_and_not_an_empty_answer(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        visitor.stands_at("report.when")
        visitor.writes("day", "15")
        visitor.goes_on()
        expect(visitor.page.locator("#day-error")).to_have_text(visitor.t("error.day"))
        # The year with its last two digits, a day that no month has, and one that has not come.
        for day in ("26-1-15", "2026-2-30", "2999-1-1"):
            visitor.dates("day", day)
            visitor.goes_on()
            expect(visitor.page.locator("#day-error")).to_have_text(visitor.t("error.day"))
        visitor.dates("day", "2026-1-15")
        visitor.goes_on()
        visitor.sees("report.money")


def test_a_reporter_goes_on_when_the_list_of_places_does_not_load(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "fr") as visitor:
        page, place = visitor.page, visitor.page.locator("#code-0")
        page.route("**/assets/places-*", lambda route: route.abort())
        visitor.stands_at("report.place")
        visitor.chooses("place")
        expect(page.get_by_text(visitor.t("report.loading"))).to_be_visible()
        visitor.need_not_wait_until(page.get_by_text(visitor.t("report.places_failed")).is_visible)
        expect(place).to_contain_text(visitor.t("report.places_failed"))
        visitor.goes_on()
        page.locator(".summary a").click()
        expect(place).to_be_focused()
        page.unroute("**/assets/places-*")
        visitor.presses("report.again")
        page.locator("select#code-0").select_option("01")
        visitor.goes_on()
        visitor.sees("report.disclosure")


def test_an_answer_changed_at_the_end_brings_its_calm_words(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "ar") as visitor:
        visitor.stands_at("report.check")
        change = f"{visitor.t('report.change')}: {visitor.t('report.start')}"
        visitor.page.get_by_role("button", name=change, exact=True).click()
        visitor.chooses("category-sextortion")
        visitor.goes_on()
        visitor.sees("report.before")
        visitor.goes_on()
        visitor.sees("report.check")


def test_a_refused_answer_is_shown_beside_its_question(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "es") as visitor:
        visitor.stands_at("report.disclosure")
        visitor.chooses("disclosure-identified")
        visitor.writes("fullName", "x" * 201)
        visitor.writes("phone", "999999999999999999999")
        visitor.goes_on()
        visitor.sees("report.check")
        visitor.presses("report.send")
        visitor.sees("report.disclosure")
        expect(visitor.page.locator("#phone-error")).to_have_text(visitor.t("error.phone"))
        expect(visitor.page.locator("#fullName-error")).to_have_text(visitor.t("error.value_long"))
        visitor.writes("fullName", "x" * 200)
        visitor.writes("phone", "0661000000")
        visitor.goes_on()
        visitor.sees("report.check")
        visitor.presses("report.send")
        visitor.codes()


def test_ten_thousand_arabic_characters_pasted_arrive_as_they_are(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    chance = random.Random(7)
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي ًٌٍَُِّْـ\n"
    text = "".join(chance.choice(letters) for _ in range(10_000)).strip() + "."
    with a_visitor(browser, system.origin, "ar", **PHONE) as citizen:
        citizen.stands_at("report.check")
        change = f"{citizen.t('report.change')}: {citizen.t('report.narrative')}"
        citizen.page.get_by_role("button", name=change, exact=True).click()
        citizen.pastes("narrative", text)
        citizen.goes_on()
        citizen.sees("report.check")
        citizen.presses("report.send")
        reference, _ = citizen.codes()
    assert people.narrative_of(reference) == text


def test_a_pasted_chat_above_the_limit_stays_and_is_told_at_its_field(
    browser: Browser, system: LocalSystem
) -> None:
    chat = ("12/03 21:04 - ?: paga\n" * 2_000)[:40_000]
    with a_visitor(browser, system.origin, "es", **PHONE) as visitor:
        narrative, error = visitor.page.locator("#narrative"), visitor.t("error.narrative_long")
        visitor.stands_at("report.narrative")
        visitor.pastes("narrative", chat)
        visitor.goes_on()
        expect(visitor.page.locator("#narrative-error")).to_have_text(error)
        expect(narrative).to_have_value(chat)
        visitor.goes_to("report/plain")
        visitor.presses("way.blackmailed")
        visitor.goes_on()
        visitor.pastes("narrative", chat)
        visitor.goes_on()
        expect(visitor.page.locator("#narrative-error")).to_have_text(error)
        expect(narrative).to_have_value(chat)


def test_a_lost_answer_and_a_double_click_make_one_report(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        visitor.stands_at("report.check")
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
        visitor.need_not_wait_until(lambda: len(sent) == 2)
        visitor.codes()
        assert len(sent) == 2
        assert len(set(sent)) == 1
        assert replayed == ["", "true"]


def test_a_double_click_skips_no_page(browser: Browser, system: LocalSystem) -> None:
    with a_visitor(browser, system.origin, "es") as visitor:
        page = visitor.page
        visitor.stands_at("report.locations")
        page.get_by_role("button", name=visitor.t("report.skip")).hover()
        page.mouse.down(click_count=2)
        page.mouse.up(click_count=2)
        expect(page.locator("h1")).to_have_text(visitor.t("report.locations"))
        page.mouse.down()
        page.mouse.up()
        visitor.sees("report.when")


def test_an_unanswered_report_is_kept_and_can_be_sent_again(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "ar") as visitor:
        visitor.stands_at("report.check", narrative="نص لا يضيع")
        busy = json.dumps({"type": "urn:e-iblagh:problem:busy", "retry_after": 0})
        visitor.page.route(
            "**/v1/reports",
            lambda route: route.fulfill(
                status=503, body=busy, content_type="application/problem+json"
            ),
        )
        visitor.presses("report.send")
        visitor.need_not_wait_until(
            visitor.page.get_by_text(visitor.t("report.failed_text")).is_visible
        )
        # The firewall names a long time: the page tells it and does not try again.
        asked: list[Route] = []

        def in_five_minutes(route: Route) -> None:
            asked.append(route)
            route.fulfill(status=429, headers={"Retry-After": "300"}, body="")

        visitor.page.unroute("**/v1/reports")
        visitor.page.route("**/v1/reports", in_five_minutes)
        visitor.presses("report.send")
        told = visitor.t("error.wait").replace("{wait}", "5\N{NO-BREAK SPACE}دقائق")
        expect(visitor.page.get_by_role("alert")).to_contain_text(told)
        assert len(asked) == 1
        expect(visitor.page.get_by_text("نص لا يضيع")).to_be_visible()
        visitor.page.unroute("**/v1/reports")
        visitor.page.context.set_offline(True)
        visitor.presses("report.again")
        expect(visitor.page.get_by_text(visitor.t("report.retrying"))).to_be_visible()
        visitor.page.context.set_offline(False)
        visitor.codes()


def test_a_refusal_without_a_time_to_wait_is_tried_again(
    browser: Browser, system: LocalSystem
) -> None:
    """Beyond the stage's rate it answers 429 with neither a problem nor `Retry-After`."""
    tried: list[str] = []

    def gateway(route: Route) -> None:
        tried.append(route.request.headers["idempotency-key"])
        if len(tried) > 1:
            route.continue_()
        else:
            route.fulfill(status=429, body='{"message":"Too Many Requests"}')

    with a_visitor(browser, system.origin, "fr") as visitor:
        visitor.stands_at("report.check")
        visitor.page.route("**/v1/reports", gateway)
        visitor.presses("report.send")
        visitor.need_not_wait_until(lambda: len(tried) > 1)
        visitor.codes()
    assert tried == tried[:1] * 2
