"""What the reports that told of danger say, in the lines of the duty desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from casework.aws.table import additions, audit_log
from casework.aws.table.additions import StoredAdditionView
from casework.aws.table.case_table import CaseTable
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.report_parsing import parse_facts, read_narrative
from casework.case.case import Case
from casework.decisions.permissions import StaffCall, is_permitted, no_known_offices
from casework.decisions.staff import StaffMember
from casework.pack.jurisdiction import Jurisdiction
from casework.views.danger import DangerSaid, has_disturbing_words, newest_first
from casework.views.lists import CaseLine


def add_danger_texts(
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
    readable = {
        case.id: case
        for case in cases
        if is_permitted(member, StaffCall.CASE, case, no_known_offices)
    }
    told = {
        case.id: case.danger_source
        for case in readable.values()
        if case.danger_source is not None and case.danger_source.report
    }
    # A report that was taken out of a case may open another one of these.
    sources = list(dict.fromkeys(told[line.id].source for line in lines if line.id in told))
    wanted = list(dict.fromkeys(reference for reference, _ in sources))
    reports = {each.reference: each for each in table.reports.get_reports(wanted)} if wanted else {}
    added = additions.get_several_additions(
        table.name, [(one, other) for one, other in sources if other]
    )
    shown = tuple(
        _with_words(pack, line, readable[line.id], told[line.id].source, reports, added)
        if line.id in told
        else line
        for line in lines
    )
    for line in shown:
        if line.danger is not None and line.danger.said is not None:
            audit_log.record_access(table.name, line.id, now, audit_log.VIEW_MARK, member.subject)
    return shown


def _with_words(
    pack: Jurisdiction,
    line: CaseLine,
    case: Case,
    source: tuple[str, str | None],
    reports: Mapping[str, StoredReport],
    added: Mapping[tuple[str, str], StoredAdditionView],
) -> CaseLine:
    reference, addition = source
    report = reports.get(reference)
    if line.danger is None or report is None or report.case_id != case.id:
        return line  # a report that left the case tells of it no more
    kept = added.get((reference, addition)) if addition is not None else None
    newest = (
        kept.readable_content.text
        if kept is not None and kept.readable_content is not None
        else None
    )
    words = newest_first(newest, None if report.unreadable else read_narrative(report))
    said = DangerSaid.from_report(
        parse_facts(report), words, severe=has_disturbing_words(pack, case)
    )
    return line.model_copy(update={"danger": line.danger.model_copy(update={"said": said})})
