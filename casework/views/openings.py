"""What staff see of openings of reporters' numbers: never a number, never a name of a reporter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.decisions.numbers import NumberOpening
from casework.views.desk_view import DeskView


class OpeningView(DeskView):
    """An opening that nobody has judged yet."""

    case: str
    """Id of the case."""
    case_number: str | None = None
    """The number of the case that people say over a telephone."""
    number: int
    """Of its entry in the history of the case."""
    at: str
    by: str
    """Who opened it, as in `people`."""
    ground: str
    """What the danger is: `life`, `child` or `attack`."""
    due: str
    """By when it is judged."""
    late: bool
    unclear: bool
    """A custodian could not say: it waits for an auditor."""
    yours: bool
    """Whether it waits for the reader."""
    reason: str | None = None
    """What showed the danger, in the words of who opened; for those who judge it, and until the
    report is erased."""

    @classmethod
    def from_opening(
        cls,
        opening: NumberOpening,
        at: datetime,
        case: Case | None,
        reason: str | None,
        *,
        yours: bool,
    ) -> OpeningView:
        """The opening at a time; `case` is its case where it was read."""
        return cls(
            case=opening.case,
            case_number=(case.number or None) if case else None,
            number=opening.number,
            at=opening.at,
            by=opening.by,
            ground=opening.ground,
            due=format_timestamp(opening.due),
            late=opening.late(at),
            unclear=opening.unclear,
            yours=yours,
            reason=reason,
        )


class Many(DeskView):
    """A person of whose openings more wait than supervisors should leave alone."""

    by: str
    openings: int


class Openings(DeskView):
    """Openings that nobody has judged yet, the oldest first."""

    openings: tuple[OpeningView, ...]
    many: tuple[Many, ...] = ()
    """Who opened more than three numbers that no custodian has judged; for supervisors."""
    people: Mapping[str, str] = {}
    """Names of staff, by subject."""
