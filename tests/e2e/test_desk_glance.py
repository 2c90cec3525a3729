"""First glance in a browser: a report is read and judged by one key, and the next one is there."""

from __future__ import annotations

import time
import uuid
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, expect

from casework.aws.table import keys
from casework.case.lifecycle import Move
from casework.text.reference import case_id_from_reference
from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.people import People, a_report, eventually
from tests.e2e.portal import COLOURS

ROUNDS = 6
SECONDS_EACH = 8
KEYS_EACH = 1.1
ARABIC_D = "ي"
"""What an Arabic keyboard writes at the place of D."""


@pytest.fixture
def quiet(system: LocalSystem, people: People) -> LocalSystem:
    """The shared system, whose earlier reports were all looked at."""
    LocalStaff(system).ensure(demo_people({}))
    while reports := listed(people):
        for each in reports:
            says(people, each, "nothing_urgent")
    return system


def listed(people: People) -> list[str]:
    answer = people.call("GET", "/v1/desk/glance", "supervisor", params={"limit": "100"})
    return [each["reference"] for each in answer.json()["reports"]]


def says(people: People, report: str, verdict: str) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"report": report, "verdict": verdict}
    answer = people.call("POST", "/v1/desk/glance", "supervisor", json=body, headers=key)
    assert answer.status_code == HTTPStatus.OK, answer.text


def comes(people: People, count: int = 1, **said: object) -> list[str]:
    """New reports, once they are in the list."""
    sent = [people.submit(a_report(**said))["reference"] for _ in range(count)]
    eventually(lambda: set(sent) <= set(listed(people)), "the reports wait for a glance")
    return sent


def verdict_on(people: People, report: str) -> list[str]:
    history = people.case(case_id_from_reference(report)).json()["history"]
    return [each["data"]["verdict"] for each in history if each["move"] == Move.GLANCE]


def in_front(analyst: Analyst, other_than: str = "") -> str:
    heading = analyst.page.locator("main.glance h1 .code")
    heading.wait_for()
    if other_than:
        expect(heading).not_to_have_text(other_than)
    return heading.inner_text()


def test_one_key_judges_a_report_and_no_request_is_waited_for(
    browser: Browser, quiet: LocalSystem, people: People
) -> None:
    comes(people, ROUNDS)
    reports = listed(people)
    with at_the_desk(browser, quiet.origin, "fr") as analyst:
        expect(analyst.page.locator(".glances")).to_contain_text(str(ROUNDS))
        analyst.presses("r")
        began, pressed, shown = time.monotonic(), 0, ""
        for round_ in range(ROUNDS):
            shown = in_front(analyst, shown)
            assert shown == reports[round_], "in the order of the list"
            expect(analyst.page.locator("main.glance .told")).to_contain_text("téléphones")
            expect(analyst.page.locator("main.glance .told-facts")).to_be_visible()
            analyst.presses("k" if round_ == 1 else "j")
            pressed += 1
        expect(analyst.page.locator("main.glance")).not_to_contain_text(shown)
        assert (time.monotonic() - began) / ROUNDS <= SECONDS_EACH
        assert pressed / ROUNDS <= KEYS_EACH
        analyst.presses("u")  # the last one waits for a while, and comes back
        assert in_front(analyst) == reports[-1]
        analyst.presses("l")
        analyst.cannot_undo()
        eventually(lambda: verdict_on(people, reports[-1]) == ["cannot_tell"], "it was sent")
    assert [verdict_on(people, each) for each in reports[:3]] == [
        ["nothing_urgent"],
        ["look_soon"],
        ["nothing_urgent"],
    ]
    assert people.case(case_id_from_reference(reports[1])).json()["priority"] == "urgent"
    assert listed(people) == [reports[-1]], "a colleague looks at it, too"
    says(people, reports[-1], "nothing_urgent")


def test_danger_is_sent_at_once_and_hard_content_is_covered(
    browser: Browser, quiet: LocalSystem, people: People
) -> None:
    (calm,) = comes(people)
    (hard,) = comes(
        people, category="child_sexual_exploitation", narrative="Il garde des photos de la petite."
    )
    with at_the_desk(browser, quiet.origin, "ar") as analyst:
        page = analyst.page
        page.get_by_role("link", name=analyst.texts["room_glance"], exact=True).click()
        assert in_front(analyst) == hard, "the most worrying first"
        expect(page.locator("main.glance")).not_to_contain_text("photos")
        found = {"covered": analyst.visitor.violations()}
        analyst.presses("j", "k", "l", "d")
        assert in_front(analyst) == hard, "who has not read it says nothing of it"
        analyst.presses("v")
        expect(page.locator("main.glance .told")).to_contain_text("photos")
        found["in sight"] = analyst.visitor.violations()
        analyst.page.evaluate(
            """key => document.body.dispatchEvent(new KeyboardEvent(
                'keydown', {key, code: 'KeyD', bubbles: true, cancelable: true}))""",
            ARABIC_D,
        )
        case = keys.case_key(case_id_from_reference(hard))
        eventually(lambda: people.item(case).get("imminent") is True, "nothing waits for danger")
        assert in_front(analyst, hard) == calm
        analyst.presses("j")
        expect(page.locator("main.glance .inset")).to_be_visible()
        found["nothing left"] = analyst.visitor.violations()
        page.emulate_media(color_scheme="dark")
        found["dark"] = analyst.visitor.violations(COLOURS)
        assert found == {name: [] for name in found}
        analyst.is_told("glance_taken")
    assert verdict_on(people, hard) == ["danger_now"]
