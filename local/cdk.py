"""Run the CDK command line with the node and the CDK of this repository.

STAGE=dev python -m local.cdk deploy --all

Around `deploy` it adds two things to the CDK:

- It removes stacks whose first creation failed. The CDK protects a stack from deletion before it
  creates it, so it could not remove a failed stack and try again. Such a stack is empty, because
  its creation was rolled back.
- Where a new pack has new units, it deploys their queues first. The functions that notify them
  follow when the filters of the subscriptions are active everywhere. Until then the earlier
  functions use the earlier pack, so no case goes to a unit that cannot receive it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError

from infra.errors import CannotSynthesise
from infra.stage import EDGE_REGION, DeploymentStage, read_stage
from local.errors import ToolMissing, UserError
from local.places import ROOT
from local.synth import CDK_APP_MODULE, node_executable, synthesis_environment, synthesise_stage

CDK_CLI = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
FAILED_STACK_STATUSES = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"})
"""States of a stack whose creation failed."""
FILTER_PROPAGATION_SECONDS = 15 * 60
"""Seconds until the filter of a subscription is active everywhere (Amazon SNS, "Subscription filter
policies": changes "require up to 15 minutes to fully take effect")."""


def cdk_command(arguments: list[str], app: str | None = None) -> list[str]:
    """The command line that runs the CDK on our app, or on an assembly. Raises ToolMissing."""
    if not CDK_CLI.is_file():
        raise ToolMissing("the CDK command line is not installed; run: make node_modules/.ready")
    ours = f"{sys.executable} -m {CDK_APP_MODULE}"
    return [node_executable(), str(CDK_CLI), "--app", app or ours, "--no-notices", *arguments]


def unprotect_failed_stacks(cloudformation: Any, names: Iterable[str]) -> list[str]:
    """Remove the protection of stacks whose creation failed; returns their names."""
    failed = []
    for name in names:
        try:
            (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            continue
        if stack["StackStatus"] in FAILED_STACK_STATUSES and stack.get(
            "EnableTerminationProtection"
        ):
            cloudformation.update_termination_protection(
                StackName=name, EnableTerminationProtection=False
            )
            failed.append(name)
    return failed


def subscribed_receivers(template: Mapping[str, Any]) -> set[str]:
    """The units and desks that the subscriptions of a template name."""
    return {
        unit
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::SNS::Subscription"
        for unit in resource["Properties"].get("FilterPolicy", {}).get("unit", [])
    }


def undeployed_receivers(cloudformation: Any, name: str, template: Mapping[str, Any]) -> set[str]:
    """Units of a template without a subscription in the deployed stack.

    None where there is no stack yet: no report for them can exist.
    """
    try:
        known = cloudformation.get_template(StackName=name)["TemplateBody"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return set()
    return subscribed_receivers(template) - subscribed_receivers(known)


def _deploy(stage: DeploymentStage, arguments: list[str]) -> int:
    import boto3

    home = boto3.client("cloudformation", region_name=stage.region)
    edge = boto3.client("cloudformation", region_name=EDGE_REGION)
    never = unprotect_failed_stacks(home, [stage.units_name, stage.core_name])
    never += unprotect_failed_stacks(edge, [stage.edge_name] if stage.edge else [])
    if stage.second_region:
        second = boto3.client("cloudformation", region_name=stage.second_region)
        never += unprotect_failed_stacks(second, [stage.second_name])
        never += unprotect_failed_stacks(home, [stage.copies_name])
    for name in never:
        print(f"{name} was not created; it is deleted and created again", file=sys.stderr)
    assembly = synthesise_stage(stage.name, ROOT / "cdk.out")
    units = assembly / f"{stage.units_name}.template.json"
    new = undeployed_receivers(home, stage.units_name, json.loads(units.read_text("utf-8")))
    options = [each for each in arguments[1:] if each != "--all"]
    if new:
        first = _run(["deploy", stage.units_name, "--exclusively", *options], stage, assembly)
        if first != 0:
            return first
        minutes = FILTER_PROPAGATION_SECONDS // 60
        print(
            f"{len(new)} new units get their queues ({', '.join(sorted(new))}); the functions that "
            f"notify them follow in {minutes} minutes, when every filter is active",
            file=sys.stderr,
        )
        time.sleep(FILTER_PROPAGATION_SECONDS)
    return _run(arguments, stage, assembly)


def _run(arguments: list[str], stage: DeploymentStage, assembly: Path) -> int:
    line = cdk_command(arguments, str(assembly))
    return subprocess.run(
        line, cwd=ROOT, env=synthesis_environment(stage.name), check=False
    ).returncode


def main() -> int:
    """The command of `make deploy`; returns the exit code of the CDK."""
    name, arguments = os.environ.get("STAGE", "dev"), sys.argv[1:]
    try:
        if arguments[:1] == ["deploy"]:
            return _deploy(read_stage(name), arguments)
        line = cdk_command(arguments)
    except (UserError, CannotSynthesise) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except (NoCredentialsError, NoRegionError) as missing:
        print(f"{missing}: log in to the account of {name} first; see make doctor", file=sys.stderr)
        return 1
    return subprocess.run(line, cwd=ROOT, env=synthesis_environment(name), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
