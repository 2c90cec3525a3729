"""The journey of a case in the workflow: the input and the output of its every state.

Operators can read the history of an execution for 90 days. So a journey holds ids, enums and
seconds, and has no field for anything else.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.case.lifecycle import Status

SUPERSEDED_STATE: Final = "superseded"
"""Told to an execution that another one replaces: it ends without touching the case."""

WORKFLOW_VERSION: Final = 2
"""The number of the present drawing of the workflow, which its file tells every step. The service
ends an execution by the drawing with which it began. So a drawing with other states gets the next
number: executions of an earlier one are superseded at their next step, and the reconciler starts
the next run."""

WORKFLOW_DIGEST: Final = "c0fdb43975287d72"
"""The digest of the states of that drawing and of the ways between them: a test says the one of a
drawing that differs, and asks for its number."""

EXECUTION_STEP_SECONDS: Final = 30
"""The time of a step before its wait begins: the service's clock starts before the case's own."""

CaseId = Annotated[str, StringConstraints(pattern=r"^C(-[0-9A-HJKMNP-TV-Z]{4}){4}-[0-9A-Z]$")]


class ExecutionState(BaseModel):
    """Where a case stands, for the execution that serves it.

    Other fields are ignored, so that a journey of an earlier drawing is read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    case_id: CaseId
    run: Annotated[int, Field(ge=1)]
    """Number of the execution, counted from 1."""
    status: Status | Literal["superseded"]
    wait_seconds: Annotated[int, Field(ge=1)]
    """The time that people have in the next wait, with `EXECUTION_STEP_SECONDS`."""

    def to_state_input(self) -> dict[str, Any]:
        """The journey as the workflow gets it."""
        return self.model_dump(mode="json")


def superseded_output(case_id: str, run: int, drawn: int) -> dict[str, Any]:
    """The end of the road for an execution that was replaced."""
    end = ExecutionState(
        case_id=case_id, run=run, status=SUPERSEDED_STATE, wait_seconds=EXECUTION_STEP_SECONDS
    )
    # The first drawing chose its next state by `alert` too.
    return end.to_state_input() | ({"alert": False} if drawn == 1 else {})
