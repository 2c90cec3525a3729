"""The topic of units, supervisors and the duty desk. Its messages hold references and no
content."""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.function import CaseworkFunction
from infra.stage import DeploymentStage


class NotificationTopic(Construct):
    """An encrypted topic that takes messages over TLS only."""

    def __init__(self, scope: Construct, name: str, *, stage: DeploymentStage) -> None:
        super().__init__(scope, name)
        self.key = kms.Key(
            self,
            "Key",
            description=f"casework {stage.name}: notifications in transit",
            enable_key_rotation=True,
            pending_window=Duration.days(7),
            removal_policy=stage.removal,
        )
        self.topic = sns.Topic(self, "Topic", master_key=self.key, enforce_ssl=True)

    def let_publish(self, function: CaseworkFunction) -> None:
        """Allow publishing to this topic, and encrypting for it only."""
        function.allow(["sns:Publish"], self.topic.topic_arn)
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[self.key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"sns.{Aws.REGION}.amazonaws.com"}},
            )
        )
