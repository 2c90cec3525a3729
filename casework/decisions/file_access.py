"""A person who opens a reporter's file says why; each opening is an event of the case.

The event names report, file and the commitment to its bytes. The motive stands beside it and is
erased with the report.

Where the pack says that the case is of one of the gravest kinds, two people open a file:

    asked ──another person──▶ admitted ──who asked──▶ opened
      ├───another person──▶ refused
      └───its time ends──▶ lapsed

Asking and answer are entries as well. Where a person recorded imminent danger nobody waits: the
file opens by the motive of one person, and its entry says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import TOLD_IN_FIELD, CaseEvent, Particulars
from casework.case.lifecycle import Move
from casework.case.times import format_timestamp
from casework.case.value_objects import Opener
from casework.decisions.base import FREE_WORDS_FIELD
from casework.decisions.permissions import OfficesOf, StaffCall, is_permitted, no_known_offices
from casework.decisions.staff import StaffMember
from casework.errors import EntryNotFound, IllegalMove, NotAllowed, SecondLookOwed
from casework.pack.procedure import SecondOpening
from casework.text.allowed_text import require_visible_text

FILE: Final = "file"
"""In the data of an entry about a file: its number in the report."""
BOUND_FIELD: Final = "bound"
"""The same: the commitment to its bytes."""
UNTIL_FIELD: Final = "until"
"""In the data of an asking: when it lapses; of an admission: until when the file may be opened."""
ASKED_FIELD: Final = "asked"
"""In the data of an answer: the entry of the asking."""
ADMITTED_FIELD: Final = "admitted"
"""In the data of an opening by two people: the entry of the admission."""
ALONE_REASON_FIELD: Final = "alone"
"""In the data of an opening by one person where two were wanted: why."""
DANGER_FIELD: Final = "danger"

_Sentence = Annotated[
    str, StringConstraints(min_length=10, max_length=500), AfterValidator(require_visible_text)
]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class FileWish(_Sent):
    """The body of `POST /v1/desk/cases/{id}/files/asking`."""

    report: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    """Reference of the report that it belongs to."""
    n: Annotated[int, Field(ge=1, le=999)]
    """Its number in the report."""
    motive: _Sentence
    """What the work on the case needs the file for. Auditors read it."""


class FileOpening(FileWish):
    """The body of `POST /v1/desk/cases/{id}/files/opening`."""

    admission: Annotated[int, Field(ge=1, le=999_999)] | None = None
    """The entry by which another person admitted it, where two people open a file."""


class FileAnswer(_Sent):
    """The body of `POST /v1/desk/cases/{id}/files/asking/{entry}/answer`."""

    outcome: Literal["admit", "refuse"]
    reason: _Sentence
    """Why, in a sentence. Who asked reads it, and auditors."""


class AskingStanding(StrEnum):
    """How an asking stands."""

    WAITS = "waits"
    ADMITTED = "admitted"
    REFUSED = "refused"


class FileAsking(BaseModel):
    """That a person asked for a file that two people open, and what became of it."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    case: str
    number: int
    """Of its entry in the history of the case."""
    at: str
    by: str
    report: str
    n: int
    standing: AskingStanding = AskingStanding.WAITS
    until: str
    """When it lapses; once it was admitted, until when the file may be opened."""
    answer: int | None = None
    """The entry of the answer."""
    answered_by: str | None = None

    def has_expired(self, at: datetime) -> bool:
        """Whether its time is over."""
        return at >= datetime.fromisoformat(self.until)


def danger_recorded(case: Case) -> bool:
    """Whether danger is imminent and a person of the staff recorded it: a stranger's report alone
    opens no file."""
    by_person = any(each.by is Opener.DANGER for each in case.gate)
    return case.imminent and (by_person or bool(case.danger and case.danger.by))


def needs_two(rule: SecondOpening, case: Case) -> bool:
    """Whether two people open a file of the case. A case is of a category if a reporter, the words
    of a report, or a person says so."""
    return not rule.categories.isdisjoint({case.category, *case.told})


def record_file_asking(
    case: Case, at: datetime, by: str, wish: FileWish, bound: str, rule: SecondOpening
) -> Change:
    """The event that a person asks for a file. Raises IllegalMove where one person opens it."""
    if not needs_two(rule, case) or danger_recorded(case):
        raise IllegalMove("This file opens by your motive alone.")
    until = format_timestamp(at + timedelta(seconds=rule.seconds))
    said: dict[str, JsonValue] = {FILE: wish.n, BOUND_FIELD: bound, UNTIL_FIELD: until}
    return Change.from_move(case, Move.FILE_ASKED, at, by, said, particulars=_words(wish))


def file_asking_from_event(case_id: str, event: CaseEvent) -> FileAsking:
    """The asking that an entry records."""
    return FileAsking(
        case=case_id,
        number=event.number,
        at=event.at,
        by=event.by,
        report=str(event.data[TOLD_IN_FIELD]),
        n=int(str(event.data[FILE])),
        until=str(event.data[UNTIL_FIELD]),
    )


def can_answer_file_asking(
    member: StaffMember, asking: FileAsking, case: Case, offices: OfficesOf = no_known_offices
) -> bool:
    """Whether the asking waits for the member: another person who may admit files of the case."""
    other = asking.by != member.subject
    return other and is_permitted(member, StaffCall.FILE_ADMISSION, case, offices)


def file_answered(
    case: Case,
    at: datetime,
    by: str,
    asking_event: CaseEvent,
    answer: FileAnswer,
    rule: SecondOpening,
) -> tuple[Change, FileAsking]:
    """The event that another person admits or refuses an opening, and how the asking stands then.

    Raises NotAllowed for an own asking, and IllegalMove for one whose time is over.
    """
    asking = file_asking_from_event(case.id, asking_event)
    if asking.by == by:
        raise NotAllowed("You asked for this file: another person answers.")
    if asking.has_expired(at):
        raise IllegalMove("The time of this asking is over.")
    admits = answer.outcome == "admit"
    data: dict[str, JsonValue] = {
        ASKED_FIELD: asking.number,
        FILE: asking.n,
        BOUND_FIELD: asking_event.data[BOUND_FIELD],
    }
    until = format_timestamp(at + timedelta(seconds=rule.opens_seconds)) if admits else asking.until
    if admits:
        data[UNTIL_FIELD] = until
    words = Particulars({FREE_WORDS_FIELD: answer.reason}, report=asking.report)
    move = Move.FILE_ADMITTED if admits else Move.FILE_REFUSED
    change = Change.from_move(case, move, at, by, data, particulars=words)
    standing = AskingStanding.ADMITTED if admits else AskingStanding.REFUSED
    after = {"standing": standing, "until": until, "answer": case.events + 1, "answered_by": by}
    return change, asking.model_copy(update=after)


def open_file_for_person(
    case: Case,
    at: datetime,
    by: str,
    wish: FileOpening,
    bound: str,
    rule: SecondOpening,
    entry: Callable[[int], CaseEvent | None],
) -> dict[str, int | str]:
    """Let a person open a file; what its entry says of a second person. `entry` finds an entry of
    the history by its number.

    The history alone decides: no list that stands beside it. Raises SecondLookOwed where two people
    open files of the case and nobody admitted this opening, or its time is over.
    """
    if not needs_two(rule, case):
        return {}
    admission = entry(wish.admission) if wish.admission else None
    if admission is not None and _admits(admission, at, by, wish, bound, entry):
        return {ADMITTED_FIELD: admission.number}
    if danger_recorded(case):
        return {ALONE_REASON_FIELD: DANGER_FIELD}
    raise SecondLookOwed("Another person admits this opening first.")


def _admits(
    admission: CaseEvent,
    at: datetime,
    by: str,
    wish: FileOpening,
    bound: str,
    entry: Callable[[int], CaseEvent | None],
) -> bool:
    """Whether an entry admits that this person opens this file now."""
    if admission.move != Move.FILE_ADMITTED:
        return False
    file = (wish.report, wish.n, bound)
    if _file_of(admission) != file or at >= datetime.fromisoformat(
        str(admission.data[UNTIL_FIELD])
    ):
        return False
    asked = entry(int(str(admission.data[ASKED_FIELD])))
    if asked is None or asked.move != Move.FILE_ASKED:
        return False
    return _file_of(asked) == file and asked.by == by != admission.by


def _file_of(event: CaseEvent) -> tuple[str, int, str]:
    return str(event.data[TOLD_IN_FIELD]), int(str(event.data[FILE])), str(event.data[BOUND_FIELD])


def record_file_opening(
    case: Case,
    at: datetime,
    by: str,
    wish: FileWish,
    bound: str,
    second: dict[str, int | str] | None = None,
) -> Change:
    """The event that a person is given the key of a file, whose bytes this commitment binds;
    `second` is what `open_file_for_person` says."""
    data: dict[str, JsonValue] = {FILE: wish.n, BOUND_FIELD: bound, **(second or {})}
    return Change.from_move(case, Move.FILE_OPENED, at, by, data, particulars=_words(wish))


def require_file_asking_entry(event: CaseEvent | None) -> CaseEvent:
    """The entry, if it asks for a file; raises EntryNotFound."""
    if event is None or event.move != Move.FILE_ASKED:
        raise EntryNotFound("Nobody asked for a file by this entry.")
    return event


def _words(wish: FileWish) -> Particulars:
    return Particulars({FREE_WORDS_FIELD: wish.motive}, report=wish.report)
