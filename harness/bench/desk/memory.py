"""Whether the page grows: five hundred decisions on one page."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from playwright.sync_api import Route, expect

from harness.bench.desk.room import Room, memory_of
from harness.bench.targets import Figure
from tests.e2e.desk import at_the_desk

FEW: Final = 200
"""From here on the browser has compiled what it compiles: before, that is most of what grows."""
MANY: Final = 500


def figures(room: Room) -> Iterator[Figure]:
    """What one page holds more after many decisions than after few."""
    room.console.print(f"Deciding {MANY} times on one page …")
    room.people.in_review()
    held = []
    # The clock of the tests holds each page that waits for a timer, by the stack of who set it.
    with at_the_desk(room.browser, room.origin, clock=False) as analyst:
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
        last = ""
        for number in range(1, MANY + 1):
            last = analyst.case(other_than=last)
            analyst.presses("x", "1")
            if number in {FEW, MANY}:
                expect(page.locator(".toast")).to_have_count(0)
                held.append(memory_of(page))
    few, many = held
    yield Figure("heap_growth", many.heap - few.heap)
    yield Figure("nodes_growth", many.nodes - few.nodes)
