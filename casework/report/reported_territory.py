"""Where it happened, as the reporter says: a territory of the list, words, or another country."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    Discriminator,
    StringConstraints,
    Tag,
)

from casework.report.field_types import (
    ReportPart,
    enum_schema,
)
from casework.text.allowed_text import require_visible_text
from casework.text.codes import COUNTRY_CODES, require_known_country


class PickedPlace(ReportPart):
    """A territory chosen from the jurisdiction's list."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class DescribedPlace(ReportPart):
    """A place in the reporter's words."""

    text: Annotated[
        str, StringConstraints(min_length=1, max_length=300), AfterValidator(require_visible_text)
    ]


class Abroad(ReportPart):
    """Another country."""

    country: Annotated[str, AfterValidator(require_known_country), enum_schema(COUNTRY_CODES)]
    """ISO 3166-1 alpha-2."""
    residence: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    """A territory of the jurisdiction where the victim lives, chosen from its list."""
    residence_text: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=300),
            AfterValidator(require_visible_text),
        ]
        | None
    ) = None
    """The same in the reporter's words; a chosen one has priority."""


def _kind_of_place(value: Any) -> str | None:
    """Which of the three kinds a territory is; None when it is none of them or several."""
    said = type(value).model_fields if isinstance(value, BaseModel) else value
    named = {"code": "PickedPlace", "text": "DescribedPlace", "country": "Abroad"}
    kinds = [named[key] for key in named if isinstance(said, dict) and key in said]
    return kinds[0] if len(kinds) == 1 else None


ReportedTerritory = Annotated[
    Annotated[PickedPlace, Tag("PickedPlace")]
    | Annotated[DescribedPlace, Tag("DescribedPlace")]
    | Annotated[Abroad, Tag("Abroad")],
    Discriminator(_kind_of_place),
]
