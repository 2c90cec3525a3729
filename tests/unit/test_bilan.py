"""The replay of the founding case: what is sent adds up to the published table, and is drawn so."""

from __future__ import annotations

from collections import Counter
from functools import cache
from xml.etree import ElementTree

from bilan import chart, composition, table
from bilan.composition import PUBLISHED, Sent
from casework.figures.counted import day_of
from casework.figures.delays import FEWEST
from casework.pack.jurisdiction import PACKS
from casework.pack.published_table import law_of

LAW = law_of(PACKS / "ma")
SVG = "{http://www.w3.org/2000/svg}"


@cache
def sent() -> list[Sent]:
    return composition.reports()


def group_of(report: Sent) -> str:
    return LAW.group_of(report.category)


def country_of(report: Sent) -> str | None:
    country: str | None = report.body["territory"].get("country")
    return country


def by_day() -> dict[str, dict[str, int]]:
    days: dict[str, Counter[str]] = {}
    for report in sent():
        days.setdefault(day_of(report.at), Counter())[group_of(report)] += 1
    return {day: {group: found[group] for group in chart.GROUPS} for day, found in days.items()}


def test_the_sent_reports_add_up_to_the_published_table() -> None:
    groups = Counter(map(group_of, sent()))
    origins = Counter(LAW.table.region_of(country_of(each)) for each in sent())
    disclosures = Counter(each.body["disclosure"]["kind"] for each in sent())
    found = {
        ("reports", "processed"): len(sent()),
        ("reports", "technology_crimes"): sum(groups[each] for each in LAW.table.technology),
        ("flags", "praise_daesh"): sum(each.daesh for each in sent()),
        ("disclosure", "identified"): disclosures["identified"],
        ("origin", "abroad"): len(sent()) - origins["home"],
        **{("groups", group): number for group, number in groups.items()},
        **{("origin", place): number for place, number in origins.items() if place != "home"},
    }
    expected = {key: number for key, number in PUBLISHED.items() if key[0] != "suspects"}
    assert found == expected


def test_no_month_holds_a_number_so_small_that_the_public_would_not_see_it() -> None:
    """The published table is compared with what the public reads: nothing may be withheld in it."""
    cells: Counter[tuple[str, str]] = Counter()
    for report in sent():
        month = day_of(report.at)[:7]
        cells[month, f"group:{group_of(report)}"] += 1
        cells[month, f"origin:{LAW.table.region_of(country_of(report))}"] += 1
        cells[month, f"disclosure:{report.body['disclosure']['kind']}"] += 1
        flagged = "flagged" if report.daesh else "unflagged"
        if group_of(report) == "terrorism":
            cells[month, flagged] += 1
    assert {month for month, _ in cells} == {"2024-06", "2024-07", "2024-08"}
    assert min(cells.values()) >= FEWEST


def test_reports_share_identifiers_in_the_proportion_that_is_told() -> None:
    assert len({each.campaign for each in sent()}) == 293
    assert round(composition.shared(sent()), 2) == 0.98


def test_every_report_says_that_it_is_synthetic_and_comes_in_its_order() -> None:
    assert all(each.body["narrative"].startswith("[SYNTHETIC") for each in sent())
    assert [each.at for each in sent()] == sorted(each.at for each in sent())
    assert {each.body["language"] for each in sent()} == {"ar", "fr", "en", "es"}


def test_the_chart_can_be_read_without_seeing_it_and_runs_no_script() -> None:
    drawn = ElementTree.fromstring(chart.svg(by_day()))  # noqa: S314 - drawn a line above
    told = {each.get("id"): each.text or "" for each in drawn if each.get("id")}
    assert drawn.get("role") == "img"
    assert drawn.get("aria-labelledby") == "title desc"
    assert "fraud 4073" in told["desc"]
    assert not list(drawn.iter(f"{SVG}script"))


def test_a_difference_from_the_published_table_is_named() -> None:
    def figures(**changed: int) -> dict[str, object]:
        return {
            "figures": [
                {
                    "table": name,
                    "row": row,
                    "count": changed.get(row, number),
                    "share": composition.SHARES.get((name, row)),
                }
                for (name, row), number in PUBLISHED.items()
            ]
        }

    assert table.differences(table.lines(figures(), figures())) == []
    wrong = table.differences(table.lines(figures(wanted=8), figures()))
    assert wrong == ["suspects wanted: published 9, public 8"]
