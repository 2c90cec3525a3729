"""A reporter follows: reads a question, answers it and adds facts, with JavaScript and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Route, ViewportSize, expect

from local.system import LocalSystem
from tests.e2e.people import People, a_report
from tests.e2e.portal import Visitor, a_visitor

QUESTION = "في أي يوم اتصل بك 0661-23 45 67؟ <b>1</b>"


def opens(visitor: Visitor, codes: dict[str, str], *, path: str) -> None:
    visitor.goes_to(path)
    for name in ("reference", "receipt"):
        visitor.writes(name, codes[name])
    visitor.presses("follow.show")
    visitor.sees("follow.status")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_question_is_answered_and_facts_are_added(
    browser: Browser, system: LocalSystem, people: People, *, scripts: bool
) -> None:
    accepted = people.submit(a_report(language="ar"))
    case_id = people.case_of(accepted)
    people.ask(case_id, QUESTION)
    sent: list[str] = []
    with a_visitor(browser, system.origin, "ar", java_script_enabled=scripts) as visitor:
        page = visitor.page
        page.on("request", lambda request: sent.append(request.url))
        opens(visitor, accepted, path="follow/" if scripts else "follow")
        expect(page.get_by_text(QUESTION)).to_be_visible()
        waits = re.compile(visitor.t("follow.waiting").replace("{day}", ".* 20[0-9]{2} "))
        expect(page.locator(".standing small")).to_have_text(waits)
        expect(page.locator("bdi bdi[dir=ltr]")).to_have_text("0661-23 45 67")
        until = visitor.t("follow.answer_by").partition("{day}")[0]
        expect(page.get_by_text(until)).to_contain_text(re.compile(" 20[0-9]{2} "))
        title = page.title()
        answer = page.get_by_role("textbox", name=visitor.t("follow.answer"))
        answer.fill("   ")
        visitor.presses("follow.answer_send")
        expect(page.locator(".summary a")).to_have_text(visitor.t("error.message"))
        if scripts:
            visitor.presses("follow.add_send")
            expect(page.locator(".summary")).to_have_count(2)
        answer.fill("يوم الاثنين\nصباحا")
        visitor.presses("follow.answer_send")
        expect(page.get_by_text(visitor.t("follow.answered"))).to_be_visible()
        expect(answer).to_have_count(0)

        page.get_by_role("textbox", name=visitor.t("follow.addition")).fill("<i>رقم آخر</i>")
        visitor.presses("follow.add_send")
        expect(page.locator(".post", has_text="<i>رقم آخر</i>")).to_be_visible()
        expect(page.get_by_text(visitor.t("note.added"))).to_be_visible()
        expect(page.locator("#addition")).to_have_value("")
        assert page.title() == title, "what was wrong is taken back with it"
        if scripts:
            assert visitor.violations() == []
    codes = (accepted["reference"], accepted["receipt"])
    asked = [url for url in sent if "/v1/" not in url]
    assert not [url for url in asked if any(code in url for code in codes)]
    assert not [url for url in sent if accepted["receipt"] in url]
    told = people.follow(accepted)
    assert [(each.get("answers"), each["text"].split()[0]) for each in told["additions"]] == [
        (1, "يوم"),
        (None, "<i>رقم"),
    ]
    assert people.await_status(case_id, "in_review")["run"] == 2


def test_an_addition_stays_in_the_form_while_the_service_cannot_answer(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    accepted = people.submit()
    with a_visitor(browser, system.origin, "fr") as visitor:
        opens(visitor, accepted, path="follow/")
        busy = '{"type": "urn:e-iblagh:problem:busy", "retry_after": 0}'
        visitor.page.route("**/additions", lambda route: route.fulfill(status=503, body=busy))
        visitor.writes("addition", "Encore un message")
        visitor.presses("follow.add_send")
        visitor.need_not_wait_until(visitor.page.locator(".summary a").is_visible)
        expect(visitor.page.locator(".summary a")).to_have_text(visitor.t("error.busy"))
        expect(visitor.page.locator("#addition")).to_have_value("Encore un message")
        visitor.page.unroute("**/additions")
        visitor.presses("follow.add_send")
        expect(visitor.page.locator(".post")).to_contain_text("Encore un message")
        # The way to the content is one step in the browser's history, the report another.
        visitor.page.locator(".skip").press("Enter")
        visitor.page.go_back()
        visitor.sees("follow.status")
        visitor.page.go_back()
        visitor.sees("follow.title")
        expect(visitor.page.locator("#reference")).to_have_value("")
    assert len(people.follow(accepted)["additions"]) == 1


def test_a_failure_to_load_news_is_told_within_sight_of_the_button(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    accepted = people.submit()
    small: ViewportSize = {"width": 320, "height": 640}
    with a_visitor(browser, system.origin, "ar", viewport=small) as visitor:
        opens(visitor, accepted, path="follow/")
        visitor.page.route(
            "**/v1/reports/*", lambda route: route.fulfill(status=503, body='{"retry_after": 0}')
        )
        expect(visitor.page.locator("h1")).to_be_focused()
        button = visitor.page.get_by_role("button", name=visitor.t("follow.refresh"))
        button.evaluate("it => it.scrollIntoView({block: 'end', behavior: 'instant'})")
        button.press("Enter")
        told = visitor.page.get_by_role("alert")
        visitor.need_not_wait_until(told.is_visible)
        expect(told).to_have_text(visitor.t("error.busy"))
        expect(told).to_be_in_viewport()
        visitor.page.unroute("**/v1/reports/*")
        visitor.presses("follow.refresh")
        expect(told).to_have_count(0)


def test_an_unsent_addition_survives_leaving_the_page(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    accepted = people.submit()
    with a_visitor(browser, system.origin, "en") as visitor:
        page, typed = visitor.page, visitor.page.locator("#addition")
        opens(visitor, accepted, path="follow/")
        page.locator("h1:focus").wait_for()  # nobody types before
        typed.press_sequentially("One more")
        page.go_back()
        visitor.sees("follow.title")
        for name in ("reference", "receipt"):
            visitor.writes(name, accepted[name].lower())
        visitor.presses("follow.show")
        visitor.sees("follow.status")
        expect(typed).to_have_value("One more")
        visitor.presses("follow.close")
        visitor.sees("follow.title")
        for name in ("reference", "receipt"):
            visitor.writes(name, accepted[name])
        visitor.presses("follow.show")
        expect(typed).to_have_value("One more")
        visitor.goes_to("")
        assert visitor.warned == 1, "the browser asks before the page is closed"

        opens(visitor, accepted, path="follow/")
        expect(typed).to_have_value("")
        page.locator("h1:focus").wait_for()
        typed.press_sequentially("One more")
        slow: list[Route] = []
        page.route("**/additions", lambda route: slow.append(route))
        with page.expect_request("**/additions"):
            visitor.presses("follow.add_send")
        typed.press_sequentially(", and another")
        slow[0].continue_()
        expect(page.locator(".post")).to_have_text(re.compile("One more$"))
        expect(typed).to_have_value("One more, and another")
        typed.fill("")
        visitor.goes_to("")
        assert visitor.warned == 1, "nothing is asked when nothing would be lost"
