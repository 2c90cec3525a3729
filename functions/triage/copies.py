"""A verdict on a text that many sent: it is an entry in the case of each exact copy.

The person read the words and saw the ticks, and both are the same in each copy, to the letter. An
entry of a copy names the report that was shown (`with`). What is left of a verdict after a few
seconds stands in a list, and the reconciler goes on with it. Everything here may be repeated.
"""

from __future__ import annotations

import hashlib
import time
from typing import Final

from casework.aws.steps.step import now
from casework.aws.table import copy_verdicts, glances
from casework.aws.table.case_table import CaseTable, Deed
from casework.aws.table.copy_verdicts import CopyVerdict
from casework.aws.table.group_table import GroupTable, Member
from casework.aws.table.stored import StoredReport
from casework.case.case import Case
from casework.decisions import glance
from casework.moves.glancing import glanced
from casework.pack.clocks import clocks
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import gate
from functions.triage.owning import MOST_MERGES

AT_ONCE: Final = 25
"""Copies between two notes of how far it came."""


def carry_on(name: str, pack: Jurisdiction, verdict: CopyVerdict, until: float) -> bool:
    """Carry a verdict to copies until a time of `time.monotonic`; False where some are left."""
    table = CaseTable(name)
    while True:
        members = GroupTable(name).members(verdict.group, AT_ONCE, verdict.after, copy=verdict.same)
        due = [each for each in members if each.turn <= verdict.to]
        for each in due:
            _glance(table, pack, verdict, each)
            if time.monotonic() > until:
                copy_verdicts.go_on_at(name, verdict, each.place)
                return False
        if len(due) < AT_ONCE:
            copy_verdicts.done(name, verdict)
            return True
        verdict = copy_verdicts.go_on_at(name, verdict, due[-1].place)


def _is_a_copy(report: StoredReport) -> bool:
    """Whether a report still says what was looked at, and no more: with a file on its way, or words
    that were added, it has something of its own, also before that was read."""
    return not report.additions and not report.file_count


def _glance(table: CaseTable, pack: Jurisdiction, verdict: CopyVerdict, member: Member) -> None:
    """Enter the verdict in the case of a copy, unless a person looked at it already."""
    report = table.reports.one(member.reference)
    if report is None or report.unseen is None or member.reference == verdict.report:
        return
    owed = report.unseen
    key = hashlib.sha256(f"{verdict.key}|{member.reference}".encode()).hexdigest()
    opens = gate(pack.folder)

    def take(case: Case) -> Deed[None]:
        again = table.reports.one(member.reference)
        if again is None or again.unseen is None or not _is_a_copy(again):
            return Deed(None, None)
        if not glance.counts(verdict.verdict, again.unseen, verdict.by):
            return Deed(None, None)
        change = glanced(
            case,
            now(),
            verdict.by,
            report=member.reference,
            verdict=verdict.verdict,
            means=glance.means(verdict.verdict, owed),
            key=key,
            danger_passes=opens is not None and opens.danger_passes,
            clocks=clocks(pack),
            shown=verdict.report,
        )
        if glance.stays(verdict.verdict, owed):
            write = glances.unsure(table.name, member.reference, verdict.by)
        else:
            write = glances.seen(table.name, member.reference)
        return Deed(change, None, [write])

    case = table.case(report.case_id or report.own_case)
    for _ in range(MOST_MERGES):
        if case.merged_into is None:
            break
        case = table.case(case.merged_into)
    table.carry_out(case.id, take)
