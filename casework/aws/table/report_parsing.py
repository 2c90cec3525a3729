"""Second reading of a report that is in its case, within its time limit."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import TypeVar

from casework.analysis.payments import (
    PaymentLine,
    merge_addition,
    payment_from_text,
    payment_line_from_fields,
    payments_from_fields,
)
from casework.aws.services import telemetry
from casework.aws.services.time_limits import TimeLimitExceeded, limit_time
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.read_attempts import MAX_ANALYSIS_SECONDS
from casework.identifiers import Identifier
from casework.report.followup import AddedView
from casework.report.report import Facts
from casework.report.stored_facts import decompress_facts

T = TypeVar("T")


def parse_facts(report: StoredReport) -> Facts | None:
    """The facts of a report; None when they are unreadable."""
    return _read(report, lambda: decompress_facts(report.facts))


def read_narrative(report: StoredReport) -> str | None:
    """The narrative of a report; None when it is unreadable."""
    return _read(report, lambda: report.text)


def extract_identifiers(report: StoredReport) -> list[Identifier] | None:
    """The identifiers of a report; None for an unreadable one, which is not tried again."""
    from casework.identifiers.extraction import (
        find_identifiers,  # only readers of identifiers pay for it
    )

    if report.unreadable:
        return None
    return _read(
        report,
        lambda: find_identifiers(report.text, decompress_facts(report.facts).field_identifiers),
    )


def extract_payments(
    report: StoredReport, added: Iterable[AddedView], zone: tzinfo
) -> list[PaymentLine] | None:
    """The payments of a report: from its fields, or else from its words, then from its additions;
    None for an unreadable one."""
    return _read(report, lambda: _payments(report, added, zone))


def _payments(report: StoredReport, added: Iterable[AddedView], zone: tzinfo) -> list[PaymentLine]:
    from casework.identifiers.extraction import (
        find_identifiers,  # only readers of identifiers pay for it
    )

    facts, reference, told_at = decompress_facts(report.facts), report.reference, report.accepted_at
    lines = payments_from_fields(reference, told_at, facts.money_lost)
    if not lines:
        text = report.text
        named = find_identifiers(text, facts.field_identifiers)
        read = payment_from_text(text, named, told_at, zone)
        if read.keys() >= {"amount", "currency"}:
            lines = [payment_line_from_fields("report", reference, told_at, read)]
    for each in added:
        read = payment_from_text(each.text, find_identifiers(each.text), each.added_at, zone)
        lines = merge_addition(
            lines, reference, each.id, each.added_at, losses=each.money_lost, read=read
        )
    return lines


def _read(report: StoredReport, read: Callable[[], T]) -> T | None:
    try:
        with limit_time(MAX_ANALYSIS_SECONDS):
            return read()
    except (ValueError, zlib.error, TimeLimitExceeded) as error:  # it hides no other report
        telemetry.log_failure("report not read", error, reference=report.reference)
        return None
