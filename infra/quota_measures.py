"""How much of each quota the stacks of a stage need, counted in their templates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

StackTemplates = Mapping[str, Mapping[str, Any]]
"""The templates of a stage, by stack."""


CONCURRENT_EXECUTIONS_BY_STAGE: Final = {"dev": 10, "prod": 200}
"""Concurrent executions beside reserved ones. Ten are enough for a trial; 500 requests a second of
150 ms, the stream's readers and the desk need two hundred."""


def resources_of_type(templates: StackTemplates, kind: str) -> Iterator[Mapping[str, Any]]:
    """Properties of all resources of a type."""
    for template in templates.values():
        for each in template["Resources"].values():
            if each["Type"] == kind:
                yield each.get("Properties", {})


def resource_counter(kind: str) -> Callable[[str, StackTemplates], float]:
    """The number of resources of a type."""
    return lambda _stage, templates: sum(1 for _ in resources_of_type(templates, kind))


def no_demand(_stage: str, _templates: StackTemplates) -> float:
    """Nothing, unless the deployment file says so."""
    return 0


def concurrent_executions(stage: str, _templates: StackTemplates) -> float:
    return CONCURRENT_EXECUTIONS_BY_STAGE[stage]


def largest_demand(counts: Iterable[float]) -> float:
    """The largest of some counts; 0 for none."""
    return max(counts, default=0)


def largest_stack(part: str) -> Callable[[str, StackTemplates], float]:
    """Resources or outputs of the largest stack."""
    return lambda _stage, templates: largest_demand(
        len(template.get(part, {})) for template in templates.values()
    )


def distribution_list_measure(part: str) -> Callable[[str, StackTemplates], float]:
    """A list of a distribution's configuration."""
    return lambda _stage, templates: largest_demand(
        len(each["DistributionConfig"].get(part, []))
        for each in resources_of_type(templates, "AWS::CloudFront::Distribution")
    )


def response_header_measure(
    measure: Callable[[Mapping[str, Any]], float],
) -> Callable[[str, StackTemplates], float]:
    """The largest measure of a response-headers policy."""
    return lambda _stage, templates: largest_demand(
        measure(each["ResponseHeadersPolicyConfig"])
        for each in resources_of_type(templates, "AWS::CloudFront::ResponseHeadersPolicy")
    )


def content_security(policy: Mapping[str, Any]) -> float:
    """Characters of the `Content-Security-Policy` header."""
    said = policy.get("SecurityHeadersConfig", {}).get("ContentSecurityPolicy", {})
    return len(str(said.get("ContentSecurityPolicy", "")))


def custom_headers(policy: Mapping[str, Any]) -> float:
    return len(policy.get("CustomHeadersConfig", {}).get("Items", []))


def throttle_measure(setting: str) -> Callable[[str, StackTemplates], float]:
    """Requests that the gateway lets through."""
    return lambda _stage, templates: largest_demand(
        each["DefaultRouteSettings"][setting]
        for each in resources_of_type(templates, "AWS::ApiGatewayV2::Stage")
    )


def filtered_subscriptions(_stage: str, templates: StackTemplates) -> float:
    """Subscriptions with a filter. They are all of one topic."""
    return sum(
        "FilterPolicy" in each for each in resources_of_type(templates, "AWS::SNS::Subscription")
    )


def largest_dashboard_widgets(_stage: str, templates: StackTemplates) -> float:
    """Graphs of the largest dashboard."""
    return largest_demand(
        json.dumps(each["DashboardBody"]).count('\\"width\\":')
        for each in resources_of_type(templates, "AWS::CloudWatch::Dashboard")
    )


def query_log_groups(_stage: str, templates: StackTemplates) -> float:
    return largest_demand(
        len(each["LogGroupNames"])
        for each in resources_of_type(templates, "AWS::Logs::QueryDefinition")
    )
