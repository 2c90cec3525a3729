"""Corrections of CloudFormation provisioners that drop what the template says."""

from __future__ import annotations

from typing import Any

from local.emulator.upstream import dynamodb, expect_attributes, resource_handler


def keep_time_to_live() -> None:
    """Upstream creates a DynamoDB table without its TimeToLiveSpecification.

    PITR and SSE are dropped as well and stay so: the infra tests assert them on the template.
    """
    handler = resource_handler("AWS::DynamoDB::Table")
    expect_attributes(dynamodb, "_ttl_settings")
    upstream = handler["create"]

    def create(
        logical_id: str, properties: dict[str, Any], stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        name, attributes = upstream(logical_id, properties, stack_name)
        if ttl := properties.get("TimeToLiveSpecification"):
            enabled = str(ttl.get("Enabled")).lower() == "true"
            dynamodb._ttl_settings[name] = {
                "TimeToLiveStatus": "ENABLED" if enabled else "DISABLED",
                "AttributeName": ttl.get("AttributeName"),
            }
        return name, attributes

    handler["create"] = create


CORRECTIONS = (keep_time_to_live,)
