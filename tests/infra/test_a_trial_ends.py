"""`cdk destroy` of `dev` ends: it deletes every resource or names the ones that stay."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.infra.assembly import Assembly

EMPTIER = "Custom::S3AutoDeleteObjects"


@pytest.fixture(scope="session")
def dev(assembly_of: Callable[[str], Assembly]) -> Assembly:
    return assembly_of("dev")


def test_a_trial_stack_leaves_nothing_behind(dev: Assembly) -> None:
    kept = [
        (stack, name, resource["DeletionPolicy"])
        for stack, template in dev.templates.items()
        for name, resource in template["Resources"].items()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    ]
    assert kept == []


def test_every_resource_of_a_trial_can_be_deleted(dev: Assembly) -> None:
    for template in dev.templates.values():
        for name, resource in template["Resources"].items():
            protections = {
                key: value
                for key, value in resource.get("Properties", {}).items()
                if "DeletionProtection" in key
            }
            assert set(protections.values()) <= {False, "INACTIVE"}, (name, protections)
    manifest: dict[str, Any] = json.loads((dev.folder / "manifest.json").read_text("utf-8"))
    stacks = [
        artifact["properties"]
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    ]
    assert len(stacks) == 3
    assert not [each for each in stacks if each.get("terminationProtection")]


def test_every_bucket_of_a_trial_is_emptied_and_has_no_lock(dev: Assembly) -> None:
    """A bucket with objects cannot be deleted, and a locked version cannot be taken out of it."""
    emptied = {
        each["Properties"]["BucketName"]["Ref"]: name
        for name, each in dev.resources(EMPTIER).items()
    }
    buckets = dev.resources("AWS::S3::Bucket")
    assert buckets
    assert emptied.keys() == buckets.keys()
    for bucket in buckets.values():
        assert "DefaultRetention" not in json.dumps(bucket["Properties"])


def test_keys_of_a_trial_are_deleted_after_the_shortest_window(dev: Assembly) -> None:
    for key in dev.properties("AWS::KMS::Key"):
        assert key["PendingWindowInDays"] == 7


def test_no_function_empties_a_bucket_of_production(prod: Assembly) -> None:
    assert not prod.resources(EMPTIER)
    for name, bucket in prod.resources("AWS::S3::Bucket").items():
        assert bucket["DeletionPolicy"] == "RetainExceptOnCreate", name
