"""The mark of a trial: proof that a report comes from whoever deploys the platform, and is none.

    Trial: 1767225600.5f0c…       seconds of the epoch, and a MAC over them and what is sent

Signed with the trial secret of the stage, which intake and whoever deploys may read and nobody
else. It binds the path, the Idempotency-Key and every byte of the body, and holds for minutes. So
it is good for one report, which is kept once, and for nothing else: put on another report, or sent
later, it is refused. Sent again at once it repeats that report, as any repeated request does.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from casework.errors import TrialMarkRefused
from casework.text.realm import Realm

ALARMED: Final = "TrialAlarms"
"""The metric by which whoever deploys raises one alarm, to see that it is heard."""
BY: Final = "smoke"
"""Who writes it: its `service`."""
LASTS_SECONDS: Final = 300
AHEAD_SECONDS: Final = 60
"""By how much the clock of who signs may be ahead of ours."""
DIGITS: Final = 12
"""Of the seconds, at most."""


def mark(secret: bytes, *, path: str, key: str, body: bytes, now: int) -> str:
    """What to send in `Trial` with this request. `key` is its Idempotency-Key header, empty where
    the key is in the body; `now` in seconds of the epoch."""
    parts = (str(now).encode(), path.encode(), key.encode("utf-8", "surrogatepass"), body)
    said = b"".join(hashlib.sha256(part).digest() for part in parts)
    return f"{now}.{hmac.digest(secret, b'trial' + said, hashlib.sha256).hex()}"


def realm_of_request(
    given: str | None, secret_of: Callable[[], bytes], *, path: str, key: str, body: bytes, now: int
) -> Realm:
    """The realm that a request asks for: people's, unless it carries a mark.

    The secret is read only for a mark that is of these minutes. Raises TrialMarkRefused for one
    that is old, or of another request: what was meant as a trial must not pass for a report.
    """
    if given is None:
        return Realm.REAL
    moment = given.partition(".")[0]
    if not (moment.isascii() and moment.isdigit() and len(moment) <= DIGITS):
        raise TrialMarkRefused("This is no mark of a trial.")
    signed_at = int(moment)
    if not now - LASTS_SECONDS <= signed_at <= now + AHEAD_SECONDS:
        raise TrialMarkRefused("The mark is not of these minutes.")
    right = mark(secret_of(), path=path, key=key, body=body, now=signed_at)
    if not hmac.compare_digest(right.encode(), given.encode("utf-8", "surrogatepass")):
        raise TrialMarkRefused("The mark is not of this request.")
    return Realm.TRIAL
