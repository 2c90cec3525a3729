"""A table that was written before names were changed (issue R) replays, verifies and is worked on.

`tests/fixtures/table-before-r.json.gz` was written once, by the code of commit 8c5c5b9a, and is
not written again: `a_full_case` with its night, a report of each category, two pictures alike,
reviews by one and by two, an inquiry, a decline, a question, a case that two supervisors erased
after four years, one that a court holds and one that is kept, and what the desk keeps beside them.
People acted through the handlers of the desk; four days were sealed. It holds the items in wire
form, the bucket of seals with its log, the keys that signed (made for it), who the people are and
which case is which. The other keys are those of `tests.office`.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from moto.kms.models import kms_backends
from moto.kms.utils import ECDSAPrivateKey

from casework.aws.steps import task_state
from casework.aws.table import keys, seen_table
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.replay import find_first_difference
from functions.desk import deployment
from functions.history import seal_day, verify_days
from functions.statistics import counting
from tests.builders import RABAT
from tests.integration.desks import BROWSER, CLIENT, CONFIRM, Desk, StepFunctions
from tests.integration.full_case import today
from tests.integration.nights import BUCKET, OfEdwards
from tests.integration.snapshots import kind_of, office_with_nights
from tests.integration.test_counting import bilan_of
from tests.office import TABLE, Office
from tools import verify_history
from tools.recount import recount

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "table-before-r.json.gz"
KINDS = """
ADDITION ALERT ALIKE ALLOWED ALONE ARRIVED BOUND CASE CLUE CONTACT COUNTED COURT CUSTODY DAY DECIDED
DESK DUE DUTY ENTRY EVENT FILE GROUP HANDOVER HOLDS IDENTIFIER IDENTITY INDEX MARK MESSAGE NUMBER
PARTICULARS PICTURE QUESTION REPORT ROSTER SAMPLES SHEETS SLOT STAFF STANDING STATISTICS TELLING
TOMBSTONE UNITS WAIT
"""


def _in_bytes(node: dict[str, Any]) -> Any:
    return base64.b64decode(node["bytes"]) if node.keys() == {"bytes"} else node


@dataclass
class Before:
    """The table as it was, and the deployment of today that works on it."""

    office: Office
    desk: Desk
    said: dict[str, Any]

    def case(self, name: str) -> Case:
        return self.office.table.get_case(self.said["cases"][name])

    def person(self, name: str) -> str:
        return str(self.said["people"][name])

    def night(self) -> list[dict[str, Any]]:
        """Seal and verify the day; what verification names. Then it is the next day."""
        seal_day.handle({"day": today()}, None)
        named: list[dict[str, Any]] = verify_days.handle({"day": today()}, None)["named"]
        self.office.later(days=1)
        return named


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> Iterator[Before]:
    for name, value in {
        "CLIENT_ID": CLIENT,
        "BROWSER_CLIENT_ID": BROWSER,
        "PACKAGES": "packages",
        "PACKING": "packing",
        "ORIGIN_SECRET": "",
    }.items():
        monkeypatch.setenv(name, value)
    said = json.loads(gzip.decompress(FIXTURE.read_bytes()), object_hook=_in_bytes)
    with office_with_nights(monkeypatch) as office:
        for cached in (deployment.settings, counting._table):
            cached.cache_clear()
        seen_table._marked.clear()
        seen_table._apart.clear()
        monkeypatch.setattr(deployment, "now", task_state.now)
        office.late_by = datetime.fromisoformat(said["ends_at"]) - datetime.now(UTC)
        office.later(days=1)  # its last day was sealed
        _sign_with(said["keys"], monkeypatch)
        client: Any = boto3.client("dynamodb")
        for item in said["items"]:
            client.put_item(TableName=TABLE, Item=item)
        bucket: Any = boto3.client("s3")
        for key, body in said["objects"].items():
            bucket.put_object(Bucket=BUCKET, Key=key, Body=body)
        yield Before(office, Desk(office.table, StepFunctions(), io.StringIO()), said)
        counting._table.cache_clear()


def _sign_with(keys_of: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of the deployment are those that signed before."""
    for name, pem in keys_of.items():
        arn = os.environ[name]
        (key,) = (
            backend.keys[arn.rpartition("/")[2]]
            for backend in kms_backends["123456789012"].values()
            if arn.rpartition("/")[2] in backend.keys
        )
        loaded = serialization.load_pem_private_key(pem.encode(), None)
        signs: Any
        if isinstance(loaded, ed25519.Ed25519PrivateKey):
            signs = OfEdwards()
            signs._key = loaded
        else:
            assert isinstance(loaded, ec.EllipticCurvePrivateKey)
            signs = ECDSAPrivateKey("ECC_NIST_P256")
            signs.private_key = loaded
        monkeypatch.setattr(key, "private_key", signs)


def test_every_history_of_a_table_from_before_replays_and_verifies(
    before: Before, tmp_path: Path
) -> None:
    items = before.office.items("")
    assert {kind_of(item) for item in items} >= set(KINDS.split())
    assert len(items) == len(before.said["items"])
    cases = before.office.cases()
    assert {case.status for case in cases} == {*Status}
    for case in cases:
        entries = list(before.office.table.events(case.id))
        assert find_first_break(entries) is None
        assert find_first_difference(case, entries) is None
        assert list(find_history_differences(before.office.table, case.id)) == []

    seals = tmp_path / "seals"
    seals.mkdir()
    for name, body in before.said["objects"].items():
        if name.startswith("seals/"):
            (seals / name.removeprefix("seals/")).write_bytes(body)
    private = serialization.load_pem_private_key(before.said["keys"]["SIGNING_KEY"].encode(), None)
    (tmp_path / "key.pem").write_bytes(
        private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    asked = ["--table", TABLE, "--seals", str(seals), "--key", str(tmp_path / "key.pem")]
    assert verify_history.main(asked) == 0
    days = sorted(each.stem for each in seals.glob("*.json"))
    assert len(days) == 4
    for day in days:
        assert verify_days.handle({"day": day}, None)["named"] == []
    assert recount(bilan_of(), task_state.now(), repair=False)["drifted"] == 0


def test_people_work_on_a_table_from_before_until_a_case_ends(before: Before) -> None:
    desk, office = before.desk, before.office
    ana, sara = before.person("analyst"), before.person("supervisor")
    omar, held = before.person("officer"), before.case("held")
    for path, by in {
        **dict.fromkeys(("queue", "glance", "duty", "pulse"), ana),
        **dict.fromkeys(("board", "samples", "handover", "roster", "holds"), sara),
        **{f"cases/{case.id}": sara for case in office.cases()},
        "identity-requests": before.person("custodian"),
        f"history/{before.case('full').id}": before.person("auditor"),
        f"cases/{before.case('full').id}/dossier": omar,
    }.items():
        answered = desk.get(path, by)
        assert answered.status == 200, (path, answered.text)
    assert desk.queue(ana).document["cases"] != []
    assert len(desk.get("me/decisions", ana).document["decisions"]) > 3
    assert held.court_holds != ()

    # The second person confirms what the first one proposed before.
    two = {**CONFIRM, "category": "terrorism", "priority": "immediate"}
    proposed = before.case("proposed")
    assert desk.review(proposed, two, sara).document["decision"] == "confirm"

    # Another case goes from its review to its end.
    case = before.case("in_review")
    assert desk.review(case, {**CONFIRM, "unit": RABAT}, ana).status in {200, 202}
    office.take("referral", office.now_case(case))
    assert desk.acknowledge(office.now_case(case), {"outcome": "accept"}, omar).status in {200, 202}
    words = {"text": "Nous avons pris votre affaire."}
    assert desk.decide(office.now_case(case), "messages", words, omar).status == 201
    assert office.now_case(case).status is Status.AWAITING_AUTHORISATION
    order = {
        "kind": "authorise",
        "prosecutor": "king-prosecutor",
        "court": deployment.desk_jurisdiction().territories["04.421"].court,
        "decided_on": today(),
        "reference": "1204/2026",
    }
    answered = desk.decide(office.now_case(case), "instructions", order, omar)
    assert answered.status in {200, 202}, answered.text
    closure = {**{name: order[name] for name in order if name != "kind"}, "reason": "sent_to_court"}
    answered = desk.decide(office.now_case(case), "closure", closure, omar)
    assert answered.status in {200, 202}, answered.text
    assert office.now_case(case).status is Status.CLOSED

    # A report joins by an identifier that was stored before, and machines go on.
    reference = office.accept(
        number=900, narrative="Il m'écrit.", locations=[{"kind": "phone", "value": "0600004118"}]
    )
    assert office.deliver(reference) == []
    assert office.items(keys.report_key(reference)[keys.PARTITION_KEY])
    office.reconcile()
    office.sweep()
    assert before.night() == []
    for each in office.cases():
        assert list(find_history_differences(office.table, each.id)) == []
