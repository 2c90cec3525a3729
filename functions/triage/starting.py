"""The start of a case's workflow, where a flood may be more than Step Functions starts at once."""

from __future__ import annotations

from casework.aws.services import faults, observe
from casework.aws.steps import workflow
from casework.aws.steps.step import now
from casework.case.case import Case
from casework.pack.clocks import Clocks


def start_or_leave(machine: str, case: Case, clocks: Clocks) -> bool:
    """Start the case's execution; whether it was started here.

    Where the service takes no more for now, people review the case all the same: the reconciler
    starts its execution, or the first decision on it does.
    """
    try:
        return workflow.start(machine, case, now(), clocks)
    except Exception as error:
        if faults.unavailable(error) is None:
            raise
        observe.failure("workflow not started", error, case_id=case.id)
        observe.count("StartsLeft")
        return False
