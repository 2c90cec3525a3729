"""One file of a report, its digests and findings, as its item holds them."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from casework.aws.table import keys
from casework.report.examination import (
    ExaminationResult,
    FileFindings,
    FileType,
    Preview,
    Scan,
)
from casework.report.file_limits import (
    AllowancePool,
    FileState,
    WhyRefused,
)
from casework.report.multipart import UploadPart, part_object_name, split_into_parts
from casework.text.compression import decompress_text

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
    """The stored salt; `FileDigests` has that of the commitment."""
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


def examination_attributes(result: ExaminationResult) -> dict[str, Any]:
    """A result of the examiner as attributes of its file."""
    attributes = {
        "preview": result.examined.preview,
        "examination": result.examined.model_dump_json(exclude={"preview", "sha256", "pdq"}),
        "pages": result.folder,
        "pages_wrapped": base64.b64decode(result.wrapped) if result.wrapped else None,
        "pages_key_id": result.key_id,
    }
    return {name: value for name, value in attributes.items() if value is not None}


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
    findings = json.loads(item["examination"])
    findings.pop("pdq", None)  # results from before hold it; what a picture looks like stands apart
    return FileFindings.model_validate({**findings, "preview": item["preview"]})
