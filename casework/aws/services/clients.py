"""boto3 clients, made once per process when first needed."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, Final

CONNECT_SECONDS: Final = 1
READ_SECONDS: Final = 3
ATTEMPTS: Final = 3
PAUSES_SECONDS: Final = 3
"""The longest pauses between them: one second, then two (the SDK's standard mode)."""
LONGEST_CALL_SECONDS: Final = ATTEMPTS * (CONNECT_SECONDS + READ_SECONDS) + PAUSES_SECONDS
"""How long one call of a service may take. Every function has more, so that a service out of reach
is an error that it can tell, and not its own end (`tests/infra/test_times_add_up.py`)."""
LONGER: Final = "SERVICES_TAKE_LONGER"
"""Variable with how many times longer services may take: set where functions and services share one
small machine, and never on AWS."""


@cache
def client(service: str) -> Any:
    """The client of one AWS service, with short timeouts and standard retries."""
    import boto3  # importing and building a client is most of a cold start: only on use
    from botocore.config import Config

    longer = int(os.environ.get(LONGER, "1"))
    config = Config(
        connect_timeout=longer * CONNECT_SECONDS,
        read_timeout=longer * READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    make: Any = boto3.client
    return make(service, config=config)
