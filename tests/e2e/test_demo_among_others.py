"""The demonstration plays on a system that holds other people's cases, and leaves them alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from rich.console import Console

from harness.demo import day
from harness.demo.__main__ import Stage, play_demo
from harness.demo.reports import labelled_reports
from local.staff import prepared_people
from tests.e2e.people import People, eventually

REPORTS = 6


def in_a_thread(play: Callable[..., dict[str, Any]], *given: Any) -> dict[str, Any]:
    """The demonstration runs a loop, and the browser of other tests keeps one in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(play, *given).result()


def test_the_demonstration_leaves_the_cases_of_others_alone(people: People) -> None:
    waiting = people.case_of(people.submit())
    people.await_wait(waiting)
    referred = people.case_of(people.submit())
    people.await_wait(referred)
    people.confirm(referred)
    people.await_status(referred, "published")
    # A text of its own and no address or number: these reports join no case of another test.
    mark = uuid.uuid4().hex
    some = [
        each
        for each in labelled_reports()
        if not each.body["locations"] and each.category != "other"
    ][:REPORTS]
    for each in some:
        each.body["narrative"] += f" {mark}"

    figures = in_a_thread(play_demo, people.system, Console(quiet=True), some)

    assert figures["findings"] == []
    assert figures["reports_accepted"] == len(some) > 0
    assert sum(figures["seen_by_reporters"].values()) == len(some)
    assert people.case(waiting).json()["status"] == "in_review"
    assert people.case(referred).json()["status"] == "published"


def test_everybody_finds_work_at_the_desk_after_the_demonstration(people: People) -> None:
    with closing(Stage(people.system)) as stage:
        left = in_a_thread(day.leave_demo_day, stage)

    def line(scene: str) -> dict[str, Any]:
        case: dict[str, Any] = people.case(left[scene][0]).json()
        return case

    def standing(case_id: str) -> str:
        unit = people.case(case_id).json()["referral"]["unit"]
        path = f"/v1/desk/cases/{case_id}/identity-requests"
        (request,) = people.call("GET", path, "officer", unit).json()["requests"]
        return str(request["standing"])

    assert line("alert")["imminent"]
    assert left["alert"][0] in people.on_duty("imminent")
    assert line("severe")["proposed_by"]
    assert len(left["waiting"]) == 6
    assert len(left["campaign"]) == 4
    assert len(left["joined"]) == 1
    assert line("joined")["unadmitted"] == 3, "nobody named any, the first one neither"
    assert line("contested")["supervision"]
    assert line("asked")["status"] == "awaiting_answer"
    assert {people.case(each).json()["status"] for each in left["referred"]} == {"published"}
    signed_in = {person.unit for person in prepared_people()}
    assert {line(each)["referral"]["unit"] for each in ("referred", "identity")} <= signed_in
    assert sorted(map(standing, left["identity"])) == ["asked", "released"]
    eventually(lambda: left["late"][0] in people.on_duty("overdue"), "the late one is on duty")

    with closing(Stage(people.system)) as stage:
        again = in_a_thread(day.leave_demo_day, stage)
    assert set(again) == set(left), "who plays it twice plays it on"
