"""The first look at a report: owed from its first link on, and over with an entry that is a look.

An entry of a glance has effects that its call leaves to the stream, as every call of the desk does:
the duty desk is alerted, and a review that waits for an answer goes on.
"""

from __future__ import annotations

import time
from typing import Final

from casework.aws.services.settings import LinkSettings
from casework.aws.steps.step import now
from casework.aws.table import copy_verdicts, glances
from casework.aws.table.alerts import DangerSource, alert
from casework.aws.table.case_table import CaseTable
from casework.case.admission import shown_in
from casework.case.history import Event
from casework.case.lifecycle import Move
from casework.case.looking import (
    COPIES,
    ENDS_A_REVIEW,
    MOST_REASONS,
    REPORT,
    VERDICT,
    Glance,
    ListTurn,
    Verdict,
)
from casework.case.parts import Priority
from casework.moves.glancing import weight_of
from casework.pack.jurisdiction import open_pack
from casework.reading.assessment import Assessment
from functions.triage.copies import carry_on
from functions.triage.weighing import go_on_without_answer

CARRYING_SECONDS: Final = 3
"""How long a verdict is carried to copies before others have their turn; the reconciler goes on."""


def owed(assessment: Assessment, stands: ListTurn) -> Glance:
    """What is kept with a report that a person shall glance at."""
    return Glance(
        priority=assessment.priority,
        imminent=assessment.imminent,
        danger=assessment.danger,
        self_harm=assessment.self_harm,
        category=assessment.category,
        told=tuple(sorted(assessment.categories - {assessment.category})),
        flags=tuple(sorted(assessment.flags)),
        reasons=assessment.reasons[:MOST_REASONS],
        stands=stands,
    )


def unread() -> Glance:
    """The same for a report that no machine can read."""
    return Glance(priority=Priority.URGENT)


def looked(settings: LinkSettings, case_id: str, event: Event) -> None:
    """What follows an entry by which a person looked at reports of a case; may be repeated."""
    table = CaseTable(settings.case_table)
    if event.move == Move.GLANCE:
        _follow_verdict(settings, table, case_id, event)
    if event.move in ENDS_A_REVIEW:
        glances.seen_by_others(table.name, [table.case(case_id).opened_by])
    if event.move == Move.ADMIT and isinstance(named := event.data.get("reports"), list):
        glances.seen_by_others(table.name, map(str, named))
    if shown := shown_in(event):
        above = table.shown_before(case_id, shown)
        glances.seen_by_others(table.name, table.reports.between(case_id, above, shown))


def _follow_verdict(settings: LinkSettings, table: CaseTable, case_id: str, event: Event) -> None:
    if COPIES in event.data:
        carried = copy_verdicts.one(table.name, case_id, event.number)
        if carried is not None:
            until = time.monotonic() + CARRYING_SECONDS
            carry_on(table.name, open_pack(settings.pack), carried, until)
    if event.data[VERDICT] == Verdict.DANGER_NOW:
        case, source = table.case(case_id), DangerSource(str(event.data[REPORT]), event.at)
        weight = weight_of(Verdict.DANGER_NOW, source.report, event.at, event.by)
        if weight is not None:
            alert(table.name, settings.topic, case, weight, source, now())
    raises = table.event(case_id, event.number + 1)
    if raises is not None and raises.data.get("glance") == event.number:
        go_on_without_answer(table, settings, case_id, event.at)
