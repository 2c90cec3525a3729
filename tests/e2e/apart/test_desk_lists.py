"""The lists of cases at the desk: narrowed by filters, and kept as views under names."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Browser, Locator, Request, expect

from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.desk_screens import HARD
from tests.e2e.people import People
from tests.e2e.portal import COLOURS

RABAT = "pj-04-421"
SEVERE = "child_sexual_exploitation"
WORDS_PX = 180


@pytest.fixture(scope="module", autouse=True)
def _staff(system: LocalSystem) -> None:
    LocalStaff(system).ensure(demo_people({}))


def reads_all(person: Analyst) -> None:
    """Read the list in front to its end: other tests of this system left cases, too."""
    listed = person.page.locator("main.list:not([aria-busy=true])")
    more = listed.get_by_role("button", name=person.texts["more"], exact=True)
    told = listed.locator(".fit")
    told.wait_for()
    for page in range(1, 10):
        if not more.count():
            return
        before = told.inner_text()
        more.click()
        expect(told).not_to_have_text(before)
        assert page < 9, "the list has an end"


def row(person: Analyst, case_id: str) -> Locator:
    return person.page.locator(f'main.list tr[data-id="{case_id}"]')


def listed(person: Analyst, case_id: str) -> int:
    return row(person, case_id).count()


def batch_of_rejection(people: People, case_id: str) -> str:
    history = people.case(case_id).json()["history"]
    (batch,) = [each["data"]["batch"] for each in history if each["move"] == "reject"]
    return str(batch)


def test_an_analyst_narrows_the_list_and_finds_the_view_again_by_its_digit(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    severe, colleagues = (people.in_review(category=SEVERE, narrative=HARD) for _ in range(2))
    other = people.in_review()
    key = {"Idempotency-Key": str(uuid.uuid4())}
    hold = f"/v1/desk/cases/{colleagues}/hold"
    assert people.call("POST", hold, "analyst", headers=key).is_success
    with at_the_desk(browser, system.origin, "fr", name="Second analyst") as analyst:
        page, texts = analyst.page, analyst.texts
        kept = page.get_by_role("button", name="Libres, <b>enfants</b>")
        analyst.presses("y")
        expect(page.locator("main.list h1")).to_have_text(texts["room_list"])
        reads_all(analyst)
        assert [listed(analyst, each) for each in (severe, colleagues, other)] == [1, 1, 1]
        page.locator("#list-category").select_option(SEVERE)
        page.get_by_role("checkbox", name=texts["list_free"]).check()
        assert [listed(analyst, each) for each in (severe, colleagues, other)] == [1, 0, 0]
        page.get_by_role("button", name=texts["view_save"]).click()
        page.get_by_label(texts["view_name"]).fill("Libres, <b>enfants</b>")
        assert analyst.visitor.violations(COLOURS) == []
        analyst.presses("Enter")
        expect(kept.locator("kbd")).to_have_text("1")
        expect(kept).to_have_attribute("aria-pressed", "true")
        assert page.url.endswith("#list"), "no address names what somebody looks for"
        # Back from a case the list is as it was left.
        analyst.picks(severe)
        assert analyst.case() == severe
        page.locator("main.case .trail button").click()
        expect(kept).to_have_attribute("aria-pressed", "true")
        analyst.presses("Escape")
        expect(kept).to_have_attribute("aria-pressed", "false")
        expect(page.locator("#list-category")).to_have_value("")
        # It is kept for another day, and by another machine.
        page.reload()
        expect(kept).to_be_visible()
        analyst.presses("1")
        reads_all(analyst)
        expect(kept).to_have_attribute("aria-pressed", "true")
        assert [listed(analyst, each) for each in (severe, colleagues, other)] == [1, 0, 0]
        page.get_by_role("button", name=texts["view_delete"]).click()
        expect(kept).to_have_count(0)
        page.reload()
        page.locator("main.list:not([aria-busy=true])").wait_for()
        expect(kept).to_have_count(0)
    released = {"Idempotency-Key": str(uuid.uuid4())}
    assert people.call("DELETE", hold, "analyst", headers=released).is_success


def test_a_supervisor_narrows_the_list_of_a_unit_to_what_waits_for_its_answer(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    waiting, held = people.published(), people.held(RABAT)
    asked: list[Request] = []
    with at_the_desk(browser, system.origin, "en", name="Supervisor") as sara:
        page, texts = sara.page, sara.texts
        page.on("request", lambda each: asked.append(each) if "/queue?" in each.url else None)
        page.get_by_role("link", name=texts["room_list"]).click()
        page.locator("#list-of").select_option(f"unit:{RABAT}")
        reads_all(sara)
        assert [listed(sara, each) for each in (waiting, held)] == [1, 1]
        page.locator("#list-status").select_option("published")
        assert [listed(sara, each) for each in (waiting, held)] == [1, 0]
        page.get_by_role("checkbox", name=texts["list_late"]).check()
        assert [listed(sara, each) for each in (waiting, held)] == [0, 0]
        page.get_by_role("button", name=texts["list_clear"]).click()
        assert [listed(sara, each) for each in (waiting, held)] == [1, 1]
        # What has not changed meanwhile is not sent again.
        page.locator("#list-of").select_option("waiting")
        page.locator("main.list:not([aria-busy=true])").wait_for()
        with page.expect_request("**/v1/desk/queue?of=waiting*"):
            page.clock.fast_forward("01:01")
        assert "if-none-match" in asked[-1].headers


def test_a_view_whose_list_is_gone_says_so_and_is_deleted(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    people.settle("supervisor", {"views": [{"name": "Former unit", "of": "unit:pj-99-999"}]})
    with at_the_desk(browser, system.origin, "en", name="Supervisor") as sara:
        page, texts = sara.page, sara.texts
        sara.presses("y")
        page.locator("main.list:not([aria-busy=true])").wait_for()
        sara.presses("1")
        told = page.get_by_role("alert").filter(has_text=texts["view_unknown"])
        expect(told).to_contain_text("Former unit")
        expect(page.locator("#list-of")).to_have_value("waiting")
        told.get_by_role("button", name=texts["view_delete"]).click()
        expect(told).to_have_count(0)
        expect(page.get_by_role("button", name="Former unit")).to_have_count(0)
    settings = people.call("GET", "/v1/desk/me", "supervisor").json()["settings"]
    assert settings["views"] == []


def test_an_analyst_sorts_the_list_and_filters_it_by_the_words_that_it_shows(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    word = f"zellige{uuid.uuid4().hex[:8]}"
    small, large = (
        people.in_review(narrative=f"Une annonce de {word} m'a pris {sum_} dirhams d'acompte.")
        for sum_ in (310, 98_700)
    )
    with at_the_desk(browser, system.origin, "fr", name="Second analyst") as analyst:
        page, texts = analyst.page, analyst.texts
        analyst.presses("y")
        reads_all(analyst)
        money = page.get_by_role("columnheader", name=texts["line_money"])
        expect(money).to_have_attribute("aria-sort", "none")
        money.get_by_role("button").click()
        expect(money).to_have_attribute("aria-sort", "descending")
        order = page.locator("main.list tr[data-id]").evaluate_all(
            "rows => rows.map(row => row.dataset.id)"
        )
        assert order.index(large) < order.index(small)
        expect(row(analyst, large)).to_contain_text("98.700")
        analyst.presses("/")
        page.keyboard.type(word.upper())
        expect(page.locator("main.list tr[data-id]")).to_have_count(2)
        expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", "3")
        assert page.url.endswith("#list"), "no address names what somebody looks for"
        analyst.presses("ArrowDown")
        expect(row(analyst, large)).to_be_focused()
        analyst.presses("End")
        expect(row(analyst, small)).to_be_focused()
        analyst.presses("Home")
        expect(row(analyst, large)).to_be_focused()
        analyst.presses("ArrowDown", "Enter")
        assert analyst.case() == small
        page.locator("main.case .trail button").click()
        expect(page.locator("#list-words")).to_have_value(word.upper())
        analyst.presses("Escape")
        expect(page.locator("#list-words")).to_have_value("")


def test_two_ticked_cases_are_rejected_alike_and_one_key_takes_both_back(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    told = "Le vendeur d'un tapis a pris mon acompte et n'envoie rien, commande numéro {}."
    two = [people.in_review(narrative=told.format(number)) for number in (1, 2)]
    urgent, unglanced = people.in_review(danger_now=True), people.in_review()
    for each in two:
        people.glance(each)
    with at_the_desk(browser, system.origin, "fr", name="Second analyst") as analyst:
        page, texts = analyst.page, analyst.texts
        analyst.presses("y")
        reads_all(analyst)
        # The server names what is decided alone: its box says why.
        for each, reason in ((urgent, "immediate"), (unglanced, "unglanced")):
            box = row(analyst, each).get_by_role("checkbox")
            expect(box).to_be_disabled()
            expect(box).to_have_attribute("title", texts[f"alike_not_{reason}"])

        def ticks_and_rejects() -> None:
            for each in two:
                row(analyst, each).focus()
                analyst.presses("k")
            expect(page.get_by_text(texts["ticked_n"].format(n=2))).to_be_visible()
            analyst.presses("x")
            shown = page.locator(".bulk-cases li")
            expect(shown).to_have_count(2)
            for number in (1, 2):
                expect(page.locator(".bulk-cases")).to_contain_text(told.format(number))
            assert analyst.visitor.violations(COLOURS) == []
            analyst.presses("1")
            for each in two:
                expect(row(analyst, each)).to_have_count(0)

        ticks_and_rejects()
        assert all(people.case(each).json()["status"] == "in_review" for each in two)
        analyst.presses("u")
        for each in two:
            expect(row(analyst, each)).to_be_visible()
        assert all("reject" not in people.moves(each) for each in two)
        ticks_and_rejects()
        analyst.cannot_undo()
        for each in two:
            people.await_status(each, "closed")
            assert people.moves(each).count("reject") == 1
        (batch,) = {batch_of_rejection(people, each) for each in two}
        assert batch, "their histories say that they were rejected together"
        expect(page.locator("main.list")).to_be_visible()


def test_a_list_on_a_telephone_shows_words_and_deadline_of_each_case_in_one_column(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review(narrative="Un loueur de voitures a gardé ma caution sans raison.")
    with at_the_desk(browser, system.origin, "ar", name="Second analyst") as analyst:
        page, texts = analyst.page, analyst.texts
        page.set_viewport_size({"width": 390, "height": 844})
        analyst.presses("y")
        reads_all(analyst)
        line = row(analyst, case_id)
        line.scroll_into_view_if_needed()
        title = line.get_by_role("rowheader").bounding_box()
        assert title
        assert title["width"] > WORDS_PX, "words have the most of it"
        expect(line).to_contain_text("Un loueur de voitures")
        expect(line).to_contain_text(texts["priority_standard"])
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0, "nothing lies beside the screen"
        assert line.evaluate("row => row.scrollWidth <= row.closest('.table-scroll').clientWidth")
        analyst.picks(case_id)
        assert analyst.case() == case_id
