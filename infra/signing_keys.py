"""Keys that sign: each in KMS alone, and never for encryption."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.stage import DeploymentStage


def signing_key(
    scope: Construct,
    name: str,
    stage: DeploymentStage,
    *,
    signs: str,
    spec: kms.KeySpec = kms.KeySpec.ECC_NIST_P256,
) -> kms.Key:
    """A key for what `signs` names, which a second region can have too."""
    return kms.Key(
        scope,
        name,
        description=f"casework {stage.name}: signs {signs}",
        key_spec=spec,
        key_usage=kms.KeyUsage.SIGN_VERIFY,
        multi_region=True,  # cannot be changed later
        pending_window=Duration.days(30 if stage.keep else 7),
        removal_policy=stage.removal,
    )
