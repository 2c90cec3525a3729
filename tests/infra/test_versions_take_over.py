"""A new version of a function behind the gateway takes over in steps and can be rolled back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra import canary
from infra.deployment import DeploymentFile
from infra.function import LIVE_ALIAS
from infra.stage import stage_with_deployment
from tests.infra.assembly import Assembly, flat
from tests.infra.cloudwatch import Alarm

ALIAS, VERSION, GROUP = (
    "AWS::Lambda::Alias",
    "AWS::Lambda::Version",
    "AWS::CodeDeploy::DeploymentGroup",
)
UPDATE = "CodeDeployLambdaAliasUpdate"


def groups(assembly: Assembly) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each function behind the gateway, and the group that moves its alias."""
    known = assembly.resources(GROUP)
    for alias in assembly.resources(ALIAS).values():
        named = alias["UpdatePolicy"][UPDATE]
        group = known[named["DeploymentGroupName"]["Ref"]]["Properties"]
        assert group["ApplicationName"] == named["ApplicationName"]
        yield alias["Properties"]["FunctionName"]["Ref"], group


def alarms_of(assembly: Assembly, group: dict[str, Any]) -> list[Alarm]:
    """The alarms that stop a group; each is one of the templates."""
    known = assembly.resources("AWS::CloudWatch::Alarm")
    assert group["AlarmConfiguration"]["Enabled"] is True
    return [
        Alarm.of(known[each["Name"]["Ref"]]["Properties"], flat)
        for each in group["AlarmConfiguration"]["Alarms"]
    ]


def test_the_gateway_calls_the_newest_version_by_the_alias_of_its_function(
    each_stage: Assembly,
) -> None:
    aliases = each_stage.resources(ALIAS)
    versions = each_stage.resources(VERSION)
    called = [
        each["IntegrationUri"]["Ref"]
        for each in each_stage.properties("AWS::ApiGatewayV2::Integration")
    ]
    assert sorted(called) == sorted(aliases)
    assert len(versions) == len(aliases) == 6
    for alias in (aliases[name]["Properties"] for name in called):
        assert alias["Name"] == LIVE_ALIAS
        version, attribute = alias["FunctionVersion"]["Fn::GetAtt"]
        assert attribute == "Version"
        assert versions[version]["Properties"]["FunctionName"] == alias["FunctionName"]


def test_in_production_a_new_version_gets_a_tenth_first_and_alarms_roll_it_back(
    prod: Assembly,
) -> None:
    found = dict(groups(prod))
    assert len(found) == len(prod.resources(GROUP)) == 6
    for function, group in found.items():
        assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent10Minutes"
        assert group["AutoRollbackConfiguration"] == {
            "Enabled": True,
            "Events": [
                "DEPLOYMENT_FAILURE",
                "DEPLOYMENT_STOP_ON_REQUEST",
                "DEPLOYMENT_STOP_ON_ALARM",
            ],
        }
        assert {each.metric for each in alarms_of(prod, group)} == {"Errors", "5xx"}
        (own,) = [each for each in alarms_of(prod, group) if each.metric == "Errors"]
        assert own.dimensions == {("FunctionName", f"${{{function}}}")}, "of all its versions"


def test_an_alarm_tells_a_failing_first_tenth_before_the_version_gets_all_calls(
    prod: Assembly,
) -> None:
    """The alarm comes in time wherever its periods begin: the first call is the first error."""
    minutes = re.search(r"(\d+)Minutes$", canary.CANARY_CONFIG.deployment_config_name)
    assert minutes is not None
    for _, group in groups(prod):
        for alarm in alarms_of(prod, group):
            failing = [(minute + 0.5, 1.0) for minute in range(int(minutes[1]))]
            for way in alarm.ways():
                at = range(int(minutes[1]))
                assert any(alarm.rings(failing, minute, way) for minute in at), (alarm.name, way)


@pytest.mark.parametrize("stage", ["local", "dev"])
def test_outside_production_a_new_version_gets_all_calls_at_once(
    assembly_of: Callable[[str], Assembly], stage: str
) -> None:
    assembly = assembly_of(stage)
    assert not assembly.resources(GROUP)
    assert not [each for each in assembly.resources(ALIAS).values() if "UpdatePolicy" in each]


def test_an_emergency_deployment_skips_the_first_tenth() -> None:
    """During an alarm no version takes over in steps, not even the one with the cure."""
    assert stage_with_deployment("prod", DeploymentFile()).gradual
    assert not stage_with_deployment("prod", DeploymentFile(gradual=False)).gradual
