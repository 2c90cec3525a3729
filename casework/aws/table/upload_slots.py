"""Slots of uploads: what a report may still send, and the file that a slot announces.

`SLOT#{id}` leads from the name of the uploaded object to its file and expires.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.table import allowance, items, keys
from casework.aws.table.file_table import (
    FILE_BYTES,
    FILE_COUNT_FIELD,
    REFUSED_FILES_FIELD,
    FileCondition,
    FileTable,
)
from casework.aws.table.items import WriteConflict
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.aws.table.stored_file import (
    StoredFile,
)
from casework.aws.table.wire import to_wire_item
from casework.case.times import format_timestamp
from casework.report.file_limits import (
    LOST_AFTER_SECONDS,
    MAX_REPORT_FILES_BYTES,
    FileState,
)
from casework.report.report import ReporterRole
from casework.text.compression import compress_text, decompress_text

SLOT_DAYS: Final = 7
"""How long an Idempotency-Key of a slot is remembered."""


class PoolIsFull(Exception):
    """The share of the hour that a slot was to take its bytes from is used up."""

    error_code = "PoolIsFull"


@dataclass(frozen=True)
class UploadSlotUse:
    """The earlier use of an Idempotency-Key, and the file of an upload."""

    reference: str
    number: int
    pepper: str
    body_mac: bytes


@dataclass(frozen=True)
class FileAllowance:
    """What a report says that a slot depends on."""

    category: str | None
    role: ReporterRole
    slots: int
    """Slots that were given, also those that were refused."""
    files: int
    """Without those that were refused."""
    file_bytes: int
    """Bytes of these; of one that has not come, the most that may come."""


class UploadSlotTable:
    """The slots of the files of reports."""

    def __init__(self, files: FileTable) -> None:
        self.files = files
        self._name = files.name

    def slot(self, slot: str) -> UploadSlotUse | None:
        """The file of an upload, strongly read."""
        item = items.get_item(self._name, keys.slot_key(slot))
        if item is None:
            return None
        return UploadSlotUse(item["reference"], item["number"], item["pepper"], item["body_mac"])

    def get_allowance(self, reference: str) -> FileAllowance | None:
        """What a slot depends on; None for a report that was erased."""
        item = items.get_item(self._name, keys.report_key(reference))
        if item is None or ERASED_AT_FIELD in item:
            return None
        facts = json.loads(decompress_text(item["facts"]))
        return FileAllowance(
            category=facts.get("category"),
            role=ReporterRole(facts["role"]),
            slots=item.get(FILE_COUNT_FIELD, 0),
            files=item.get(FILE_COUNT_FIELD, 0) - item.get(REFUSED_FILES_FIELD, 0),
            file_bytes=item.get(FILE_BYTES, 0),
        )

    def put_slot(
        self, file: StoredFile, before: FileAllowance, slot: UploadSlotUse, at: datetime
    ) -> None:
        """Store a slot with its file, count it on the report and reserve its bytes, or nothing.

        Raises PoolIsFull, or WriteConflict when another slot was first, or the report is gone.
        """
        due = at + timedelta(seconds=LOST_AFTER_SECONDS)
        put_slot = {
            **keys.slot_key(file.slot),
            **vars(slot),
            keys.EXPIRES_AT_FIELD: int((at + timedelta(days=SLOT_DAYS)).timestamp()),
        }
        put_file = {
            **keys.file_key(file.reference, file.number),
            "slot": file.slot,
            "state": file.state,
            "name": compress_text(file.name),
            "size": file.size,
            "exact": file.exact,
            "pool": file.pool,
            "reserved_in": allowance.allowance_window(at),
            "slotted_at": file.slotted_at,
            "declared": self.files.seal_declared(file, "declared", file.declared),
            **(
                {
                    "declared_parts": self.files.seal_declared(
                        file, "declared_parts", file.declared_parts
                    )
                }
                if file.declared_parts
                else {}
            ),
            keys.FLOW_PARTITION_KEY: keys.files_flow(file.reference),
            keys.FLOW_SORT_KEY: format_timestamp(due),
        }
        values = {
            ":files": file.number,
            ":size": file.size,
            ":room": MAX_REPORT_FILES_BYTES - file.size,
            **({":seen": before.slots} if before.slots else {}),
        }
        counted = {
            "Update": {
                "TableName": self._name,
                "Key": to_wire_item(keys.report_key(file.reference)),
                "UpdateExpression": f"SET {FILE_COUNT_FIELD} = :files ADD {FILE_BYTES} :size",
                "ConditionExpression": f"attribute_exists(verifier) AND {_seen(before)} AND "
                f"(attribute_not_exists({FILE_BYTES}) OR {FILE_BYTES} <= :room)",
                "ExpressionAttributeValues": to_wire_item(values),
            }
        }
        reserved = allowance.reserve_bytes_write(self._name, file.slot, file.pool, file.size, at)
        _reserving(
            [_put_new(self._name, put_slot), _put_new(self._name, put_file), counted, reserved]
        )

    def record_refused(self, file: StoredFile, before: FileAllowance) -> None:
        """Store that a file was refused before it had a slot: why, and what its sender said of it.

        Raises WriteConflict when another slot was first, or the report is gone.
        """
        record = {
            **keys.file_key(file.reference, file.number),
            "slot": file.slot,
            "state": FileState.REFUSED,
            "why": file.why,
            "refused_at": file.refused_at,
            "name": compress_text(file.name),
            "size": file.size,
            "exact": file.exact,
            "slotted_at": file.slotted_at,
        }
        counted = {
            "Update": {
                "TableName": self._name,
                "Key": to_wire_item(keys.report_key(file.reference)),
                "UpdateExpression": f"SET {FILE_COUNT_FIELD} = :files ADD "
                f"{REFUSED_FILES_FIELD} :one",
                "ConditionExpression": f"attribute_exists(verifier) AND {_seen(before)}",
                "ExpressionAttributeValues": to_wire_item(
                    {
                        ":files": file.number,
                        ":one": 1,
                        **({":seen": before.slots} if before.slots else {}),
                    }
                ),
            }
        }
        items.write_transaction([_put_new(self._name, record), counted])

    def renew_reservation(self, file: StoredFile, at: datetime) -> None:
        """Reserve the bytes of a slot whose forms are given afresh, unless they are reserved in
        this window.

        Raises PoolIsFull, or WriteConflict when the file came, or was closed.
        """
        window = allowance.allowance_window(at)
        if file.window == window:
            return
        _reserving(
            [
                self.files.change_write(
                    file,
                    {"reserved_in": window},
                    (FileState.SLOTTED,),
                    FileCondition("reserved_in = :before", {":before": file.window}),
                ),
                allowance.reserve_bytes_write(self._name, file.slot, file.pool, file.size, at),
            ]
        )


def _seen(seen: FileAllowance) -> str:
    return (
        f"{FILE_COUNT_FIELD} = :seen" if seen.slots else f"attribute_not_exists({FILE_COUNT_FIELD})"
    )


def _reserving(writes: Sequence[Mapping[str, Any]]) -> None:
    """Make writes of which the last one reserves bytes; raises PoolIsFull when it alone fails."""
    try:
        items.write_transaction(writes)
    except WriteConflict as meanwhile:
        if meanwhile.failed == {len(writes) - 1}:
            raise PoolIsFull from meanwhile
        raise


def _put_new(table: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Put": {
            "TableName": table,
            "Item": to_wire_item(item),
            "ConditionExpression": items.IF_ABSENT_CONDITION,
        }
    }
