"""Differences from the files that were sent: after all work, each is kept or refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from casework.aws.services import file_sealing
from casework.aws.services.digest_sealing import DigestKey
from casework.aws.services.sealed_boxes import KEY_WRAPPING_ALGORITHM, InvalidBox
from casework.aws.table import allowance, file_marks, keys
from casework.case.commitment import commit_to_part
from casework.report.examination import Preview
from casework.report.file_limits import FileState
from harness.faults.deployment import FaultDeployment
from harness.faults.table_snapshot import TableSnapshot
from harness.faults.uploads import File, Manner, UploadLoad, upload_content
from harness.people.reporter_requests import receipt_request

UploadJson = dict[str, Any]


@dataclass
class StoredUploads:
    """The table, the vault, and the keys of all files, read once after the run."""

    held: TableSnapshot
    objects: set[tuple[str, str]]
    """Name and version of each ciphertext."""
    opens: Callable[[File, UploadJson, str, str], bytes]
    """Opens a ciphertext, by name and version, with the key of a file and its item; raises
    BrokenBox."""
    digests: DigestKey
    """The digest key."""

    @classmethod
    def of(cls, system: FaultDeployment) -> StoredUploads:
        """What a system keeps."""
        vault = system.outputs["VaultBucket"]
        pages = system.aws.s3.get_paginator("list_object_versions").paginate(Bucket=vault)

        def opens(file: File, item: UploadJson, name: str, version: str) -> bytes:
            key = system.aws.kms.decrypt(
                KeyId=item["key_id"],
                CiphertextBlob=item["wrapped"],
                EncryptionAlgorithm=KEY_WRAPPING_ALGORITHM,
            )["Plaintext"]
            stored = system.aws.s3.get_object(Bucket=vault, Key=name, VersionId=version)
            content = stored["Body"].read()
            return file_sealing.decrypt_file(
                content, key, reference=file.of.reference, number=file.n
            )

        def digest_key() -> bytes:
            receiver = system.function("functions.evidence.receive.handle").environment
            kept = system.aws.secrets.get_secret_value(SecretId=receiver["DIGEST_SECRET"])
            return str(json.loads(kept["SecretString"])["key"]).encode()

        return cls(
            TableSnapshot.of(system.aws.dynamodb, system.outputs["CaseTable"]),
            {
                (each["Key"], each["VersionId"])
                for page in pages
                for each in page.get("Versions", ())
            },
            opens,
            DigestKey(digest_key),
        )

    def item(self, file: File) -> UploadJson:
        """The item of a file; empty without one."""
        return self.held.at(keys.file_key(file.of.reference, file.n)) or {}

    def marks(self) -> Counter[tuple[str, str, int, str]]:
        """How many marks say that a file was kept: by case, report, number and commitment."""
        found: Counter[tuple[str, str, int, str]] = Counter()
        for each in self.held.items:
            if each[keys.SORT_KEY].startswith(keys.mark_key.begins):
                case_id, *_ = keys.mark_key.of(each)
                if file := file_marks.kept_file(each):
                    found[case_id, *file, each["bound"]] += 1
        return found

    def marked_twice(self) -> int:
        """Files with a mark on two days: a crash at midnight, which both days bind."""
        return sum(n > 1 for n in self.marks().values())

    def waste(self, load: UploadLoad) -> set[tuple[str, str]]:
        """Ciphertexts that no file names: those of tries that were not the last."""
        named = {(item.get("vault"), item.get("version")) for item in map(self.item, load.sent)}
        return {each for each in self.objects if each not in named}

    def ended(self, load: UploadLoad) -> dict[str, int]:
        """How many files ended how."""
        items = [self.item(each) for each in load.sent]
        return dict(Counter(str(each.get("why", each.get("state", "lost"))) for each in items))


def find_broken_upload_promises(load: UploadLoad, kept: StoredUploads) -> dict[str, list[str]]:
    """The differences, by promise; only empty lists when all agrees."""
    come = [each for each in load.sent if not each.closed]
    return {
        "lost": [said for each in come for said in _lost(kept, each)],
        "refused": [said for each in load.sent if each.closed for said in _closed(kept, each)],
        "doubled": list(_doubled(load, kept)),
        "examined": [
            said for each in load.sent if not each.closed for said in _examined(kept, each)
        ],
        "room": list(_counted(load, kept)),
        "answers": [*load.answered, *load.reporters.refused, *_told(load, kept)],
    }


def _lost(kept: StoredUploads, file: File) -> Iterator[str]:
    """Each file that came is kept as it was sent, and its case has its mark."""
    item, content = kept.item(file), upload_content(file.number, file.size)
    if item.get("state") != FileState.KEPT:
        yield f"file {file.number} ({file.manner}) is {item.get('state')} ({item.get('why')})"
        return
    try:
        if kept.opens(file, item, item["vault"], item["version"]) != content:
            yield f"file {file.number} opens to other bytes"
    except InvalidBox as broken:
        yield f"file {file.number} does not open: {broken}"
    if item["bound"] != commit_to_part(kept.digests.salt(item["salt"]), content):
        yield f"file {file.number} has another commitment"
    case = (kept.held.at(keys.report_key(file.of.reference)) or {}).get("case_id")
    if case is None or item.get("marked") != case:
        yield f"file {file.number} is marked in {item.get('marked')}, not in {case}"


def _closed(kept: StoredUploads, file: File) -> Iterator[str]:
    """A file that never came, not whole, or not as it was declared, is refused with the reason."""
    item = kept.item(file)
    if (item.get("state"), item.get("why")) != (FileState.REFUSED, file.closed):
        yield f"file {file.number} ({file.manner}) is {item.get('state')} ({item.get('why')})"


def _doubled(load: UploadLoad, kept: StoredUploads) -> Iterator[str]:
    """One item, one mark and one ciphertext that opens, for each file."""
    items = [
        each for each in kept.held.items if each[keys.SORT_KEY].startswith(keys.file_key.begins)
    ]
    if len(items) != len(load.sent):
        yield f"{len(items)} files are stored, {len(load.sent)} were given slots"
    vaults = Counter(each["vault"] for each in items if "vault" in each)
    yield from (f"ciphertext {name} is of {n} files" for name, n in vaults.items() if n > 1)
    for name, version in kept.waste(load):
        for file in load.sent:
            if _opens(kept, file, name, version):
                yield f"file {file.number} is kept twice"
    marks = kept.marks()
    expected = {_mark_of(kept, each) for each in load.sent if not each.closed}
    yield from (f"a mark tells of no file that came: {one}" for one in marks.keys() - expected)
    yield from (f"no mark tells of a file that came: {one}" for one in expected - marks.keys())


def _mark_of(kept: StoredUploads, file: File) -> tuple[str, str, int, str]:
    item = kept.item(file)
    return item.get("marked", ""), file.of.reference, file.n, item.get("bound", "")


def _opens(kept: StoredUploads, file: File, name: str, version: str) -> bool:
    item = kept.item(file)
    if "wrapped" not in item:
        return False
    try:
        kept.opens(file, item, name, version)
    except InvalidBox:
        return False
    return True


def _examined(kept: StoredUploads, file: File) -> Iterator[str]:
    """What the examiner found, or that it did not answer in time."""
    said = kept.item(file).get("preview")
    expected = Preview.MADE if file.drawn else Preview.NONE
    if said not in {expected, Preview.NOT_EXAMINED}:
        yield f"file {file.number} has the preview {said}"


def _counted(load: UploadLoad, kept: StoredUploads) -> Iterator[str]:
    """A report counts the bytes of its files that are kept or may still come, and the hours of all
    reports those that came, each once. Nothing that was reserved is given back twice."""
    for sent in load.reporters.sent.values():
        report = kept.held.at(keys.report_key(sent.reference)) or {}
        mine = [kept.item(each) for each in load.sent if each.of is sent]
        refused = [each for each in mine if each.get("state") == FileState.REFUSED]
        there = sum(each.get("size", 0) for each in mine if each not in refused)
        counted = report.get("file_bytes", 0), report.get("files_refused", 0)
        if counted != (there, len(refused)):
            yield f"report {sent.number} counts {counted}, not {(there, len(refused))}"
    hours = [
        each
        for each in kept.held.items
        if each[keys.PARTITION_KEY].startswith(keys.allowed_shard_key.partition_begins)
    ]
    came = sum(kept.item(each).get("size", 0) for each in load.sent if _came(kept, each))
    charged = sum(each.get(allowance.ARRIVED_BYTES_FIELD, 0) for each in hours)
    if charged != came:
        yield f"{charged} bytes are charged to hours, and {came} came"
    yield from (
        f"{each[keys.PARTITION_KEY]} has {value} bytes in {name}"
        for each in hours
        for name, value in each.items()
        if name.startswith("reserved") and value < 0
    )


def _came(kept: StoredUploads, file: File) -> bool:
    return kept.item(file).get("state") in {FileState.ARRIVED, FileState.KEPT}


def _told(load: UploadLoad, kept: StoredUploads) -> Iterator[str]:
    """Each reporter sees their own files, and how each ended."""
    for sent in load.reporters.sent.values():
        request = receipt_request(sent.reference, sent.receipt, "/evidence")
        files = load.system.until_answered(**request).json()["files"]
        told = {each["n"]: (each["state"], each.get("why")) for each in files}
        mine = [
            each for each in load.sent if each.of is sent and each.manner is not Manner.WITHDRAWN
        ]
        there = {
            each.n: (kept.item(each).get("state"), kept.item(each).get("why")) for each in mine
        }
        if told != there:
            yield f"report {sent.number} is told {told}, and {there} is stored"
