"""The essential way works without JavaScript."""

from __future__ import annotations

import uuid

from playwright.sync_api import Browser, expect

from casework.aws.table import keys
from local.system import System
from tests.e2e import qr
from tests.e2e.people import People
from tests.e2e.portal import a_visitor


def test_the_whole_way_works_without_javascript(
    browser: Browser, system: System, people: People
) -> None:
    with a_visitor(
        browser,
        system.origin,
        "fr",
        java_script_enabled=False,
        viewport={"width": 320, "height": 700},
    ) as visitor:
        page = visitor.page
        visitor.goes_to("report/")
        page.get_by_role("link", name=visitor.t("report.plain")).click()
        visitor.sees("plain.title")
        page.locator("#category").select_option("fraud")
        visitor.chooses("role")
        visitor.writes("narrative", "\nUne boutique <b>fictive</b>\nne livre jamais.")
        visitor.writes("value_1", "https://boutique.example/a?b=1&c=2")
        visitor.writes("amount_1", "1 500,50")
        page.locator("#territory").select_option("06.141")
        visitor.presses("report.communes")
        expect(page.locator("#commune")).to_be_focused()
        page.locator("#commune").select_option(index=3)
        page.locator("#disclosure-confidential").check()
        visitor.writes("email", "personne")
        page.locator("#email").press("Enter")
        expect(page.locator(".summary a")).to_have_text(visitor.t("error.email"))
        assert page.title().startswith(visitor.t("error.title"))
        expect(page.locator("#email-error")).to_have_text(visitor.t("error.email"))
        expect(page.locator("#narrative")).to_have_value(
            "\nUne boutique <b>fictive</b>\nne livre jamais."
        )
        visitor.writes("email", "personne@example.org")
        visitor.presses("plain.send")
        reference, receipt = visitor.codes()
        path = str(page.locator("svg.qr path").get_attribute("d"))
        address = page.locator(".address").inner_text()
        assert address.endswith("/fr/follow/")
        assert qr.text_of(*qr.drawn(path, 41)) == f"{address}#{reference}"
        assert page.title().startswith(visitor.t("plain.title"))
        visitor.goes_to("follow/")
        visitor.writes("reference", reference.lower())
        visitor.writes("receipt", receipt)
        visitor.presses("follow.show")
        visitor.sees("follow.status")
        expect(page.locator(".standing")).to_be_visible()
        assert reference not in page.url
        visitor.goes_to("follow")
        visitor.writes("reference", reference)
        visitor.writes("receipt", str(uuid.uuid4()))
        visitor.presses("follow.show")
        expect(page.locator(".summary a")).to_have_text(visitor.t("error.unknown_report"))
    assert "boutique" in people.narrative_of(reference)
    assert "contact_box" in people.item(keys.report_key(reference))
