"""What is told of later, by a report that joins a case or by what a reporter adds: danger, and what
two people decide on.

The assessment of a case is of the report that opened it. This is the same look at what comes later.
"""

from __future__ import annotations

from casework import lifecycle
from casework.assessment import Assessment
from casework.aws import workflow
from casework.aws.alerts import alert
from casework.aws.case_table import CaseTable
from casework.aws.settings import LinkSettings
from casework.aws.step import now
from casework.case import Case, stamp
from casework.change import Change
from casework.jurisdiction import Jurisdiction
from casework.lifecycle import Move
from casework.moves.asking import urged
from casework.moves.triage import endangered, told_of
from casework.procedure import procedure


def raise_alarm(
    settings: LinkSettings,
    case: Case,
    reference: str,
    assessment: Assessment,
    told_by: str,
    came_at: str,
) -> None:
    """Tell the duty desk if what was read tells of danger, and put the case before people.

    `told_by` names what was read, and `came_at` when it came. Told before it is noted, so that a
    crash between repeats it rather than loses it.
    """
    if not assessment.imminent:
        return
    table = CaseTable(settings.case_table)
    alert(settings.case_table, settings.topic, case, told_by, came_at, now())
    if not case.imminent:
        go_on_without_answer(table, settings.workflow, case.id, stamp(now()))

    def decide(case: Case) -> Change | None:
        if case.imminent or not lifecycle.allows(case.status, Move.DANGER):
            return None
        return endangered(case, now(), reference, assessment.reasons)

    table.update(case.id, decide)


def note_gravity(table: CaseTable, pack: Jurisdiction, case: Case, assessment: Assessment) -> None:
    """Keep on the case that it tells, too, of what two people decide on."""
    grave = procedure(pack.folder).second_look.categories & assessment.categories

    def decide(case: Case) -> Change | None:
        return told_of(case, now(), grave) if case.joinable else None

    if not grave <= {case.category, *case.told}:
        table.update(case.id, decide)


def go_on_without_answer(table: CaseTable, machine: str, case_id: str, told_at: str) -> None:
    """Let a review that waits for an answer go on: since it was asked, danger was told of."""
    acted: list[Change] = []

    def decide(case: Case) -> Change | None:
        change = urged(case, now(), told_at)
        if change is not None:
            acted.append(change)
        return change

    case = table.update(case_id, decide)
    if acted:
        workflow.start(machine, case, now())
