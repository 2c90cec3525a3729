"""What staff see of askings for files that two people open."""

from __future__ import annotations

from collections.abc import Mapping

from casework.decisions.file_access import AskingStanding, FileAsking
from casework.views.desk_view import DeskView


class AskingView(DeskView):
    """That a person asked for a file, and how it stands."""

    case: str
    """Id of the case."""
    case_number: str | None = None
    """The number of the case that people say over a telephone."""
    number: int
    """Of the entry in the history of the case: an answer names it."""
    at: str
    by: str
    """Who asked, as in `people`."""
    report: str
    n: int
    """The number of the file in the report."""
    name: str | None = None
    """As its sender named it: text. Left out once the report was erased."""
    motive: str | None = None
    """Why, in the words of who asked; left out likewise."""
    standing: AskingStanding
    until: str
    """When it lapses; once it was admitted, until when the file may be opened."""
    answer: int | None = None
    """The entry of the answer: an opening names it as `admission`."""
    answered_by: str | None = None
    reason: str | None = None
    """Why it was admitted or refused."""
    yours: bool
    """Whether it waits for the reader; else the reader asked."""

    @classmethod
    def from_asking(
        cls,
        asking: FileAsking,
        *,
        case_number: str | None,
        name: str | None,
        motive: str | None,
        reason: str | None,
        yours: bool,
    ) -> AskingView:
        """The asking with the words around it."""
        return cls(
            **asking.model_dump(),
            case_number=case_number,
            name=name,
            motive=motive,
            reason=reason,
            yours=yours,
        )


class Askings(DeskView):
    """Askings for files: those that wait for the reader, and the own ones; the oldest first."""

    askings: tuple[AskingView, ...]
    people: Mapping[str, str] = {}
    """Names of staff, by subject."""
