"""The model of scale loses nothing, and says what is too little; its page is as it computes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scale import data, hour, shown
from bench.scale.model import Line, Resource, Station
from bench.scale.settings import AS_NEW, FOR_A_FLOOD
from bench.targets import TARGETS

AN_HOUR = 3_600


def a_line(a_second: float, **more: Any) -> tuple[Line, Station]:
    station = Station("link", {"workers": 1}, **more)
    return Line([station], {"workers": Resource("workers", a_second)}), station


def test_what_comes_faster_than_it_is_served_waits_and_is_drained_afterwards() -> None:
    line, link = a_line(10)
    line.play([15] * 60, AN_HOUR)
    assert link.most == 5 * 60
    assert link.drained == 89
    assert link.longest == 30
    assert line.resources["workers"].share() == 1.5


def test_what_comes_slower_than_it_is_served_never_waits() -> None:
    line, link = a_line(10)
    line.play([9] * 60, AN_HOUR)
    assert (link.most, link.longest) == (0, 0)
    assert line.resources["workers"].share() == 0.9


@given(
    arrivals=st.lists(st.integers(0, 50), min_size=1, max_size=50),
    first=st.integers(1, 40),
    second=st.integers(1, 40),
    at_most=st.integers(0, 100),
)
def test_all_that_came_was_served_or_waits(
    arrivals: list[int], first: int, second: int, at_most: int
) -> None:
    one = Station("one", {"a": 1}, {"two": 0.5})
    two = Station("two", {"a": 1, "b": 2})
    line = Line([one, two], {"a": Resource("a", first), "b": Resource("b", second)})
    line.play(list(map(float, arrivals)), at_most)
    for station in (one, two):
        assert station.came[-1] == pytest.approx(station.went[-1] + station.waiting)
    assert one.came[-1] == sum(arrivals)
    assert two.came[-1] == pytest.approx(one.went[-1] / 2)


def test_what_a_station_leaves_waits_at_another_one() -> None:
    start = Station("start", {"bucket": 1}, leaves_to="left")
    left = Station("left", {"looks": 1})
    resources = {"bucket": Resource("bucket", 10, burst=100), "looks": Resource("looks", 1)}
    Line([start, left], resources).play([50.0] * 4, 4)
    assert start.went[-1] == 200
    assert left.came[-1] == 200 - 100 - 3 * 10
    assert left.waiting == left.came[-1] - 2  # looks of the two seconds in which there were any


def test_who_knows_that_more_would_be_refused_does_not_ask() -> None:
    station = Station("start", {"bucket": 1}, tries=2, leaves_to="left")
    resources = {"bucket": Resource("bucket", 10), "looks": Resource("looks", 1)}
    Line([station, Station("left", {"looks": 1})], resources).play([50.0] * 60, 0)
    assert station.left == 60 * 40
    assert resources["bucket"].share() == 1.2


def test_danger_does_not_wait_behind_a_flood() -> None:
    viral, _, attack = hour.shapes(data.costs())
    flooded = hour.played(viral, replace(FOR_A_FLOOD, warm_writes=10_000), seconds=1_200)
    stream = flooded.station(hour.LINKED).longest
    assert hour.until_danger_is_seen(flooded) < 5 * 60 < stream
    attacked = hour.played(attack, seconds=120)
    assert attacked.station(hour.STARTED_FIRST).left == 0 < attacked.station(hour.STARTED).left


@pytest.mark.parametrize(
    ("name", "a_second", "shape"),
    [("table writes", 3_000, "thousand"), ("partition", 100, "thousand")],
)
def test_a_lower_limit_makes_reports_wait(
    name: str, a_second: float, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = data.limits()
    (of,) = (each for each in hour.shapes(data.costs()) if each.name == shape)
    settings = replace(FOR_A_FLOOD, warm_writes=0) if name == "table writes" else FOR_A_FLOOD

    def waiting(limits: dict[str, data.Limit]) -> float:
        monkeypatch.setattr(data, "limits", lambda: limits)
        line = hour.played(of, settings, seconds=60)
        return next(each.most for each in line.stations if each.name == hour.LINKED)

    high = {**really, name: replace(really[name], a_second=40_000)}
    low = {**really, name: replace(really[name], a_second=a_second)}
    assert waiting(low) > waiting(high)


def test_every_limit_names_its_source_and_the_day_it_was_seen() -> None:
    for each in data.limits().values():
        assert each.source
        assert each.date >= "2026-11-28"
        assert each.a_second or each.at_most


def test_every_assumption_is_named_in_the_output() -> None:
    told = shown.PAGE.read_text("utf-8")
    for name in data.costs().assumed:
        assert f"| {name} |" in told
    for each in data.limits().values():
        assert (each.source in told) or not each.assumed


def test_a_new_table_takes_less_than_one_for_a_flood() -> None:
    for shape in hour.shapes(data.costs()):
        new, flood = (
            hour.played(shape, settings, seconds=30) for settings in (AS_NEW, FOR_A_FLOOD)
        )
        assert shown.latest(new) >= shown.latest(flood)


def test_the_page_has_the_results_of_the_model() -> None:
    """`python -m bench.scale` writes it."""
    assert shown.PAGE.read_text("utf-8") == shown.written()


def test_the_counted_costs_are_no_less_than_the_targets_of_the_bench() -> None:
    moves = json.loads((data.HERE / "costs.json").read_text("utf-8"))["moves"]
    for move, name in (("accept", "write_units_before_201"), ("join", "write_units_per_join")):
        most = TARGETS[name].at_most
        assert most is not None
        assert moves[move]["table writes"] + moves[move]["index by_flow"] >= most - 1
