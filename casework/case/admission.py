"""Which reports of a case a person has accepted as belonging to it.

A report that opened a case, or that came with a merged case, belongs to it by nature. A report that
joined by itself, because it names the same number, may come from a stranger, even from the suspect.
Until a person admits it, its answers, deadline and counts are those of a report that stands alone.

Two entries of a history admit: `admit` names reports, and a decision names the last report that
its author had seen (`shown`), by its number among those of the case. Numbers are given in the order
in which reports come into a case and are never given twice, so a report that its author had not
seen has a greater number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from casework.case.lifecycle import Move

MOST: Final = 999_999
"""Reports of one case."""
SHOWN: Final = "shown"
"""Of an entry of a history: the number of the last report that its author had seen."""


UNADMITTED: Final = "unadmitted"
"""In the data of an entry about an addition: the number of its report, if that was not admitted."""
MOST_NAMED: Final = 40
"""Reports that one call admits, or writes to, by name: each is two items of one transaction."""


class Admission(BaseModel):
    """The body of `POST /v1/desk/cases/{id}/admissions`: one of the two fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    reports: Annotated[
        tuple[Annotated[str, StringConstraints(max_length=40)], ...],
        Field(strict=False, max_length=MOST_NAMED),
    ] = ()
    """References of reports of the case."""
    shown: Annotated[int, Field(ge=1, le=MOST)] | None = None
    """`number` of the last report that you were shown: all up to it are admitted."""

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if bool(self.reports) == (self.shown is not None):
            raise PydanticCustomError(
                "admission.which", "Name reports, or the last one that you were shown."
            )
        return self


class Admitted(BaseModel):
    """The entry of a history by which a report was first admitted."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    case: str
    event: int


class AdmissionEntry(Protocol):
    """The parts of an entry of a history that admission reads."""

    @property
    def number(self) -> int: ...

    @property
    def move(self) -> str: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


AnEntry = TypeVar("AnEntry", bound=AdmissionEntry)


def shown_in(entry: AdmissionEntry) -> int:
    """The number up to which an entry admits all reports; 0 for one that does not."""
    shown = entry.data.get(SHOWN)
    return shown if isinstance(shown, int) else 0


def names(entry: AdmissionEntry, reference: str) -> bool:
    """Whether an entry admits the report of this reference by name."""
    return entry.move == Move.ADMIT and reference in entry.data.get("reports", ())


def admitting(entries: Iterable[AnEntry], reference: str, number: int) -> AnEntry | None:
    """The first entry of a case's history that admits its report of this number, if any does."""
    return next(
        (each for each in entries if names(each, reference) or 0 < number <= shown_in(each)), None
    )
