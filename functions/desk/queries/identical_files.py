"""Beside the files of reports: the files with the same bytes, in this case and in others.

They are found by a keyed name of the bytes, and each is compared by its digest before it is told:
what a writer of the table put under another name is told of nobody. A case that does not exist for
the member is left out, and so is what was erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from casework.aws.table.case_table import CaseTable
from casework.aws.table.picture_table import PICTURE_KEY_BATCH_SIZE
from casework.decisions.permissions import OfficesOf
from casework.decisions.staff import StaffMember
from casework.linking.picture_matching import PictureName, file_picture_name
from casework.views.pictures import SameView
from casework.views.report_view import FileView, ReportView
from functions.desk.queries.visible_cases import visible_cases_by_reference

MAX_COMPARED_FILES: Final = 100
"""Other files that are compared for one page."""


def add_identical_files(
    table: CaseTable, member: StaffMember, reports: Sequence[ReportView], offices: OfficesOf
) -> list[ReportView]:
    """The reports of a page, with the files that have the same bytes as theirs."""
    digests_here = {
        file_picture_name(report.reference, file.n): file.sha256
        for report in reports
        for file in report.files
        if file.sha256 is not None and file.scan is not None
    }
    if not digests_here:
        return list(reports)
    stored_files = _named(table, digests_here)
    far = {each for names, _ in stored_files.values() for each in names} - digests_here.keys()
    digests = digests_here | _digests(
        table, list(islice(sorted(far, key=_order), MAX_COMPARED_FILES))
    )
    by_bytes: dict[str, list[PictureName]] = {}
    for each, sha256 in digests.items():
        by_bytes.setdefault(sha256, []).append(each)
    equal = [each for some in by_bytes.values() if len(some) > 1 for each in some]
    references = sorted({each.reference for each in equal})
    case_by_reference: dict[str, str] = {}
    for at in range(0, len(references), PICTURE_KEY_BATCH_SIZE):
        case_by_reference |= visible_cases_by_reference(
            table, member, references[at : at + PICTURE_KEY_BATCH_SIZE], offices
        )

    def told(report: ReportView, file: FileView) -> FileView:
        own = file_picture_name(report.reference, file.n)
        if own not in digests_here:
            return file
        others = sorted({*by_bytes[digests_here[own]]} - {own}, key=_order)
        same = tuple(
            SameView(
                case=case_by_reference[each.reference], report=each.reference, n=each.file or 0
            )
            for each in others
            if each.reference in case_by_reference
        )
        return file.model_copy(update={"same": same, "same_more": stored_files[own][1]})

    return [
        report.model_copy(update={"files": tuple(told(report, each) for each in report.files)})
        for report in reports
    ]


def _named(
    table: CaseTable, digests: Mapping[PictureName, str]
) -> dict[PictureName, tuple[tuple[PictureName, ...], bool]]:
    """The files that are named under the bytes of each, and whether there are more."""
    clues = {
        each: table.files.key.file_alias(each.reference, bytes.fromhex(sha256))
        for each, sha256 in digests.items()
    }
    under = table.pictures.find_by_bands(sorted(set(clues.values())))
    return {
        each: (under[clue].vouched, under[clue].more) if clue in under else ((), False)
        for each, clue in clues.items()
    }


def _digests(table: CaseTable, names: Iterable[PictureName]) -> dict[PictureName, str]:
    """The digests of kept files; those that do not open, or were erased, are left out."""
    files = table.files.some([(each.reference, each.file or 0) for each in names])
    opened = ((each, table.files.digests(each).sha256) for each in files)
    return {
        file_picture_name(each.reference, each.number): sha256 for each, sha256 in opened if sha256
    }


def _order(name: PictureName) -> tuple[str, str]:
    return name.reference, name.name
