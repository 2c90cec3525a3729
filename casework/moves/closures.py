"""The fields that every end of a case sets, and the reports that joined while it was ending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from casework.case.case import Case
from casework.case.change import Change
from casework.case.times import format_timestamp, start_wait
from casework.case.value_objects import CloseReason, UnseenReports

LOOKED_AFTER_SECONDS = 60
"""After the end of a case: by then every index shows every report that was linked before it."""


def list_closure_reasons(case: Case, *, by_office: bool) -> tuple[CloseReason, ...]:
    """The reasons that the end of a case may give where it stands, or the correction of its end.

    `by_office` is true for a prosecutor, who ends nothing but what was not authorised: everything
    else is closed by an instruction. A review gives its reasons itself (`CloseReason`).
    """
    refused = CloseReason.AUTHORISATION_REFUSED
    if case.closed is not None:
        return tuple(
            each
            for each in CloseReason
            if each.is_review_reason is case.closed.is_review_reason
            and refused not in {each, case.closed}
            and each is not case.closed
        )
    if case.status.rule.awaits_authorisation:
        return (refused,)
    if case.status.rule.is_open_to_inquiry and not by_office:
        return (CloseReason.SENT_TO_COURT, CloseReason.SENT_ABROAD)
    return ()


def closing_fields(
    at: datetime, reason: CloseReason, retention_seconds: Sequence[int]
) -> dict[str, Any]:
    """The fields of a case that ends: reason and time, remaining deadlines, time of retention."""
    due = format_timestamp(at + timedelta(seconds=LOOKED_AFTER_SECONDS))
    return {
        "closed": reason,
        "closed_at": format_timestamp(at),
        "unseen": UnseenReports(since=format_timestamp(at), due=due),
        "retention": start_wait(at, retention_seconds) if retention_seconds else None,
    }


def continue_unseen_scan(case: Case, unseen: UnseenReports, after: str) -> Change | None:
    """Some reports are left to look at: the next pass goes on at a place."""
    if case.unseen != unseen:
        return None
    return Change.bookkeeping(case, unseen=unseen.model_copy(update={"after": after}))


def finish_unseen_scan(case: Case) -> Change | None:
    """The case has no unseen report any more; None when that is known."""
    return Change.bookkeeping(case, unseen=None) if case.unseen else None
