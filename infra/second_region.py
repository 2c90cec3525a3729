"""The parts of a deployment in a second region, if its file names one.

Off by default, because the law decides it: Moroccan law 05-20 keeps sensitive data of entities of
vital importance on the national territory, and a copy elsewhere is a transfer.

There are two stacks. `Second`, in that region, has replicas of the keys and the vault for copies.
`Copies`, at home, has the plan that sends them there, and is deployed last.
"""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.data import KEEP_SEALING_KEY
from infra.stage import DeploymentStage

BACKUP_KEPT_TIME = cdk.Duration.days(34)
"""How long a copy is kept. Erasure is final after 35 days (docs/security.md). A copy starts up to
some hours after its backup, so it is kept a day less."""


class SecondRegion(cdk.Stack):
    """Replicas of the keys that open and verify, and a vault for copies."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: DeploymentStage,
        keys: Mapping[str, kms.Key],
        env: cdk.Environment,
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        """`keys` are multi-Region keys of the first region, by name."""
        super().__init__(
            scope,
            stage.second_name,
            env=env,
            synthesizer=synthesizer,
            cross_region_references=True,
            termination_protection=stage.keep,
            description="e-Iblagh casework: what is kept ready in a second region",
        )
        for name, key in keys.items():
            replica = kms.CfnReplicaKey(
                self,
                name,
                description=f"casework {stage.name}: replica of the key {name.lower()}",
                primary_key_arn=key.key_arn,
                pending_window_in_days=30 if stage.keep else 7,
                key_policy=_kept_by_the_account(self),
            )
            replica.apply_removal_policy(stage.removal)
        self.vault = backup.BackupVault(self, "Vault", removal_policy=stage.removal_of_protected)


class BackupCopies(cdk.Stack):
    """Every night a backup of the table, and a copy of it in the second region."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: DeploymentStage,
        table: dynamodb.ITable,
        second: SecondRegion,
        env: cdk.Environment,
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        super().__init__(
            scope,
            stage.copies_name,
            env=env,
            synthesizer=synthesizer,
            cross_region_references=True,
            termination_protection=stage.keep,
            description="e-Iblagh casework: sends copies of the table to the second region",
        )
        vault = backup.BackupVault(self, "Vault", removal_policy=stage.removal_of_protected)
        plan = backup.BackupPlan(self, "Plan", backup_vault=vault)
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="EveryNight",
                schedule_expression=events.Schedule.cron(minute="0", hour="4"),  # after the seal
                start_window=cdk.Duration.hours(1),
                completion_window=cdk.Duration.hours(12),
                delete_after=BACKUP_KEPT_TIME,
                copy_actions=[
                    backup.BackupPlanCopyActionProps(
                        destination_backup_vault=second.vault, delete_after=BACKUP_KEPT_TIME
                    )
                ],
            )
        )
        plan.add_selection("Table", resources=[backup.BackupResource.from_dynamo_db_table(table)])


def _kept_by_the_account(scope: Construct) -> iam.PolicyDocument:
    """No function opens anything with a replica until a deployment there grants it."""
    root = cdk.Fn.join("", ["arn:", cdk.Aws.PARTITION, ":iam::", cdk.Aws.ACCOUNT_ID, ":root"])
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                sid="KeptByTheAccount",
                actions=KEEP_SEALING_KEY,
                principals=[iam.ArnPrincipal(root)],
                resources=["*"],
            )
        ]
    )
