"""A list of a thousand cases: memory, and the row in focus.

The browser answers for the service, a hundred cases at a time, with copies of a real one: the list
of a unit is the longest that the desk has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route, expect

from casework.aws.services import sign_in
from harness.bench.desk.room import Room, memory_of
from harness.bench.targets import Figure
from tests.builders import RABAT
from tests.e2e.desk import at_the_desk

ROWS: Final = 1_000
ROWS_PER_PAGE: Final = 100
MORE: Final = "() => document.querySelector('.held > p button').click()"
"""Pressed by the page, so that the focus stays where it is."""


def figures(room: Room) -> Iterator[Figure]:
    """The figures of this file."""
    room.console.print(f"Showing a list of {ROWS} cases …")
    room.people.held(RABAT)
    one = room.people.call("GET", "/v1/desk/queue?of=held", "officer", RABAT).json()["cases"][0]

    def answer(route: Route) -> None:
        asked = parse_qs(urlsplit(route.request.url).query)
        if asked.get("of") != ["held"]:
            route.fallback()
            return
        first = int(asked.get("cursor", ["0"])[0])
        cases = [_numbered(one, number) for number in range(first, first + ROWS_PER_PAGE)]
        more = {"cursor": str(first + ROWS_PER_PAGE)} if first + ROWS_PER_PAGE < ROWS else {}
        route.fulfill(json={"cases": cases, "people": {}, **more})

    moved = 0
    with at_the_desk(room.browser, room.origin, "ar", "Officer, Rabat") as officer:
        page = officer.page
        page.route("**/v1/desk/queue?*", answer)
        page.goto("about:blank")
        page.goto(f"{room.origin}{sign_in.DESK_PAGE_PATH}?lang=ar")
        page.locator(".held li").first.wait_for()
        first = memory_of(page)
        row = page.locator(".held li").nth(3)
        row.locator("button").focus()
        page.evaluate("window.focused = document.activeElement")
        before = page.evaluate("focused.textContent")
        for count in range(2 * ROWS_PER_PAGE, ROWS + 1, ROWS_PER_PAGE):
            page.evaluate(MORE)
            expect(page.locator(".held li")).to_have_count(count)
            held = page.evaluate("focused.isConnected && document.activeElement === focused")
            moved += not held or page.evaluate("focused.textContent") != before
        each = (memory_of(page).heap - first.heap) / (ROWS - ROWS_PER_PAGE)
    yield Figure("rows_heap_bytes", each)
    yield Figure("rows_moved", moved)


def _numbered(case: dict[str, object], number: int) -> dict[str, object]:
    return {**case, "id": f"C-0000-0000-0000-{number:04}-0"}
