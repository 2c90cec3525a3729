"""Colleagues talk in a case in a browser, and count cases to a campaign."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from local.system import LocalSystem
from tests.e2e.desk import at_the_desk
from tests.e2e.people import People

NOTE = "peux-tu rappeler le témoin demain ?"
CAMPAIGN = "Faux colis bloqué"
LOTTERY = "Fausse loterie"


def test_a_colleague_who_is_named_sees_it_unread_until_the_thread_was_displayed(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    accepted = people.submit()
    case_id = people.case_of(accepted)
    people.await_status(case_id, "in_review")
    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.opens(case_id)
        analyst.presses("n")
        field = analyst.page.locator("#act-note")
        field.press_sequentially("@sec")
        whom = analyst.page.get_by_role("listbox", name=analyst.texts["mention_whom"])
        colleagues = whom.get_by_role("option")
        expect(colleagues).to_have_count(1)
        expect(colleagues).to_contain_text("Second analyst")
        found = analyst.visitor.violations()
        analyst.presses("Enter")
        field.press_sequentially(NOTE)
        expect(field).to_have_value(f"@Second analyst {NOTE}")
        # An officer of a unit that does not have the case is not among those whom it may name.
        field.press_sequentially(" @officer")
        expect(colleagues).to_have_count(0)
        field.fill(f"@Second analyst {NOTE}")
        field.press("Control+Enter")
        thread = analyst.page.get_by_role("region", name=analyst.texts["notes"])
        expect(thread).to_contain_text(NOTE)
        expect(thread).to_contain_text(f"{analyst.texts['note_names']} Second analyst")
        analyst.presses("s")
        expect(analyst.page.locator("main.case h1 .code", has_text=case_id)).to_have_count(0)
    with at_the_desk(browser, system.origin, "ar", "Second analyst") as other:
        inbox = other.page.get_by_role("region", name=other.texts["inbox"])
        unread = other.texts["inbox_unread"].partition("{")[0]
        expect(inbox).to_contain_text(NOTE)
        expect(inbox.get_by_role("heading").first).to_contain_text(unread)
        other.page.evaluate("location.hash = 'campaigns'")
        told = other.page.get_by_role("link", name=other.texts["now_notes"].partition("{")[0])
        expect(told).to_be_visible()
        found += other.visitor.violations()
        told.click()
        inbox.get_by_role("button").first.click()
        thread = other.page.get_by_role("region", name=other.texts["notes"])
        thread.scroll_into_view_if_needed()
        expect(thread).to_contain_text(NOTE)
        expect(thread).to_contain_text(other.texts["note_unread"])
        watching = thread.get_by_role("switch", name=other.texts["watch_case"])
        watching.check()
        expect(watching).to_be_checked()
        other.page.locator(".trail button").click()
        expect(inbox.get_by_role("heading").first).not_to_contain_text(unread)
        expect(inbox).to_contain_text(other.texts["watched"])
    assert found == []
    assert NOTE not in str(people.follow(accepted)), "no reporter reads it"


def test_a_case_begins_a_campaign_and_stands_in_the_list_of_them(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin, "en") as analyst:
        texts = analyst.texts
        analyst.opens(case_id)
        panel = analyst.page.get_by_role("region", name=texts["campaign"], exact=True)
        panel.get_by_role("button", name=texts["campaign_mark"]).click()
        panel.get_by_label(texts["campaign_name"]).fill(CAMPAIGN)
        panel.get_by_label(texts["campaign_lead"]).select_option(index=1)
        found = analyst.visitor.violations()
        panel.get_by_role("button", name=texts["campaign_mark"]).click()
        expect(panel).to_contain_text(CAMPAIGN)
        panel.get_by_role("link", name=texts["room_campaigns"]).click()
        expect(analyst.page.get_by_role("heading", name=texts["room_campaigns"])).to_be_visible()
        listed = analyst.page.locator("details", has_text=CAMPAIGN)
        listed.locator("summary").click()
        expect(listed.get_by_role("listitem")).to_have_count(1)
        found += analyst.visitor.violations()
        listed.get_by_role("button").click()
        assert analyst.case() == case_id
        panel.get_by_role("button", name=texts["campaign_leave"]).click()
        expect(panel.get_by_role("button", name=texts["campaign_mark"])).to_be_visible()
    assert found == []
    assert people.moves(case_id).count("same_campaign") == 1


def test_two_cases_side_by_side_are_counted_to_one_campaign_and_stay_two(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    two = [
        people.in_review(narrative=f"On m'a promis un lot contre {sum_} dirhams de frais.")
        for sum_ in (410, 420)
    ]
    for each in two:
        people.glance(each)
    with at_the_desk(browser, system.origin, "fr") as analyst:
        page, texts = analyst.page, analyst.texts
        analyst.presses("y")
        for each in two:
            page.locator(f'main.list tr[data-id="{each}"]').focus()
            analyst.presses("k")
        analyst.presses("g")
        expect(page.locator(".sides .report")).to_have_count(2)
        page.get_by_role("button", name=texts["campaign_same"]).click()
        page.get_by_label(texts["campaign_name"]).fill(LOTTERY)
        page.get_by_label(texts["campaign_lead"]).select_option(index=1)
        found = analyst.visitor.violations()
        page.get_by_role("button", name=texts["campaign_mark"]).click()
        expect(page.get_by_text(texts["campaign_is_same"])).to_be_visible()
        found += analyst.visitor.violations()
    assert found == []
    for each in two:
        assert people.moves(each).count("same_campaign") == 1
        assert people.case(each).json()["status"] == "in_review"
