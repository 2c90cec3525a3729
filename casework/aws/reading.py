"""A report that is in its case, read again: as far as that goes in its time, and never more."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TypeVar

from casework.aws import observe
from casework.aws.attempts import READING_SECONDS
from casework.aws.budget import OutOfTime, within
from casework.aws.stored import StoredReport
from casework.identifiers import Identifier
from casework.report import Facts, unfold_facts

T = TypeVar("T")


def facts_of(report: StoredReport) -> Facts | None:
    """The facts of a report; None where nobody can read them."""
    return _read(report, lambda: unfold_facts(report.facts))


def words_of(report: StoredReport) -> str | None:
    """The narrative of a report; None where nobody can read it."""
    return _read(report, lambda: report.text)


def identifiers_of(report: StoredReport) -> list[Identifier] | None:
    """What a report names; None where no machine can read it, which is not tried again."""
    from casework.identifiers.find import find  # only who reads identifiers pays for it

    if report.unreadable:
        return None
    return _read(report, lambda: find(report.text, unfold_facts(report.facts).named))


def _read(report: StoredReport, read: Callable[[], T]) -> T | None:
    try:
        with within(READING_SECONDS):
            return read()
    except (ValueError, zlib.error, OutOfTime) as error:  # it hides no other report
        observe.failure("report not read", error, reference=report.reference)
        return None
