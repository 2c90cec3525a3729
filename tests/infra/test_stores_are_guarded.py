"""Who may read, write and delete what lies in buckets, queues and topics."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.infra.actions_of_functions import LISTS
from tests.infra.assembly import Assembly, Statement, flat


def beside_queues_and_logs(allowed: Iterable[Statement]) -> set[tuple[str, str]]:
    """Each action with each place that it is allowed on, other than queues and logs."""
    return {
        (action, resource)
        for each in allowed
        for action in each.actions
        for resource in each.resources
        if not action.startswith(("sqs:", "logs:"))
    }


def test_the_bucket_keeps_every_version_of_a_seal_and_no_role_may_delete_one(
    each_stage: Assembly,
) -> None:
    (bucket,) = (
        each["Properties"]
        for name, each in each_stage.resources("AWS::S3::Bucket", "core").items()
        if name.startswith("HistorySeals")
    )
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["ObjectLockEnabled"] is True
    if each_stage.stage == "prod":
        kept = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        assert kept == {"Mode": "COMPLIANCE", "Days": 3_650}
    for each in each_stage.statements:
        if each.role == each_stage.role_of("functions.history.seal_day.handle"):
            assert not [action for action in each.actions if action.startswith("s3:Delete")]


def test_files_are_written_by_strangers_sealed_by_one_function_and_deleted_by_none(
    each_stage: Assembly,
) -> None:
    """Evidence cases E9 and E13: on the three buckets, every right of every role of ours."""
    ours = {each_stage.role_of(handler): handler for handler in each_stage.functions}
    found = {
        (ours[each.role], action, bucket)
        for each in each_stage.statements
        for action in each.actions
        for bucket in ("Drop", "Vault", "Previews")
        if each.role in ours
        and action.startswith("s3:")
        and any(bucket in on for on in each.resources)
    }
    receiver, examiner = "functions.evidence.receive.handle", "functions.examine.handler.handle"
    rehashing = "functions.history.rehash_vault.handle"
    assert found == {
        ("functions.intake.handler.handle", "s3:PutObject", "Drop"),
        ("functions.intake.handler.handle", "s3:ListBucketVersions", "Drop"),
        (receiver, "s3:GetObjectVersion", "Drop"),
        (receiver, "s3:ListBucketVersions", "Drop"),
        ("functions.evidence.repair.handle", "s3:ListBucketVersions", "Drop"),
        ("functions.evidence.repair.handle", "s3:PutObjectRetention", "Vault"),
        (receiver, "s3:PutObject", "Vault"),
        (receiver, "s3:GetObject", "Vault"),
        (receiver, "s3:ListBucket", "Vault"),
        ("functions.evidence.opening.handle", "s3:GetObjectVersion", "Vault"),
        (rehashing, "s3:GetObjectVersion", "Vault"),
        (rehashing, "s3:ListBucket", "Vault"),
        (examiner, "s3:GetObjectVersion", "Drop"),
        (examiner, "s3:PutObject", "Previews"),
        ("functions.evidence.opening.handle", "s3:GetObject", "Previews"),
    }


def test_lists_of_known_material_are_read_by_those_who_ask_and_written_by_none(
    each_stage: Assembly,
) -> None:
    """The bucket is emptied with a stage that keeps no data, by the construct's own role."""
    ours = {each_stage.role_of(handler): handler for handler in each_stage.functions}
    found = {
        (ours[each.role], action)
        for each in each_stage.statements
        for action in each.actions
        if each.role in ours and any("KnownLists" in on for on in each.resources)
    }
    asking = ("functions.triage.link.handle", "functions.triage.link.reprocess")
    assert found == {(handler, action) for handler in asking for action in LISTS}


def test_the_examiner_reads_the_upload_it_is_told_of_and_nothing_else(
    each_stage: Assembly,
) -> None:
    """Evidence case E9: no table, no secret, nothing that was sealed, and no list of uploads."""
    allowed = each_stage.allowed("functions.examine.handler.handle")
    reading = beside_queues_and_logs(allowed)
    assert {action for action, _ in reading} == {
        "kms:Decrypt", "s3:GetObjectVersion", "s3:PutObject",
    }  # fmt: skip
    for action, resource in reading:
        place = "Previews" if action == "s3:PutObject" else "Uploads"
        assert place in resource, (action, resource)
    assert any(resource.endswith("/in/*") for _, resource in reading)
    sending = {
        resource for each in allowed if "sqs:SendMessage" in each.actions
        for resource in each.resources
    }  # fmt: skip
    assert len(sending) == 1
    assert "EvidenceArrivals" in next(iter(sending))


def test_the_builder_of_dossiers_reads_drafts_and_signs_with_a_key_of_its_own(
    each_stage: Assembly,
) -> None:
    """What a text of a stranger that takes the typesetter over could reach: no table, no file, no
    secret, and no key that opens or signs anything else."""
    allowed = each_stage.allowed("functions.dossier.handler.handle")
    found = beside_queues_and_logs(allowed)
    for action, resource in found:
        place = {"kms:Sign": "DossierSigning", "kms:Decrypt": "DataKey"}
        place |= {"kms:GenerateDataKey": "DataKey"}
        assert place.get(action, "PackagesBucket") in resource, (action, resource)
    reads = {resource for action, resource in found if action == "s3:GetObject"}
    assert reads
    assert all(each.endswith(("/drafts/*", "/results/*")) for each in reads)
    signing = {
        handler
        for handler in each_stage.functions
        for each in each_stage.allowed(handler)
        if "kms:Sign" in each.actions and any("DossierSigning" in on for on in each.resources)
    }
    assert signing == {"functions.dossier.handler.handle"}


def test_ciphertexts_are_locked_and_uploads_expire(each_stage: Assembly) -> None:
    buckets = each_stage.resources("AWS::S3::Bucket", "core")
    (drop,) = (each["Properties"] for name, each in buckets.items() if name.startswith("Uploads"))
    (vault,) = (each["Properties"] for name, each in buckets.items() if name.startswith("Evidence"))
    assert drop["VersioningConfiguration"] == vault["VersioningConfiguration"]
    assert drop["VersioningConfiguration"] == {"Status": "Enabled"}
    (encryption,) = drop["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    (rule,) = drop["LifecycleConfiguration"]["Rules"]
    # An expired version becomes an old one first, and is deleted as such: two days in all.
    assert rule["ExpirationInDays"] + rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 2
    assert vault["ObjectLockEnabled"] is True
    if each_stage.stage == "prod":
        kept = vault["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        assert kept == {"Mode": "COMPLIANCE", "Days": 30}


@pytest.mark.parametrize("kind", ["AWS::SQS::Queue", "AWS::SNS::Topic"])
def test_queues_and_topics_refuse_plain_connections(each_stage: Assembly, kind: str) -> None:
    policies = {"AWS::SQS::Queue": "QueuePolicy", "AWS::SNS::Topic": "TopicPolicy"}
    attached = {"AWS::SQS::Queue": "Queues", "AWS::SNS::Topic": "Topics"}
    covered = set()
    for policy in each_stage.properties(kind.rsplit(":", 1)[0] + ":" + policies[kind]):
        plain = [
            each
            for each in policy["PolicyDocument"]["Statement"]
            if each["Effect"] == "Deny"
            and each["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        ]
        if plain:
            covered |= {flat(each).strip("${}") for each in policy[attached[kind]]}
    assert covered == each_stage.resources(kind).keys()
