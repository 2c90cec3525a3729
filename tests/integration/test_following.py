"""A reporter sees the state of the report with the receipt, and nothing without it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from casework.aws.table.report_table import Followed
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.parts import CloseReason
from casework.case.referral import Referral
from casework.report.way import PublicStatus, Taken, Way
from functions.intake.progress import PUBLIC, progress
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


@pytest.mark.parametrize("told", [True, False], ids=["told", "not told yet"])
@pytest.mark.parametrize("status", Status)
def test_a_reporter_sees_the_status_of_the_case_and_not_its_unit(
    status: Status, told: bool
) -> None:
    """The reporter sees nothing of the case before a step with news for reporters."""
    case = Case(
        id="C-000G-40R4-0M30-E209-J",
        status=status,
        opened_at="2026-11-01T00:00:00.000Z",
        opened_by="canary",
        correlation_id="x",
        language="fr",
        category="fraud",
        referral=Referral(hop=2, unit="canary-unit", published_at="2026-11-02T00:00:00.000Z"),
        named="canary-unit",
        moved_at="2026-11-03T00:00:00.000Z",
        closed=CloseReason.DUPLICATE,
        closed_at="2026-11-03T00:00:00.000Z",
    )
    at = "2026-11-01T00:00:01.000Z"
    found = Followed(b"", "2026-11-01T00:00:00.000Z", "fr", case.id)
    steps = (Taken(PublicStatus.BEING_REFERRED, at),) if told else ()
    came = Way((Taken(PublicStatus.IN_REVIEW, at),), steps)
    shown = progress("R", found, case, came, (), "fr", datetime(2026, 11, 4, tzinfo=UTC), {})
    # A report taken out keeps its earlier news until a person reads its own case.
    stands = PublicStatus.BEING_REFERRED if status is Status.RECEIVED else PUBLIC[status]
    assert shown.status is (stands if told else PublicStatus.IN_REVIEW)
    for hidden in ("canary", case.id, "duplicate"):
        assert hidden not in shown.model_dump_json()
    assert shown.timeline[-1].status is shown.status
    dates = [each.at for each in shown.timeline if each.at]
    assert min(dates) == found.accepted_at
