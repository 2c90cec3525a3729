"""The weight of a case by later reports and additions.

The assessment of a case is of the report that opened it. This is the same assessment of everything
else, by the one law of `casework.moves.severity`.
"""

from __future__ import annotations

from casework.analysis.assessment import ReportAssessment
from casework.aws.services.settings import LinkSettings, SweepSettings
from casework.aws.steps import executions
from casework.aws.steps.task_state import now
from casework.aws.table.case_table import CaseTable, CaseTransaction
from casework.aws.table.danger_alerts import DangerSource, send_danger_alert
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent
from casework.case.index import source_entry_name
from casework.case.lifecycle import Move, Status
from casework.moves.questions import interrupt_question
from casework.moves.severity import CaseSeverity, is_severity_raise, raise_severity
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.pack.procedure import read_procedure


def severity_from_assessment(
    pack: Jurisdiction,
    assessment: ReportAssessment,
    report: str,
    at: str,
    addition: str | None = None,
) -> CaseSeverity:
    """The weight from the assessment of a report, or of its addition with this id, that came at
    this time."""
    return CaseSeverity(
        priority=assessment.priority,
        danger=assessment.danger_from_source(report, at, addition),
        told=read_procedure(pack.folder).second_look.categories & assessment.categories,
        flags=assessment.flags.keys(),
    )


def apply_severity(
    settings: LinkSettings, case: Case, source: DangerSource, assessment: ReportAssessment
) -> None:
    """Raise the case to the weight of the read report or addition, and tell the duty desk of
    danger.

    The message comes before the entry, so that a crash in between repeats it rather than loses it.
    """
    table, pack = CaseTable(settings.case_table), open_pack(settings.pack)
    weight = severity_from_assessment(
        pack, assessment, source.report, source.came_at, source.addition
    )
    if weight.imminent:
        send_danger_alert(settings.case_table, settings.topic, case, weight, source, now())

    def decide(case: Case) -> CaseTransaction[CaseEvent | None]:
        if not lifecycle.is_legal_move(case.status, Move.RAISE):
            return CaseTransaction(None, None)
        change = raise_severity(
            case,
            now(),
            weight,
            jurisdiction_clocks(pack),
            source=source.history_fields,
            reasons=assessment.reasons,
        )
        once_more = weight.imminent and case.imminent
        if change is None and not once_more and case.status is not Status.AWAITING_ANSWER:
            return CaseTransaction(None, None)
        # People may have lowered the case since, so the same source is not weighed again.
        before = table.find_entry(case.id, source_entry_name(source.report, source.addition))
        if change is None and before is None and once_more:
            # This mark without an entry makes a simultaneous denial of danger fail and count again.
            return CaseTransaction(Change.bookkeeping(case), None)
        if before is not None:
            return CaseTransaction(None, before)
        return CaseTransaction(change, change.event if change else None)

    noted = table.transact(case.id, decide).decided.result
    if noted is not None and is_severity_raise(noted):
        resume_unanswered_review(table, settings, case.id, noted.at)


def resume_unanswered_review(
    table: CaseTable, settings: LinkSettings | SweepSettings, case_id: str, told_at: str
) -> None:
    """Let a review that waits for an answer go on: since it was asked, the case is more urgent."""
    case, change = table.update(case_id, lambda now_: interrupt_question(now_, now(), told_at))
    if change is not None:
        executions.start_execution(
            settings.workflow, case, now(), jurisdiction_clocks(open_pack(settings.pack))
        )
