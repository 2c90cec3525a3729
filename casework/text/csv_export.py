"""Tables for spreadsheets: CSV (RFC 4180) in which no cell is a formula.

A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return, also
after blanks. Such a text gets an apostrophe in front, which spreadsheets do not show and people can
read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

FORMULA_PREFIXES: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that some spreadsheet takes for a formula, including their wide forms."""

CsvCell = str | int | float | None


def to_csv(rows: Iterable[Sequence[CsvCell]]) -> bytes:
    """The rows as CSV in UTF-8, with the byte-order mark that spreadsheets need for Arabic."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([escape_cell(cell) for cell in row])
    return ("\ufeff" + out.getvalue()).encode()


def escape_cell(cell: CsvCell) -> CsvCell:
    """A cell that no spreadsheet runs; numbers and most texts stay as they are."""
    if not isinstance(cell, str):
        return cell
    bare = cell.lstrip(" \u00a0\u200e\u200f\ufeff")
    return (
        f"'{cell}"
        if bare.startswith(FORMULA_PREFIXES) or cell.startswith(FORMULA_PREFIXES)
        else cell
    )
