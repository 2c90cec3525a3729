"""An analyst's work in a browser: take the next case, read it, decide it by a key, and go on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from casework.aws.table import keys
from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem, StartOptions
from tests.e2e.desk import ARABIC, AZERTY, UNDO_SECONDS, at_the_desk
from tests.e2e.people import People, eventually

ROUNDS = 50 if os.environ.get("FULL") else 8
"""Cases that each of two people takes: a hundred together with `make test FULL=1`. That no two are
given one case at the same moment, tests/integration/test_take_next.py shows."""
HOSTILE = (
    "Il a écrit \u202egnp.eriaf\u202c et <img src=x onerror=alert(1)>\n"
    "<script>alert(1)</script> javascript:alert(1) https://пример.example/\u200bx [a](//b.example)"
)


@pytest.fixture(scope="module")
def system(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """A system of its own: what is next depends on everything that waits."""
    folder = tmp_path_factory.mktemp("desk")
    with LocalSystem.fresh(folder, assembly, StartOptions(enforce_iam=True)) as running:
        LocalStaff(running).ensure(demo_people({}))
        yield running


@pytest.fixture(scope="module")
def people(system: LocalSystem) -> Iterator[People]:
    """Citizens and colleagues of that system."""
    with People(system) as known:
        yield known


def status_of(people: People, case_id: str) -> str:
    return str(people.item(keys.case_key(case_id)).get("status"))


def waiting(people: People) -> list[str]:
    answer = people.call("GET", "/v1/desk/queue", "supervisor", params={"limit": "100"})
    return [each["id"] for each in answer.json()["cases"]]


def await_the_end(people: People, case_id: str) -> None:
    eventually(lambda: status_of(people, case_id) == "closed", f"{case_id} ends")


def test_one_key_confirms_a_case_and_the_next_one_is_there(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    ours = {people.in_review(), people.in_review()}
    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.presses("Enter")
        first = analyst.case()
        analyst.confirms()
        second = analyst.case(other_than=first)
        assert {first, second} == ours
        assert status_of(people, first) == "in_review", "there is time to take it back"
        analyst.lets_it_hold()
        eventually(lambda: first not in waiting(people), "the case leaves the queue")
        assert people.moves(first).count("confirm") == 1
        assert people.case(first).json()["category"] == "fraud"
        analyst.presses("x", "1")
        analyst.cannot_undo()
        expect(analyst.page.locator("main.work")).to_contain_text(analyst.texts["nothing_waits"])
        await_the_end(people, second)
        assert people.case(second).json()["closed"] == "not_an_offence"


def test_another_category_is_confirmed_by_its_digit_and_one_key(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin) as analyst:
        analyst.presses("Enter")
        assert analyst.case() == case_id
        analyst.presses("3", "p", "2")
        shown = analyst.page.get_by_role("group", name=analyst.texts["confirms"])
        expect(shown).to_contain_text("Insult")
        analyst.presses("0", "2")  # there are more categories than digits
        analyst.confirms()
        analyst.lets_it_hold()
    seen = people.case(case_id).json()
    assert (seen["category"], seen["priority"]) == ("identity_theft", "urgent")


def test_who_confirms_before_the_words_were_in_sight_is_asked_again(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    words = "Le vendeur promet un remboursement et ne rend rien. " * 36
    case_id = people.in_review(narrative=words)
    with at_the_desk(browser, system.origin) as analyst:
        analyst.opens(case_id)
        told = analyst.page.get_by_role("region", name=analyst.texts["told"])
        asked = analyst.page.get_by_text(analyst.texts["unseen_words"])
        analyst.presses("c")
        expect(asked).to_be_visible()
        assert analyst.page.locator(".toast").count() == 0
        analyst.presses("Escape")
        expect(asked).to_have_count(0)
        told.evaluate("column => column.scrollTo(0, column.scrollHeight)")
        analyst.presses("c")
        expect(asked).to_have_count(0)
        analyst.presses("u", "x", "1")
        analyst.lets_it_hold()
    assert "confirm" not in people.moves(case_id)


def test_the_word_of_a_decision_says_where_the_case_goes_and_the_bar_stays(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    ours = [people.in_review(), people.in_review()]
    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.presses("Enter")
        first = analyst.case()
        bar = analyst.page.get_by_role("region", name=analyst.texts["decision"])
        stood = bar.bounding_box()
        analyst.presses("x", "1")
        analyst.case(other_than=first)
        toast = analyst.page.locator(".toast")
        expect(toast).to_have_count(1)
        expect(toast).to_contain_text(first)
        expect(toast).to_contain_text(analyst.texts["reject_not_an_offence"])
        assert bar.bounding_box() == stood
        analyst.presses("x", "1")
        analyst.lets_it_hold()
    for each in ours:
        await_the_end(people, each)


def test_a_priority_that_danger_rules_out_is_not_chosen_and_leads_to_saying_so(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review(danger_now=True)
    with at_the_desk(browser, system.origin) as analyst:
        analyst.opens(case_id)
        analyst.presses("p")
        expect(analyst.page.locator(".opened")).to_contain_text(analyst.texts["danger_first"])
        analyst.presses("2")
        expect(analyst.page.locator(".opened")).to_contain_text(analyst.texts["act_no_danger"])
        analyst.presses("Escape")
        shown = analyst.page.get_by_role("group", name=analyst.texts["confirms"])
        expect(shown).to_contain_text(analyst.texts["priority_immediate"])
        analyst.confirms()
        eventually(lambda: "confirm" in people.moves(case_id), "it goes at once")


def test_every_act_is_found_by_its_name_and_a_closed_one_says_why(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin) as analyst:
        analyst.opens(case_id)
        analyst.presses("Control+k")
        palette = analyst.page.get_by_role("dialog", name=analyst.texts["acts"])
        closed = palette.get_by_role("option", name=analyst.texts["act_take_out"], disabled=True)
        expect(closed.first).to_contain_text(analyst.texts["act_closed_one_report"])
        palette.get_by_role("combobox").fill(analyst.texts["act_note"])
        analyst.presses("Enter")
        expect(analyst.page.locator("#act-note")).to_be_focused()
        analyst.presses("Escape", "x", "1")
        analyst.lets_it_hold()


def test_the_palette_finds_a_colleague_for_a_note_and_begins_a_search(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin) as analyst:
        page, texts = analyst.page, analyst.texts
        analyst.opens(case_id)
        palette = page.get_by_role("dialog", name=texts["acts"])
        analyst.presses("Control+k")
        palette.get_by_role("combobox").fill("Second an")
        note = texts["acts_note_to"].replace("{name}", "Second analyst")
        palette.get_by_role("option", name=note).click()
        expect(page.locator("#act-note")).to_have_value("@Second analyst ")
        analyst.presses("Escape", "Control+k")
        palette.get_by_role("combobox").fill("0661 23 45 67")
        sought = texts["acts_find"].replace("{text}", "0661 23 45 67")
        palette.get_by_role("option", name=sought).click()
        expect(page.locator("#sought")).to_have_value("0661 23 45 67")
        expect(page.get_by_role("group", name=texts["find_ground"])).to_be_visible()
        assert analyst.visitor.violations() == []
        analyst.presses("Escape")
        analyst.opens(case_id)
        analyst.presses("x", "1")
        analyst.lets_it_hold()


def test_a_category_that_the_words_told_is_confirmed_by_one_key(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    words = "Mon compte WhatsApp a été volé ce matin, on écrit à mes contacts à ma place."
    case_id = people.in_review(category=None, narrative=words)
    assert "category" not in people.case(case_id).json()
    with at_the_desk(browser, system.origin) as analyst:
        analyst.presses("Enter")
        assert analyst.case() == case_id
        marked = analyst.page.locator(".told mark").first
        assert marked.inner_text() in words
        expect(marked).to_have_attribute("title", analyst.texts["category"])
        thinks = analyst.page.locator('section[aria-labelledby="thinks-title"]')
        expect(thinks.locator("q").first).to_have_text(marked.inner_text())
        analyst.confirms()
        analyst.lets_it_hold()
    assert people.case(case_id).json()["category"] == "account_intrusion"


def test_a_decision_that_is_undone_within_five_seconds_writes_nothing(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin) as analyst:
        analyst.presses("Enter")
        assert analyst.case() == case_id
        before = people.moves(case_id)
        decided: list[str] = []
        analyst.page.on(
            "request",
            lambda each: decided.append(each.post_data or "") if "/review" in each.url else None,
        )
        analyst.confirms()
        expect(analyst.page.locator("main.work")).to_be_visible()
        analyst.cannot_undo(UNDO_SECONDS - 1)
        analyst.presses("u")
        assert analyst.case() == case_id
        analyst.page.clock.fast_forward(1_000 * UNDO_SECONDS)
        assert people.moves(case_id) == before
        analyst.presses("x", "2")
        analyst.lets_it_hold()
    assert [json.loads(each)["outcome"] for each in decided] == ["reject"]
    assert people.moves(case_id)[len(before) :].count("reject") == 1


def test_a_page_that_is_left_sends_what_waits_to_be_sent(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin) as analyst:
        analyst.presses("Enter")
        assert analyst.case() == case_id
        analyst.confirms()
        expect(analyst.page.locator("main.work")).to_be_visible()
        analyst.page.reload()
        eventually(lambda: "confirm" in people.moves(case_id), "it was sent on the way out")
        expect(analyst.page.locator("main.work")).to_be_visible()


def test_who_signs_out_has_sent_what_they_decided(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin) as analyst:
        analyst.opens(case_id)
        analyst.presses("x", "1")
    assert people.moves(case_id).count("reject") == 1


def test_two_people_who_press_next_share_no_case(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    ours = [people.submit()["reference"] for _ in range(2 * ROUNDS)]
    for reference in ours:
        people.await_wait(people.case_of({"reference": reference}))
    with (
        at_the_desk(browser, system.origin, name="First analyst") as ana,
        at_the_desk(browser, system.origin, name="Second analyst") as ben,
    ):
        taken: dict[str, list[str]] = {"ana": [], "ben": []}
        for analyst in (ana, ben):
            analyst.presses("Enter")
        for number in range(ROUNDS):
            for name, analyst in (("ana", ana), ("ben", ben)):
                last = taken[name][-1] if taken[name] else ""
                taken[name].append(analyst.case(other_than=last))
            ben.presses("x", "1")
            if number == ROUNDS - 1:
                ana.cannot_undo()
                await_the_end(people, taken["ana"][-2])
                ben.lets_it_hold()
                held = ben.texts["nothing_but_held"].replace("{n}", "1")
                expect(ben.page.locator("main.work")).to_contain_text(held)
            ana.presses("x", "1")
        ana.lets_it_hold()
        for analyst in (ana, ben):
            expect(analyst.page.locator("main.work")).to_be_visible()
    every = taken["ana"] + taken["ben"]
    assert len(set(every)) == len(every) == 2 * ROUNDS


def test_nothing_that_was_typed_is_lost_when_a_colleague_was_quicker(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review(danger_now=True)
    with at_the_desk(browser, system.origin) as analyst:
        analyst.opens(case_id)
        analyst.presses("e")  # danger waits for no answer: it is a message
        written = analyst.page.locator("#act-text")
        written.fill("Gardez la conversation et ne payez rien.")
        reason = {"reason": "Le danger n'attend pas."}
        assert people.decide(case_id, "hold/break", reason, "supervisor").is_success
        decision = {"outcome": "confirm", "category": "threats_violence"}
        assert people.decide(case_id, "review", decision, "supervisor").is_success
        people.await_status(case_id, "published")  # where an analyst writes to nobody any more
        written.press("Control+Enter")
        analyst.cannot_undo()
        analyst.page.locator(".tray").get_by_role("button", name=analyst.texts["look"]).click()
        notice = analyst.page.locator("main").get_by_role("alert")
        expect(notice).to_contain_text(analyst.texts["problem_illegal-move"])
        expect(notice).to_contain_text("Supervisor")
        expect(notice).to_contain_text(analyst.texts["move_confirm"])
        expect(written).to_have_value("Gardez la conversation et ne payez rien.")
        assert not {"ask", "message"} & set(people.moves(case_id))


def test_a_session_that_ends_in_the_middle_of_a_sentence_loses_none_of_it(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin) as analyst:
        analyst.opens(case_id)
        analyst.presses("e")
        analyst.page.locator("#question").fill("Quel était le montant ?")
        analyst.page.context.clear_cookies()
        analyst.page.locator("#question").press("Control+Enter")
        sheet = analyst.page.get_by_role("alertdialog")
        expect(sheet).to_contain_text(analyst.texts["session_over"])
        with analyst.page.context.expect_page() as opened:
            sheet.get_by_role("link", name=analyst.texts["sign_in"]).click()
        again = opened.value
        again.get_by_role("button", name="First analyst", exact=True).click()
        expect(sheet).to_have_count(0)
        again.close()
        analyst.lets_it_hold()
    assert people.moves(case_id).count("ask") == 1
    (report,) = people.case(case_id).json()["reports"]
    assert report["questions"][0]["text"] == "Quel était le montant ?"


def test_a_network_that_fails_is_told_and_the_decision_is_sent_later(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin) as analyst:
        analyst.opens(case_id)
        analyst.page.context.set_offline(offline=True)
        analyst.presses("x", "1")
        told = analyst.texts["offline"].partition("{")[0]
        expect(analyst.page.get_by_text(told)).to_be_visible()
        assert "reject" not in people.moves(case_id)
        analyst.page.context.set_offline(offline=False)
        analyst.lets_it_hold()
    assert people.moves(case_id).count("reject") == 1


def test_a_busy_service_is_asked_again_when_it_says(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    refusals = [503, 429]

    def refuse(route: Route) -> None:
        if refusals:
            route.fulfill(status=refusals.pop(), headers={"Retry-After": "1"}, body="{}")
        else:
            route.continue_()

    with at_the_desk(browser, system.origin) as analyst:
        analyst.page.route("**/v1/desk/next", refuse)
        analyst.presses("Enter")
        told = analyst.texts["busy"].partition("{")[0]
        expect(analyst.page.get_by_text(told)).to_be_visible()
        assert analyst.case() == case_id
        expect(analyst.page.get_by_text(told)).to_have_count(0)
        analyst.presses("x", "1")
        analyst.lets_it_hold()


def test_words_of_a_report_are_text_and_nothing_else(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review(
        narrative=HOSTILE,
        locations=[{"kind": "url", "value": "https://пример.example/путь"},
                   {"kind": "handle", "value": "@\u202eevil"}],
    )  # fmt: skip
    with at_the_desk(browser, system.origin, "ar") as analyst:
        analyst.opens(case_id)
        told = analyst.page.locator("section").first
        shown = told.inner_text()
        for each in ("<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "U+200B"):
            assert each in shown
        assert shown.count("U+202E") == 2
        assert "xn--e1afmkfd.example" in shown, "how machines spell the address stands beside it"
        assert told.locator("a, img, script, iframe, form, style").count() == 0
        assert "\u202e" not in analyst.page.locator("body").inner_text()
        analyst.presses("x", "1")
        analyst.lets_it_hold()


def test_words_about_children_stay_covered_until_somebody_asks(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    words = "Un homme demande des photos à ma fille de douze ans."
    case_id = people.in_review(category="child_sexual_exploitation", narrative=words)
    with at_the_desk(browser, system.origin) as analyst:
        analyst.opens(case_id)
        expect(analyst.page.locator("main")).to_contain_text(analyst.texts["covered"])
        assert words not in analyst.page.content()
        analyst.presses("v")
        expect(analyst.page.locator("main")).to_contain_text(words)
        analyst.presses("v")
        expect(analyst.page.locator("main")).not_to_contain_text(words)
        analyst.confirms()
        analyst.cannot_undo()
        analyst.is_told("proposed")
    with at_the_desk(browser, system.origin, "fr", "Supervisor") as second:
        second.opens(case_id)
        second.presses("c")
        expect(second.page.locator(".deciding")).to_contain_text(second.texts["uncover_first"])
        second.presses("v")
        second.confirms()
        second.lets_it_hold()
    assert people.moves(case_id).count("confirm") == 1, "one key for what the first person decided"


def test_keys_lie_where_they_lie_on_an_arabic_and_on_an_azerty_keyboard(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin, "ar") as analyst:
        analyst.opens(case_id)
        analyst.presses_on(ARABIC, "KeyC")
        analyst.is_told("undo")
        analyst.presses_on(ARABIC, "KeyU")
        assert analyst.case() == case_id
        analyst.presses_on(ARABIC, "KeyX")
        analyst.presses_on(ARABIC, "Digit1")
        analyst.lets_it_hold()
        other = people.in_review()
        analyst.opens(other)
        analyst.presses_on(AZERTY, "KeyX")
        analyst.presses_on(AZERTY, "Digit2")
    for each, reason in ((case_id, "not_an_offence"), (other, "no_exploitable_facts")):
        assert people.case(each).json()["closed"] == reason


def test_no_key_does_anything_in_a_field_with_a_modifier_or_once_they_are_off(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin) as analyst:
        analyst.opens(case_id)
        analyst.presses("Control+c", "Alt+x", "e")
        analyst.page.locator("#question").press_sequentially("cxsu1")
        analyst.presses("Escape", "?")
        analyst.page.get_by_role("checkbox").uncheck()
        analyst.presses("Escape", "c", "x", "s")
        assert analyst.case() == case_id
        assert analyst.page.locator(".toast, .opened").count() == 0
        analyst.page.get_by_role("button", name=analyst.texts["ask"]).click()
        expect(analyst.page.locator("#question")).to_have_value("cxsu1")
        analyst.page.locator("#question").press("Escape")
        analyst.page.get_by_role("button", name=analyst.texts["skip"]).click()
        expect(analyst.page.locator("main.case h1 .code", has_text=case_id)).to_have_count(0)
    people.confirm(case_id)
    people.settle("analyst", {})  # the letters of the next test work


def test_a_demo_person_who_signs_in_is_named_on_every_page(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin, "fr") as analyst:
        who = analyst.page.get_by_role("banner").locator(".person")
        expect(who).to_contain_text("First analyst")
        analyst.opens(case_id)
        expect(who).to_contain_text(analyst.texts["role_analyst"])
        analyst.presses("x", "1")
        analyst.lets_it_hold()
