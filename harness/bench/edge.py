"""What a whole report asks of the public address: requests and bytes, counted by the browser.

Method: Chromium, with an empty cache, walks from the home page through every step of the report
(the list of places is opened, too), sends it, and opens it on the follow-up page. The local origin
stands for CloudFront: the same headers and files, and the same answers compressed, with gzip.
CloudFront prefers Brotli, which is smaller. Chromium's own log of its network (NetLog) is read
afterwards:

requests   that were sent, the icon included; what came from the cache is none
bytes      that its sockets received, with all headers. They are those of HTTP/1.1; HTTP/2 and 3
           compress them, so CloudFront sends less

Each figure is the largest of all languages.

The largest contentful paint is measured by the browser, on first looks at the home page and at the
report. It is slowed down as its developer tools do for slow 4G: 562.5 ms before each answer,
1.44 Mbit/s, and a CPU that is four times slower than this machine's.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Playwright, sync_playwright

from harness.bench.targets import Figure
from local.system import LocalSystem, StartOptions
from local.template_cache import assembled_templates
from tests.e2e.portal import LANGUAGES, WHOLE, a_browser, a_visitor
from tools.site.build import build

SLOW_4G: Final = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1_440_000 / 8,
    "uploadThroughput": 675_000 / 8,
}
SLOWER: Final = 4
TELEPHONE: Final = {"width": 360, "height": 640}
EDGE_LOOKS: Final = 3
PAINT: Final = """() => new Promise(told => new PerformanceObserver(
    list => told(list.getEntries().at(-1).startTime)
).observe({type: 'largest-contentful-paint', buffered: true}))"""


@dataclass(frozen=True)
class Traffic:
    """What a browser exchanged with one address."""

    requests: int
    received: int
    """Bytes."""


def figures() -> Iterator[Figure]:
    """The figures of this file."""
    build()
    with tempfile.TemporaryDirectory(prefix="casework-bench-") as name:
        folder = Path(name)
        with (
            LocalSystem.fresh(folder / "system", assembled_templates(), StartOptions()) as system,
            sync_playwright() as playwright,
        ):
            walked = [
                _walk(playwright, system.origin, language, folder / f"{language}.json")
                for language in LANGUAGES
            ]
            yield Figure("edge_requests", max(each.requests for each in walked))
            yield Figure("edge_bytes", max(each.received for each in walked))
            browser = a_browser(playwright, executable=WHOLE)
            for page, path in (("home", ""), ("report", "report/")):
                paints = [_paint(browser, system.origin, each, path) for each in LANGUAGES]
                yield Figure(f"edge_paint_{page}", max(paints))
            browser.close()


def _walk(playwright: Playwright, origin: str, language: str, log: Path) -> Traffic:
    """A whole report, in a browser of its own."""
    browser = a_browser(playwright, f"--log-net-log={log}", executable=WHOLE)
    with a_visitor(browser, origin, language) as visitor:
        page = visitor.page
        visitor.goes_to("")
        page.locator("#figures .inset, #figures figure").first.wait_for()
        for step in visitor.answering():
            if step == "report.place":
                visitor.chooses("place")
                page.locator("select#code-0").wait_for()
        visitor.presses("report.send")
        codes = visitor.codes()
        visitor.goes_to("follow/")
        for name, code in zip(("reference", "receipt"), codes, strict=True):
            visitor.writes(name, code)
        visitor.presses("follow.show")
        page.locator(".standing").wait_for()
    browser.close()  # ends the log
    return traffic(json.loads(log.read_text(encoding="utf-8")), origin)


def traffic(log: Mapping[str, Any], origin: str) -> Traffic:
    """What a NetLog says of one origin."""
    kinds = {number: name for name, number in log["constants"]["logEventTypes"].items()}
    begins = log["constants"]["logEventPhase"]["PHASE_BEGIN"]
    host = urlsplit(origin).netloc
    ours: set[int] = set()
    requests = received = 0
    for event in log["events"]:
        kind, source = kinds[event["type"]], event["source"]["id"]
        told = event.get("params", {})
        if (kind, told.get("remote_address")) == ("TCP_CONNECT", host) or (
            kind == "URL_REQUEST_START_JOB" and told.get("url", "").startswith(f"{origin}/")
        ):
            ours.add(source)
        elif kind == "HTTP_TRANSACTION_SEND_REQUEST" and event["phase"] == begins:
            requests += source in ours
        elif kind == "SOCKET_BYTES_RECEIVED" and source in ours:
            received += told["byte_count"]
    return Traffic(requests, received)


def _paint(browser: Browser, origin: str, language: str, path: str) -> float:
    """Seconds until the largest part of a page is there, the median of some first looks."""
    paints: list[float] = []
    for _ in range(EDGE_LOOKS):
        with a_visitor(browser, origin, language, viewport=TELEPHONE) as visitor:
            slowed = visitor.page.context.new_cdp_session(visitor.page)
            slowed.send("Network.enable")
            slowed.send("Network.emulateNetworkConditions", SLOW_4G)
            slowed.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            visitor.goes_to(path)
            visitor.page.wait_for_load_state("networkidle")
            paints.append(visitor.page.evaluate(PAINT) / 1_000)
    return median(paints)
