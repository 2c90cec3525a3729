"""Where a report stands, as far as its reporter is told: never by whom, and never by which unit."""

from __future__ import annotations

from typing import Final

from casework.case import Case
from casework.lifecycle import Status
from functions.intake import words
from functions.intake.answers import Entry, Progress, PublicStatus

PUBLIC: Final[dict[Status, PublicStatus]] = {
    Status.RECEIVED: PublicStatus.RECEIVED,
    Status.IN_REVIEW: PublicStatus.IN_REVIEW,
    # A reporter need not know that units disagreed: until one holds the case it is on its way.
    Status.REVIEWED: PublicStatus.BEING_REFERRED,
    Status.QUEUED: PublicStatus.BEING_REFERRED,
    Status.PUBLISHED: PublicStatus.BEING_REFERRED,
    Status.DECLINED: PublicStatus.BEING_REFERRED,
    Status.ACKNOWLEDGED: PublicStatus.WITH_UNIT,
    Status.CLOSED: PublicStatus.CLOSED,
}


def progress(reference: str, accepted_at: str, case: Case | None, language: str) -> Progress:
    """What the reporter sees; `case` is None while the report waits to be linked."""
    status = PUBLIC[case.status] if case else PublicStatus.RECEIVED
    steps = [(PublicStatus.RECEIVED, accepted_at)]
    if status is not PublicStatus.RECEIVED:
        # A report that joined an older case was not there before: nothing is dated before it came.
        steps.append((status, max(accepted_at, _since(case)) if _since(case) else ""))
    return Progress(
        reference=reference,
        status=status,
        text=words.status(status, language),
        accepted_at=accepted_at,
        language=language,
        timeline=tuple(
            Entry(status=step, text=words.status(step, language), at=at or None)
            for step, at in steps
        ),
    )


def _since(case: Case | None) -> str:
    """Since when the case stands where it stands; empty where the case does not say."""
    if case is None:
        return ""
    if case.status is Status.CLOSED:
        return case.closed_at or ""
    if case.status is Status.PUBLISHED and case.referral is not None:
        return case.referral.published_at
    return ""
