"""A configuration that cannot be deployed is refused at synthesis, with the cure."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from infra import app, deployment, limits, nag
from infra.assets import ROOT, AssetStage
from infra.deployment import DeploymentFile, UnitEndpoints
from infra.errors import (
    CannotSynthesise,
    DeploymentNotValid,
    FindingNotJustified,
    FolderMissing,
    TooLarge,
)
from infra.stage import stage_with_deployment
from infra.units import UnitSubscriptions
from tests.infra.assembly import Assembly
from tests.infra.conftest import CHOSEN, STAGED
from tools import confirm_subscription

pytestmark = pytest.mark.usefixtures("starts_cdk")


def units_of(given: DeploymentFile, units: Sequence[str]) -> dict[str, Any]:
    """The template of a units stack for these units."""
    stage = stage_with_deployment("local", given)
    scope = cdk.App(analytics_reporting=False)
    stack = UnitSubscriptions(
        scope,
        stage=stage,
        units=units,
        env=None,
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    template: dict[str, Any] = scope.synth().get_stack_by_name(stack.stack_name).template
    return template


def test_every_template_passes_cfn_lint(each_stage: Assembly) -> None:
    templates = sorted(str(path) for path in each_stage.folder.glob("*.template.json"))
    # W3005: CDK writes DependsOn beside references on purpose, and it does no harm.
    command = [str(Path(sys.executable).with_name("cfn-lint")), "-i", "W3005", "-t", *templates]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_template_passes_cdk_nag_or_says_why_not(each_stage: Assembly) -> None:
    report = each_stage.folder / "validation-report.json"
    if report.exists():
        plugins = json.loads(report.read_text("utf-8"))["pluginReports"]
        assert [each for each in plugins if each["violations"]] == []


def test_every_acknowledged_finding_is_still_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the table, cdk-nag must complain at each place and of each rule in it."""
    table = nag.ACKNOWLEDGED_FINDINGS
    monkeypatch.setattr(nag, "ACKNOWLEDGED_FINDINGS", ())
    found: set[tuple[str, str]] = set()
    for name in ("local", "prod"):
        # With all that a deployment may ask for.
        asked_for = DeploymentFile(second_region="eu-south-1", timestamps=CHOSEN.timestamps)
        stage = stage_with_deployment(name, asked_for)
        staging = AssetStage(ROOT, STAGED, None)
        folder = tmp_path / name
        with pytest.raises(FindingNotJustified, match=r"infra/nag\.py"):
            app.write_assembly(stage, staging, folder)
        report = json.loads((folder / "validation-report.json").read_text("utf-8"))
        for plugin in report["pluginReports"]:
            for violation in plugin["violations"]:
                for construct in violation["violatingConstructs"]:
                    path = construct["constructPath"].removeprefix(stage.core_name)
                    found.add((path.replace("/", "core/", 1), violation["ruleName"]))
    for entry in table:
        place = entry.place
        for stack in ("edge", "units", "copies", "second"):
            place = place.replace(f"{stack}/", f"-{stack}core/")
        rule = entry.rule.split("[")[0]
        assert [path for path, name in found if path.startswith(place) and name.startswith(rule)], (
            f"nothing is found any more at {entry.place} by {entry.rule}"
        )


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(CannotSynthesise, match="STAGE is one of local, dev, prod"):
        stage_with_deployment("production", DeploymentFile())


def test_more_filtered_subscriptions_than_a_topic_takes_are_refused() -> None:
    with pytest.raises(TooLarge, match="ask for 204 filtered subscriptions; a topic takes 200"):
        units_of(DeploymentFile(), [f"pj-{number:03d}" for number in range(201)])


def test_a_stack_with_more_resources_than_it_may_have_is_refused() -> None:
    resources = {
        f"R{number}": {"Type": "AWS::SQS::Queue"} for number in range(limits.MAX_STACK_RESOURCES)
    }
    with pytest.raises(TooLarge, match="Casework-x-units would have 475 resources"):
        limits.require_resources_within_limit({"Casework-x-units": {"Resources": resources}})


def test_endpoints_of_a_unit_the_pack_does_not_have_are_refused() -> None:
    given = DeploymentFile(units={"pj-nowhere": UnitEndpoints(emails=("duty@example.org",))})
    with pytest.raises(DeploymentNotValid, match="pj-nowhere"):
        units_of(given, ["pj-01"])


def test_no_real_unit_is_told_of_trials(each_stage: Assembly) -> None:
    """Their queue has no endpoint beside it, and a deployment can give it none."""
    given = DeploymentFile(units={"trial": UnitEndpoints(emails=("duty@example.org",))})
    with pytest.raises(DeploymentNotValid, match="trial"):
        units_of(given, ["pj-01"])
    heard = [each.get("FilterPolicy") for each in each_stage.properties("AWS::SNS::Subscription")]
    assert heard.count({"unit": ["trial"]}) == 1


def test_a_deployment_may_add_endpoints_beside_a_queue() -> None:
    ends = UnitEndpoints(emails=("duty@example.org",), urls=("https://unit.example.org/cases",))
    template = json.dumps(units_of(DeploymentFile(units={"pj-01": ends, "duty": ends}), ["pj-01"]))
    assert "witnesses" not in template, "nobody was named"
    assert template.count('"Protocol": "email"') == 2
    assert template.count('"Protocol": "https"') == 2
    # Of the unit, the duty desk, the supervisors and of trials.
    assert template.count('"Protocol": "sqs"') == 4
    assert template.count('"RawMessageDelivery": true') == 4


def test_a_unit_may_use_no_queue() -> None:
    deployment = DeploymentFile(
        units={"pj-01": UnitEndpoints(reads_queue=False), "pj-02": UnitEndpoints()}
    )
    assert deployment.without_queue == ["pj-01"]


def test_outside_witnesses_get_the_sealed_days_and_have_no_queue_here() -> None:
    ends = UnitEndpoints(emails=("greffe@court.example",), urls=("https://court.example/seals",))
    template: dict[str, Any] = units_of(DeploymentFile(units={"witnesses": ends}), ["pj-01"])
    found = [
        each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::SNS::Subscription"
        and each["Properties"]["FilterPolicy"] == {"unit": ["witnesses"]}
    ]
    assert [(each["Protocol"], each["Endpoint"]) for each in found] == [
        ("email", "greffe@court.example"),
        ("https", "https://court.example/seals"),
    ]
    queues = [each for each in template["Resources"].values() if each["Type"] == "AWS::SQS::Queue"]
    names = {each["Properties"].get("QueueName") for each in queues}
    assert names == {"local-unit-pj-01", "local-duty", "local-supervision", "local-trial", None}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("region = 3", "region"),
        ("regoin = 'eu-west-3'", "regoin"),
        ("[units.pj-01]\nurls = ['http://unit.example.org']", "units.pj-01.urls.0"),
        ("[alarms]\nemails = ['nobody']", "alarms.emails.0"),
        ("work_floor = 400001", "work_floor"),
        ("domain = 'https://signaler.example.org'", "domain"),
        ("domain = 'signaler.example.org'", "domain and certificate come together"),
        ("monthly_budget = 400", "monthly_budget is told to alarms.emails"),
        ("certificate = 'arn:aws:acm:eu-west-3:123456789012:certificate/1'", "certificate"),
        ("region = ", "not TOML"),
    ],
)
def test_a_deployment_file_with_a_mistake_is_refused_naming_it(
    tmp_path: Path, text: str, named: str
) -> None:
    path = tmp_path / "prod.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(DeploymentNotValid, match=named):
        deployment.read_deployment(path)


def test_a_deployment_says_where_cases_are_kept_and_the_laptop_does_not(tmp_path: Path) -> None:
    path = tmp_path / "prod.toml"
    path.write_text("region = 'eu-south-1'\naccount = '123456789012'\n", "utf-8")
    given = deployment.read_deployment(path)
    assert stage_with_deployment("prod", given).region == "eu-south-1"
    assert stage_with_deployment("local", given).region is None


def test_a_missing_workflow_file_stops_the_synthesis(tmp_path: Path) -> None:
    for part in (
        "casework",
        "jurisdictions/ma",
        "languages",
        *(f"functions/{p}" for p in ("public_keys", "intake", "triage", "notify", "desk")),
    ):
        (tmp_path / part).mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "openapi.json").write_text("{}", encoding="utf-8")
    staging = AssetStage(tmp_path, tmp_path / "build", None)
    with pytest.raises(FolderMissing, match=r"workflow\.asl\.json is missing"):
        app.build_stacks(
            stage_with_deployment("local", DeploymentFile()), staging, tmp_path / "out"
        )


def test_a_subscription_that_one_click_can_remove_is_found() -> None:
    confirmed = {"Protocol": "email", "SubscriptionArn": "arn:1"}
    given = [
        {**confirmed, "ConfirmationWasAuthenticated": "true"},
        {**confirmed, "SubscriptionArn": "arn:2", "ConfirmationWasAuthenticated": "false"},
        {**confirmed, "SubscriptionArn": "arn:3", "PendingConfirmation": "true"},
        {"Protocol": "sqs", "SubscriptionArn": "arn:4"},
    ]
    assert confirm_subscription.removable(given) == ["arn:2"]


def test_a_subscription_is_confirmed_so_that_unsubscribing_takes_a_signature() -> None:
    class Topic:
        asked: dict[str, str]

        def confirm_subscription(self, **asked: str) -> dict[str, str]:
            self.asked = asked
            return {"SubscriptionArn": "arn:aws:sns:eu-west-3:123456789012:t:1"}

    sns = Topic()
    link = "https://sns.eu-west-3.amazonaws.com/?Action=ConfirmSubscription&Token=2336"
    assert confirm_subscription.confirm(sns, "arn:topic", link).endswith(":1")
    assert sns.asked == {
        "TopicArn": "arn:topic",
        "Token": "2336",
        "AuthenticateOnUnsubscribe": "true",
    }
