"""A telephone on a bad connection sends a film: what has come is never sent again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Response, Route, expect

from casework.aws.table import keys
from casework.report.multipart import BYTES_PER_MIB, UPLOAD_OBJECT_PREFIX
from local.system import LocalSystem
from tests.e2e.people import People, a_report, eventually
from tests.e2e.portal import Visitor, a_visitor
from tests.e2e.test_files import opened

TOLD = """() => {
    const said = [];
    const files = document.querySelector(".files");
    const told = () => [...files.querySelectorAll(".hint")].map((each) => each.textContent);
    new MutationObserver(() => said.push(...told()))
        .observe(files, {childList: true, characterData: true, subtree: true});
    return said;
}"""
"""What the lines of files say from now on, in the order of time."""
FILM = 9 * BYTES_PER_MIB
"""Bytes of three parts."""


class Line:
    """The connection to the bucket: it breaks or hangs at the parts that are told, and counts."""

    def __init__(self, visitor: Visitor, *, breaks: int = 0, hangs: int = 0) -> None:
        self.breaks, self.hangs, self.tried, self.through = breaks, hangs, 0, 0
        self.missing: list[list[int]] = []
        """The parts of each answer to a request of a slot."""
        self.shares: list[float] = []
        """How far the page says it is at the begin of each part."""
        self.page = visitor.page
        self.page.route("**/upload", self._upload)
        self.page.on("response", self._answered)

    def _upload(self, route: Route) -> None:
        self.shares.append(self.page.evaluate("document.querySelector('progress')?.value"))
        self.tried += 1  # behind the answer of the page, for which this waited
        if self.tried == self.breaks:
            route.abort()
        elif self.tried != self.hangs:
            route.continue_()

    def hung(self) -> bool:
        self.page.wait_for_timeout(100)  # in which the browser tells what happened
        return self.tried == self.hangs

    def _answered(self, response: Response) -> None:
        if response.url.endswith("/upload"):
            self.through += response.status == httpx.codes.NO_CONTENT
        elif response.url.endswith("/evidence") and response.request.method == "POST":
            self.missing.append([each["part"] for each in response.json()["uploads"]])


def at_the_files(visitor: Visitor, accepted: dict[str, Any]) -> None:
    visitor.goes_to("follow/")
    for name in ("reference", "receipt"):
        visitor.writes(name, accepted[name])
    visitor.presses("follow.show")
    visitor.presses("files.show")
    visitor.page.locator("#files").wait_for()


def refused_to_read(route: Route) -> None:
    """The list of what arrived is answered with a refusal; slots are given as ever."""
    if route.request.method == "GET":
        route.fulfill(status=404, body="{}")
    else:
        route.fallback()


def not_arrived_yet(route: Route) -> None:
    """The list as it is read before the event of the last part."""
    answer = route.fetch()
    told = answer.json()
    told["files"] = [{**each, "state": "slotted"} for each in told["files"]]
    route.fulfill(response=answer, json=told)


def test_a_connection_that_breaks_sends_the_missing_parts_alone_also_after_the_page_was_closed(
    browser: Browser, system: LocalSystem, people: People, tmp_path: Path
) -> None:
    accepted, film = people.submit(a_report()), os.urandom(FILM)
    (tmp_path / "film.mp4").write_bytes(film)
    with a_visitor(browser, system.origin, "fr") as visitor:
        at_the_files(visitor, accepted)
        visitor.sees_at_once_what_is_said_late()
        # It breaks in the second part, and hangs in the third until the page is closed.
        line = Line(visitor, breaks=2, hangs=4)
        said = visitor.page.evaluate_handle(TOLD)
        visitor.page.locator("#files").set_input_files(tmp_path / "film.mp4")
        eventually(line.hung, "it hangs")
        assert visitor.t("files.lost") in said.json_value()
        # A line that says nothing for seconds is said to take longer than usual.
        expect(visitor.page.locator(".files .late")).to_be_visible()
        assert (line.missing, line.through) == ([[1, 2, 3], [2, 3]], 2)
        assert [round(share, 2) for share in line.shares] == [0, 0.44, 0.44, 0.89]
        visitor.presses("follow.close")
        visitor.page.go_back()
        eventually(lambda: line.hung() and len(visitor.asked) > 1, "it is asked both times")
        assert visitor.asked == [visitor.t("follow.sending")] * 2
        expect(visitor.page.locator("progress")).to_have_count(1)
        visitor.page.goto("about:blank")
        assert visitor.warned == 1, "it was not all sent"
        visitor.complaints.clear()  # of the broken connection
    with a_visitor(browser, system.origin, "fr") as visitor:
        at_the_files(visitor, accepted)
        lines = visitor.page.locator(".files li")
        expect(lines).to_contain_text(visitor.t("files.goes_on"))
        line = Line(visitor)
        unread = "**/evidence"
        visitor.page.route(unread, refused_to_read)
        visitor.page.locator("#files").set_input_files(tmp_path / "film.mp4")
        # All of it left, and the list cannot be read: its line stays.
        expect(visitor.page.get_by_role("alert")).to_have_text(visitor.t("error.busy"))
        expect(lines).to_contain_text(visitor.t("files.sent"))
        said = visitor.page.evaluate_handle(TOLD)
        visitor.page.unroute(unread)
        visitor.page.route(unread, not_arrived_yet, times=1)
        expect(lines.filter(has_text=visitor.t("filed.kept"))).to_have_count(1)
        expect(lines).to_have_count(1)
        expect(visitor.page.get_by_role("alert")).to_have_count(0)
        told = " ".join(said.json_value())
        assert f"{visitor.t('files.sent')} · " in told, "also in the line of the list"
        assert visitor.t("filed.slotted") not in told
        visitor.complaints.clear()  # of the list that could not be read
        assert (line.missing, line.tried, line.through) == ([[3]], 1, 1)
        assert [round(share, 2) for share in line.shares] == [0.89]
        assert visitor.violations() == []
    assert opened(people, accepted, 1) == film
    item = people.item(keys.file_key(accepted["reference"], 1))
    listed = people.system.aws.s3.list_object_versions(
        Bucket=system.outputs["DropBucket"], Prefix=f"{UPLOAD_OBJECT_PREFIX}{item['slot']}"
    )
    assert len(listed["Versions"]) == 3, "no part went up twice"
