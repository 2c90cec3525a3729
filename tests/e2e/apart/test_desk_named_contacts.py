"""Who admits reports is warned of a named contact, and who ends a case of who hears nothing."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Browser, expect

from local.system import LocalSystem
from tests.e2e.desk import at_the_desk
from tests.e2e.people import People, a_phone, a_report, eventually
from tests.e2e.portal import COLOURS


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_whose_own_contact_is_named_is_flagged_on_the_page_and_in_the_act(
    browser: Browser, system: LocalSystem, people: People, language: str
) -> None:
    phone = a_phone()
    page = {"kind": "url", "value": f"https://e{uuid.uuid4().hex[:12]}.example/annonce/1"}
    his = {"kind": "confidential", "contact": {"phone": phone}}
    case_id = people.in_review(locations=[page], disclosure=his)
    victim = people.submit(a_report(locations=[page, {"kind": "phone", "value": phone}]))
    eventually(lambda: people.case(case_id).json()["unadmitted"] == 2, "nobody is named yet")
    with at_the_desk(browser, system.origin, language) as analyst:
        texts = analyst.texts
        said = texts["contact_named_by"].format(reports=victim["reference"])
        analyst.opens(case_id)
        flagged = analyst.page.locator("article.report", has_text=said)
        expect(flagged).to_have_count(1)
        assert analyst.visitor.violations(COLOURS) == []
        analyst.presses("x")
        left = analyst.page.locator(".deciding .note")
        expect(left).to_contain_text(texts["unnamed_at_end"].partition("{")[0])
        expect(left).to_contain_text("2")
        left.get_by_role("button", name=texts["act_admit"]).click()
        opened = analyst.page.locator(".opened")
        others = texts["admit_all_others"].partition("{")[0]
        expect(opened.get_by_role("button", name=others)).to_be_visible()
        opened.get_by_role("button", name=texts["contact_flag"]).click()
        expect(opened.get_by_role("alert")).to_have_text(said)
        analyst.enters("act_admit")
    assert people.case(case_id).json()["unadmitted"] == 1, "it warns, and does not decide"
