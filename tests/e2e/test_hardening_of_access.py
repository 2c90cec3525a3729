"""Hardening 15, 22 to 24 and 27, on the deployed template with IAM enforced: access.

docs/security.md names the test of each case.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from casework.aws.services import sealed_boxes
from casework.aws.services.public_keys import PublicKey
from casework.aws.table import keys
from casework.case.times import format_timestamp
from casework.text import reference
from local.system import LocalSystem
from tests.e2e.people import People, a_report

RABAT, SALE = "pj-04-421", "pj-04-441"
OPENERS = {
    "contact": "Tell",
    "identity": "CustodyOpen",
    "evidence": "EvidenceOpen",
    "preview": "EvidenceOpen",
}
"""Part of the logical id of the one function that may open each kind of box."""
NAMED = {
    "kind": "identified",
    "contact": {"email": "canari@example.org"},
    "identity": {"name": "Canari Personne"},
}


def refusals(people: People, case_id: str) -> list[str]:
    """The calls refused on a case, as an auditor reads them."""
    marks = people.audited(case_id)["marks"]
    return sorted(each["call"] for each in marks if each["kind"] == "refused")


def without_instance(answer: httpx.Response) -> tuple[int, dict[str, Any], list[str]]:
    """An answer without the id of its request."""
    document = answer.json()
    assert document.pop("instance")
    return answer.status_code, document, sorted(answer.headers)


# ---- units


def test_15_a_unit_cannot_finish_the_case_of_another_and_the_attempt_is_kept(
    people: People,
) -> None:
    """Neither taken nor declined by Salé while Rabat is asked (hardening 15)."""
    case_id = people.published()
    before = people.item(keys.case_key(case_id))
    tag = {"If-Match": f'"{before["version"]}"', "Idempotency-Key": str(uuid.uuid4())}
    decline = {"outcome": "decline", "reason": "other_territory", "competent_unit": RABAT}
    for said in ({"outcome": "accept"}, {"outcome": "accept"}, decline):
        path = f"/v1/desk/cases/{case_id}/acknowledgement"
        answer = people.call("POST", path, "officer", SALE, json=said, headers=tag)
        assert answer.status_code == httpx.codes.NOT_FOUND, answer.text
    assert people.item(keys.case_key(case_id)) == before
    assert refusals(people, case_id) == ["acknowledge_case"], "once for who, what and day"


def test_22_another_units_case_answers_like_one_that_does_not_exist(people: People) -> None:
    """By no word and no write; each attempt is kept, however often once (hardening 22)."""
    case_id = people.published()
    unknown = reference.case_id_from_reference(reference.encode_reference(uuid.uuid4().bytes[:10]))
    answers = [
        people.call("GET", f"/v1/desk/cases/{each}{page}", "officer", SALE)
        for page in ("", "/dossier", "")
        for each in (case_id, unknown)
    ]
    said = [without_instance(answer) for answer in answers]
    assert said[0][0] == httpx.codes.NOT_FOUND
    assert all(each == said[0] for each in said)
    assert refusals(people, case_id) == ["read_case", "read_dossier"]
    assert "refused" not in people.moves(case_id), "the history is for what was decided"
    (by,) = {each["by"] for each in people.audited(case_id)["marks"] if each["kind"] == "refused"}
    day = format_timestamp(datetime.now(UTC))[:10]
    for each in (case_id, unknown):
        assert people.item(keys.mark_key(each, day, "refused", f"{by}#read_case")), each


# ---- the keys of boxes


def physical_ids(system: LocalSystem, kind: str) -> dict[str, str]:
    """Physical ids of all resources of a type in the stacks, by logical id."""
    found = {}
    for stack in ("Casework-local", "Casework-local-units"):
        pages = system.aws.cloudformation.get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=stack):
            for each in page["StackResourceSummaries"]:
                if each["ResourceType"] == kind:
                    found[each["LogicalResourceId"]] = each["PhysicalResourceId"]
    return found


def roles_of(system: LocalSystem) -> dict[str, str]:
    """ARNs of every role of the stacks, by logical id."""
    iam = system.aws.client("iam")
    return {
        name: iam.get_role(RoleName=role)["Role"]["Arn"]
        for name, role in physical_ids(system, "AWS::IAM::Role").items()
    }


def as_role(system: LocalSystem, arn: str, service: str) -> Any:
    """A client of a service, with the rights of this role."""
    session = system.aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")
    given = session["Credentials"]
    make: Any = boto3.client
    return make(
        service,
        endpoint_url=system.endpoint,
        region_name=system.aws.region,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def test_23_an_administrator_of_the_platform_reads_no_report_and_opens_no_box(
    people: People, system: LocalSystem
) -> None:
    """All rights of the account give none on a sealing key (hardening 23)."""
    accepted = people.submit(a_report(disclosure=NAMED))
    case_id = people.case_of(accepted)
    for path in (f"cases/{case_id}", f"cases/{case_id}/dossier", f"history/{case_id}", "queue"):
        assert people.call("GET", f"/v1/desk/{path}", "admin").status_code == 403, path
    administrator = with_all_rights(system)
    for field in ("contact", "identity"):
        box = sealed_boxes.SealedBox.read(
            people.item(keys.report_key(accepted["reference"]))[f"{field}_box"]
        )
        with pytest.raises(ClientError) as refused:
            as_role(system, administrator, "kms").decrypt(
                KeyId=box.key_id,
                CiphertextBlob=box.wrapped,
                EncryptionAlgorithm=sealed_boxes.KEY_WRAPPING_ALGORITHM,
            )
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def with_all_rights(system: LocalSystem) -> str:
    """A role that the account allows everything."""
    iam = system.aws.client("iam")
    anybody = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        ],
    }
    everything = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
    name = f"administrator-{uuid.uuid4().hex[:8]}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(anybody))["Role"]
    iam.put_role_policy(
        RoleName=name, PolicyName="everything", PolicyDocument=json.dumps(everything)
    )
    return str(role["Arn"])


@pytest.mark.parametrize("field", OPENERS)
def test_23_one_role_opens_each_kind_of_box_and_every_other_is_refused(
    system: LocalSystem, people: People, field: str
) -> None:
    """The emulator enforces roles and key policies, for every role of the stacks (hardening 23)."""
    key = {"evidence": "DataEvidence", "preview": "DataPreview"}.get(field)
    box = sealed_to(system, key) if key else of_a_report(people, field)
    opened: list[str] = []
    refused: list[tuple[str, str]] = []
    for name, arn in roles_of(system).items():
        try:
            as_role(system, arn, "kms").decrypt(
                KeyId=box.key_id,
                CiphertextBlob=box.wrapped,
                EncryptionAlgorithm=sealed_boxes.KEY_WRAPPING_ALGORITHM,
            )
        except ClientError as error:
            refused.append((name, error.response["Error"]["Code"]))
        else:
            opened.append(name)
    assert len(opened) == 1, opened
    assert OPENERS[field] in opened[0]
    assert len(refused) > 15
    assert {code for _, code in refused} == {"AccessDeniedException"}


def of_a_report(people: People, field: str) -> sealed_boxes.SealedBox:
    """The sealed contact or identity of a new report."""
    accepted = people.submit(a_report(disclosure=NAMED))
    return sealed_boxes.SealedBox.read(
        people.item(keys.report_key(accepted["reference"]))[f"{field}_box"]
    )


def sealed_to(system: LocalSystem, name_of_key: str) -> sealed_boxes.SealedBox:
    """Something sealed to the key of files or of previews, as the key of each file is wrapped."""
    key = next(
        each
        for name, each in physical_ids(system, "AWS::KMS::Key").items()
        if name.startswith(name_of_key)
    )
    public = PublicKey(key, system.aws.kms.get_public_key(KeyId=key)["PublicKey"])
    sealed = sealed_boxes.seal_box(public, b"a key", reference="R", field="contact")
    return sealed_boxes.SealedBox.read(sealed)


def test_23_a_changed_permission_to_open_boxes_is_told_at_once(system: LocalSystem) -> None:
    """The rule on CloudTrail reports a changed policy of these keys (hardening 23)."""
    events = system.aws.client("events")
    (rule,) = (
        name for each, name in physical_ids(system, "AWS::Events::Rule").items() if "KeyCh" in each
    )
    pattern = events.describe_rule(Name=rule)["EventPattern"]
    (topic,) = (
        arn for name, arn in physical_ids(system, "AWS::SNS::Topic").items() if "Alarms" in name
    )
    assert [each["Arn"] for each in events.list_targets_by_rule(Rule=rule)["Targets"]] == [topic]
    told = {
        name
        for name, key in physical_ids(system, "AWS::KMS::Key").items()
        if events.test_event_pattern(
            EventPattern=pattern, Event=json.dumps(changed_policy(system, key))
        )["Result"]
    }
    protected = (
        *("DataContact", "DataIdentity", "DataEvidence", "DataPreview", "UploadsKey"),
        *("HistorySigning", "HistoryLog", "DossierSigning"),
    )
    assert len(told) == len(protected)
    assert all(name.startswith(protected) for name in told)


def changed_policy(system: LocalSystem, key: str) -> dict[str, Any]:
    """The event that CloudTrail sends when the policy of a key changes."""
    arn = system.aws.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    return {
        "id": str(uuid.uuid4()),
        "source": "aws.kms",
        "detail-type": "AWS API Call via CloudTrail",
        "account": system.aws.account,
        "time": format_timestamp(datetime.now(UTC)),
        "region": system.aws.region,
        "resources": [],
        "detail": {
            "eventSource": "kms.amazonaws.com",
            "eventName": "PutKeyPolicy",
            "resources": [{"accountId": system.aws.account, "ARN": arn}],
        },
    }


# ---- reporters


@pytest.mark.parametrize("field", ["status", "unit", "priority", "id", "severity"])
def test_24_a_reporter_sets_no_field_of_the_case(people: People, field: str) -> None:
    """A field that staff decide is refused, with its pointer (hardening 24)."""
    key, body = str(uuid.uuid4()), a_report()
    answer = people.post_report({**body, field: "immediate"}, key)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [f"#/{field}"]
    assert people.post_report(body, key).status_code == 201, "nothing was kept under this key"


def test_27_an_attacker_who_guesses_receipts_learns_nothing_and_locks_no_reporter_out(
    people: People,
) -> None:
    """A wrong and an unknown receipt are answered alike, time and again (hardening 27).

    A receipt has at least 128 bits and is not in the table. How fast one address may guess is the
    edge's to limit: see `test_every_rate_rule_answers_429_with_the_time_to_wait`.
    """
    accepted = people.submit()
    receipt = accepted["receipt"]
    symbols = receipt.replace("-", "")
    assert len(symbols) * 5 >= 128, "each symbol is one of 32"
    kept = repr(people.item(keys.report_key(accepted["reference"])))
    assert receipt not in kept
    assert symbols not in kept
    unknown = reference.encode_reference(uuid.uuid4().bytes[:10])
    guesses = [
        receipt.replace(symbol, "0" if symbol != "0" else "1") for symbol in set(symbols[:10])
    ]
    said = [
        without_instance(
            people.http.get(f"/v1/reports/{named}", headers={"Authorization": f"Receipt {guess}"})
        )
        for guess in guesses
        for named in (accepted["reference"], unknown)
    ]
    assert said[0][0] == httpx.codes.NOT_FOUND
    assert all(each == said[0] for each in said)
    assert people.follow(accepted)["reference"] == accepted["reference"]
