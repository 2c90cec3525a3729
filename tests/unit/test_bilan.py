"""The replay of the founding case: what is sent adds up to the published table, and is drawn so."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from functools import cache
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from casework.pack.jurisdiction import JURISDICTIONS_FOLDER
from casework.pack.published_table import load_statistics_law
from casework.statistics.delays import MIN_PUBLISHED
from harness.bilan import __main__ as replay
from harness.bilan import chart, composition, table
from harness.bilan.composition import FOUNDING, SHORT, Composition, ReplayedReport
from harness.demo import reporters
from harness.demo.reporters import AcceptedDemoReport

LAW = load_statistics_law(JURISDICTIONS_FOLDER / "ma")
SVG = "{http://www.w3.org/2000/svg}"


each_plan = pytest.mark.parametrize("plan", [FOUNDING, SHORT], ids=["founding", "short"])


@cache
def sent_of(seed: int) -> list[ReplayedReport]:
    (plan,) = (each for each in (FOUNDING, SHORT) if each.seed == seed)
    return composition.reports(plan)


def sent(plan: Composition = FOUNDING) -> list[ReplayedReport]:
    return sent_of(plan.seed)


def group_of(report: ReplayedReport) -> str:
    return LAW.find_group(report.category)


def country_of(report: ReplayedReport) -> str | None:
    country: str | None = report.body["territory"].get("country")
    return country


def by_day() -> dict[str, dict[str, int]]:
    days: dict[str, Counter[str]] = {}
    for report in sent():
        days.setdefault(LAW.local_day(report.at), Counter())[group_of(report)] += 1
    return {
        day: {group: found[group] for group in chart.CHART_GROUP_COLOURS}
        for day, found in days.items()
    }


@each_plan
def test_the_sent_reports_add_up_to_the_published_table(plan: Composition) -> None:
    reports = sent(plan)
    groups = Counter(map(group_of, reports))
    origins = Counter(LAW.table.find_region(country_of(each)) for each in reports)
    disclosures = Counter(each.body["disclosure"]["kind"] for each in reports)
    found = {
        ("reports", "processed"): len(reports),
        ("reports", "technology_crimes"): sum(groups[each] for each in LAW.table.technology),
        ("flags", "praise_daesh"): sum(each.daesh for each in reports),
        ("disclosure", "identified"): disclosures["identified"],
        ("origin", "abroad"): len(reports) - origins["home"],
        **{("groups", group): number for group, number in groups.items()},
        **{("origin", place): number for place, number in origins.items() if place != "home"},
        **{("suspects", outcome): number for outcome, number in plan.suspects.items()},
        ("suspects", "identified"): sum(plan.suspects.values()),
    }
    assert found == plan.table


@each_plan
def test_no_month_holds_a_number_so_small_that_the_public_would_not_see_it(
    plan: Composition,
) -> None:
    """The published table is compared with what the public reads: nothing may be withheld in it."""
    cells: Counter[tuple[str, str]] = Counter()
    for report in sent(plan):
        month = LAW.local_day(report.at)[:7]
        cells[month, f"group:{group_of(report)}"] += 1
        cells[month, f"origin:{LAW.table.find_region(country_of(report))}"] += 1
        cells[month, f"disclosure:{report.body['disclosure']['kind']}"] += 1
        flagged = "flagged" if report.daesh else "unflagged"
        if group_of(report) == "terrorism":
            cells[month, flagged] += 1
    assert {month for month, _ in cells} == {"2024-06", "2024-07", "2024-08"}
    assert min(cells.values()) >= MIN_PUBLISHED
    assert min(plan.suspects.values()) >= MIN_PUBLISHED


def test_the_short_replay_has_every_figure_in_each_month_and_cases_that_go_on_for_months() -> None:
    assert SHORT.table.keys() == FOUNDING.table.keys()
    assert SHORT.table["reports", "processed"] < 300
    groups, months = Counter[tuple[str, str]](), dict[int, set[str]]()
    for report in sent(SHORT):
        month = LAW.local_day(report.at)[:7]
        groups[month, group_of(report)] += 1
        months.setdefault(report.campaign, set()).add(month)
    assert len(groups) == 3 * len(chart.CHART_GROUP_COLOURS)
    assert sum(len(each) > 1 for each in months.values()) >= 20


def test_the_first_report_of_a_campaign_has_its_case_before_the_next_one_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Linking is late on a busy machine. A case that a later report opened would be reviewed at
    that one's time, which may be after the month of the first was published."""
    chance = random.Random(7)
    posted: list[ReplayedReport] = []
    linked: list[str] = []
    planned = sent(SHORT)

    async def submit(client: Any, body: dict[str, Any], **headers: str) -> AcceptedDemoReport:
        (report,) = (each for each in planned if each.body is body)
        assert headers == {"Replay-At": report.at.isoformat()}
        others = [each for each in posted if each.campaign == report.campaign]
        if others:
            assert min(others, key=lambda each: each.at).body["narrative"] in linked
        await asyncio.sleep(chance.random() / 1000)
        posted.append(report)
        return AcceptedDemoReport(body["narrative"], "", 1)

    def in_cases(system: Any, references: list[str]) -> list[str]:
        assert len(references) <= replay.UNLINKED, "reporters do not run away from linking"
        found = [each for each in references if chance.random() < 0.5]
        linked.extend(found)
        return found

    monkeypatch.setattr(reporters, "submit", submit)
    monkeypatch.setattr(replay, "_linked", in_cases)
    monkeypatch.setattr(replay, "LOOK_SECONDS", 0.001)
    system, office = SimpleNamespace(api="http://127.0.0.1:1"), SimpleNamespace(sent={})
    room = asyncio.Semaphore(len(planned))
    send: Any = replay._send
    asyncio.run(send(system, planned, office, room, lambda: None))
    assert len(posted) == len(planned)
    assert sorted(linked) == sorted(each.body["narrative"] for each in planned)


def test_reports_share_identifiers_in_the_proportion_that_is_told() -> None:
    assert len({each.campaign for each in sent()}) == 293
    assert round(composition.shared_identifier_share(sent()), 2) == 0.98


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
                    "share": FOUNDING.shares.get((name, row)),
                }
                for (name, row), number in FOUNDING.table.items()
            ]
        }

    assert table.statistics_differences(table.lines(FOUNDING, figures(), figures())) == []
    wrong = table.statistics_differences(table.lines(FOUNDING, figures(wanted=8), figures()))
    assert wrong == ["suspects wanted: published 9, public 8"]
    assert table.unlike(figures(), figures()) == []
    assert table.unlike(figures(wanted=8), figures()) == [
        "suspects wanted: the public reads 8, staff 9"
    ]
