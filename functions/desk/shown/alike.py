"""Beside the pictures of reports: the pictures of other reports that look alike.

A case that does not exist for the member is left out, and so is what was erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from casework.aws.table.case_table import CaseTable
from casework.aws.table.picture_table import Picture, PictureTable
from casework.decisions.permissions import OfficesOf, knows_of
from casework.decisions.staff import StaffMember
from casework.linking.pictures import Alike
from casework.views.case_page import FileView, ReportView
from casework.views.pictures import AlikeView, HashView

MOST_OTHERS: Final = 100
"""Reports of other pictures that are looked at for one page, the nearest first."""


def with_alike(
    table: CaseTable, member: StaffMember, reports: Sequence[ReportView], offices: OfficesOf
) -> list[ReportView]:
    """The reports of a page, with what looks like their pictures."""
    pictures = {
        each.reference: PictureTable(table.name).of(each.reference)
        for each in reports
        if each.files or each.facts.pictures
    }
    nearest = sorted(
        (alike for of_report in pictures.values() for each in of_report for alike in each.alike),
        key=lambda alike: alike.distance,
    )
    others = dict.fromkeys(alike.picture.reference for alike in nearest)
    cases = table.reports.cases_of(list(islice(others, MOST_OTHERS)))
    known = {
        case.id
        for case in table.cases(sorted(set(cases.values())))
        if knows_of(member, case, offices)
    }
    seen = {reference: case_id for reference, case_id in cases.items() if case_id in known}
    return [_beside(each, pictures.get(each.reference, ()), seen) for each in reports]


def _beside(report: ReportView, pictures: Iterable[Picture], seen: dict[str, str]) -> ReportView:
    views = {
        each.named: tuple(_view(alike, seen) for alike in each.alike if _is_seen(alike, seen))
        for each in pictures
    }
    of_files = {each.file: views[each] for each in views if each.file}
    of_hashes = {each.hash_only: views[each] for each in views if each.hash_only}
    return report.model_copy(
        update={
            "files": tuple(_file(each, of_files.get(each.n, ())) for each in report.files),
            "hashes": tuple(
                HashView(n=n, alike=of_hashes.get(n, ()))
                for n in range(1, len(report.facts.pictures) + 1)
            ),
        }
    )


def _file(file: FileView, alike: tuple[AlikeView, ...]) -> FileView:
    return file.model_copy(update={"alike": alike}) if alike else file


def _is_seen(alike: Alike, seen: dict[str, str]) -> bool:
    return alike.picture.reference in seen


def _view(alike: Alike, seen: dict[str, str]) -> AlikeView:
    return AlikeView(
        case=seen[alike.picture.reference],
        report=alike.picture.reference,
        distance=alike.distance,
        n=alike.picture.file,
    )
