"""A fixed name in a template can be taken by another stack, stage or a retained resource.

A name that CloudFormation makes is always free. A fixed name must be unique in the account (of a
region, or of all), so a template has one only where others must know it beforehand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.infra.assembly import Assembly, flat

STAGES = ("local", "dev", "prod")

REFERENCES = {
    "AWS::Lambda::Permission": {"FunctionName"},
    "AWS::Lambda::EventSourceMapping": {"FunctionName"},
    "AWS::Lambda::EventInvokeConfig": {"FunctionName"},
    "AWS::Lambda::Version": {"FunctionName"},
    "AWS::Lambda::Alias": {"FunctionName"},
    "AWS::CodeDeploy::DeploymentGroup": {"ApplicationName", "DeploymentConfigName"},
    "AWS::CloudWatch::Alarm": {"MetricName"},
    "AWS::CloudTrail::Trail": {"S3BucketName"},
    "Custom::S3AutoDeleteObjects": {"BucketName"},
}
"""Properties that end in `Name` and do not name the resource."""
WITHIN = {
    "AWS::IAM::Policy": "of its role",
    "AWS::ApiGatewayV2::Authorizer": "of its API",
    "AWS::ApiGatewayV2::Stage": "of its API",
    "AWS::Cognito::UserPoolResourceServer": "of its pool",
    "AWS::ApiGatewayV2::Api": "shown, and never told apart by",
    "AWS::WAFv2::RuleGroup": "of its list",
    "AWS::Lambda::Alias": "of its function",
}
"""Kinds whose names need not be unique in an account."""
KNOWN_BEFOREHAND = {
    "AWS::SecretsManager::Secret": "the edge finds the replica in another region by it",
    "AWS::StepFunctions::StateMachine": "the permission to see executions is written with it",
    "AWS::SQS::Queue": "a unit's systems are set up with it",
    "AWS::CloudWatch::Alarm": "who is on call reads it",
    "AWS::Logs::QueryDefinition": "who is on call looks for it",
    "AWS::Budgets::Budget": "who pays reads it",
    "AWS::CloudWatch::Dashboard": "who is on call looks for it",
    "AWS::CloudFront::Function": "the service makes no names of its own for these",
    "AWS::CloudFront::CachePolicy": "the service makes no names of its own for these",
    "AWS::CloudFront::OriginRequestPolicy": "the service makes no names of its own for these",
    "AWS::CloudFront::ResponseHeadersPolicy": "the service makes no names of its own for these",
    "AWS::CloudFront::OriginAccessControl": "the service makes no names of its own for these",
}
"""Kinds that carry names of ours, and why."""


def written(assembly: Assembly) -> Iterator[tuple[str, str, str]]:
    """(kind, logical id, name) of each name that a template gives."""
    for stack in assembly.templates:
        for logical, resource in assembly.templates[stack]["Resources"].items():
            kind = resource["Type"]
            for name in _names(kind, resource.get("Properties", {})):
                yield kind, logical, name


def _names(kind: str, properties: dict[str, Any]) -> Iterator[str]:
    own = f"{kind.rpartition(':')[2]}Config"  # where CloudFront keeps the name of a policy
    for group in (properties, properties.get(own, {})):
        for key, value in group.items():
            if key.endswith("Name") and key not in REFERENCES.get(kind, set()):
                yield flat(value)


def test_two_resources_of_an_account_never_share_a_name(
    assembly_of: Callable[[str], Assembly],
) -> None:
    """Stages share an account unless a deployer gives each its own."""
    given = Counter(
        (kind, name)
        for stage in STAGES
        for kind, _, name in written(assembly_of(stage))
        if kind not in WITHIN
    )
    assert [each for each, times in given.items() if times > 1] == []


def test_a_resource_has_a_fixed_name_only_where_others_must_know_it_beforehand(
    each_stage: Assembly,
) -> None:
    without_reason = {
        (kind, logical)
        for kind, logical, _ in written(each_stage)
        if kind not in WITHIN and kind not in KNOWN_BEFOREHAND
    }
    assert without_reason == set()
