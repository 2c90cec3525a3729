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
from casework.aws.services.digest_sealing import BrokenDigest, DigestKey, tell_broken
from casework.aws.table import allowance, items, keys
from casework.aws.table.collisions import come_back_later
from casework.aws.table.items import WrittenMeanwhile
from casework.aws.table.report_table import ERASED_AT
from casework.aws.table.wire import to_wire
from casework.case.commitment import commitment_by_digest, new_salt
from casework.case.times import minute, stamp
from casework.report.evidence import (
    LOST_AFTER_SECONDS,
    MOST_BYTES,
    RENEWED_AFTER_DAYS,
    FileState,
    Pool,
    WhyRefused,
)
from casework.report.examination import (
    AGAIN,
    Examined,
    FileType,
    FoundInFile,
    Preview,
    Scan,
    weaker,
)
from casework.report.in_parts import PartOfFile, name_of, parts_of
from casework.report.report import ReporterRole
from casework.text.folding import fold, unfold

SLOT_DAYS: Final = 7
"""How long an Idempotency-Key of a slot is remembered."""
SLOTS: Final = "file_count"
REFUSED: Final = "files_refused"
FILE_BYTES: Final = "file_bytes"
"""Attributes of a report: the number of its slots, how many of them were refused, and the bytes of
the others; absent for none."""
HIDDEN: Final = ("digest", "md5", "declared", "declared_parts", "came_digest")
"""The attributes of a file that are digests."""
MOST_TRIES: Final = 6
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
_STATES: Final = {f":again{number}": each for number, each in enumerate(AGAIN)}
_AGAIN: Final = f"(attribute_not_exists(preview) OR preview IN ({', '.join(_STATES)}))"


@dataclass(frozen=True)
class Slot:
    """The earlier use of an Idempotency-Key, and the file of an upload."""

    reference: str
    number: int
    pepper: str
    body_mac: bytes


@dataclass(frozen=True)
class RoomForFiles:
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
class CameOf:
    """What had come of a file that is refused: all that is left of it."""

    size: int
    """Bytes."""
    type: FileType | None = None
    """What they begin as."""
    sha256: bytes | None = None
    """Of all of them, where they were read."""


Hidden = str | bytes
"""A digest as it is stored: sealed bytes, or hex in clear where it was stored before."""


@dataclass(frozen=True)
class Digests:
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
    pool: Pool = Pool.FURTHER
    """The share of the hour that its bytes are taken from."""
    window: str = ""
    """When they were reserved last."""
    declared: Hidden | None = None
    """SHA-256 that its sender declared; None where the digest is ours alone."""
    declared_parts: Hidden | None = None
    """`digest_of_parts` of what its sender declared; None for a file of one part."""
    why: WhyRefused | None = None
    """Of a refused one."""
    refused_at: str | None = None
    """The minute; None also where it was refused before that was noted."""
    came: int | None = None
    """Bytes that had come of a refused one; None where that is not known."""
    came_type: FileType | None = None
    """What they begin as."""
    came_digest: Hidden | None = None
    """SHA-256 of them, where they were read."""
    digest: Hidden | None = None
    """SHA-256 of the bytes that arrived."""
    md5: Hidden | None = None
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
    examination: FoundInFile | None = None
    pages: str | None = None
    """Folder of the sealed pages of its preview."""

    @property
    def parts(self) -> tuple[PartOfFile, ...]:
        """The parts in which it comes: one, unless its sender declared several."""
        return parts_of(self.size) if self.declared_parts else (PartOfFile(1, 0, self.size),)

    @property
    def upload(self) -> str:
        """The name of its upload, and of the first part."""
        return name_of(self.slot, 1)

    def name_of(self, part: PartOfFile) -> str:
        """The name of the object of a part."""
        return name_of(self.slot, part.number)

    def missing(self, there: Collection[str]) -> tuple[PartOfFile, ...]:
        """Its parts whose objects are not among these names."""
        return tuple(part for part in self.parts if self.name_of(part) not in there)


class EvidenceTable:
    """The files of reports.

    `digest` is the ARN of the digest key's secret, for callers that write or open digests.
    """

    def __init__(self, name: str, digest: str = "") -> None:
        self.name = name
        self.key = DigestKey(lambda: secrets.key(digest))

    # ---- slots -------------------------------------------------------------------------------

    def slot(self, slot: str) -> Slot | None:
        """The file of an upload, strongly read."""
        item = items.get(self.name, keys.slot_key(slot))
        if item is None:
            return None
        return Slot(item["reference"], item["number"], item["pepper"], item["body_mac"])

    def about(self, reference: str) -> RoomForFiles | None:
        """What a slot depends on; None for a report that was erased."""
        item = items.get(self.name, keys.report_key(reference))
        if item is None or ERASED_AT in item:
            return None
        said = json.loads(unfold(item["facts"]))
        return RoomForFiles(
            category=said.get("category"),
            role=ReporterRole(said["role"]),
            slots=item.get(SLOTS, 0),
            files=item.get(SLOTS, 0) - item.get(REFUSED, 0),
            file_bytes=item.get(FILE_BYTES, 0),
        )

    def give(self, file: StoredFile, seen: RoomForFiles, slot: Slot, at: datetime) -> None:
        """Store a slot with its file, count it on the report and reserve its bytes, or nothing.

        Raises PoolIsFull, or WrittenMeanwhile when another slot was first, or the report is gone.
        """
        due = at + timedelta(seconds=LOST_AFTER_SECONDS)
        put_slot = {
            **keys.slot_key(file.slot),
            **vars(slot),
            keys.EXPIRES_AT: int((at + timedelta(days=SLOT_DAYS)).timestamp()),
        }
        put_file = {
            **keys.file_key(file.reference, file.number),
            "slot": file.slot,
            "state": file.state,
            "name": fold(file.name),
            "size": file.size,
            "exact": file.exact,
            "pool": file.pool,
            "reserved_in": allowance.window_of(at),
            "slotted_at": file.slotted_at,
            "declared": self._sealed(file, "declared", file.declared),
            **(
                {"declared_parts": self._sealed(file, "declared_parts", file.declared_parts)}
                if file.declared_parts
                else {}
            ),
            keys.FLOW: keys.files_flow(file.reference),
            keys.FLOW_AT: stamp(due),
        }
        values = {
            ":files": file.number,
            ":size": file.size,
            ":room": MOST_BYTES - file.size,
            **({":seen": seen.slots} if seen.slots else {}),
        }
        counted = {
            "Update": {
                "TableName": self.name,
                "Key": to_wire(keys.report_key(file.reference)),
                "UpdateExpression": f"SET {SLOTS} = :files ADD {FILE_BYTES} :size",
                "ConditionExpression": f"attribute_exists(verifier) AND {_seen(seen)} AND "
                f"(attribute_not_exists({FILE_BYTES}) OR {FILE_BYTES} <= :room)",
                "ExpressionAttributeValues": to_wire(values),
            }
        }
        reserved = allowance.reserve(self.name, file.slot, file.pool, file.size, at)
        _reserving(
            [_put_new(self.name, put_slot), _put_new(self.name, put_file), counted, reserved]
        )

    def record_refused(self, file: StoredFile, seen: RoomForFiles) -> None:
        """Store that a file was refused before it had a slot: why, and what its sender said of it.

        Raises WrittenMeanwhile when another slot was first, or the report is gone.
        """
        record = {
            **keys.file_key(file.reference, file.number),
            "slot": file.slot,
            "state": FileState.REFUSED,
            "why": file.why,
            "refused_at": file.refused_at,
            "name": fold(file.name),
            "size": file.size,
            "exact": file.exact,
            "slotted_at": file.slotted_at,
        }
        counted = {
            "Update": {
                "TableName": self.name,
                "Key": to_wire(keys.report_key(file.reference)),
                "UpdateExpression": f"SET {SLOTS} = :files ADD {REFUSED} :one",
                "ConditionExpression": f"attribute_exists(verifier) AND {_seen(seen)}",
                "ExpressionAttributeValues": to_wire(
                    {
                        ":files": file.number,
                        ":one": 1,
                        **({":seen": seen.slots} if seen.slots else {}),
                    }
                ),
            }
        }
        items.transact([_put_new(self.name, record), counted])

    def reserve_again(self, file: StoredFile, at: datetime) -> None:
        """Reserve the bytes of a slot whose forms are given afresh, unless they are reserved in
        this window.

        Raises PoolIsFull, or WrittenMeanwhile when the file came, or was closed.
        """
        window = allowance.window_of(at)
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
                allowance.reserve(self.name, file.slot, file.pool, file.size, at),
            ]
        )

    # ---- files -------------------------------------------------------------------------------

    def file(self, reference: str, number: int) -> StoredFile | None:
        """One file, strongly read; None for one that was erased."""
        item = items.get(self.name, keys.file_key(reference, number))
        return read_file(item) if item is not None else None

    def files_of(self, reference: str) -> list[StoredFile]:
        """The files of a report by number, strongly read."""
        return [read_file(each) for each in items.under(self.name, *keys.file_key.under(reference))]

    def some(self, places: Sequence[tuple[str, int]]) -> list[StoredFile]:
        """Those of at most 100 files that are kept, strongly read."""
        if not places:
            return []
        found = items.get_many(self.name, [keys.file_key(*place) for place in places])
        return [file for file in map(read_file, found) if file.state is FileState.KEPT]

    def digests(self, file: StoredFile) -> Digests:
        """The digests of a file, opened."""
        broken = False

        def opened(name: str, stored: Hidden | None) -> str | None:
            nonlocal broken
            if stored is None or isinstance(stored, str):
                return stored
            try:
                return self.key.opened(stored, *_of(file, name)).hex()
            except BrokenDigest as error:
                tell_broken(error)
                broken = True
                return None

        told = {name: opened(name, getattr(file, name)) for name in HIDDEN}
        salt = file.salt
        if salt is not None and isinstance(file.digest, bytes):
            salt = self.key.salt(salt)
        return Digests(told.pop("digest"), **told, salt=salt, broken=broken)

    def hidden(self, file: StoredFile, sha256: bytes, md5: bytes) -> dict[str, Any]:
        """The digests of what arrived as attributes of its file, with the commitment to it."""
        salt = new_salt()
        return {
            "digest": self.key.sealed(sha256, *_of(file, "digest")),
            "md5": self.key.sealed(md5, *_of(file, "md5")),
            "same": self.key.same(file.reference, sha256),
            "salt": salt,
            "bound": commitment_by_digest(self.key.salt(salt), sha256),
        }

    def _sealed(self, file: StoredFile, name: str, told: Hidden | None) -> bytes | None:
        if not isinstance(told, str):
            return told
        return self.key.sealed(bytes.fromhex(told), *_of(file, name))

    def case_of(self, reference: str) -> str | None:
        """The case of a report, if it has one."""
        item = items.get(self.name, keys.report_key(reference))
        return item.get("case_id") if item is not None else None

    def arrive(self, file: StoredFile, at: datetime, *, vault: str, **said: Any) -> bool:
        """Store what arrived, before the ciphertext is written, and charge its bytes the first
        time; False when another try stored it since the file was read."""
        told = {"state": FileState.ARRIVED, "exact": True, "vault": vault, **said}
        if file.state is FileState.SLOTTED:
            size = int(said.get("size", file.size))
            writes = [
                self._changing(file, told, (FileState.SLOTTED,)),
                allowance.charge(self.name, file.slot, file.pool, size, file.size, file.window, at),
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
            "kept_at": minute(at),
            "scanner": scanner,
            keys.QUEUE: keys.later_queue(minute(at)[:10], file.reference),
            keys.QUEUE_AT: minute(at),
        }
        same = _Only("vault = :vault", {":vault": vault})
        return self._change(file, told, (FileState.ARRIVED,), same)

    def refuse(
        self, file: StoredFile, why: WhyRefused, at: datetime, came: CameOf | None = None
    ) -> bool:
        """Close a slot and give its bytes back; nothing is kept under it but what had come of it
        and why it is refused, and no later look is needed. False when the file is no longer as it
        was read."""
        told: dict[str, Any] = {
            "state": FileState.REFUSED,
            "why": why,
            "refused_at": minute(at),
        }
        if came is not None:
            digest = came.sha256 and self.key.sealed(came.sha256, *_of(file, "came_digest"))
            left = {"came": came.size, "came_type": came.type, "came_digest": digest}
            told |= {name: value for name, value in left.items() if value is not None}
        back = (
            allowance.give_back(self.name, file.slot, file.pool, file.size, file.window, at)
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
        adds = f"ADD {FILE_BYTES} :more" + (f", {REFUSED} :one" if refused else "")
        return [
            {
                "Update": {
                    "TableName": self.name,
                    "Key": to_wire(keys.report_key(file.reference)),
                    "UpdateExpression": adds,
                    "ConditionExpression": "attribute_exists(verifier)",
                    "ExpressionAttributeValues": to_wire(
                        {":more": more, **({":one": 1} if refused else {})}
                    ),
                }
            }
        ]

    def _together(
        self, file: StoredFile, writes: Sequence[Mapping[str, Any]], told: Mapping[str, Any]
    ) -> bool:
        """Make the writes of a change of a file, of which the first is the file's own; False when
        it is no longer as it was read. Raises WrittenMeanwhile where others write the counters
        again and again: nothing is stored then."""
        for look in range(MOST_TRIES):
            if look:
                come_back_later(look)
            try:
                items.transact(writes)
            except WrittenMeanwhile as meanwhile:
                if meanwhile.failed:
                    # Or this write itself was repeated, after its answer was lost.
                    item = items.get(self.name, keys.file_key(file.reference, file.number)) or {}
                    return all(item.get(name) == value for name, value in told.items())
                continue
            return True
        raise WrittenMeanwhile

    def marked(self, file: StoredFile, case_id: str) -> None:
        """Store that the log of a case has the mark of a file."""
        self._change(file, {"marked": case_id}, (FileState.KEPT,))
        self._settle(file)

    def examined(self, file: StoredFile, said: Examined) -> bool:
        """Store the result of an examination of the kept bytes; False for other bytes, or when a
        result that is not repeated is there."""
        if file.digest is None or said.examined.sha256 != self.digests(file).sha256:
            return False
        same = _Only(f"digest = :digest AND {_AGAIN}", {":digest": file.digest, **_STATES})
        stored = self._change(file, result_of(said), (FileState.KEPT,), same)
        self._settle(file)
        return stored

    def not_examined(self, file: StoredFile) -> None:
        """Store that no examiner answered in time. A later answer still counts."""
        nothing_yet = _Only("attribute_not_exists(preview)", {})
        self._change(file, {"preview": Preview.NOT_EXAMINED}, (FileState.KEPT,), nothing_yet)
        self._settle(file)

    def scanned(self, file: StoredFile, said: Scan) -> bool:
        """Store what a scanner said; it may come before the file is kept. A word that says more
        stays (False)."""
        less = {f":less{number}": each for number, each in enumerate(weaker(said))}
        among = f" OR scanned IN ({', '.join(less)})" if less else ""
        first = _Only(f"(attribute_not_exists(scanned){among})", less)
        return self._change(file, {"scanned": said}, tuple(FileState), first)

    def _settle(self, file: StoredFile) -> None:
        """The next look at a file that is marked and whose examination is over is when its lock is
        renewed."""
        over = _Only("attribute_exists(marked) AND attribute_exists(preview)", {})
        kept = datetime.fromisoformat(file.kept_at or file.slotted_at)
        due = stamp(kept + timedelta(days=RENEWED_AFTER_DAYS))
        self._change(file, {keys.FLOW_AT: due}, (FileState.KEPT,), over)

    def locked(self, file: StoredFile, until: datetime) -> None:
        """Store until when the ciphertext of a file is to be locked for a court."""
        self._change(file, {"locked_until": stamp(until)}, (FileState.KEPT,))

    def look_again(self, file: StoredFile, at: datetime) -> None:
        """The reconciler looks at a file again at this time."""
        self._change(file, {keys.FLOW_AT: stamp(at)}, tuple(FileState))

    def due(self, flow: str, before: datetime, most: int) -> Iterator[tuple[str, int]]:
        """At most so many files of a flow whose time for a look has come, oldest first: reference
        and number of each."""
        found = items.indexed(self.name, keys.BY_FLOW, flow, before=stamp(before), limit=most)
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
        return items.update(self._changing(file, told, states, only, settles=settles)["Update"])

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
        updates += [f"REMOVE {keys.FLOW}, {keys.FLOW_AT}"] if settles else []
        return {
            "Update": {
                "TableName": self.name,
                "Key": to_wire(keys.file_key(file.reference, file.number)),
                "UpdateExpression": " ".join(updates),
                "ConditionExpression": f"#state IN ({', '.join(among)}) AND {only.condition}",
                "ExpressionAttributeNames": {**names, "#state": "state"},
                "ExpressionAttributeValues": to_wire({**values, **among, **only.values}),
            }
        }


def result_of(said: Examined) -> dict[str, Any]:
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
class Wrapped:
    """The key of a kept file, which KMS unwraps."""

    key_id: str
    key: bytes


def wrapped_key_of(table: str, reference: str, number: int) -> Wrapped | None:
    """The wrapped key of a kept file; None for one that was erased."""
    item = items.get(table, keys.file_key(reference, number))
    if item is None or item["state"] != FileState.KEPT:
        return None
    return Wrapped(item["key_id"], item["wrapped"])


def wrapped_key_of_pages(table: str, reference: str, number: int) -> Wrapped | None:
    """The wrapped key of the pages of a preview; None for a file that was erased, or without
    any."""
    item = items.get(table, keys.file_key(reference, number))
    if item is None or "pages_wrapped" not in item:
        return None
    return Wrapped(item["pages_key_id"], item["pages_wrapped"])


def _of(file: StoredFile, name: str) -> tuple[str, ...]:
    """What a digest of a file is bound to."""
    return file.reference, str(file.number), name


def _seen(seen: RoomForFiles) -> str:
    return f"{SLOTS} = :seen" if seen.slots else f"attribute_not_exists({SLOTS})"


def _reserving(writes: Sequence[Mapping[str, Any]]) -> None:
    """Make writes of which the last one reserves bytes; raises PoolIsFull when it alone fails."""
    try:
        items.transact(writes)
    except WrittenMeanwhile as meanwhile:
        if meanwhile.failed == {len(writes) - 1}:
            raise PoolIsFull from meanwhile
        raise


def _put_new(table: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": to_wire(item), "ConditionExpression": items.NEW}}


def read_file(item: Mapping[str, Any]) -> StoredFile:
    """The file of an item."""
    reference, number = keys.file_key.of(item)
    return StoredFile(
        reference=reference,
        number=number,
        slot=item["slot"],
        state=FileState(item["state"]),
        name=unfold(item["name"]),
        size=item["size"],
        slotted_at=item["slotted_at"],
        exact=item.get("exact", True),
        pool=Pool(item.get("pool", Pool.FURTHER)),
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
        examination=examination_in(item),
        pages=item.get("pages"),
    )


def examination_in(item: Mapping[str, Any]) -> FoundInFile | None:
    """What the examiner told of the file of an item; None while it told nothing."""
    if "examination" not in item:
        return None
    said = json.loads(item["examination"])
    said.pop("pdq", None)  # results from before hold it; what a picture looks like stands apart
    return FoundInFile.model_validate({**said, "preview": item["preview"]})
