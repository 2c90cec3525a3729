"""A reporter sees the state of the report with the receipt, and nothing without it."""

from __future__ import annotations

import json

import pytest

from casework.aws.table.report_table import FollowUpRecord
from casework.case.value_objects import CloseReason
from casework.report.public_timeline import PublicEntry, PublicStatus, PublicTimeline, TimelineStep
from functions.intake.progress import build_progress
from tests.builders import a_report
from tests.integration.answers import Answered, problem
from tests.integration.reporters import Reporters, a_key


def test_a_reporter_follows_with_the_receipt(reporters: Reporters) -> None:
    accepted = reporters.send(a_report(), a_key()).document
    typed = accepted["receipt"].lower().replace("-", " ")
    answered = reporters.follow(accepted["reference"].lower(), typed)
    assert answered.status == 200
    assert answered.document == {
        "reference": accepted["reference"],
        "status": "received",
        "text": "Votre signalement est enregistré.",
        "accepted_at": accepted["accepted_at"],
        "language": "fr",
        "timeline": [
            {
                "status": "received",
                "text": "Votre signalement est enregistré.",
                "at": accepted["accepted_at"],
            }
        ],
        "notes": [],
        "messages": [],
        "additions": [],
        "number_opened": [],
    }
    assert answered.headers["Cache-Control"] == "no-store"
    arabic = reporters.follow(
        accepted["reference"], typed, accept_language="de, ar-MA;q=0.9, fr;q=0.8"
    )
    assert arabic.document["language"] == "ar"


def test_an_unknown_reference_and_a_wrong_receipt_are_answered_alike(
    reporters: Reporters,
) -> None:
    accepted = reporters.send(a_report(), a_key()).document
    other = reporters.send(a_report(narrative="Other."), a_key()).document
    reporters.calls.clear()
    answers = [
        reporters.follow(accepted["reference"], other["receipt"]),
        reporters.follow(accepted["reference"], "nonsense"),
        reporters.follow("000G-40R4-0M30-E209-J", accepted["receipt"]),
        reporters.follow("nonsense", accepted["receipt"]),
    ]
    assert len({_without_instance(each) for each in answers}) == 1
    assert answers[0].status == 404
    assert reporters.calls == {"dynamodb.Query": 3}


def _without_instance(answered: Answered) -> str:
    return json.dumps(answered.document | {"instance": ""})


@pytest.mark.parametrize("header", [None, "Bearer abc", "Receipt", "Receipt  "])
def test_following_without_a_receipt_says_how_to_bring_it(
    reporters: Reporters, header: str | None
) -> None:
    headers = {} if header is None else {"authorization": header}
    refused = reporters.call("GET", "/v1/reports/000G-40R4-0M30-E209-J", headers)
    assert (refused.status, problem(refused)) == (401, "receipt-missing")
    assert refused.headers["WWW-Authenticate"] == "Receipt"


def test_what_a_reporter_reads_follows_from_the_steps_and_names_no_case() -> None:
    case_id, at = "C-000G-40R4-0M30-E209-J", "2026-11-01T00:00:01.000Z"
    found = FollowUpRecord(b"", "2026-11-01T00:00:00.000Z", "fr", case_id)
    end = PublicEntry(4, at, PublicStatus.CLOSED, case_id, CloseReason.OUT_OF_SCOPE)
    for told in ((), (TimelineStep(PublicStatus.CLOSED, at, end),)):
        came = PublicTimeline((TimelineStep(PublicStatus.IN_REVIEW, at),), told)
        shown = build_progress("R", found, came, (), "fr", {})
        assert shown.status is (told or came.alone)[-1].step
        assert bool(shown.notes) is bool(told)
        assert case_id not in shown.model_dump_json()
        assert shown.timeline[-1].status is shown.status
        assert min(each.at for each in shown.timeline if each.at) == found.accepted_at
