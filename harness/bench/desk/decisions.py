"""Fifty labelled reports are reviewed by keyboard, in each language of the desk.

Three people take the next case until none is left, those that need a second person included. Each
reads what the page shows, and presses what makes it the author's label: the confirming key alone
where the page already shows that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import mean, quantiles
from typing import Final

from playwright.sync_api import expect

from casework.pack.jurisdiction import open_pack
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
from tests.e2e.people import People

SEATS: Final = (  # the language, the demo person, and the most decisions
    ("ar", "First analyst", 18),
    ("fr", "Second analyst", 18),
    ("en", "Supervisor", DESK_BENCH_REPORTS),
)
OF_THE_WORK_PAGE: Final = ("/queue", "/pulse")
"""What the page asks for before the first case of a seat and behind the last; see `screens`."""
TIMED_DECISIONS: Final = ("confirm", "propose", "reject")
SHORTEST_LOOK_MS: Final = 650
"""The page takes no second confirmation within 600 ms of one: the finger that bounced has not read
the case that came. Whoever reads takes longer, and so does the race."""
DIGITS: Final = 10
PACK_CATEGORIES: Final = tuple(open_pack("ma").categories.values())
PRIORITIES: Final = ("immediate", "urgent", "standard", "information")


@dataclass
class Race:
    """What was counted."""

    keys: list[int] = field(default_factory=list)
    requests: int = 0
    waits: list[float] = field(default_factory=list)
    """Milliseconds until each next case."""
    read: list[int] = field(default_factory=list)
    """Characters of each narrative."""


def figures(room: Room) -> Iterator[Figure]:
    """The figures of this file."""
    people = room.people
    room.console.print(f"Sending {DESK_BENCH_REPORTS} synthetic reports …")
    told: dict[str, JudgedReport] = {}
    sent = [(each, people.submit(each.label.body)) for each in draw_judged_reports()]
    for judged, accepted in sent:
        told.setdefault(people.case_of(accepted), judged)
    for case_id in told:
        people.await_wait(case_id)
    room.console.print(f"Deciding on {len(told)} cases by keyboard …")
    race = Race()
    for language, name, most in SEATS:
        with at_the_desk(room.browser, room.origin, language, name) as analyst:
            Seat(analyst, race, told).works(most)
    unlike = [case_id for case_id in told if not _as_labelled(people, case_id, told[case_id])]
    for case_id in unlike:
        room.console.print(f"Unlike its label: {told[case_id].label.id}")
    decided = len(race.keys)
    yield Figure("keystrokes_per_decision", mean(race.keys))
    yield Figure("decisions_by_one_key", race.keys.count(1) / decided)
    yield Figure("requests_per_decision", race.requests / decided)
    yield Figure("next_case_ms_p95", quantiles(race.waits, n=20)[18])
    reading, wait = mean(race.read) / CHARACTERS_A_SECOND, mean(race.waits) / 1000
    yield Figure("seconds_per_review", reading + mean(race.keys) + wait)
    yield Figure("unlike_label", len(unlike))


@dataclass
class Seat:
    """One analyst, who decides as the labels say."""

    analyst: Analyst
    race: Race
    told: dict[str, JudgedReport]
    pressed: int = 0
    confirmed_at: float = float("-inf")
    """When the confirming key was pressed last, by a clock of its own in seconds."""

    def works(self, most: int) -> None:
        """Decide on so many cases, one after the other, or on all that wait."""
        page = self.analyst.page
        before = len(self.race.keys)
        with calls_of(page) as asked:
            page.evaluate(heading_watch_script("main.case h1"))
            self._press("Enter")
            last = ""
            for _ in range(most):
                if not self._next(last):
                    break
                last = self.analyst.case()
                self.pressed = 0
                self._decides(self.told[last])
                self.race.keys.append(self.pressed)
            self._next(last)
            expect(page.locator(".toast")).to_have_count(0)
        calls = [
            each
            for each in asked
            if DESK_CALLS in each.url and not each.url.partition("?")[0].endswith(OF_THE_WORK_PAGE)
        ]
        following = [each for each in calls if each.url.endswith("/next")]
        undecided = following[len(self.race.keys) - before :]
        self.race.requests += len(calls) - len(undecided)
        self.race.waits += page.evaluate("() => window.raced")
        if page.locator("main.case").count():
            page.locator("main.case .trail button").click()
            page.get_by_role("button", name=self.analyst.texts["give_back"]).first.click()
            expect(page.locator("ul.mine")).to_have_count(0)

    def _next(self, last: str) -> bool:
        """Wait until another case is in sight, or none is left: whether there is one."""
        case = self.analyst.page.locator("main.case h1 .code").filter(has_not_text=last or "-none-")
        work = self.analyst.page.locator("main.work [role=status].inset")
        case.or_(work).first.wait_for()
        return case.count() > 0

    def _decides(self, judged: JudgedReport) -> None:
        self.race.read.append(len(judged.label.body["narrative"]))
        if self.analyst.page.locator(".covered").count():
            self._press("v")
        if judged.label.category == "other":
            self._press("x", "4", "1")
            return
        if self._category() not in judged.categories:
            self._press(*_digits_of(judged.label.category))
        if self._priority() not in judged.priorities:
            self._press("p", str(PRIORITIES.index(judged.label.priority) + 1))
        passed = (time.monotonic() - self.confirmed_at) * 1000
        self.analyst.page.wait_for_timeout(max(0, SHORTEST_LOOK_MS - passed))
        self._press("c")
        if self.analyst.page.locator(".owed").count():
            self._press("Enter")
        self.confirmed_at = time.monotonic()

    def _category(self) -> str:
        language = self.analyst.visitor.language
        named = {each.names[language]: each.id for each in PACK_CATEGORIES}
        return named.get(self._shown(0), "")

    def _priority(self) -> str:
        named = {self.analyst.texts[f"priority_{each}"]: each for each in PRIORITIES}
        return named[self._shown(1)]

    def _shown(self, place: int) -> str:
        """What confirming would say: the value of one of the menus."""
        menus = self.analyst.page.get_by_role("group", name=self.analyst.texts["confirms"])
        return menus.get_by_role("button").nth(place).locator("span").last.inner_text()

    def _press(self, *keys: str) -> None:
        self.analyst.presses(*keys)
        self.pressed += len(keys)


def _digits_of(category: str) -> list[str]:
    """The keys of a category: where there are more than ten, 0 leads to those after the ninth."""
    place = [each.id for each in PACK_CATEGORIES].index(category)
    direct = 9 if len(PACK_CATEGORIES) > DIGITS else DIGITS
    return [str((place + 1) % DIGITS)] if place < direct else ["0", str(place - direct + 1)]


def _as_labelled(people: People, case_id: str, judged: JudgedReport) -> bool:
    """Whether the decision that was written is one that the author would accept."""
    made = [
        each for each in people.case(case_id).json()["history"] if each["move"] in TIMED_DECISIONS
    ]
    if judged.label.category == "other":
        return [each["move"] for each in made] == ["reject"]
    data = made[-1]["data"]
    return data["category"] in judged.categories and data["priority"] in judged.priorities
