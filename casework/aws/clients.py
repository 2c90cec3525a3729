"""boto3 clients, made once per process when first needed."""

from __future__ import annotations

from functools import cache
from typing import Any

CONNECT_SECONDS = 2
READ_SECONDS = 5
"""Short, so that a caller hears 503 before its own patience ends."""


@cache
def client(service: str) -> Any:
    """The client of one AWS service, with short timeouts and standard retries."""
    import boto3  # importing and building a client is most of a cold start: only on use
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    make: Any = boto3.client
    return make(service, config=config)
