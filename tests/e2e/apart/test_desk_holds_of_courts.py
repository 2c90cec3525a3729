"""A court holds a case: a supervisor enters the order in a browser, and lifts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, expect

from local.system import LocalSystem
from tests.e2e.apart.offices import PACK
from tests.e2e.desk import at_the_desk
from tests.e2e.people import People


def test_a_supervisor_holds_a_case_for_a_court_and_lets_it_go_on_the_page(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    """Two courts do: a lifting ends the one hold that it names, and can be undone."""
    case_id = people.in_review()
    courts = {each: PACK.courts[each].name("ar") for each in ("ca-rabat", "tpi-rabat")}
    with at_the_desk(browser, system.origin, "ar", "Supervisor") as sara:
        sara.opens(case_id)
        page, texts = sara.page, sara.texts
        told = page.locator("main.case p", has_text=texts["court_holds"])
        first, last = datetime.now(UTC) + timedelta(days=400), datetime.now(UTC) + timedelta(days=9)

        def orders(court: str, number: str, until: datetime) -> None:
            sara.begins("act_court_hold")
            page.locator("#act-reference").fill(number)
            page.locator("#act-court").select_option(court)
            page.locator("#act-until").fill(f"{until:%Y-%m-%d}")
            page.locator(".opened [type=submit]").click()

        orders("ca-rabat", "<14>", first)
        expect(page.get_by_role("alert")).to_contain_text(texts["why_reference"])
        sara.presses("Escape")
        orders("ca-rabat", "ع/14/2026", first)
        expect(told).to_contain_text("ع/14/2026")
        orders("tpi-rabat", "15/2026", last)
        expect(told).to_have_count(2)
        expect(page.locator("main.case")).to_contain_text(texts["court_bars"])
        entered = page.locator("header.about .inset", has_text=texts["act_court_hold"])
        expect(entered).to_contain_text(texts["entered"])
        orders("ca-rabat", "ع/14/2026", last)
        expect(page.get_by_role("alert")).to_contain_text(texts["why_hold_not_later"])
        expect(entered).to_have_count(0)
        sara.presses("Escape")
        orders("tpi-rabat", "15/2026", first)
        entries = page.locator("section[aria-labelledby=done-title] .timeline > li")
        expect(entries.first).to_contain_text(texts["move_court_hold_longer"])
        expect(entries.first).to_contain_text(f"{courts['tpi-rabat']} · \u206815/2026\u2069")

        opened = page.locator(".opened")
        named = {"court": courts["tpi-rabat"], "order": "\u206815/2026\u2069"}
        sara.begins("act_court_lift", **named)
        expect(opened.locator("p > b")).to_have_text(texts["act_court_lift"].format(**named))
        sure = opened.locator(".note")
        expect(sure).to_contain_text(courts["tpi-rabat"])
        expect(sure).to_contain_text("15/2026")
        expect(sure).to_contain_text(f"{first:%Y}")
        opened.locator("[type=submit]").click()
        sara.is_told("undo")
        for each in (case_id, courts["tpi-rabat"], "15/2026"):
            expect(page.locator(".toast").last).to_contain_text(each)
        sara.presses("u")
        expect(sure).to_contain_text("15/2026")
        assert "court_hold_lifted" not in people.moves(case_id)
        opened.locator("[type=submit]").click()
        sara.cannot_undo()
        expect(entered).to_have_count(0)
        expect(told).to_have_count(1)
        expect(told).to_contain_text("ع/14/2026")
        expect(entries.first).to_contain_text(texts["move_court_hold_lifted"])
        expect(entries.first).to_contain_text(f"{courts['tpi-rabat']} · \u206815/2026\u2069")
        found = sara.visitor.violations()
    assert people.moves(case_id)[-4:] == [*["court_hold"] * 3, "court_hold_lifted"]
    assert found == []
