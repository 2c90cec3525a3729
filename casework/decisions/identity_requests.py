"""Who may learn a reporter's identity: asked with a motive, answered by the pack's rule.

    ask ──holder──────────────────────▶ released ──▶ opened, each time an event, until it is over
     └──colleague, custodian──▶ asked ──▶ released          └──▶ accepted, or doubted
                                  └─────▶ refused     stays visible

Once its report is erased a request is `erased`: the request stays, without its words. The request
and its texts are an item beside the case; each step is an event of the case, which holds numbers
and digests only. A request is never changed or deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, StringConstraints
from pydantic_core import PydanticCustomError

from casework.case.case import Case, etag_from_version
from casework.case.change import Change
from casework.case.commitment import commit_to_parts, new_salt
from casework.case.danger import DangerKind
from casework.case.history import COMMITMENT_FIELD
from casework.case.lifecycle import Move
from casework.case.rule_types import UnitRelation
from casework.case.times import DeadlineWait, format_timestamp, start_wait
from casework.decisions.permissions import responsible_unit
from casework.decisions.staff import Role, StaffMember
from casework.errors import IdentityNotReleased, IllegalMove, NoIdentity, NotAllowed, TooMany
from casework.pack.entries import PackEntry, read_pack_entry
from casework.text.allowed_text import require_visible_text
from casework.text.realm import realm_from_name

FILE: Final = "identity.json"
MAX_REQUESTS: Final = 50
"""Of one case."""


class ReleaseRule(StrEnum):
    """The person who decides."""

    HOLDER = "holder"
    """The unit that acknowledged the case, by giving its motive."""
    COLLEAGUE = "colleague"
    """A second person: another officer of the unit, a supervisor or a custodian."""
    CUSTODIAN = "custodian"


class ReleaseRules(PackEntry):
    """`identity.json` of the pack. Without the file every identity needs a custodian."""

    note: str = ""
    release: dict[str, ReleaseRule] = Field(default_factory=dict)
    """By how the reporter disclosed."""
    view_seconds: PositiveInt = 900
    """How long a released identity can be opened."""
    source: str = ""
    confirmed: bool = False

    def find_rule(self, disclosure: str) -> ReleaseRule:
        """The rule for a reporter of this disclosure; raises NoIdentity for an anonymous one."""
        if disclosure not in {"identified", "confidential"}:
            raise NoIdentity("This report was sent without a name.")
        return self.release.get(disclosure, ReleaseRule.CUSTODIAN)


@cache
def read_release_rules(folder: Path) -> ReleaseRules:
    """The rule of a pack; raises PackError when the file cannot be read."""
    return (
        read_pack_entry(folder, FILE, ReleaseRules) if (folder / FILE).is_file() else ReleaseRules()
    )


class RequestStanding(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    RELEASED = "released"
    REFUSED = "refused"
    ERASED = "erased"
    """Its report was erased, and with it all that was said about the reporter here."""


MIN_WORDS: Final = 5
"""Least number of words of a motive: with fewer it names no act of the inquiry and no purpose."""

_Text = Annotated[
    str, StringConstraints(min_length=10, max_length=2_000), AfterValidator(require_visible_text)
]


def _is_a_motive(text: str) -> str:
    if len(set(text.split())) < MIN_WORDS:
        raise PydanticCustomError(
            "motive.short", "Say in a sentence for which act the identity is needed, and why."
        )
    return text


_Motive = Annotated[
    str, StringConstraints(min_length=30, max_length=2_000), AfterValidator(_is_a_motive)
]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class IdentityWish(_Sent):
    """The body of `POST …/identity-requests`."""

    report: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    """Reference of the report with the identity."""
    motive: _Motive
    """Why the work on the case needs the identity, in a sentence. The person who decides reads
    it."""


class CustodyDecision(_Sent):
    """The body of `POST …/identity-requests/{n}/decision`."""

    outcome: Literal["release", "refuse"]
    reason: _Text


class IdentityRequestFields(BaseModel):
    """The fields of a request for all its readers."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    case: str
    number: int
    report: str
    disclosure: str
    rule: ReleaseRule
    motive: str
    by: str
    unit: str
    asked_at: str
    standing: RequestStanding
    decided_by: str | None = None
    """The person who decided; with the rule `holder`, the one who asked."""
    decided_at: str | None = None
    reason: str | None = None
    until: str | None = None
    """Until when a released identity can be opened."""
    openings: int = 0


class IdentityRequest(IdentityRequestFields):
    """One request and its outcome."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    version: int = 1
    key: str = ""
    """The digest of the Idempotency-Key of the request."""
    salt: bytes = Field(default_factory=new_salt)

    @property
    def commitment_hex(self) -> str:
        """The commitment that its last event holds."""
        return commit_to_parts(self.salt, self.model_dump(mode="json", exclude={"salt"}))

    @property
    def etag(self) -> str:
        """The version as an HTTP entity tag."""
        return etag_from_version(self.version)


class IdentityRequestView(IdentityRequestFields):
    """A request as the asking unit and the deciding people see it. It never holds the identity."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    etag: str
    """Send it in If-Match to decide on the request, or to open the released identity."""

    @classmethod
    def from_request(cls, request: IdentityRequest) -> IdentityRequestView:
        """The request without the digest that recognises repeats."""
        return cls(**{name: getattr(request, name) for name in cls.model_fields})


class WaitingIdentityRequest(IdentityRequestView, title="WaitingIdentityRequest"):
    """A request that waits, with what presses to decide it and nothing else of its case."""

    danger: DangerKind | None = None
    """How danger in the next hours is known in its case; left out without danger."""
    due: str | None = None
    """By when the oldest request of its case must be decided; left out where the pack names no
    time."""

    @classmethod
    def from_case(cls, request: IdentityRequest, case: Case | None) -> Self:
        """The request with the danger and the deadline of its case, None for an erased one."""
        told = case.danger_source if case else None
        return cls(
            **IdentityRequestView.from_request(request).model_dump(),
            danger=told.kind if told else None,
            due=case.identity.due if case and case.identity else None,
        )


def sort_waiting_requests(
    requests: Iterable[IdentityRequest], cases: Mapping[str, Case]
) -> list[WaitingIdentityRequest]:
    """The requests as those who decide see them, by the cases of their ids: the gravest danger
    first, of equals the one that is due first, then the oldest."""
    waiting = [WaitingIdentityRequest.from_case(each, cases.get(each.case)) for each in requests]
    return sorted(
        waiting,
        key=lambda each: (
            each.danger.rank if each.danger else len(DangerKind),
            each.due is None,
            each.due or "",
            each.asked_at,
        ),
    )


def request_identity(
    case: Case,
    at: datetime,
    member: StaffMember,
    wish: IdentityWish,
    *,
    number: int,
    disclosure: str,
    rules: ReleaseRules,
    key: str,
    seconds: Sequence[int] = (),
) -> tuple[Change, IdentityRequest]:
    """A unit asks for an identity; by the pack's rule its motive may be enough. `seconds` are the
    times for the decision, one per level.

    Raises IllegalMove before the unit acknowledged the case, NoIdentity for an anonymous report.
    """
    rule = rules.find_rule(disclosure)
    taken = case.status.rule.unit is UnitRelation.TAKEN
    if not taken or member.unit is None or responsible_unit(case) != member.unit:
        raise IllegalMove("Only the unit that acknowledged the case asks for an identity.")
    if number > MAX_REQUESTS:
        raise TooMany(f"A case takes at most {MAX_REQUESTS} identity requests.")
    request = IdentityRequest(
        case=case.id,
        number=number,
        report=wish.report,
        disclosure=disclosure,
        rule=rule,
        motive=wish.motive,
        by=member.subject,
        unit=member.unit,
        asked_at=format_timestamp(at),
        standing=RequestStanding.ASKED,
        key=key,
    )
    data: dict[str, Any] = {**_about(request), "rule": rule.value}
    if rule is not ReleaseRule.HOLDER:
        waits = case.identity or (start_wait(at, seconds) if seconds else None)
        asks = Change.from_move(case, Move.IDENTITY_ASKED, at, member.subject, data, identity=waits)
        return asks, request
    until = format_timestamp(at + timedelta(seconds=rules.view_seconds))
    released = request.model_copy(
        update={
            "standing": RequestStanding.RELEASED,
            "decided_by": member.subject,
            "decided_at": format_timestamp(at),
            "until": until,
        }
    )
    data = {**_about(released), "rule": rule.value, "until": until}
    return Change.from_move(case, Move.IDENTITY_RELEASED, at, member.subject, data), released


def may_decide(member: StaffMember, request: IdentityRequest) -> bool:
    """Whether the rule of the request lets the member decide on it."""
    if request.by == member.subject or realm_from_name(request.case) is not member.realm:
        return False
    if request.rule is ReleaseRule.CUSTODIAN:
        return member.role is Role.CUSTODIAN
    return member.role is not Role.OFFICER or member.unit == request.unit


def decide_request(
    case: Case,
    at: datetime,
    member: StaffMember,
    request: IdentityRequest,
    decision: CustodyDecision,
    rules: ReleaseRules,
    *,
    identity: DeadlineWait | None = None,
) -> tuple[Change, IdentityRequest]:
    """A person named by the rule releases or refuses, once; `identity` is the deadline of the
    requests that still wait.

    Raises IllegalMove when it is decided already or the member's own, NotAllowed by the rule.
    """
    by = member.subject
    if request.standing is RequestStanding.ERASED:
        raise IllegalMove("The report was erased; there is nothing to decide on.")
    if request.standing is not RequestStanding.ASKED:
        raise IllegalMove("The request is decided already.")
    if request.by == by:
        raise IllegalMove(
            "You asked for this yourself: another person decides, as the request's `rule` says."
        )
    if not may_decide(member, request):
        raise NotAllowed("By the rule of this request a custodian decides on it.")
    update: dict[str, Any] = {
        "decided_by": by,
        "decided_at": format_timestamp(at),
        "reason": decision.reason,
        "version": request.version + 1,
    }
    if decision.outcome == "refuse":
        move, until = Move.IDENTITY_REFUSED, None
        update["standing"] = RequestStanding.REFUSED
    else:
        move, until = (
            Move.IDENTITY_RELEASED,
            format_timestamp(at + timedelta(seconds=rules.view_seconds)),
        )
        update |= {"standing": RequestStanding.RELEASED, "until": until}
    after = request.model_copy(update=update)
    data = {**_about(after), **({"until": until} if until else {})}
    return Change.from_move(case, move, at, by, data, identity=identity), after


def request_deadline(
    case: Case, requests: Sequence[IdentityRequest], gone: int, seconds: Sequence[int]
) -> DeadlineWait | None:
    """The deadline of the case's requests once the one of a number waits no more: that of the
    oldest one that does."""
    asked_at = {
        each.number: each.asked_at for each in requests if each.standing is RequestStanding.ASKED
    }
    oldest = min(asked_at, key=lambda number: asked_at[number], default=gone)
    left = sorted(at for number, at in asked_at.items() if number != gone)
    if oldest != gone:
        return case.identity
    return start_wait(datetime.fromisoformat(left[0]), seconds) if left and seconds else None


def record_identity_opening(
    case: Case, at: datetime, member: StaffMember, request: IdentityRequest
) -> tuple[Change, IdentityRequest]:
    """The person who asked opens the released identity.

    Raises IdentityNotReleased. The event is saved before the box is opened, so every opening is on
    record. Every answer with an identity has its own event, even the repeat of a request.
    """
    released = request.standing is RequestStanding.RELEASED and request.until is not None
    if not released or request.by != member.subject:
        raise IdentityNotReleased("The identity is not released to you.")
    if responsible_unit(case) != request.unit or member.unit != request.unit:
        raise IdentityNotReleased("The case no longer stands with the unit that asked.")
    if format_timestamp(at) >= str(request.until):
        raise IdentityNotReleased("The time of the release is over.")
    after = request.model_copy(update={"openings": request.openings + 1})
    data = {**_about(after), "opening": after.openings}
    return Change.from_move(case, Move.IDENTITY_OPENED, at, member.subject, data), after


def require_opened_request(request: IdentityRequest, by: str) -> IdentityRequest:
    """The request, if this person opened the identity released to them; raises
    IdentityNotReleased."""
    if request.standing is not RequestStanding.RELEASED or request.by != by or not request.openings:
        raise IdentityNotReleased("Only who opened the identity says whether it is to be believed.")
    return request


def erase_words(request: IdentityRequest) -> IdentityRequest:
    """The rest of a request whose report was erased: author and time, without words."""
    if request.standing is RequestStanding.ERASED:
        return request
    return request.model_copy(
        update={
            "standing": RequestStanding.ERASED,
            "motive": "",
            "reason": None,
            "until": None,
            "salt": b"",
            "version": request.version + 1,
        }
    )


def _about(request: IdentityRequest) -> dict[str, Any]:
    """The data of each event of a request: its number, and the commitment to its state."""
    return {
        "request": request.number,
        "report": request.report,
        COMMITMENT_FIELD: request.commitment_hex,
    }
