"""The API's reference is drawn by a kept renderer, under a policy that lets no text become code."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from local.system import LocalSystem
from tests.e2e.portal import a_visitor

WATCH = """document.addEventListener("securitypolicyviolation",
    (each) => (window.refused ??= []).push(`${each.violatedDirective} ${each.blockedURI}`))"""


def test_a_developer_finds_a_call_and_folds_a_section_and_nothing_leaves_the_site(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "en") as reader:
        page = reader.page
        asked: list[str] = []
        page.on("request", lambda each: asked.append(each.url))
        page.add_init_script(WATCH)
        response = page.goto(f"{system.origin}/reference/")
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "require-trusted-types-for 'script'; trusted-types vue" in policy
        sections = page.get_by_role("complementary")
        expect(sections.get_by_text("Send a report", exact=True)).to_be_visible()
        assert reader.violations() == []
        page.emulate_media(color_scheme="dark")
        assert reader.violations() == []
        sections.locator('[aria-expanded="true"]').first.click()
        expect(sections.get_by_text("Send a report", exact=True)).to_be_hidden()
        page.keyboard.press("Control+k")
        page.keyboard.type("statistics")
        found = page.get_by_role("option").filter(has_text="/v1/statistics")
        expect(found.first).to_be_visible()
        found.first.click()
        expect(page.get_by_role("heading", name="The bilan").first).to_be_in_viewport()
        assert page.evaluate("window.refused ?? []") == []
        assert page.evaluate("localStorage.length") == 0
        assert {each for each in asked if not each.startswith((system.origin, "data:"))} == set()
