"""Which realm a report or a case is in: people's reports, or trials of a deployment.

Whoever deploys the platform sends reports to see that it works (`make smoke`). Such a trial goes
the whole way, beside people's reports and never among them:

| a trial | because |
|---|---|
| joins no report and names no case of the other realm | identifiers have its key: `key_in` |
| waits in no list of real staff | lists have a realm: `listed` |
| is no case for real staff, nor theirs for its players | people have one: `decisions.staff` |
| is heard by no unit, no desk and no reporter | all of it is announced to `TRIAL`: `heard_by` |
| is counted in no figure | whoever counts leaves its realm out |

The realm is told by the reference, and so by the id of a case, which is made from one. Nothing else
has to be kept or passed on, and no field can be forgotten: whoever has the name of a thing knows
its realm. What machines alone read (the stream, the reconciler, the sweeper, the nightly seals)
takes both realms alike, as this is what is tried.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from typing import Final

TRIAL: Final = "trial"
"""Whom all that is announced of trials is addressed to: a queue that whoever deploys reads. No pack
has a unit of this name."""
SIGN: Final = "TEST"
"""The first four symbols of the reference of a trial, and of no other."""


class Realm(StrEnum):
    """A world of reports, cases and staff that knows nothing of the other one."""

    REAL = "real"
    """What people report, and who works on it."""
    TRIAL = TRIAL
    """What whoever deploys the platform sends to see that it works, and the people they play."""


def realm_of(name: str) -> Realm:
    """The realm of a reference or a case id, in its canonical writing."""
    return Realm.TRIAL if name.removeprefix("C-").startswith(f"{SIGN}-") else Realm.REAL


def listed(realm: Realm, name: str) -> str:
    """The name of a list that people read, in a realm: `review`, or `trial:review`."""
    return name if realm is Realm.REAL else f"{TRIAL}:{name}"


def heard_by(name: str, to: str) -> str:
    """Who hears what is announced of a report or a case to somebody."""
    return to if realm_of(name) is Realm.REAL else TRIAL


def key_in(realm: Realm, key: bytes) -> bytes:
    """The key under which identifiers and clues of a realm stand: what one realm names is found
    from the other by nobody."""
    return key if realm is Realm.REAL else hmac.digest(key, TRIAL.encode(), hashlib.sha256)
