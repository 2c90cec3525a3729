"""boto3 clients, made once per process when first needed."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, Final

CONNECT_SECONDS: Final = 1
READ_SECONDS: Final = 3
ATTEMPTS: Final = 3
PAUSES_SECONDS: Final = 3
"""The longest pauses between attempts: one second, then two (the SDK's standard mode)."""
LONGEST_CALL_SECONDS: Final = ATTEMPTS * (CONNECT_SECONDS + READ_SECONDS) + PAUSES_SECONDS
"""The longest time of one service call. Every function has more, so an unreachable service is an
error that the function can report, and not its own end (`tests/infra/test_times_add_up.py`)."""
LONGER: Final = "SERVICES_TAKE_LONGER"
"""Variable with the factor for service times: set where functions and services share one small
machine, and never on AWS."""


@cache
def client(service: str) -> Any:
    """The client of one AWS service, with short timeouts and standard retries."""
    import boto3  # import and first client are most of a cold start, so only on use
    from botocore.config import Config

    longer = int(os.environ.get(LONGER, "1"))
    config = Config(
        connect_timeout=longer * CONNECT_SECONDS,
        read_timeout=longer * READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    make: Any = boto3.client
    return make(service, config=config)
