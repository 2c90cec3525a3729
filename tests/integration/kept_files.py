"""Files of reporters as the receiver keeps and marks them, without buckets."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from casework.aws.table import file_marks, items, keys
from casework.aws.table.file_table import FileTable
from casework.aws.table.stored_file import StoredFile
from casework.aws.table.upload_slots import UploadSlotTable, UploadSlotUse
from casework.case.commitment import commit_to_digest
from casework.report.examination import Examination, ExaminationResult, FileType, Preview, Scan
from casework.report.file_limits import FileState
from functions.evidence import scan_results

TOOLS = "pillow 11.0"


def keep_file(
    table: FileTable, reference: str, number: int, case_id: str, at: datetime, **said: Any
) -> dict[str, Any]:
    """A kept file whose mark is in the log of a case; answers its item. `clear` keeps it as before
    digests were sealed."""
    content = said.get("content", f"the bytes of file {number} of {reference}".encode())
    digest, md5 = hashlib.sha256(content).digest(), hashlib.md5(content, usedforsecurity=False)
    slots = UploadSlotTable(table)
    seen = slots.get_allowance(reference)
    assert seen is not None
    slot = f"in/{hashlib.sha256(f'{reference} {number}'.encode()).hexdigest()[:32]}"
    slotted = StoredFile(
        reference,
        number,
        slot,
        FileState.SLOTTED,
        said.get("name", f"capture-{number}.png"),
        len(content),
        at.isoformat(),
        declared=digest.hex(),
    )
    slots.put_slot(slotted, seen, UploadSlotUse(reference, number, "1", b"m"), at)
    slotted = _file(table, reference, number)
    hidden = table.hidden(slotted, digest, md5.digest())
    if said.get("clear"):
        salt = hashlib.sha256(reference.encode()).digest()
        bound = commit_to_digest(salt, digest)
        hidden = {"digest": digest.hex(), "md5": md5.hexdigest(), "salt": salt, "bound": bound}
        items.put_item(table.name, {**item_of(table, reference, number), "declared": digest.hex()})
        slotted = _file(table, reference, number)
    vault = hashlib.sha256(slot.encode()).hexdigest()[:32]
    assert table.record_arrival(
        slotted,
        at,
        size=len(content),
        **hidden,
        wrapped=b"a wrapped key",
        key_id="a-key",
        vault=vault,
        sealed=hashlib.sha256(b"sealed" + content).digest(),
    )
    assert table.keep(_file(table, reference, number), vault, f"v{number}", at, scanner=True)
    file_marks.record_stored_mark(table.name, case_id, item_of(table, reference, number), at)
    table.record_mark_stored(_file(table, reference, number), case_id)
    return item_of(table, reference, number)


def examine_file(table: FileTable, reference: str, number: int, at: datetime) -> None:
    """What the examiner and the scanner say of a kept file, marked and stored."""
    file = _file(table, reference, number)
    said = ExaminationResult(
        key=file.slot,
        examined=Examination(
            sha256=table.digests(file).sha256 or "",
            type=FileType.PNG,
            agreed=True,
            preview=Preview.MADE,
            pages=1,
            shown=1,
            tools=TOOLS,
        ),
        folder="a" * 32,
        wrapped="a2V5",
        key_id="a-key",
    )
    table.store_scan(file, Scan.CLEAN)
    assert table.store_examination(file, said)
    scan_results.mark_results(table, str(file.marked), item_of(table, reference, number), at)


def item_of(table: FileTable, reference: str, number: int) -> dict[str, Any]:
    """The item of a file."""
    found = items.get_item(table.name, keys.file_key(reference, number))
    assert found is not None
    return found


def _file(table: FileTable, reference: str, number: int) -> StoredFile:
    found = table.file(reference, number)
    assert found is not None
    return found
