"""The mark of a trial: proof that the deployer sent a report as a trial.

    Trial: 1767225600.5f0c…       seconds of the epoch, and a MAC over them and the request

It is signed with the trial secret of the stage, which only intake and the deployer may read. It
binds the path, the Idempotency-Key and every byte of the body, and is valid for minutes. So it
serves one report, which is stored once. On another report, or later, it is refused. Sent again at
once, it repeats that report like any repeated request.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from casework.errors import TrialMarkRefused
from casework.text.realm import Realm

TRIAL_ALARM_METRIC: Final = "TrialAlarms"
"""The metric with which the deployer raises one alarm, to check that alarms are heard."""
TRIAL_MARK_ISSUER: Final = "smoke"
"""The `service` that writes it."""
MARK_TTL_SECONDS: Final = 300
CLOCK_SKEW_SECONDS: Final = 60
"""How far the signer's clock may be ahead of ours."""
TRIAL_TIME_DIGITS: Final = 12
"""The most digits of the seconds."""


def make_trial_mark(secret: bytes, *, path: str, key: str, body: bytes, now: int) -> str:
    """The value of `Trial` for this request. `key` is its Idempotency-Key header, or empty where
    the key is in the body; `now` in seconds of the epoch."""
    parts = (str(now).encode(), path.encode(), key.encode("utf-8", "surrogatepass"), body)
    said = b"".join(hashlib.sha256(part).digest() for part in parts)
    return f"{now}.{hmac.digest(secret, b'trial' + said, hashlib.sha256).hex()}"


def realm_from_trial_mark(
    header_value: str | None,
    secret_of: Callable[[], bytes],
    *,
    path: str,
    key: str,
    body: bytes,
    now: int,
) -> Realm:
    """The realm of a request: people's, unless it carries a mark.

    The secret is read only for a mark of these minutes. Raises TrialMarkRefused for an old mark, or
    one of another request: a report meant as a trial must not count as real.
    """
    if header_value is None:
        return Realm.REAL
    moment = header_value.partition(".")[0]
    if not (moment.isascii() and moment.isdigit() and len(moment) <= TRIAL_TIME_DIGITS):
        raise TrialMarkRefused("This is no mark of a trial.")
    signed_at = int(moment)
    if not now - MARK_TTL_SECONDS <= signed_at <= now + CLOCK_SKEW_SECONDS:
        raise TrialMarkRefused("The mark is not of these minutes.")
    right = make_trial_mark(secret_of(), path=path, key=key, body=body, now=signed_at)
    if not hmac.compare_digest(right.encode(), header_value.encode("utf-8", "surrogatepass")):
        raise TrialMarkRefused("The mark is not of this request.")
    return Realm.TRIAL
