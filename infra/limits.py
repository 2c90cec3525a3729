"""Limits of AWS, checked here before a deployment can fail halfway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.errors import TooLarge

RESOURCES = 450
"""CloudFormation takes 500 resources in a stack; the rest is reserved for an urgent change."""
FILTER_POLICIES = 200
"""SNS takes 200 subscriptions with a filter policy on a topic."""


def check_resources(templates: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises TooLarge with the name of the stack and its excess."""
    for stack, template in templates.items():
        count = len(template.get("Resources", {}))
        if count >= RESOURCES:
            raise TooLarge(
                f"{stack} would have {count} resources; fewer than {RESOURCES} are allowed. "
                "Merge units of the pack or give fewer endpoints."
            )


def check_filter_policies(count: int) -> None:
    """Raises TooLarge when a topic would need more filtered subscriptions than it takes."""
    if count > FILTER_POLICIES:
        raise TooLarge(
            f"The pack and the deployment ask for {count} filtered subscriptions; a topic takes "
            f"{FILTER_POLICIES}. Merge units of the pack or give fewer endpoints."
        )
