"""Locks of ciphertexts: renewed as long as a report is kept, and prolonged for a court at once.

A hold by a court lasts longer than a month. From its entry on, the locks of the case's files end
with its last day, so that not even an administrator who stops the renewals can delete them.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final

from casework.aws.services import telemetry
from casework.aws.table.case_report_table import LinkedReports
from casework.aws.table.file_table import FileTable
from casework.aws.table.legal_hold_table import LegalHoldLine, LegalHoldTable
from casework.aws.table.stored_file import StoredFile
from casework.report.file_limits import LOCKED_DAYS, LOCKED_FOR_COURT_DAYS, FileState
from functions.evidence import vault
from functions.evidence.deployment import repair_settings

FILES_PER_CHECKPOINT: Final = 25
"""Reports of a held case between two notes of how far the pass came."""
PASS_SECONDS: Final = 120.0
"""Time of one pass for holds; the next pass goes on."""


def renew_lock(table: FileTable, file: StoredFile, at: datetime) -> None:
    """Prolong the lock of a file by a month, or for the court that holds its case."""
    case_id = table.get_case_id(file.reference)
    _lock(
        table, file, LegalHoldTable(table.name).get_legal_hold(case_id, at) if case_id else None, at
    )


def extend_locks_for_legal_holds(table: FileTable, at: datetime) -> None:
    """Prolong the locks of each case that a court holds, unless that was done for its order. A case
    that cannot be read does not stop the others."""
    holds, ends = LegalHoldTable(table.name), time.monotonic() + PASS_SECONDS
    try:
        for hold in holds.all(at):
            _try(table, holds, hold, at, ends)
    except Exception as error:  # noqa: BLE001  # the next pass asks again
        telemetry.log_failure("holds not looked for", error)
        telemetry.count_metric("FilesNotRepaired")


def _try(
    table: FileTable, holds: LegalHoldTable, hold: LegalHoldLine, at: datetime, ends: float
) -> None:
    try:
        _follow(table, holds, hold, at, ends)
    except Exception as error:  # noqa: BLE001  # the next pass goes on where this one stopped
        telemetry.log_failure("locks not prolonged", error)
        telemetry.count_metric("FilesNotRepaired")


def _follow(
    table: FileTable, holds: LegalHoldTable, hold: LegalHoldLine, at: datetime, ends: float
) -> None:
    after = holds.resume_place(hold)
    while after is not None and time.monotonic() < ends:
        page = LinkedReports(table.name).page_references(
            hold.case_id, FILES_PER_CHECKPOINT, after or None
        )
        for reference in page.ids:
            for file in table.list_files(reference):
                _lock(table, file, hold, at)
        after = page.after
        holds.store_place(hold, after)


def _lock(table: FileTable, file: StoredFile, hold: LegalHoldLine | None, at: datetime) -> None:
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
        table.store_lock_end(file, until)
    vault.extend_lock(repair_settings().vault, file.vault, file.version, until)
    telemetry.count_metric("LocksRenewed")
