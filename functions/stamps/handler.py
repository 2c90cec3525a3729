"""Four times a day: the checkpoints of the log of days that have no time stamp yet get one.

The night signs without waiting for an authority outside. A checkpoint whose authority is silent is
asked for again for a week. The log only grows, so a stamp of a later checkpoint holds for all days
before it, too: the failure is that no later one was stamped either, and then this function ends in
an error, which rings.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from casework.aws.http import response_headers
from casework.aws.services import telemetry, transparency_log_store
from casework.aws.services.settings import StampSettings
from functions.stamps.timestamp_authority import TimestampAuthority, TimestampFailed

STAMP_INTERVAL: Final = timedelta(days=7)


@cache
def settings() -> StampSettings:
    """The settings of this function."""
    return StampSettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


class AuthoritySilent(Exception):
    """The authority has stamped nothing for a week; its alarm is that of a function in error."""

    error_code = "Silent"


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Have the checkpoints of the last week stamped; answers the sizes that were.

    Raises Silent where the oldest checkpoint without a stamp, of itself or of a later one, is more
    than a week old.
    """
    at, bucket = now(), settings().bucket
    signed = transparency_log_store.checkpoint_times(bucket)
    stamped = set(transparency_log_store.stamped_sizes(bucket))
    left = sorted(signed.keys() - stamped, reverse=True)
    wanted = [size for size in left if at - signed[size] <= STAMP_INTERVAL or size == max(signed)]
    authority = TimestampAuthority(settings().authority, settings().certificate)
    sizes = []
    for size in wanted:  # the latest first: it holds for the others, too
        try:
            token = authority.stamp(transparency_log_store.read_signed_note(bucket, size))
        except TimestampFailed as error:
            telemetry.log_failure(
                "checkpoint not stamped", error, count=size, reason=str(error)[:200]
            )
            break
        transparency_log_store.put_object_if_absent(
            bucket,
            transparency_log_store.timestamp_object_key(size),
            token,
            ContentType="application/timestamp-reply",
            CacheControl=response_headers.CACHE_IMMUTABLE,
        )
        sizes.append(size)
    latest = max(stamped | set(sizes), default=0)
    unheard = [signed[size] for size in signed if size > latest]
    if unheard and at - min(unheard) > STAMP_INTERVAL:
        raise AuthoritySilent
    return {"stamped": sizes}
