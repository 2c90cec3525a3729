"""The public figures, as pictures and as tables."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect

from local.system import System
from tests.e2e.portal import a_visitor


def a_bilan(*figures: tuple[str, str, int | None, float | None]) -> str:
    rows = [
        {"table": table, "row": row, "count": count, "share": share}
        for table, row, count, share in figures
    ]
    return json.dumps(
        {"first": "2024-06", "last": "2024-08", "figures": rows, "times": [], "time_error": 0.02}
    )


@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_chart_is_its_own_table_and_hides_who_could_be_recognised(
    browser: Browser, system: System, language: str
) -> None:
    told = a_bilan(
        ("reports", "processed", 7083, None),
        ("groups", "fraud", 4073, 0.6),
        ("groups", "unclassified", None, None),
        ("disclosure", "identified", 4117, 0.581),
        ("regions", "06", 900, 0.5),
        ("regions", "04", None, None),
        ("regions", "unplaced", 7, 0.004),
    )
    with a_visitor(browser, system.origin, language) as visitor:
        visitor.page.route(
            "**/v1/statistics*",
            lambda route: route.fulfill(body=told, content_type="application/json"),
        )
        visitor.goes_to("figures/")
        table = visitor.page.get_by_role("table", name=visitor.t("figures.by_category"))
        expect(table.get_by_role("row")).to_have_count(3)
        expect(table.get_by_text(visitor.t("figures.hidden"))).to_be_visible()
        expect(visitor.page.locator(".map .level-5")).to_have_count(1)
        expect(visitor.page.locator(".map .withheld")).to_have_count(1)
        table = visitor.page.get_by_role("table", name=visitor.t("figures.by_region"))
        expect(table.get_by_role("row", name=visitor.t("row.unplaced"))).to_contain_text("7")
        expect(visitor.page.locator(".map path")).to_have_count(12)
        assert visitor.violations() == []


def test_without_figures_the_page_says_so(browser: Browser, system: System) -> None:
    with a_visitor(browser, system.origin, "fr") as visitor:
        visitor.page.route(
            "**/v1/statistics*",
            lambda route: route.fulfill(body=a_bilan(), content_type="application/json"),
        )
        visitor.goes_to("figures/")
        visitor.sees("figures.empty")
        expect(visitor.page.get_by_text(visitor.t("figures.no_regions"))).to_be_visible()
