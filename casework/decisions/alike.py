"""Decisions that a person may take on several cases together."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import StringConstraints

from casework.case.alike import BATCH_FIELD, NotAlikeReason
from casework.case.case import Case
from casework.decisions.base import DecisionContext, SeesReports
from casework.errors import NotAlike

BATCH_PATTERN: Final = r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"

BatchId = Annotated[str, StringConstraints(pattern=BATCH_PATTERN)]
"""A random UUID, made once for all acts that are taken together."""


def refuse_not_alike(reason: NotAlikeReason | None) -> None:
    """Raise NotAlike where there is a reason."""
    if reason is not None:
        raise NotAlike("The case is acted on by itself.", reason=reason.value)


def batch_data(batch: str | None) -> dict[str, Any]:
    """What an entry says of the batch; nothing without one."""
    return {BATCH_FIELD: batch} if batch else {}


class TakenAlike(SeesReports):
    """A decision that a person may take on several cases together."""

    batch: BatchId | None = None
    """The same random UUID in each of the decisions that are taken together: each is refused where
    its case is to be decided by itself (409, `not-alike`). Left out, it is taken by itself."""

    @property
    def event_data(self) -> dict[str, Any]:
        said = super().event_data
        return {name: each for name, each in said.items() if name != BATCH_FIELD or each}

    def prepare(self, case: Case, at: datetime, context: DecisionContext) -> Self:
        if self.batch:
            for each in (case, *self.others(context)):
                refuse_not_alike(context.why_not_alike(each))
        return super().prepare(case, at, context)

    def others(self, context: DecisionContext) -> tuple[Case, ...]:
        """The other cases that it acts on."""
        return ()
