"""Takes what others say of an upload: the examiner, and the scanner for malware.

Both read what strangers sent, so their word is read strictly and decides nothing. What the examiner
says is taken only of the bytes that were sealed here, and what the scanner says only of the version
that counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from casework.aws.services import telemetry, upload_parts
from casework.aws.services.clients import aws_client
from casework.aws.table import file_marks
from casework.aws.table.file_table import FileTable
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.stored_file import StoredFile, examination_attributes, examination_from_item
from casework.aws.table.upload_slots import UploadSlotTable
from casework.linking.picture_matching import file_picture_name
from casework.report.examination import (
    REPLACEABLE_PREVIEWS,
    ExaminationResult,
    Preview,
    Scan,
    scan_from_status,
    weaker_scans,
)
from casework.report.multipart import parse_part_name
from functions.evidence.deployment import now, receive_settings

GROUP_ID_LENGTH: Final = 32
"""Hex digits of what stands for a report in the queue of the examiner, which knows none."""


def scanned_file_table() -> FileTable:
    """The files of the one table, with their digests."""
    return FileTable(receive_settings().case_table, receive_settings().digest_secret)


def find_scanned_file(table: FileTable, name: str) -> StoredFile | None:
    """The file of which an object is a part; None where its report was erased, or the object is
    none of ours."""
    found = parse_part_name(name)
    slot = UploadSlotTable(table).slot(found[0]) if found else None
    return table.file(slot.reference, slot.number) if slot else None


def request_examination(file: StoredFile) -> None:
    """Tell the examiner which version of each part of which upload to read, and nothing else. One
    that expired is not examined; the repair says so in its time.

    The queue is fair by report: it hands the files of one whose files take much of the examiner's
    time behind those of others (docs/decisions/0067).
    """
    there = upload_parts.list_arrived_parts(receive_settings().drop, file.upload)
    if file.missing_parts(there):
        return
    versions = [there[file.object_name(part)].version for part in file.parts]
    body = {"key": file.upload, "versions": versions}
    aws_client("sqs").send_message(
        QueueUrl=receive_settings().examiner,
        MessageBody=json.dumps(body),
        MessageGroupId=hashlib.sha256(file.reference.encode()).hexdigest()[:GROUP_ID_LENGTH],
    )


def store_examination(said: dict[str, Any]) -> None:
    """Store a result of the examiner; raises ValidationError for what is no result."""
    result = ExaminationResult.model_validate(said)
    table = scanned_file_table()
    file = find_scanned_file(table, result.key)
    item = file_marks.get_file_item(table.name, file.reference, file.number) if file else None
    if file is None or item is None:
        return
    of_these_bytes = result.examined.sha256 == table.digests(file).sha256
    if file.marked is not None:
        taken = of_these_bytes and file.preview in (None, *REPLACEABLE_PREVIEWS)
        mark_results(
            table, file.marked, {**item, **examination_attributes(result)} if taken else item, now()
        )
    stored = table.store_examination(file, result)
    if result.examined.pdq is not None and of_these_bytes:
        # Also when it is told again: a crash may have left the picture out.
        picture = file_picture_name(file.reference, file.number)
        PictureTable(table.name, receive_settings().digest_secret).add(
            picture, result.examined.pdq, now()
        )
    _mark_if_marked_meanwhile(table, file)
    if not stored:
        telemetry.count_metric("ExaminationsNotTaken")
    elif result.examined.preview is Preview.FAILED:
        telemetry.count_metric("PreviewsFailed")
        telemetry.log_info("preview failed", upload=result.key)
    else:
        telemetry.count_metric("FilesExamined")


def mark_results(table: FileTable, case_id: str, item: Mapping[str, Any], at: datetime) -> None:
    """Mark in the log of a case what was found in a kept file, by which tools, and what the scanner
    said; the night binds it. What the file shows stands in its sealed preview alone."""
    if (found := examination_from_item(item)) is not None:
        result = {
            "bound": str(item["bound"]),
            "type": found.type.value,
            "agreed": "yes" if found.agreed else "no",
            "preview": found.preview.value,
            **({"cut": "yes"} if found.cut else {}),
            "tools": found.tools,
        }
        file_marks.record_examined_mark(table.name, case_id, item, result, at)
    if "scanned" in item:
        reference, number = file_marks.file_place_from_item(item)
        scan = Scan(item["scanned"])
        file_marks.record_scanned_mark(table.name, case_id, reference, number, scan, at)


def _mark_if_marked_meanwhile(table: FileTable, file: StoredFile) -> None:
    """Mark the results of a file that was marked since it was read: its receiver may have looked
    before the result was stored."""
    if file.marked is not None:
        return
    item = file_marks.get_file_item(table.name, file.reference, file.number)
    if item is not None and "marked" in item:
        mark_results(table, str(item["marked"]), item, now())


def store_scan(name: str, version: str, status: str) -> None:
    """Store a result of the scanner. The form of a slot can be sent again: a later version is not
    the one that was sealed. It reads one object at a time, so of a file in parts it has only read
    pieces: what is bad in one is bad, and that it found nothing in one says nothing."""
    table = scanned_file_table()
    file = find_scanned_file(table, name)
    if file is None:
        return
    part = upload_parts.list_arrived_parts(receive_settings().drop, file.upload).get(name)
    if part is None or part.version != version:
        return
    scan = scan_from_status(status)
    if scan is Scan.CLEAN and len(file.parts) > 1:
        scan = Scan.NOT_SCANNED
    if file.marked is not None:
        told = scan if file.scan is None or file.scan in weaker_scans(scan) else file.scan
        file_marks.record_scanned_mark(
            table.name, file.marked, file.reference, file.number, told, now()
        )
    table.store_scan(file, scan)
    _mark_if_marked_meanwhile(table, file)
    telemetry.count_metric("FilesScanned")
