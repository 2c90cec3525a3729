"""The demonstration plays on a system that holds other people's cases, and leaves them alone."""

from __future__ import annotations

import uuid

from rich.console import Console

from demo.__main__ import play
from demo.reports import labelled_reports
from tests.e2e.people import People

REPORTS = 6


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

    figures = play(people.system, Console(quiet=True), some)

    assert figures["findings"] == []
    assert figures["reports_accepted"] == len(some) > 0
    assert sum(figures["seen_by_reporters"].values()) == len(some)
    assert people.case(waiting).json()["status"] == "in_review"
    assert people.case(referred).json()["status"] == "published"
