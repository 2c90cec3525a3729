"""Whether a request is a trial of a deployer, and not a report."""

from __future__ import annotations

import time
from typing import Final

from casework.aws.http.http import Request
from casework.aws.services import secrets
from casework.credentials import trial
from casework.text.realm import Realm
from functions.intake.deployment import settings

HEADER: Final = "trial"


def realm_of(request: Request) -> Realm:
    """The realm that the request asks for; raises TrialMarkRefused.

    A request without the header costs no read and no computation.
    """
    return trial.realm_of_request(
        request.headers.get(HEADER),
        lambda: secrets.key(settings().trial_secret),
        path=request.path,
        key=request.headers.get("idempotency-key", ""),
        body=request.body,
        now=int(time.time()),
    )
