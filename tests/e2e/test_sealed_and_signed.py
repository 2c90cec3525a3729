"""Boxes and seals on the running system with IAM enforced."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.case.transparency_log import entry_bundles
from local.system import LocalSystem
from tests.e2e.people import People, a_report, eventually
from tools.verify_log import Checkpoint, canonical, copied_entries, root_of, sha

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

    opened = people.open_identity(case_id, released, RABAT)

    assert opened.status_code == httpx.codes.OK, opened.text
    assert opened.json()["identity"] == {"name": "Canari Personne"}
    moves = [each["move"] for each in people.case(case_id).json()["history"]]
    about = [each for each in moves if each.startswith("identity_")]
    assert about[-2:] == ["identity_released", "identity_opened"]


def test_a_reporter_with_a_contact_is_told_that_there_is_news(
    system: LocalSystem, acknowledged: tuple[str, dict[str, Any]]
) -> None:
    reference = acknowledged[1]["reference"]

    def told() -> set[str]:
        answer = system.aws.dynamodb.get_item(
            TableName=system.outputs["CaseTable"], Key=to_wire_item(keys.report_key(reference))
        )
        return set(values_from_wire_item(answer["Item"]).get("told", ()))

    outcomes = {each.partition("#")[2] for each in eventually(told, "a notice")}
    assert outcomes == {"email"}


def test_an_addition_is_seen_by_the_unit_that_holds_the_case(
    people: People, acknowledged: tuple[str, dict[str, Any]]
) -> None:
    case_id, accepted = acknowledged
    answer = people.add(accepted, {"text": "Le compte a changé de nom."})
    assert answer.status_code == httpx.codes.CREATED, answer.text

    def seen() -> list[str]:
        reports = people.case(case_id, "officer", RABAT).json()["reports"]
        return [each["text"] for report in reports for each in report["added"]]

    assert eventually(seen, "the addition") == ["Le compte a changé de nom."]


def test_a_day_is_sealed_and_its_seal_cannot_be_taken_away(
    system: LocalSystem, people: People, acknowledged: tuple[str, dict[str, Any]]
) -> None:
    day, bucket = people.a_past_day_of(acknowledged[0]), system.outputs["SealBucket"]
    sealed = people.invoke("SealDayFunction", {"day": day})
    assert sealed == {"day": day, "leaves": 1, "sealed": True}
    s3 = system.aws.client("s3")
    (version,) = s3.list_object_versions(Bucket=bucket, Prefix=f"seals/{day}.json")["Versions"][:1]
    with pytest.raises(ClientError) as refused:
        s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_anybody_can_copy_the_log_of_days_and_check_it_with_the_key(
    system: LocalSystem, people: People, acknowledged: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    day = people.a_past_day_of(acknowledged[0])
    people.invoke("SealDayFunction", {"day": day})
    kept = people.http.get("/log/checkpoint")
    assert (kept.status_code, kept.headers["cache-control"]) == (200, "public, max-age=300")
    (tmp_path / "checkpoint").write_bytes(kept.content)
    size = Checkpoint(kept.text).size
    for path, _ in entry_bundles(size):
        tile = people.http.get(f"/log/{path}")
        assert (tile.status_code, tile.headers["cache-control"][-9:]) == (200, "immutable"), path
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(tile.content)
    public = system.aws.client("kms").get_public_key(KeyId=system.outputs["LogKey"])["PublicKey"]
    coded = base64.b64encode(public).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\n{coded}\n-----END PUBLIC KEY-----\n"
    (tmp_path / "log.pem").write_text(pem)
    for name, key in (("log", "LogKey"), ("dossiers", "DossierKey")):
        der = system.aws.client("kms").get_public_key(KeyId=system.outputs[key])["PublicKey"]
        published = people.http.get(f"/log/keys/{name}.pem")
        assert published.status_code == httpx.codes.OK
        assert base64.b64decode("".join(published.text.splitlines()[1:-1])) == der
        assert people.http.get(f"/log/keys/{sha(der).hex()}.pem").text == published.text
    entries = copied_entries(tmp_path, size)
    assert Checkpoint(kept.text).signed_by(tmp_path / "log.pem")
    assert root_of(entries) == Checkpoint(kept.text).root
    s3, bucket = system.aws.client("s3"), system.outputs["SealBucket"]
    seal = json.loads(s3.get_object(Bucket=bucket, Key=f"seals/{day}.json")["Body"].read())
    assert sha(canonical(seal["statement"])) in entries
    for path in ("/log/tile/../../seals/x", f"/log/../seals/{day}.json", "/log/tile/0/999"):
        assert people.http.get(path).status_code == httpx.codes.NOT_FOUND, path
