"""The fields that a deployment for real people requires.

The templates do not need them, so `ALLOW_DEMO=1` lets a trial continue without them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.deployment import Deployment
from infra.errors import NotFilledIn
from infra.stage import Stage


@dataclass(frozen=True)
class Requirement:
    """One required field of the deployment file."""

    name: str
    """The name of the field in the file."""
    why: str
    given: Callable[[Deployment], bool]


REQUIRED = (
    Requirement(
        "operator.name",
        "the authority that runs the service",
        lambda it: it.operator.name is not None,
    ),
    Requirement(
        "operator.contact", "its address for people", lambda it: it.operator.contact is not None
    ),
    Requirement(
        "operator.privacy",
        "the address for questions about personal data",
        lambda it: it.operator.privacy is not None,
    ),
    Requirement(
        "domain",
        "the public name; CloudFront's own name accepts connections of TLS 1.0",
        lambda it: it.domain is not None,
    ),
    Requirement(
        "certificate",
        "the certificate of that name, issued by ACM in us-east-1",
        lambda it: it.certificate is not None,
    ),
    Requirement(
        "alarms.emails or alarms.urls",
        "who hears alarms",
        lambda it: bool(it.alarms.emails or it.alarms.urls),
    ),
)


def missing(deployment: Deployment) -> list[Requirement]:
    """The missing fields, in the order of the table."""
    return [each for each in REQUIRED if not each.given(deployment)]


def check(stage: Stage, *, trial: bool) -> None:
    """Raise NotFilledIn with everything that is missing at once.

    Stages whose data do not outlive them are always trials.
    """
    left_out = [] if trial or not stage.keep else missing(stage.deployment)
    if not left_out:
        return
    lines = [f"  {each.name}: {each.why}" for each in left_out]
    raise NotFilledIn(
        "\n".join(
            [
                f"deployments/{stage.name}.toml leaves out:",
                *lines,
                "Its fields are in the head of infra/deployment.py. ALLOW_DEMO=1 goes on without, "
                "for a trial that no real person reports to.",
            ]
        )
    )
