"""`make desk-race`: an analyst reviews fifty labelled reports at the desk, by keyboard alone.

Method: a system of its own, and Chromium. Fifty of the synthetic reports of the demonstration,
drawn by the digests of their names, are sent and linked. Three people, one in each language of the
desk, take the next case until none is left, those that need a second person included. Each reads
what the page shows, and presses what makes it the author's label: the confirming key alone where
the page already shows that.

keystrokes_per_decision   keys from the sight of a case to its decision, uncovering included
requests_per_decision     calls of the service for these decisions. The call for a case that nobody
                          decides on any more, at the end of a seat, is left out
bytes_per_decision        what these calls brought, as the service sent it, headers included
next_case_ms              from the key that decides to the next case in sight, by the page's clock
unlike_label              decisions whose category or priority the author would not have accepted
heap_growth               bytes of the page's heap after 500 decisions over those after 50. The
                          browser answers the calls of these, with a case of the system under
                          other names: what grows is the page's alone

Every figure but the times is a count. `seconds_per_review` is a model and no measurement: the time
to read each narrative at 17 characters a second, a second for each key, and the wait.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, quantiles
from typing import Final

from playwright.sync_api import Browser, Request, Route, expect, sync_playwright
from rich.console import Console
from rich.table import Table

from bench.deployment import ROOT
from demo.reports import FILE, Labelled, labelled_reports
from local.assembled import assembled
from local.people import demo_people
from local.staff import LocalStaff
from local.system import Options, System
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.people import People
from tests.e2e.portal import a_browser
from tools.site.build import build

RESULT: Final = ROOT / "build" / "desk.json"
REPORTS: Final = 50
SEATS: Final = (  # the language, the demo person, and the most decisions
    ("ar", "First analyst", 18),
    ("fr", "Second analyst", 18),
    ("en", "Supervisor", REPORTS),
)
CHARACTERS_A_SECOND: Final = 17
DECIDED: Final = ("confirm", "propose", "reject")
FEW: Final = 50
MANY: Final = 500
TARGETS: Final = {
    "keystrokes_per_decision": 2.2,
    "requests_per_decision": 2.1,
    "bytes_per_decision": None,
    "next_case_ms_p50": None,
    "next_case_ms_p95": None,
    "seconds_per_review": None,
    "unlike_label": 0,
    "heap_growth": 1_000_000,
}
"""The most of each figure; None for one that the machine decides, and that is told only."""
PRIORITIES: Final = ("immediate", "urgent", "standard", "information")
WATCH: Final = """() => {
    window.raced = [];
    let pressed = 0, last = '';
    addEventListener('keydown', () => { pressed = performance.now(); }, true);
    new MutationObserver(() => {
        const code = document.querySelector('main.case h1 .code')?.textContent ?? '';
        if (!code || code === last) return;
        if (last) raced.push(performance.now() - pressed);
        last = code;
    }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
"""Notes the milliseconds from the last key to each next case."""


@dataclass(frozen=True)
class Judged:
    """A report and what its author would accept."""

    label: Labelled
    categories: tuple[str, ...]
    priorities: tuple[str, ...]


@dataclass
class Race:
    """What was counted."""

    keys: list[int] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    """Bytes of each call."""
    waits: list[float] = field(default_factory=list)
    """Milliseconds until each next case."""
    read: list[int] = field(default_factory=list)
    """Characters of each narrative."""


def drawn() -> list[Judged]:
    """The fifty reports: by the digests of their names, so that no author chose them."""
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines() if line]
    wanted = {row["id"]: row["expected"] for row in rows}
    every = [
        Judged(
            each,
            (each.category, *wanted[each.id]["acceptable"]),
            (each.priority, *wanted[each.id]["acceptable_priority"]),
        )
        for each in labelled_reports()
    ]
    every.sort(key=lambda each: hashlib.sha256(each.label.id.encode()).digest())
    return every[:REPORTS]


def main() -> int:
    console = Console()
    build()
    with tempfile.TemporaryDirectory(prefix="casework-desk-race-") as name:
        folder = Path(name)
        with System.fresh(folder / "system", assembled(), Options()) as system:
            LocalStaff(system).ensure(demo_people({}))
            with People(system) as people:
                found = raced(system, people, console)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    console.print(table_of(found))
    console.print(f"Written to {RESULT.relative_to(ROOT)}")
    return 0 if all(_met(*each) for each in found.items()) else 1


def raced(system: System, people: People, console: Console) -> dict[str, float]:
    """Every figure by its name."""
    console.print(f"Sending {REPORTS} synthetic reports …")
    told: dict[str, Judged] = {}
    sent = [(each, people.submit(each.label.body)) for each in drawn()]
    for judged, accepted in sent:
        told.setdefault(people.case_of(accepted), judged)
    for case_id in told:
        people.await_wait(case_id)
    console.print(f"Deciding on {len(told)} cases by keyboard …")
    race = Race()
    with sync_playwright() as playwright:
        browser = a_browser(playwright)
        for language, name, most in SEATS:
            with at_the_desk(browser, system.origin, language, name) as analyst:
                Seat(analyst, race, told).works(most)
        console.print(f"Deciding {MANY} times on one page …")
        growth = _growth(browser, system, people)
        browser.close()
    unlike = [case_id for case_id in told if not _as_labelled(people, case_id, told[case_id])]
    for case_id in unlike:
        console.print(f"Unlike its label: {told[case_id].label.id}")
    decided = len(race.keys)
    cuts = quantiles(race.waits, n=20)
    return {
        "decisions": decided,
        "keystrokes_per_decision": mean(race.keys),
        "decisions_by_one_key": race.keys.count(1) / decided,
        "requests_per_decision": len(race.requests) / decided,
        "bytes_per_decision": sum(race.requests) / decided,
        "next_case_ms_p50": cuts[9],
        "next_case_ms_p95": cuts[18],
        "seconds_per_review": mean(race.read) / CHARACTERS_A_SECOND
        + mean(race.keys)
        + mean(race.waits) / 1000,
        "unlike_label": len(unlike),
        "heap_growth": growth,
    }


@dataclass
class Seat:
    """One analyst, who decides as the labels say."""

    analyst: Analyst
    race: Race
    told: dict[str, Judged]
    pressed: int = 0

    def works(self, most: int) -> None:
        """Decide on so many cases, one after the other, or on all that wait."""
        page = self.analyst.page
        asked: list[Request] = []
        before = len(self.race.keys)

        def note(call: Request) -> None:
            asked.append(call)

        page.on("requestfinished", note)
        page.evaluate(WATCH)
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
        expect(page.locator(".tray p")).to_have_count(0)
        page.remove_listener("requestfinished", note)
        calls = [each for each in asked if "/v1/desk/" in each.url]
        following = [each for each in calls if each.url.endswith("/next")]
        undecided = following[len(self.race.keys) - before :]
        self.race.requests += [_received(each) for each in calls if each not in undecided]
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

    def _decides(self, judged: Judged) -> None:
        self.race.read.append(len(judged.label.body["narrative"]))
        if self.analyst.page.locator(".covered").count():
            self._press("v")
        if judged.label.category == "other":
            self._press("x", "4", "1")
            return
        shown = self.analyst.page.locator(".as-shown select")
        if shown.input_value() not in judged.categories:
            wanted = shown.locator(f"option[value={judged.label.category}]")
            self._press(*re.findall(r"\d", wanted.inner_text().partition("·")[0]))
        if self._priority() not in judged.priorities:
            self._press("p", str(PRIORITIES.index(judged.label.priority) + 1))
        self._press("c")

    def _priority(self) -> str:
        said = self.analyst.page.locator(".as-shown > span").first.inner_text()
        named = {self.analyst.texts[f"priority_{each}"]: each for each in PRIORITIES}
        return named[said]

    def _press(self, *keys: str) -> None:
        self.analyst.presses(*keys)
        self.pressed += len(keys)


def _growth(browser: Browser, system: System, people: People) -> int:
    """Bytes of the heap after many decisions of one page over those after few."""
    people.in_review()
    heaps = []
    with at_the_desk(browser, system.origin) as analyst:
        page = analyst.page
        with page.expect_response("**/v1/desk/next") as answered:
            analyst.presses("Enter")
        body, etag = answered.value.json(), answered.value.headers["etag"]
        names = (f"C-0000-0000-0000-{number:04}-0" for number in itertools.count())

        def another(route: Route) -> None:
            route.fulfill(status=200, json={**body, "id": next(names)}, headers={"ETag": etag})

        def decided(route: Route) -> None:
            route.fulfill(status=202, json={"decision": "reject", "status": "in_review"})

        page.route("**/v1/desk/next", another)
        page.route("**/review", decided)
        debugger = page.context.new_cdp_session(page)
        last = ""
        for number in range(1, MANY + 1):
            last = analyst.case(other_than=last)
            analyst.presses("x", "1")
            if number in {FEW, MANY}:
                expect(page.locator(".tray p")).to_have_count(0)
                debugger.send("HeapProfiler.collectGarbage")
                heaps.append(int(debugger.send("Runtime.getHeapUsage")["usedSize"]))
    return heaps[1] - heaps[0]


def _received(call: Request) -> int:
    sizes = call.sizes()
    return int(sizes["responseHeadersSize"]) + int(sizes["responseBodySize"])


def _as_labelled(people: People, case_id: str, judged: Judged) -> bool:
    """Whether the decision that was written is one that the author would accept."""
    made = [each for each in people.case(case_id).json()["history"] if each["move"] in DECIDED]
    if judged.label.category == "other":
        return [each["move"] for each in made] == ["reject"]
    data = made[-1]["data"]
    return data["category"] in judged.categories and data["priority"] in judged.priorities


def _met(name: str, value: float) -> bool:
    most = TARGETS.get(name)
    return most is None or value <= most


def table_of(found: dict[str, float]) -> Table:
    """The figures for people."""
    table = Table(box=None, pad_edge=False)
    for heading in ("figure", "value", "target"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for name, value in found.items():
        shown = f"{value:.3g}" if value < 1000 else f"{value:.0f}"
        most = TARGETS.get(name)
        table.add_row(
            name,
            shown if _met(name, value) else f"[red]{shown}[/red]",
            "" if most is None else f"≤ {most:g}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
