"""The proof for functions of the API that a request came through the edge."""

from __future__ import annotations

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.function import CaseworkFunction
from infra.stage import EDGE_REGION, DeploymentStage


class EdgeSecret:
    """A secret that the edge adds to each request; without an edge there is none.

    The edge is in us-east-1 and finds the replica by its name.
    """

    def __init__(self, scope: Construct, stage: DeploymentStage) -> None:
        self._secret = _secret(scope, stage) if stage.edge else None

    @property
    def arn(self) -> str:
        """For a function's settings; empty where no proof is required."""
        return self._secret.secret_arn if self._secret else ""

    def let_check(self, function: CaseworkFunction) -> None:
        """Allow a function to read the secret that it compares."""
        if self._secret:
            function.allow(["secretsmanager:GetSecretValue"], self._secret.secret_arn)


def _secret(scope: Construct, stage: DeploymentStage) -> secretsmanager.Secret:
    secret = secretsmanager.Secret(
        scope,
        "Origin",
        secret_name=stage.origin_secret_name,
        description=f"casework {stage.name}: proof that a request came through the edge",
        removal_policy=stage.removal,
        generate_secret_string=secretsmanager.SecretStringGenerator(
            exclude_punctuation=True, password_length=64
        ),
    )
    if stage.region != EDGE_REGION:
        secret.add_replica_region(EDGE_REGION)
    return secret
