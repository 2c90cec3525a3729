"""What every part of the race works with: the system, its people, a browser, and the reports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Browser, Page, Request
from rich.console import Console

from harness.demo.reports import FILE, LabelledReport, labelled_reports
from tests.builders import RABAT
from tests.e2e.people import People

DESK_BENCH_REPORTS: Final = 50
CHARACTERS_A_SECOND: Final = 17
"""About 200 words of English a minute: somebody who reads every word once, and no faster."""
OFFICERS: Final = {RABAT: "Rabat"}
"""The unit whose officer sits at the desk: id → how the sign-in page names it."""
DESK_CALLS: Final = "/v1/desk/"


@dataclass(frozen=True)
class Room:
    """The system, and who works with it."""

    browser: Browser
    origin: str
    people: People
    console: Console


@dataclass(frozen=True)
class JudgedReport:
    """A report and what its author would accept."""

    label: LabelledReport
    categories: tuple[str, ...]
    priorities: tuple[str, ...]


def draw_judged_reports(first: int = 0) -> list[JudgedReport]:
    """Fifty reports, from a place in the order of the digests of their names, so that no author
    chose them."""
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines() if line]
    wanted = {row["id"]: row["expected"] for row in rows}
    every = [
        JudgedReport(
            each,
            (each.category, *wanted[each.id]["acceptable"]),
            (each.priority, *wanted[each.id]["acceptable_priority"]),
        )
        for each in labelled_reports()
    ]
    every.sort(key=lambda each: hashlib.sha256(each.label.id.encode()).digest())
    return every[first : first + DESK_BENCH_REPORTS]


@contextmanager
def calls_of(page: Page) -> Iterator[list[Request]]:
    """The requests of a page that finished meanwhile."""
    made: list[Request] = []

    def note(request: Request) -> None:
        made.append(request)

    page.on("requestfinished", note)
    yield made
    page.remove_listener("requestfinished", note)


def response_bytes(request: Request) -> int:
    """Bytes of an answer as the service sent it, headers included."""
    sizes = request.sizes()
    return int(sizes["responseHeadersSize"]) + int(sizes["responseBodySize"])


@dataclass(frozen=True)
class Memory:
    """What a page holds."""

    heap: int
    """Bytes of its scripts."""
    nodes: int
    """Of its document, and of those that it left and that something still holds."""


def memory_of(page: Page) -> Memory:
    """What a page holds once it was cleaned."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("HeapProfiler.collectGarbage")
    heap: Any = debugger.send("Runtime.getHeapUsage")["usedSize"]
    nodes: Any = debugger.send("Memory.getDOMCounters")["nodes"]
    debugger.detach()
    return Memory(int(heap), int(nodes))


def heading_watch_script(heading: str) -> str:
    """A script that notes in `raced` the milliseconds from the last key to each next code of the
    heading."""
    return f"""() => {{
        window.raced = [];
        let pressed = 0, last = '';
        addEventListener('keydown', () => {{ pressed = performance.now(); }}, true);
        new MutationObserver(() => {{
            const code = document.querySelector('{heading} .code')?.textContent ?? '';
            if (!code || code === last) return;
            if (last) raced.push(performance.now() - pressed);
            last = code;
        }}).observe(document.body, {{subtree: true, childList: true, characterData: true}});
    }}"""
