"""Who learns a reporter's number in danger: whoever has the case, at once, and judged afterwards.

    left to be called now ──────────▶ opened                      by consent: nobody judges it
    left with a contact ──danger────▶ opened ──▶ justified
                                        ├──────▶ not justified
                                        └──────▶ unclear ──auditor──▶ justified, not justified

Each opening is an event of the case, saved before the box is opened. Nothing delays one: not the
judgement of those before it, and not their number. A name is asked for by a request for the
identity alone (`casework.decisions.identity_requests`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent, Particulars
from casework.case.lifecycle import Move
from casework.case.times import format_timestamp
from casework.decisions.base import FREE_WORDS_FIELD
from casework.decisions.staff import Role, StaffMember
from casework.errors import Finding, IllegalMove, NotAllowed, NotValid, NumberNotOpened
from casework.report.disclosure import SafeWay
from casework.text.allowed_text import require_visible_text
from casework.text.realm import realm_from_name

NUMBER_SHOWN_TIME: Final = timedelta(minutes=15)
"""How long an opened number may be shown. A further look within this time is the same opening."""
JUDGEMENT_TIME: Final = timedelta(hours=24)
MAX_UNJUDGED_OPENINGS: Final = 3
"""Openings of one person that wait for their judgement before supervisors are alerted."""
NUMBER_OPENING_WINDOW: Final = timedelta(minutes=15)
"""A reporter is told the quarter of an hour in which the number was opened."""

_Sentence = Annotated[
    str, StringConstraints(min_length=10, max_length=500), AfterValidator(require_visible_text)
]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class NumberWish(_Sent):
    """The body of `POST …/number`."""

    report: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    """Reference of the report whose reporter must be reached now."""
    ground: Literal["life", "child", "attack"] | None = None
    """What the danger is. Needed unless the reporter left the number to be called now."""
    reason: _Sentence | None = None
    """What shows it, in a sentence; needed with a ground. The custodian reads it."""


class Judgement(StrEnum):
    """What a person found of an opening."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"
    UNCLEAR = "unclear"
    """An auditor says which of the two it is."""


class OpeningReview(_Sent):
    """The body of `POST …/openings/{number}/review`."""

    verdict: Annotated[Judgement, Field(strict=False)]
    reason: _Sentence


class NumberOpening(BaseModel):
    """An opening that a person still judges."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    case: str
    number: int
    """Of its entry in the history of the case."""
    at: str
    by: str
    report: str
    ground: str
    unclear: bool = False
    """A custodian could not say: it waits for an auditor."""

    @property
    def due(self) -> datetime:
        """By when it is judged."""
        return datetime.fromisoformat(self.at) + JUDGEMENT_TIME

    def late(self, at: datetime) -> bool:
        """Whether it should have been judged by then."""
        return at >= self.due

    def is_available(self, at: datetime) -> bool:
        """Whether its number may still be shown."""
        return at < datetime.fromisoformat(self.at) + NUMBER_SHOWN_TIME


def require_number_access(
    case: Case, member: StaffMember, wish: NumberWish, safe: SafeWay | None, ways: Iterable[str]
) -> None:
    """Let the member open a number of a report: without a ground the one to call now, else that of
    the contact. `safe` says what its reporter allowed at the former, None for a report without one;
    `ways` are the kinds of the contact.

    Raises NumberNotOpened where there is no number, the case is not theirs or no danger is
    recorded, and NotValid for an opening without ground and reason.
    """
    if case.taken is None or case.taken.by != member.subject:
        raise NumberNotOpened("Take the case first: one person calls.")
    if safe is not None and wish.ground is None:
        return
    if "phone" not in ways:
        raise NumberNotOpened("The reporter left no number. Write a message instead.")
    if not case.imminent:
        raise NumberNotOpened("No danger is recorded in the case.")
    missing = [name for name in ("ground", "reason") if getattr(wish, name) is None]
    if missing:
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding(f"#/{name}", "missing", "This is needed.") for name in missing],
        )


def open_reporter_number(
    case: Case, at: datetime, by: str, wish: NumberWish, *, before: NumberOpening | None = None
) -> Change:
    """The event that a person is shown a number. Without a ground it is by consent; `before` is
    the opening of which this is a further look."""
    data: dict[str, Any] = {"report": wish.report}
    if before is not None:
        return Change.from_move(case, Move.NUMBER_OPENED, at, by, {**data, "again": before.number})
    if wish.ground is None:
        return Change.from_move(case, Move.NUMBER_OPENED, at, by, {**data, "consent": True})
    words = {FREE_WORDS_FIELD: wish.reason or ""}
    return Change.from_move(
        case,
        Move.NUMBER_OPENED,
        at,
        by,
        {**data, "ground": wish.ground},
        particulars=Particulars(words, report=wish.report),
    )


def number_opening_from_event(case_id: str, event: CaseEvent) -> NumberOpening | None:
    """The opening to judge that an entry records; None by consent, or for a further look."""
    if "ground" not in event.data:
        return None
    return NumberOpening(
        case=case_id,
        number=event.number,
        at=event.at,
        by=event.by,
        report=str(event.data["report"]),
        ground=str(event.data["ground"]),
    )


def can_judge_opening(member: StaffMember, opening: NumberOpening) -> bool:
    """Whether the opening waits for the member: a custodian, and after one who could not say an
    auditor. Nobody judges an own opening."""
    if opening.by == member.subject or realm_from_name(opening.case) is not member.realm:
        return False
    return member.role is (Role.AUDITOR if opening.unclear else Role.CUSTODIAN)


def judge_opening(
    case: Case, at: datetime, member: StaffMember, opening: NumberOpening, review: OpeningReview
) -> Change:
    """A person judges an opening. Raises IllegalMove for an own one, and where an auditor leaves
    open what a custodian left open; NotAllowed where it waits for another role."""
    if opening.by == member.subject:
        raise IllegalMove("You opened this number: another person judges it.")
    if not can_judge_opening(member, opening):
        raise NotAllowed(
            "This opening waits for a custodian, or for an auditor once it is unclear."
        )
    if opening.unclear and review.verdict is Judgement.UNCLEAR:
        raise IllegalMove("A custodian could not say. Say whether it was justified.")
    said: dict[str, Any] = {"opening": opening.number, "verdict": review.verdict.value}
    words = Particulars({FREE_WORDS_FIELD: review.reason}, report=opening.report)
    return Change.from_move(case, Move.NUMBER_REVIEWED, at, member.subject, said, particulars=words)


def openings_over_limit(openings: Iterable[NumberOpening]) -> Mapping[str, int]:
    """Who opened more numbers than `MAX_UNJUDGED_OPENINGS` that a custodian has not judged yet, and
    how many."""
    counted = Counter(each.by for each in openings if not each.unclear)
    return {by: count for by, count in sorted(counted.items()) if count > MAX_UNJUDGED_OPENINGS}


def quarter_hour(at: datetime) -> str:
    """The quarter of an hour in which a time lies, by its begin."""
    return format_timestamp(at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0))
