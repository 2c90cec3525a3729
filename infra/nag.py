"""cdk-nag's AwsSolutions rules, and why we live with what they find."""

from __future__ import annotations

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks


def check(app: cdk.App) -> None:
    """Check the app when it is synthesised; an unjustified finding fails the synthesis."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
