"""The fields of what people send that hold a name of the pack, each with the list that has it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from casework.errors import Finding
from casework.pack.competence import NATIONAL_UNIT
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure


@dataclass(frozen=True)
class PackNames:
    """Stands in the annotation of a field whose value, if it has one, is of a list of the pack."""

    code: str
    """Of the finding for a value that is not in the list."""
    detail: str
    names: Callable[[Jurisdiction], Collection[str]]


KNOWN_CATEGORY: Final = PackNames(
    "category.unknown", "This category is not in the list.", lambda pack: pack.categories
)
KNOWN_TERRITORY: Final = PackNames(
    "territory.unknown", "This place is not in the list.", lambda pack: pack.territories
)
KNOWN_GROUND: Final = PackNames(
    "ground.unknown",
    "A territory cannot have this ground.",
    lambda pack: {*pack.grounds.order} - {NATIONAL_UNIT},
)
KNOWN_UNIT: Final = PackNames(
    "unit.unknown", "This unit is not in the list.", lambda pack: pack.units
)
KNOWN_COURT: Final = PackNames(
    "court.unknown", "This court is not in the list.", lambda pack: pack.courts
)
KNOWN_SERVICE: Final = PackNames(
    "service.unknown",
    "This service is not in the list.",
    lambda pack: {service.id for service in read_procedure(pack.folder).services},
)


def find_unknown_names(sent: BaseModel, pack: Jurisdiction) -> tuple[Finding, ...]:
    """A finding for each such field whose value the pack does not have, in the order of fields."""
    return tuple(
        Finding(f"#/{name}", marked.code, marked.detail)
        for name, field in type(sent).model_fields.items()
        for marked in field.metadata
        if isinstance(marked, PackNames)
        and (value := getattr(sent, name)) is not None
        and value not in marked.names(pack)
    )
