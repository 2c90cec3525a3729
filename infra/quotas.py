"""Service quotas of a new account, and what each stage asks for.

The numbers are those of AWS's documentation, each with its page. Where editions of a page differ,
the smaller number is used. An unconfirmed number is marked: look it up in Service Quotas before you
rely on it. `tools.quotas` counts in the templates what stages ask for; `quotas.json` keeps the
counts and docs/quotas.md shows them. `make doctor` compares them with the account.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from infra.quota_measures import (
    StackTemplates,
    concurrent_executions,
    content_security,
    custom_headers,
    distribution_list_measure,
    filtered_subscriptions,
    largest_dashboard_widgets,
    largest_demand,
    largest_stack,
    no_demand,
    query_log_groups,
    resource_counter,
    response_header_measure,
    throttle_measure,
)

QuotaDemand = Mapping[str, Mapping[str, float]]
"""The counts, by stage and quota."""

QUOTA_COUNTS_FILE: Final = Path(__file__).with_suffix(".json")
MIN_UNRESERVED_EXECUTIONS: Final = 100
"""Lambda excludes that many from reservations (10 where an account has no more): "Configuring
reserved concurrency", AWS Lambda Developer Guide."""
SMS_DOLLARS_PER_MONTH: Final = 1.0
"""What a new account may spend on short messages in a month: "Requesting increases to your monthly
Amazon SNS SMS spending quota", Amazon SNS Developer Guide."""
SANDBOX_MAILS_PER_DAY: Final = 200


class QuotaUnit(StrEnum):
    """The unit for which a quota holds."""

    REGION = "account and Region"
    ACCOUNT = "account"
    ONE = "each"
    """Each API, stack, distribution or topic by itself: the largest counts."""


@dataclass(frozen=True)
class AwsQuota:
    """One quota, as a new account has it."""

    service: str
    what: str
    default: float | None
    """None: the service has no quota."""
    page: str
    """The page of AWS's documentation."""
    asks: Callable[[str, StackTemplates], float]
    """Counts, from the name of a stage and its templates."""
    per: QuotaUnit = QuotaUnit.REGION
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
        return self.per is not QuotaUnit.ONE


_CDN: Final = "Quotas, Amazon CloudFront Developer Guide"
_HTTP: Final = "Quotas for configuring and running an HTTP API, API Gateway Developer Guide"
_POOLS: Final = "Quotas in Amazon Cognito, Amazon Cognito Developer Guide"
_STACKS: Final = "Understand CloudFormation quotas, CloudFormation User Guide"
_WATCH: Final = "CloudWatch service quotas, Amazon CloudWatch User Guide"
_LOGS: Final = "CloudWatch Logs quotas, Amazon CloudWatch Logs User Guide"
_CF: Final = "AWS::CloudFront::"
_GATEWAY: Final = "AWS::ApiGatewayV2::"

AWS_QUOTAS: Final = (
    AwsQuota(
        "Lambda",
        "executions at one moment",
        10,
        "Lambda quotas, AWS Lambda Developer Guide",
        concurrent_executions,
        confirmed=False,
        code=("lambda", "L-B99A9384"),
        increase="1,000, before prod is deployed. The page says 1,000, and that new accounts have "
        "less without saying how much; owners of such accounts report 10.",
    ),
    AwsQuota(
        "API Gateway",
        "routes of an API",
        300,
        _HTTP,
        resource_counter(f"{_GATEWAY}Route"),
        QuotaUnit.ONE,
        code=("apigateway", "L-65B5C802"),
    ),
    AwsQuota(
        "API Gateway",
        "integrations of an API",
        300,
        _HTTP,
        resource_counter(f"{_GATEWAY}Integration"),
        QuotaUnit.ONE,
    ),
    AwsQuota(
        "API Gateway",
        "authorizers of an API",
        10,
        _HTTP,
        resource_counter(f"{_GATEWAY}Authorizer"),
        QuotaUnit.ONE,
    ),
    AwsQuota(
        "API Gateway",
        "requests a second",
        2_500,
        "Amazon API Gateway quotas, API Gateway Developer Guide",
        throttle_measure("ThrottlingRateLimit"),
        code=("apigateway", "L-8A5B8E43"),
    ),
    AwsQuota(
        "API Gateway",
        "requests in a burst",
        1_250,
        "Amazon API Gateway quotas, API Gateway Developer Guide",
        throttle_measure("ThrottlingBurstLimit"),
        increase="More requests a second, for dev and prod in one account of a Region where new "
        "accounts have less (Cape Town, Milan, Spain, Zurich and others; elsewhere it is 5,000): "
        "the burst follows that quota. Until then the account's limit holds first.",
    ),
    AwsQuota(
        "CloudFront",
        "response-headers policies",
        20,
        _CDN,
        resource_counter(f"{_CF}ResponseHeadersPolicy"),
        QuotaUnit.ACCOUNT,
        code=("cloudfront", "L-CF0D4FC5"),
    ),
    AwsQuota(
        "CloudFront",
        "cache policies",
        20,
        _CDN,
        resource_counter(f"{_CF}CachePolicy"),
        QuotaUnit.ACCOUNT,
    ),
    AwsQuota(
        "CloudFront",
        "origin-request policies",
        20,
        _CDN,
        resource_counter(f"{_CF}OriginRequestPolicy"),
        QuotaUnit.ACCOUNT,
    ),
    AwsQuota(
        "CloudFront", "functions", 100, _CDN, resource_counter(f"{_CF}Function"), QuotaUnit.ACCOUNT
    ),
    AwsQuota(
        "CloudFront",
        "origin access controls",
        100,
        _CDN,
        resource_counter(f"{_CF}OriginAccessControl"),
        QuotaUnit.ACCOUNT,
    ),
    AwsQuota(
        "CloudFront",
        "distributions",
        200,
        _CDN,
        resource_counter(f"{_CF}Distribution"),
        QuotaUnit.ACCOUNT,
    ),
    AwsQuota(
        "CloudFront",
        "cache behaviours of a distribution",
        25,
        _CDN,
        distribution_list_measure("CacheBehaviors"),
        QuotaUnit.ONE,
    ),
    AwsQuota(
        "CloudFront",
        "origins of a distribution",
        25,
        _CDN,
        distribution_list_measure("Origins"),
        QuotaUnit.ONE,
    ),
    AwsQuota(
        "CloudFront",
        "custom headers of a response-headers policy",
        10,
        _CDN,
        response_header_measure(custom_headers),
        QuotaUnit.ONE,
    ),
    AwsQuota(
        "CloudFront",
        "characters of Content-Security-Policy",
        1_783,
        _CDN,
        response_header_measure(content_security),
        QuotaUnit.ONE,
        code=("cloudfront", "L-E9944CCE"),
    ),
    AwsQuota(
        "SNS",
        "filter policies of a topic",
        200,
        "Filter policy constraints, Amazon SNS Developer Guide",
        filtered_subscriptions,
        QuotaUnit.ONE,
    ),
    AwsQuota(
        "SNS",
        "topics",
        100_000,
        "Amazon SNS endpoints and quotas, AWS General Reference",
        resource_counter("AWS::SNS::Topic"),
        confirmed=False,
    ),
    AwsQuota(
        "SQS",
        "queues",
        None,
        "Amazon SQS quotas, Amazon SQS Developer Guide",
        resource_counter("AWS::SQS::Queue"),
        confirmed=False,
    ),
    AwsQuota("Cognito", "user pools", 1_000, _POOLS, resource_counter("AWS::Cognito::UserPool")),
    AwsQuota(
        "Cognito",
        "clients of a user pool",
        1_000,
        _POOLS,
        resource_counter("AWS::Cognito::UserPoolClient"),
        QuotaUnit.ONE,
    ),
    AwsQuota(
        "Cognito",
        "resource servers of a user pool",
        25,
        _POOLS,
        resource_counter("AWS::Cognito::UserPoolResourceServer"),
        QuotaUnit.ONE,
    ),
    AwsQuota(
        "Cognito",
        "invitations by e-mail in a day",
        50,
        _POOLS,
        no_demand,
        QuotaUnit.ACCOUNT,
        increase="Cannot be increased: invite more than fifty people over several days.",
    ),
    AwsQuota("CloudWatch", "alarms", None, _WATCH, resource_counter("AWS::CloudWatch::Alarm")),
    AwsQuota(
        "CloudWatch",
        "dashboards",
        None,
        _WATCH,
        resource_counter("AWS::CloudWatch::Dashboard"),
        QuotaUnit.ACCOUNT,
        confirmed=False,
    ),
    AwsQuota(
        "CloudWatch", "graphs of a dashboard", 500, _WATCH, largest_dashboard_widgets, QuotaUnit.ONE
    ),
    AwsQuota(
        "CloudWatch Logs", "log groups", 5_000, _LOGS, resource_counter("AWS::Logs::LogGroup")
    ),
    AwsQuota(
        "CloudWatch Logs",
        "saved queries",
        1_000,
        _LOGS,
        resource_counter("AWS::Logs::QueryDefinition"),
        confirmed=False,
    ),
    AwsQuota(
        "CloudWatch Logs",
        "log groups of a query",
        50,
        _LOGS,
        query_log_groups,
        QuotaUnit.ONE,
        confirmed=False,
    ),
    AwsQuota(
        "EventBridge",
        "rules of an event bus",
        100,
        "Amazon EventBridge quotas, Amazon EventBridge User Guide",
        resource_counter("AWS::Events::Rule"),
    ),
    AwsQuota(
        "Step Functions",
        "state machines",
        10_000,
        "Step Functions service quotas, AWS Step Functions Developer Guide",
        resource_counter("AWS::StepFunctions::StateMachine"),
    ),
    AwsQuota(
        "CodeDeploy",
        "applications",
        1_000,
        "CodeDeploy quotas, AWS CodeDeploy User Guide",
        resource_counter("AWS::CodeDeploy::Application"),
        confirmed=False,
    ),
    AwsQuota(
        "CodeDeploy",
        "deployment groups of an application",
        1_000,
        "CodeDeploy quotas, AWS CodeDeploy User Guide",
        resource_counter("AWS::CodeDeploy::DeploymentGroup"),
        QuotaUnit.ONE,
        confirmed=False,
    ),
    AwsQuota(
        "CloudTrail",
        "trails",
        5,
        "Quotas in AWS CloudTrail, AWS CloudTrail User Guide",
        resource_counter("AWS::CloudTrail::Trail"),
    ),
    AwsQuota(
        "CloudFormation",
        "resources of a stack",
        500,
        _STACKS,
        largest_stack("Resources"),
        QuotaUnit.ONE,
    ),
    AwsQuota(
        "CloudFormation", "outputs of a stack", 60, _STACKS, largest_stack("Outputs"), QuotaUnit.ONE
    ),
    AwsQuota("CloudFormation", "stacks", 200, _STACKS, lambda _stage, templates: len(templates)),
    AwsQuota(
        "IAM",
        "roles",
        1_000,
        "IAM and AWS STS quotas, IAM User Guide",
        resource_counter("AWS::IAM::Role"),
        QuotaUnit.ACCOUNT,
        confirmed=False,
    ),
    AwsQuota(
        "DynamoDB",
        "tables",
        2_500,
        "Quotas in Amazon DynamoDB, Amazon DynamoDB Developer Guide",
        resource_counter("AWS::DynamoDB::Table"),
        confirmed=False,
    ),
    AwsQuota(
        "KMS",
        "keys",
        100_000,
        "Resource quotas, AWS KMS Developer Guide",
        resource_counter("AWS::KMS::Key"),
        confirmed=False,
    ),
    AwsQuota(
        "S3",
        "buckets",
        100,
        "Amazon S3 endpoints and quotas, AWS General Reference",
        resource_counter("AWS::S3::Bucket"),
        QuotaUnit.ACCOUNT,
        confirmed=False,
    ),
    AwsQuota(
        "WAF",
        "web ACLs",
        100,
        "AWS WAF quotas, AWS WAF Developer Guide",
        resource_counter("AWS::WAFv2::WebACL"),
        confirmed=False,
    ),
    AwsQuota(
        "SES",
        "e-mails in a day, to verified addresses alone",
        SANDBOX_MAILS_PER_DAY,
        "Service quotas in Amazon SES, Amazon SES Developer Guide",
        no_demand,
        increase="Production access, before reporters get notices by e-mail (`sender`).",
    ),
    AwsQuota(
        "SNS",
        "dollars a month for short messages, to verified telephones alone",
        SMS_DOLLARS_PER_MONTH,
        "Requesting increases to your monthly Amazon SNS SMS spending quota, Amazon SNS "
        "Developer Guide",
        no_demand,
        increase="Leaving the sandbox, and a higher spending quota, before `short_messages`.",
    ),
)
"""All quotas that the stages use, by service."""


def count_quota_demand(stage: str, templates: StackTemplates) -> dict[str, float]:
    """What a stage asks for, by quota."""
    return {each.id: each.asks(stage, templates) for each in AWS_QUOTAS}


def read_quota_counts() -> QuotaDemand:
    """What the stages of this release ask for, as counted in their templates."""
    found: QuotaDemand = json.loads(QUOTA_COUNTS_FILE.read_text(encoding="utf-8"))
    return found


def quotas_to_increase(counts: QuotaDemand) -> Iterator[str]:
    """Quotas that are too low in a new account and have no text in `increase`."""
    for each in AWS_QUOTAS:
        wanted = [count[each.id] for count in counts.values()]
        most = sum(wanted) if each.shared else largest_demand(wanted)
        if each.default is not None and most > each.default and not each.increase:
            yield f"{each.id}: {most:g} of {each.default:g}"
