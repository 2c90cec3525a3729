"""The start of a case's workflow, where a flood may be more than Step Functions starts at once.

A process whose start was refused as one too many does not ask again for a while, so that the starts
that there are go to cases of immediate danger and to those that people decided: they always ask.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from casework.aws.services import service_errors, telemetry
from casework.aws.steps import executions
from casework.aws.steps.task_state import now
from casework.case.case import Case
from casework.case.value_objects import Priority
from casework.pack.clocks import Clocks

START_BACKOFF_SECONDS: Final = 60
"""How long a process asks for no start after one was refused."""
THROTTLING_CODES: Final = frozenset({"ThrottlingException", "TooManyRequestsException"})
"""The codes by which the service says that starts are too many, and no other failure."""


@dataclass
class StartBackoff:
    """Until when this process asks for none of the starts that can wait."""

    until: float = 0.0

    @property
    def now(self) -> bool:
        """Whether it rests now."""
        return time.monotonic() < self.until

    def begin(self) -> None:
        """A start was refused."""
        self.until = time.monotonic() + START_BACKOFF_SECONDS


start_backoff: Final = StartBackoff()


def start_unless_throttled(
    machine: str, case: Case, clocks: Clocks, *, decided: bool = False
) -> bool:
    """Start the case's execution; whether it was started here. `decided`: people have decided on
    the case, and its start is always asked for.

    Where the service takes no more for now, people review the case all the same: the reconciler
    starts its execution, or the first decision on it does.
    """
    if start_backoff.now and not decided and case.priority is not Priority.IMMEDIATE:
        telemetry.count_metric("StartsLeft")
        return False
    try:
        return executions.start_execution(machine, case, now(), clocks)
    except Exception as error:
        if service_errors.busy_if_unavailable(error) is None:
            raise
        if service_errors.code_of(error) in THROTTLING_CODES:
            start_backoff.begin()
        telemetry.log_failure("workflow not started", error, case_id=case.id)
        telemetry.count_metric("StartsLeft")
        return False
