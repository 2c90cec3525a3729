"""Release the items that a leaving person holds, so that colleagues need not wait for the hold to
end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from casework.aws.services import clients
from casework.aws.table import desk_keys, items, keys
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.change import Change
from casework.decisions.staff import StaffMember, list_queues
from casework.moves.holds import release_hold
from local.aws import AwsClients


def release_holds(table: CaseTable, member: StaffMember, at: datetime) -> list[str]:
    """Release every item that the person holds; returns the ids of these cases.

    A case that the person decided on, or that their unit has, stays where it is: it is not held by
    one person.
    """
    given: list[str] = []
    for queue in list_queues(member):
        for key in items.query_index(
            table.name, keys.QUEUE_INDEX, desk_keys.queue_name_of_desk(queue)
        ):
            case = table.get_case(keys.case_id_from_partition(key[keys.PARTITION_KEY]))
            hold = case.active_hold(at)
            if hold is not None and hold.by == member.subject:
                table.update(case.id, lambda now: _back(now, at, member.subject))
                given.append(case.id)
    return given


def _back(case: Case, at: datetime, subject: str) -> Change | None:
    """None if a colleague took the case meanwhile: then there is nothing to release."""
    return None if case.is_held_by_another(subject, at) else release_hold(case, at, subject)


CLIENT_READ_SECONDS_TEXT: Final = "10"
"""A person at a command can wait longer for a service than a function may."""


@contextmanager
def use_aws(aws: AwsClients) -> Iterator[None]:
    """Let the clients of `casework.aws` use the services of `aws`."""
    environment = {**aws.environment, clients.LONG_TIMEOUTS_VARIABLE: CLIENT_READ_SECONDS_TEXT}
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    clients.reset_clients()
    try:
        yield
    finally:
        clients.reset_clients()
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
