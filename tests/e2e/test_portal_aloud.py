"""Names, states, errors and news in the accessibility tree, which every screen reader reads.

The tests hear no speech.
"""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, expect

from local.system import LocalSystem
from tests.e2e.portal import WALKED, Visitor, a_visitor


def said(place: Locator) -> str:
    """The accessibility tree below a place, one line for each thing that is read."""
    return place.aria_snapshot()


def test_the_way_through_the_report_is_read_in_arabic(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "ar") as reader:
        t, main = reader.t, reader.page.locator("main")
        narrative = reader.page.get_by_role("textbox", name=t("report.narrative"))
        for step in reader.answering():
            if step == "report.safety":
                reader.chooses("danger")
                expect(main.get_by_role("status").first).to_contain_text(t("report.danger_call"))
            elif step == "report.start":
                expect(main).to_match_aria_snapshot(f"""
                    - group "{t("report.start")}":
                      - heading "{t("report.start")}" [level=1]
                      - radio "نصب واحتيال"
                    - paragraph:
                      - button "{t("report.continue")}"
                """)
                reader.goes_on()
                expect(main).to_match_aria_snapshot(f"""
                    - alert "هناك مشكلة":
                      - heading "هناك مشكلة" [level=2]
                      - list:
                        - listitem:
                          - link "{t("error.category")}"
                """)
                expect(reader.page.get_by_role("alert")).to_be_focused()
                expect(reader.page.get_by_role("group")).to_have_accessible_description(
                    f"{t('report.start_hint')} {t('error.category')}"
                )
            elif step == "report.narrative":
                expect(narrative).to_have_accessible_description(t("report.narrative_hint"))
                reader.goes_on()
                expect(narrative).to_have_attribute("aria-invalid", "true")
                expect(narrative).to_have_accessible_description(
                    f"{t('report.narrative_hint')} {t('error.narrative')}"
                )
                reader.pastes("narrative", "س" * 19_999)
                expect(main.get_by_role("status").first).to_have_text("بقي حرف واحد")
            elif step == "report.money":
                reader.chooses("lost")
                reader.page.get_by_role("button", name=t("report.add_loss")).click()
                expect(main).to_match_aria_snapshot(f"""
                    - group "{t("report.money")}":
                      - radio "{t("lost.yes")}" [checked]
                      - group "الأداء 1":
                        - 'button "{t("report.remove")}: الأداء 1"'
                        - textbox "{t("report.amount")}"
                        - combobox "{t("report.currency")}"
                      - group "الأداء 2":
                        - textbox "{t("report.amount")}" [active]
                      - radio "{t("lost.no")}"
                """)
        expect(reader.page.get_by_role("heading", level=1)).to_be_focused()
        change = f"{t('report.change')}: {t('report.role')}"
        expect(reader.page.get_by_role("button", name=change, exact=True)).to_be_visible()
        reader.presses("report.send")
        reader.codes()
        expect(reader.page.get_by_role("heading", level=1)).to_be_focused()
        expect(reader.page.get_by_role("img", name=t("done.qr"))).to_be_visible()
        reader.presses("done.follow")
        expect(main.locator(".standing")).to_have_role("status")


def unnamed(reader: Visitor) -> list[str]:
    """The controls without a name in the accessibility tree."""
    kinds = ("button", "link", "textbox", "combobox", "radio", "checkbox", "group", "img")
    lines = [line.strip(" -") for line in said(reader.page.locator("body")).splitlines()]
    return [line for line in lines if line.rstrip(":") in kinds]


OPENED = {
    "report.money": "lost",
    "report.place": "place",
    "report.disclosure": "disclosure-identified",
}
"""Page of the report → the answer that brings the most controls."""


def test_every_control_of_the_report_has_an_accessible_name(
    browser: Browser, system: LocalSystem
) -> None:
    for language in WALKED:
        with a_visitor(browser, system.origin, language) as reader:
            for step in reader.answering():
                if step in OPENED:
                    reader.chooses(OPENED[step])
                    reader.page.locator(".within select, .within input").first.wait_for()
                assert unnamed(reader) == [], (language, step)
            for path in ("report/plain", "follow", "figures/"):
                reader.goes_to(path)
                reader.page.locator("h1").wait_for()
                assert unnamed(reader) == [], (language, path)
