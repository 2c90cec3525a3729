"""A verdict on a text that many sent: it is an entry in the case of each exact copy.

The person read the words and saw the ticks, and both are the same in each copy, to the letter. An
entry of a copy names the report that was shown (`with`). What is left of a verdict after a few
seconds stands in a list, and the reconciler goes on with it. Everything here may be repeated.
"""

from __future__ import annotations

import hashlib
import time
from typing import Final

from casework.aws.steps.task_state import now
from casework.aws.table import copy_verdicts, glance_queue
from casework.aws.table.case_table import CaseTable, CaseTransaction
from casework.aws.table.copy_verdicts import CopyVerdict
from casework.aws.table.group_table import GroupMember, GroupTable
from casework.aws.table.item_mapping import StoredReport
from casework.case.case import Case
from casework.decisions import glance
from casework.moves.glances import record_glance
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_gate
from functions.triage.identifier_owners import MAX_OWNER_MERGES_FOLLOWED

COPIES_PER_CURSOR: Final = 25
"""Copies between two notes of how far it came."""


def carry_verdict_to_copies(
    name: str, pack: Jurisdiction, verdict: CopyVerdict, until: float
) -> bool:
    """Carry a verdict to copies until a time of `time.monotonic`; False where some are left."""
    table = CaseTable(name)
    while True:
        members = GroupTable(name).members(
            verdict.group, COPIES_PER_CURSOR, verdict.after, copy=verdict.same
        )
        due = [each for each in members if each.turn <= verdict.to]
        for each in due:
            _glance(table, pack, verdict, each)
            if time.monotonic() > until:
                copy_verdicts.save_copy_verdict_cursor(name, verdict, each.place)
                return False
        if len(due) < COPIES_PER_CURSOR:
            copy_verdicts.delete_copy_verdict(name, verdict)
            return True
        verdict = copy_verdicts.save_copy_verdict_cursor(name, verdict, due[-1].place)


def _is_a_copy(report: StoredReport) -> bool:
    """Whether a report still says what was looked at, and no more: with a file on its way, or words
    that were added, it has something of its own, also before that was read."""
    return not report.additions and not report.file_count


def _glance(
    table: CaseTable, pack: Jurisdiction, verdict: CopyVerdict, member: GroupMember
) -> None:
    """Enter the verdict in the case of a copy, unless a person looked at it already."""
    report = table.reports.get_report(member.reference)
    if report is None or report.unseen is None or member.reference == verdict.report:
        return
    owed = report.unseen
    key = hashlib.sha256(f"{verdict.key}|{member.reference}".encode()).hexdigest()
    opens = read_gate(pack.folder)

    def take(case: Case) -> CaseTransaction[None]:
        again = table.reports.get_report(member.reference)
        if again is None or again.unseen is None or not _is_a_copy(again):
            return CaseTransaction(None, None)
        if not glance.is_verdict_accepted(verdict.verdict, again.unseen, verdict.by):
            return CaseTransaction(None, None)
        change = record_glance(
            case,
            now(),
            verdict.by,
            report=member.reference,
            verdict=verdict.verdict,
            means=glance.effective_verdict(verdict.verdict, owed),
            key=key,
            danger_passes=opens is not None and opens.danger_passes,
            clocks=jurisdiction_clocks(pack),
            shown=verdict.report,
        )
        if glance.needs_second_glance(verdict.verdict, owed):
            write = glance_queue.requeue_glance_write(table.name, member.reference, verdict.by)
        else:
            write = glance_queue.end_wait_write(table.name, member.reference)
        return CaseTransaction(change, None, [write])

    case = table.get_case(report.case_id or report.own_case_id)
    for _ in range(MAX_OWNER_MERGES_FOLLOWED):
        if case.merged_into is None:
            break
        case = table.get_case(case.merged_into)
    table.transact(case.id, take)
