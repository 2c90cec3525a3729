"""The weight of a case by later reports and additions.

The assessment of a case is of the report that opened it. This is the same assessment of everything
else, by the one law of `casework.moves.weight`.
"""

from __future__ import annotations

from casework.aws.services.settings import LinkSettings, SweepSettings
from casework.aws.steps import workflow
from casework.aws.steps.step import now
from casework.aws.table.alerts import DangerSource, alert
from casework.aws.table.case_table import CaseTable, Deed
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Event
from casework.case.index import of_source
from casework.case.lifecycle import Move, Status
from casework.moves.asking import urged
from casework.moves.weight import Weight, is_urgent, raised
from casework.pack.clocks import clocks
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.pack.procedure import procedure
from casework.reading.assessment import Assessment


def weight_of(
    pack: Jurisdiction, assessment: Assessment, report: str, at: str, addition: str | None = None
) -> Weight:
    """The weight from the assessment of a report, or of its addition with this id, that came at
    this time."""
    return Weight(
        priority=assessment.priority,
        danger=assessment.told_danger(report, at, addition),
        told=procedure(pack.folder).second_look.categories & assessment.categories,
        flags=assessment.flags.keys(),
    )


def weigh(settings: LinkSettings, case: Case, source: DangerSource, assessment: Assessment) -> None:
    """Raise the case to the weight of the read report or addition, and tell the duty desk of
    danger.

    The message comes before the entry, so that a crash in between repeats it rather than loses it.
    """
    table, pack = CaseTable(settings.case_table), open_pack(settings.pack)
    weight = weight_of(pack, assessment, source.report, source.came_at, source.addition)
    if weight.imminent:
        alert(settings.case_table, settings.topic, case, weight, source, now())

    def decide(case: Case) -> Deed[Event | None]:
        if not lifecycle.allows(case.status, Move.RAISE):
            return Deed(None, None)
        change = raised(
            case, now(), weight, clocks(pack), source=source.named, reasons=assessment.reasons
        )
        once_more = weight.imminent and case.imminent
        if change is None and not once_more and case.status is not Status.AWAITING_ANSWER:
            return Deed(None, None)
        # People may have lowered the case since, so the same source is not weighed again.
        before = table.named(case.id, of_source(source.report, source.addition))
        if change is None and before is None and once_more:
            # This mark without an entry makes a simultaneous denial of danger fail and count again.
            return Deed(Change.quietly(case), None)
        if before is not None:
            return Deed(None, before)
        return Deed(change, change.event if change else None)

    noted = table.carry_out(case.id, decide).decided.result
    if noted is not None and is_urgent(noted):
        go_on_without_answer(table, settings, case.id, noted.at)


def go_on_without_answer(
    table: CaseTable, settings: LinkSettings | SweepSettings, case_id: str, told_at: str
) -> None:
    """Let a review that waits for an answer go on: since it was asked, the case is more urgent."""
    case, change = table.update(case_id, lambda now_: urged(now_, now(), told_at))
    if change is not None:
        workflow.start(settings.workflow, case, now(), clocks(open_pack(settings.pack)))
