"""What a second person says of a closed review, as they send it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.case.value_objects import Priority
from casework.decisions.base import PackId, UnionBody
from casework.decisions.pack_names import KNOWN_CATEGORY

SampleName = Annotated[str, StringConstraints(pattern=r"^[0-9TZ:.-]{24}_[0-9a-f]{16}$")]
"""The name of a sample, as the list gives it: it names no case."""


class _Again(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    sample: SampleName


class ConfirmAgain(_Again):
    """I would have confirmed it: as this category, with this priority."""

    outcome: Literal["confirm"]
    category: Annotated[PackId, KNOWN_CATEGORY]
    priority: Annotated[Priority, Field(strict=False)]

    @property
    def said(self) -> dict[str, str]:
        """What the entry records."""
        return {"category": self.category, "priority": self.priority.value}


class RejectAgain(_Again):
    """I would have rejected it, for this reason."""

    outcome: Literal["reject"]
    reason: Literal["not_an_offence", "no_exploitable_facts", "duplicate", "out_of_scope"]

    @property
    def said(self) -> dict[str, str]:
        """What the entry records."""
        return {"reason": self.reason}


class ReadAgain(UnionBody):
    """The body of `POST /v1/desk/samples`: what the reader would have decided."""

    root: Annotated[ConfirmAgain | RejectAgain, Field(discriminator="outcome")]
