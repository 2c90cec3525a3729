"""What can be wrong before anything is deployed, said in a sentence that names the cure."""

from __future__ import annotations


class CannotSynthesise(Exception):
    """The stage cannot be synthesised as it is; the message says what to change."""


class DeploymentNotValid(CannotSynthesise):
    """The deployment's own file cannot be used."""


class FolderMissing(CannotSynthesise):
    """A folder or file that a function is staged from is not there."""


class LayerNotBuilt(CannotSynthesise):
    """The locked wheels of the layer could not be installed."""


class FindingNotJustified(CannotSynthesise):
    """cdk-nag found something that `infra/nag.py` gives no reason for."""


class TooLarge(CannotSynthesise):
    """A stack or a topic would pass a limit of the service."""


class NotFilledIn(CannotSynthesise):
    """A deployment for real people leaves out what they must be able to rely on."""
