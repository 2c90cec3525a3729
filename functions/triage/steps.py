"""The Task states that bring a case to people's review, and see to deadlines and failures.

Each is named like its function in `workflow.asl.json` and reads as load, decide, save, tell. The
referral is in `functions/notify/steps.py`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from casework.aws.services import notifications, telemetry
from casework.aws.services.notifications import Notification
from casework.aws.services.settings import ReporterUpdateSettings
from casework.aws.steps.task_state import (
    TaskCall,
    apply_task_move,
    now,
    task_handler,
    task_output,
    wait_for_people,
)
from casework.aws.table import danger_alerts
from casework.aws.table.case_table import CaseTable
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.moves.deadlines import escalate_if_late
from casework.moves.executions import mark_stuck as stuck_by
from casework.moves.triage import mark_alerted
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import Jurisdiction, open_pack
from functions.triage.assessments import assess_separated_report

RETRIES_EXHAUSTED_REASON = "retries_exhausted"
MAX_ALERT_SEND_ATTEMPTS = 6
"""The workflow file tries the step once more so often; then people review the case whether or not
the duty desk could be told of the danger. The case is on its list either way."""


@cache
def _settings() -> ReporterUpdateSettings:
    return ReporterUpdateSettings.from_environment()


def _table() -> CaseTable:
    return CaseTable(_settings().case_table)


def _pack() -> Jurisdiction:
    return open_pack(_settings().pack)


@task_handler("triage")
def triage(call: TaskCall) -> None:
    """Assess a case that has no assessment, tell the duty desk once of imminent danger, and wait
    for an analyst or a supervisor. A later case passes."""
    table, pack = _table(), _pack()
    case = table.get_case(call.journey.case_id)
    if case.status is Status.RECEIVED:
        case = _assess(table, pack, call)
    if _is_dangerous(case):
        try:
            _alert(table, call)
        except Exception as error:
            if call.tries < MAX_ALERT_SEND_ATTEMPTS:
                raise
            telemetry.log_failure("duty desk not told", error, case_id=case.id)
    wait_for_people(table, call, Status.IN_REVIEW, jurisdiction_clocks(pack))


def _assess(table: CaseTable, pack: Jurisdiction, call: TaskCall) -> Case:
    def decide(case: Case) -> Change | None:
        if not lifecycle.is_legal_move(case.status, Move.ASSESS):
            return None
        return assess_separated_report(table, pack, case, now())

    def announce(case: Case) -> Notification | None:
        return notifications.report_unreadable(case) if case.unreadable else None

    return apply_task_move(table, call, decide, topic=_settings().topic, announce=announce)


def _is_dangerous(case: Case) -> bool:
    """Whether the duty desk must be told of danger."""
    return case.imminent and not case.alerted and lifecycle.is_legal_move(case.status, Move.ALERT)


def _alert(table: CaseTable, call: TaskCall) -> None:
    def decide(case: Case) -> Change | None:
        return mark_alerted(case, now()) if _is_dangerous(case) else None

    def announce(case: Case) -> Notification | None:
        return danger_alerts.opening_alert(table.name, case, now())

    apply_task_move(table, call, decide, topic=_settings().topic, announce=announce)


@task_handler("escalate")
def escalate(call: TaskCall) -> dict[str, Any]:
    """Tell the supervisors, once per level, that nobody acted in time; the wait goes on."""
    pack = _pack()

    def decide(case: Case) -> Change | None:
        return escalate_if_late(case, now(), pack.deadlines[case.priority.value])

    topic = _settings().topic
    case = apply_task_move(
        _table(), call, decide, topic=topic, announce=notifications.review_overdue
    )
    return task_output(call, case, jurisdiction_clocks(pack))


@task_handler("stuck")
def stuck(call: TaskCall) -> dict[str, Any]:
    """Give the case to the duty desk: retries are exhausted, and no execution takes it further."""
    case = apply_task_move(
        _table(),
        call,
        lambda case: (
            stuck_by(case, now(), RETRIES_EXHAUSTED_REASON) if case.stuck is None else None
        ),
        topic=_settings().topic,
        announce=notifications.case_stuck,
    )
    return task_output(call, case, jurisdiction_clocks(_pack()))
