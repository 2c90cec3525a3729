"""Synthesise a stage: `STAGE=local|dev|prod python -m infra.app`, into `CDK_OUTDIR` or `cdk.out`.

`ALLOW_DEMO=1` synthesises a production stage with an incomplete deployment file, for a trial.

It works offline and without credentials. It raises before any deployment when a stack or the topic
would exceed a limit, and when cdk-nag has an unjustified finding.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import cx_api

from casework.pack import jurisdiction
from infra import limits, nag, readiness
from infra.assets import ROOT, AssetStage, runtime_python
from infra.core import CoreStack
from infra.edge import EdgeDistribution
from infra.errors import CannotSynthesise, FindingNotJustified
from infra.second_region import BackupCopies, SecondRegion
from infra.stage import EDGE_REGION, DeploymentStage, read_stage
from infra.units import UnitSubscriptions

CDK_FEATURE_FLAGS = {
    # Merged statements keep policies readable.
    "@aws-cdk/aws-iam:minimizePolicies": True,
    # New defaults of CDK for keys and buckets, without older allowances.
    "@aws-cdk/aws-kms:reduceCrossAccountRegionPolicyScope": True,
    "@aws-cdk/aws-s3:createDefaultLoggingPolicy": True,
    "@aws-cdk/core:checkSecretUsage": True,
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
    "@aws-cdk/aws-lambda:recognizeVersionProps": True,
}
"""Set here because only the CDK command reads cdk.json: both ways must give one template."""


def build_stacks(
    stage: DeploymentStage, staging: AssetStage, outdir: Path | None = None
) -> cdk.App:
    """The stacks of a stage, not yet synthesised."""
    app = cdk.App(
        outdir=str(outdir) if outdir else None,
        context=CDK_FEATURE_FLAGS,
        analytics_reporting=False,
        tree_metadata=False,
    )
    env = cdk.Environment(account=stage.account, region=stage.region) if stage.on_aws else None
    units = UnitSubscriptions(
        app,
        stage=stage,
        units=jurisdiction.open_pack(stage.pack).units,
        env=env,
        synthesizer=_synthesizer(),
    )
    core = CoreStack(
        app,
        stage=stage,
        staging=staging,
        announcements=units.announcements,
        alarms=units.alarms,
        env=env,
        synthesizer=_synthesizer(),
    )
    # An explicit dependency: no function may publish before its listeners exist.
    core.add_stack_dependency(units)
    stacks: list[cdk.Stack] = [units, core]
    if stage.edge:
        edge = EdgeDistribution(
            app,
            stage=stage,
            api_domain=core.api_domain,
            drop_domain=core.drop_domain,
            seals=core.seals,
            env=cdk.Environment(account=stage.account, region=EDGE_REGION),
            synthesizer=_synthesizer(),
        )
        # The edge names a replica of the core's secret.
        edge.add_stack_dependency(core)
        stacks.append(edge)
    if stage.second_region:
        second = SecondRegion(
            app,
            stage=stage,
            keys=core.keys_elsewhere,
            env=cdk.Environment(account=stage.account, region=stage.second_region),
            synthesizer=_synthesizer(),
        )
        copies = BackupCopies(
            app,
            stage=stage,
            table=core.table,
            second=second,
            env=cdk.Environment(account=stage.account, region=stage.region),
            synthesizer=_synthesizer(),
        )
        stacks += [second, copies]
    for stack in stacks:
        cdk.Tags.of(stack).add("project", "e-iblagh-casework")
        cdk.Tags.of(stack).add("stage", stage.name)
    nag.check_nag_findings(app, stage)
    return app


def write_assembly(
    stage: DeploymentStage, staging: AssetStage, outdir: Path | None = None
) -> cx_api.CloudAssembly:
    """Write the assembly of a stage; raises CannotSynthesise."""
    app = build_stacks(stage, staging, outdir)
    try:
        assembly = app.synth()
    except RuntimeError as error:  # the message is all that passes the language border
        if "ValidationFailed" not in str(error):
            raise
        raise FindingNotJustified(
            f"cdk-nag has findings; repair them, or justify them in infra/nag.py.\n{error}"
        ) from error
    limits.require_resources_within_limit(
        {stack.stack_name: stack.template for stack in assembly.stacks}
    )
    return assembly


def main() -> int:
    """The command of `cdk.json` and `make synth`."""
    name = os.environ.get("STAGE") or cdk.App().node.try_get_context("stage") or "local"
    outdir = os.environ.get("CDK_OUTDIR")
    try:
        stage = read_stage(name)
        readiness.require_readiness(stage, trial=os.environ.get("ALLOW_DEMO") == "1")
        # Locally the emulator runs handlers with this interpreter, so it compiles the bytecode.
        python = runtime_python() if stage.on_aws else sys.executable
        staging = AssetStage(ROOT, ROOT / "build" / "stage", python)
        write_assembly(stage, staging, Path(outdir) if outdir else None)
    except CannotSynthesise as error:
        sys.stderr.write(f"{name} cannot be synthesised: {error}\n")
        return 1
    return 0


def _synthesizer() -> cdk.DefaultStackSynthesizer:
    return cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)


if __name__ == "__main__":
    sys.exit(main())
