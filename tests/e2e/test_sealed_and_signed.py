"""Boxes and seals on the running system with IAM enforced."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from casework.aws.table import keys
from casework.aws.table.wire import from_wire, to_wire
from local.system import System
from tests.e2e.people import People, a_report, eventually

RABAT = "pj-04-421"
NAMED = {
    "kind": "identified",
    "contact": {"email": "canari@example.org"},
    "identity": {"name": "Canari Personne"},
}


@pytest.fixture(scope="module")
def acknowledged(people: People) -> tuple[str, dict[str, Any]]:
    """A case of an identified reporter that its unit acknowledged."""
    accepted = people.submit(a_report(disclosure=NAMED))
    case_id = people.take(accepted, RABAT)
    people.await_status(case_id, "awaiting_authorisation")
    return case_id, accepted


def test_the_unit_opens_a_released_identity_and_the_history_shows_it(
    people: People, acknowledged: tuple[str, dict[str, Any]]
) -> None:
    case_id, accepted = acknowledged
    wish = {"report": accepted["reference"], "motive": "Confirmer le virement avec la victime."}
    asked = people.decide(case_id, "identity-requests", wish, "officer", RABAT)
    assert asked.status_code == httpx.codes.CREATED, asked.text
    released = people.release_identity(case_id, asked)

    opened = people.call(
        "POST",
        f"/v1/desk/cases/{case_id}/identity-requests/1/opening",
        "officer",
        RABAT,
        json={},
        headers={"If-Match": released, "Idempotency-Key": str(uuid.uuid4())},
    )

    assert opened.status_code == httpx.codes.OK, opened.text
    assert opened.json()["identity"] == {"name": "Canari Personne"}
    moves = [each["move"] for each in people.case(case_id).json()["history"]]
    about = [each for each in moves if each.startswith("identity_")]
    assert about[-2:] == ["identity_released", "identity_opened"]


def test_a_reporter_with_a_contact_is_told_that_there_is_news(
    system: System, acknowledged: tuple[str, dict[str, Any]]
) -> None:
    reference = acknowledged[1]["reference"]

    def told() -> set[str]:
        answer = system.aws.dynamodb.get_item(
            TableName=system.outputs["CaseTable"], Key=to_wire(keys.report_key(reference))
        )
        return set(from_wire(answer["Item"]).get("told", ()))

    outcomes = {each.partition("#")[2] for each in eventually(told, "a notice")}
    assert outcomes == {"email"}


def test_an_addition_is_seen_by_the_unit_that_holds_the_case(
    people: People, acknowledged: tuple[str, dict[str, Any]]
) -> None:
    case_id, accepted = acknowledged
    answer = people.http.post(
        f"/v1/reports/{accepted['reference']}/additions",
        json={"text": "Le compte a changé de nom."},
        headers={
            "Authorization": f"Receipt {accepted['receipt']}",
            "Idempotency-Key": str(uuid.uuid4()),
        },
    )
    assert answer.status_code == httpx.codes.CREATED, answer.text

    def seen() -> list[str]:
        reports = people.case(case_id, "officer", RABAT).json()["reports"]
        return [each["text"] for report in reports for each in report["added"]]

    assert eventually(seen, "the addition") == ["Le compte a changé de nom."]


def test_a_day_is_sealed_and_its_seal_cannot_be_taken_away(
    system: System, people: People, acknowledged: tuple[str, dict[str, Any]]
) -> None:
    day, bucket = people.a_past_day_of(acknowledged[0]), system.outputs["SealBucket"]
    sealed = people.invoke("SealDayFunction", {"day": day})
    assert sealed == {"day": day, "leaves": 1, "sealed": True}
    s3 = system.aws.client("s3")
    (version,) = s3.list_object_versions(Bucket=bucket, Prefix=f"seals/{day}.json")["Versions"][:1]
    with pytest.raises(ClientError) as refused:
        s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
