"""A stage: its public address, the outputs of its stacks, and its services."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from harness.smoke.outcome import CannotStart
from infra.stage import EDGE_REGION, DeploymentStage
from infra.stage import read_stage as as_deployed
from local.aws import LOCAL_REGION, AwsClients
from local.deploy import read_stack_outputs
from local.places import state_folder
from local.system import LOCAL_STAGE_NAME, find_running_system

REQUIRED_OUTPUTS = (
    "Address",
    "AlarmTopicArn",
    "BrowserClientId",
    "CaseTable",
    "SignIn",
    "TrialAlarm",
    "TrialQueueUrl",
    "TrialSecret",
    "UserPoolId",
    "UserPoolClientId",
    "WorkflowArn",
)
"""The outputs that a run needs."""


@dataclass(frozen=True)
class DeployedStage:
    """A running stage."""

    stage: DeploymentStage
    address: str
    """The public address, without a trailing slash."""
    outputs: Mapping[str, str]
    """The outputs of all its stacks."""
    aws: AwsClients

    @property
    def on_aws(self) -> bool:
        """Whether it runs on AWS, and not on this machine."""
        return self.stage.on_aws


def read_deployed_stage(name: str) -> DeployedStage:
    """The stage of this name, with the credentials of this shell; raises CannotStart.

    The adapters of `casework.aws`, which end trials, use the same stage from then on.
    """
    stage = as_deployed(name)
    found = _here(stage) if name == LOCAL_STAGE_NAME else _on_aws(stage)
    if missing := [each for each in REQUIRED_OUTPUTS if each not in found.outputs]:
        raise CannotStart(
            f"the stacks of stage '{name}' are of an earlier release: they have no output "
            f"{', '.join(missing)}. Deploy first: make deploy STAGE={name}"
        )
    return found


def _here(stage: DeploymentStage) -> DeployedStage:
    system = find_running_system(state_folder())
    os.environ |= {
        "AWS_ENDPOINT_URL": system.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": LOCAL_REGION,
    }
    return DeployedStage(stage, system.origin, dict(system.outputs), system.aws)


def _on_aws(stage: DeploymentStage) -> DeployedStage:
    outputs: dict[str, str] = {}
    places = {stage.core_name: stage.region, stage.units_name: stage.region}
    for stack, region in {**places, stage.edge_name: EDGE_REGION}.items():
        os.environ["AWS_DEFAULT_REGION"] = region or LOCAL_REGION
        said = read_stack_outputs(AwsClients(None), stack)
        if said is None:
            raise CannotStart(
                f"the stack {stack} is not deployed in {region}; deploy it: "
                f"make deploy STAGE={stage.name}"
            )
        outputs |= said
    os.environ["AWS_DEFAULT_REGION"] = stage.region or LOCAL_REGION
    if "PublicUrl" not in outputs:
        raise CannotStart(
            f"the stack {stage.edge_name} has no output PublicUrl; deploy it again: "
            f"make deploy STAGE={stage.name}"
        )
    return DeployedStage(stage, outputs["PublicUrl"].rstrip("/"), outputs, AwsClients(None))
