"""Clients of AWS services, made once per process when first needed.

botocore makes them. boto3 adds resources and transfers, of which nothing here uses one, and makes a
cold start longer.
"""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import Any, Final

CONNECT_SECONDS: Final = 1
READ_SECONDS: Final = 3
MAX_CALL_ATTEMPTS: Final = 3
MAX_CALL_BACKOFF_SECONDS: Final = 3
"""The longest pauses between attempts: one second, then two (the SDK's standard mode)."""
MAX_CALL_SECONDS: Final = (
    MAX_CALL_ATTEMPTS * (CONNECT_SECONDS + READ_SECONDS) + MAX_CALL_BACKOFF_SECONDS
)
"""The longest time of one service call. Every function has more, so an unreachable service is an
error that the function can report, and not its own end (`tests/infra/test_times_add_up.py`)."""
CLIENT_SERVICES: Final = (
    "cloudwatch",
    "cognito-idp",
    "dynamodb",
    "kms",
    "s3",
    "secretsmanager",
    "sesv2",
    "sns",
    "sqs",
    "stepfunctions",
)
"""The services of which there are clients, as botocore names them."""
LONG_TIMEOUTS_VARIABLE: Final = "SERVICES_TAKE_LONGER"
"""Variable with the factor for service times: set where functions and services share one small
machine, and for commands of people; never for a function on AWS."""


_one_at_a_time: Final = threading.Lock()
"""A session may not make two clients at once."""


@cache
def aws_session() -> Any:
    """The session of all clients: region, credentials and hooks."""
    from botocore.loaders import Loader  # most of a cold start, so only on use
    from botocore.session import get_session

    class KnownServices(Loader):
        """The models of services. To find one, botocore lists the folders of all services, some
        thousand: a sixth of a first call's work."""

        def list_available_services(self, type_name: str) -> list[str]:
            return list(CLIENT_SERVICES)

    made = get_session()
    made.register_component("data_loader", KnownServices())
    return made


def reset_clients() -> None:
    """Make clients and their session anew, as another process does: for other services."""
    aws_client.cache_clear()
    aws_session.cache_clear()


@cache
def aws_client(service: str) -> Any:
    """The client of one AWS service, with short timeouts and standard retries."""
    from botocore.config import Config

    longer = int(os.environ.get(LONG_TIMEOUTS_VARIABLE, "1"))
    config = Config(
        connect_timeout=longer * CONNECT_SECONDS,
        read_timeout=longer * READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": MAX_CALL_ATTEMPTS},
    )
    with _one_at_a_time:
        return aws_session().create_client(service, config=config)
