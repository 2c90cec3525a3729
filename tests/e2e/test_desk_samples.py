"""A closed review is read again in a browser: two digits, and nothing of the first decision."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, expect

from casework.case.lifecycle import Move
from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem
from tests.e2e.desk import at_the_desk
from tests.e2e.people import People, a_report, eventually
from tests.e2e.portal import COLOURS

WORDS = "Il a vendu des brouettes qui ne sont jamais arrivées chez moi."


@pytest.fixture
def sample(system: LocalSystem, people: People) -> str:
    """The case of a confirmed review that waits for a second person; its id."""
    LocalStaff(system).ensure(demo_people({}))
    case_id = people.case_of(people.submit(a_report(narrative=WORDS)))
    people.await_wait(case_id)
    assert people.confirm(case_id, category="fraud", priority="urgent").status_code in {
        HTTPStatus.OK,
        HTTPStatus.ACCEPTED,
    }
    people.chosen_to_be_read_again(case_id)
    return case_id


def read_again(people: People, case_id: str) -> list[dict[str, object]]:
    history = people.case(case_id).json()["history"]
    return [each["data"] for each in history if each["move"] == Move.SAMPLE]


def test_a_closed_review_is_read_again_by_two_digits_and_shown_where_two_people_differ(
    browser: Browser, system: LocalSystem, people: People, sample: str
) -> None:
    number = str(people.case(sample).json()["number"])
    with at_the_desk(browser, system.origin, "ar") as analyst:
        page, texts = analyst.page, analyst.texts
        expect(page.locator(".again")).to_be_visible()
        analyst.presses("b")
        expect(page.locator("main.glance .told")).to_contain_text("brouettes")
        expect(page.locator("main.glance")).not_to_contain_text(sample)
        expect(page.locator("main.glance .late-clock")).to_be_visible()
        found = {"in front": analyst.visitor.violations()}
        analyst.presses("x")
        expect(page.get_by_role("group", name=texts["reject_why"])).to_be_visible()
        found["reasons"] = analyst.visitor.violations()
        analyst.presses("Escape", "2")
        expect(page.locator(".opened")).to_contain_text(texts["priority_standard"])
        page.emulate_media(color_scheme="dark")
        found["priority, dark"] = analyst.visitor.violations(COLOURS)
        analyst.presses("3")
        expect(page.locator("main.glance")).not_to_contain_text("brouettes")
        analyst.presses("u")  # it waits for a while, and comes back
        expect(page.locator("main.glance .told")).to_contain_text("brouettes")
        analyst.presses("2", "3")
        analyst.cannot_undo()
        eventually(lambda: read_again(people, sample), "it was sent")
        assert found == {name: [] for name in found}
    (said,) = read_again(people, sample)
    assert said["priority"] == "standard"
    assert said["category"] != "fraud", "the second of the list is another one"
    assert people.case(sample).json()["category"] == "fraud", "it changes nothing"
    with at_the_desk(browser, system.origin, "fr", name="Supervisor") as sara:
        sara.page.goto(f"{sara.page.url.partition('#')[0]}#board")
        differing = sara.page.locator("section[aria-labelledby=board-samples]")
        expect(differing).to_contain_text(number)
        assert sara.visitor.violations() == []
