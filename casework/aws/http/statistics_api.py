"""The shared part of the public and the staff edge of the bilan: windows in, JSON or CSV out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from casework.aws.http.http import Answer, Parameter, Request
from casework.errors import Finding, NotValid
from casework.figures.publication import Bilan, months
from casework.text.spreadsheet import Cell, as_csv

MOST_MONTHS: Final = 24
MONTH: Final = "^2[0-9]{3}-(0[1-9]|1[0-2])$"
DAY: Final = "^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
CSV: Final = "text/csv"


def _asked(name: str, description: str, pattern: str, *, required: bool = True) -> Parameter:
    schema = {"type": "string", "pattern": pattern}
    return Parameter(name, "query", description, schema, required=required)


FROM_MONTH = _asked("from", "The first month, as in 2024-06.", MONTH)
TO_MONTH = _asked("to", f"The last month, included; at most {MOST_MONTHS} months in all.", MONTH)
FROM_DAY = _asked("from", "The first day, as in 2024-06-01.", DAY)
TO_DAY = _asked("to", f"The last day, included; days of at most {MOST_MONTHS} months.", DAY)
AS_OF = _asked(
    "as_of",
    "Only what was recorded until this day, included: the figures as they were known then.",
    DAY,
    required=False,
)
ACCEPT = Parameter(
    "Accept",
    "header",
    "`text/csv` for one figure in each line; anything else is answered as JSON.",
    {"type": "string"},
)
FORMAT = Parameter(
    "format",
    "query",
    "The same choice for a link or a form, which cannot say what they accept.",
    {"type": "string", "enum": ["csv"]},
)


def window_of_months(query: Mapping[str, str]) -> tuple[str, str]:
    """The months asked for; raises NotValid."""
    return _window(query, MONTH, "a month such as 2024-06")


def window_of_days(query: Mapping[str, str]) -> tuple[str, str]:
    """The days asked for; raises NotValid."""
    first, last = _window(query, DAY, "a day such as 2024-06-01")
    for name in ("from", "to", "as_of"):
        if name in query:
            _in_the_calendar(name, query[name])
    return first, last


def _window(query: Mapping[str, str], pattern: str, what: str) -> tuple[str, str]:
    wrong = [name for name in ("from", "to") if not re.fullmatch(pattern, query.get(name, ""))]
    if wrong:
        raise _refused(*wrong, code="window.malformed", detail=f"This must be {what}.")
    first, last = query["from"], query["to"]
    if first > last:
        raise _refused("to", code="window.backwards", detail="The window ends before it begins.")
    apart = 12 * (int(last[:4]) - int(first[:4])) + int(last[5:7]) - int(first[5:7])
    if apart >= MOST_MONTHS:
        raise _refused("to", code="window.long", detail=f"Ask for at most {MOST_MONTHS} months.")
    return first, last


def _in_the_calendar(name: str, day: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError:
        raise _refused(
            name, code="window.malformed", detail="This is no day of the calendar."
        ) from None


def _refused(*names: str, code: str, detail: str) -> NotValid:
    findings = [Finding(f"#/{name}", code, detail) for name in names]
    return NotValid("Some parameters cannot be accepted.", findings=findings)


def each_month(first: str, last: str) -> list[str]:
    """The months of a window of days or months."""
    return months(first[:7], last[:7])


def answered(request: Request, bilan: Bilan, headers: Mapping[str, str]) -> Answer:
    """The bilan in the caller's format; raises NotValid for an unknown format."""
    vary = {**headers, "Vary": "Accept"}
    asked = request.query.get("format")
    if asked not in {None, "csv"}:
        raise _refused("format", code="format.unknown", detail="This must be csv, or be left out.")
    if not asked and CSV not in request.headers.get("accept", "").lower():
        return Answer(200, bilan, vary)
    disposition = f'attachment; filename="bilan-{bilan.first}-{bilan.last}.csv"'
    return Answer(
        200,
        as_csv(_lines(bilan)),
        {
            **vary,
            "Content-Type": f"{CSV}; charset=utf-8; header=present",
            "Content-Disposition": disposition,
        },
    )


def _lines(bilan: Bilan) -> list[list[Cell]]:
    lines: list[list[Cell]] = [
        ["from", "to", "table", "row", "name", "count", "share", "withheld", "unpublished"]
    ]
    window: list[Cell] = [bilan.first, bilan.last]
    missing = " ".join(bilan.unpublished)
    for row in bilan.figures:
        names = " / ".join(row.names.values())
        kept = " ".join(row.withheld)
        lines.append([*window, row.table, row.row, names, row.count, row.share, kept, missing])
    lines.append(
        [*window, "cases", "reports_per_case", "", bilan.reports_per_case, None, "", missing]
    )
    for time in bilan.times:
        for word, seconds in (("median", time.median_seconds), ("p90", time.p90_seconds)):
            row_name = f"{time.measure}_{time.priority}_{word}_seconds"
            lines.append([*window, "times", row_name, "", seconds, None, "", missing])
    return lines
