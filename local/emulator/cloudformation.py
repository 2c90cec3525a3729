"""Corrections of CloudFormation provisioners that ignore parts of the template."""

from __future__ import annotations

from typing import Any

from local.emulator.upstream import (
    dynamodb,
    provisioners,
    require_upstream_attributes,
    resource_handler,
)


def keep_time_to_live() -> None:
    """Upstream creates a DynamoDB table without its TimeToLiveSpecification.

    PITR and SSE are ignored as well, and stay so: the infra tests check them on the template.
    """
    handler = resource_handler("AWS::DynamoDB::Table")
    require_upstream_attributes(dynamodb, "_ttl_settings")
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


def accept_metric_math_alarms() -> None:
    """Upstream refuses a whole template with an alarm on a metric expression.

    Such alarms are recorded on an unused metric: they exist and never fire. No alarm fires here
    anyway, because the emulator publishes no metrics of its own; the infra tests check alarms on
    the template.
    """
    require_upstream_attributes(provisioners, "_cw_metric_alarm_record")
    upstream = provisioners._cw_metric_alarm_record

    def record(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        if properties.get("Metrics"):
            properties = {
                **{key: value for key, value in properties.items() if key != "Metrics"},
                "MetricName": "expression",
                "Namespace": "recorded-only",
            }
        alarm: dict[str, Any] = upstream(name, properties)
        return alarm

    provisioners._cw_metric_alarm_record = record


CLOUDFORMATION_CORRECTIONS = (keep_time_to_live, accept_metric_math_alarms)
