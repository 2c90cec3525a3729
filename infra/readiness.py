"""What a deployment for real people may not leave out.

Nothing here is needed to make the templates; so a trial may go on without, with `ALLOW_DEMO=1`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.deployment import Deployment
from infra.errors import NotFilledIn
from infra.stage import Stage


@dataclass(frozen=True)
class Requirement:
    """One thing of the deployment's file."""

    name: str
    """As it is written in the file."""
    why: str
    given: Callable[[Deployment], bool]


REQUIRED = (
    Requirement(
        "operator.name", "who answers for the service", lambda it: it.operator.name is not None
    ),
    Requirement(
        "operator.contact", "where people reach them", lambda it: it.operator.contact is not None
    ),
    Requirement(
        "operator.privacy",
        "who is asked about personal data",
        lambda it: it.operator.privacy is not None,
    ),
    Requirement(
        "domain",
        "the name people know; CloudFront's own takes connections of TLS 1.0",
        lambda it: it.domain is not None,
    ),
    Requirement(
        "certificate",
        "of that name, issued by ACM in us-east-1",
        lambda it: it.certificate is not None,
    ),
    Requirement(
        "alarms.emails or alarms.urls",
        "who hears alarms",
        lambda it: bool(it.alarms.emails or it.alarms.urls),
    ),
)


def missing(deployment: Deployment) -> list[Requirement]:
    """What the file leaves out, in the order of the table."""
    return [each for each in REQUIRED if not each.given(deployment)]


def check(stage: Stage, *, trial: bool) -> None:
    """Raise NotFilledIn with everything that is missing at once.

    Stages whose data do not outlive them are trials in any case.
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
