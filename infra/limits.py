"""Limits of AWS, checked here before a deployment can fail halfway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.errors import TooLarge

MAX_STACK_RESOURCES = 475
"""CloudFormation takes 500 resources in a stack; the rest is reserved for an urgent change."""
MAX_FILTER_POLICIES = 200
"""SNS takes 200 subscriptions with a filter policy on a topic."""


def require_resources_within_limit(templates: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises TooLarge with the name of the stack and its excess."""
    for stack, template in templates.items():
        count = len(template.get("Resources", {}))
        if count >= MAX_STACK_RESOURCES:
            raise TooLarge(
                f"{stack} would have {count} resources; fewer than "
                f"{MAX_STACK_RESOURCES} are allowed. "
                "Merge units of the pack or give fewer endpoints."
            )


def require_filter_policy_limit(count: int) -> None:
    """Raises TooLarge when a topic would need more filtered subscriptions than it takes."""
    if count > MAX_FILTER_POLICIES:
        raise TooLarge(
            f"The pack and the deployment ask for {count} filtered subscriptions; a topic takes "
            f"{MAX_FILTER_POLICIES}. Merge units of the pack or give fewer endpoints."
        )
