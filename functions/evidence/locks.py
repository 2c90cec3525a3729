"""Locks of ciphertexts: renewed as long as a report is kept, and prolonged for a court at once.

A hold by a court lasts longer than a month. From its entry on, the locks of the case's files end
with its last day, so that not even an administrator who stops the renewals can delete them.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final

from casework.aws.services import observe
from casework.aws.table.court_holds import CourtHolds, CourtLine
from casework.aws.table.evidence_table import EvidenceTable, StoredFile
from casework.aws.table.linked_reports import LinkedReports
from casework.report.evidence import LOCKED_DAYS, LOCKED_FOR_COURT_DAYS, FileState
from functions.evidence import objects
from functions.evidence.deployment import repairing

PAGE: Final = 25
"""Reports of a held case between two notes of how far the pass came."""
SECONDS: Final = 120.0
"""Time of one pass for holds; the next pass goes on."""


def renew(table: EvidenceTable, file: StoredFile, at: datetime) -> None:
    """Prolong the lock of a file by a month, or for the court that holds its case."""
    case_id = table.case_of(file.reference)
    _lock(table, file, CourtHolds(table.name).of(case_id, at) if case_id else None, at)


def follow_courts(table: EvidenceTable, at: datetime) -> None:
    """Prolong the locks of each case that a court holds, unless that was done for its order. A case
    that cannot be read does not stop the others."""
    holds, ends = CourtHolds(table.name), time.monotonic() + SECONDS
    try:
        for hold in holds.all(at):
            _try(table, holds, hold, at, ends)
    except Exception as error:  # noqa: BLE001  # the next pass asks again
        observe.failure("holds not looked for", error)
        observe.count("FilesNotRepaired")


def _try(
    table: EvidenceTable, holds: CourtHolds, hold: CourtLine, at: datetime, ends: float
) -> None:
    try:
        _follow(table, holds, hold, at, ends)
    except Exception as error:  # noqa: BLE001  # the next pass goes on where this one stopped
        observe.failure("locks not prolonged", error)
        observe.count("FilesNotRepaired")


def _follow(
    table: EvidenceTable, holds: CourtHolds, hold: CourtLine, at: datetime, ends: float
) -> None:
    after = holds.left(hold)
    while after is not None and time.monotonic() < ends:
        page = LinkedReports(table.name).of(hold.case_id, PAGE, after or None)
        for reference in page.ids:
            for file in table.files_of(reference):
                _lock(table, file, hold, at)
        after = page.after
        holds.went(hold, after)


def _lock(table: EvidenceTable, file: StoredFile, hold: CourtLine | None, at: datetime) -> None:
    """Prolong a lock. S3 refuses to shorten one, so a date beyond the month is stored first: after
    a crash, or when the court let go, it is asked for again and never less."""
    if file.state is not FileState.KEPT or not file.vault or not file.version:
        return
    wanted = [at + timedelta(days=LOCKED_DAYS)]
    if hold is not None:
        wanted.append(min(hold.ends, at + timedelta(days=LOCKED_FOR_COURT_DAYS)))
    known = datetime.fromisoformat(file.locked_until) if file.locked_until else None
    until = max([*wanted, *([known] if known else [])])
    if until > wanted[0] and until != known:
        table.locked(file, until)
    objects.lock(repairing().vault, file.vault, file.version, until)
    observe.count("LocksRenewed")
