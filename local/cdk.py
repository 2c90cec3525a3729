"""Run the CDK command line with the node and the CDK of this repository.

STAGE=dev python -m local.cdk deploy --all

Before it deploys, stacks whose first creation failed are let go of. The CDK protects a stack from
being deleted before it makes it, so that it could not take away itself what failed and try again.
Such a stack holds nothing: what it had made was rolled back.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from infra.errors import CannotSynthesise
from infra.stage import EDGE_REGION, Stage, deployed
from local.places import ROOT
from local.synth import CDK_APP, environment, node
from local.trouble import ToolMissing, Trouble

CLI = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"


def command(arguments: list[str]) -> list[str]:
    """The command line that runs the CDK on our app. Raises ToolMissing."""
    if not CLI.is_file():
        raise ToolMissing("the CDK command line is not installed; run: make node_modules/.ready")
    app = f"{sys.executable} -m {CDK_APP}"
    return [node(), str(CLI), "--app", app, "--no-notices", *arguments]


FAILED = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"})
"""States of a stack that was never made."""


def let_go_of_failed(cloudformation: Any, names: Iterable[str]) -> list[str]:
    """Take the protection from stacks whose creation failed; their names."""
    failed = []
    for name in names:
        try:
            (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            continue
        if stack["StackStatus"] in FAILED and stack.get("EnableTerminationProtection"):
            cloudformation.update_termination_protection(
                StackName=name, EnableTerminationProtection=False
            )
            failed.append(name)
    return failed


def _let_go_of(stage: Stage) -> None:
    import boto3

    home, edge = [stage.core_name, stage.units_name], [stage.edge_name] if stage.edge else []
    for region, names in ((stage.region, home), (EDGE_REGION, edge)):
        for name in let_go_of_failed(boto3.client("cloudformation", region_name=region), names):
            print(f"{name} was never made; it is taken away and made again", file=sys.stderr)


def main() -> int:
    """What `make deploy` runs; the exit code of the CDK."""
    name = os.environ.get("STAGE", "dev")
    try:
        line = command(sys.argv[1:])
        if "deploy" in sys.argv[1:2]:
            _let_go_of(deployed(name))
    except (Trouble, CannotSynthesise) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return subprocess.run(line, cwd=ROOT, env=environment(name), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
