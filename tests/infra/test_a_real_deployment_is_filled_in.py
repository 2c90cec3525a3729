"""Production is synthesised only if the deployment's file holds every value people rely on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest

from infra import app, readiness
from infra.deployment import Deployment
from infra.edge import Edge
from infra.errors import NotFilledIn
from infra.stage import EDGE_REGION, STAGES, stage_of

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
WHOLE: dict[str, Any] = {
    "domain": "signaler.example.org",
    "certificate": CERTIFICATE,
    "operator": {
        "name": "Authority",
        "contact": "service@example.org",
        "privacy": "privacy@example.org",
    },
    "alarms": {"emails": ["operations@example.org"]},
}


def edge_of(deployment: Deployment) -> dict[str, Any]:
    """The template of the edge that a deployment gets."""
    scope = cdk.App(analytics_reporting=False)
    edge = Edge(
        scope,
        stage=replace(STAGES["prod"], deployment=deployment),
        api_domain="api.example.org",
        env=cdk.Environment(region=EDGE_REGION),
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    template: dict[str, Any] = scope.synth().get_stack_by_name(edge.stack_name).template
    return template


def distribution(deployment: Deployment) -> tuple[dict[str, Any], dict[str, Any]]:
    """The configuration of the distribution, and the stack's outputs."""
    template = edge_of(deployment)
    (found,) = (
        each["Properties"]["DistributionConfig"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::CloudFront::Distribution"
    )
    return found, template["Outputs"]


def test_a_refused_deployment_names_every_missing_value_at_once() -> None:
    with pytest.raises(NotFilledIn) as refused:
        readiness.check(stage_of("prod", Deployment()), trial=False)
    named = [line.strip().partition(":")[0] for line in str(refused.value).splitlines()[1:-1]]
    assert named == [
        "operator.name",
        "operator.contact",
        "operator.privacy",
        "domain",
        "certificate",
        "alarms.emails or alarms.urls",
    ]
    assert "ALLOW_DEMO=1" in str(refused.value)


def test_a_refused_deployment_asks_for_no_value_that_was_given() -> None:
    given = Deployment.model_validate({**WHOLE, "operator": {"name": "Authority"}})
    assert [each.name for each in readiness.missing(given)] == [
        "operator.contact",
        "operator.privacy",
    ]
    by_a_pager = {**WHOLE, "alarms": {"urls": ["https://pager.example.org/hook"]}}
    assert readiness.missing(Deployment.model_validate(by_a_pager)) == []


@pytest.mark.parametrize("name", ["local", "dev"])
def test_a_stage_that_keeps_no_data_may_leave_these_values_out(name: str) -> None:
    readiness.check(stage_of(name, Deployment()), trial=False)


@pytest.mark.parametrize(
    ("given", "allowed", "synthesised"),
    [({}, "0", False), ({}, "1", True), (WHOLE, "", True)],
    ids=["left out", "a trial", "whole"],
)
def test_production_is_synthesised_when_it_is_filled_in_or_for_a_trial(
    given: dict[str, Any],
    allowed: str,
    synthesised: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made: list[str] = []
    stage = stage_of("prod", Deployment.model_validate(given))
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.setenv("ALLOW_DEMO", allowed)
    monkeypatch.setattr(app, "deployed", lambda name: stage)
    monkeypatch.setattr(app, "synthesise", lambda stage, staging, outdir: made.append(stage.name))
    assert app.main() == (0 if synthesised else 1)
    assert made == (["prod"] if synthesised else [])
    assert ("prod.toml leaves out" in capsys.readouterr().err) is not synthesised


def test_the_edge_answers_at_the_domain_of_the_deployment_and_takes_no_old_tls() -> None:
    config, outputs = distribution(Deployment.model_validate(WHOLE))
    assert config["Aliases"] == ["signaler.example.org"]
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": CERTIFICATE,
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    assert outputs["PublicUrl"]["Value"] == "https://signaler.example.org"
    assert "DomainName" in str(outputs["EdgeDomain"]["Value"])


def test_without_a_domain_the_edge_keeps_the_name_it_is_given() -> None:
    config, outputs = distribution(Deployment())
    assert "Aliases" not in config
    assert "ViewerCertificate" not in config
    assert "DomainName" in str(outputs["PublicUrl"]["Value"])


def budgets(deployment: Deployment) -> list[dict[str, Any]]:
    """The budgets of the edge that a deployment gets."""
    return [
        each["Properties"]
        for each in edge_of(deployment)["Resources"].values()
        if each["Type"] == "AWS::Budgets::Budget"
    ]


def test_the_budget_warns_before_a_month_costs_more_than_planned() -> None:
    (budget,) = budgets(Deployment.model_validate({**WHOLE, "monthly_budget": 400}))
    assert budget["Budget"] == {
        "BudgetName": "casework-prod",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": 400, "Unit": "USD"},
    }
    told = {
        (each["Notification"]["NotificationType"], each["Notification"]["Threshold"]): [
            subscriber["Address"] for subscriber in each["Subscribers"]
        ]
        for each in budget["NotificationsWithSubscribers"]
    }
    assert told.keys() == {("FORECASTED", 100), ("ACTUAL", 80), ("ACTUAL", 100)}
    assert list(told.values()) == [["operations@example.org"]] * 3


def test_without_an_amount_there_is_no_budget() -> None:
    assert budgets(Deployment.model_validate(WHOLE)) == []
