"""What the reports that told of danger say, in the lines of the duty desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from casework.aws.table import additions, log
from casework.aws.table.additions import KeptAddition
from casework.aws.table.case_table import CaseTable
from casework.aws.table.reading import facts_of, words_of
from casework.aws.table.stored import StoredReport
from casework.case.case import Case
from casework.decisions.permissions import Call, no_offices, permitted
from casework.decisions.staff import StaffMember
from casework.pack.jurisdiction import Jurisdiction
from casework.views.danger import DangerSaid, hard_to_bear, newest_first
from casework.views.desk import CaseLine


def with_words(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    lines: Sequence[CaseLine],
    cases: Sequence[Case],
    now: datetime,
) -> tuple[CaseLine, ...]:
    """The lines with the first words of the reports and additions that told of their dangers, for a
    member who may read the cases: that they were shown is recorded. One read of all the reports and
    one of all the additions, each at most as many as there are lines."""
    readable = {case.id: case for case in cases if permitted(member, Call.CASE, case, no_offices)}
    told = {
        case.id: case.told_danger
        for case in readable.values()
        if case.told_danger is not None and case.told_danger.report
    }
    # A report that was taken out of a case may open another one of these.
    sources = list(dict.fromkeys(told[line.id].source for line in lines if line.id in told))
    wanted = list(dict.fromkeys(reference for reference, _ in sources))
    reports = {each.reference: each for each in table.reports.several(wanted)} if wanted else {}
    added = additions.several(table.name, [(one, other) for one, other in sources if other])
    shown = tuple(
        _with_words(pack, line, readable[line.id], told[line.id].source, reports, added)
        if line.id in told
        else line
        for line in lines
    )
    for line in shown:
        if line.danger is not None and line.danger.said is not None:
            log.mark_person(table.name, line.id, now, log.VIEW, member.subject)
    return shown


def _with_words(
    pack: Jurisdiction,
    line: CaseLine,
    case: Case,
    source: tuple[str, str | None],
    reports: Mapping[str, StoredReport],
    added: Mapping[tuple[str, str], KeptAddition],
) -> CaseLine:
    reference, addition = source
    report = reports.get(reference)
    if line.danger is None or report is None or report.case_id != case.id:
        return line  # a report that left the case tells of it no more
    kept = added.get((reference, addition)) if addition is not None else None
    newest = kept.said.text if kept is not None and kept.said is not None else None
    words = newest_first(newest, None if report.unreadable else words_of(report))
    said = DangerSaid.of(facts_of(report), words, severe=hard_to_bear(pack, case))
    return line.model_copy(update={"danger": line.danger.model_copy(update={"said": said})})
