"""The Task states that tell people outside: the duty desk and the unit a case is referred to."""

from __future__ import annotations

from functools import cache
from typing import Any

from casework.aws.services import announcements, observe
from casework.aws.services.announcements import Announcement
from casework.aws.services.faults import code_of
from casework.aws.services.settings import TellSettings
from casework.aws.steps.step import StepFailed, advance, now, step
from casework.aws.table import alerts
from casework.aws.table.case_table import CaseTable
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.journey import Journey
from casework.case.lifecycle import Move, Status
from casework.moves.referring import published, undelivered
from casework.moves.triage import alerted
from casework.pack.jurisdiction import open_pack


@cache
def _settings() -> TellSettings:
    return TellSettings.from_environment()


@step
def alert(journey: Journey) -> dict[str, Any]:
    """Tell the duty desk that danger is imminent: once, before the review of the case."""

    def decide(case: Case) -> Change | None:
        due = case.imminent and not case.alerted and lifecycle.allows(case.status, Move.ALERT)
        return alerted(case, now()) if due else None

    table = CaseTable(_settings().case_table)

    def announce(case: Case) -> Announcement | None:
        return alerts.opened(table.name, case, now())

    return advance(table, journey, decide, topic=_settings().topic, announce=announce)


@step
def notify(journey: Journey) -> dict[str, Any]:
    """Tell the unit of the referral; its time to acknowledge runs from then.

    A failure is counted on the referral, where the duty desk sees it, and then retried.
    """
    settings = _settings()
    table, pack = CaseTable(settings.case_table), open_pack(settings.pack)

    def decide(case: Case) -> Change | None:
        if case.status is not Status.QUEUED:
            return None
        at = now()
        try:
            announcements.publish(settings.topic, announcements.referred(case), at)
        except Exception as error:
            observe.failure("unit not told", error, case_id=case.id)
            raise _Undelivered(code_of(error) or type(error).__name__) from error
        return published(case, at, pack.deadlines[case.priority.value].acknowledge_seconds)

    try:
        return advance(table, journey, decide)
    except _Undelivered as failed:
        code = str(failed)  # the name `failed` ends with this block, before the lambda may
        advance(table, journey, lambda case: undelivered(case, now(), code))
        raise


class _Undelivered(StepFailed):
    """The unit could not be told; the message is the service's code."""
