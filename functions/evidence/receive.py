"""Receives one upload: hash it, seal it, put the ciphertext into the vault, mark it in its case.

A file in parts is received with the event of the part that completed it; an event before that does
nothing. The parts are read one after the other and sealed as one file, piece by piece: the memory
that this takes does not depend on the file, and the ciphertext alone rests on the disk until it is
in the vault.

Then it tells the examiner, whose results come by the same queue (`findings`). It parses nothing. A
message names the object and nothing else; the address of the sender was dropped before the queue.
Every step can be repeated:

- what arrived is stored with the wrapped key before the ciphertext is written;
- after a crash between the two writes the next try finds the ciphertext and goes on, or seals anew;
- of two tries at once, one stores its key and the other leaves the file to it; where a try is slow,
  the last one that stored its key wins, and the other's ciphertext opens with nothing.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.aws.services import file_sealing, telemetry, upload_parts
from casework.aws.services.digest_sealing import BrokenDigest
from casework.aws.services.public_keys import PublicKey
from casework.aws.services.upload_parts import ArrivedPart
from casework.aws.table import file_marks
from casework.aws.table.file_table import FileTable, RefusedFileRemains
from casework.aws.table.stored_file import StoredFile
from casework.report.examination import REPLACEABLE_PREVIEWS, FileType
from casework.report.file_limits import FileState, WhyRefused
from casework.report.kinds import detect_file_type
from casework.report.multipart import combine_part_digests, parse_part_name
from functions.evidence import scan_results
from functions.evidence import vault as objects
from functions.evidence.deployment import now, receive_settings

FILE_HEAD_BYTES: Final = 64
"""Bytes by which it is told what a refused file began as; nothing else of it is looked at."""


class UploadGone(Exception):
    """An upload that had arrived is in neither bucket: it was not sealed before it expired."""

    error_code = "UploadGone"


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Receive each message's upload; the queue repeats failures, then puts them aside."""
    del context
    failed = []
    for record in event["Records"]:
        try:
            _take(json.loads(record["body"]))
        except Exception as error:  # noqa: BLE001  # the queue repeats it, then puts it aside
            telemetry.log_failure("file not received", error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _take(record: dict[str, Any]) -> None:
    """An upload, or what the examiner or the scanner says of one."""
    if "examined" in record:
        scan_results.store_examination(record)
    elif "scanned" in record:
        scan_results.store_scan(str(record["key"]), str(record["version"]), str(record["scanned"]))
    else:
        receive_upload(str(record["key"]))


def receive_upload(name: str) -> None:
    """Keep the upload of which this is a part, as far as that was not done before."""
    table = scan_results.scanned_file_table()
    file = scan_results.find_scanned_file(table, name)
    if file is None:
        return
    if file.state is FileState.SLOTTED:
        file = _arrived(table, file)
    elif file.state is FileState.ARRIVED:
        file = _kept(table, file) or _arrived(table, file)
    else:
        telemetry.count_metric("FilesRepeated")
    if file is None or file.state is not FileState.KEPT:
        return
    if file.marked is not None and _is_further(name):
        return  # the part that completed the file, or the repair, asks for what is missing
    if file.preview is None or file.preview in REPLACEABLE_PREVIEWS:
        scan_results.request_examination(file)
    if file.marked is None:
        _mark(table, file)


def _is_further(name: str) -> bool:
    """Whether an object is another part than the first, by whose name the repair calls a file."""
    part = parse_part_name(name)
    return part is not None and part[1] > 1


def _arrived(table: FileTable, file: StoredFile) -> StoredFile | None:
    """Seal the first version of each part as one file, and put it into the vault; None where
    nothing is kept."""
    arrived_parts = upload_parts.list_arrived_parts(receive_settings().drop, file.upload)
    if file.missing_parts(arrived_parts):
        if file.state is FileState.ARRIVED:
            raise UploadGone
        return None  # the last part completes it, or the repair closes the slot
    if _other_size(file, arrived_parts):
        size = sum(arrived_parts[file.object_name(part)].size for part in file.parts)
        _refuse(
            table,
            file,
            WhyRefused.OTHER_SIZE,
            RefusedFileRemains(size, _begins_as(file, arrived_parts)),
        )
        return None
    key = PublicKey.parse(receive_settings().evidence_key, receive_settings().evidence_public_key)
    passed = _Passed()
    sealed = file_sealing.seal_file(
        passed.over(file, arrived_parts), key=key, reference=file.reference, number=file.number
    )
    with tempfile.TemporaryFile() as ciphertext:
        locked = hashlib.sha256()
        for piece in sealed.ciphertext:
            ciphertext.write(piece)
            locked.update(piece)
        if _other_digest(table, file, passed):
            left = RefusedFileRemains(
                passed.size, detect_file_type(passed.begins), passed.whole.digest()
            )
            _refuse(table, file, WhyRefused.OTHER_DIGEST, left)
            return None
        vault = objects.new_name()
        stored = table.record_arrival(
            file,
            now(),
            size=passed.size,
            **table.hidden(file, passed.whole.digest(), passed.md5.digest()),
            wrapped=sealed.wrapped,
            key_id=sealed.key_id,
            vault=vault,
            sealed=locked.digest(),
        )
        if not stored:  # another try was first, or its report was erased
            return table.file(file.reference, file.number)
        ciphertext.seek(0)
        objects.put_sealed_file(receive_settings().vault, vault, ciphertext)
    arrived = table.file(file.reference, file.number)
    return _kept(table, arrived) if arrived is not None else None


class _Passed:
    """What is known of a file when all its bytes have passed."""

    def __init__(self) -> None:
        self.size = 0
        self.begins = b""
        self.whole = hashlib.sha256()
        self.md5 = hashlib.md5(usedforsecurity=False)
        self.parts: list[str] = []

    def over(self, file: StoredFile, arrived_parts: Mapping[str, ArrivedPart]) -> Iterator[bytes]:
        """The bytes of all parts, in their order."""
        for part in file.parts:
            of_part = hashlib.sha256()
            name = file.object_name(part)
            for piece in upload_parts.stream_part(
                receive_settings().drop, name, arrived_parts[name].version
            ):
                self.size += len(piece)
                self.begins = (self.begins + piece[:FILE_HEAD_BYTES])[:FILE_HEAD_BYTES]
                for each in (self.whole, self.md5, of_part):
                    each.update(piece)
                yield piece
            self.parts.append(of_part.hexdigest())


def _other_size(file: StoredFile, there: Mapping[str, ArrivedPart]) -> bool:
    """Whether a part is not as long as its slot says. The form's conditions refuse such before it
    arrives, and other bytes likewise; what is sealed does not depend on them."""
    came = [(there[file.object_name(part)].size, part.size) for part in file.parts]
    return any(size > said or (file.exact and size < said) for size, said in came)


def _other_digest(table: FileTable, file: StoredFile, passed: _Passed) -> bool:
    declared = table.digests(file)
    if declared.broken:
        raise BrokenDigest("what the sender declared was exchanged")
    same = declared.declared in {None, passed.whole.hexdigest()}
    return not (same and declared.declared_parts in {None, combine_part_digests(passed.parts)})


def _begins_as(file: StoredFile, there: Mapping[str, ArrivedPart]) -> FileType:
    """What an upload begins as that is not read further."""
    name = file.object_name(file.parts[0])
    pieces = upload_parts.stream_part(receive_settings().drop, name, there[name].version)
    return detect_file_type(next(pieces, b"")[:FILE_HEAD_BYTES])


def _refuse(table: FileTable, file: StoredFile, why: WhyRefused, came: RefusedFileRemains) -> None:
    table.refuse(file, why, now(), came)
    telemetry.count_metric("FilesRefused")


def _kept(table: FileTable, file: StoredFile) -> StoredFile | None:
    """Note that the ciphertext is in the vault; None when it is not."""
    version = objects.find_version(receive_settings().vault, file.vault) if file.vault else None
    if file.vault is None or version is None:
        return None
    scanner = receive_settings().scanner == "on"
    if table.keep(file, file.vault, version, now(), scanner=scanner):
        telemetry.count_metric("FilesKept")
    return table.file(file.reference, file.number)


def _mark(table: FileTable, file: StoredFile) -> None:
    """Mark a kept file in the log of its report's case, which the night binds (decision 0014): a
    flood of files does not compete with people who decide.

    A report without a case yet is marked by the repair. A crash across midnight between mark and
    note leaves the same mark on two days.
    """
    case_id = table.get_case_id(file.reference)
    item = file_marks.get_file_item(table.name, file.reference, file.number)
    if case_id is None or item is None:
        return
    at = now()
    file_marks.record_stored_mark(table.name, case_id, item, at)
    scan_results.mark_results(table, case_id, item, at)  # what came before the report had a case
    table.record_mark_stored(file, case_id)
    later = file_marks.get_file_item(table.name, file.reference, file.number)
    if later is not None and file_marks.scan_results_from_item(
        later
    ) != file_marks.scan_results_from_item(item):
        scan_results.mark_results(table, case_id, later, at)  # what came before this one said so
