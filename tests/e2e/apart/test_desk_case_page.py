"""The case page in a browser: what an analyst does beside the decision, and what it tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Browser, Route, expect

from casework.pack.templates import read_templates
from local.system import LocalSystem
from tests.e2e.apart.offices import PACK
from tests.e2e.desk import Analyst, at_the_desk, speaks
from tests.e2e.people import People, a_phone, a_report, eventually

QUESTION = read_templates(PACK.folder).questions[0]
LOST = {"amount": "900", "currency": "MAD", "means": "bank_transfer"}
LONGER_THAN_A_PAGE_WAITS_MS = 600
"""After half of that a page that is awaited says so."""


def joined(people: People, **said: Any) -> str:
    """A case in review, and a report that joined it by its telephone number: neither is named."""
    shared = {"locations": [{"kind": "phone", "value": a_phone()}]}
    case_id = people.in_review(**shared, **said)
    people.submit(a_report(**shared))
    eventually(lambda: people.case(case_id).json()["unadmitted"] == 2, "the report joins")
    return case_id


def test_a_report_that_joined_is_admitted_or_taken_out_on_the_page(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = joined(people)
    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.opens(case_id)
        analyst.page.locator(".facts-line").get_by_role(
            "button", name=analyst.texts["act_admit"]
        ).click()
        analyst.chooses("3")  # all, the first, the second: each is named by itself
        analyst.enters("act_admit")
        named = [each["belongs"] for each in people.case(case_id).json()["reports"]]
        assert named == [False, True]
        analyst.page.locator(".report").first.get_by_role(
            "button", name=analyst.texts["act_admit"]
        ).click()
        analyst.enters("act_admit")
        assert people.case(case_id).json()["unadmitted"] == 0
        second = analyst.page.locator(".report").nth(1)
        second.locator("summary").first.click()
        second.get_by_role("button", name=analyst.texts["act_take_out"]).click()
        analyst.chooses("2")
        analyst.enters("act_take_out")
        expect(analyst.page.locator(".report")).to_have_count(1)
        taken = people.case(case_id).json()["history"][-1]
        assert (taken["move"], taken["data"]["because"]) == ("take_out", "named_by_chance")
        analyst.presses("x", "1")
        analyst.lets_it_hold()


def test_one_key_opens_a_folded_report_and_admits_the_one_that_is_displayed(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    words = "Il vend aussi des scooters qui n'existent pas."
    case_id = joined(people, narrative=words)
    with at_the_desk(browser, system.origin, "en") as analyst:
        analyst.opens(case_id)
        second = analyst.page.locator(".report").nth(1)
        expect(second.locator(".told").first).not_to_be_visible()
        analyst.presses("c")
        left = analyst.texts["unseen_joined"].replace("{n}", "1")
        expect(analyst.page.get_by_text(left)).to_be_visible()
        analyst.presses("Escape", "j")
        analyst.enters("act_admit")
        analyst.presses("j")
        expect(second.locator(".told").first).to_be_visible()
        assert analyst.visitor.violations() == []
        analyst.presses("j")
        analyst.enters("act_admit")
        assert people.case(case_id).json()["unadmitted"] == 0
        analyst.presses("x", "1")
        analyst.lets_it_hold()


def test_a_question_that_nobody_would_hear_leads_to_the_reports_to_admit(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = joined(people)
    with at_the_desk(browser, system.origin, "ar") as analyst:
        analyst.opens(case_id)
        analyst.presses("e")
        expect(analyst.page.locator(".opened")).to_contain_text(analyst.texts["ask_admit_first"])
        found = analyst.visitor.violations()
        analyst.chooses("3")
        analyst.enters("act_admit")
        analyst.presses("e")
        analyst.page.locator("#question").fill("متى كان ذلك؟")
        analyst.page.locator("#question").press("Control+Enter")
        analyst.lets_it_hold()
    asked = [each["questions"] for each in people.case(case_id).json()["reports"]]
    assert [len(each) for each in asked] == [0, 1], "who was admitted is asked, not who came first"
    assert found == []


def test_a_message_to_all_is_offered_once_it_would_reach_somebody(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = joined(people, danger_now=True)
    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.opens(case_id)
        opened = analyst.page.locator(".opened")
        to_all = opened.get_by_role("button", name=analyst.texts["message_all"])
        analyst.presses("e")  # danger waits for no answer: what is written is a message
        expect(opened).to_contain_text(analyst.texts["act_message"])
        expect(opened.locator("kbd", has_text="2")).to_be_visible()
        expect(to_all).to_have_count(0)
        analyst.presses("Escape")
        second = analyst.page.locator(".report").nth(1)
        second.locator("summary").first.click()
        second.get_by_role("button", name=analyst.texts["act_admit"]).click()
        analyst.enters("act_admit")
        analyst.presses("e")
        expect(to_all).to_be_visible()
        analyst.presses("1")
        analyst.page.locator("#act-text").fill("Ne répondez plus et gardez tout.")
        analyst.presses("Control+Enter")
        analyst.cannot_undo()
        analyst.is_told("message_sent")
    assert people.moves(case_id).count("message") == 1
    assert "ask" not in people.moves(case_id)


def test_a_person_says_that_no_danger_is_imminent_with_the_reason(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review(danger_now=True)
    with at_the_desk(browser, system.origin, "ar") as analyst:
        analyst.opens(case_id)
        expect(analyst.page.locator("header.about")).to_contain_text(analyst.texts["danger_stated"])
        analyst.begins("act_no_danger")
        reason = analyst.page.locator("#act-reason")
        reason.fill("court")
        analyst.page.locator(".opened [type=submit]").click()
        expect(analyst.page.locator(".opened").get_by_role("alert")).to_be_visible()
        assert people.case(case_id).json()["imminent"], "a reason that says nothing is none"
        reason.fill("La victime est en sûreté chez sa sœur.")
        reason.press("Control+Enter")
        expect(analyst.page.locator("main").get_by_role("status")).to_contain_text(
            analyst.texts["act_no_danger"]
        )
        assert not people.case(case_id).json()["imminent"]
        analyst.confirms()
        eventually(lambda: "confirm" in people.moves(case_id), "it stays urgent and goes on")


def test_a_question_is_asked_from_a_template_in_three_keys_in_the_reporters_language(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review(language="es")
    with at_the_desk(browser, system.origin, "ar") as analyst:
        analyst.opens(case_id)
        analyst.presses("e")
        analyst.page.locator(".templates button").first.wait_for()
        found = analyst.visitor.violations()
        analyst.presses("1", "Control+Enter")
        analyst.lets_it_hold()
    (report,) = people.case(case_id).json()["reports"]
    assert report["questions"][0]["text"] == QUESTION.texts["es"]
    assert found == []


def test_colleagues_leave_each_other_notes_on_a_case(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    note = "Le témoin rappelle demain matin."
    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.opens(case_id)
        analyst.presses("n")
        analyst.page.locator("#act-note").fill(note)
        analyst.page.locator("#act-note").press("Control+Enter")
        done = analyst.page.locator("section[aria-labelledby=done-title]")
        expect(done.locator(".post")).to_contain_text(note)
        analyst.presses("s")
        expect(analyst.page.locator("main.case h1 .code", has_text=case_id)).to_have_count(0)
    with at_the_desk(browser, system.origin, "ar", "Second analyst") as other:
        other.opens(case_id)
        expect(other.page.locator(".post")).to_contain_text(note)
        expect(other.page.locator(".post")).to_contain_text("First analyst")
        other.page.locator(".post").get_by_role("button", name=other.texts["settle"]).click()
        other.page.locator("#act-note").fill("Il a rappelé.")
        other.page.locator("#act-note").press("Control+Enter")
        other.page.locator(".settled summary").click()
        expect(other.page.locator(".settled .post")).to_contain_text([note, "Il a rappelé."])
        # Another language shows the same case.
        speaks(other.page, "English")
        expect(other.page.locator("html")).to_have_attribute("lang", "en")
        other.page.locator(".settled summary").click()
        expect(other.page.locator(".post .hint").first).to_contain_text("First analyst")
        assert other.case() == case_id
        speaks(other.page, "العربية")
        expect(other.page.locator("html")).to_have_attribute("lang", "ar")
        assert other.case() == case_id
        other.presses("x", "1")
        other.lets_it_hold()


def writes(person: Analyst, key: str = "") -> None:
    """Open a field for words: by its key, or that of a message."""
    if key:
        person.presses(key)
    else:
        person.begins("act_message")


def test_words_that_were_kept_are_gone_on_with_and_neither_sent_nor_read_as_keys(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    whole = "Gardez la conversation et ne payez rien"
    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.opens(case_id)
        page, keyboard = analyst.page, analyst.page.keyboard
        for key, field in (
            ("", page.locator("#act-text")),
            ("n", page.locator("#act-note")),
            ("e", page.locator("#question")),
        ):
            writes(analyst, key)
            expect(field).to_be_focused()
            keyboard.type("Gardez la conversation")
            analyst.presses("Escape")
            expect(field).to_have_count(0)
            writes(analyst, key)
            expect(field).to_be_focused()
            keyboard.type(" et ne payez rien")
            expect(field).to_have_value(whole)
            page.locator(".opened > p").first.click()  # the focus is nowhere
            keyboard.type("Force x")
            expect(field).to_have_value(whole)
            assert analyst.case() == case_id, "no key led away"
            analyst.presses("Escape")
            expect(field).to_have_count(0)
        writes(analyst)
        expect(page.locator("#act-text")).to_be_focused()
        analyst.presses("Control+Enter")
        analyst.is_told("undo")
        analyst.presses("u")
        expect(page.locator("#act-text")).to_be_focused()
        expect(page.locator("#act-text")).to_have_value(whole)
        expect(page.locator(".toast")).to_have_count(0)
    assert not {"message", "remark", "ask"} & set(people.moves(case_id))


def test_keys_go_on_right_after_an_act_was_undone_or_holds(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    """However long the service takes to tell of the case again, its page stays."""
    case_id = people.in_review()
    with at_the_desk(browser, system.origin, "en") as analyst:
        analyst.opens(case_id)
        page = analyst.page
        listed = page.get_by_role("dialog", name=analyst.texts["acts"])
        waiting: list[Route] = []
        page.route(f"**/v1/desk/cases/{case_id}", lambda route: waiting.append(route))
        writes(analyst)
        page.locator("#act-text").fill("Keep the conversation.")
        analyst.presses("Control+Enter")
        analyst.is_told("undo")
        analyst.presses("u", "Escape", "o")
        expect(listed).to_be_visible()
        assert waiting == [], "what is in front is what it was"
        analyst.presses("Escape")
        expect(listed).to_have_count(0)
        analyst.presses("n")
        page.locator("#act-note").fill("Call the bank.")
        with page.expect_request(f"**/v1/desk/cases/{case_id}"):
            analyst.presses("Control+Enter")
        page.wait_for_timeout(LONGER_THAN_A_PAGE_WAITS_MS)
        analyst.presses("o")
        expect(listed).to_be_visible()
        for each in waiting:
            each.continue_()
        expect(page.locator("main").get_by_role("status").first).to_contain_text(
            analyst.texts["entered"]
        )
        expect(listed).to_be_visible()
        analyst.presses("Escape")
    assert "message" not in people.moves(case_id)


def test_a_case_tells_what_was_corrected_what_raised_it_and_who_decided_on_its_priority(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    shared = {"locations": [{"kind": "phone", "value": a_phone()}]}
    first = people.submit(a_report(**shared))
    case_id = people.case_of(first)
    people.await_wait(case_id)
    corrected = {"kind": "correction", "corrects": "narrative"}
    answer = people.add(first, {"text": "C'était une autre page.", **corrected})
    assert answer.is_success, answer.text
    people.submit(a_report(**shared, money_lost=[{**LOST, "at": datetime.now(UTC).isoformat()}]))
    eventually(lambda: "raise" in people.moves(case_id), "the second report raises the case")
    assert people.confirm(case_id).is_success
    with at_the_desk(browser, system.origin, "fr", "Supervisor") as supervisor:
        page, texts = supervisor.page, supervisor.texts
        page.goto(f"{page.url.partition('#')[0]}#{case_id}")
        assert supervisor.case() == case_id
        told = page.locator("section[aria-labelledby=told-title]")
        expect(told).to_contain_text(
            f"{texts['added_correction']} ({texts['corrected_narrative']})"
        )
        done = page.locator("section[aria-labelledby=done-title]")
        expect(done).to_contain_text(texts["move_add_correction"])
        thinks = page.locator("section[aria-labelledby=thinks-title]")
        raised = thinks.get_by_role("listitem").filter(has_text=texts["reason_money_recent"])
        expect(raised).to_contain_text(texts["report_n"].replace("{n}", "2"))
        decided = texts["weight_confirmed"].replace("{priority}", texts["priority_standard"])
        expect(thinks).to_contain_text(decided)
        expect(thinks).not_to_contain_text(texts["reason_nothing_urgent_stated"])
