"""The duty desk and the supervisor's board in browsers: who took care, and what rests where."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from casework.case.lifecycle import Move
from casework.pack.jurisdiction import open_pack
from casework.text.reference import case_id_from_reference
from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.people import People, a_report, eventually

AL_HOCEIMA, ITS_UNIT = "01.051", "pj-01-051"
"""No other test leaves many cases there, so a case stands on the first page of its list."""
IN_SIGHT_SECONDS = 5
DIALLED = """() => {
    window.dialled = [];
    document.addEventListener("click", (event) => {
        const link = event.target.closest("a[href^='tel:']");
        if (!link) return;
        event.preventDefault();
        window.dialled.push(link.getAttribute("href"));
    });
}"""
COUNTED_SOUNDS = """() => {
    window.sounds = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...given) {
        window.sounds += 1;
        return start.apply(this, given);
    };
}"""


@pytest.fixture(scope="module")
def staffed(system: LocalSystem) -> LocalSystem:
    """The shared system, with the demo people who sign in at a page."""
    LocalStaff(system).ensure(demo_people({}))
    return system


def goes_to(person: Analyst, room: str) -> None:
    link = person.page.get_by_role("link", name=person.texts[f"room_{room}"], exact=True)
    link.click()
    expect(person.page.locator(f"main.{room} h1")).to_have_text(person.texts[f"room_{room}"])


def line_of(person: Analyst, case_id: str) -> Locator:
    return person.page.locator(f'main.duty [data-case="{case_id}"]').first


def chosen(person: Analyst) -> Locator:
    return person.page.get_by_role("region", name=person.texts["duty_chosen"], exact=True)


def goes_to_list(person: Analyst, kind: str) -> None:
    lists = person.page.get_by_role("navigation", name=person.texts["duty_lists"])
    lists.get_by_role("button", name=person.texts[f"tab_{kind}"]).click()


def sounds_of(person: Analyst) -> int:
    counted: int = person.page.evaluate("window.sounds")
    return counted


def test_an_alert_is_seen_and_heard_and_all_see_who_took_care(
    browser: Browser, staffed: LocalSystem, people: People
) -> None:
    with (
        at_the_desk(browser, staffed.origin, "fr") as ana,
        at_the_desk(browser, staffed.origin, "en", name="Supervisor") as sara,
    ):
        ana.page.evaluate(COUNTED_SOUNDS)
        for each in (ana, sara):
            goes_to(each, "duty")
            expect(each.page.locator("main.duty")).to_contain_text(each.texts["sound_off"])
        ana.page.get_by_role("checkbox", name=ana.texts["sound_on"]).check()
        expect(ana.page.locator("main.duty")).not_to_contain_text(ana.texts["sound_off"])
        heard = eventually(lambda: sounds_of(ana), "the sound of the switch")

        accepted = people.submit(a_report(danger_now=True))
        case_id = case_id_from_reference(accepted["reference"])
        line = line_of(ana, case_id)
        line.wait_for()
        seen = datetime.now(UTC)
        expect(line).to_contain_text(ana.texts["new"])
        eventually(lambda: sounds_of(ana) > heard, "the sound of the alert")
        history = people.case(case_id).json()["history"]
        (committed,) = (each["at"] for each in history if each["move"] == Move.ASSESS)
        assert (seen - datetime.fromisoformat(committed)).total_seconds() <= IN_SIGHT_SECONDS

        line.locator("button.link").first.focus()
        ana.presses("d")
        expect(line_of(sara, case_id).locator(".has")).to_contain_text("First analyst")
        expect(chosen(ana)).to_contain_text(ana.texts["taken_mine"])
        ana.presses("l", "1", "2", "1")
        expect(line_of(sara, case_id)).to_contain_text(sara.texts["result_no_answer"])
        line_of(sara, case_id).locator(".gist").click()
        told = f"First analyst .*{sara.texts['result_no_answer']}"
        expect(chosen(sara)).to_contain_text(re.compile(told))
        line.locator("button.link").first.focus()
        ana.presses("8")  # a digit says what was done
        expect(line).to_contain_text(ana.texts["did_read"])
        assert [people.moves(case_id).count(move) for move in ("take", "tried", "attend")] == [
            1
        ] * 3

        note = f"L'unité rappelle pour {case_id}."
        ana.page.locator(".shift summary").first.click()
        ana.page.locator("#handover-text").fill(note)
        ana.page.locator("#handover-text").press("Control+Enter")
        expect(ana.page.locator(".handover .post").first).to_contain_text(note)
        sara.page.reload()
        sara.page.locator(".shift summary").first.click()
        expect(sara.page.locator(".handover .post").first).to_contain_text("First analyst")

        line.locator("button.link").first.press("Enter")
        assert ana.case() == case_id
        back = ana.page.locator("main.case .trail button")
        expect(back).to_have_accessible_name(ana.texts["room_duty"])
        back.click()
        line.wait_for()


def test_keys_go_on_with_the_case_that_was_taken_though_another_is_first_now(
    browser: Browser, staffed: LocalSystem, people: People
) -> None:
    for _ in range(2):
        people.submit(a_report(danger_now=True))
    with at_the_desk(browser, staffed.origin, "fr") as ana:
        goes_to(ana, "duty")
        lines = ana.page.locator("main.duty [data-case]")
        lines.nth(1).wait_for()
        ana.page.locator("main.duty h1").focus()
        waiting = lines.filter(has=ana.page.get_by_role("button", name=ana.texts["take_it"]))
        taken = line_of(ana, str(waiting.first.get_attribute("data-case")))
        ana.presses("d")
        expect(taken.locator(".has")).to_contain_text(ana.texts["on_duty_you"])
        expect(taken).to_have_attribute("aria-current", "true")
        expect(ana.page.locator("main.duty h1")).to_be_focused()
        ana.presses("l")
        asked = chosen(ana).get_by_role("group", name=ana.texts["called_whom"])
        expect(asked).to_be_visible()
        ana.presses("Escape")
        expect(asked).to_have_count(0)
        expect(taken).to_have_attribute("aria-current", "true")
        ana.presses("n")
        expect(chosen(ana).get_by_role("button", name=ana.texts["done_unit"]).first).to_be_focused()


def test_what_was_done_is_one_key_that_can_be_taken_back_and_arrows_choose_the_line(
    browser: Browser, staffed: LocalSystem, people: People
) -> None:
    told = [people.submit(a_report(danger_now=True))["reference"] for _ in range(2)]
    with at_the_desk(browser, staffed.origin, "fr") as ana:
        goes_to(ana, "duty")
        for each in told:  # what comes meanwhile would be in front
            line_of(ana, case_id_from_reference(each)).wait_for()
        first = ana.page.locator('main.duty [aria-current="true"][data-case]')
        before = str(first.get_attribute("data-case"))
        ana.presses("ArrowDown")
        expect(first).not_to_have_attribute("data-case", before)
        below = str(first.get_attribute("data-case"))
        ana.presses("ArrowUp")
        expect(first).to_have_attribute("data-case", before)
        ana.presses("ArrowDown", "1")
        expect(ana.page.locator(".tray")).to_contain_text(ana.texts["outcome_tried"])
        ana.presses("u")
        expect(ana.page.locator(".tray p")).to_have_count(0)
        ana.presses("1")
        so_far = chosen(ana).locator(".so-far")
        expect(so_far).to_contain_text(ana.texts["result_reached"])
        expect(first).to_have_attribute("data-case", below)
    assert (people.moves(below).count("tried"), people.moves(before).count("tried")) == (1, 0)


def test_whoever_has_a_case_calls_its_reporter_from_its_line_by_one_key(
    browser: Browser, staffed: LocalSystem, people: People
) -> None:
    called = {"phone": "+212 600 44 55 67", "safe": "write"}
    accepted = people.submit(a_report(danger_now=True, call_now=called))
    case_id = case_id_from_reference(accepted["reference"])
    with at_the_desk(browser, staffed.origin, "ar") as ana:
        goes_to(ana, "duty")
        line = line_of(ana, case_id)
        line.locator("button.link").first.focus()
        reach = chosen(ana).get_by_role("button", name=ana.texts["number_call"])
        expect(reach).to_have_count(0)
        ana.presses("e")  # a number is opened by the person who has the case
        expect(ana.page.locator("main.duty")).to_be_visible()
        ana.presses("d")
        expect(reach).to_be_visible()
        found = ana.visitor.violations()
        ana.presses("e")
        assert ana.case() == case_id
        number = ana.page.locator(".call-reporter")
        expect(number.locator("summary")).to_be_focused()
        number.get_by_role("button", name=ana.texts["number_open"]).click()
        expect(number.locator(".number")).to_contain_text("212 600 44 55 67")
        expect(number).to_contain_text(ana.texts["number_write"])
        expect(number).to_contain_text(ana.texts["number_text"])
        expect(number).not_to_contain_text(ana.texts["number_speak"])
        found += ana.visitor.violations()
    assert found == []
    assert people.moves(case_id).count("number_opened") == 1


def test_a_stuck_case_is_tried_again_from_the_duty_desk(
    browser: Browser, staffed: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    people.step("Stuck", case_id)
    with at_the_desk(browser, staffed.origin) as ana:
        goes_to(ana, "duty")
        goes_to_list(ana, "stuck")
        line_of(ana, case_id).locator(".gist").click()
        chosen(ana).get_by_role("button", name=ana.texts["try_workflow"]).click()
        expect(line_of(ana, case_id)).to_have_count(0)
    assert people.moves(case_id).count("retry") == 1


def test_a_unit_that_could_not_be_told_is_one_touch_away_from_a_call(
    browser: Browser, staffed: LocalSystem, people: People
) -> None:
    case_id = people.published(danger_now=True)
    phone = {"number": "+99 5 37", "source": "a test", "date": "2026-11-30"}
    known: dict[str, Any] = {}

    def not_told(route: Route) -> None:
        duty = people.call("GET", "/v1/desk/duty", "supervisor").json()
        lines = [each for each in duty["imminent"] if each["id"] == case_id]
        unit, *others = duty["to_call"][case_id]
        calls = {case_id: [{**unit, **known}, *others]}
        route.fulfill(json={**duty, "undelivered": lines, "to_call": calls})

    with at_the_desk(browser, staffed.origin) as ana:
        ana.page.route("**/v1/desk/duty", not_told)
        goes_to(ana, "duty")
        goes_to_list(ana, "undelivered")
        line = ana.page.locator('section[aria-labelledby="duty-undelivered"] [data-case]')
        unit = people.case(case_id).json()["referral"]["unit"]
        expect(line).to_contain_text(ana.texts["no_number"])
        missing = ana.texts["no_number_entry"].partition("{")[0]
        where = re.compile(f"{re.escape(missing)}.*units: {unit}")
        expect(chosen(ana)).to_contain_text(where)
        expect(line).not_to_contain_text(where)  # once, not in each line
        known["phone"] = {**phone, "confirmed": False}
        ana.page.reload()
        goes_to_list(ana, "undelivered")
        expect(line).to_contain_text(ana.texts["number_unconfirmed"])
        expect(line.get_by_role("link", name="+99 5 37")).to_have_count(0)
        known["phone"] = {**phone, "confirmed": True}
        ana.page.reload()
        goes_to_list(ana, "undelivered")
        call = line.get_by_role("link", name="+99 5 37")
        expect(call).to_have_attribute("href", "tel:+99537")
        expect(chosen(ana)).not_to_contain_text(where)
        ana.page.evaluate(DIALLED)
        ana.presses("l")
        assert ana.page.evaluate("window.dialled") == ["tel:+99537"]
        asked = chosen(ana).get_by_role("group", name=ana.texts["called_whom"])
        expect(asked).to_be_visible()


def test_a_supervisor_sees_who_holds_what_breaks_a_hold_and_opens_the_list_of_a_unit(
    browser: Browser, staffed: LocalSystem, people: People
) -> None:
    held = people.in_review()
    waiting = people.published(territory={"code": AL_HOCEIMA})
    key = {"Idempotency-Key": str(uuid.uuid4())}
    assert people.call("POST", f"/v1/desk/cases/{held}/hold", "analyst", headers=key).is_success
    with at_the_desk(browser, staffed.origin, "ar", name="Supervisor", color_scheme="dark") as sara:
        goes_to(sara, "duty")
        sara.page.locator(".shift summary").first.click()
        sara.page.locator(".held-now summary").click()
        line = sara.page.locator(f'.held-now [data-case="{held}"]')
        expect(line).to_contain_text(sara.texts["held_since"])
        found = sara.visitor.violations()
    assert found == []
    with at_the_desk(browser, staffed.origin, "en", name="Supervisor") as sara:
        goes_to(sara, "board")
        board = sara.page.locator("main.board")
        line = board.locator(f'section[aria-labelledby="board-holds"] [data-case="{held}"]')
        line.get_by_role("button", name=sara.texts["break_hold"]).click()
        line.get_by_role("textbox").fill("It has waited for an hour, and she is away.")
        line.get_by_role("button", name=sara.texts["break_hold"]).click()
        expect(line).to_have_count(0)
        assert people.moves(held).count("break_hold") == 1
        unit = open_pack("ma").units[ITS_UNIT].names
        board.get_by_role("button", name=unit.get("en") or unit["fr"], exact=True).click()
        opened = board.locator(f'.of-unit [data-case="{waiting}"]')
        expect(opened).to_contain_text(sara.texts["status_published"])
        opened.locator("button.link").first.click()
        assert sara.case() == waiting
