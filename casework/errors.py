"""Every refusal of the domain, as one tree.

    Refusal
    ├── NotValid                    what was sent cannot be read or is not acceptable
    │   ├── BodyTooLarge            more bytes than a report may have
    │   ├── NotJson                 not one strict JSON document
    │   ├── UnsupportedEncoding     compressed or not JSON by its own declaration
    │   └── ParameterUnknown        a query parameter that the call does not have
    ├── KeyMissing                  a write without a usable Idempotency-Key
    ├── KeyConflict                 the Idempotency-Key was used with another body
    ├── Erased                      the report this key or receipt opens was erased
    ├── ReceiptMissing              follow-up without a receipt
    ├── ReceiptNotRecognised        unknown reference or wrong secret: one answer for both
    ├── NotSignedIn                 no usable access token of a staff member
    ├── SessionOver                 no session of a browser, or one that has ended
    ├── SignInClosed                the deployment has not told the address to sign in at
    ├── FromAnotherSite             a page of another site made the browser send this
    ├── NotAllowed                  a staff member whose role does not include the call
    ├── CaseNotFound                no such case, or another unit's
    ├── RouteNotFound               no such address
    ├── MethodNotAllowed            the address exists, the method does not
    ├── PreconditionMissing         a desk write without If-Match
    ├── IfMatchUnreadable           an If-Match that is not one ETag
    ├── CaseChanged                 somebody decided first; carries the case as it is now
    ├── IllegalMove                 the lifecycle has no such move from here
    │   ├── AuthorisationAwaited    nothing has opened the gate: the prosecutor authorises first
    │   ├── SecondLookOwed          the pack wants another person to decide this
    │   ├── HeldByAnother           a colleague has taken the item for a while
    │   ├── ReportsUnseen           reports came into the case that its end does not name
    │   ├── NewsUnseen              something came that the decision must know of
    │   ├── HeldLongEnough          one person had the item for as long as one may: others first
    │   ├── OtherCaseUnfit          the other case cannot take this one
    │   └── NoTransfer              nobody tells of any payment
    ├── SuspectNotFound             the case has no suspect of this number
    ├── FreezeNotFound              the case has no freeze of this number
    ├── EntryNotFound               the history has no such entry about this
    ├── TooMany                     as many of these are kept as may be
    │   └── TooManyAdditions        a report takes no more additions
    ├── NoIdentity                  the report has no sealed identity
    ├── IdentityNotReleased         not released, not to this person, or no longer
    ├── RequestNotFound             the case has no identity request of this number
    ├── BoxNotOpened                a sealed box is not of its report and field
    ├── NotThroughTheEdge           the call did not come through the public address
    ├── TrialMarkRefused            a mark of a trial that is old, or of another request
    ├── WorkWanted                  very many reports arrive: a short calculation is asked for
    └── Busy                        a service behind us is throttled or down; try again

An edge turns each of these into a problem document by the table in `casework.aws.http.http`.
The message of a refusal is shown to callers: it never repeats what they sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing wrong with what was sent.

    `pointer` is a JSON pointer fragment (RFC 6901, e.g. `#/money_lost/amount`), `code` a stable
    word for programs, `detail` a sentence for people. None of them repeats the value.
    """

    pointer: str
    code: str
    detail: str


class Refusal(Exception):
    """The domain says no. `str(refusal)` is safe to show to the caller."""

    def __init__(self, detail: str = "", *, findings: Sequence[Finding] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.findings = tuple(findings)


class NotValid(Refusal):
    """What was sent cannot be accepted; `errors` say which field and why."""


class BodyTooLarge(NotValid):
    """More bytes than a request may have."""


class NotJson(NotValid):
    """Not one strict JSON document in UTF-8."""


class UnsupportedEncoding(NotValid):
    """The body declares a content type or encoding that is not taken."""


class ParameterUnknown(NotValid):
    """A query parameter that the call does not have; `detail` lists those that it has."""


class KeyMissing(Refusal):
    """A write without an Idempotency-Key that is a UUID."""


class KeyConflict(Refusal):
    """The Idempotency-Key was already used with another body."""


class Erased(Refusal):
    """What this key or receipt opens was erased and stays erased."""


class ReceiptMissing(Refusal):
    """Follow-up needs `Authorization: Receipt <secret>`."""


class ReceiptNotRecognised(Refusal):
    """Unknown reference or wrong secret; callers cannot tell which."""


class NotSignedIn(Refusal):
    """No usable access token of an active staff member."""


class SessionOver(Refusal):
    """There is no session in this browser, or none any more: the person signs in again."""


class SignInClosed(Refusal):
    """The deployment has not told the address that people sign in at."""


class FromAnotherSite(Refusal):
    """A page of another site made the browser send this."""


class NotAllowed(Refusal):
    """The staff member's role does not include this call."""


class CaseNotFound(Refusal):
    """No such case for this caller; another unit's case answers the same."""


class RouteNotFound(Refusal):
    """No operation has this address."""


class MethodNotAllowed(Refusal):
    """The address exists but not with this method; `allowed` names those it takes."""

    allowed: str = ""


class PreconditionMissing(Refusal):
    """A desk write needs If-Match with the ETag of the case, or of the identity request."""


class IfMatchUnreadable(Refusal):
    """If-Match is there and is not one ETag in its quotes; `detail` says what it is instead."""


class CaseChanged(Refusal):
    """Somebody decided first. `current` is the case as it is now, for the caller to look at."""

    def __init__(self, detail: str = "", *, current: Any = None, etag: str = "") -> None:
        super().__init__(detail)
        self.current = current
        self.etag = etag


class IllegalMove(Refusal):
    """The lifecycle has no such move from the case's status; nothing was changed."""


class AuthorisationAwaited(IllegalMove):
    """The gate is shut: no act of inquiry before the prosecutor's authorisation, a recorded danger
    or an identity that was accepted."""


class SecondLookOwed(IllegalMove):
    """The pack wants a second person for this decision, and the first one asks again."""


class HeldByAnother(IllegalMove):
    """A colleague has taken the item; it comes back by itself when their time is over."""


class ReportsUnseen(IllegalMove):
    """Reports came into the case which nobody admitted, and whoever ends it does not say that they
    saw them."""


class NewsUnseen(IllegalMove):
    """Something came into the case that a decision which ends it, calms it, lowers its priority or
    lets it wait must know of, and its author does not say that they saw it."""


class HeldLongEnough(IllegalMove):
    """The same person had the item for as long as one may; for a while others come first."""


class OtherCaseUnfit(IllegalMove):
    """The case named beside this one has ended, or is this one."""


class NoTransfer(IllegalMove):
    """Neither a report of the case, nor what was added to one, nor staff tell of any payment."""


class SuspectNotFound(Refusal):
    """The case has no suspect of this number."""


class FreezeNotFound(Refusal):
    """The case has no freeze of this number."""


class EntryNotFound(Refusal):
    """The history of the case has no such entry about this."""


class TooMany(Refusal):
    """A case, or a report, takes only so many entries of one kind."""


class TooManyAdditions(TooMany):
    """A report takes only so many additions; more is another report."""


class NoIdentity(Refusal):
    """The report has no sealed identity, or it was erased."""


class IdentityNotReleased(Refusal):
    """The identity is not released: asked and not decided, refused, another's, or out of time."""


class RequestNotFound(Refusal):
    """The case has no identity request of this number."""


class BoxNotOpened(Refusal):
    """A sealed box does not open as the box of its report and field."""


class NotThroughTheEdge(Refusal):
    """The call reached the API without passing the public address in front of it."""


class TrialMarkRefused(Refusal):
    """A request carries a mark of a trial that is old or not its own; nothing was kept."""


class WorkWanted(Refusal):
    """Very many reports arrive at once; `work` is a short calculation that lets this one in."""

    retry_after: int = 1

    def __init__(self, detail: str = "", *, work: Mapping[str, Any] = MappingProxyType({})) -> None:
        super().__init__(detail)
        self.work = dict(work)


class Busy(Refusal):
    """A service behind us is throttled or down; nothing was half-written. Try again later."""

    def __init__(self, detail: str = "", *, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
