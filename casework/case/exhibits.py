"""The numbers of a case's exhibits: its kept files in the order in which they came into it.

A number is given once. Files that come later, or with reports that join later, come after. A file
that is erased, or that left with its report, leaves its number empty.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

ExhibitFile = tuple[str, int]
"""Reference of a report, and the number of the file in it."""
_MINUTE: Final = len("2026-03-02T12:00")


def number_exhibits(
    arrivals: Mapping[ExhibitFile, str], existing_files: Collection[ExhibitFile]
) -> list[dict[str, Any]]:
    """The exhibits by their numbers, from 1, without gap.

    `arrivals` says when each file came into the case, also of those that are there no more;
    `existing_files` are the files that can be shown. Of another one nothing is told but that its
    number was given. Within a minute, reports and their files follow by reference and number.
    """
    ordered = sorted(arrivals, key=lambda file: (arrivals[file][:_MINUTE], file))
    return [
        {"exhibit": number, "report": file[0], "n": file[1], "arrived": arrivals[file]}
        if file in existing_files
        else {"exhibit": number, "gone": True}
        for number, file in enumerate(ordered, start=1)
    ]
