"""Fifty new reports are glanced at by keyboard, as their labels say."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean, quantiles
from typing import Final

from playwright.sync_api import expect

from casework.case.lifecycle import Move
from harness.bench.desk.room import (
    CHARACTERS_A_SECOND,
    DESK_BENCH_REPORTS,
    DESK_CALLS,
    JudgedReport,
    Room,
    calls_of,
    draw_judged_reports,
    heading_watch_script,
)
from harness.bench.targets import Figure
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.people import People, eventually

VERDICTS: Final = {"immediate": ("d", "danger_now"), "urgent": ("k", "look_soon")}
"""By the label's priority: the key, and the verdict that it means. Everything else is calm."""
CALM_VERDICT_KEY: Final = ("j", "nothing_urgent")
MAX_LISTED: Final = "100"


def figures(room: Room) -> Iterator[Figure]:
    """The figures of this file."""
    people = room.people
    room.console.print(f"Sending {DESK_BENCH_REPORTS} others, and glancing at them …")
    told = {
        people.submit(each.label.body)["reference"]: each
        for each in draw_judged_reports(DESK_BENCH_REPORTS)
    }
    eventually(lambda: told.keys() <= set(_listed(people)), "they wait for a glance")
    keys = []
    said: dict[str, str] = {}
    waiting = len(_listed(people))
    with at_the_desk(room.browser, room.origin, "fr") as analyst:
        page = analyst.page
        page.evaluate(heading_watch_script("main.glance h1"))
        with calls_of(page) as asked:
            analyst.presses("r")
            last = ""
            for _ in range(waiting):
                last = _in_front(analyst, last)
                pressed = 1
                if page.locator(".glance .covered").count():
                    analyst.presses("v")
                    pressed += 1
                key, said[last] = _verdict(told.get(last))
                analyst.presses(key)
                if last in told:
                    keys.append(pressed)
            page.locator("main.glance .inset").wait_for()
            expect(page.locator(".toast")).to_have_count(0)
        requests = len([each for each in asked if DESK_CALLS in each.url])
        waits = page.evaluate("() => window.raced")
    lost = [each for each in told if said.get(each) != _written(people, each)]
    read = mean(len(each.label.body["narrative"]) for each in told.values())
    wait = mean(waits) / 1000
    yield Figure("keystrokes_per_glance", mean(keys))
    yield Figure("requests_per_glance", requests / len(said))
    yield Figure("next_glance_ms_p95", quantiles(waits, n=20)[18])
    yield Figure("seconds_per_glance", read / CHARACTERS_A_SECOND + mean(keys) + wait)
    yield Figure("glance_lost", len(lost))


def _verdict(judged: JudgedReport | None) -> tuple[str, str]:
    return VERDICTS.get(judged.label.priority, CALM_VERDICT_KEY) if judged else CALM_VERDICT_KEY


def _in_front(analyst: Analyst, other_than: str) -> str:
    heading = analyst.page.locator("main.glance h1 .code")
    heading.wait_for()
    if other_than:
        expect(heading).not_to_have_text(other_than)
    return heading.inner_text()


def _listed(people: People) -> list[str]:
    query = {"limit": MAX_LISTED}
    answer = people.call("GET", "/v1/desk/glance", "supervisor", params=query)
    answer.raise_for_status()
    return [each["reference"] for each in answer.json()["reports"]]


def _written(people: People, reference: str) -> str:
    """The verdict on a report in the history of its case; empty where there is none."""
    case_id = people.case_of({"reference": reference})
    history = people.case(case_id).json()["history"]
    verdicts = [
        each["data"]["verdict"]
        for each in history
        if each["move"] == Move.GLANCE and each["data"].get("report") == reference
    ]
    return verdicts[-1] if verdicts else ""
