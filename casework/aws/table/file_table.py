"""The files of reports in the one table: what arrived, and what is kept.

A file is an item beside its report, with its wrapped key, and is erased with it. Its name is stored
as the narrative is, and its digests are sealed (`casework.aws.services.digest_sealing`). Every
write after the slot (`casework.aws.table.upload_slots`) has the condition that the file is there in
the expected state, so a file of an erased report is not written anew, and of two writers one wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.services import secrets
from casework.aws.services.digest_sealing import BrokenDigest, DigestKey, alarm_broken_digest
from casework.aws.table import allowance, items, keys
from casework.aws.table.backoff import sleep_with_backoff
from casework.aws.table.items import WriteConflict
from casework.aws.table.stored_file import (
    FileDigests,
    StoredDigest,
    StoredFile,
    examination_attributes,
    read_file,
)
from casework.aws.table.wire import to_wire_item
from casework.case.commitment import commit_to_digest, new_salt
from casework.case.times import format_minute, format_timestamp
from casework.report.examination import (
    REPLACEABLE_PREVIEWS,
    ExaminationResult,
    FileType,
    Preview,
    Scan,
    weaker_scans,
)
from casework.report.file_limits import (
    RENEWED_AFTER_DAYS,
    FileState,
    WhyRefused,
)

FILE_COUNT_FIELD: Final = "file_count"
REFUSED_FILES_FIELD: Final = "files_refused"
FILE_BYTES: Final = "file_bytes"
"""Attributes of a report: the number of its slots, how many of them were refused, and the bytes of
the others; absent for none."""
DIGEST_ATTRIBUTES: Final = ("digest", "md5", "declared", "declared_parts", "came_digest")
"""The attributes of a file that are digests."""
MAX_SLOT_ATTEMPTS: Final = 6
"""Tries of a transaction while others write the same counters."""


@dataclass(frozen=True)
class FileCondition:
    """A condition of a write, with its values."""

    condition: str
    values: Mapping[str, str | bytes]


_ANY: Final = FileCondition("attribute_exists(pk)", {})
_STATES: Final = {f":again{number}": each for number, each in enumerate(REPLACEABLE_PREVIEWS)}
_AGAIN: Final = f"(attribute_not_exists(preview) OR preview IN ({', '.join(_STATES)}))"


@dataclass(frozen=True)
class RefusedFileRemains:
    """What had come of a file that is refused: all that is left of it."""

    size: int
    """Bytes."""
    type: FileType | None = None
    """What they begin as."""
    sha256: bytes | None = None
    """Of all of them, where they were read."""


class FileTable:
    """The files of reports.

    `digest` is the ARN of the digest key's secret, for callers that write or open digests.
    """

    def __init__(self, name: str, digest: str = "") -> None:
        self.name = name
        self.key = DigestKey(lambda: secrets.read_key(digest))

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

    def seal_declared(
        self, file: StoredFile, name: str, digest: StoredDigest | None
    ) -> bytes | None:
        """A digest that the sender declared, sealed for its attribute of the file; as it is, where
        it is sealed or None."""
        if not isinstance(digest, str):
            return digest
        return self.key.seal_digest(bytes.fromhex(digest), *_of(file, name))

    def get_case_id(self, reference: str) -> str | None:
        """The case of a report, if it has one."""
        item = items.get_item(self.name, keys.report_key(reference))
        return item.get("case_id") if item is not None else None

    def record_arrival(self, file: StoredFile, at: datetime, *, vault: str, **arrived: Any) -> bool:
        """Store what arrived, before the ciphertext is written, and charge its bytes the first
        time; False when another try stored it since the file was read."""
        attributes = {"state": FileState.ARRIVED, "exact": True, "vault": vault, **arrived}
        if file.state is FileState.SLOTTED:
            size = int(arrived.get("size", file.size))
            writes = [
                self.change_write(file, attributes, (FileState.SLOTTED,)),
                allowance.charge_bytes_write(
                    self.name, file.slot, file.pool, size, file.size, file.window, at
                ),
                *self._count(file, size - file.size),
            ]
            return self._together(file, writes, attributes)
        # Or this write itself was repeated, after its answer was lost.
        same = FileCondition(
            "(vault = :seen OR vault = :own)", {":own": vault, ":seen": file.vault or ""}
        )
        return self._change(file, attributes, (FileState.ARRIVED,), same)

    def keep(
        self, file: StoredFile, vault: str, version: str, at: datetime, *, scanner: bool = False
    ) -> bool:
        """Store that the ciphertext is in the vault; False when it is no longer this object."""
        attributes = {
            "state": FileState.KEPT,
            "version": version,
            "kept_at": format_minute(at),
            "scanner": scanner,
            keys.QUEUE_PARTITION_KEY: keys.later_queue(format_minute(at)[:10], file.reference),
            keys.QUEUE_SORT_KEY: format_minute(at),
        }
        same = FileCondition("vault = :vault", {":vault": vault})
        return self._change(file, attributes, (FileState.ARRIVED,), same)

    def refuse(
        self,
        file: StoredFile,
        why: WhyRefused,
        at: datetime,
        remains: RefusedFileRemains | None = None,
    ) -> bool:
        """Close a slot and give its bytes back; nothing is kept under it but what had come of it
        and why it is refused, and no later look is needed. False when the file is no longer as it
        was read."""
        attributes: dict[str, Any] = {
            "state": FileState.REFUSED,
            "why": why,
            "refused_at": format_minute(at),
        }
        if remains is not None:
            digest = remains.sha256 and self.key.seal_digest(
                remains.sha256, *_of(file, "came_digest")
            )
            left = {"came": remains.size, "came_type": remains.type, "came_digest": digest}
            attributes |= {name: value for name, value in left.items() if value is not None}
        back = (
            allowance.release_bytes_write(
                self.name, file.slot, file.pool, file.size, file.window, at
            )
            if file.state is FileState.SLOTTED
            else []
        )
        writes = [
            self.change_write(file, attributes, (file.state,), settles=True),
            *self._count(file, -file.size, refused=True),
            *back,
        ]
        return self._together(file, writes, attributes)

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
        self, file: StoredFile, writes: Sequence[Mapping[str, Any]], attributes: Mapping[str, Any]
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
                    return all(item.get(name) == value for name, value in attributes.items())
                continue
            return True
        raise WriteConflict

    def record_mark_stored(self, file: StoredFile, case_id: str) -> None:
        """Store that the log of a case has the mark of a file."""
        self._change(file, {"marked": case_id}, (FileState.KEPT,))
        self._settle(file)

    def store_examination(self, file: StoredFile, result: ExaminationResult) -> bool:
        """Store the result of an examination of the kept bytes; False for other bytes, or when a
        result that is not repeated is there."""
        if file.digest is None or result.examined.sha256 != self.digests(file).sha256:
            return False
        same = FileCondition(f"digest = :digest AND {_AGAIN}", {":digest": file.digest, **_STATES})
        stored = self._change(file, examination_attributes(result), (FileState.KEPT,), same)
        self._settle(file)
        return stored

    def record_no_examination(self, file: StoredFile) -> None:
        """Store that no examiner answered in time. A later answer still counts."""
        nothing_yet = FileCondition("attribute_not_exists(preview)", {})
        self._change(file, {"preview": Preview.NOT_EXAMINED}, (FileState.KEPT,), nothing_yet)
        self._settle(file)

    def store_scan(self, file: StoredFile, scan: Scan) -> bool:
        """Store what a scanner said; it may come before the file is kept. A word that says more
        stays (False)."""
        less = {f":less{number}": each for number, each in enumerate(weaker_scans(scan))}
        among = f" OR scanned IN ({', '.join(less)})" if less else ""
        first = FileCondition(f"(attribute_not_exists(scanned){among})", less)
        return self._change(file, {"scanned": scan}, tuple(FileState), first)

    def _settle(self, file: StoredFile) -> None:
        """The next look at a file that is marked and whose examination is over is when its lock is
        renewed."""
        over = FileCondition("attribute_exists(marked) AND attribute_exists(preview)", {})
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
        attributes: Mapping[str, Any],
        states: tuple[FileState, ...],
        only: FileCondition = _ANY,
        *,
        settles: bool = False,
    ) -> bool:
        """Set attributes of a file that is in one of these states, under one more condition."""
        return items.update_item(
            self.change_write(file, attributes, states, only, settles=settles)["Update"]
        )

    def change_write(
        self,
        file: StoredFile,
        attributes: Mapping[str, Any],
        states: tuple[FileState, ...],
        only: FileCondition = _ANY,
        *,
        settles: bool = False,
    ) -> dict[str, Any]:
        """The write of such a change."""
        values_by_name = {name: value for name, value in attributes.items() if value is not None}
        names = {f"#{number}": name for number, name in enumerate(values_by_name)}
        values = {f":{number}": value for number, value in enumerate(values_by_name.values())}
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


def _of(file: StoredFile, name: str) -> tuple[str, ...]:
    """What a digest of a file is bound to."""
    return file.reference, str(file.number), name
