"""A second region has the keys and secrets to go on, if a deployment names one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra import app
from infra.assets import ROOT, Staging, runtime_python
from infra.deployment import Deployment, Restored
from infra.errors import CannotSynthesise
from infra.stage import stage_of
from tests.infra.assembly import Assembly
from tests.infra.conftest import STAGED
from tests.shared import once

ELSEWHERE = "eu-south-1"
FINAL = 35
"""Days after which an erasure is final: docs/security.md."""
ASYMMETRIC = {"RSA_3072", "ECC_NIST_P256"}
SECRETS = {"DataAddress", "DataPepper", "DataSelector", "DataOwn"}


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """Production with a second region."""

    def make(folder: Path) -> None:
        stage = stage_of("prod", Deployment(second_region=ELSEWHERE))
        app.synthesise(stage, Staging(ROOT, STAGED, runtime_python()), folder)

    return Assembly(once(tmp_path_factory, "assembly-both", make), "prod")


def test_keys_that_cannot_be_changed_later_can_be_replicated_in_every_stage(
    each_stage: Assembly,
) -> None:
    keys = [
        each for each in each_stage.properties("AWS::KMS::Key") if each.get("KeySpec") in ASYMMETRIC
    ]
    assert len(keys) == 3
    assert all(each["MultiRegion"] is True for each in keys)


def test_data_leave_the_region_only_if_the_deployment_says_so(prod: Assembly) -> None:
    assert set(prod.templates) == {"core", "units", "edge"}
    assert not prod.resources("AWS::Backup::BackupPlan")
    for name, secret in prod.resources("AWS::SecretsManager::Secret").items():
        replicas = secret["Properties"].get("ReplicaRegions", [])
        assert not replicas or name.startswith("Origin")  # the edge's proof, no report's
    for key in prod.properties("AWS::KMS::Key"):
        assert "kms:ReplicateKey" not in json.dumps(key["KeyPolicy"]) or key.get("KeySpec") is None


def test_the_second_region_has_keys_and_secrets_of_the_first(both: Assembly) -> None:
    assert len(both.resources("AWS::KMS::ReplicaKey", "second")) == 3
    replicated = {
        name[:-8]
        for name, secret in both.resources("AWS::SecretsManager::Secret", "core").items()
        if {"Region": ELSEWHERE} in secret["Properties"].get("ReplicaRegions", [])
    }
    assert replicated == SECRETS


def test_a_replica_opens_nothing_and_stands_in_no_third_region(both: Assembly) -> None:
    for replica in both.properties("AWS::KMS::ReplicaKey"):
        allowed = json.dumps(replica["KeyPolicy"])
        for action in ("kms:Decrypt", "kms:Sign", "kms:CreateGrant", "kms:*", "kms:ReEncrypt"):
            assert f'"{action}"' not in allowed
    sealing = [
        each
        for each in both.properties("AWS::KMS::Key", "core")
        if each.get("KeySpec") == "RSA_3072"
    ]
    for key in sealing:
        (statement,) = (
            each for each in key["KeyPolicy"]["Statement"] if each["Action"] == "kms:ReplicateKey"
        )
        assert statement["Condition"] == {"StringEquals": {"kms:ReplicaRegion": ELSEWHERE}}


def test_every_backup_is_gone_by_the_day_that_an_erasure_promises(both: Assembly) -> None:
    (plan,) = both.properties("AWS::Backup::BackupPlan")
    (rule,) = plan["BackupPlan"]["BackupPlanRule"]
    (copy,) = rule["CopyActions"]
    for kept in (rule["Lifecycle"], copy["Lifecycle"]):
        assert kept["DeleteAfterDays"] < FINAL
        assert "MoveToColdStorageAfterDays" not in kept  # which keeps for 90 days at least


def test_the_second_region_differs_from_the_first() -> None:
    with pytest.raises(CannotSynthesise, match="another region"):
        stage_of("prod", Deployment(second_region="eu-west-3"))


def test_functions_use_the_restored_table_and_the_first_table_stays(tmp_path: Path) -> None:
    stream = "arn:aws:dynamodb:eu-west-3:123456789012:table/restored/stream/2026-03-01T00:00:00.000"
    given = Deployment(restored=Restored(table="restored", stream=stream))
    stage = stage_of("prod", given)
    app.synthesise(stage, Staging(ROOT, STAGED, runtime_python()), tmp_path)
    back = Assembly(tmp_path, "prod")
    tables = {
        function["Environment"]["Variables"]["CASE_TABLE"]
        for function in back.functions.values()
        if "CASE_TABLE" in function["Environment"]["Variables"]
    }
    assert tables == {"restored"}
    read = [
        each["EventSourceArn"]
        for each in back.properties("AWS::Lambda::EventSourceMapping")
        if "dynamodb" in str(each["EventSourceArn"])
    ]
    assert read == [stream, stream]
    ((first, kept),) = back.resources("AWS::DynamoDB::Table").items()
    assert kept["DeletionPolicy"] == "Retain"
    for statement in back.statements:
        assert not [each for each in statement.resources if first in each], statement
