"""Second reading of a report that is in its case, within its time limit."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import TypeVar

from casework.aws.services import observe
from casework.aws.services.budget import OutOfTime, within
from casework.aws.table.attempts import READING_SECONDS
from casework.aws.table.stored import StoredReport
from casework.identifiers import Identifier
from casework.reading.money import MoneyLine, in_fields, in_words, line_of, with_addition
from casework.report.followup import AddedView
from casework.report.report import Facts, unfold_facts

T = TypeVar("T")


def facts_of(report: StoredReport) -> Facts | None:
    """The facts of a report; None when they are unreadable."""
    return _read(report, lambda: unfold_facts(report.facts))


def words_of(report: StoredReport) -> str | None:
    """The narrative of a report; None when it is unreadable."""
    return _read(report, lambda: report.text)


def identifiers_of(report: StoredReport) -> list[Identifier] | None:
    """The identifiers of a report; None for an unreadable one, which is not tried again."""
    from casework.identifiers.find import find  # only readers of identifiers pay for it

    if report.unreadable:
        return None
    return _read(report, lambda: find(report.text, unfold_facts(report.facts).named))


def payments_of(
    report: StoredReport, added: Iterable[AddedView], zone: tzinfo
) -> list[MoneyLine] | None:
    """The payments of a report: from its fields, or else from its words, then from its additions;
    None for an unreadable one."""
    return _read(report, lambda: _payments(report, added, zone))


def _payments(report: StoredReport, added: Iterable[AddedView], zone: tzinfo) -> list[MoneyLine]:
    from casework.identifiers.find import find  # only readers of identifiers pay for it

    facts, reference, told_at = unfold_facts(report.facts), report.reference, report.accepted_at
    lines = in_fields(reference, told_at, facts.money_lost)
    if not lines:
        text = report.text
        named = find(text, facts.named)
        read = in_words(text, named, told_at, zone)
        if read.keys() >= {"amount", "currency"}:
            lines = [line_of("report", reference, told_at, read)]
    for each in added:
        read = in_words(each.text, find(each.text), each.added_at, zone)
        lines = with_addition(
            lines, reference, each.id, each.added_at, losses=each.money_lost, read=read
        )
    return lines


def _read(report: StoredReport, read: Callable[[], T]) -> T | None:
    try:
        with within(READING_SECONDS):
            return read()
    except (ValueError, zlib.error, OutOfTime) as error:  # it hides no other report
        observe.failure("report not read", error, reference=report.reference)
        return None
