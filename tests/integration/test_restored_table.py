"""Work goes on from a table that was restored under another name (docs/operations.md, Restore).

A restored table has a new stream, and the running workflows are from a later time. So this test
takes the items of one moment, loses the later ones, and goes on with the same keys.
"""

from __future__ import annotations

import base64
import json
import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest

from casework.aws.table.case_table import CaseTable
from casework.case.lifecycle import Status
from tests.builders import a_report
from tests.integration.reporters import Reporters, half_of, sealing_key
from tests.office import TABLE, Office, forget_process, keep_keys
from tests.tables import create_table
from tools import verify_history

RESTORED = "cases-restored"


@pytest.fixture
def people(office: Office, monkeypatch: pytest.MonkeyPatch) -> Reporters:
    """Reporters to the same deployment."""
    kept: Any = boto3.client("secretsmanager")
    for name, value in {
        "address": {"key": "a" * 64},
        "pepper": {"current": "1", "1": "p" * 64},
        "trial": {"key": "t" * 64},
    }.items():
        made = kept.create_secret(Name=name, SecretString=json.dumps(value))
        monkeypatch.setenv(f"{name}_SECRET".upper(), made["ARN"])
    key = half_of(sealing_key())
    for field in ("CONTACT", "IDENTITY"):
        monkeypatch.setenv(f"{field}_KEY", key.key_id)
        monkeypatch.setenv(f"{field}_PUBLIC_KEY", base64.b64encode(key.der).decode())
    for name in ("DROP", "DROP_KEY"):
        monkeypatch.setenv(name, "no file is sent here")
    reporters = Reporters()
    reporters.forget_process()
    return reporters


def everything(table: str) -> list[dict[str, Any]]:
    """The items of an export or a backup."""
    client: Any = boto3.client("dynamodb")
    return [
        item
        for page in client.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
    ]


def restore(
    items: list[dict[str, Any]], office: Office, people: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table as it was, under another name, and functions that were told its name."""
    client: Any = boto3.client("dynamodb")
    create_table(RESTORED)
    for item in items:
        client.put_item(TableName=RESTORED, Item=item)
    client.delete_table(TableName=TABLE)
    monkeypatch.setenv("CASE_TABLE", RESTORED)
    forget_process()
    people.forget_process()
    kept = keep_keys()
    office.table = CaseTable(
        RESTORED,
        kept["selector_secret"],
        own=kept["own_secret"],
        digest=kept["digest_secret"],
    )


def test_work_goes_on_from_a_restored_table(
    office: Office, people: Reporters, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine, theirs = str(uuid.uuid4()), str(uuid.uuid4())
    sent = people.send(a_report(), mine)
    reference, receipt = sent.document["reference"], sent.document["receipt"]
    assert office.deliver(reference) == []
    case = office.case_of(reference)
    office.take("triage", case)
    backup = everything(TABLE)

    # Lost with the later items: a report, a decision, the next run of the workflow.
    late = people.send(a_report(locations=[]), theirs)
    office.end_execution(case)
    office.later(seconds=121)
    office.reconcile()
    office.confirm(case)
    assert office.now_case(case).run == 2

    restore(backup, office, people, monkeypatch)
    office.end_execution(office.now_case(case).model_copy(update={"run": 2}))

    # Who reported before it finds the report; who reported after it sends again, with the same key,
    # and has the same reference and receipt.
    assert people.follow(reference, receipt).status == 200
    assert people.follow(late.document["reference"], late.document["receipt"]).status == 404
    again = people.send(a_report(locations=[]), theirs)
    assert again.status == 201
    for name in ("reference", "receipt"):
        assert again.document[name] == late.document[name]
    assert people.send(a_report(), mine).document["reference"] == reference

    # The workflow of each open case is begun anew; a name that was used later is passed over.
    office.later(seconds=121)
    for _ in range(3):
        office.reconcile()
        office.later(seconds=121)
    going = office.now_case(case)
    assert going.status is Status.IN_REVIEW
    assert going.execution in office.executions("RUNNING")

    # People decide, the unit is told, and the history is whole.
    office.confirm(going)
    office.take("referral", office.now_case(case))
    assert office.now_case(case).status is Status.PUBLISHED
    assert office.case_of(again.document["reference"]).status is not None
    said = ["--table", RESTORED, "--export", str(tmp_path / "export.jsonl")]
    assert verify_history.main(said) == 0
