"""Whether the page grows: five hundred decisions on one page."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from playwright.sync_api import Route, expect

from bench.desk.room import Room, heap_of
from bench.targets import Figure
from tests.e2e.desk import at_the_desk

FEW: Final = 50
MANY: Final = 500


def figures(room: Room) -> Iterator[Figure]:
    """Bytes of the heap after many decisions of one page over those after few."""
    room.console.print(f"Deciding {MANY} times on one page …")
    room.people.in_review()
    heaps = []
    with at_the_desk(room.browser, room.origin) as analyst:
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
                expect(page.locator(".tray p")).to_have_count(0)
                heaps.append(heap_of(page))
    yield Figure("heap_growth", heaps[1] - heaps[0])
