"""The lines of a list, and what they say in the words of reports, which is read where it is sent.

A list is made of its cases first. What their reports say is read in batches once the answer is
known to be sent: a client that has the same list is answered without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from pydantic import BaseModel

from casework.aws.table import additions, audit_log, case_reports
from casework.aws.table.additions import StoredAdditionView
from casework.aws.table.case_reports import LaterReports
from casework.aws.table.case_table import CaseTable
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.report_parsing import parse_facts, read_narrative
from casework.case.alike import LineCover, NotAlikeReason, why_not_alike
from casework.case.case import Case
from casework.decisions.permissions import StaffCall, is_permitted
from casework.decisions.staff import StaffMember
from casework.pack.competence_view import competent_offices
from casework.pack.jurisdiction import Jurisdiction
from casework.views.danger import DangerSaid, DangerView, has_disturbing_words, newest_first
from casework.views.line_facts import MAX_LINE_JOINED, LineFacts, OpeningReport, line_facts
from casework.views.lists import CaseLine

LINE_READ_BATCH_SIZE: Final = 100
"""Reports of one read of the table."""

PageT = TypeVar("PageT", bound=BaseModel)
LineT = TypeVar("LineT", bound=CaseLine)


@dataclass(frozen=True)
class CaseLines:
    """The lines of one answer for one reader at one moment."""

    table: CaseTable
    pack: Jurisdiction
    member: StaffMember
    now: datetime
    _cases: dict[str, Case] = field(default_factory=dict)

    def lines(self, cases: Iterable[Case]) -> tuple[CaseLine, ...]:
        """The lines of some cases, as they stand."""
        return tuple(
            CaseLine.from_case(case, self.now, self.pack.facts.zone)
            for case in self.remember(cases)
        )

    def remember(self, cases: Iterable[Case]) -> list[Case]:
        """The same cases, which are known then by `fill`."""
        known = list(cases)
        self._cases.update((case.id, case) for case in known)
        return known

    @property
    def revisions(self) -> str:
        """A word that changes with each write of a case of the answer: what its reports say in a
        line changes with none but that, and the counts of what joined and of files."""
        said = sorted(f"{case.id} {case.revision}" for case in self._cases.values())
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    def fill(self, page: PageT) -> PageT:
        """The page with what reports say in its lines, for a member who may read the cases: that
        they were shown it is recorded.

        One read of a hundred reports, one of a hundred additions that told of danger, and one of a
        hundred places at which further reports would stand; none for a single line.
        """
        names = [name for name, value in page if _is_of_lines(value)]
        shown = [line.id for name in names for line in getattr(page, name)]
        readable = [case for case in self._of(shown) if self._may_read(case)]
        if not readable:
            return page
        said = ReportsSaid.read(self.table, self.pack, readable)
        told = [case.id for case in readable if said.tells_of(case)]
        audit_log.record_views(self.table.name, told, self.now, self.member.subject)
        known = {case.id: case for case in readable}
        return page.model_copy(
            update={
                name: tuple(said.fill(line, known.get(line.id)) for line in getattr(page, name))
                for name in names
            }
        )

    def _of(self, ids: Iterable[str]) -> Iterator[Case]:
        return (self._cases[each] for each in dict.fromkeys(ids) if each in self._cases)

    def _may_read(self, case: Case) -> bool:
        return is_permitted(
            self.member, StaffCall.CASE, case, partial(competent_offices, self.pack)
        )


def _is_of_lines(value: object) -> bool:
    return isinstance(value, tuple) and any(isinstance(each, CaseLine) for each in value)


@dataclass(frozen=True)
class ReportsSaid:
    """What the reports of some cases say."""

    pack: Jurisdiction
    reports: Mapping[str, StoredReport]
    added: Mapping[tuple[str, str], StoredAdditionView]
    later: Mapping[str, LaterReports]

    @classmethod
    def read(cls, table: CaseTable, pack: Jurisdiction, cases: Sequence[Case]) -> ReportsSaid:
        dangers = [case.danger_source for case in cases]
        sources = [each.source for each in dangers if each is not None and each.report]
        # A report that was taken out of a case may open another one of these.
        wanted = list(
            dict.fromkeys([*(case.opened_by for case in cases), *(one for one, _ in sources)])
        )
        with_additions = list(dict.fromkeys((one, other) for one, other in sources if other))
        return cls(
            pack,
            {
                each.reference: each
                for some in _batches(wanted)
                for each in table.reports.get_reports(some)
            },
            {
                place: kept
                for some in _batches(with_additions)
                for place, kept in additions.get_several_additions(table.name, some).items()
            },
            case_reports.read_later_reports(
                table.name, {case.id: case.shown for case in cases}, MAX_LINE_JOINED
            ),
        )

    def tells_of(self, case: Case) -> bool:
        """Whether a report that is in the case says something in its line."""
        danger = case.danger_source
        sources = {case.opened_by, danger.report if danger else case.opened_by}
        return any(self._report_of(case, each) is not None for each in sources)

    def fill(self, line: LineT, case: Case | None) -> LineT:
        """The line with what the reports of its case say."""
        if case is None:
            return line
        severe = has_disturbing_words(self.pack, case)
        danger = self._danger(line.danger, case, severe=severe)
        return line.model_copy(update={"facts": self._facts(case, severe=severe), "danger": danger})

    def _report_of(self, case: Case, reference: str) -> StoredReport | None:
        """A report, where it is in the case: one that left tells of it no more."""
        report = self.reports.get(reference)
        return report if report is not None and report.case_id == case.id else None

    def _facts(self, case: Case, *, severe: bool) -> LineFacts:
        joined = self.later[case.id].count
        report = self._report_of(case, case.opened_by)
        alike = self.why_not_alike(case)
        if report is None or case.withdrawals:
            return LineFacts(joined=joined, alike=alike)
        own = set(report.own_named)
        opening = OpeningReport(
            facts=parse_facts(report),
            narrative=None if report.unreadable else read_narrative(report),
            named={label: value for label, value in report.named.items() if label not in own},
            files=report.file_count,
        )
        said = line_facts(case, opening, severe=severe, joined=joined)
        return said.model_copy(update={"alike": alike})

    def why_not_alike(self, case: Case) -> NotAlikeReason | None:
        """Why one of the cases is not acted on together with others; None where it may be."""
        report = self._report_of(case, case.opened_by)
        hidden = report is None or case.withdrawals > 0 or has_disturbing_words(self.pack, case)
        cover = LineCover(
            glance_owed=report is not None and report.unseen is not None,
            words_hidden=hidden or report is None or report.unreadable,
            more=report is not None and report.file_count + report.additions > 0,
            unseen_reports=self.later[case.id].unseen,
        )
        return why_not_alike(case, cover, self.pack.victim_only_file_categories)

    def _danger(self, known: DangerView | None, case: Case, *, severe: bool) -> DangerView | None:
        told = case.danger_source
        report = self._report_of(case, told.report) if told is not None else None
        if known is None or told is None or report is None:
            return known
        kept = self.added.get((report.reference, told.addition)) if told.addition else None
        content = kept.readable_content if kept is not None else None
        words = newest_first(
            content.text if content is not None else None,
            None if report.unreadable else read_narrative(report),
        )
        said = DangerSaid.from_report(parse_facts(report), words, severe=severe)
        return known.model_copy(update={"said": said})


def read_why_not_alike(table: CaseTable, pack: Jurisdiction, case: Case) -> NotAlikeReason | None:
    """Why a case is not acted on together with others, as its line says it; one read of its report,
    one of a few places, and perhaps one of an addition."""
    return ReportsSaid.read(table, pack, [case]).why_not_alike(case)


BatchT = TypeVar("BatchT")


def _batches(wanted: Sequence[BatchT]) -> Iterator[Sequence[BatchT]]:
    return (
        wanted[begin : begin + LINE_READ_BATCH_SIZE]
        for begin in range(0, len(wanted), LINE_READ_BATCH_SIZE)
    )
