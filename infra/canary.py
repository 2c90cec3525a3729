"""Gradual deployment of the functions behind the gateway, with rollback on an alarm.

Only in stages for real people. Elsewhere the alias names the new version at once, and no other
service is needed.
"""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.function import CaseworkFunction

CANARY_CONFIG = codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_10_MINUTES
"""A tenth of the calls for ten minutes, then all. The alarms look at periods of five minutes, so
with less than twice that an alarm could come too late."""


class CanaryDeployment(Construct):
    """The versions of some functions, each stopped by its own alarms and by those of all."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        self._application = codedeploy.LambdaApplication(self, "Application")
        self._role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
            description="Moves the alias of a function from one version to another",
        )

    def of(self, function: CaseworkFunction, alarms: Iterable[cloudwatch.IAlarm]) -> None:
        """Deploy versions of a function gradually; any of the alarms restores the version
        before."""
        codedeploy.LambdaDeploymentGroup(
            self,
            "-".join(function.node.path.split("/")[1:]),
            application=self._application,
            alias=function.live,
            role=self._role,
            deployment_config=CANARY_CONFIG,
            alarms=list(alarms),
            auto_rollback=codedeploy.AutoRollbackConfig(
                deployment_in_alarm=True, failed_deployment=True, stopped_deployment=True
            ),
        )
