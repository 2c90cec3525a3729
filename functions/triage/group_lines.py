"""A report that shares the line of a group has its own once it gets something of its own."""

from __future__ import annotations

from datetime import datetime

from casework.aws.table import glance_queue
from casework.aws.table.case_table import CaseTable
from casework.aws.table.group_table import GroupTable
from casework.aws.table.item_mapping import StoredReport
from casework.case.case import Case
from casework.case.change import Change


def give_report_own_line(table: CaseTable, case: Case, report: StoredReport, at: datetime) -> None:
    """Give a report that shares the line of a group a line of its own, in turns with others of its
    group that got a file or added something; likewise its case, where that shares the same line."""
    mine = report.unseen.stands.group if report.unseen is not None else ""
    group = mine or (case.group if case.opened_by == report.reference else "")
    if not group:
        return
    turn = GroupTable(table.name).turn_outside(group, at)
    if report.unseen is not None and mine:
        stands = report.unseen.stands.model_copy(update={"turn": turn, "group": ""})
        glance_queue.move_out_of_group(table.name, report, stands)

    def decide(case: Case) -> Change | None:
        if case.group != group:
            return None
        return Change.bookkeeping(case, turn=min(case.turn, turn), group="")

    table.update(case.id, decide)
