"""Every refusal of the domain, as one tree.

    Refusal
    ├── NotValid                    the content cannot be read or is not acceptable
    │   ├── BodyTooLarge            more bytes than a report may have
    │   ├── NotJson                 not one strict JSON document
    │   ├── UnsupportedEncoding     compressed, or not declared as JSON
    │   └── ParameterUnknown        a query parameter that the call does not have
    ├── KeyMissing                  a write without a usable Idempotency-Key
    ├── KeyConflict                 the Idempotency-Key was used with another body
    ├── Erased                      the report this key or receipt opens was erased
    ├── ReceiptMissing              follow-up without a receipt
    ├── ReceiptNotRecognised        unknown reference or wrong secret: one answer for both
    ├── NotSignedIn                 no usable access token of a staff member
    ├── FreshSignInNeeded           the sign-in is too long ago for this act
    ├── SessionOver                 no session of a browser, or one that has ended
    ├── SignInClosed                the deployment has no address for the sign-in
    ├── FromAnotherSite             a page of another site made the browser send this
    ├── NotAllowed                  a staff member whose role does not include the call
    ├── CaseNotFound                no such case, or another unit's
    ├── CampaignNotFound            no such campaign, or the case is of none
    ├── RouteNotFound               no such address
    ├── MethodNotAllowed            the address exists, the method does not
    ├── PreconditionMissing         a desk write without If-Match
    ├── IfMatchUnreadable           an If-Match that is not one ETag
    ├── CaseChanged                 it is not the case that was read; carries it as it is now
    ├── IllegalMove                 the lifecycle has no such move from here
    │   ├── AuthorisationAwaited    the gate is shut: the prosecutor authorises first
    │   ├── SecondLookOwed          the pack wants another person to decide this
    │   ├── HeldByAnother           a colleague has taken the item for a while
    │   ├── TakenByAnother          a colleague has the case, and its author did not know
    │   ├── DangerStands            nobody said that danger is not imminent
    │   ├── CannotWait              nobody waits for an answer where danger is imminent
    │   ├── ReportsUnseen           reports joined the case that its closing decision does not name
    │   ├── NewsUnseen              the case has news that the decision does not name
    │   ├── HeldLongEnough          one person has reached the longest time of a hold
    │   ├── NotAlike                it is acted on by itself, not together with others
    │   ├── OtherCaseUnfit          the other case cannot take this one
    │   └── NoTransfer              no payment is known
    ├── SuspectNotFound             the case has no suspect of this number
    ├── FreezeNotFound              the case has no freeze of this number
    ├── EntryNotFound               the history has no such entry on this subject
    ├── TooMany                     the limit for entries of this kind is reached
    │   ├── TooManyAdditions        a report takes no more additions
    │   └── TooManyFiles            a report takes no more files, or not this many bytes
    ├── FilesNotTaken               of this kind of content the address is taken and no file
    ├── FileNotFound                the report has no kept file of this number
    ├── FileCame                    a file that has come is not withdrawn
    ├── PackageNotFound             no such package, another person's, or its time is over
    ├── DossierTooLarge             the case is larger than a package may be
    ├── NoIdentity                  the report has no sealed identity
    ├── IdentityNotReleased         not released, not to this person, or no longer
    ├── RequestNotFound             the case has no identity request of this number
    ├── NumberNotOpened             no number, no danger, or somebody else has the case
    ├── OpeningNotFound             no opening of this number waits for its judgement
    ├── BoxNotOpened                a sealed box is not of its report and field
    ├── NotThroughTheEdge           the call did not come through the public address
    ├── TrialMarkRefused            a trial mark that is too old, or of another request
    ├── WorkWanted                  very many reports arrive: the sender must do a calculation
    └── Busy                        an AWS service is throttled or down; try again

An edge turns each of these into a problem document by the table in
`casework.aws.http.problems`. Callers see the message of a refusal: it never repeats what they
sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar


@dataclass(frozen=True)
class Finding:
    """One thing wrong with the content.

    `pointer` is a JSON pointer fragment (RFC 6901, e.g. `#/money_lost/amount`), `code` a stable
    word for programs, `detail` a sentence for people. None of them repeats the value.
    """

    pointer: str
    code: str
    detail: str


class Refusal(Exception):
    """The domain refuses a request. `str(refusal)` is safe to show to the caller."""

    problem: ClassVar[str]
    """The last part of its problem type. Callers keep it: it stays when the class is renamed."""
    error_code: ClassVar[str]
    """Its name in logs, by `error_name`: `CaseChanged` of the problem `case-changed`."""

    def __init_subclass__(cls, *, problem: str) -> None:
        super().__init_subclass__()
        cls.problem = problem
        cls.error_code = "".join(part.capitalize() for part in problem.split("-"))

    def __init__(self, detail: str = "", *, findings: Sequence[Finding] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.findings = tuple(findings)

    @property
    def members(self) -> Mapping[str, Any]:
        """What its problem document says beside `detail` and `errors`."""
        return {}

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the answer."""
        return {}


def error_name(error: BaseException) -> str:
    """The name by which an error leaves the process, in logs, histories and failed steps.

    An exception of ours says it itself (`error_code`), so that it stays when the class is renamed;
    one of a library has the name of its type.
    """
    own = getattr(type(error), "error_code", None)
    return own if isinstance(own, str) else type(error).__name__


class NotValid(Refusal, problem="not-valid"):
    """The content cannot be accepted; `errors` names the fields and the reasons."""


class BodyTooLarge(NotValid, problem="body-too-large"):
    """The request has more bytes than allowed."""


class NotJson(NotValid, problem="not-json"):
    """The body is not one strict JSON document in UTF-8."""


class UnsupportedEncoding(NotValid, problem="unsupported-encoding"):
    """The body declares a content type or encoding that is not accepted."""


class ParameterUnknown(NotValid, problem="parameter-unknown"):
    """The call has no such query parameter; `detail` lists those that it has."""


class KeyMissing(Refusal, problem="key-missing"):
    """A write has no Idempotency-Key that is a UUID."""


class KeyConflict(Refusal, problem="key-conflict"):
    """The Idempotency-Key was already used with another body."""


class Erased(Refusal, problem="erased"):
    """The report of this key or receipt was erased and stays erased."""


class ReceiptMissing(Refusal, problem="receipt-missing"):
    """Follow-up needs `Authorization: Receipt <secret>`."""

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Receipt"}


class ReceiptNotRecognised(Refusal, problem="receipt-not-recognised"):
    """The reference is unknown or the secret is wrong; callers cannot tell which."""


class NotSignedIn(Refusal, problem="not-signed-in"):
    """The request has no usable access token of an active staff member."""

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class FreshSignInNeeded(Refusal, problem="fresh-sign-in-needed"):
    """The act needs a sign-in of a few minutes ago: the person signs in again and repeats it.

    `WWW-Authenticate` says so, as RFC 9470 has it.
    """

    def __init__(self, detail: str = "", *, seconds: int = 0) -> None:
        super().__init__(detail)
        self.seconds = seconds

    @property
    def headers(self) -> Mapping[str, str]:
        challenge = f'Bearer error="insufficient_user_authentication", max_age={self.seconds}'
        return {"WWW-Authenticate": challenge}


class SessionOver(Refusal, problem="session-over"):
    """This browser has no session, or its session has ended: the person signs in again."""


class SignInClosed(Refusal, problem="sign-in-closed"):
    """The deployment names no address to which the sign-in page can return."""


class FromAnotherSite(Refusal, problem="from-another-site"):
    """A page of another site made the browser send this request."""


class NotAllowed(Refusal, problem="not-allowed"):
    """The staff member's role does not include this call.

    `because` is the word for the reason where it is of this case, and not of the role.
    """

    def __init__(self, detail: str = "", *, because: str = "") -> None:
        super().__init__(detail)
        self.because = because


class CaseNotFound(Refusal, problem="case-not-found"):
    """This caller has no such case; another unit's case gets the same answer."""


class CampaignNotFound(Refusal, problem="campaign-not-found"):
    """There is no such campaign, or the case is of none."""


class RouteNotFound(Refusal, problem="route-not-found"):
    """No operation has this address."""


class MethodNotAllowed(Refusal, problem="method-not-allowed"):
    """The address exists, the method does not; `allowed` names the methods that do."""

    allowed: str = ""

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Allow": self.allowed}


class PreconditionMissing(Refusal, problem="precondition-missing"):
    """A desk write needs If-Match with the ETag of the case, of the identity request or of the own
    settings."""


class IfMatchUnreadable(Refusal, problem="if-match-unreadable"):
    """If-Match is not one ETag in its quotes; `detail` says what it is instead."""


class CaseChanged(Refusal, problem="case-changed"):
    """The case is not the one that was read: a person or the workflow changed it. Likewise an
    identity request, or the own settings. `current` is what was changed, as it is now."""

    def __init__(self, detail: str = "", *, current: Any = None, etag: str = "") -> None:
        super().__init__(detail)
        self.current = current
        self.etag = etag

    @property
    def members(self) -> Mapping[str, Any]:
        return {"current": self.current} if self.current is not None else {}

    @property
    def headers(self) -> Mapping[str, str]:
        return {"ETag": self.etag} if self.etag else {}


class IllegalMove(Refusal, problem="illegal-move"):
    """The lifecycle has no such move from the case's status; nothing was changed."""


class AuthorisationAwaited(IllegalMove, problem="authorisation-awaited"):
    """The gate is shut: no act of inquiry before the prosecutor's authorisation, a recorded danger
    or an accepted identity."""


class SecondLookOwed(IllegalMove, problem="second-look-owed"):
    """The pack requires a second person for this decision, and the first person asked again."""


class HeldByAnother(IllegalMove, problem="held-by-another"):
    """A colleague holds the item; it is free again when their time is over."""


class TakenByAnother(IllegalMove, problem="taken-by-another"):
    """A colleague has this urgent case, and whoever would take it did not see that. `current` is
    the case as it is now."""

    def __init__(self, detail: str = "", *, current: Any = None) -> None:
        super().__init__(detail)
        self.current = current

    @property
    def members(self) -> Mapping[str, Any]:
        return {"current": self.current} if self.current is not None else {}


class DangerStands(IllegalMove, problem="danger-stands"):
    """Danger is imminent in the case, and the decision would lower its priority before a person
    has said that no danger is imminent."""


class CannotWait(IllegalMove, problem="cannot-wait"):
    """The case is immediate, or danger is imminent in it, and a question would let it wait for the
    reporter's answer."""


class ReportsUnseen(IllegalMove, problem="reports-unseen"):
    """Reports joined the case and were not admitted, and the decision to end the case does not say
    that its author saw them."""


class NewsUnseen(IllegalMove, problem="news-unseen"):
    """The case has news, and the decision does not say that its author saw it. This concerns
    decisions that end the case, calm it, lower its priority or let it wait."""


class HeldLongEnough(IllegalMove, problem="held-long-enough"):
    """The same person held the item for the longest time allowed; for a while others come first."""


class OtherCaseUnfit(IllegalMove, problem="other-case-unfit"):
    """The other case has ended, or is this one."""


class NotAlike(IllegalMove, problem="not-alike"):
    """The case is acted on by itself, and the call says that it is one of several that a person
    takes together. `reason` says why."""

    def __init__(self, detail: str = "", *, reason: str = "") -> None:
        super().__init__(detail)
        self.reason = reason

    @property
    def members(self) -> Mapping[str, Any]:
        return {"reason": self.reason} if self.reason else {}


class NoTransfer(IllegalMove, problem="no-transfer"):
    """No payment is known from a report of the case, an addition or staff."""


class SuspectNotFound(Refusal, problem="suspect-not-found"):
    """The case has no suspect of this number."""


class FreezeNotFound(Refusal, problem="freeze-not-found"):
    """The case has no freeze of this number."""


class EntryNotFound(Refusal, problem="entry-not-found"):
    """The history of the case has no such entry on this subject."""


class TooMany(Refusal, problem="too-many"):
    """The case or report has reached its limit for entries of this kind."""


class TooManyAdditions(TooMany, problem="too-many-additions"):
    """A report has reached its limit of additions; more is another report."""


class TooManyFiles(TooMany, problem="too-many-files"):
    """A report has reached its limit of files, or of their bytes together."""


class FilesNotTaken(Refusal, problem="files-not-taken"):
    """Of this kind of content only its victim may send files; the address of it is enough."""


class FileNotFound(Refusal, problem="file-not-found"):
    """The report has no file of this number, it was not kept, or it was erased."""


class FileCame(Refusal, problem="file-came"):
    """The file has come: it is kept with its report, and cannot be withdrawn."""


class PackageNotFound(Refusal, problem="package-not-found"):
    """The caller asked for no package of this id, it failed, or its time is over."""


class DossierTooLarge(Refusal, problem="dossier-too-large"):
    """The case has more than one package may hold."""


class NoIdentity(Refusal, problem="no-identity"):
    """The report has no sealed identity, or it was erased."""


class IdentityNotReleased(Refusal, problem="identity-not-released"):
    """The identity is not released: the request is undecided, refused, another person's or
    expired."""


class RequestNotFound(Refusal, problem="request-not-found"):
    """The case has no identity request of this number."""


class NumberNotOpened(Refusal, problem="number-not-opened"):
    """The reporter's number is not opened: there is none, no danger is recorded, or the case is not
    the caller's. It is never refused for what was opened before."""


class OpeningNotFound(Refusal, problem="opening-not-found"):
    """No opening of this number waits for its judgement in the case."""


class BoxNotOpened(Refusal, problem="box-not-opened"):
    """A sealed box does not open as the box of its report and field."""


class NotThroughTheEdge(Refusal, problem="not-through-the-edge"):
    """The call reached the API without passing the public address in front of it."""


class TrialMarkRefused(Refusal, problem="trial-mark-refused"):
    """The trial mark is too old or belongs to another request; nothing was stored."""


class WorkWanted(Refusal, problem="work-wanted"):
    """Very many reports arrive at once; the calculation `work` lets this one in."""

    retry_after: int = 1

    def __init__(self, detail: str = "", *, work: Mapping[str, Any] = MappingProxyType({})) -> None:
        super().__init__(detail)
        self.work = dict(work)

    @property
    def members(self) -> Mapping[str, Any]:
        return {"retry_after": self.retry_after, "work": self.work}

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.retry_after)}


class Busy(Refusal, problem="busy"):
    """An AWS service is throttled or down; nothing is half-written. Try again later."""

    def __init__(self, detail: str = "", *, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after

    @property
    def members(self) -> Mapping[str, Any]:
        return {"retry_after": self.retry_after}

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.retry_after)}
