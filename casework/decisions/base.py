"""The rules of every decision of a person: it is taken once, on the version that its author saw.

A decision moves the case to the next version. So at most one decision exists for each version, and
the history alone tells a repeated request from a second decision: see `find_by_version`.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    RootModel,
    StringConstraints,
)

from casework.case import lifecycle
from casework.case.admission import LAST_SEEN_REPORT_FIELD, MAX_REPORTS
from casework.case.alike import BATCH_FIELD, NotAlikeReason
from casework.case.case import Case, etag_from_version
from casework.case.change import Change
from casework.case.history import CaseEvent, Particulars
from casework.case.lifecycle import Move, Status
from casework.case.referral import OfficeSeat
from casework.case.rule_types import MoveKind
from casework.case.value_objects import DeadlineKind, DecisionProposal
from casework.decisions.identity_requests import IdentityRequest
from casework.decisions.news import (
    NEWS_TEXT_BY_MOVE,
    list_news_since,
    refuse_unknown_report,
    refuse_unseen,
    refuse_unseen_reports,
)
from casework.decisions.pack_names import find_unknown_names
from casework.errors import (
    CaseNotFound,
    Finding,
    RequestNotFound,
    SecondLookOwed,
)
from casework.moves.additions import keep_news_unread
from casework.pack import procedure as procedures
from casework.pack.clocks import Clocks, jurisdiction_clocks
from casework.pack.jurisdiction import Jurisdiction
from casework.text import strict_json
from casework.text.allowed_text import require_visible_text

PackId = Annotated[str, StringConstraints(min_length=1, max_length=60)]
"""An id or code of the jurisdiction pack."""

ReasonText = Annotated[
    str, StringConstraints(min_length=10, max_length=500), AfterValidator(require_visible_text)
]
"""The reason of a decision, in its author's words. It may name a person, so it is kept beside the
history, as particulars of its event, and erased with the case."""

LAST_SEEN_ENTRY_FIELD: Final = "seen"
"""The field by which a decision names the last entry of the history that its author was shown."""

FREE_WORDS_FIELD: Final = "words"
"""The name of the reason in these particulars."""


IDENTIFIED_DISCLOSURE: Final = "identified"
"""The disclosure of complainants whom the prosecutor tells of the outcome."""

STATUS_AFTER_DECISION: Final[dict[Move, Status]] = {
    move: after
    for before, moves in lifecycle.STATUS_TRANSITIONS.items()
    for move, after in moves.items()
    if move in lifecycle.DECISION_MOVES and before is not after
}
"""The status after each decision, from every status. A decision that leaves the status, or leads to
an exceptional one, has it in its event."""


def resulting_status(event: CaseEvent) -> Status:
    """The status a decision led to, from its event."""
    said = event.data.get("status")
    return Status(said) if isinstance(said, str) else STATUS_AFTER_DECISION[Move(event.move)]


_NO_CASE: Final = "There is no such case."
_NO_PACK: Final[dict[DeadlineKind, tuple[int, ...]]] = {
    **dict.fromkeys(DeadlineKind, ()),
    DeadlineKind.WAIT: (1,),
    DeadlineKind.ANSWER: (1,),
}


@dataclass(frozen=True)
class DecisionContext:
    """The data that a decision may read beside its case."""

    pack: Jurisdiction | None = None
    seat: OfficeSeat | None = None
    """The author's own prosecutor's office and its court; None for people of no office."""

    # Read when a decision asks for it. Where nothing is read from, a case stands alone.

    def events(self) -> Sequence[CaseEvent]:
        """The history of the case as far as the version decided on."""
        return ()

    def case(self, case_id: str) -> Case:
        """Another case by its id; raises CaseNotFound, too, where it does not exist for the
        author."""
        raise CaseNotFound(_NO_CASE)

    def identity_request(self, number: int) -> IdentityRequest:
        """The case's request for an identity of a number; raises RequestNotFound."""
        raise RequestNotFound("The case has no such identity request.")

    def reference(self, typed: str) -> str:
        """The canonical reference of a named report of the case; raises NotValid for another."""
        return typed

    def holds(self, reference: str) -> bool:
        """Whether a report, by its reference, is in the case and people had it in view there."""
        return False

    def is_of(self, reference: str, case: Case) -> bool:
        """Whether a report, by its reference, is in a case, or came into another one from there;
        also of one that was erased."""
        return False

    def apart(self, reference: str, at: datetime) -> tuple[Case, str]:
        """The case that a report of the case, by its reference, opens when it is taken out, and the
        commitment to the report; raises IllegalMove where no other report stays."""
        raise CaseNotFound(_NO_CASE)

    def last_question(self, case: Case, reference: str) -> int:
        """The highest number of a question put to a report of the case; raises NotValid when the
        report is in another case or not admitted."""
        return 0

    def disclosures(self, case: Case) -> frozenset[str]:
        """The disclosures of the reports that belong to the case."""
        return frozenset()

    def arrived(self) -> int:
        """The number of the last report that came into the case."""
        return 0

    def unseen(self, case: Case) -> Mapping[int, str]:
        """The numbers of the reports that nobody had in view who acted on the case, with their
        times of arrival."""
        return {}

    def dangers(self) -> int:
        """How many reports and additions of the case told of danger."""
        return 0

    def why_not_alike(self, case: Case) -> NotAlikeReason | None:
        """Why a case is not acted on together with others; None where it is."""
        return NotAlikeReason.UNDISPLAYED

    @property
    def procedure(self) -> procedures.Procedure:
        """The procedure of the jurisdiction."""
        return procedures.read_procedure(self.pack.folder) if self.pack else procedures.Procedure()

    @property
    def gate(self) -> procedures.InquiryGate | None:
        """The gate of the jurisdiction; None where there is none."""
        return procedures.read_gate(self.pack.folder) if self.pack else None

    @staticmethod
    def reason_particulars(reason: str | None) -> Particulars | None:
        """A reason, as it is kept beside the history; None without one."""
        said = reason_particulars(reason)
        return Particulars(said) if said else None

    def owed_notice(self, change: Change, kind: str, since: datetime) -> Change:
        """The change, and the notice that a decision of this kind owes an identified complainant,
        its time counted from `since`."""
        notice = self.procedure.notice
        if kind not in notice.after or IDENTIFIED_DISCLOSURE not in self.disclosures(change.draft):
            return change
        return change.owing_notice(since, notice.seconds)

    @property
    def zone(self) -> tzinfo:
        """The clocks of the jurisdiction."""
        return self.pack.facts.zone if self.pack else UTC

    def local_day(self, at: datetime) -> date:
        """The day it is in the jurisdiction."""
        return at.astimezone(self.zone).date()

    def retention_seconds(self, case: Case) -> tuple[int, ...]:
        """How long after its end the case is looked at again."""
        return tuple(self.clocks(case)[DeadlineKind.RETENTION])

    def review_seconds(self, case: Case) -> tuple[int, ...]:
        """How long people have to review the case."""
        return tuple(self.clocks(case)[DeadlineKind.WAIT])

    @property
    def clocks(self) -> Clocks:
        """The time that people have for each wait of a case."""
        return jurisdiction_clocks(self.pack) if self.pack else lambda _: _NO_PACK


EMPTY_CONTEXT: Final = DecisionContext()


class UnionBody(RootModel[Any]):
    """A body that is one of several, by a word in it: `root` lists them.

    A `RootModel` of a union would be built while a function starts. This one is built when the
    first such body comes, as every model here.
    """

    model_config = ConfigDict(defer_build=True)


class Decision(BaseModel):
    """One decision of a person. Fields that are not known are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    move: ClassVar[Move]
    other_moves: ClassVar[frozenset[Move]] = frozenset()
    """Moves that record it where the status of the case has no `move`."""
    ends: ClassVar[bool] = False
    """Whether it ends the case: a case with news or a report that nobody saw cannot be ended."""
    may_need_two: ClassVar[bool] = False
    """Whether it may need two people: the first one's waits as a proposal then."""

    _number: int = PrivateAttr(default=0)
    """Of the thing in the case that the address names, where it names one."""

    def with_number(self, number: int) -> Self:
        """The same, about the thing of this number."""
        made = self.model_copy()
        made._number = number
        return made

    @property
    def particulars(self) -> dict[str, Any] | None:
        """The particulars of its event, if it has some."""
        return None

    @property
    def event_data(self) -> dict[str, Any]:
        """The data of the decision's event."""
        return self.model_dump(
            mode="json", exclude={"outcome", LAST_SEEN_REPORT_FIELD, LAST_SEEN_ENTRY_FIELD}
        )

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        """The names in the decision that the pack does not have; `unit` is its author's."""
        return find_unknown_names(self, pack)

    def prepare(self, case: Case, at: datetime, context: DecisionContext) -> Self:
        """The same as it is taken on the case, with the left-out fields filled from it; raises
        refusals that do not wait for a second person."""
        return self

    @abstractmethod
    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        """The change of the decision, once the required people have taken it; raises IllegalMove
        and other refusals."""

    def must_see(self, case: Case) -> Collection[Move]:
        """The news that its author must have seen."""
        return NEWS_TEXT_BY_MOVE if self.ends else ()

    def needs_two(self, case: Case, context: DecisionContext) -> bool:
        """Whether it needs two people now; at review, the pack says so.

        A case is of a category if a reporter, the words of a report, or this decision says so.
        """
        told = {case.category, getattr(self, "category", None), *case.told}
        return context.procedure.needs_second_look(case, self.move, told)

    # How every decision is taken: the news, then the reports, then the people, then itself.

    def apply(
        self, case: Case, at: datetime, by: str, context: DecisionContext = EMPTY_CONTEXT
    ) -> Change:
        """The decision of a person who saw the case up to an entry; raises NewsUnseen."""
        if self.move.rule.kind is not MoveKind.DECISION:
            return self.apply_seen(case, at, by, context)
        last_seen: int | None = getattr(self, LAST_SEEN_ENTRY_FIELD, None)
        news = list_news_since(context.events(), last_seen)
        refuse_unseen(news, self.must_see(case), at, looked=last_seen is not None)
        return keep_news_unread(self.apply_seen(case, at, by, context), news, at, context.clocks)

    def apply_seen(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        """The decision of a person who saw the reports up to a number; raises NotValid for one that
        the case does not have, and ReportsUnseen."""
        shown: int | None = getattr(self, LAST_SEEN_REPORT_FIELD, None)
        seen = case
        if shown is not None and shown > case.shown:
            refuse_unknown_report(shown, context.arrived())
            seen = case.model_copy(update={"shown": shown})
        change = self.change(seen, at, by, context)
        if self.ends:
            refuse_unseen_reports(context.unseen(seen), at, looked=shown is not None)
        return change if seen is case else change.admitting_up_to(case, seen.shown)

    def change(
        self, case: Case, at: datetime, by: str, context: DecisionContext = EMPTY_CONTEXT
    ) -> Change:
        """The decision of the first person, or of the second where it needs two; raises
        SecondLookOwed where the second is the first."""
        whole, waiting = self.prepare(case, at, context), case.proposal
        if not (whole.may_need_two and whole.needs_two(case, context)):
            return whole.decided(case, at, by, context)
        if waiting is None or waiting.digest != whole.proposal_digest:
            return whole.proposed(case, at, by)
        if waiting.by == by:
            raise SecondLookOwed("You decided this already; another person must decide it too.")
        return whole.decided(case, at, by, context)

    def proposed(self, case: Case, at: datetime, by: str) -> Change:
        """The first person's decision, until a second one decides the same: who need not wait until
        the first has given the case back."""
        lifecycle.next_status(case.status, self.move)
        digest = self.proposal_digest
        data = {"decision": self.move.value, **self.event_data, "digest": digest}
        waiting = DecisionProposal(by=by, digest=digest)
        return Change.from_move(case, Move.PROPOSE, at, by, data, proposal=waiting, hold=None)

    @property
    def proposal_digest(self) -> str:
        """Tells whether two people decided the same, even if they saw different entries, or one of
        them decided on other cases with it."""
        beside = {LAST_SEEN_REPORT_FIELD, LAST_SEEN_ENTRY_FIELD, BATCH_FIELD}
        said = strict_json.canonical_json(self.model_dump(mode="json", exclude=beside))
        return hashlib.sha256(said).hexdigest()[:16]

    # How a decision is found again in the history.

    def is_recorded_by(self, event: CaseEvent, by: str) -> bool:
        """Whether the event records this very decision by this person, or proposes it. A decision
        whose author saw more is a new one."""
        proposes = event.move == Move.PROPOSE
        shown: int | None = getattr(self, LAST_SEEN_REPORT_FIELD, None)
        return (
            event.by == by
            and (event.data.get("decision") if proposes else event.move)
            in {self.move, *self.other_moves}
            and (proposes or event.data.get(LAST_SEEN_REPORT_FIELD, shown) == shown)
            and self.is_said_in(event.data)
        )

    def is_said_in(self, data: Mapping[str, Any]) -> bool:
        """Whether the data of an event tell the content of the decision."""
        return all(data.get(name) == value for name, value in self.event_data.items())


class HasReason(Decision):
    """A decision with only a reason, which is kept beside the history."""

    reason: ReasonText

    @property
    def event_data(self) -> dict[str, Any]:
        return {}

    @property
    def particulars(self) -> dict[str, Any] | None:
        return reason_particulars(self.reason)


class SeesEntries(Decision):
    """A decision whose author may name the last entry of the history that they were shown."""

    seen: Annotated[int, Field(ge=1, le=MAX_REPORTS)] | None = None
    """`last_entry` of the case as you read it. If you leave it out, entries since the start of the
    version that you decide on count as unseen. Then a decision that ends the case, denies danger,
    lowers the priority or asks a reporter is refused (409, `news-unseen`)."""


class SeesReports(SeesEntries):
    """A decision by the holder of the case, who may name the last report that they saw."""

    shown: Annotated[int, Field(ge=1, le=MAX_REPORTS)] | None = None
    """`number` of the last report of the case that you were shown: you had all up to it in view. It
    admits none of them; `POST …/admissions` does, by their references. A decision that ends the
    case must name it while there are reports that nobody had in view."""


def reason_particulars(reason: str | None) -> dict[str, Any] | None:
    """A reason as particulars of its event; None without a reason."""
    return {FREE_WORDS_FIELD: reason} if reason else None


def find_by_version(events: Iterable[CaseEvent], etag: str) -> CaseEvent | None:
    """The event of the decision that was taken on the version with this ETag, if any was.

    Versions are counted again from the history.
    """
    version = 0
    for event in events:
        if not lifecycle.creates_version(Move(event.move)):
            continue
        if etag_from_version(version) == etag:
            return event if event.move in lifecycle.DECISION_MOVES else None
        version += 1
    return None


def etag_after(events: Iterable[CaseEvent], last: CaseEvent) -> str:
    """The ETag of the version of a case that an entry of its history left."""
    until = (Move(each.move) for each in events if each.number <= last.number)
    return etag_from_version(sum(1 for move in until if lifecycle.creates_version(move)))
