"""Receives one upload: hash it, seal it, put the ciphertext into the vault, mark it in its case.

Then it tells the examiner, whose results come by the same queue (`findings`). It parses nothing. A
message names the object and nothing else; the address of the sender was dropped before the queue.
Every step can be repeated:

- what arrived is stored with the wrapped key before the ciphertext is written;
- after a crash between the two writes the next try finds the ciphertext and goes on, or seals anew;
- of two tries at once, the last one that stored its key wins; the other's ciphertext opens with
  nothing.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from casework.aws.services import file_sealing, observe
from casework.aws.services.public_keys import PublicKey
from casework.aws.table import keys, log
from casework.aws.table.evidence_table import EvidenceTable, StoredFile
from casework.case.commitment import commitment, new_salt
from casework.case.parts import SYSTEM
from casework.report.evidence import FileState, WhyRefused
from casework.report.examination import AGAIN
from functions.evidence import findings, objects
from functions.evidence.deployment import now, receiving


class UploadGone(Exception):
    """An upload that had arrived is in neither bucket: it was not sealed before it expired."""


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Receive each message's upload; the queue repeats failures, then puts them aside."""
    del context
    failed = []
    for record in event["Records"]:
        try:
            _take(json.loads(record["body"]))
        except Exception as error:  # noqa: BLE001  # the queue repeats it, then puts it aside
            observe.failure("file not received", error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _take(said: dict[str, Any]) -> None:
    """An upload, or what the examiner or the scanner says of one."""
    if "examined" in said:
        findings.examined(said)
    elif "scanned" in said:
        findings.scanned(str(said["key"]), str(said["version"]), str(said["scanned"]))
    else:
        receive(str(said["key"]))


def receive(name: str) -> None:
    """Keep the upload of this name, as far as that was not done before."""
    table = EvidenceTable(receiving().case_table)
    file = findings.file_of(table, name)
    if file is None:
        return
    if file.state is FileState.SLOTTED:
        file = _arrived(table, file)
    elif file.state is FileState.ARRIVED:
        file = _kept(table, file) or _arrived(table, file)
    else:
        observe.count("FilesRepeated")
    if file is None or file.state is not FileState.KEPT:
        return
    if file.preview is None or file.preview in AGAIN:
        findings.ask_for_examination(file)
    if file.marked is None:
        _mark(table, file)


def _arrived(table: EvidenceTable, file: StoredFile) -> StoredFile | None:
    """Seal the first version of the upload, and put it into the vault; None where nothing is
    kept."""
    version = objects.first_version(receiving().drop, file.slot)
    if version is None:
        if file.state is FileState.ARRIVED:
            raise UploadGone
        return None  # the repair closes the slot
    content = objects.uploaded(receiving().drop, file.slot, version)
    digest = hashlib.sha256(content).hexdigest()
    if (why := _unlike(file, len(content), digest)) is not None:
        table.refuse(file, why)
        observe.count("FilesRefused")
        return None
    key = PublicKey.told(receiving().evidence_key, receiving().evidence_public_key)
    sealed = file_sealing.seal_file(content, key=key, reference=file.reference, number=file.number)
    salt, vault = new_salt(), objects.new_name()
    stored = table.arrive(
        file,
        size=len(content),
        digest=digest,
        md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        salt=salt,
        bound=commitment(salt, content),
        wrapped=sealed.wrapped,
        key_id=sealed.key_id,
        vault=vault,
    )
    if not stored:  # another try was first, or its report was erased
        return table.file(file.reference, file.number)
    objects.put_sealed(receiving().vault, vault, sealed.ciphertext)
    arrived = table.file(file.reference, file.number)
    return _kept(table, arrived) if arrived is not None else None


def _unlike(file: StoredFile, size: int, digest: str) -> WhyRefused | None:
    """Why an upload is not the file of its slot. The form's conditions refuse such before it
    arrives; what is sealed does not depend on them."""
    if size > file.size or (file.exact and size < file.size):
        return WhyRefused.OTHER_SIZE
    if file.declared is not None and file.declared != digest:
        return WhyRefused.OTHER_DIGEST
    return None


def _kept(table: EvidenceTable, file: StoredFile) -> StoredFile | None:
    """Note that the ciphertext is in the vault; None when it is not."""
    version = objects.sealed_version(receiving().vault, file.vault) if file.vault else None
    if file.vault is None or version is None:
        return None
    scanner = receiving().scanner == "on"
    if table.keep(file, file.vault, version, now(), scanner=scanner):
        observe.count("FilesKept")
    return table.file(file.reference, file.number)


def _mark(table: EvidenceTable, file: StoredFile) -> None:
    """Mark a kept file in the log of its report's case, which the night binds (decision 0014): a
    flood of files does not compete with people who decide.

    A report without a case yet is marked by the repair. A crash across midnight between mark and
    note leaves the same mark on two days.
    """
    case_id = table.case_of(file.reference)
    if case_id is None:
        return
    log.mark(
        table.name,
        case_id,
        now().replace(second=0, microsecond=0),
        keys.FILE_KEPT,
        keys.file_mark(file.reference, file.number),
        by=SYSTEM,
        bound=file.bound or "",
        vault=file.version or "",
    )
    table.marked(file, case_id)
    findings.mark_examined(table, file)  # where the result came before the report had a case
