"""Reports and identifiers of a merged case move to the case that goes on, and back after a split.

Each report moves by one conditional write, so that passes may repeat, overlap and stop anywhere.
A report remembers the cases it came from, an identifier the one it was taken from: a split brings
back exactly what the merge took.
"""

from __future__ import annotations

import zlib
from typing import Final

from casework.aws import observe
from casework.aws.case_table import CaseTable
from casework.aws.stored import StoredReport
from casework.case import Case
from casework.identifiers.find import find
from casework.lifecycle import Status
from casework.linking import Mark, every_mark
from casework.report import unfold_facts

PAGE: Final = 50
MOST_AT_ONCE: Final = 1_000
"""Reports that one pass moves; the next pass goes on with the rest."""
MOST_LOOKED_AT: Final = 10_000
"""Reports that one pass looks at, to find those it has to bring back."""


def move(table: CaseTable, case: Case) -> str | None:
    """Move what is not where it belongs.

    None when all that could be seen was moved, else the place where the next pass goes on.
    """
    moving = case.moving
    if moving is None:
        return None
    if case.status is Status.MERGED:
        return _carry(table, case.id, moving.other)
    return _bring_back(table, case.id, moving.other, moving.after)


def _carry(table: CaseTable, source: str, target: str) -> str | None:
    """What is in the merged case goes to the other one; the rest is at the beginning then."""
    after, seen = None, 0
    while True:
        page = table.reports.of(source, PAGE, after)
        for report in table.reports.several(page.ids):
            if report.case_id != source:
                continue
            for mark in _marks_of(table, report, source):
                table.identifiers.move(mark, source, target)
            table.reports.move(report.reference, source, target, [*report.moved, source])
            seen += 1
        after = page.after
        if after is None:
            return None
        if seen >= MOST_AT_ONCE:
            return ""


def _bring_back(table: CaseTable, source: str, target: str, place: str) -> str | None:
    """What came from the split case comes back to it, from a place among the other's reports on."""
    after, seen, looked_at = place or None, 0, 0
    while True:
        page = table.reports.of(target, PAGE, after)
        looked_at += len(page.ids)
        for report in table.reports.several(page.ids):
            if report.case_id != target or source not in report.moved:
                continue
            for mark in _marks_of(table, report, target):
                table.identifiers.move(mark, target, source, back=True)
            before = report.moved[: report.moved.index(source)]
            table.reports.move(report.reference, target, source, before)
            seen += 1
        after = page.after
        if after is None or seen >= MOST_AT_ONCE or looked_at >= MOST_LOOKED_AT:
            return after


def _marks_of(table: CaseTable, report: StoredReport, case_id: str) -> list[Mark]:
    """What a report names that is the case's own; nothing where nobody can read it."""
    try:
        named = every_mark(find(report.text, unfold_facts(report.facts).named))
    except (ValueError, zlib.error) as error:  # it moves like the others, which are behind it
        observe.failure("identifiers not read", error, reference=report.reference)
        return []
    owners = table.identifiers.owners(named).cases
    return [mark for mark in named if owners.get(mark) == case_id]
