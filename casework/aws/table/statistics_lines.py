"""The lines of the bilan: what a report counts for in one case, and the case with its opener.

A report has one line in each case in which it was counted, under the key of the case, so that a
review finds all of them with strong reads. Only one of these lines holds the report's mark. The
others say that it moved on: a writer that read the report before the move meets such a line, and
reads again. The mark of a case is kept on the line of the report that opened it, so one write
counts both.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casework.aws.table import keys
from casework.statistics.case_statistics import CaseMark
from casework.statistics.counts import Counts
from casework.statistics.report_statistics import ReportMark


@dataclass(frozen=True)
class StatisticsLine:
    """What one report counts for in one case, and what the case counts for if it opened it."""

    report: ReportMark | None = None
    moved: bool = False
    """The report was counted here, or could have been, and is counted in another case now."""
    case: CaseMark | None = None
    version: int = 0
    """How often it was written; 0 for a line that is not there."""

    @property
    def counts(self) -> Counts:
        """What it adds to the counters."""
        total = Counts()
        for mark in (self.report, self.case):
            if mark is not None:
                total.update(mark.counts)
        return total


def line_to_item(key: Mapping[str, str], line: StatisticsLine) -> dict[str, Any]:
    """The item of a line: below 1 KB, one write unit, for a case with its whole life."""
    item: dict[str, Any] = {**key, "version": line.version}
    if line.report is not None:
        item["report"] = line.report.model_dump_json(exclude={"case_id"}, exclude_defaults=True)
    if line.moved:
        item["moved"] = True
    if line.case is not None:
        days: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for day, recorded, figure, often in line.case.entries:
            days[day][recorded][figure] = often
        item["case"] = json.dumps(days, separators=(",", ":"))
    return item


def line_from_item(item: Mapping[str, Any]) -> StatisticsLine:
    """The line of an item. Raises ValueError when it cannot be read."""
    report = case = None
    if "report" in item:
        told = json.loads(item["report"])
        case_id, reference = keys.report_count_key.of(item)
        report = ReportMark(case_id=case_id, **{"reference": reference, **told})
    if "case" in item:
        case = CaseMark(entries=tuple(_entries(json.loads(item["case"]))))
    return StatisticsLine(report, bool(item.get("moved")), case, int(item.get("version", 0)))


def _entries(
    days: Mapping[str, Mapping[str, Mapping[str, int]]],
) -> Iterator[tuple[str, str, str, int]]:
    """The entries of a case's mark, in the order of `count_case`."""
    for day, by_record in sorted(days.items()):
        for recorded, figures in sorted(by_record.items()):
            for figure, often in sorted(figures.items()):
                yield day, recorded, figure, often
