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

from casework.aws.services import observe, uploads
from casework.aws.services.clients import client
from casework.aws.table import file_marks
from casework.aws.table.evidence_table import (
    EvidenceTable,
    StoredFile,
    examination_in,
    result_of,
)
from casework.aws.table.picture_table import PictureTable
from casework.linking.pictures import of_file
from casework.report.examination import AGAIN, Examined, Preview, Scan, said_by_scanner, weaker
from casework.report.in_parts import part_of
from functions.evidence.deployment import now, receiving

GROUP: Final = 32
"""Hex digits of what stands for a report in the queue of the examiner, which knows none."""


def table_of() -> EvidenceTable:
    """The files of the one table, with their digests."""
    return EvidenceTable(receiving().case_table, receiving().digest_secret)


def file_of(table: EvidenceTable, name: str) -> StoredFile | None:
    """The file of which an object is a part; None where its report was erased, or the object is
    none of ours."""
    found = part_of(name)
    slot = table.slot(found[0]) if found else None
    return table.file(slot.reference, slot.number) if slot else None


def ask_for_examination(file: StoredFile) -> None:
    """Tell the examiner which version of each part of which upload to read, and nothing else. One
    that expired is not examined; the repair says so in its time.

    The queue is fair by report: it hands the files of one whose files take much of the examiner's
    time behind those of others (docs/decisions/0067).
    """
    there = uploads.came(receiving().drop, file.upload)
    if file.missing(there):
        return
    versions = [there[file.name_of(part)].version for part in file.parts]
    body = {"key": file.upload, "versions": versions}
    client("sqs").send_message(
        QueueUrl=receiving().examiner,
        MessageBody=json.dumps(body),
        MessageGroupId=hashlib.sha256(file.reference.encode()).hexdigest()[:GROUP],
    )


def examined(said: dict[str, Any]) -> None:
    """Store a result of the examiner; raises ValidationError for what is no result."""
    result = Examined.model_validate(said)
    table = table_of()
    file = file_of(table, result.key)
    item = file_marks.item_of(table.name, file.reference, file.number) if file else None
    if file is None or item is None:
        return
    of_these_bytes = result.examined.sha256 == table.digests(file).sha256
    if file.marked is not None:
        taken = of_these_bytes and file.preview in (None, *AGAIN)
        mark_results(table, file.marked, {**item, **result_of(result)} if taken else item, now())
    stored = table.examined(file, result)
    if result.examined.pdq is not None and of_these_bytes:
        # Also when it is told again: a crash may have left the picture out.
        picture = of_file(file.reference, file.number)
        PictureTable(table.name, receiving().digest_secret).add(picture, result.examined.pdq, now())
    _mark_if_marked_meanwhile(table, file)
    if not stored:
        observe.count("ExaminationsNotTaken")
    elif result.examined.preview is Preview.FAILED:
        observe.count("PreviewsFailed")
        observe.fact("preview failed", upload=result.key)
    else:
        observe.count("FilesExamined")


def mark_results(table: EvidenceTable, case_id: str, item: Mapping[str, Any], at: datetime) -> None:
    """Mark in the log of a case what was found in a kept file, by which tools, and what the scanner
    said; the night binds it. What the file shows stands in its sealed preview alone."""
    if (found := examination_in(item)) is not None:
        told = {
            "bound": str(item["bound"]),
            "type": found.type.value,
            "agreed": "yes" if found.agreed else "no",
            "preview": found.preview.value,
            **({"cut": "yes"} if found.cut else {}),
            "tools": found.tools,
        }
        file_marks.mark_examined(table.name, case_id, item, told, at)
    if "scanned" in item:
        reference, number = file_marks.place_of(item)
        scan = Scan(item["scanned"])
        file_marks.mark_scanned(table.name, case_id, reference, number, scan, at)


def _mark_if_marked_meanwhile(table: EvidenceTable, file: StoredFile) -> None:
    """Mark the results of a file that was marked since it was read: its receiver may have looked
    before the result was stored."""
    if file.marked is not None:
        return
    item = file_marks.item_of(table.name, file.reference, file.number)
    if item is not None and "marked" in item:
        mark_results(table, str(item["marked"]), item, now())


def scanned(name: str, version: str, status: str) -> None:
    """Store a result of the scanner. The form of a slot can be sent again: a later version is not
    the one that was sealed. It reads one object at a time, so of a file in parts it has only read
    pieces: what is bad in one is bad, and that it found nothing in one says nothing."""
    table = table_of()
    file = file_of(table, name)
    if file is None:
        return
    part = uploads.came(receiving().drop, file.upload).get(name)
    if part is None or part.version != version:
        return
    said = said_by_scanner(status)
    if said is Scan.CLEAN and len(file.parts) > 1:
        said = Scan.NOT_SCANNED
    if file.marked is not None:
        told = said if file.scan is None or file.scan in weaker(said) else file.scan
        file_marks.mark_scanned(table.name, file.marked, file.reference, file.number, told, now())
    table.scanned(file, said)
    _mark_if_marked_meanwhile(table, file)
    observe.count("FilesScanned")
