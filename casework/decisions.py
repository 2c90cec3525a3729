"""What people decide about a case at review and on its referral, as they send it.

The prosecutor's decisions and what becomes of suspects are in `casework.instruction`.

A decision is taken on one version of the case, the one its author saw, and moves the case to the
next version. So at most one decision exists for each version, and history alone tells a repeated
request from one that came second: see `decision_on`.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from casework import lifecycle, strict_json
from casework import procedure as procedures
from casework.case import Case, CloseReason, Danger, Priority
from casework.change import Change
from casework.codes import COUNTRIES
from casework.errors import CaseNotFound, Finding, IllegalMove, OtherCaseUnfit, SecondLookOwed
from casework.history import Event
from casework.journey import CaseId
from casework.jurisdiction import Jurisdiction
from casework.lifecycle import Move, Status
from casework.moves import asking, merging, referring, review
from casework.referral import DeclineReason
from casework.statistics import law_of

PackId = Annotated[str, StringConstraints(min_length=1, max_length=60)]
"""An id or code of the jurisdiction pack."""

OUTCOME: Final[dict[Move, Status]] = {
    move: after
    for before, moves in lifecycle.LEGAL.items()
    for move, after in moves.items()
    if move in lifecycle.DECISIONS and before is not after
}
"""The status each decision leads to, whichever status it was taken in; one that leads nowhere
else, or elsewhere for once, has the status in its event."""


def outcome_of(event: Event) -> Status:
    """The status a decision led to, from its event."""
    said = event.data.get("status")
    return Status(said) if isinstance(said, str) else OUTCOME[Move(event.move)]


REFERENCE: Final = r"^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}-[0-9A-Z]$"


def _is_country(code: str) -> str:
    if code not in COUNTRIES:
        raise PydanticCustomError("country.unknown", "This is no ISO 3166-1 alpha-2 code.")
    return code


def _no_case(case_id: str) -> Case:
    raise CaseNotFound("There is no such case.")


@dataclass(frozen=True)
class Known:
    """What a decision may look at beside the case it is taken on."""

    pack: Jurisdiction | None = None
    disclosures: Callable[[], frozenset[str]] = frozenset
    """The disclosures of the case's reports, read when asked for."""
    case: Callable[[str], Case] = _no_case
    """Another case by its id; raises CaseNotFound."""
    last_question: Callable[[str], int] = lambda _: 0
    """The highest number of a question put to a report of the case; raises NotValid when it is in
    another one."""

    @property
    def procedure(self) -> procedures.Procedure:
        """The procedure of the jurisdiction."""
        return procedures.procedure(self.pack.folder) if self.pack else procedures.Procedure()

    @property
    def gate(self) -> procedures.Gate:
        """The gate of the jurisdiction."""
        return procedures.gate(self.pack.folder) if self.pack else procedures.Gate()

    def retention_seconds(self, case: Case) -> tuple[int, ...]:
        """How long after its end the case is looked at again."""
        category = self.pack.categories.get(case.category or "") if self.pack else None
        return self.procedure.retention.seconds(category.offence_class if category else None)

    def review_seconds(self, case: Case) -> tuple[int, ...]:
        """How long people have to review the case."""
        return self.pack.deadlines[case.priority.value].review_seconds if self.pack else (1,)

    def other(self, case_id: str) -> Case:
        """The case named beside the one decided on; raises OtherCaseUnfit."""
        try:
            return self.case(case_id)
        except CaseNotFound:
            raise OtherCaseUnfit("There is no such other case.") from None


NOTHING: Final = Known()


class Decision(BaseModel):
    """One decision of a person. Fields that are not known are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    move: ClassVar[Move]

    @property
    def said(self) -> dict[str, Any]:
        """What the decision's event records of it."""
        return self.model_dump(mode="json", exclude={"outcome"})

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        """What the decision names that the pack does not have; `unit` is its author's."""
        return ()

    @abstractmethod
    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        """The decision, taken on `case`; raises IllegalMove."""

    def is_in(self, event: Event, by: str) -> bool:
        """Whether the event records this very decision by this person."""
        return (
            event.move == self.move.value
            and event.by == by
            and all(event.data.get(name) == value for name, value in self.said.items())
        )


class Proposable(Decision):
    """A decision that may need two people: the first one's waits as a proposal."""

    @property
    def digest(self) -> str:
        """Tells whether two people decided the same."""
        said = strict_json.canonical(self.model_dump(mode="json"))
        return hashlib.sha256(said).hexdigest()[:16]

    def needs_two(self, case: Case, known: Known) -> bool:
        """Whether one person does not decide it alone; at review, the pack says so."""
        category = getattr(self, "category", None)
        return known.procedure.needs_second_look(case, self.move, category)

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        if not self.needs_two(case, known):
            return self.decided(case, at, by, known)
        waiting = case.proposal
        if waiting is not None and waiting.digest == self.digest:
            if waiting.by == by:
                raise SecondLookOwed("You decided this already; another person must decide it too.")
            return self.decided(case, at, by, known)
        lifecycle.after(case.status, self.move)
        data = {"decision": self.move.value, **self.said}
        return review.proposed(case, at, by, digest=self.digest, data=data)

    @abstractmethod
    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        """The decision, once everybody who must has taken it."""

    def is_in(self, event: Event, by: str) -> bool:
        if event.move == Move.PROPOSE.value:
            return event.by == by and event.data.get("digest") == self.digest
        return super().is_in(event, by)


class Confirm(Proposable):
    """The facts may be an offence: what kind, how soon, where, and if need be whose."""

    move = Move.CONFIRM

    outcome: Literal["confirm"]
    category: PackId
    priority: Priority
    territory: PackId | None = None
    """A code of the pack; left out when unknown. With a country, where the victim lives."""
    country: (
        Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_is_country)] | None
    ) = None
    """ISO 3166-1 alpha-2, when the facts are abroad."""
    unit: PackId | None = None
    """A unit instead of the one the rule of competence names."""
    flags: Annotated[tuple[PackId, ...], Field(strict=False, max_length=10)] = ()
    """What the bilan counts apart within the category's group, such as `praise_daesh`."""

    @property
    def said(self) -> dict[str, Any]:
        # An event records flags only where there are some.
        return {**super().said, "flags": list(self.flags) or None}

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        found = []
        if self.category not in pack.categories:
            found.append(
                Finding("#/category", "category.unknown", "This category is not in the list.")
            )
        if self.territory is not None and self.territory not in pack.territories:
            found.append(
                Finding("#/territory", "territory.unknown", "This place is not in the list.")
            )
        if self.unit is not None and self.unit not in pack.units:
            found.append(Finding("#/unit", "unit.unknown", "This unit is not in the list."))
        law = law_of(pack.folder)
        group = law.group_of(self.category)
        if not {flag.id for flag in law.table.flags if flag.group == group}.issuperset(self.flags):
            found.append(
                Finding("#/flags", "flag.unknown", "This flag does not go with the category.")
            )
        return tuple(found)

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        return review.confirmed(
            case,
            at,
            by,
            category=self.category,
            priority=self.priority,
            territory=self.territory,
            country=self.country,
            unit=self.unit,
            flags=self.flags,
        )


class Reject(Proposable):
    """The case ends here, for a reason that can be told."""

    move = Move.REJECT

    outcome: Literal["reject"]
    reason: Literal["not_an_offence", "no_exploitable_facts", "duplicate", "out_of_scope"]
    turn_to: PackId | None = None
    """The service that can help instead; required when out of scope."""

    @model_validator(mode="after")
    def _turns_to_somebody(self) -> Reject:
        if (self.reason == "out_of_scope") != (self.turn_to is not None):
            raise PydanticCustomError(
                "turn_to.out_of_scope",
                "Name the service to turn to, when and only when the report is out of scope.",
            )
        return self

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        known = {service.id for service in procedures.procedure(pack.folder).services}
        if self.turn_to is None or self.turn_to in known:
            return ()
        return (Finding("#/turn_to", "service.unknown", "This service is not in the list."),)

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        return review.rejected(
            case,
            at,
            by,
            CloseReason(self.reason),
            turn_to=self.turn_to,
            retention_seconds=known.retention_seconds(case),
        )


class Ask(Proposable):
    """A reporter is asked something; the review goes on with their answer, or without."""

    move = Move.ASK

    outcome: Literal["ask"]
    question: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"\S")]
    """In the reporter's language. It is shown to them and to nobody outside."""
    report: Annotated[str, StringConstraints(pattern=REFERENCE)] | None = None
    """Reference of the report whose reporter is asked; the one that opened the case if left out."""

    @property
    def said(self) -> dict[str, Any]:
        return {"report": self.report} if self.report else {}

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        return self.decided(case, at, by, known)

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        report = self.report or case.opened_by
        return asking.asked(
            case,
            at,
            by,
            report=report,
            put_before=known.last_question(report),
            text=self.question,
            language=case.language,
            answer_seconds=known.procedure.answer_seconds,
        )


class Merge(Proposable):
    """The case is about the facts of another one: its reports and identifiers move there."""

    move = Move.MERGE

    outcome: Literal["merge"]
    into: CaseId

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        if case.status is not Status.IN_REVIEW:
            raise IllegalMove(f"A case that is {case.status} is not under review.")
        return merging.merged(case, known.other(self.into), at, by, {})


class Split(Decision):
    """A merge was wrong: what came from this case comes back to it, and it is reviewed."""

    move = Move.SPLIT

    outcome: Literal["split"]

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        lifecycle.after(case.status, self.move)
        into = known.other(case.merged_into or "")
        return merging.split(case, into, at, by, known.review_seconds(case))


class Accept(Decision):
    """The unit takes the case."""

    move = Move.ACKNOWLEDGE

    outcome: Literal["accept"]

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        gate = known.gate
        shut = gate.shut(known.disclosures()) if gate.gated else False
        danger = Danger.ASSESSED if shut and case.imminent and gate.danger_passes else None
        return referring.acknowledged(case, at, by, gated=shut and danger is None, danger=danger)


class Decline(Decision):
    """The unit says why the case is not its own and whose it is."""

    move = Move.DECLINE

    outcome: Literal["decline"]
    reason: DeclineReason
    competent_unit: PackId

    @property
    def said(self) -> dict[str, Any]:
        return {"reason": self.reason.value, "named": self.competent_unit}

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        if self.competent_unit not in pack.units:
            return (Finding("#/competent_unit", "unit.unknown", "This unit is not in the list."),)
        if self.competent_unit == unit:
            return (
                Finding("#/competent_unit", "unit.own", "Name the unit that is competent instead."),
            )
        return ()

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        return referring.declined(case, at, by, reason=self.reason, named=self.competent_unit)


class ReviewDecision(
    RootModel[Annotated[Confirm | Reject | Ask | Merge | Split, Field(discriminator="outcome")]]
):
    """What an analyst or a supervisor decides at review."""


class Acknowledgement(RootModel[Annotated[Accept | Decline, Field(discriminator="outcome")]]):
    """What a unit answers to a referral."""


def decision_on(events: Iterable[Event], etag: str) -> Event | None:
    """The event of the decision that was taken on the version with this ETag, if any was.

    Versions are counted again from the history: each event that moves the case is one more.
    """
    version = 0
    for event in events:
        if event.move in lifecycle.NOTES:
            continue
        if entity_tag(version) == etag:
            return event if event.move in lifecycle.DECISIONS else None
        version += 1
    return None


def entity_tag(version: int) -> str:
    """A decision version as an HTTP entity tag, as `Case.etag` writes it."""
    return f'"{version}"'


def next_tag(etag: str) -> str:
    """The ETag of the version after this one, of a version that exists."""
    return entity_tag(int(etag.strip('"')) + 1)
