"""The state machine of one case, from `functions/triage/workflow.asl.json` as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.errors import FolderMissing
from infra.function import CaseworkFunction, log_group
from infra.stage import DeploymentStage

FILE = "functions/triage/workflow.asl.json"
WAIT_ANSWER_ACTIONS = ["states:SendTaskSuccess", "states:SendTaskFailure"]
"""A failure leads a referral back: to another unit, or to people's review."""
SUBSTITUTION_PATTERN = re.compile(r"\$\{(\w+)\}")


def execution_arn_pattern(stage: DeploymentStage, partition: str, region: str, account: str) -> str:
    """Every execution of a stage's state machine, as a resource of a permission."""
    return f"arn:{partition}:states:{region}:{account}:execution:{stage.workflow_name}:*"


def read_workflow_file(root: Path) -> str:
    """The text of the workflow file of a tree; raises FolderMissing."""
    file = root / FILE
    if not file.exists():
        raise FolderMissing(f"{FILE} is missing: there is no workflow to deploy.")
    return file.read_text("utf-8")


def step_substitutions(definition: str) -> frozenset[str]:
    """The functions that a workflow file calls, by its substitutions."""
    return frozenset(SUBSTITUTION_PATTERN.findall(definition))


class CaseStateMachine(Construct):
    """A Standard state machine that may invoke its own steps and nothing else."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: DeploymentStage,
        definition: str,
        steps: Mapping[str, CaseworkFunction],
    ) -> None:
        """`steps` are the functions of `definition`, by the names of its substitutions."""
        super().__init__(scope, name)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            description="May invoke the steps of a case's workflow",
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"],
                resources=[step.function_arn for step in steps.values()],
            )
        )
        self.machine = stepfunctions.StateMachine(
            self,
            "Machine",
            state_machine_name=stage.workflow_name,
            # Inline, not an asset: the template shows what runs. Written compactly, because the
            # service counts its bytes.
            definition_body=stepfunctions.DefinitionBody.from_string(
                json.dumps(json.loads(definition), separators=(",", ":"))
            ),
            definition_substitutions={state: step.function_arn for state, step in steps.items()},
            state_machine_type=stepfunctions.StateMachineType.STANDARD,
            role=role,
            logs=stepfunctions.LogOptions(
                destination=log_group(self, "Log", stage),
                level=stepfunctions.LogLevel.ERROR,
                include_execution_data=False,
            ),
            tracing_enabled=False,
            removal_policy=stage.removal,
        )
        self.arn = self.machine.state_machine_arn
        self.executions = execution_arn_pattern(stage, Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID)

    def let_start(self, function: CaseworkFunction) -> None:
        """Allow starting executions."""
        function.allow(["states:StartExecution"], self.arn)

    def let_answer(self, function: CaseworkFunction) -> None:
        """Allow waking an execution of this machine that waits for people."""
        function.allow(WAIT_ANSWER_ACTIONS, self.arn)

    def let_step_answer(self, state: str, step: CaseworkFunction) -> None:
        """The same for one of its own steps.

        A separate policy: the machine needs the step, and the step must not need the machine.
        """
        answer = iam.PolicyStatement(actions=WAIT_ANSWER_ACTIONS, resources=[self.arn])
        policy = iam.Policy(self, f"{state}Answers", statements=[answer])
        policy.attach_to_role(step.its_role)

    def let_watch(self, function: CaseworkFunction) -> None:
        """Allow seeing which executions run and how they ended."""
        function.allow(["states:ListExecutions"], self.arn)
        function.allow(["states:DescribeExecution"], self.executions)
