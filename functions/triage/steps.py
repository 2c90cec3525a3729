"""The Task states that bring a case to people's review, and see to deadlines and failures.

Each is named like its function in `workflow.asl.json` and reads as load, decide, save, tell. The
referral is in `functions/notify/steps.py`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from casework.aws.services import announcements, observe
from casework.aws.services.announcements import Announcement
from casework.aws.services.settings import TellSettings
from casework.aws.steps.step import TaskCall, advance, answer, now, step, wait
from casework.aws.table import alerts
from casework.aws.table.case_table import CaseTable
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.moves.deadlines import late
from casework.moves.running import stuck as stuck_by
from casework.moves.triage import alerted
from casework.pack.clocks import clocks
from casework.pack.jurisdiction import Jurisdiction, open_pack
from functions.triage.assessing import assess_alone

RETRIES_EXHAUSTED = "retries_exhausted"
ALERT_TRIES = 6
"""The workflow file tries the step once more so often; then people review the case whether or not
the duty desk could be told of the danger. The case is on its list either way."""


@cache
def _settings() -> TellSettings:
    return TellSettings.from_environment()


def _table() -> CaseTable:
    return CaseTable(_settings().case_table)


def _pack() -> Jurisdiction:
    return open_pack(_settings().pack)


@step("triage")
def triage(call: TaskCall) -> None:
    """Assess a case that has no assessment, tell the duty desk once of imminent danger, and wait
    for an analyst or a supervisor. A later case passes."""
    table, pack = _table(), _pack()
    case = table.case(call.journey.case_id)
    if case.status is Status.RECEIVED:
        case = _assess(table, pack, call)
    if _is_dangerous(case):
        try:
            _alert(table, call)
        except Exception as error:
            if call.tries < ALERT_TRIES:
                raise
            observe.failure("duty desk not told", error, case_id=case.id)
    wait(table, call, Status.IN_REVIEW, clocks(pack))


def _assess(table: CaseTable, pack: Jurisdiction, call: TaskCall) -> Case:
    def decide(case: Case) -> Change | None:
        if not lifecycle.allows(case.status, Move.ASSESS):
            return None
        return assess_alone(table, pack, case, now())

    def announce(case: Case) -> Announcement | None:
        return announcements.unreadable(case) if case.unreadable else None

    return advance(table, call, decide, topic=_settings().topic, announce=announce)


def _is_dangerous(case: Case) -> bool:
    """Whether the duty desk must be told of danger."""
    return case.imminent and not case.alerted and lifecycle.allows(case.status, Move.ALERT)


def _alert(table: CaseTable, call: TaskCall) -> None:
    def decide(case: Case) -> Change | None:
        return alerted(case, now()) if _is_dangerous(case) else None

    def announce(case: Case) -> Announcement | None:
        return alerts.opened(table.name, case, now())

    advance(table, call, decide, topic=_settings().topic, announce=announce)


@step("escalate")
def escalate(call: TaskCall) -> dict[str, Any]:
    """Tell the supervisors, once per level, that nobody acted in time; the wait goes on."""
    pack = _pack()

    def decide(case: Case) -> Change | None:
        return late(case, now(), pack.deadlines[case.priority.value])

    topic = _settings().topic
    case = advance(_table(), call, decide, topic=topic, announce=announcements.late)
    return answer(call, case, clocks(pack))


@step("stuck")
def stuck(call: TaskCall) -> dict[str, Any]:
    """Give the case to the duty desk: retries are exhausted, and no execution takes it further."""
    case = advance(
        _table(),
        call,
        lambda case: stuck_by(case, now(), RETRIES_EXHAUSTED) if case.stuck is None else None,
        topic=_settings().topic,
        announce=announcements.stuck,
    )
    return answer(call, case, clocks(_pack()))
