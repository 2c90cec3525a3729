"""Questions that tests ask of synthesised templates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """One statement of a role's policy."""

    role: str
    """Logical id of the role."""
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    """As `flat` writes them."""
    partitions: tuple[str, ...] = ()
    """Partition keys of the table it is limited to; empty: not limited."""
    others: tuple[str, ...] = ()
    """Where it holds for all resources but some: these."""


@dataclass(frozen=True)
class Assembly:
    """The templates of one stage."""

    folder: Path
    stage: str

    def __hash__(self) -> int:
        return hash(self.folder)

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        """Templates by `core`, `units` and `edge`."""
        core = f"Casework-{self.stage}"
        names = {core: "core", f"{core}-units": "units", f"{core}-edge": "edge"}
        names |= {f"{core}-second": "second", f"{core}-copies": "copies"}
        return {
            names[path.name.removesuffix(".template.json")]: json.loads(path.read_text("utf-8"))
            for path in sorted(self.folder.glob("*.template.json"))
        }

    def resources(self, kind: str, stack: str | None = None) -> dict[str, Resource]:
        """Resources of a type, by logical id."""
        return {
            name: resource
            for key, template in self.templates.items()
            if stack in (None, key)
            for name, resource in template["Resources"].items()
            if resource["Type"] == kind
        }

    def properties(self, kind: str, stack: str | None = None) -> list[dict[str, Any]]:
        """The properties of the resources of a type."""
        return [each.get("Properties", {}) for each in self.resources(kind, stack).values()]

    def one(self, kind: str, stack: str | None = None) -> dict[str, Any]:
        """The properties of the only resource of a type."""
        (properties,) = self.properties(kind, stack)
        return properties

    @cached_property
    def functions(self) -> dict[str, dict[str, Any]]:
        """Properties of our functions by handler; CDK's own helpers are not ours."""
        return {
            each["Handler"]: each
            for each in self.properties("AWS::Lambda::Function")
            if each["Handler"].startswith("functions.")
        }

    def logical_id_of(self, handler: str) -> str:
        """Logical id of the function with this handler."""
        (name,) = (
            name
            for name, each in self.resources("AWS::Lambda::Function").items()
            if each["Properties"]["Handler"] == handler
        )
        return name

    def role_of(self, handler: str) -> str:
        """Logical id of a function's role."""
        role: str = self.functions[handler]["Role"]["Fn::GetAtt"][0]
        return role

    @cached_property
    def statements(self) -> list[Statement]:
        """Every statement every role of the stacks has, inline and attached."""
        return list(self._statements())

    def allowed(self, handler: str) -> list[Statement]:
        """The statements that apply to a function."""
        role = self.role_of(handler)
        return [each for each in self.statements if each.role == role]

    def _statements(self) -> Iterator[Statement]:
        for policy in self.properties("AWS::IAM::Policy"):
            for role in policy["Roles"]:
                yield from _read(role["Ref"], policy["PolicyDocument"])
        for name, role in self.resources("AWS::IAM::Role").items():
            for policy in role["Properties"].get("Policies", []):
                yield from _read(name, policy["PolicyDocument"])


def _read(role: str, document: Mapping[str, Any]) -> Iterator[Statement]:
    for each in document["Statement"]:
        yield Statement(
            role,
            each["Effect"],
            tuple(listed(each["Action"])),
            tuple(flat(resource) for resource in listed(each.get("Resource", []))),
            tuple(listed(_partitions(each.get("Condition", {})))),
            tuple(flat(resource) for resource in listed(each.get("NotResource", []))),
        )


def _partitions(condition: Mapping[str, Any]) -> Any:
    # ForAllValues holds when a request names no key at all, as a Scan does: no role may scan.
    return condition.get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", [])


def listed(value: Any) -> list[Any]:
    """CloudFormation writes one of something without its list."""
    return value if isinstance(value, list) else [value]


def flat(value: Any) -> str:
    """A value with intrinsic functions as one text: `arn:aws:x:${AWS::Region}:${Table.Arn}`."""
    match value:
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(flat(part) for part in parts)
        case {"Fn::ImportValue": named}:
            return f"${{import {flat(named)}}}"
        case str():
            return value
        case _:
            return json.dumps(value, sort_keys=True)
