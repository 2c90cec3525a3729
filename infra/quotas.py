"""Service quotas of a new account, and what each stage asks for.

The numbers are those of AWS's documentation, each with its page. Where editions of a page differ,
the smaller number is used. An unconfirmed number is marked: look it up in Service Quotas before you
rely on it. `tools.quotas` counts in the templates what stages ask for; `quotas.json` keeps the
counts and docs/quotas.md shows them. `make doctor` compares them with the account.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

Templates = Mapping[str, Mapping[str, Any]]
"""The templates of a stage, by stack."""
Asked = Mapping[str, Mapping[str, float]]
"""The counts, by stage and quota."""

COUNTED: Final = Path(__file__).with_suffix(".json")
CONCURRENT: Final = {"dev": 10, "prod": 200}
"""Concurrent executions beside reserved ones. Ten are enough for a trial; 500 requests a second of
150 ms, the stream's readers and the desk need two hundred."""
LEFT_UNRESERVED: Final = 100
"""Lambda excludes that many from reservations (10 where an account has no more): "Configuring
reserved concurrency", AWS Lambda Developer Guide."""
SMS_DOLLARS: Final = 1.0
"""What a new account may spend on short messages in a month: "Requesting increases to your monthly
Amazon SNS SMS spending quota", Amazon SNS Developer Guide."""
SANDBOX_MAILS: Final = 200


class Per(StrEnum):
    """The unit for which a quota holds."""

    REGION = "account and Region"
    ACCOUNT = "account"
    ONE = "each"
    """Each API, stack, distribution or topic by itself: the largest counts."""


@dataclass(frozen=True)
class Quota:
    """One quota, as a new account has it."""

    service: str
    what: str
    default: float | None
    """None: the service has no quota."""
    page: str
    """The page of AWS's documentation."""
    asks: Callable[[str, Templates], float]
    """Counts, from the name of a stage and its templates."""
    per: Per = Per.REGION
    confirmed: bool = True
    """Whether the page was seen to say this number."""
    code: tuple[str, str] | None = None
    """The codes of the service and the quota in Service Quotas, where known."""
    increase: str = ""
    """What to ask AWS for, and when."""

    @property
    def id(self) -> str:
        return f"{self.service}: {self.what}"

    @property
    def shared(self) -> bool:
        """Whether stages in one account share it."""
        return self.per is not Per.ONE


def resources(templates: Templates, kind: str) -> Iterator[Mapping[str, Any]]:
    """Properties of all resources of a type."""
    for template in templates.values():
        for each in template["Resources"].values():
            if each["Type"] == kind:
                yield each.get("Properties", {})


def number_of(kind: str) -> Callable[[str, Templates], float]:
    """The number of resources of a type."""
    return lambda _stage, templates: sum(1 for _ in resources(templates, kind))


def none(_stage: str, _templates: Templates) -> float:
    """Nothing, unless the deployment file says so."""
    return 0


def concurrent(stage: str, _templates: Templates) -> float:
    return CONCURRENT[stage]


def _largest(counts: Iterable[float]) -> float:
    return max(counts, default=0)


def largest_stack(part: str) -> Callable[[str, Templates], float]:
    """Resources or outputs of the largest stack."""
    return lambda _stage, templates: _largest(
        len(template.get(part, {})) for template in templates.values()
    )


def of_distribution(part: str) -> Callable[[str, Templates], float]:
    """A list of a distribution's configuration."""
    return lambda _stage, templates: _largest(
        len(each["DistributionConfig"].get(part, []))
        for each in resources(templates, "AWS::CloudFront::Distribution")
    )


def of_headers(measure: Callable[[Mapping[str, Any]], float]) -> Callable[[str, Templates], float]:
    """The largest measure of a response-headers policy."""
    return lambda _stage, templates: _largest(
        measure(each["ResponseHeadersPolicyConfig"])
        for each in resources(templates, "AWS::CloudFront::ResponseHeadersPolicy")
    )


def content_security(policy: Mapping[str, Any]) -> float:
    """Characters of the `Content-Security-Policy` header."""
    said = policy.get("SecurityHeadersConfig", {}).get("ContentSecurityPolicy", {})
    return len(str(said.get("ContentSecurityPolicy", "")))


def custom_headers(policy: Mapping[str, Any]) -> float:
    return len(policy.get("CustomHeadersConfig", {}).get("Items", []))


def throttle(setting: str) -> Callable[[str, Templates], float]:
    """Requests that the gateway lets through."""
    return lambda _stage, templates: _largest(
        each["DefaultRouteSettings"][setting]
        for each in resources(templates, "AWS::ApiGatewayV2::Stage")
    )


def filtered(_stage: str, templates: Templates) -> float:
    """Subscriptions with a filter. They are all of one topic."""
    return sum("FilterPolicy" in each for each in resources(templates, "AWS::SNS::Subscription"))


def widgets(_stage: str, templates: Templates) -> float:
    """Graphs of the largest dashboard."""
    return _largest(
        json.dumps(each["DashboardBody"]).count('\\"width\\":')
        for each in resources(templates, "AWS::CloudWatch::Dashboard")
    )


def groups_of_query(_stage: str, templates: Templates) -> float:
    return _largest(
        len(each["LogGroupNames"]) for each in resources(templates, "AWS::Logs::QueryDefinition")
    )


_CDN: Final = "Quotas, Amazon CloudFront Developer Guide"
_HTTP: Final = "Quotas for configuring and running an HTTP API, API Gateway Developer Guide"
_POOLS: Final = "Quotas in Amazon Cognito, Amazon Cognito Developer Guide"
_STACKS: Final = "Understand CloudFormation quotas, CloudFormation User Guide"
_WATCH: Final = "CloudWatch service quotas, Amazon CloudWatch User Guide"
_LOGS: Final = "CloudWatch Logs quotas, Amazon CloudWatch Logs User Guide"
_CF: Final = "AWS::CloudFront::"
_GATEWAY: Final = "AWS::ApiGatewayV2::"

QUOTAS: Final = (
    Quota(
        "Lambda", "executions at one moment", 10, "Lambda quotas, AWS Lambda Developer Guide",
        concurrent, confirmed=False, code=("lambda", "L-B99A9384"),
        increase="1,000, before prod is deployed. The page says 1,000, and that new accounts have "
        "less without saying how much; owners of such accounts report 10.",
    ),
    Quota("API Gateway", "routes of an API", 300, _HTTP, number_of(f"{_GATEWAY}Route"),
          Per.ONE, code=("apigateway", "L-65B5C802")),
    Quota("API Gateway", "integrations of an API", 300, _HTTP,
          number_of(f"{_GATEWAY}Integration"), Per.ONE),
    Quota("API Gateway", "authorizers of an API", 10, _HTTP,
          number_of(f"{_GATEWAY}Authorizer"), Per.ONE),
    Quota("API Gateway", "requests a second", 2_500, "Amazon API Gateway quotas, API Gateway "
          "Developer Guide", throttle("ThrottlingRateLimit"), code=("apigateway", "L-8A5B8E43")),
    Quota("API Gateway", "requests in a burst", 1_250, "Amazon API Gateway quotas, API Gateway "
          "Developer Guide", throttle("ThrottlingBurstLimit"),
          increase="More requests a second, for dev and prod in one account of a Region where new "
          "accounts have less (Cape Town, Milan, Spain, Zurich and others; elsewhere it is 5,000): "
          "the burst follows that quota. Until then the account's limit holds first."),
    Quota("CloudFront", "response-headers policies", 20, _CDN,
          number_of(f"{_CF}ResponseHeadersPolicy"), Per.ACCOUNT,
          code=("cloudfront", "L-CF0D4FC5")),
    Quota("CloudFront", "cache policies", 20, _CDN, number_of(f"{_CF}CachePolicy"), Per.ACCOUNT),
    Quota("CloudFront", "origin-request policies", 20, _CDN,
          number_of(f"{_CF}OriginRequestPolicy"), Per.ACCOUNT),
    Quota("CloudFront", "functions", 100, _CDN, number_of(f"{_CF}Function"), Per.ACCOUNT),
    Quota("CloudFront", "origin access controls", 100, _CDN,
          number_of(f"{_CF}OriginAccessControl"), Per.ACCOUNT),
    Quota("CloudFront", "distributions", 200, _CDN, number_of(f"{_CF}Distribution"), Per.ACCOUNT),
    Quota("CloudFront", "cache behaviours of a distribution", 25, _CDN,
          of_distribution("CacheBehaviors"), Per.ONE),
    Quota("CloudFront", "origins of a distribution", 25, _CDN, of_distribution("Origins"), Per.ONE),
    Quota("CloudFront", "custom headers of a response-headers policy", 10, _CDN,
          of_headers(custom_headers), Per.ONE),
    Quota("CloudFront", "characters of Content-Security-Policy", 1_783, _CDN,
          of_headers(content_security), Per.ONE, code=("cloudfront", "L-E9944CCE")),
    Quota("SNS", "filter policies of a topic", 200, "Filter policy constraints, Amazon SNS "
          "Developer Guide", filtered, Per.ONE),
    Quota("SNS", "topics", 100_000, "Amazon SNS endpoints and quotas, AWS General Reference",
          number_of("AWS::SNS::Topic"), confirmed=False),
    Quota("SQS", "queues", None, "Amazon SQS quotas, Amazon SQS Developer Guide",
          number_of("AWS::SQS::Queue"), confirmed=False),
    Quota("Cognito", "user pools", 1_000, _POOLS, number_of("AWS::Cognito::UserPool")),
    Quota("Cognito", "clients of a user pool", 1_000, _POOLS,
          number_of("AWS::Cognito::UserPoolClient"), Per.ONE),
    Quota("Cognito", "resource servers of a user pool", 25, _POOLS,
          number_of("AWS::Cognito::UserPoolResourceServer"), Per.ONE),
    Quota("Cognito", "invitations by e-mail in a day", 50, _POOLS, none, Per.ACCOUNT,
          increase="Cannot be increased: invite more than fifty people over several days."),
    Quota("CloudWatch", "alarms", None, _WATCH, number_of("AWS::CloudWatch::Alarm")),
    Quota("CloudWatch", "dashboards", None, _WATCH, number_of("AWS::CloudWatch::Dashboard"),
          Per.ACCOUNT, confirmed=False),
    Quota("CloudWatch", "graphs of a dashboard", 500, _WATCH, widgets, Per.ONE),
    Quota("CloudWatch Logs", "log groups", 5_000, _LOGS, number_of("AWS::Logs::LogGroup")),
    Quota("CloudWatch Logs", "saved queries", 1_000, _LOGS,
          number_of("AWS::Logs::QueryDefinition"), confirmed=False),
    Quota("CloudWatch Logs", "log groups of a query", 50, _LOGS, groups_of_query, Per.ONE,
          confirmed=False),
    Quota("EventBridge", "rules of an event bus", 100, "Amazon EventBridge quotas, Amazon "
          "EventBridge User Guide", number_of("AWS::Events::Rule")),
    Quota("Step Functions", "state machines", 10_000, "Step Functions service quotas, AWS Step "
          "Functions Developer Guide", number_of("AWS::StepFunctions::StateMachine")),
    Quota("CodeDeploy", "applications", 1_000, "CodeDeploy quotas, AWS CodeDeploy User Guide",
          number_of("AWS::CodeDeploy::Application"), confirmed=False),
    Quota("CodeDeploy", "deployment groups of an application", 1_000, "CodeDeploy quotas, AWS "
          "CodeDeploy User Guide", number_of("AWS::CodeDeploy::DeploymentGroup"), Per.ONE,
          confirmed=False),
    Quota("CloudTrail", "trails", 5, "Quotas in AWS CloudTrail, AWS CloudTrail User Guide",
          number_of("AWS::CloudTrail::Trail")),
    Quota("CloudFormation", "resources of a stack", 500, _STACKS, largest_stack("Resources"),
          Per.ONE),
    Quota("CloudFormation", "outputs of a stack", 60, _STACKS, largest_stack("Outputs"), Per.ONE),
    Quota("CloudFormation", "stacks", 200, _STACKS, lambda _stage, templates: len(templates)),
    Quota("IAM", "roles", 1_000, "IAM and AWS STS quotas, IAM User Guide",
          number_of("AWS::IAM::Role"), Per.ACCOUNT, confirmed=False),
    Quota("DynamoDB", "tables", 2_500, "Quotas in Amazon DynamoDB, Amazon DynamoDB Developer Guide",
          number_of("AWS::DynamoDB::Table"), confirmed=False),
    Quota("KMS", "keys", 100_000, "Resource quotas, AWS KMS Developer Guide",
          number_of("AWS::KMS::Key"), confirmed=False),
    Quota("S3", "buckets", 100, "Amazon S3 endpoints and quotas, AWS General Reference",
          number_of("AWS::S3::Bucket"), Per.ACCOUNT, confirmed=False),
    Quota("WAF", "web ACLs", 100, "AWS WAF quotas, AWS WAF Developer Guide",
          number_of("AWS::WAFv2::WebACL"), confirmed=False),
    Quota("SES", "e-mails in a day, to verified addresses alone", SANDBOX_MAILS,
          "Service quotas in Amazon SES, Amazon SES Developer Guide", none,
          increase="Production access, before reporters get notices by e-mail (`sender`)."),
    Quota("SNS", "dollars a month for short messages, to verified telephones alone", SMS_DOLLARS,
          "Requesting increases to your monthly Amazon SNS SMS spending quota, Amazon SNS "
          "Developer Guide", none,
          increase="Leaving the sandbox, and a higher spending quota, before `short_messages`."),
)  # fmt: skip
"""All quotas that the stages use, by service."""


def asked(stage: str, templates: Templates) -> dict[str, float]:
    """What a stage asks for, by quota."""
    return {each.id: each.asks(stage, templates) for each in QUOTAS}


def counted() -> Asked:
    """What the stages of this release ask for, as counted in their templates."""
    found: Asked = json.loads(COUNTED.read_text(encoding="utf-8"))
    return found


def beyond(counts: Asked) -> Iterator[str]:
    """Quotas that are too low in a new account and have no text in `increase`."""
    for each in QUOTAS:
        wanted = [count[each.id] for count in counts.values()]
        most = sum(wanted) if each.shared else _largest(wanted)
        if each.default is not None and most > each.default and not each.increase:
            yield f"{each.id}: {most:g} of {each.default:g}"
