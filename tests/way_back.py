"""A way back to where a test once was, so that one beginning serves for many ways to go on."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from moto.dynamodb.models import dynamodb_backends
from moto.stepfunctions.models import stepfunctions_backends

from casework.aws.steps import task_state
from tests.office import REGION, TABLE, Office, forget_settings

ACCOUNT = "123456789012"
"""Moto's."""


def way_back(office: Office) -> Callable[[], None]:
    """Call what is returned, as often as needed, and all is as it is now.

    That is the table, the executions, what was told and the time. What goes on is a new process,
    but for its clients, which know nothing of the way that is left.
    """
    tables = dynamodb_backends[ACCOUNT][REGION]
    machines = stepfunctions_backends[ACCOUNT][REGION].state_machines
    told, now, accepted = list(office.told()), task_state.now(), office.accepted
    kept = deepcopy((tables.tables[TABLE].items, [machine.executions for machine in machines]))

    def back() -> None:
        office.told()  # what is still in the inbox belongs to the way that is left
        office.heard[:] = told
        office.accepted = accepted
        office.late_by += now - task_state.now()
        # By name: moto puts another table in its place when it cancels a transaction.
        tables.tables[TABLE].items, executions = deepcopy(kept)
        for machine, own in zip(machines, executions, strict=True):
            machine.executions = own
        forget_settings()

    return back
