"""No stage needs more than the quotas of a new account, except those the page tells to raise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from infra import quotas
from infra.limits import FILTER_POLICIES, RESOURCES
from infra.quotas import QUOTAS, asked, beyond, counted
from tests.infra.assembly import Assembly
from tools.drawn import drawn
from tools.quotas import PAGE, STAGES


@pytest.fixture(params=STAGES)
def on_aws(request: pytest.FixtureRequest, assembly_of: Callable[[str], Assembly]) -> Assembly:
    return assembly_of(request.param)


def test_the_counts_match_the_templates(on_aws: Assembly) -> None:
    assert asked(on_aws.stage, on_aws.templates) == counted()[on_aws.stage], "run `make docs`"


def test_the_page_is_as_the_counts_are() -> None:
    page = PAGE.read_text("utf-8")
    assert drawn(page) == page, "run `make docs`"


def test_the_page_asks_for_each_quota_that_a_new_account_lacks() -> None:
    assert list(beyond(counted())) == []


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
    nothing = dict.fromkeys((each.id for each in QUOTAS), 0.0)
    assert [each.partition(": ")[2].partition(": ")[2] for each in beyond(
        {"prod": {**nothing, quota: number}}
    )] == told  # fmt: skip


def test_stages_in_one_account_share_the_quotas_of_the_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nothing = dict.fromkeys((each.id for each in QUOTAS), 0.0)
    eleven = {**nothing, "CloudFront: cache policies": 11.0, "SNS: filter policies of a topic": 150}
    assert list(beyond({"dev": eleven, "prod": eleven})) == ["CloudFront: cache policies: 22 of 20"]
    without = tuple(replace(each, increase="") for each in QUOTAS)
    monkeypatch.setattr(quotas, "QUOTAS", without)
    assert any(each.startswith("Lambda") for each in beyond(counted()))


def test_every_kind_of_thing_that_has_a_quota_is_counted(on_aws: Assembly) -> None:
    """A type that a template gets anew asks whether the service limits it."""
    counts = counted()[on_aws.stage]
    ours = {
        resource["Type"].split("::")[1]
        for template in on_aws.templates.values()
        for resource in template["Resources"].values()
        if resource["Type"].startswith("AWS::")
    }
    named = {"ApiGatewayV2": "API Gateway", "Logs": "CloudWatch Logs", "Events": "EventBridge"}
    named |= {"StepFunctions": "Step Functions", "WAFv2": "WAF"}
    services = {each.service for each in QUOTAS}
    # GuardDuty takes 25 plans of scanning; there is one for each stage.
    unlimited = {"SecretsManager", "GuardDuty"}
    assert {named.get(each, each) for each in ours} - services <= unlimited
    assert all(number >= 0 for number in counts.values())


def test_the_limits_of_the_synthesis_lie_within_the_quotas() -> None:
    defaults = {each.id: each.default for each in QUOTAS}
    assert defaults["SNS: filter policies of a topic"] == FILTER_POLICIES
    assert (defaults["CloudFormation: resources of a stack"] or 0) > RESOURCES
