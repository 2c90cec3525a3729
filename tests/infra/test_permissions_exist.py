"""Policies name existing actions, resources of the right kind, and keys that are sent.

A deployment refuses no mistake of this kind. The policy then allows nothing, or everything.
"""

from __future__ import annotations

import pytest

from tests.infra.assembly import Assembly
from tests.infra.permissions import details, fits, knows, named_in_full, needs_a_resource, said

WITHOUT_A_RESOURCE = {
    "sns:Publish": "a telephone is no resource: allowed on all that is no topic",
    "ses:SendEmail": "the emulator names none; on AWS it is the identity",
}
"""Actions that are allowed on `*` although the reference knows a resource for them, and why."""
SENDS_NO_SOURCE = {"kms": {"events.amazonaws.com"}}
"""By service: the callers that send neither `aws:SourceAccount` nor `aws:SourceArn`, so that a
condition on them never
holds. EventBridge does not send them with what it encrypts for a topic (SNS
guide, "Enable compatibility between event sources from AWS services and encrypted topics")."""


def test_every_action_exists(each_stage: Assembly) -> None:
    for each in said(each_stage):
        for action in each.actions:
            found = named_in_full(action)
            assert found, (each.place, action)
            assert all(details(name) for name in found), (each.place, action)


def test_every_action_is_on_a_resource_of_its_kind_and_every_resource_has_its_action(
    each_stage: Assembly,
) -> None:
    for each in said(each_stage):
        if not each.resources:
            continue
        for action in each.actions:
            assert any(fits(action, arn) for arn in each.resources), (each.place, action)
        for arn in each.resources:
            assert any(fits(action, arn) for action in each.actions), (each.place, arn)


def test_an_action_that_needs_a_resource_is_granted_on_that_resource(each_stage: Assembly) -> None:
    for each in said(each_stage):
        if "*" in each.resources:
            named = {action for action in each.actions if needs_a_resource(action)}
            assert named <= WITHOUT_A_RESOURCE.keys(), (each.place, named)


def test_every_condition_key_means_something_to_every_action_it_stands_with(
    each_stage: Assembly,
) -> None:
    for each in said(each_stage):
        for key in each.keys:
            for action in (name for written in each.actions for name in named_in_full(written)):
                assert knows(action, key), (each.place, action, key)


def test_a_policy_asks_no_service_for_a_source_that_it_does_not_send(each_stage: Assembly) -> None:
    for each in said(each_stage):
        for action in each.actions:
            silent = SENDS_NO_SOURCE.get(action.partition(":")[0], set())
            if each.service in silent:
                assert not [key for key in each.keys if key.lower().startswith("aws:source")], (
                    each.place
                )


@pytest.mark.parametrize(
    ("action", "resource", "key"),
    [
        ("dynamodb:PutItems", "arn:aws:dynamodb:r:a:table/x", None),
        ("dynamodb:PutItem", "arn:aws:dynamodb:r:a:table/x/index/x", None),
        ("kms:Decrypt", "arn:aws:s3:::x", None),
        ("s3:GetObject", "arn:aws:s3:::x", None),
        ("dynamodb:PutItem", "arn:aws:dynamodb:r:a:table/x", "dynamodb:LeadingKey"),
        ("dynamodb:ListStreams", "*", "dynamodb:LeadingKeys"),
    ],
)
def test_a_permission_that_means_nothing_is_found(
    action: str, resource: str, key: str | None
) -> None:
    found = details(action) is not None and fits(action, resource)
    assert not (found and (key is None or knows(action, key)))
