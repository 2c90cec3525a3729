"""Which reports of a case a person has accepted as belonging to it.

A report that is alone in the case that it opened belongs to it by nature. Once a second one is
there, however it came, nobody knows whose report it is: either may come from a stranger, even from
the suspect. From then on no report belongs until a person admits it by its name. Until then its
answers and its deadline are those of a report that stands alone.

Only the entry `admit` admits, and it names the reports. A decision may name the last report that
its author had *seen* (`shown`), by its number among those of the case; that admits none. Numbers
are given in the order in which reports come into a case and are never given twice, so a report that
its author had not seen has a greater number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.case.lifecycle import Move

MAX_REPORTS: Final = 999_999
"""Reports of one case."""
LAST_SEEN_REPORT_FIELD: Final = "shown"
"""Of an entry of a history: the number of the last report that its author had seen."""


UNADMITTED_FIELD: Final = "unadmitted"
"""In the data of an entry about an addition: the number of its report, if that was not admitted."""
MAX_ADMITTED_BY_NAME: Final = 40
"""Reports that one call admits, or writes to, by name: each is two items of one transaction."""


class Admission(BaseModel):
    """The body of `POST /v1/desk/cases/{id}/admissions`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    reports: Annotated[
        tuple[Annotated[str, StringConstraints(max_length=40)], ...],
        Field(strict=False, min_length=1, max_length=MAX_ADMITTED_BY_NAME),
    ]
    """References of reports of the case: each that belongs to it, and no other."""


class AdmittingEntry(BaseModel):
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


def admitted_up_to_number(entry: AdmissionEntry) -> int:
    """The number up to which the author of an entry had seen all reports; 0 where it names none."""
    shown = entry.data.get(LAST_SEEN_REPORT_FIELD)
    return shown if isinstance(shown, int) else 0


def references_admitted_by_name(entry: AdmissionEntry) -> Sequence[str]:
    """References of the reports that an entry admits by name."""
    return entry.data.get("reports", ()) if entry.move == Move.ADMIT else ()


def admits_by_name(entry: AdmissionEntry, reference: str) -> bool:
    """Whether an entry admits the report of this reference by name."""
    return reference in references_admitted_by_name(entry)


def find_admission(entries: Iterable[AnEntry], reference: str) -> AnEntry | None:
    """The first entry of a case's history that admits its report of this reference, if any does."""
    return next((each for each in entries if admits_by_name(each, reference)), None)
