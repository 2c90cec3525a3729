"""Takes what others say of an upload: the examiner, and the scanner for malware.

Both read what strangers sent, so their word is read strictly and decides nothing. What the examiner
says is taken only of the bytes that were sealed here, and what the scanner says only of the version
that counts.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from casework.aws.services import observe
from casework.aws.services.clients import client
from casework.aws.table import keys, log
from casework.aws.table.evidence_table import EvidenceTable, StoredFile
from casework.aws.table.picture_table import PictureTable
from casework.case.parts import SYSTEM
from casework.linking.pictures import of_file
from casework.report.evidence import OBJECTS
from casework.report.examination import Examined, Preview, said_by_scanner
from functions.evidence import objects
from functions.evidence.deployment import now, receiving

EXAMINED: Final = "file_examined"
"""The kind of the mark of an examined file."""
_NAME: Final = re.compile(rf"{OBJECTS}([0-9a-f]{{32}})")


def file_of(table: EvidenceTable, name: str) -> StoredFile | None:
    """The file of an upload; None where its report was erased, or the object is none of ours."""
    found = _NAME.fullmatch(name)
    slot = table.slot(found[1]) if found else None
    return table.file(slot.reference, slot.number) if slot else None


def ask_for_examination(file: StoredFile) -> None:
    """Tell the examiner which version of which upload to read, and nothing else. One that expired
    is not examined; the repair says so in its time."""
    version = objects.first_version(receiving().drop, file.slot)
    if version is None:
        return
    body = {"key": f"{OBJECTS}{file.slot}", "version": version}
    client("sqs").send_message(QueueUrl=receiving().examiner, MessageBody=json.dumps(body))


def examined(said: dict[str, Any]) -> None:
    """Store a result of the examiner; raises ValidationError for what is no result."""
    result = Examined.model_validate(said)
    table = EvidenceTable(receiving().case_table)
    file = file_of(table, result.key)
    if file is None:
        return
    stored = table.examined(file, result)
    if result.examined.pdq is not None and result.examined.sha256 == file.digest:
        # Also when it is told again: a crash may have left the picture out.
        picture = of_file(file.reference, file.number)
        PictureTable(receiving().case_table).add(picture, result.examined.pdq)
    kept = table.file(file.reference, file.number)
    if kept is not None and kept.marked is not None:  # likewise, for the mark
        mark_examined(table, kept)
    if not stored:
        observe.count("ExaminationsNotTaken")
    elif result.examined.preview is Preview.FAILED:
        observe.count("PreviewsFailed")
        observe.fact("preview failed", upload=result.key)
    else:
        observe.count("FilesExamined")


def mark_examined(table: EvidenceTable, file: StoredFile) -> None:
    """Mark in the log of the case what was found in a kept file, and by which tools; the night
    binds it. What the file shows stands in its sealed preview alone."""
    case_id, found = table.case_of(file.reference), file.examination
    if case_id is None or found is None:
        return
    log.mark(
        table.name,
        case_id,
        now().replace(second=0, microsecond=0),
        EXAMINED,
        keys.file_mark(file.reference, file.number),
        by=SYSTEM,
        bound=file.bound or "",
        type=found.type.value,
        agreed="yes" if found.agreed else "no",
        preview=found.preview.value,
        scan=file.scan.value if file.scan else "",
        tools=found.tools,
    )


def scanned(name: str, version: str, status: str) -> None:
    """Store a result of the scanner. The form of a slot can be sent again: a later version is not
    the one that was sealed."""
    table = EvidenceTable(receiving().case_table)
    file = file_of(table, name)
    if file is None or objects.first_version(receiving().drop, file.slot) != version:
        return
    table.scanned(file, said_by_scanner(status))
    observe.count("FilesScanned")
