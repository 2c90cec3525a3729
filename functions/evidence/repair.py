"""Finds files that got stuck, a few times an hour.

- An object whose event was lost, or whose receiver crashed: its name goes into the queue again.
- A slot whose parts have not all arrived after a day is closed.
- A kept file whose report had no case: it goes into the queue until its case has the mark.
- The lock of a kept file is renewed as long as its report is kept.
- The locks of a case that a court holds since the last pass are prolonged at once.
- A kept file without a result of the examiner goes into the queue again every two hours, for a day.
  Then it counts as not examined.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.services import telemetry, upload_parts
from casework.aws.services.clients import aws_client
from casework.aws.table import keys
from casework.aws.table.file_table import FileTable, RefusedFileRemains
from casework.aws.table.stored_file import StoredFile
from casework.report.examination import EXAMINED_WITHIN_SECONDS
from casework.report.file_limits import (
    GIVEN_UP_AFTER_SECONDS,
    RENEWED_AFTER_DAYS,
    FileState,
    WhyRefused,
)
from functions.evidence import object_locks
from functions.evidence.deployment import now, repair_settings

MAX_FILES_PER_SHARD: Final = 200
"""Files of a shard in one pass; the next pass goes on."""
RECHECK_AFTER: Final = timedelta(minutes=15)
"""Until a file that was put into the queue is looked at once more."""
MORE_PARTS: Final = timedelta(hours=1)
"""The same for one of which some parts have come: a slow telephone may still send, and the event of
the last part may be lost."""
EXAMINED_AGAIN: Final = timedelta(hours=2)
"""The same for one that only the examiner has not answered for: its own queue repeats, too."""


def handle(event: dict[str, Any], context: object) -> None:
    """Look at each file whose time has come. A shard that cannot be asked does not stop the
    others."""
    del event, context
    table, at = FileTable(repair_settings().case_table), now()
    for flow in keys.files_flows():
        try:
            for reference, number in table.due(flow, at, MAX_FILES_PER_SHARD):
                _try(table, reference, number, at)
        except Exception as error:  # noqa: BLE001  # the next pass asks again
            telemetry.log_failure("files not looked for", error)
            telemetry.count_metric("FilesNotRepaired")
    if repair_settings().locks == "on":
        object_locks.extend_locks_for_legal_holds(table, at)
    telemetry.count_metric("FilesLookedAt")  # a pass that ended: silence is alarmed on


def _try(table: FileTable, reference: str, number: int, at: datetime) -> None:
    """Look at a file. One that fails does not stop the others."""
    try:
        if (file := table.file(reference, number)) is not None:
            _look(table, file, at)
    except Exception as error:  # noqa: BLE001  # the next pass looks again
        telemetry.log_failure("file not repaired", error)
        telemetry.count_metric("FilesNotRepaired")


def _look(table: FileTable, file: StoredFile, at: datetime) -> None:
    if file.state is FileState.SLOTTED:
        there = upload_parts.list_arrived_parts(repair_settings().drop, file.upload)
        if file.missing_parts(there):
            _wait(table, file, at, came=sum(each.size for each in there.values()))
            return
    if file.state is FileState.KEPT and file.marked and file.preview is not None:
        _renew(table, file, at)
        return
    if file.state is FileState.KEPT and file.preview is None and _unexamined(table, file, at):
        return
    body = json.dumps({"key": file.upload})
    aws_client("sqs").send_message(QueueUrl=repair_settings().queue, MessageBody=body)
    table.schedule_check(file, at + (EXAMINED_AGAIN if file.marked else RECHECK_AFTER))
    if file.state is not FileState.KEPT:
        telemetry.count_metric("FilesRepaired")


def _wait(table: FileTable, file: StoredFile, at: datetime, *, came: int) -> None:
    """Look at an incomplete file later, or close its slot after its time."""
    given_up = datetime.fromisoformat(file.slotted_at) + timedelta(seconds=GIVEN_UP_AFTER_SECONDS)
    if at >= given_up:
        why = WhyRefused.INCOMPLETE if came else WhyRefused.NEVER_CAME
        table.refuse(file, why, at, RefusedFileRemains(came) if came else None)
    else:
        table.schedule_check(file, min(given_up, at + MORE_PARTS) if came else given_up)


def _unexamined(table: FileTable, file: StoredFile, at: datetime) -> bool:
    """Whether the time of a file without a result is over."""
    telemetry.count_metric("FilesNotExamined")
    waited = at - datetime.fromisoformat(file.kept_at or file.slotted_at)
    if waited < timedelta(seconds=EXAMINED_WITHIN_SECONDS):
        return False
    table.record_no_examination(file)
    return file.marked is not None


def _renew(table: FileTable, file: StoredFile, at: datetime) -> None:
    """Lock the ciphertext for another month, or for its court. An erased report has no file here
    any more; one that a court holds cannot be erased."""
    if repair_settings().locks == "on":
        object_locks.renew_lock(table, file, at)
    table.schedule_check(file, at + timedelta(days=RENEWED_AFTER_DAYS))
