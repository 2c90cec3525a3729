"""Erase a report for good: `make erase REFERENCE= BY= TABLE=`, with the credentials of your shell.

It deletes contact, identity, words and additions. A tombstone stays, and the erasure is an entry of
the case's history. It is final once the backups have expired.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from casework.aws.table.case_table import CaseTable
from casework.aws.table.erasure import erase_report
from casework.errors import IllegalMove
from casework.text import reference


def main(arguments: list[str] | None = None) -> int:
    """Erase the report, and say whether it existed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--table", required=True, help="name of the table")
    parser.add_argument("--reference", required=True, help="public reference of the report")
    parser.add_argument("--by", required=True, help="who decided it, for the history")
    said = parser.parse_args(arguments)
    try:
        which = reference.parse_reference(said.reference)
    except reference.NotAReference:
        print("That is no reference: a symbol is missing or wrong.", file=sys.stderr)
        return 2
    try:
        erased = erase_report(CaseTable(said.table), which, datetime.now(UTC), said.by)
    except IllegalMove as held:
        print(f"Nothing is erased. {held.detail}", file=sys.stderr)
        return 3
    if not erased:
        print("There is nothing to erase under this reference.", file=sys.stderr)
        return 1
    print(f"{which} is erased.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
