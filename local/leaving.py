"""Whoever leaves gives back what they work on alone: others need not wait for its time to end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from casework.aws.services import clients
from casework.aws.table import items, keys
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.change import Change
from casework.decisions.staff import StaffMember, queues_of
from casework.moves.review import given_back
from local.aws import Aws


def give_back(table: CaseTable, member: StaffMember, at: datetime) -> list[str]:
    """Let others work on every item that the person holds; the ids of these cases.

    A case that the person decided on, or that their unit has, stays where it is: those are not
    one person's.
    """
    given: list[str] = []
    for queue in queues_of(member):
        for key in items.indexed(table.name, keys.BY_QUEUE, keys.queue(queue)):
            case = table.case(keys.case_of(key[keys.PARTITION]))
            hold = case.held(at)
            if hold is not None and hold.by == member.subject:
                table.update(case.id, lambda now: _back(now, at, member.subject))
                given.append(case.id)
    return given


def _back(case: Case, at: datetime, subject: str) -> Change | None:
    """A colleague may have taken the case meanwhile: then there is nothing to give back."""
    return None if case.held_by_another(subject, at) else given_back(case, at, subject)


@contextmanager
def spoken_to(aws: Aws) -> Iterator[None]:
    """What stands in `casework.aws` speaks to the services that `aws` speaks to."""
    before = {name: os.environ.get(name) for name in aws.environment}
    os.environ.update(aws.environment)
    clients.client.cache_clear()
    try:
        yield
    finally:
        clients.client.cache_clear()
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
