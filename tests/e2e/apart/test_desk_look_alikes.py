"""Look-alikes of a case in a browser: compared, merged, kept apart, and rejected together."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Browser, expect

from local.system import LocalSystem
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.people import People, a_phone, eventually

PARCEL = (
    "J'ai reçu un message qui dit que mon colis est bloqué à la douane et que je dois payer {} "
    "dirhams. J'ai donné ma carte et on a retiré tout mon solde."
)
LOAN = (
    "Une page promettait un crédit sans garantie sous deux jours si je réglais {} dirhams de frais "
    "de dossier. J'ai payé par mandat et personne ne répond plus au téléphone."
)
FLAT = (
    "L'annonce proposait un appartement meublé près de la gare contre {} dirhams d'avance. "
    "Après le virement, le propriétaire a disparu et l'adresse n'existe pas."
)


def alike(people: People, words: str, cases: int) -> list[str]:
    """Cases of the same words about other numbers: the last one names those before it."""
    return [
        people.in_review(
            narrative=words.format(49 + each), locations=[{"kind": "phone", "value": a_phone()}]
        )
        for each in range(cases)
    ]


def compares(analyst: Analyst, case_id: str, others: int) -> None:
    """Open the look-alikes of a case, once each of them is read."""
    analyst.opens(case_id)
    analyst.presses("g")
    expect(analyst.page.locator(".sides .report")).to_have_count(others + 1)


def merges(analyst: Analyst, people: People, first: str, second: str) -> None:
    """From the second one in front: merge it into the first, and put that one away."""
    analyst.presses("g")
    expect(analyst.page.locator(".sides .report")).to_have_count(2)
    analyst.presses("1")
    analyst.lets_it_hold()
    assert people.case(second).json()["merged_into"] == first
    analyst.opens(first)
    analyst.presses("x", "2")
    analyst.lets_it_hold()


def test_a_look_alike_is_merged_by_two_keys_once_it_is_read(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    first, second = alike(people, PARCEL.replace("{}", "2 5{}"), 2)
    with at_the_desk(browser, system.origin, "fr") as analyst:
        compares(analyst, second, 1)
        found = analyst.visitor.violations()
        other = analyst.page.locator(".sides section").nth(1)
        expect(other).to_contain_text(analyst.texts["identifiers_differ"])
        expect(other).to_contain_text(f"{analyst.texts['numbers_here']} 2 549")
        expect(other).not_to_contain_text(re.compile(r"(?<!\d)100(?!\d)"))
        analyst.presses("1")
        analyst.is_told("outcome_merge")
        analyst.presses("u")
        assert analyst.case() == second
        merges(analyst, people, first, second)
    assert found == []


def test_two_look_alikes_are_kept_apart_by_two_keys_and_are_told_so_on_both_pages(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    first, second = alike(people, LOAN, 2)
    with at_the_desk(browser, system.origin, "ar", color_scheme="dark") as analyst:
        compares(analyst, first, 1)
        analyst.presses("h")
        analyst.page.locator(".deciding .opened").wait_for()
        found = analyst.visitor.violations()
        analyst.presses("1")
        analyst.is_told("outcome_apart")
        for each in (first, second):
            expect(analyst.page.locator(".toast")).to_contain_text(each)
        analyst.presses("u")
        expect(analyst.page.locator(".toast")).to_have_count(0)
        expect(analyst.page.locator(".sides .report")).to_have_count(2)
        assert people.case(first).json()["apart"] == [], "it was taken back"
        analyst.presses("h", "1")
        analyst.cannot_undo()
        expect(analyst.page.locator("main").get_by_role("status")).to_contain_text(
            analyst.texts["keep_apart"]
        )
        for case_id, other in ((first, second), (second, first)):
            assert people.case(case_id).json()["apart"] == [other]
            assert "keep_apart" in people.moves(case_id)
        analyst.opens(second)
        main = analyst.page.locator("main")
        expect(main.get_by_role("heading", name=analyst.texts["kept_apart"])).to_be_visible()
        expect(main.get_by_role("heading", name=analyst.texts["alike"])).to_have_count(0)
        merges(analyst, people, first, second)
    assert found == []


def test_look_alikes_are_rejected_together_and_taken_back_together(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    cases = alike(people, FLAT, 3)
    with at_the_desk(browser, system.origin, "ar", color_scheme="dark") as analyst:
        compares(analyst, cases[-1], 2)
        assert analyst.visitor.violations() == []
        analyst.presses("x")
        analyst.page.locator(".deciding .opened").wait_for()
        analyst.presses("1")
        analyst.is_told("undo")
        analyst.presses("u")
        expect(analyst.page.locator(".toast")).to_have_count(0)
        assert [people.moves(each).count("reject") for each in cases] == [0, 0, 0]
        compares(analyst, cases[-1], 2)
        # One that is kept apart is left out at once.
        analyst.presses("h", "2")
        analyst.is_told("outcome_apart")
        ticked = analyst.page.locator(".sides").get_by_role("checkbox", checked=True)
        expect(ticked).to_have_count(2)
        analyst.presses("x", "1")
        analyst.cannot_undo()
        eventually(
            lambda: [people.moves(each).count("reject") for each in cases].count(1) == 2,
            "those that were not set apart are rejected",
        )
        apart = next(each for each in cases if "reject" not in people.moves(each))
        analyst.opens(apart)
        analyst.presses("x", "1")
        analyst.lets_it_hold()


def test_a_flood_with_the_picture_of_a_victim_does_not_end_her_case(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    """Who has the picture sends reports with it; one gesture on these leaves hers out, and none of
    all is the duplicate of a case that ends with it."""
    picture = f"{secrets.token_hex(8)}{'c35a' * 12}"
    hers, flood = (
        people.in_review(pictures=[picture], narrative=said)
        for said in ("On menace de publier ma photo si je ne paie pas.", "Un message sans intérêt.")
    )
    eventually(lambda: picture_alike(people, flood) == [hers], "the picture of both is the same")
    with at_the_desk(browser, system.origin, "fr") as analyst:
        compares(analyst, flood, 1)
        boxes = analyst.page.locator(".sides").get_by_role("checkbox")
        expect(boxes).to_have_count(2)
        expect(boxes.and_(analyst.page.locator(":checked"))).to_have_count(1)
        expect(analyst.page.locator(".deciding kbd").get_by_text("X", exact=True)).to_have_count(0)
        boxes.nth(1).check()
        analyst.presses("x")
        choices = analyst.page.locator(".deciding .opened")
        expect(choices).to_contain_text(analyst.texts["reject_no_exploitable_facts"])
        expect(choices).not_to_contain_text(analyst.texts["reject_duplicate"])
        analyst.presses("Escape")
    assert [people.moves(each).count("reject") for each in (hers, flood)] == [0, 0]


def picture_alike(people: People, case_id: str) -> list[str]:
    """The cases of pictures that look like one of this case."""
    reports = people.case(case_id).json()["reports"]
    hashes = [each for report in reports for each in report.get("hashes", ())]
    return [each["case"] for found in hashes for each in found.get("alike", ())]
