"""The files of reports in the one table: slots, what arrived, and what is kept.

A file is an item beside its report, with its wrapped key, and is erased with it. Its name is stored
as the narrative is, and its digests are sealed (`casework.aws.services.digest_sealing`).
`SLOT#{id}` leads from the name of the uploaded object to it and expires. Every write after the slot
has the condition that the file is there in the expected state, so a file of an erased report is not
written anew, and of two writers one wins.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.services import secrets
from casework.aws.services.digest_sealing import BrokenDigest, DigestKey, alarm_broken_digest
from casework.aws.table import allowance, items, keys
from casework.aws.table.backoff import sleep_with_backoff
from casework.aws.table.items import WriteConflict
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.aws.table.wire import to_wire_item
from casework.case.commitment import commit_to_digest, new_salt
from casework.case.times import format_minute, format_timestamp
from casework.report.examination import (
    REPLACEABLE_PREVIEWS,
    ExaminationResult,
    FileFindings,
    FileType,
    Preview,
    Scan,
    weaker_scans,
)
from casework.report.file_limits import (
    LOST_AFTER_SECONDS,
    MAX_REPORT_FILES_BYTES,
    RENEWED_AFTER_DAYS,
    AllowancePool,
    FileState,
    WhyRefused,
)
from casework.report.multipart import UploadPart, part_object_name, split_into_parts
from casework.report.report import ReporterRole
from casework.text.compression import compress_text, decompress_text

SLOT_DAYS: Final = 7
"""How long an Idempotency-Key of a slot is remembered."""
FILE_COUNT_FIELD: Final = "file_count"
REFUSED_FILES_FIELD: Final = "files_refused"
FILE_BYTES: Final = "file_bytes"
"""Attributes of a report: the number of its slots, how many of them were refused, and the bytes of
the others; absent for none."""
DIGEST_ATTRIBUTES: Final = ("digest", "md5", "declared", "declared_parts", "came_digest")
"""The attributes of a file that are digests."""
MAX_SLOT_ATTEMPTS: Final = 6
"""Tries of a transaction while others write the same counters."""


class PoolIsFull(Exception):
    """The share of the hour that a slot was to take its bytes from is used up."""

    error_code = "PoolIsFull"


@dataclass(frozen=True)
class _Only:
    """A condition of a write, with its values."""

    condition: str
    values: Mapping[str, str | bytes]


_ANY: Final = _Only("attribute_exists(pk)", {})
_STATES: Final = {f":again{number}": each for number, each in enumerate(REPLACEABLE_PREVIEWS)}
_AGAIN: Final = f"(attribute_not_exists(preview) OR preview IN ({', '.join(_STATES)}))"


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


@dataclass(frozen=True)
class RefusedFileRemains:
    """What had come of a file that is refused: all that is left of it."""

    size: int
    """Bytes."""
    type: FileType | None = None
    """What they begin as."""
    sha256: bytes | None = None
    """Of all of them, where they were read."""


StoredDigest = str | bytes
"""A digest as it is stored: sealed bytes, or hex in clear where it was stored before."""


@dataclass(frozen=True)
class FileDigests:
    """The digests of a file, opened, each in hex."""

    sha256: str | None = None
    md5: str | None = None
    declared: str | None = None
    declared_parts: str | None = None
    came_digest: str | None = None
    """Of the bytes of a refused file."""
    salt: bytes | None = None
    """By which the commitment to its bytes can be checked."""
    broken: bool = False
    """Whether one was not what was sealed for this file; it is then left out."""


@dataclass(frozen=True)
class StoredFile:
    """One file of a report."""

    reference: str
    number: int
    slot: str
    state: FileState
    name: str
    size: int
    """Bytes; the most that may come, as long as an `exact` size is not known."""
    slotted_at: str
    exact: bool = True
    pool: AllowancePool = AllowancePool.FURTHER
    """The share of the hour that its bytes are taken from."""
    window: str = ""
    """When they were reserved last."""
    declared: StoredDigest | None = None
    """SHA-256 that its sender declared; None where the digest is ours alone."""
    declared_parts: StoredDigest | None = None
    """`combine_part_digests` of what its sender declared; None for a file of one part."""
    why: WhyRefused | None = None
    """Of a refused one."""
    refused_at: str | None = None
    """The minute; None also where it was refused before that was noted."""
    came: int | None = None
    """Bytes that had come of a refused one; None where that is not known."""
    came_type: FileType | None = None
    """What they begin as."""
    came_digest: StoredDigest | None = None
    """SHA-256 of them, where they were read."""
    digest: StoredDigest | None = None
    """SHA-256 of the bytes that arrived."""
    md5: StoredDigest | None = None
    """MD5 of them: lists of known files may have no other. It proves nothing."""
    same: str | None = None
    """The name of its bytes (`DigestKey.same`), under which equal files are found; None where it
    was kept before there was one."""
    salt: bytes | None = None
    """The stored salt; `Digests` has that of the commitment."""
    bound: str | None = None
    """The salted commitment to its bytes, in hex."""
    vault: str | None = None
    """Name of its ciphertext in the vault."""
    sealed: bytes | None = None
    """SHA-256 of its ciphertext; None where it was kept before that was computed."""
    version: str | None = None
    """Version of that object."""
    kept_at: str | None = None
    locked_until: str | None = None
    """Until when a court's hold locks its ciphertext, ISO 8601; None where none did."""
    marked: str | None = None
    """The case whose log has its mark."""
    scanner: bool = False
    """Whether a scanner for malware reads uploads where it was kept."""
    scan: Scan | None = None
    """What it said."""
    preview: Preview | None = None
    """How its examination ended; None while there is no result."""
    examination: FileFindings | None = None
    pages: str | None = None
    """Folder of the sealed pages of its preview."""

    @property
    def parts(self) -> tuple[UploadPart, ...]:
        """The parts in which it comes: one, unless its sender declared several."""
        return (
            split_into_parts(self.size) if self.declared_parts else (UploadPart(1, 0, self.size),)
        )

    @property
    def upload(self) -> str:
        """The name of its upload, and of the first part."""
        return part_object_name(self.slot, 1)

    def object_name(self, part: UploadPart) -> str:
        """The name of the object of a part."""
        return part_object_name(self.slot, part.number)

    def missing_parts(self, there: Collection[str]) -> tuple[UploadPart, ...]:
        """Its parts whose objects are not among these names."""
        return tuple(part for part in self.parts if self.object_name(part) not in there)


class FileTable:
    """The files of reports.

    `digest` is the ARN of the digest key's secret, for callers that write or open digests.
    """

    def __init__(self, name: str, digest: str = "") -> None:
        self.name = name
        self.key = DigestKey(lambda: secrets.read_key(digest))

    # ---- slots -------------------------------------------------------------------------------

    def slot(self, slot: str) -> UploadSlotUse | None:
        """The file of an upload, strongly read."""
        item = items.get_item(self.name, keys.slot_key(slot))
        if item is None:
            return None
        return UploadSlotUse(item["reference"], item["number"], item["pepper"], item["body_mac"])

    def get_allowance(self, reference: str) -> FileAllowance | None:
        """What a slot depends on; None for a report that was erased."""
        item = items.get_item(self.name, keys.report_key(reference))
        if item is None or ERASED_AT_FIELD in item:
            return None
        said = json.loads(decompress_text(item["facts"]))
        return FileAllowance(
            category=said.get("category"),
            role=ReporterRole(said["role"]),
            slots=item.get(FILE_COUNT_FIELD, 0),
            files=item.get(FILE_COUNT_FIELD, 0) - item.get(REFUSED_FILES_FIELD, 0),
            file_bytes=item.get(FILE_BYTES, 0),
        )

    def put_slot(
        self, file: StoredFile, seen: FileAllowance, slot: UploadSlotUse, at: datetime
    ) -> None:
        """Store a slot with its file, count it on the report and reserve its bytes, or nothing.

        Raises PoolIsFull, or WrittenMeanwhile when another slot was first, or the report is gone.
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
            "declared": self._sealed(file, "declared", file.declared),
            **(
                {"declared_parts": self._sealed(file, "declared_parts", file.declared_parts)}
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
            **({":seen": seen.slots} if seen.slots else {}),
        }
        counted = {
            "Update": {
                "TableName": self.name,
                "Key": to_wire_item(keys.report_key(file.reference)),
                "UpdateExpression": f"SET {FILE_COUNT_FIELD} = :files ADD {FILE_BYTES} :size",
                "ConditionExpression": f"attribute_exists(verifier) AND {_seen(seen)} AND "
                f"(attribute_not_exists({FILE_BYTES}) OR {FILE_BYTES} <= :room)",
                "ExpressionAttributeValues": to_wire_item(values),
            }
        }
        reserved = allowance.reserve_bytes_write(self.name, file.slot, file.pool, file.size, at)
        _reserving(
            [_put_new(self.name, put_slot), _put_new(self.name, put_file), counted, reserved]
        )

    def record_refused(self, file: StoredFile, seen: FileAllowance) -> None:
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
                "TableName": self.name,
                "Key": to_wire_item(keys.report_key(file.reference)),
                "UpdateExpression": f"SET {FILE_COUNT_FIELD} = :files ADD "
                f"{REFUSED_FILES_FIELD} :one",
                "ConditionExpression": f"attribute_exists(verifier) AND {_seen(seen)}",
                "ExpressionAttributeValues": to_wire_item(
                    {
                        ":files": file.number,
                        ":one": 1,
                        **({":seen": seen.slots} if seen.slots else {}),
                    }
                ),
            }
        }
        items.write_transaction([_put_new(self.name, record), counted])

    def renew_reservation(self, file: StoredFile, at: datetime) -> None:
        """Reserve the bytes of a slot whose forms are given afresh, unless they are reserved in
        this window.

        Raises PoolIsFull, or WrittenMeanwhile when the file came, or was closed.
        """
        window = allowance.allowance_window(at)
        if file.window == window:
            return
        _reserving(
            [
                self._changing(
                    file,
                    {"reserved_in": window},
                    (FileState.SLOTTED,),
                    _Only("reserved_in = :before", {":before": file.window}),
                ),
                allowance.reserve_bytes_write(self.name, file.slot, file.pool, file.size, at),
            ]
        )

    # ---- files -------------------------------------------------------------------------------

    def file(self, reference: str, number: int) -> StoredFile | None:
        """One file, strongly read; None for one that was erased."""
        item = items.get_item(self.name, keys.file_key(reference, number))
        return read_file(item) if item is not None else None

    def list_files(self, reference: str) -> list[StoredFile]:
        """The files of a report by number, strongly read."""
        return [
            read_file(each)
            for each in items.query_prefix(self.name, *keys.file_key.under(reference))
        ]

    def some(self, places: Sequence[tuple[str, int]]) -> list[StoredFile]:
        """Those of at most 100 files that are kept, strongly read."""
        if not places:
            return []
        found = items.get_items(self.name, [keys.file_key(*place) for place in places])
        return [file for file in map(read_file, found) if file.state is FileState.KEPT]

    def digests(self, file: StoredFile) -> FileDigests:
        """The digests of a file, opened."""
        broken = False

        def opened(name: str, stored: StoredDigest | None) -> str | None:
            nonlocal broken
            if stored is None or isinstance(stored, str):
                return stored
            try:
                return self.key.unseal_digest(stored, *_of(file, name)).hex()
            except BrokenDigest as error:
                alarm_broken_digest(error)
                broken = True
                return None

        told = {name: opened(name, getattr(file, name)) for name in DIGEST_ATTRIBUTES}
        salt = file.salt
        if salt is not None and isinstance(file.digest, bytes):
            salt = self.key.salt(salt)
        return FileDigests(told.pop("digest"), **told, salt=salt, broken=broken)

    def hidden(self, file: StoredFile, sha256: bytes, md5: bytes) -> dict[str, Any]:
        """The digests of what arrived as attributes of its file, with the commitment to it."""
        salt = new_salt()
        return {
            "digest": self.key.seal_digest(sha256, *_of(file, "digest")),
            "md5": self.key.seal_digest(md5, *_of(file, "md5")),
            "same": self.key.file_alias(file.reference, sha256),
            "salt": salt,
            "bound": commit_to_digest(self.key.salt(salt), sha256),
        }

    def _sealed(self, file: StoredFile, name: str, told: StoredDigest | None) -> bytes | None:
        if not isinstance(told, str):
            return told
        return self.key.seal_digest(bytes.fromhex(told), *_of(file, name))

    def get_case_id(self, reference: str) -> str | None:
        """The case of a report, if it has one."""
        item = items.get_item(self.name, keys.report_key(reference))
        return item.get("case_id") if item is not None else None

    def record_arrival(self, file: StoredFile, at: datetime, *, vault: str, **said: Any) -> bool:
        """Store what arrived, before the ciphertext is written, and charge its bytes the first
        time; False when another try stored it since the file was read."""
        told = {"state": FileState.ARRIVED, "exact": True, "vault": vault, **said}
        if file.state is FileState.SLOTTED:
            size = int(said.get("size", file.size))
            writes = [
                self._changing(file, told, (FileState.SLOTTED,)),
                allowance.charge_bytes_write(
                    self.name, file.slot, file.pool, size, file.size, file.window, at
                ),
                *self._count(file, size - file.size),
            ]
            return self._together(file, writes, told)
        # Or this write itself was repeated, after its answer was lost.
        same = _Only("(vault = :seen OR vault = :own)", {":own": vault, ":seen": file.vault or ""})
        return self._change(file, told, (FileState.ARRIVED,), same)

    def keep(
        self, file: StoredFile, vault: str, version: str, at: datetime, *, scanner: bool = False
    ) -> bool:
        """Store that the ciphertext is in the vault; False when it is no longer this object."""
        told = {
            "state": FileState.KEPT,
            "version": version,
            "kept_at": format_minute(at),
            "scanner": scanner,
            keys.QUEUE_PARTITION_KEY: keys.later_queue(format_minute(at)[:10], file.reference),
            keys.QUEUE_SORT_KEY: format_minute(at),
        }
        same = _Only("vault = :vault", {":vault": vault})
        return self._change(file, told, (FileState.ARRIVED,), same)

    def refuse(
        self,
        file: StoredFile,
        why: WhyRefused,
        at: datetime,
        came: RefusedFileRemains | None = None,
    ) -> bool:
        """Close a slot and give its bytes back; nothing is kept under it but what had come of it
        and why it is refused, and no later look is needed. False when the file is no longer as it
        was read."""
        told: dict[str, Any] = {
            "state": FileState.REFUSED,
            "why": why,
            "refused_at": format_minute(at),
        }
        if came is not None:
            digest = came.sha256 and self.key.seal_digest(came.sha256, *_of(file, "came_digest"))
            left = {"came": came.size, "came_type": came.type, "came_digest": digest}
            told |= {name: value for name, value in left.items() if value is not None}
        back = (
            allowance.release_bytes_write(
                self.name, file.slot, file.pool, file.size, file.window, at
            )
            if file.state is FileState.SLOTTED
            else []
        )
        writes = [
            self._changing(file, told, (file.state,), settles=True),
            *self._count(file, -file.size, refused=True),
            *back,
        ]
        return self._together(file, writes, told)

    def _count(self, file: StoredFile, more: int, *, refused: bool = False) -> list[dict[str, Any]]:
        """The write that counts so many more bytes on a report, and one refused file."""
        if not more and not refused:
            return []
        adds = f"ADD {FILE_BYTES} :more" + (f", {REFUSED_FILES_FIELD} :one" if refused else "")
        return [
            {
                "Update": {
                    "TableName": self.name,
                    "Key": to_wire_item(keys.report_key(file.reference)),
                    "UpdateExpression": adds,
                    "ConditionExpression": "attribute_exists(verifier)",
                    "ExpressionAttributeValues": to_wire_item(
                        {":more": more, **({":one": 1} if refused else {})}
                    ),
                }
            }
        ]

    def _together(
        self, file: StoredFile, writes: Sequence[Mapping[str, Any]], told: Mapping[str, Any]
    ) -> bool:
        """Make the writes of a change of a file, of which the first is the file's own; False when
        it is no longer as it was read. Raises WriteConflict where others write the counters
        again and again: nothing is stored then."""
        for look in range(MAX_SLOT_ATTEMPTS):
            if look:
                sleep_with_backoff(look)
            try:
                items.write_transaction(writes)
            except WriteConflict as meanwhile:
                if meanwhile.failed:
                    # Or this write itself was repeated, after its answer was lost.
                    item = (
                        items.get_item(self.name, keys.file_key(file.reference, file.number)) or {}
                    )
                    return all(item.get(name) == value for name, value in told.items())
                continue
            return True
        raise WriteConflict

    def record_mark_stored(self, file: StoredFile, case_id: str) -> None:
        """Store that the log of a case has the mark of a file."""
        self._change(file, {"marked": case_id}, (FileState.KEPT,))
        self._settle(file)

    def store_examination(self, file: StoredFile, said: ExaminationResult) -> bool:
        """Store the result of an examination of the kept bytes; False for other bytes, or when a
        result that is not repeated is there."""
        if file.digest is None or said.examined.sha256 != self.digests(file).sha256:
            return False
        same = _Only(f"digest = :digest AND {_AGAIN}", {":digest": file.digest, **_STATES})
        stored = self._change(file, examination_attributes(said), (FileState.KEPT,), same)
        self._settle(file)
        return stored

    def record_no_examination(self, file: StoredFile) -> None:
        """Store that no examiner answered in time. A later answer still counts."""
        nothing_yet = _Only("attribute_not_exists(preview)", {})
        self._change(file, {"preview": Preview.NOT_EXAMINED}, (FileState.KEPT,), nothing_yet)
        self._settle(file)

    def store_scan(self, file: StoredFile, said: Scan) -> bool:
        """Store what a scanner said; it may come before the file is kept. A word that says more
        stays (False)."""
        less = {f":less{number}": each for number, each in enumerate(weaker_scans(said))}
        among = f" OR scanned IN ({', '.join(less)})" if less else ""
        first = _Only(f"(attribute_not_exists(scanned){among})", less)
        return self._change(file, {"scanned": said}, tuple(FileState), first)

    def _settle(self, file: StoredFile) -> None:
        """The next look at a file that is marked and whose examination is over is when its lock is
        renewed."""
        over = _Only("attribute_exists(marked) AND attribute_exists(preview)", {})
        kept = datetime.fromisoformat(file.kept_at or file.slotted_at)
        due = format_timestamp(kept + timedelta(days=RENEWED_AFTER_DAYS))
        self._change(file, {keys.FLOW_SORT_KEY: due}, (FileState.KEPT,), over)

    def store_lock_end(self, file: StoredFile, until: datetime) -> None:
        """Store until when the ciphertext of a file is to be locked for a court."""
        self._change(file, {"locked_until": format_timestamp(until)}, (FileState.KEPT,))

    def schedule_check(self, file: StoredFile, at: datetime) -> None:
        """The reconciler looks at a file again at this time."""
        self._change(file, {keys.FLOW_SORT_KEY: format_timestamp(at)}, tuple(FileState))

    def due(self, flow: str, before: datetime, most: int) -> Iterator[tuple[str, int]]:
        """At most so many files of a flow whose time for a look has come, oldest first: reference
        and number of each."""
        found = items.query_index(
            self.name, keys.FLOW_INDEX, flow, before=format_timestamp(before), limit=most
        )
        yield from map(keys.file_key.of, found)

    def _change(
        self,
        file: StoredFile,
        told: Mapping[str, Any],
        states: tuple[FileState, ...],
        only: _Only = _ANY,
        *,
        settles: bool = False,
    ) -> bool:
        """Set attributes of a file that is in one of these states, under one more condition."""
        return items.update_item(
            self._changing(file, told, states, only, settles=settles)["Update"]
        )

    def _changing(
        self,
        file: StoredFile,
        told: Mapping[str, Any],
        states: tuple[FileState, ...],
        only: _Only = _ANY,
        *,
        settles: bool = False,
    ) -> dict[str, Any]:
        """The write of such a change."""
        given = {name: value for name, value in told.items() if value is not None}
        names = {f"#{number}": name for number, name in enumerate(given)}
        values = {f":{number}": value for number, value in enumerate(given.values())}
        among = {f":state{number}": state for number, state in enumerate(states)}
        sets = ", ".join(f"{name} = :{name[1:]}" for name in names)
        updates = [f"SET {sets}"] if sets else []
        updates += [f"REMOVE {keys.FLOW_PARTITION_KEY}, {keys.FLOW_SORT_KEY}"] if settles else []
        return {
            "Update": {
                "TableName": self.name,
                "Key": to_wire_item(keys.file_key(file.reference, file.number)),
                "UpdateExpression": " ".join(updates),
                "ConditionExpression": f"#state IN ({', '.join(among)}) AND {only.condition}",
                "ExpressionAttributeNames": {**names, "#state": "state"},
                "ExpressionAttributeValues": to_wire_item({**values, **among, **only.values}),
            }
        }


def examination_attributes(said: ExaminationResult) -> dict[str, Any]:
    """A result of the examiner as attributes of its file."""
    told = {
        "preview": said.examined.preview,
        "examination": said.examined.model_dump_json(exclude={"preview", "sha256", "pdq"}),
        "pages": said.folder,
        "pages_wrapped": base64.b64decode(said.wrapped) if said.wrapped else None,
        "pages_key_id": said.key_id,
    }
    return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True)
class WrappedKey:
    """The key of a kept file, which KMS unwraps."""

    key_id: str
    key: bytes


def read_wrapped_file_key(table: str, reference: str, number: int) -> WrappedKey | None:
    """The wrapped key of a kept file; None for one that was erased."""
    item = items.get_item(table, keys.file_key(reference, number))
    if item is None or item["state"] != FileState.KEPT:
        return None
    return WrappedKey(item["key_id"], item["wrapped"])


def read_wrapped_page_key(table: str, reference: str, number: int) -> WrappedKey | None:
    """The wrapped key of the pages of a preview; None for a file that was erased, or without
    any."""
    item = items.get_item(table, keys.file_key(reference, number))
    if item is None or "pages_wrapped" not in item:
        return None
    return WrappedKey(item["pages_key_id"], item["pages_wrapped"])


def _of(file: StoredFile, name: str) -> tuple[str, ...]:
    """What a digest of a file is bound to."""
    return file.reference, str(file.number), name


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


def read_file(item: Mapping[str, Any]) -> StoredFile:
    """The file of an item."""
    reference, number = keys.file_key.of(item)
    return StoredFile(
        reference=reference,
        number=number,
        slot=item["slot"],
        state=FileState(item["state"]),
        name=decompress_text(item["name"]),
        size=item["size"],
        slotted_at=item["slotted_at"],
        exact=item.get("exact", True),
        pool=AllowancePool(item.get("pool", AllowancePool.FURTHER)),
        window=item.get("reserved_in", ""),
        declared=item.get("declared"),
        declared_parts=item.get("declared_parts"),
        why=WhyRefused(item["why"]) if "why" in item else None,
        refused_at=item.get("refused_at"),
        came=item.get("came"),
        came_type=FileType(item["came_type"]) if "came_type" in item else None,
        came_digest=item.get("came_digest"),
        digest=item.get("digest"),
        md5=item.get("md5"),
        same=item.get("same"),
        salt=item.get("salt"),
        bound=item.get("bound"),
        vault=item.get("vault"),
        sealed=item.get("sealed"),
        version=item.get("version"),
        kept_at=item.get("kept_at"),
        locked_until=item.get("locked_until"),
        marked=item.get("marked"),
        scanner=item.get("scanner", False),
        scan=Scan(item["scanned"]) if "scanned" in item else None,
        preview=Preview(item["preview"]) if "preview" in item else None,
        examination=examination_from_item(item),
        pages=item.get("pages"),
    )


def examination_from_item(item: Mapping[str, Any]) -> FileFindings | None:
    """What the examiner told of the file of an item; None while it told nothing."""
    if "examination" not in item:
        return None
    said = json.loads(item["examination"])
    said.pop("pdq", None)  # results from before hold it; what a picture looks like stands apart
    return FileFindings.model_validate({**said, "preview": item["preview"]})
