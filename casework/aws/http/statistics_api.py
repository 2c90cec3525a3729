"""The shared part of the public and the staff edge of the bilan: windows in, JSON or CSV out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import Parameter
from casework.errors import Finding, NotValid
from casework.statistics.publication import Bilan, month_range
from casework.text.csv_export import CsvCell, to_csv

MAX_MONTHS: Final = 24
MONTH_PATTERN: Final = "^2[0-9]{3}-(0[1-9]|1[0-2])$"
DAY_PATTERN: Final = "^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
CSV_MEDIA_TYPE: Final = "text/csv"


def _asked(name: str, description: str, pattern: str, *, required: bool = True) -> Parameter:
    schema = {"type": "string", "pattern": pattern}
    return Parameter(name, "query", description, schema, required=required)


FROM_MONTH_PARAMETER = _asked("from", "The first month, as in 2024-06.", MONTH_PATTERN)
TO_MONTH_PARAMETER = _asked(
    "to", f"The last month, included; at most {MAX_MONTHS} months in all.", MONTH_PATTERN
)
FROM_DAY_PARAMETER = _asked("from", "The first day, as in 2024-06-01.", DAY_PATTERN)
TO_DAY_PARAMETER = _asked(
    "to", f"The last day, included; days of at most {MAX_MONTHS} months.", DAY_PATTERN
)
AS_OF_PARAMETER = _asked(
    "as_of",
    "Only what was recorded until this day, included: the figures as they were known then.",
    DAY_PATTERN,
    required=False,
)
ACCEPT_PARAMETER = Parameter(
    "Accept",
    "header",
    "`text/csv` for one figure in each line; anything else is answered as JSON.",
    {"type": "string"},
)
FORMAT_PARAMETER = Parameter(
    "format",
    "query",
    "The same choice for a link or a form, which cannot say what they accept: a file comes.",
    {"type": "string", "enum": ["csv", "json"]},
)
LANGUAGE_PARAMETER = Parameter(
    "language",
    "query",
    "Tell in this language, as `fr`, how each table is counted.",
    {"type": "string", "pattern": "^[a-z]{2,3}$"},
)


def parse_month_window(query: Mapping[str, str]) -> tuple[str, str]:
    """The months asked for; raises NotValid."""
    return _window(query, MONTH_PATTERN, "a month such as 2024-06")


def parse_day_window(query: Mapping[str, str]) -> tuple[str, str]:
    """The days asked for; raises NotValid."""
    first, last = _window(query, DAY_PATTERN, "a day such as 2024-06-01")
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
    if apart >= MAX_MONTHS:
        raise _refused("to", code="window.long", detail=f"Ask for at most {MAX_MONTHS} months.")
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


def months_between(first: str, last: str) -> list[str]:
    """The months of a window of days or months."""
    return month_range(first[:7], last[:7])


def statistics_response(request: Request, bilan: Bilan, headers: Mapping[str, str]) -> Response:
    """The bilan in the caller's format; raises NotValid for an unknown format."""
    vary = {**headers, "Vary": "Accept"}
    wanted_format = request.query.get("format")
    if wanted_format not in {None, "csv", "json"}:
        detail = "This must be csv or json, or be left out."
        raise _refused("format", code="format.unknown", detail=detail)
    wants_csv = wanted_format == "csv" or (
        not wanted_format and CSV_MEDIA_TYPE in request.headers.get("accept", "").lower()
    )
    if wanted_format or wants_csv:
        name = f"bilan-{bilan.first}-{bilan.last}.{'csv' if wants_csv else 'json'}"
        vary["Content-Disposition"] = f'attachment; filename="{name}"'
    if not wants_csv:
        return Response(200, bilan, vary)
    told = {**vary, "Content-Type": f"{CSV_MEDIA_TYPE}; charset=utf-8; header=present"}
    return Response(200, to_csv(_lines(bilan)), told)


STATISTICS_CSV_COLUMNS: Final = (
    "from", "to", "table", "row", "name", "count", "share", "withheld", "unpublished", "per_100000",
    "counted",
)  # fmt: skip
"""Of the file; a new one comes last, for those who read it by place."""


def _lines(bilan: Bilan) -> list[list[CsvCell]]:
    """The window, then each of its months, then where it comes from."""
    return [list(STATISTICS_CSV_COLUMNS), *_of_window(bilan), *_of_months(bilan), *_about(bilan)]


def _of_window(bilan: Bilan) -> Iterator[list[CsvCell]]:
    window: list[CsvCell] = [bilan.first, bilan.last]
    missing = " ".join(bilan.unpublished)

    def line(table: str, row: str, number: float | None) -> list[CsvCell]:
        told = bilan.counted.get(table, "")
        return [*window, table, row, "", number, None, "", missing, None, told]

    for row in bilan.figures:
        names, kept = " / ".join(row.names.values()), " ".join(row.withheld)
        told = bilan.counted.get(row.table, "")
        yield [*window, row.table, row.row, names, row.count, row.share, kept, missing,
               row.per_100_000, told]  # fmt: skip
    yield line("cases", "reports_per_case", bilan.reports_per_case)
    for time in bilan.times:
        for word, seconds in (("median", time.median_seconds), ("p90", time.p90_seconds)):
            yield line("times", f"{time.measure}_{time.priority}_{word}_seconds", seconds)


def _of_months(bilan: Bilan) -> Iterator[list[CsvCell]]:
    if bilan.first == bilan.last:
        return
    for place, month in enumerate(bilan.months):
        for row in bilan.figures:
            number = row.by_month[place]
            kept = month if number is None else ""
            names = " / ".join(row.names.values())
            yield [month, month, row.table, row.row, names, number, None, kept, "", None, ""]


def _about(bilan: Bilan) -> Iterator[list[CsvCell]]:
    window: list[CsvCell] = [bilan.first, bilan.last]
    for month, number in bilan.corrected.items():
        told = bilan.counted.get("corrected", "")
        yield [month, month, "about", "corrected_later", "", number, None, "", "", None, told]
    facts = {
        "licence": bilan.licence and f"{bilan.licence.id} {bilan.licence.address}",
        "inhabitants": bilan.population and f"{bilan.population.source}, {bilan.population.day}",
    }
    for row, fact in facts.items():
        if fact:
            yield [*window, "about", row, fact, None, None, "", "", None, ""]
