"""The realm of a report or a case: people's reports, or trials of a deployment.

The deployer sends trials to check that the platform works (`make smoke`). A trial goes the whole
way beside people's reports and never meets them:

| a trial | because |
|---|---|
| joins no report and names no case of the other realm | identifiers have its key: `realm_key` |
| waits in no list of real staff | lists have a realm: `listed` |
| is hidden from real staff, as real cases are from its own | people have one: `decisions.staff` |
| is announced to no unit, desk or reporter | all announcements go to `TRIAL`: `realm_receiver` |
| is counted in no figure | counting excludes its realm |

The reference names the realm, and so does the id of a case, which is made from a reference. No
other field is stored or passed on, so none can be forgotten. Machines (the stream, the reconciler,
the sweeper, the nightly seals) treat both realms alike, because the trial tests them.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from typing import Final

TRIAL_RECEIVER: Final = "trial"
"""The receiver of all announcements of trials: a queue that the deployer reads. No pack has a unit
of this name."""
TRIAL_PREFIX: Final = "TEST"
"""The first four symbols of every trial reference, and of no other."""


class Realm(StrEnum):
    """A closed world of reports, cases and staff."""

    REAL = "real"
    """People's reports, and the staff who work on them."""
    TRIAL = TRIAL_RECEIVER
    """The deployer's reports, and the staff accounts of the trial."""


def realm_from_name(name: str) -> Realm:
    """The realm of a reference or a case id in canonical form."""
    return Realm.TRIAL if name.removeprefix("C-").startswith(f"{TRIAL_PREFIX}-") else Realm.REAL


def realm_list_name(realm: Realm, name: str) -> str:
    """The name of a list of this realm: `review`, or `trial:review`."""
    return name if realm is Realm.REAL else f"{TRIAL_RECEIVER}:{name}"


def realm_receiver(name: str, to: str) -> str:
    """The receiver of an announcement about a report or a case."""
    return to if realm_from_name(name) is Realm.REAL else TRIAL_RECEIVER


def realm_key(realm: Realm, key: bytes) -> bytes:
    """The key for identifiers and clues of a realm, so that no look-up crosses from one realm to
    the other."""
    return key if realm is Realm.REAL else hmac.digest(key, TRIAL_RECEIVER.encode(), hashlib.sha256)
