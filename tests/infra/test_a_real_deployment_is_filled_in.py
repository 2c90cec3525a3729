"""Production is synthesised only if the deployment's file holds every value people rely on."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from casework.pack.jurisdiction import JURISDICTIONS_FOLDER, Jurisdiction
from casework.pack.phones import list_required_phones
from infra import app, readiness
from infra.deployment import DeploymentFile
from infra.edge import EdgeDistribution
from infra.errors import NotFilledIn
from infra.stage import EDGE_REGION, STAGES_BY_NAME, stage_with_deployment

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


def edge_of(deployment: DeploymentFile) -> dict[str, Any]:
    """The template of the edge that a deployment gets."""
    scope = cdk.App(analytics_reporting=False)
    edge = EdgeDistribution(
        scope,
        stage=replace(STAGES_BY_NAME["prod"], deployment=deployment),
        api_domain="api.example.org",
        drop_domain="drop.example.org",
        seals="seals",
        env=cdk.Environment(region=EDGE_REGION),
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    template: dict[str, Any] = scope.synth().get_stack_by_name(edge.stack_name).template
    return template


def distribution(deployment: DeploymentFile) -> tuple[dict[str, Any], dict[str, Any]]:
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
        readiness.require_readiness(stage_with_deployment("prod", DeploymentFile()), trial=False)
    lines = str(refused.value).splitlines()
    assert [line.strip().rpartition(":")[0] for line in lines if line.startswith("  ")] == [
        "operator.name",
        "operator.contact",
        "operator.privacy",
        "domain",
        "certificate",
        "alarms.emails or alarms.urls",
        "pack.json: emergency_numbers: police",
        "pack.json: emergency_numbers: gendarmerie",
        "pack.json: emergency_numbers: rescue",
        "notices.json: legal_basis",
        "notices.json: data_protection",
        "phones.json: units",
        "phones.json: control_rooms",
        "phones.json: offices",
        "help.json: services",
    ]
    assert "deployments/prod.toml leaves out:" in lines
    assert "jurisdictions/ma/ does not confirm, or lacks:" in lines
    assert "ALLOW_DEMO=1" in str(refused.value)


def test_a_refused_deployment_asks_for_no_value_that_was_given() -> None:
    given = DeploymentFile.model_validate({**WHOLE, "operator": {"name": "Authority"}})
    assert [each.name for each in readiness.missing_requirements(given)] == [
        "operator.contact",
        "operator.privacy",
    ]
    by_a_pager = {**WHOLE, "alarms": {"urls": ["https://pager.example.org/hook"]}}
    assert readiness.missing_requirements(DeploymentFile.model_validate(by_a_pager)) == []


def enter_phones(folder: Path) -> None:
    """Enter every number that the pack needs, none of them tried."""
    said = {"source": "a test", "date": "2026-11-30", "confirmed": False}
    rows: dict[str, list[dict[str, Any]]] = {"units": [], "control_rooms": [], "offices": []}
    for number, wanted in enumerate(
        list_required_phones(Jurisdiction(JURISDICTIONS_FOLDER / "ma"))
    ):
        part, entry = wanted.entry.split(": ")
        rows[part].append({"id": entry, "number": f"+99 {number:04}", **said})
    (folder / "phones.json").write_text(json.dumps(rows), encoding="utf-8")


def confirmed_copy(folder: Path, *but: str) -> None:
    """A copy of the pack whose entries are all confirmed, except for those of these files."""
    packed = shutil.copytree(JURISDICTIONS_FOLDER / "ma", folder / "ma")
    enter_phones(packed)
    for name in ("pack.json", "notices.json", "help.json", "phones.json"):
        text = (packed / name).read_text(encoding="utf-8")
        if name not in but:
            text = text.replace('"confirmed": false', '"confirmed": true')
        (packed / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("open_", ["", "pack.json", "notices.json", "help.json", "phones.json"])
def test_production_waits_for_each_notice_number_and_helper_to_be_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_: str
) -> None:
    confirmed_copy(tmp_path, open_)
    monkeypatch.setattr(readiness, "open_pack", lambda name: Jurisdiction(tmp_path / name))
    stage = stage_with_deployment("prod", DeploymentFile.model_validate(WHOLE))
    if not open_:
        readiness.require_readiness(stage, trial=False)
        return
    with pytest.raises(NotFilledIn, match=f"  {open_}") as refused:
        readiness.require_readiness(stage, trial=False)
    assert "prod.toml" not in str(refused.value)
    readiness.require_readiness(stage, trial=True)


def test_production_names_each_unit_room_and_office_that_nobody_could_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed_copy(tmp_path)
    file = tmp_path / "ma" / "phones.json"
    rows = json.loads(file.read_text(encoding="utf-8"))
    rows["units"] = [each for each in rows["units"] if each["id"] != "national-desk"]
    rows["control_rooms"][0]["confirmed"] = False
    file.write_text(json.dumps(rows), encoding="utf-8")
    monkeypatch.setattr(readiness, "open_pack", lambda name: Jurisdiction(tmp_path / name))
    with pytest.raises(NotFilledIn) as refused:
        readiness.require_readiness(
            stage_with_deployment("prod", DeploymentFile.model_validate(WHOLE)), trial=False
        )
    lines = [each.strip() for each in str(refused.value).splitlines()]
    assert "phones.json: units: no number answered at any hour for national-desk" in lines
    first = rows["control_rooms"][0]["id"]
    assert f"phones.json: control_rooms: that somebody answers for {first}" in lines
    assert not any(each.startswith("phones.json: offices") for each in lines)


@pytest.mark.parametrize("name", ["local", "dev"])
def test_a_stage_that_keeps_no_data_may_leave_these_values_out(name: str) -> None:
    readiness.require_readiness(stage_with_deployment(name, DeploymentFile()), trial=False)


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
    tmp_path: Path,
) -> None:
    confirmed_copy(tmp_path)
    monkeypatch.setattr(readiness, "open_pack", lambda name: Jurisdiction(tmp_path / name))
    made: list[str] = []
    stage = stage_with_deployment("prod", DeploymentFile.model_validate(given))
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.setenv("ALLOW_DEMO", allowed)
    monkeypatch.setattr(app, "read_stage", lambda name: stage)
    monkeypatch.setattr(
        app, "write_assembly", lambda stage, staging, outdir: made.append(stage.name)
    )
    assert app.main() == (0 if synthesised else 1)
    assert made == (["prod"] if synthesised else [])
    assert ("prod.toml leaves out" in capsys.readouterr().err) is not synthesised


def test_the_edge_answers_at_the_domain_of_the_deployment_and_takes_no_old_tls() -> None:
    config, outputs = distribution(DeploymentFile.model_validate(WHOLE))
    assert config["Aliases"] == ["signaler.example.org"]
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": CERTIFICATE,
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    assert outputs["PublicUrl"]["Value"] == "https://signaler.example.org"
    assert "DomainName" in str(outputs["EdgeDomain"]["Value"])


def test_without_a_domain_the_edge_keeps_the_name_it_is_given() -> None:
    config, outputs = distribution(DeploymentFile())
    assert "Aliases" not in config
    assert "ViewerCertificate" not in config
    assert "DomainName" in str(outputs["PublicUrl"]["Value"])


def budgets(deployment: DeploymentFile) -> list[dict[str, Any]]:
    """The budgets of the edge that a deployment gets."""
    return [
        each["Properties"]
        for each in edge_of(deployment)["Resources"].values()
        if each["Type"] == "AWS::Budgets::Budget"
    ]


def test_the_budget_warns_before_a_month_costs_more_than_planned() -> None:
    (budget,) = budgets(DeploymentFile.model_validate({**WHOLE, "monthly_budget": 400}))
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
    assert budgets(DeploymentFile.model_validate(WHOLE)) == []
