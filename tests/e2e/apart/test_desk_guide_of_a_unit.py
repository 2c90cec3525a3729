"""An officer does by keyboard what the guide tells, from the first act on a case to its end."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from local.system import LocalSystem
from tests.e2e.apart.offices import OFFICER, RABAT
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.people import People

SEND = "Control+Enter"


def opens(officer: Analyst, act: str) -> None:
    """Open an act by its name."""
    officer.begins(f"act_{act}")
    expect(officer.page.locator(".opened")).to_contain_text(officer.texts[f"act_{act}"])


def sends(officer: Analyst, act: str) -> None:
    """Send the form in front, and read that it holds."""
    officer.page.locator("form.act:focus-within").wait_for()
    officer.page.keyboard.press(SEND)
    told = officer.page.locator("main.case .about .inset[role=status]")
    expect(told).to_contain_text(officer.texts[f"act_{act}"])


def test_an_officer_follows_the_guide_to_the_end_of_a_case(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.held(RABAT)
    people.authorise(case_id, RABAT)
    with at_the_desk(browser, system.origin, "en", OFFICER) as officer:
        page, texts = officer.page, officer.texts
        officer.picks(case_id)
        assert officer.case() == case_id
        done = page.locator("section[aria-labelledby=done-title]")

        opens(officer, "inform")
        officer.presses("1")
        page.locator(".opened").get_by_role("button", name=texts["act_dossier"]).click()
        page.get_by_role("button", name=texts["dossier_take"]).click()
        expect(page.locator(".dossier > article")).to_contain_text(case_id)
        officer.presses("Escape")
        expect(page.locator("#act-export")).not_to_have_value("")
        expect(page.locator("#act-court")).not_to_have_value("")
        sends(officer, "inform")
        expect(done).to_contain_text(texts["informed"])

        opens(officer, "suspect")
        sends(officer, "suspect")
        opens(officer, "suspect_event")
        officer.presses("1", "1")
        sends(officer, "suspect_event")
        opens(officer, "suspect_correct")
        officer.presses("1", "1", "1")
        sends(officer, "suspect_correct")
        expect(done).to_contain_text(texts["suspect_sought"])

        opens(officer, "message")
        page.locator("#act-text").fill("Bring the receipts, please.")
        page.keyboard.press(SEND)
        officer.cannot_undo()
        officer.is_told("message_sent")
        expect(done).to_contain_text("Bring the receipts, please.")

        opens(officer, "freeze")
        expect(page.locator("#act-institution-offered option").first).to_have_attribute(
            "value", "Bank Al-Maghrib"
        )
        page.locator("#act-institution").fill("A bank")
        page.locator("#act-amount").fill("1500")
        page.locator("#act-currency").select_option("MAD")
        sends(officer, "freeze")
        opens(officer, "freeze_step")
        officer.presses("1", "1", "1")
        sends(officer, "freeze_step")
        expect(done).to_contain_text("1500 MAD A bank")

        opens(officer, "closure")
        officer.presses("1")
        page.locator("#act-reference").fill("9/2026")
        sends(officer, "closure")
        expect(page.locator(".facts-line")).to_contain_text(texts["status_closed"])
    case = people.case(case_id, "officer", RABAT).json()
    assert case["suspects"] == ["sought"]
    moves = people.moves(case_id)
    for move in ("export", "inform", "suspect", "correct", "message", "freeze", "close"):
        assert move in moves, move
