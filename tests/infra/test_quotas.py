"""No stage needs more than the quotas of a new account, except those the page tells to raise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from infra import quotas
from infra.limits import MAX_FILTER_POLICIES, MAX_STACK_RESOURCES
from infra.quotas import AWS_QUOTAS, count_quota_demand, quotas_to_increase, read_quota_counts
from tests.infra.assembly import Assembly
from tools.generate_docs import render_page_parts
from tools.quotas import QUOTA_STAGES, QUOTAS_PAGE


@pytest.fixture(params=QUOTA_STAGES)
def on_aws(request: pytest.FixtureRequest, assembly_of: Callable[[str], Assembly]) -> Assembly:
    return assembly_of(request.param)


def test_the_counts_match_the_templates(on_aws: Assembly) -> None:
    assert (
        count_quota_demand(on_aws.stage, on_aws.templates) == read_quota_counts()[on_aws.stage]
    ), "run `make docs`"


def test_the_page_is_as_the_counts_are() -> None:
    page = QUOTAS_PAGE.read_text("utf-8")
    assert render_page_parts(page) == page, "run `make docs`"


def test_the_page_asks_for_each_quota_that_a_new_account_lacks() -> None:
    assert list(quotas_to_increase(read_quota_counts())) == []


@pytest.mark.parametrize(
    ("quota", "number", "told"),
    [
        ("CloudFront: response-headers policies", 20, []),  # in a stage of its own
        ("CloudFront: response-headers policies", 21, ["21 of 20"]),
        ("Lambda: executions at one moment", 500, []),  # it is said that more must be asked for
        ("CloudWatch: alarms", 10_000, []),  # there is no quota
    ],
)
def test_a_count_above_the_quota_of_a_new_account_is_found(
    quota: str, number: float, told: list[str]
) -> None:
    nothing = dict.fromkeys((each.id for each in AWS_QUOTAS), 0.0)
    assert [each.partition(": ")[2].partition(": ")[2] for each in quotas_to_increase(
        {"prod": {**nothing, quota: number}}
    )] == told  # fmt: skip


def test_stages_in_one_account_share_the_quotas_of_the_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nothing = dict.fromkeys((each.id for each in AWS_QUOTAS), 0.0)
    eleven = {**nothing, "CloudFront: cache policies": 11.0, "SNS: filter policies of a topic": 150}
    assert list(quotas_to_increase({"dev": eleven, "prod": eleven})) == [
        "CloudFront: cache policies: 22 of 20"
    ]
    without = tuple(replace(each, increase="") for each in AWS_QUOTAS)
    monkeypatch.setattr(quotas, "AWS_QUOTAS", without)
    assert any(each.startswith("Lambda") for each in quotas_to_increase(read_quota_counts()))


def test_every_kind_of_thing_that_has_a_quota_is_counted(on_aws: Assembly) -> None:
    """A type that a template gets anew asks whether the service limits it."""
    counts = read_quota_counts()[on_aws.stage]
    ours = {
        resource["Type"].split("::")[1]
        for template in on_aws.templates.values()
        for resource in template["Resources"].values()
        if resource["Type"].startswith("AWS::")
    }
    named = {"ApiGatewayV2": "API Gateway", "Logs": "CloudWatch Logs", "Events": "EventBridge"}
    named |= {"StepFunctions": "Step Functions", "WAFv2": "WAF"}
    services = {each.service for each in AWS_QUOTAS}
    # GuardDuty takes 25 plans of scanning; there is one for each stage.
    unlimited = {"SecretsManager", "GuardDuty"}
    assert {named.get(each, each) for each in ours} - services <= unlimited
    assert all(number >= 0 for number in counts.values())


def test_the_limits_of_the_synthesis_lie_within_the_quotas() -> None:
    defaults = {each.id: each.default for each in AWS_QUOTAS}
    assert defaults["SNS: filter policies of a topic"] == MAX_FILTER_POLICIES
    assert (defaults["CloudFormation: resources of a stack"] or 0) > MAX_STACK_RESOURCES
