"""The journey of a case in the workflow: the input and the output of its every state.

Operators can read the history of an execution for 90 days. So a journey holds ids, enums and
seconds, and has no field for anything else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.case.case import Case
from casework.case.lifecycle import Status

SUPERSEDED: Final = "superseded"
"""Told to an execution that another one has replaced: it ends without touching the case."""

CaseId = Annotated[str, StringConstraints(pattern=r"^C(-[0-9A-HJKMNP-TV-Z]{4}){4}-[0-9A-Z]$")]


class Journey(BaseModel):
    """Where a case stands, for the execution that serves it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    case_id: CaseId
    run: Annotated[int, Field(ge=1)]
    """Number of the execution, counted from 1."""
    status: Status | Literal["superseded"]
    alert: bool
    """The duty desk must be told at once."""
    wait_seconds: Annotated[int, Field(ge=1)]
    """How long people have left."""

    def serves(self, case: Case) -> bool:
        """Whether this execution is the one that serves the case."""
        return self.case_id == case.id and self.run == case.run

    def of(self, case: Case, now: datetime) -> dict[str, Any]:
        """The journey of the case as it is; the end of the road when another run serves it."""
        return case.journey(now) if self.serves(case) else self.superseded()

    def superseded(self) -> dict[str, Any]:
        """The end of the road for an execution that was replaced."""
        return {
            "case_id": self.case_id,
            "run": self.run,
            "status": SUPERSEDED,
            "alert": False,
            "wait_seconds": 1,
        }
