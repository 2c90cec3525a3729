"""Beside the files and pictures of reports: what lists of known material said of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from casework.aws.table.hash_lookup_table import HashLookupTable, LookupRecord
from casework.pack.jurisdiction import Jurisdiction
from casework.views.pictures import KnownView
from casework.views.report_view import ReportView


def attach_hash_results(
    table: str, pack: Jurisdiction, reports: Sequence[ReportView]
) -> list[ReportView]:
    """The reports of a page, with the answers about their files and pictures."""
    return [
        _beside(pack, each, HashLookupTable(table).list_lookups(each.reference))
        if each.files or each.hashes
        else each
        for each in reports
    ]


def _beside(pack: Jurisdiction, report: ReportView, lookups: Sequence[LookupRecord]) -> ReportView:
    def told(of: Iterable[LookupRecord]) -> dict[str, Any]:
        several = list(of)
        return {
            "known": tuple(
                KnownView.from_lookup(answer, each.answers.asked_at, pack)
                for each in several
                for answer in each.answers.answers
            ),
            "lists_unread": any(not each.answers.readable for each in several),
        }

    return report.model_copy(
        update={
            "files": tuple(
                file.model_copy(update=told(a for a in lookups if a.named.file == file.n))
                for file in report.files
            ),
            "hashes": tuple(
                each.model_copy(update=told(a for a in lookups if a.named.hash_only == each.n))
                for each in report.hashes
            ),
        }
    )
