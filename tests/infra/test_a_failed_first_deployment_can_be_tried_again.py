"""The remains of a failed first deployment do not block the second.

A rolled-back creation deletes every resource that it made except retained ones, whose names would
stay taken (CloudFormation, "DeletionPolicy attribute": `RetainExceptOnCreate`).
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from local import cdk
from tests.infra.assembly import Assembly
from tests.infra.test_names_are_free import KNOWN_BEFOREHAND, WITHIN, written

PROTECTED = {
    "AWS::DynamoDB::Table": ("DeletionProtectionEnabled", True),
    "AWS::Cognito::UserPool": ("DeletionProtection", "ACTIVE"),
}
"""Kinds that can refuse to be deleted, and how a template says so."""
KEPT = {"Retain", "RetainExceptOnCreate"}


def _refuses(resource: dict[str, Any]) -> bool:
    name, value = PROTECTED.get(resource["Type"], ("", None))
    return bool(name) and resource["Properties"].get(name) == value


def test_a_kept_resource_is_removed_again_when_its_creation_fails(prod: Assembly) -> None:
    """Except resources that refuse deletion: trying it would make the rollback itself fail."""
    kept = {
        name: resource
        for template in prod.templates.values()
        for name, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") in KEPT
    }
    assert kept
    for name, resource in kept.items():
        expected = "Retain" if _refuses(resource) else "RetainExceptOnCreate"
        assert (name, resource["DeletionPolicy"]) == (name, expected)
        assert (name, resource["UpdateReplacePolicy"]) == (name, "Retain")


def test_a_resource_that_cannot_be_deleted_has_no_fixed_name(prod: Assembly) -> None:
    named = {logical for kind, logical, _ in written(prod) if kind not in WITHIN}
    for kind in PROTECTED:
        assert kind not in KNOWN_BEFOREHAND
        assert not named & prod.resources(kind).keys()


def test_the_next_deployment_unprotects_a_stack_whose_creation_failed() -> None:
    """The CDK protects a stack before its creation, and then cannot delete a failed one."""
    stacks = {
        "Casework-prod": ("ROLLBACK_COMPLETE", True),
        "Casework-prod-units": ("CREATE_COMPLETE", True),
    }
    released: list[str] = []

    class CloudFormation:
        def describe_stacks(self, **asked: str) -> dict[str, Any]:
            if asked["StackName"] not in stacks:
                raise ClientError(
                    {"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "Describe"
                )
            status, protected = stacks[asked["StackName"]]
            return {"Stacks": [{"StackStatus": status, "EnableTerminationProtection": protected}]}

        def update_termination_protection(self, **asked: Any) -> None:
            assert asked["EnableTerminationProtection"] is False
            released.append(asked["StackName"])

    cdk.unprotect_failed_stacks(CloudFormation(), [*stacks, "Casework-prod-edge"])
    assert released == ["Casework-prod"]
