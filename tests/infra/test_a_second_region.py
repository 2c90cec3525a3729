"""A second region has the keys and secrets to go on, if a deployment names one."""

from __future__ import annotations

import json

import pytest

from infra.deployment import DeploymentFile
from infra.errors import CannotSynthesise
from infra.stage import stage_with_deployment
from tests.infra.assembly import Assembly
from tests.infra.conftest import CHOSEN

ELSEWHERE = CHOSEN.second_region
FINAL = 35
"""Days after which an erasure is final: docs/security.md."""
ASYMMETRIC = {"RSA_3072", "ECC_NIST_P256"}
SECRETS = {"DataAddress", "DataPepper", "DataSelector", "DataOwn", "DataDigest"}


def test_keys_that_cannot_be_changed_later_can_be_replicated_in_every_stage(
    each_stage: Assembly,
) -> None:
    keys = [
        each for each in each_stage.properties("AWS::KMS::Key") if each.get("KeySpec") in ASYMMETRIC
    ]
    assert len(keys) == 6
    assert all(each["MultiRegion"] is True for each in keys)


def test_data_leave_the_region_only_if_the_deployment_says_so(prod: Assembly) -> None:
    assert set(prod.templates) == {"core", "units", "edge"}
    assert not prod.resources("AWS::Backup::BackupPlan")
    for name, secret in prod.resources("AWS::SecretsManager::Secret").items():
        replicas = secret["Properties"].get("ReplicaRegions", [])
        assert not replicas or name.startswith("Origin")  # the edge's proof, no report's
    for key in prod.properties("AWS::KMS::Key"):
        assert "kms:ReplicateKey" not in json.dumps(key["KeyPolicy"]) or key.get("KeySpec") is None


def test_the_second_region_has_keys_and_secrets_of_the_first(chosen: Assembly) -> None:
    assert len(chosen.resources("AWS::KMS::ReplicaKey", "second")) == 6
    replicated = {
        name[:-8]
        for name, secret in chosen.resources("AWS::SecretsManager::Secret", "core").items()
        if {"Region": ELSEWHERE} in secret["Properties"].get("ReplicaRegions", [])
    }
    assert replicated == SECRETS


def test_a_replica_opens_nothing_and_stands_in_no_third_region(chosen: Assembly) -> None:
    for replica in chosen.properties("AWS::KMS::ReplicaKey"):
        allowed = json.dumps(replica["KeyPolicy"])
        for action in ("kms:Decrypt", "kms:Sign", "kms:CreateGrant", "kms:*", "kms:ReEncrypt"):
            assert f'"{action}"' not in allowed
    sealing = [
        each
        for each in chosen.properties("AWS::KMS::Key", "core")
        if each.get("KeySpec") == "RSA_3072"
    ]
    for key in sealing:
        (statement,) = (
            each for each in key["KeyPolicy"]["Statement"] if each["Action"] == "kms:ReplicateKey"
        )
        assert statement["Condition"] == {"StringEquals": {"kms:ReplicaRegion": ELSEWHERE}}


def test_every_backup_is_gone_by_the_day_that_an_erasure_promises(chosen: Assembly) -> None:
    (plan,) = chosen.properties("AWS::Backup::BackupPlan")
    (rule,) = plan["BackupPlan"]["BackupPlanRule"]
    (copy,) = rule["CopyActions"]
    for kept in (rule["Lifecycle"], copy["Lifecycle"]):
        assert kept["DeleteAfterDays"] < FINAL
        assert "MoveToColdStorageAfterDays" not in kept  # which keeps for 90 days at least


def test_the_second_region_differs_from_the_first() -> None:
    with pytest.raises(CannotSynthesise, match="another region"):
        stage_with_deployment("prod", DeploymentFile(second_region="eu-west-3"))


def test_functions_use_the_restored_table_and_the_first_table_stays(chosen: Assembly) -> None:
    assert CHOSEN.restored is not None
    stream = CHOSEN.restored.stream
    tables = {
        function["Environment"]["Variables"]["CASE_TABLE"]
        for function in chosen.functions.values()
        if "CASE_TABLE" in function["Environment"]["Variables"]
    }
    assert tables == {"restored"}
    read = [
        each["EventSourceArn"]
        for each in chosen.properties("AWS::Lambda::EventSourceMapping")
        if "dynamodb" in str(each["EventSourceArn"])
    ]
    assert read == [stream, stream]
    ((first, kept),) = chosen.resources("AWS::DynamoDB::Table").items()
    assert kept["DeletionPolicy"] == "Retain"
    for statement in chosen.statements:
        assert not [each for each in statement.resources if first in each], statement
