"""The first look at a report: owed from its first link on, and over with an entry that is a look.

An entry of a glance has effects that its call leaves to the stream, as every call of the desk does:
the duty desk is alerted, and a review that waits for an answer goes on.
"""

from __future__ import annotations

import time
from typing import Final

from casework.analysis.assessment import ReportAssessment
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.task_state import now
from casework.aws.table import copy_verdicts, glance_queue
from casework.aws.table.case_table import CaseTable
from casework.aws.table.danger_alerts import DangerSource, send_danger_alert
from casework.case.admission import admitted_up_to_number
from casework.case.first_glance import (
    COPIES_FIELD,
    MAX_REASONS,
    REPORT_FIELD,
    REVIEW_ENDING_MOVES,
    VERDICT_FIELD,
    ListTurn,
    OwedGlance,
    Verdict,
)
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move
from casework.case.value_objects import Priority
from casework.moves.glances import verdict_severity
from casework.pack.jurisdiction import open_pack
from functions.triage.copies import carry_verdict_to_copies
from functions.triage.severity import resume_unanswered_review

VERDICT_TURN_SECONDS: Final = 3
"""How long a verdict is carried to copies before others have their turn; the reconciler goes on."""


def glance_from_assessment(assessment: ReportAssessment, stands: ListTurn) -> OwedGlance:
    """What is kept with a report that a person shall glance at."""
    return OwedGlance(
        priority=assessment.priority,
        imminent=assessment.imminent,
        danger=assessment.danger,
        self_harm=assessment.self_harm,
        category=assessment.category,
        told=tuple(sorted(assessment.categories - {assessment.category})),
        flags=tuple(sorted(assessment.flags)),
        reasons=assessment.reasons[:MAX_REASONS],
        stands=stands,
    )


def unread_glance() -> OwedGlance:
    """The same for a report that no machine can read."""
    return OwedGlance(priority=Priority.URGENT)


def finish_glances(settings: LinkSettings, case_id: str, event: CaseEvent) -> None:
    """What follows an entry by which a person looked at reports of a case; may be repeated."""
    table = CaseTable(settings.case_table)
    if event.move == Move.GLANCE:
        _follow_verdict(settings, table, case_id, event)
    if event.move in REVIEW_ENDING_MOVES:
        glance_queue.dequeue_seen_reports(table.name, [table.get_case(case_id).opened_by])
    if event.move == Move.ADMIT and isinstance(named := event.data.get("reports"), list):
        glance_queue.dequeue_seen_reports(table.name, map(str, named))
    if shown := admitted_up_to_number(event):
        above = table.last_number_shown_before(case_id, shown)
        glance_queue.dequeue_seen_reports(
            table.name, table.reports.iter_references(case_id, above, shown)
        )


def _follow_verdict(
    settings: LinkSettings, table: CaseTable, case_id: str, event: CaseEvent
) -> None:
    if COPIES_FIELD in event.data:
        carried = copy_verdicts.get_copy_verdict(table.name, case_id, event.number)
        if carried is not None:
            until = time.monotonic() + VERDICT_TURN_SECONDS
            carry_verdict_to_copies(table.name, open_pack(settings.pack), carried, until)
    if event.data[VERDICT_FIELD] == Verdict.DANGER_NOW:
        case, source = (
            table.get_case(case_id),
            DangerSource(str(event.data[REPORT_FIELD]), event.at),
        )
        weight = verdict_severity(Verdict.DANGER_NOW, source.report, event.at, event.by)
        if weight is not None:
            send_danger_alert(table.name, settings.topic, case, weight, source, now())
    raises = table.event(case_id, event.number + 1)
    if raises is not None and raises.data.get("glance") == event.number:
        resume_unanswered_review(table, settings, case_id, event.at)
