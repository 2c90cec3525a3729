"""The day of the law is that of the country's clocks, on both sides of each of their changes."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.analysis.payments import find_past_day, latest_moment
from casework.decisions.base import DecisionContext
from casework.decisions.freezes import DatedFreezeStep
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER, open_pack
from casework.pack.published_table import load_statistics_law
from casework.pack.time_zones import (
    ZONE_CHANGES_BEGIN,
    ZONE_CHANGES_END,
    day_start,
    same_local_hour,
    zone_changes,
    zone_from_name,
    zone_names,
)
from casework.report.money_lost import MoneyLost, is_recent_loss
from casework.statistics.counts import shift_to_statistical_times
from functions.intake.texts import load_portal
from tools.site.scripts import node_command

ROOT = Path(__file__).parents[2]
MOROCCO = open_pack("ma").facts
LAW = load_statistics_law(JURISDICTIONS_FOLDER / "ma")

CHANGES = (
    ("2024-03-10T02:00:00Z", 60, 0),
    ("2024-04-14T02:00:00Z", 0, 60),
    ("2025-02-23T02:00:00Z", 60, 0),
    ("2025-04-06T02:00:00Z", 0, 60),
    ("2026-02-15T02:00:00Z", 60, 0),
    ("2026-03-22T02:00:00Z", 0, 60),
    ("2026-09-20T01:00:00Z", 60, 0),
)
"""When Morocco changed its clocks from 2024 to 2026, and how many minutes they were ahead of UTC
before and since: at the beginning and the end of each Ramadan, and in 2026 for good."""

each_change = pytest.mark.parametrize(
    ("at", "before", "since"), [(datetime.fromisoformat(at), *two) for at, *two in CHANGES]
)


def ahead(at: datetime, zone: tzinfo = MOROCCO.zone) -> int:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) // 60


def by_table(at: datetime, table: list[tuple[int, int]]) -> int:
    return [minutes for since, minutes in table if since <= at.timestamp()][-1]


@each_change
def test_the_clocks_change_at_the_moment_and_not_a_second_before(
    at: datetime, before: int, since: int
) -> None:
    assert (ahead(at - timedelta(seconds=1)), ahead(at)) == (before, since)


def test_no_change_of_these_years_is_left_out() -> None:
    first, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    told = [
        (datetime.fromtimestamp(since, UTC), minutes)
        for since, minutes in zone_changes(MOROCCO.zone)
        if first < datetime.fromtimestamp(since, UTC) < end
    ]
    assert told == [(datetime.fromisoformat(at), since) for at, _, since in CHANGES]


def nights() -> list[tuple[datetime, bool]]:
    """Half past eleven in UTC in the nights around each change, and whether it is past midnight in
    the country."""
    found = []
    for said, before, since in CHANGES:
        midnight = datetime.fromisoformat(said).replace(hour=0)
        found.append((midnight - timedelta(minutes=30), before == 60))
        found.append((midnight + timedelta(hours=23, minutes=30), since == 60))
    return found


@pytest.mark.parametrize(("at", "past_midnight"), nights())
def test_a_fact_late_at_night_counts_on_the_day_that_the_clocks_show(
    at: datetime, past_midnight: bool
) -> None:
    day = at.date() + timedelta(days=past_midnight)
    assert MOROCCO.local_day(at) == day
    assert DecisionContext(open_pack("ma")).local_day(at) == day
    assert LAW.local_day(at) == day.isoformat()
    (event,) = shift_to_statistical_times(LAW, [(1, "open", at.isoformat(), None, {})], timedelta())
    assert event.day == day.isoformat()


@each_change
def test_a_moment_on_a_page_without_a_script_is_by_the_clocks_of_that_moment(
    at: datetime, before: int, since: int
) -> None:
    french = load_portal().texts["fr"]
    for when, minutes in ((at - timedelta(seconds=60), before), (at, since)):
        there = when + timedelta(minutes=minutes)
        assert french.moment(when.isoformat()).endswith(
            f"{there.year} à {there:%H:%M} UTC+0{minutes // 60}:00"
        )


@cache
def by_script() -> dict[str, list[list[str]]]:
    """What the script of the pages shows at the changes, and a minute before."""
    asked = [[at, _minute_before(at)] for at, _, _ in CHANGES]
    script = (
        "import {build} from 'esbuild';"
        "const made=await build({entryPoints:['web/shared/clocks.ts'],bundle:true,write:false,"
        "format:'esm'});"
        "const m=await import('data:text/javascript;base64,'"
        "+Buffer.from(made.outputFiles[0].contents).toString('base64'));"
        "const [clocks,asked]=JSON.parse(process.argv[1]);"
        "console.log(JSON.stringify(asked.map(two=>two.map(t=>{const at=new Date(t);"
        "return [m.shownAt(clocks,at).toISOString().slice(0,16),m.dayAt(clocks,at),"
        "m.offsetAt(clocks,at)]}))));"
    )
    told = subprocess.run(
        [
            node_command(),
            "--input-type=module",
            "-e",
            script,
            json.dumps([zone_changes(MOROCCO.zone), asked]),
        ],
        cwd=ROOT,
        env={"TZ": "Pacific/Kiritimati"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return dict(zip((at for at, _, _ in CHANGES), json.loads(told.stdout), strict=True))


def _minute_before(at: str) -> str:
    return (datetime.fromisoformat(at) - timedelta(minutes=1)).isoformat()


@each_change
def test_a_moment_on_a_page_with_a_script_is_so_too_wherever_the_device_is(
    at: datetime, before: int, since: int
) -> None:
    """Also where the device knows nothing of the change: its own zones are not asked."""
    shown, earlier = by_script()[at.isoformat().replace("+00:00", "Z")]
    for told, when, minutes in (
        (shown, at, since),
        (earlier, at - timedelta(minutes=1), before),
    ):
        there = when + timedelta(minutes=minutes)
        assert told == [
            f"{there:%Y-%m-%dT%H:%M}",
            f"{there:%Y-%m-%d}",
            f"UTC+0{minutes // 60}:00",
        ]


@given(
    st.datetimes(ZONE_CHANGES_BEGIN.replace(tzinfo=None), ZONE_CHANGES_END.replace(tzinfo=None)),
    st.sampled_from(
        ["Africa/Casablanca", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
    ),
)
def test_the_table_that_pages_carry_says_what_the_zone_says(at: datetime, name: str) -> None:
    when = at.replace(tzinfo=UTC, microsecond=0)
    assert by_table(when, table_of(name)) == ahead(when, zone_from_name(name))


@cache
def table_of(name: str) -> list[tuple[int, int]]:
    return zone_changes(zone_from_name(name))


@given(
    st.datetimes(datetime(2021, 1, 1), datetime(2039, 1, 1)),  # noqa: DTZ001 - in UTC below
    st.integers(-400, 400),
    st.sampled_from(["Africa/Casablanca", "America/St_Johns", "Africa/Cairo", "Asia/Beirut"]),
)
def test_what_is_counted_from_another_day_begins_on_that_day(
    at: datetime, days: int, name: str
) -> None:
    """Two of these countries put their clocks on at midnight: that day has no first hour."""
    zone, when = zone_from_name(name), at.replace(tzinfo=UTC)
    day = when.astimezone(zone).date() + timedelta(days=days)
    assert same_local_hour(when, day, zone).astimezone(zone).date() == day
    first = day_start(day, zone)
    assert first.astimezone(zone).date() == day
    assert (first - timedelta(seconds=1)).astimezone(zone).date() == day - timedelta(days=1)


def test_an_act_that_is_entered_after_the_change_counts_from_the_day_it_names() -> None:
    """Half past midnight, less 22 days of 24 hours, was the evening before in Ramadan."""
    entered = datetime(2026, 3, 22, 23, 30, tzinfo=UTC)
    known = DecisionContext(open_pack("ma"))
    assert known.local_day(entered) == date(2026, 3, 23)
    began = DatedFreezeStep(step="notice", on=date(2026, 3, 1)).began(entered, known)
    assert known.local_day(began) == date(2026, 3, 1)
    assert began == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert MOROCCO.local_day(entered - timedelta(days=22)) == date(2026, 2, 28)


def test_a_day_in_words_and_a_time_without_an_offset_are_by_the_clocks_of_that_day() -> None:
    zone = MOROCCO.zone
    told = datetime(2026, 2, 20, 10, tzinfo=UTC)
    assert find_past_day("le 14/02/2026 à 9h30", told, zone) == "2026-02-14T09:30:00+01:00"
    assert find_past_day("le 15/02/2026 à 9h30", told, zone) == "2026-02-15T09:30:00+00:00"
    assert latest_moment("2026-02-14", zone) == datetime(2026, 2, 14, 22, 59, 59, tzinfo=UTC)
    assert latest_moment("2026-02-15", zone) == datetime(2026, 2, 15, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "at", "lost", "lately"),
    [
        ("America/St_Johns", "2026-03-02T02:00:00Z", "2026-02-28", True),
        ("UTC", "2026-03-02T02:00:00Z", "2026-02-28", False),
        ("Africa/Casablanca", "2026-06-02T23:30:00Z", "2026-06-01", False),
        ("Asia/Tokyo", "2026-03-02T02:00:00Z", "2026-03-01T10:30:00", True),
        ("Asia/Tokyo", "2026-03-02T02:00:00Z", "2026-03-01T08:00:00", False),
    ],
)
def test_money_left_lately_by_the_days_and_hours_of_the_country(
    name: str, at: str, lost: str, lately: bool
) -> None:
    payment = MoneyLost(amount="10", currency="MAD", at=lost)
    assert is_recent_loss(payment, datetime.fromisoformat(at), zone_from_name(name)) is lately


def test_the_pinned_zones_are_read_and_not_those_of_the_machine() -> None:
    """A machine that was set up before September 2026 still has summer time in Morocco."""
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert ahead(now) == 0
    assert isinstance(MOROCCO.zone, ZoneInfo)
    assert "Africa/Casablanca" in zone_names()


@pytest.mark.parametrize("name", ["Africa/Rabat", "", "..", "../zones", "Morocco/"])
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no zone of the IANA time zone database"):
        zone_from_name(name)
