"""What one look at each screen asks of the service, with an empty cache."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final

from casework.aws.services import sign_in
from harness.bench.desk.room import Room, calls_of, response_bytes
from harness.bench.targets import Figure
from tests.builders import RABAT
from tests.e2e.desk import Analyst, at_the_desk

MEASURED_SCREENS: Final = (  # who, and the end of the address
    ("First analyst", "work", ""),
    ("First analyst", "case", "case"),
    ("First analyst", "glance", "glance"),
    ("First analyst", "find", "find"),
    ("First analyst", "samples", "samples"),
    ("First analyst", "duty", "duty"),
    ("Supervisor", "board", "board"),
    ("Supervisor", "identities", "custody"),
    ("Officer, Rabat", "unit", ""),
    ("Officer, Rabat", "held case", "held"),
    ("Custodian", "custodian", ""),
    ("Auditor", "auditor", ""),
    ("Administrator of accounts", "accounts", ""),
)


def figures(room: Room) -> Iterator[Figure]:
    """The figures of this file, and a line for each screen."""
    at = {"case": room.people.in_review(), "held": room.people.held(RABAT)}
    seen: dict[str, tuple[int, int]] = {}
    for name, those in groupby(MEASURED_SCREENS, itemgetter(0)):
        with at_the_desk(room.browser, room.origin, "ar", name) as person:
            for _, screen, end in those:
                seen[screen] = _look(person, at.get(end, end))
    for screen, (requests, size) in seen.items():
        room.console.print(f"{screen}: {requests} requests, {size} bytes")
    yield Figure("screen_requests", max(requests for requests, _ in seen.values()))
    yield Figure("screen_bytes", max(size for _, size in seen.values()))
    yield Figure("screen_work_bytes", seen["work"][1])


def _look(person: Analyst, end: str) -> tuple[int, int]:
    """Requests and bytes until the page is there and quiet."""
    page = person.page
    debugger = page.context.new_cdp_session(page)
    page.goto("about:blank")
    debugger.send("Network.enable")
    debugger.send("Network.clearBrowserCache")
    debugger.detach()
    with calls_of(page) as asked:
        page.goto(
            f"{person.visitor.origin}{sign_in.DESK_PAGE_PATH}?lang={person.visitor.language}#{end}"
        )
        page.locator("main:not([aria-busy=true])").wait_for()
        page.wait_for_load_state("networkidle")
    return len(asked), sum(map(response_bytes, asked))
