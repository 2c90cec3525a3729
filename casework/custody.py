"""Who may learn a reporter's identity: asked with a motive, answered by the pack's rule.

    ask ──holder──────────────▶ released ──▶ opened, as often as needed, until the time is over
     └──custodian──▶ asked ──▶ released
                       └─────▶ refused     stays visible

Once its report is erased a request is `erased`: that it was made stays, what it said does not.
The request and its texts are an item beside the case; each step is an event of the case, which
holds numbers and digests only. What was asked is never changed or taken away.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, StringConstraints

from casework.case import Case, stamp
from casework.change import Change
from casework.decision import entity_tag
from casework.errors import IdentityNotReleased, IllegalMove, NoIdentity
from casework.lifecycle import Move, Status
from casework.pack_entries import Entry, read_one
from casework.staff import StaffMember, holder
from casework.writing import says_something

FILE: Final = "identity.json"
HOLDING: Final = frozenset({Status.AWAITING_AUTHORISATION, Status.ACKNOWLEDGED})
"""Statuses in which a unit has acknowledged the case."""
MOST_REQUESTS: Final = 999


class Rule(StrEnum):
    """Who decides."""

    HOLDER = "holder"
    """The unit that acknowledged the case, by giving its motive."""
    CUSTODIAN = "custodian"


class Release(Entry):
    """`identity.json` of the pack. Without the file every identity needs a custodian."""

    note: str = ""
    release: dict[str, Rule] = Field(default_factory=dict)
    """By how the reporter disclosed."""
    view_seconds: PositiveInt = 3600
    """How long a released identity can be opened."""
    source: str = ""
    confirmed: bool = False

    def rule_for(self, disclosure: str) -> Rule:
        """Who decides about a reporter of this disclosure; raises NoIdentity for an anonymous."""
        if disclosure not in {"identified", "confidential"}:
            raise NoIdentity("This report was sent without a name.")
        return self.release.get(disclosure, Rule.CUSTODIAN)


@cache
def release_of(folder: Path) -> Release:
    """The rule of a pack; raises PackError when the file cannot be read."""
    return read_one(folder, FILE, Release) if (folder / FILE).is_file() else Release()


class Standing(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    RELEASED = "released"
    REFUSED = "refused"
    ERASED = "erased"
    """Its report was erased, and with it all that was said about the reporter here."""


_Text = Annotated[
    str, StringConstraints(min_length=10, max_length=2_000), AfterValidator(says_something)
]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class IdentityWish(_Sent):
    """What `POST …/identity-requests` takes."""

    report: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    """Reference of the report whose reporter must be known."""
    motive: _Text
    """Why the work on the case needs it. Custodians and auditors read it."""


class CustodyDecision(_Sent):
    """What `POST …/identity-requests/{n}/decision` takes."""

    outcome: Literal["release", "refuse"]
    reason: _Text


class IdentityRequest(BaseModel):
    """One request and what became of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    case: str
    number: int
    report: str
    disclosure: str
    rule: Rule
    motive: str
    by: str
    unit: str
    asked_at: str
    standing: Standing
    decided_by: str | None = None
    """Whoever decided; the one who asked, where the rule is `holder`."""
    decided_at: str | None = None
    reason: str | None = None
    until: str | None = None
    """Until when a released identity can be opened."""
    openings: int = 0
    version: int = 1
    key: str = ""
    """What is kept of the Idempotency-Key it was asked under."""
    opened_under: tuple[str, ...] = ()
    """What is kept of the keys it was opened under: a repeat is no further opening."""

    @property
    def etag(self) -> str:
        """The version as an HTTP entity tag."""
        return entity_tag(self.version)


class IdentityRequestView(BaseModel):
    """A request as the unit that asked and custodians see it. It never holds the identity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    number: int
    report: str
    disclosure: str
    rule: Rule
    motive: str
    by: str
    unit: str
    asked_at: str
    standing: Standing
    decided_by: str | None = None
    decided_at: str | None = None
    reason: str | None = None
    until: str | None = None
    openings: int = 0

    @classmethod
    def of(cls, request: IdentityRequest) -> IdentityRequestView:
        """The request without what is kept to recognise repeats."""
        return cls(**{name: getattr(request, name) for name in cls.model_fields})


def asked(
    case: Case,
    at: datetime,
    member: StaffMember,
    wish: IdentityWish,
    *,
    number: int,
    disclosure: str,
    rules: Release,
    key: str,
) -> tuple[Change, IdentityRequest]:
    """A unit asks for an identity; by the pack's rule its motive may be enough.

    Raises IllegalMove before the unit acknowledged the case, NoIdentity for an anonymous report.
    """
    rule = rules.rule_for(disclosure)
    if case.status not in HOLDING or member.unit is None or holder(case) != member.unit:
        raise IllegalMove("Only the unit that acknowledged the case asks for an identity.")
    if number > MOST_REQUESTS:
        raise IllegalMove("The case has too many identity requests.")
    request = IdentityRequest(
        case=case.id,
        number=number,
        report=wish.report,
        disclosure=disclosure,
        rule=rule,
        motive=wish.motive,
        by=member.subject,
        unit=member.unit,
        asked_at=stamp(at),
        standing=Standing.ASKED,
        key=key,
    )
    data: dict[str, Any] = {**_about(request), "motive": _digest(wish.motive), "rule": rule.value}
    if rule is Rule.CUSTODIAN:
        return Change.of(case, Move.IDENTITY_ASKED, at, member.subject, data), request
    until = stamp(at + timedelta(seconds=rules.view_seconds))
    released = request.model_copy(
        update={
            "standing": Standing.RELEASED,
            "decided_by": member.subject,
            "decided_at": stamp(at),
            "until": until,
        }
    )
    data["until"] = until
    return Change.of(case, Move.IDENTITY_RELEASED, at, member.subject, data), released


def decided(
    case: Case,
    at: datetime,
    by: str,
    request: IdentityRequest,
    decision: CustodyDecision,
    rules: Release,
) -> tuple[Change, IdentityRequest]:
    """A custodian releases or refuses, once; raises IllegalMove when it is decided already."""
    if request.standing is Standing.ERASED:
        raise IllegalMove("The report was erased; there is nothing to decide on.")
    if request.standing is not Standing.ASKED:
        raise IllegalMove("The request is decided already.")
    if request.by == by:
        raise IllegalMove("Nobody decides on a request of their own.")
    data: dict[str, Any] = {**_about(request), "reason": _digest(decision.reason)}
    update: dict[str, Any] = {
        "decided_by": by,
        "decided_at": stamp(at),
        "reason": decision.reason,
        "version": request.version + 1,
    }
    if decision.outcome == "refuse":
        update["standing"] = Standing.REFUSED
        change = Change.of(case, Move.IDENTITY_REFUSED, at, by, data)
    else:
        update["standing"] = Standing.RELEASED
        update["until"] = data["until"] = stamp(at + timedelta(seconds=rules.view_seconds))
        change = Change.of(case, Move.IDENTITY_RELEASED, at, by, data)
    return change, request.model_copy(update=update)


def opened(
    case: Case, at: datetime, member: StaffMember, request: IdentityRequest, key: str
) -> tuple[Change | None, IdentityRequest]:
    """The one who asked opens what was released; None when this very opening was recorded before.

    Raises IdentityNotReleased. The event is saved before the box is opened: nobody opens unseen.
    """
    released = request.standing is Standing.RELEASED and request.until is not None
    if not released or request.by != member.subject:
        raise IdentityNotReleased("The identity is not released to you.")
    if holder(case) != request.unit or member.unit != request.unit:
        raise IdentityNotReleased("The case no longer stands with the unit that asked.")
    if stamp(at) >= str(request.until):
        raise IdentityNotReleased("The time of the release is over.")
    if key in request.opened_under:
        return None, request
    data: dict[str, Any] = {**_about(request), "opening": request.openings + 1}
    after = request.model_copy(
        update={
            "openings": request.openings + 1,
            "opened_under": (*request.opened_under[-19:], key),
        }
    )
    return Change.of(case, Move.IDENTITY_OPENED, at, member.subject, data), after


def erased(request: IdentityRequest) -> IdentityRequest:
    """What is left of a request whose report was erased: who asked when, and nothing they said."""
    if request.standing is Standing.ERASED:
        return request
    return request.model_copy(
        update={
            "standing": Standing.ERASED,
            "motive": "",
            "reason": None,
            "until": None,
            "version": request.version + 1,
        }
    )


def _about(request: IdentityRequest) -> dict[str, Any]:
    return {"request": request.number, "report": request.report}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
