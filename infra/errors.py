"""Errors before a deployment. Each message names the cure."""

from __future__ import annotations


class CannotSynthesise(Exception):
    """The stage cannot be synthesised; the message says what to change."""


class DeploymentNotValid(CannotSynthesise):
    """The deployment's own file cannot be used."""


class FolderMissing(CannotSynthesise):
    """A folder or file that functions are staged from does not exist."""


class LayerNotBuilt(CannotSynthesise):
    """The locked wheels of the layer could not be installed."""


class FindingNotJustified(CannotSynthesise):
    """cdk-nag has a finding without a reason in `infra/nag.py`."""


class TooLarge(CannotSynthesise):
    """A stack or a topic would exceed a limit of the service."""


class NotFilledIn(CannotSynthesise):
    """A deployment for real people lacks required fields."""
