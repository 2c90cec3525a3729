"""Types of the fields of a report: short texts, days, languages, each with its schema."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from casework.identifiers import canonicalise_phone


def enum_schema(codes: Collection[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": sorted(codes)})


def require_phone(text: str) -> str:
    if canonicalise_phone(text) is None:
        raise PydanticCustomError(
            "phone.malformed", "This is no telephone number; begin a foreign one with + and code."
        )
    return text


_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


_DAY_OR_TIME: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?$"
)


def _is_in_the_calendar(text: str) -> str:
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        raise PydanticCustomError(
            "date.malformed", "This is no day of the calendar, or no time of a day."
        ) from None
    return text


ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


Day = Annotated[
    str,
    StringConstraints(pattern=_DAY),
    AfterValidator(_is_in_the_calendar),
    WithJsonSchema({"type": "string", "format": "date"}),
]


When = Annotated[
    str,
    StringConstraints(pattern=_DAY_OR_TIME),
    AfterValidator(_is_in_the_calendar),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": each} for each in ("date", "date-time")]}
    ),
]
"""A day, or a day and time, in ISO 8601; with its offset if the reporter's device gave it.

Stored as text: the reporter's statement is evidence, and a parsed time would be our reading of it.
"""


LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""A language as BCP 47 writes it."""


class ReportPart(BaseModel):
    # Built on first use: the report's own validator contains those of its parts, and building one
    # for each part as well would cost every cold start 20 ms.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)
