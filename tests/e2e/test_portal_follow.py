"""A reporter follows: reads a question, answers it and adds facts, with JavaScript and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from local.system import System
from tests.e2e.people import People, a_report
from tests.e2e.portal import Visitor, a_visitor

QUESTION = "في أي يوم وقع ذلك؟ <b>1</b>"


def opens(visitor: Visitor, codes: dict[str, str], *, path: str) -> None:
    visitor.goes_to(path)
    for name in ("reference", "receipt"):
        visitor.writes(name, codes[name])
    visitor.presses("follow.show")
    visitor.sees("follow.status")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_question_is_answered_and_facts_are_added(
    browser: Browser, system: System, people: People, *, scripts: bool
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
        answer = page.get_by_role("textbox", name=visitor.t("follow.answer"))
        answer.fill("   ")
        send = page.get_by_role("button", name=visitor.t("follow.add_send"))
        send.first.click()
        expect(page.locator(".summary a")).to_have_text(visitor.t("error.message"))
        answer.fill("يوم الاثنين\nصباحا")
        send.first.click()
        expect(page.get_by_text(visitor.t("follow.answered"))).to_be_visible()
        expect(answer).to_have_count(0)

        page.get_by_role("textbox", name=visitor.t("follow.addition")).fill("<i>رقم آخر</i>")
        send.click()
        expect(page.locator(".post", has_text="<i>رقم آخر</i>")).to_be_visible()
        expect(page.get_by_text(visitor.t("follow.added"))).to_be_visible()
        expect(page.locator("#addition")).to_have_value("")
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


def test_what_was_typed_survives_a_service_that_cannot_answer(
    browser: Browser, system: System, people: People
) -> None:
    accepted = people.submit()
    with a_visitor(browser, system.origin, "fr") as visitor:
        opens(visitor, accepted, path="follow/")
        busy = '{"type": "urn:e-iblagh:problem:busy", "retry_after": 0}'
        visitor.page.route("**/additions", lambda route: route.fulfill(status=503, body=busy))
        visitor.writes("addition", "Encore un message")
        visitor.presses("follow.add_send")
        expect(visitor.page.locator(".summary a")).to_have_text(
            visitor.t("error.busy"), timeout=15_000
        )
        expect(visitor.page.locator("#addition")).to_have_value("Encore un message")
        visitor.page.unroute("**/additions")
        visitor.presses("follow.add_send")
        expect(visitor.page.locator(".post")).to_contain_text("Encore un message")
    assert len(people.follow(accepted)["additions"]) == 1
