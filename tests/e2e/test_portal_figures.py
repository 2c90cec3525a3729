"""The public figures as pictures and as tables, for the months that a visitor chooses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from casework.case.value_objects import Priority
from casework.statistics.case_statistics import DELAY_MEASURES
from local.system import LocalSystem
from tests.e2e.portal import Visitor, a_visitor

MONTHS = ("2024-06", "2024-07", "2024-08")
LICENCE = {"id": "ODbL-1.0", "address": "https://opendatacommons.org/licenses/odbl/1-0/"}
CENSUS = {"source": "RGPH 2024", "day": "2024-09-01"}
SEPTEMBER = "2024-09-20T12:00:00Z"
"""A day on which only June, July and August 2024 are published."""
FOUNDING: tuple[tuple[str, str, int | None, float | None], ...] = (
    ("reports", "processed", 7083, None),
    ("reports", "technology_crimes", 6788, 0.9584),
    ("cases", "opened", 293, None),
    ("groups", "fraud", 4073, 0.6),
    ("groups", "sextortion", None, None),
    ("groups", "terrorism", 295, 0.0416),
    ("groups", "unclassified", 0, 0.0),
    ("flags", "praise_daesh", 85, 0.2881),
    ("disclosure", "identified", 4117, 0.5813),
    ("origin", "abroad", 564, 0.0796),
    ("origin", "home", 6519, 0.9204),
    ("origin", "europe", 300, 0.0424),
    ("regions", "06", 900, 0.5),
    ("regions", "04", None, None),
    ("regions", "unplaced", 7, 0.004),
    ("suspects", "identified", 82, None),
    ("suspects", "sought", 50, 0.6098),
    ("deadlines", "review_kept", 280, 0.9556),
    ("deadlines", "review_late", 13, 0.0444),
    ("proposals", "category_kept", 250, 0.8532),
    ("proposals", "category_corrected", 43, 0.1468),
)


def a_bilan(*figures: tuple[str, str, int | None, float | None], **more: Any) -> dict[str, Any]:
    rows = [
        {"table": table, "row": row, "count": count, "share": share, "by_month": [count] * 3}
        | ({"withheld": ["2024-06", "2024-07", "2024-08"]} if count is None else {})
        for table, row, count, share in figures
    ]
    return {"first": "2024-06", "last": "2024-08", "months": list(MONTHS), "figures": rows,
            "licence": LICENCE, "population": CENSUS, "time_error": 0.02,
            "times": [{"measure": measure, "priority": priority}
                      for measure in DELAY_MEASURES for priority in Priority]} | more  # fmt: skip


@contextmanager
def a_reader(
    browser: Browser, system: LocalSystem, language: str, told: dict[str, Any], now: str = SEPTEMBER
) -> Iterator[tuple[Visitor, list[str]]]:
    """A visitor who gets these figures at this time, and the addresses of the calls."""
    asked: list[str] = []
    with a_visitor(browser, system.origin, language) as reader:
        reader.page.clock.set_fixed_time(now)
        reader.page.on(
            "request", lambda each: asked.append(each.url) if "/v1/" in each.url else None
        )
        reader.page.route(
            "**/v1/statistics*",
            lambda route: route.fulfill(body=json.dumps(told), content_type="application/json"),
        )
        yield reader, asked


def row(reader: Visitor, title: str, text: str) -> Locator:
    """The row with this text in the table of this title."""
    table = reader.page.get_by_role("table", name=reader.t(title))
    return table.get_by_role("row").filter(has_text=text)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_figure_the_service_publishes_is_on_the_page(
    browser: Browser, system: LocalSystem, language: str
) -> None:
    told = a_bilan(*FOUNDING, reports_per_case=24.17)
    told["times"][1] |= {"median_seconds": 7_200, "p90_seconds": 95_000}
    with a_reader(browser, system, language, told) as (reader, _):
        reader.goes_to("figures/")
        t, page = reader.t, reader.page
        for title, text, *numbers in (
            ("figures.totals", t("row.processed"), "7[.,]083"),
            ("figures.totals", t("row.opened"), "293"),
            ("figures.technology", "4", "4[.,]073", "60"),
            ("figures.apart", "4[.,]2", "295"),
            ("figures.apart", "28[.,]8", "85"),
            ("figures.by_disclosure", t("given.identified"), "4[.,]117", "58[.,]1"),
            ("figures.by_origin", t("row.abroad"), "564"),
            ("figures.by_origin", "300", "4[.,]2"),
            ("figures.by_region", t("row.unplaced"), "7"),
            ("figures.suspects", t("row.identified"), "82"),
            ("figures.times", t("priority.urgent"), "2", "26"),
            ("figures.deadlines", t("measure.review"), "280", "95[.,]6"),
            ("figures.proposals", t("proposal.category"), "43", "14[.,]7"),
        ):
            table = page.get_by_role("table", name=t(title), exact=True)
            table.wait_for()
            rows = [" ".join(each.split()) for each in table.get_by_role("row").all_inner_texts()]
            found = [each for each in rows if all(_in(part, each) for part in (text, *numbers))]
            assert found, (title, text, rows)
        assert "24" in page.get_by_text(t("figures.per_case").partition("{")[0]).inner_text()
        expect(page.get_by_text(t("figures.hidden_note"))).to_be_visible()
        hidden = page.get_by_role("table", name=t("figures.technology"))
        expect(hidden.get_by_text(t("figures.hidden"))).to_be_visible()
        expect(page.locator("figure > .map .level-5")).to_have_count(1)
        expect(page.locator("figure > .map .withheld")).to_have_count(1)
        expect(page.locator("figure > .map path")).to_have_count(12)
        assert reader.violations() == []


def _in(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None


def test_a_visitor_sees_each_month_the_rate_of_each_region_and_later_corrections(
    browser: Browser, system: LocalSystem
) -> None:
    figures = a_bilan(*FOUNDING, ("delays", "look_hour", 700, 0.7),
                      corrected={"2024-06": 15})  # fmt: skip
    by_row = {(each["table"], each["row"]): each for each in figures["figures"]}
    by_row["reports", "processed"]["by_month"] = [2100, 2400, 2583]
    by_row["groups", "sextortion"]["by_month"] = [40, None, 31]
    by_row["regions", "06"]["per_100_000"] = 11.7
    with a_reader(browser, system, "en", figures) as (reader, _):
        reader.goes_to("figures/")
        page, t = reader.page, reader.t
        trend = page.get_by_role("table", name=t("figures.trend"))
        expect(trend.get_by_role("row").nth(2)).to_have_text(re.compile("July 2024.*2,400"))
        tall = page.locator(".columns rect").nth(2)
        expect(tall).to_have_attribute("height", "100%")
        page.get_by_label(t("figures.trend_of")).select_option("groups sextortion")
        expect(trend.get_by_role("row").nth(2)).to_contain_text(t("figures.hidden"))
        expect(page.locator(".columns .withheld")).to_have_count(1)
        regions = page.get_by_role("table", name=t("figures.by_region"))
        expect(regions.get_by_role("row").filter(has_text="900")).to_contain_text("11.7")
        page.get_by_label(t("figures.drawn")).select_option("rates")
        expect(page.get_by_role("img", name=t("figures.map_per"))).to_be_visible()
        expect(
            page.get_by_text(re.compile("Inhabitants: .RGPH 2024., 1 September 2024"))
        ).to_be_visible()
        page.get_by_text(t("figures.corrected"), exact=True).click()
        expect(page.get_by_text("June 2024: at least 15")).to_be_visible()
        for key in ("reports", "groups", "regions", "delays", "proposals", "times"):
            expect(page.get_by_text(t(f"counted.{key}")).first).to_be_visible()
        link = page.get_by_role("link", name=t("figures.download_json"))
        assert "format=json&language=en" in str(link.get_attribute("href"))
        expect(page.get_by_role("link", name="ODbL-1.0")).to_be_visible()
        assert reader.violations() == []


def test_a_visitor_reads_the_founding_months_and_comes_back(
    browser: Browser, system: LocalSystem
) -> None:
    told = a_bilan(*FOUNDING)
    with a_reader(browser, system, "fr", told, "2026-11-25T12:00:00Z") as (reader, asked):
        reader.goes_to("figures/")
        page = reader.page
        period = page.get_by_role("heading", name="Période : juin – août 2024")
        period.wait_for()
        assert asked[-1].endswith("from=2025-11&to=2026-10")
        page.locator("#from").select_option("2024-08")
        page.locator("#to").select_option("2024-06")
        reader.presses("figures.show")
        expect(page.locator(".summary:focus")).to_contain_text(reader.t("figures.window_backwards"))
        page.locator("#from").select_option("2024-06")
        page.locator("#to").select_option("2026-06")
        reader.presses("figures.show")
        expect(page.locator(".summary")).to_contain_text(reader.t("figures.window_long"))
        assert len(asked) == 1
        page.locator("#to").select_option("2024-08")
        reader.presses("figures.show")
        expect(period).to_be_focused()
        assert asked[-1].endswith("from=2024-06&to=2024-08")
        assert page.url.endswith("/fr/figures/?from=2024-06&to=2024-08")
        link = page.get_by_role("link", name=reader.t("figures.download"))
        assert "from=2024-06&to=2024-08&format=csv" in str(link.get_attribute("href"))
        page.go_back()
        expect(page.locator("#from")).to_have_value("2025-11")
        page.go_forward()
        expect(page.locator("#from")).to_have_value("2024-06")
        assert reader.violations() == []


def test_the_page_names_a_month_that_is_withheld_or_not_yet_published(
    browser: Browser, system: LocalSystem
) -> None:
    told = a_bilan(("reports", "processed", 12, None), unpublished=["2024-08"])
    told["figures"][0]["withheld"] = ["2024-07"]
    with a_reader(browser, system, "es", told) as (reader, _):
        reader.goes_to("figures/")
        expect(row(reader, "figures.totals", "12")).to_contain_text("sin 1 mes")
        expect(reader.page.get_by_text("agosto de 2024").last).to_be_visible()


def test_before_the_first_month_is_published_both_pages_say_so(
    browser: Browser, system: LocalSystem
) -> None:
    with a_reader(browser, system, "fr", a_bilan(), "2024-06-20T12:00:00Z") as (reader, asked):
        for path in ("", "figures/"):
            reader.goes_to(path)
            reader.sees("figures.empty")
            assert asked[-1].endswith("from=2024-06&to=2024-06")
            assert reader.violations() == []


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_first_page_sums_up_the_figures(
    browser: Browser, system: LocalSystem, language: str
) -> None:
    with a_reader(browser, system, language, a_bilan(*FOUNDING)) as (reader, asked):
        reader.goes_to("")
        headlines = reader.page.locator(".headlines")
        for key, number in (
            ("row.processed", "7[.,]083"),
            ("row.technology_crimes", "6[.,]788"),
            ("row.abroad", "564"),
            ("row.identified", "82"),
        ):
            told = headlines.locator("div").filter(has_text=reader.t(key)).inner_text()
            assert _in(number, told)
        assert asked[-1].endswith("from=2024-06&to=2024-08")
        expect(row(reader, "figures.technology", "60")).to_have_count(1)
        reader.page.get_by_text(reader.t("figures.by_region")).first.click()
        expect(row(reader, "figures.by_region", reader.t("row.unplaced"))).to_contain_text("7")
        assert reader.violations() == []


def test_a_visitor_can_ask_again_for_figures_that_did_not_load(
    browser: Browser, system: LocalSystem
) -> None:
    answers = iter([422])
    with a_visitor(browser, system.origin, "en") as reader:
        reader.page.route(
            "**/v1/statistics*",
            lambda route: (
                route.fulfill(status=status, body="{}")
                if (status := next(answers, 0))
                else route.continue_()
            ),
        )
        reader.goes_to("")
        reader.sees("figures.failed")
        reader.presses("report.again")
        reader.sees("figures.empty")


def test_figures_that_arrive_after_other_months_were_chosen_are_not_shown(
    browser: Browser, system: LocalSystem
) -> None:
    waiting: list[Route] = []

    def tell(route: Route, reports: int) -> None:
        route.fulfill(json=a_bilan(("reports", "processed", reports, None), *FOUNDING[1:]))

    def answer(route: Route) -> None:
        if "2024-06" in route.request.url:
            waiting.append(route)
        else:
            tell(route, 7052)

    with a_visitor(browser, system.origin, "en") as reader:
        page = reader.page
        page.clock.set_fixed_time(SEPTEMBER)
        page.route("**/v1/statistics*", answer)
        with page.expect_request("**/v1/statistics*2024-06*"):
            reader.goes_to("figures/?from=2024-06&to=2024-08")
        page.locator("#from").select_option("2024-07")
        reader.presses("figures.show")
        figures = page.locator("main")
        expect(figures).to_contain_text("7,052")
        with page.expect_event("requestfinished", lambda each: "2024-06" in each.url):
            tell(waiting.pop(), 7041)
        # Another answer is read behind it: by then the late one was, too.
        page.evaluate("fetch('/v1/statistics?from=2024-07').then(answer => answer.json())")
        expect(figures).to_contain_text("7,052")
        expect(figures).not_to_contain_text("7,041")


def test_without_scripts_the_page_shows_the_figures_as_a_table(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "ar", java_script_enabled=False) as reader:
        reader.goes_to("figures/")
        reader.writes("from", "2024-06")
        reader.writes("to", "2024-08")
        with reader.page.expect_download() as got:
            reader.presses("figures.download")
        lines = Path(got.value.path()).read_text(encoding="utf-8-sig").splitlines()
        assert lines[0].startswith("from,to,table,row")
        assert lines[1].startswith("2024-06,2024-08,reports,processed")
    with a_visitor(browser, system.origin, "ar") as waiting:
        waiting.page.route("**/assets/figures-*.js", lambda route: route.abort())
        waiting.sees_at_once_what_is_said_late()
        waiting.goes_to("figures/")
        button = waiting.page.get_by_role("button", name=waiting.t("figures.download"))
        expect(button).to_be_visible()
