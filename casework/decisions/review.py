"""Decisions about a case at review, as people send them.

`casework.decisions.referral` has the answers of a unit to a referral,
`casework.decisions.instructions` the prosecutor's decisions, `casework.decisions.suspects` what a
unit records of suspects, `casework.decisions.retention` the decisions on keeping an ended case, and
`casework.decisions.base` the rules of all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    JsonValue,
    PrivateAttr,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.execution_state import CaseId
from casework.case.lifecycle import Move, Status
from casework.case.times import start_wait
from casework.case.value_objects import CloseReason, Priority
from casework.decisions.alike import TakenAlike, batch_data
from casework.decisions.base import (
    Decision,
    DecisionContext,
    HasReason,
    PackId,
    SeesReports,
    UnionBody,
)
from casework.decisions.gate import NoDanger
from casework.decisions.news import NEWS_TEXT_BY_MOVE
from casework.decisions.pack_names import (
    KNOWN_CATEGORY,
    KNOWN_GROUND,
    KNOWN_SERVICE,
    KNOWN_TERRITORY,
    KNOWN_UNIT,
)
from casework.errors import DangerStands, Finding, IllegalMove, NotValid
from casework.moves import merges, questions
from casework.moves.closures import closing_fields
from casework.moves.holds import end_hold
from casework.pack.published_table import load_statistics_law
from casework.text.allowed_text import require_visible_text
from casework.text.codes import require_known_country

REFERENCE_PATTERN: Final = r"^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}-[0-9A-Z]$"


OPTIONAL_FIELDS: Final = ("category", "priority", "territory", "ground", "country")
"""The fields that a confirmation may leave out; the case then keeps its own."""


class Confirm(SeesReports):
    """The facts may be an offence: category, priority, place, and if needed the unit.

    A field that is left out stays as the case has it: send only the corrections.
    """

    move = Move.CONFIRM
    may_need_two = True

    outcome: Literal["confirm"]
    category: Annotated[PackId | None, KNOWN_CATEGORY] = None
    """Left out, the one the case has; required where it has none."""
    priority: Priority | None = None
    """Left out, the one the case has: the most urgent that anything in it tells."""
    territory: Annotated[PackId | None, KNOWN_TERRITORY] = None
    """A code of the pack. Left out, the place the case has; null when it is unknown. With a
    country, where the victim lives."""
    ground: Annotated[PackId | None, KNOWN_GROUND] = None
    """The role of the territory in the case, such as `place_of_arrest`. If you leave it out, the
    case keeps its own while its territory stays; null for the pack's ground of a reported
    territory."""
    country: (
        Annotated[
            str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(require_known_country)
        ]
        | None
    ) = None
    """ISO 3166-1 alpha-2, when the facts are abroad. Left out, the one the case has; null when they
    are not."""
    unit: Annotated[PackId | None, KNOWN_UNIT] = None
    """A unit instead of the one the rule of competence names. Left out, or null, the rule decides:
    also where a unit that declined named another."""
    flags: Annotated[tuple[PackId, ...], Field(strict=False, max_length=10)] = ()
    """The subgroup that the bilan counts within the category's group, such as `praise_daesh`. If
    you leave it out, no subgroup is counted."""

    _kept: tuple[str, ...] = PrivateAttr(())
    """The left-out fields, once they were taken from a case."""

    @property
    def event_data(self) -> dict[str, Any]:
        # An event records flags and kept fields only if there are some.
        kept = list(self._kept) or None
        return {**super().event_data, "flags": list(self.flags) or None, "kept": kept}

    def prepare(self, case: Case, at: datetime, context: DecisionContext) -> Self:
        whole = self._filled_from(case)
        if findings := whole.misfits(context):
            raise NotValid("Some fields cannot be accepted.", findings=findings)
        if case.imminent and self._lowers(case):
            raise DangerStands(f"Danger is imminent, and {self.priority} is less than it needs.")
        return whole

    def _filled_from(self, case: Case) -> Self:
        kept = self._left_out
        stays = "territory" in kept or self.territory == case.territory
        known = {
            "category": case.category,
            "priority": case.priority,
            "territory": case.territory,
            "ground": case.ground if stays else None,
            "country": case.country,
        }
        whole = self.model_copy(update={name: known[name] for name in kept})
        whole._kept = kept
        return whole

    @property
    def _left_out(self) -> tuple[str, ...]:
        unknown = {name for name in ("category", "priority") if getattr(self, name) is None}
        return tuple(
            name for name in OPTIONAL_FIELDS if name in unknown or name not in self.model_fields_set
        )

    def must_see(self, case: Case) -> Collection[Move]:
        return NEWS_TEXT_BY_MOVE if self._lowers(case) else ()

    def _lowers(self, case: Case) -> bool:
        return self.priority is not None and self.priority.rank > case.priority.rank

    def misfits(self, context: DecisionContext) -> list[Finding]:
        """Contradictions between the complete fields."""
        if self.category is None:
            return [Finding("#/category", "category.missing", "The case has none: name one.")]
        found = []
        if self.ground is not None and self.territory is None:
            found.append(Finding("#/ground", "ground.unknown", "Name the territory it is of."))
        if context.pack is not None:
            law = load_statistics_law(context.pack.folder)
            group = law.find_group(self.category)
            fitting = {flag.id for flag in law.table.flags if flag.group == group}
            if not fitting.issuperset(self.flags):
                found.append(
                    Finding("#/flags", "flag.unknown", "This flag does not go with the category.")
                )
        return found

    def is_said_in(self, data: Mapping[str, Any]) -> bool:
        """By the sent fields, and by the left-out ones, which came from the case as it was."""
        left_out = self._left_out
        sent = {
            name: said for name, said in self.event_data.items() if name not in {*left_out, "kept"}
        }
        same = all(data.get(name) == said for name, said in sent.items())
        return same and data.get("kept", []) == list(left_out)

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        priority = self.priority or case.priority
        data: dict[str, JsonValue] = {
            "category": self.category,
            "priority": priority.value,
            "territory": self.territory,
            "country": self.country,
            "unit": self.unit,
            **({"ground": self.ground} if self.ground else {}),
            **({"flags": list(self.flags)} if self.flags else {}),
            **({"kept": list(self._kept)} if self._kept else {}),
        }
        return Change.from_move(
            case,
            self.move,
            at,
            by,
            data,
            category=self.category,
            priority=priority,
            territory=self.territory,
            territory_percent=100,
            ground=self.ground,
            country=self.country,
            named=self.unit,
            supervision=False,
        )


class Reject(TakenAlike):
    """The case ends here, for a reason that can be told."""

    move = Move.REJECT
    ends = True
    may_need_two = True

    outcome: Literal["reject"]
    reason: Literal["not_an_offence", "no_exploitable_facts", "duplicate", "out_of_scope"]
    turn_to: Annotated[PackId | None, KNOWN_SERVICE] = None
    """The service that can help instead; required when out of scope."""

    @model_validator(mode="after")
    def _turns_to_somebody(self) -> Reject:
        if (self.reason == "out_of_scope") != (self.turn_to is not None):
            raise PydanticCustomError(
                "turn_to.out_of_scope",
                "Name the service to turn to, when and only when the report is out of scope.",
            )
        return self

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        data: dict[str, JsonValue] = {
            "reason": self.reason,
            "turn_to": self.turn_to,
            **batch_data(self.batch),
        }
        end = closing_fields(at, CloseReason(self.reason), context.retention_seconds(case))
        return Change.from_move(case, self.move, at, by, data, **end)


class Reopen(Decision):
    """A rejection was wrong, or is no longer right: the case is reviewed again, with the deadlines
    of a new one. Reports and identifiers that it lost since its end stay lost: another case may
    have them."""

    move = Move.REOPEN

    outcome: Literal["reopen"]
    because: Literal["new_facts", "error", "complaint"]
    """`complaint`: a reporter, or a person on their behalf, contests the rejection."""

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        lifecycle.next_status(case.status, self.move)
        if case.closed is None or not case.closed.is_review_reason:
            raise IllegalMove(
                "Only a rejection is reopened: a unit ended this case. A new report on the same "
                "facts opens a case that names this one."
            )
        return Change.from_move(
            case,
            self.move,
            at,
            by,
            {"because": self.because, "reason": case.closed.value},
            closed=None,
            closed_at=None,
            unseen=None,
            unread=None,
            retention=None,
            wait=start_wait(at, context.review_seconds(case)),
        )


class Ask(SeesReports):
    """A reporter is asked something; the review goes on with their answer, or without."""

    move = Move.ASK

    outcome: Literal["ask"]
    question: Annotated[
        str, StringConstraints(min_length=1, max_length=2000), AfterValidator(require_visible_text)
    ]
    """In the reporter's language. Only the reporter and staff see it."""
    report: Annotated[str, StringConstraints(pattern=REFERENCE_PATTERN)] | None = None
    """Reference of the asked reporter's report; by default the report that opened the case."""

    @property
    def event_data(self) -> dict[str, Any]:
        return {"report": self.report} if self.report else {}

    def must_see(self, case: Case) -> Collection[Move]:
        return NEWS_TEXT_BY_MOVE  # the review sleeps until the answer

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        report = self.report or case.opened_by
        return questions.ask_reporter(
            case,
            at,
            by,
            report=report,
            put_before=context.last_question(case, report),
            text=self.question,
            language=case.language,
            answer_seconds=context.procedure.answer_seconds,
        )


class Merge(TakenAlike):
    """The case is about the facts of another one: its reports and identifiers move there."""

    move = Move.MERGE
    may_need_two = True

    outcome: Literal["merge"]
    into: CaseId

    def others(self, context: DecisionContext) -> tuple[Case, ...]:
        return (context.case(self.into),)

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        if case.status is not Status.IN_REVIEW:
            raise IllegalMove(f"A case that is {case.status} is not under review.")
        said = batch_data(self.batch)
        return merges.merge_case(case, context.case(self.into), at, by, said, context.clocks)


class BreakHold(HasReason):
    """A colleague holds an item that cannot wait for them: a supervisor ends their time, and others
    come first."""

    move = Move.BREAK_HOLD

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        hold = case.active_hold(at)
        if hold is None:
            raise IllegalMove("Nobody works on the case alone.")
        return Change.from_move(
            case,
            self.move,
            at,
            by,
            {"held_by": hold.by},
            particulars=context.reason_particulars(self.reason),
            hold=end_hold(hold, at),
        )


class Split(Decision):
    """A merge was wrong: reports and identifiers of this case come back to it, and it is
    reviewed."""

    move = Move.SPLIT

    outcome: Literal["split"]

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        lifecycle.next_status(case.status, self.move)
        into = context.case(case.merged_into or "")
        return merges.split_case(
            case,
            into,
            at,
            by,
            context.review_seconds(case),
            clocks=context.clocks,
            comes_back=lambda report: context.is_of(report, case),
        )


class TakeOut(Decision):
    """A report does not belong to the case: it opens its own, which is read and reviewed anew.

    No identifier brings it back. Identifiers that only it names go with it; those that other
    reports name stay.
    """

    move = Move.TAKE_OUT

    report: Annotated[str, StringConstraints(pattern=REFERENCE_PATTERN)]
    """Its reference. The one that opened the case can be taken out like any other; one stays."""
    because: Literal["other_facts", "named_by_chance", "needs_own_review"]
    """`named_by_chance`: it shares only an identifier with the case."""

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        lifecycle.next_status(case.status, self.move)
        report = context.reference(self.report)
        apart, bound = context.apart(report, at)
        return merges.split_off_report(
            case,
            apart,
            at,
            by,
            report=report,
            bound=bound,
            because=self.because,
            clocks=context.clocks,
        )


class ReviewDecision(UnionBody):
    """The decisions of analysts and supervisors at review."""

    root: Annotated[
        Confirm | Reject | Reopen | Ask | Merge | Split | NoDanger, Field(discriminator="outcome")
    ]
