"""Whether a request is a trial of a deployer, and not a report."""

from __future__ import annotations

import time
from typing import Final

from casework.aws.http.api import Request
from casework.aws.services import secrets
from casework.credentials import trial_mark
from casework.text.realm import Realm
from functions.intake.deployment import settings

TRIAL_MARK_HEADER: Final = "trial"


def realm_from_request(request: Request) -> Realm:
    """The realm that the request asks for; raises TrialMarkRefused.

    A request without the header costs no read and no computation.
    """
    return trial_mark.realm_from_trial_mark(
        request.headers.get(TRIAL_MARK_HEADER),
        lambda: secrets.read_key(settings().trial_secret),
        path=request.path,
        key=request.headers.get("idempotency-key", ""),
        body=request.body,
        now=int(time.time()),
    )
