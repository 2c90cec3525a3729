"""A unit that holds a case with reports, additions and a file, and the builder of its packages."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives import serialization

from casework.aws.table import items
from casework.aws.table.case_table import CaseTransaction
from casework.aws.table.file_table import FileTable
from casework.aws.table.messages import StoredMessage, message_item
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.decisions.staff import Role
from casework.moves.messages import record_message
from functions.desk import deployment
from functions.dossier import handler as builder
from functions.dossier.packages import BundledFiles
from infra.assets import BUNDLED_FILES_BY_PART
from tests import decided
from tests.builders import NOON, RABAT
from tests.integration.answers import Answered
from tests.integration.desks import TABLE, Desk, an_event
from tests.integration.evidence import REGION
from tests.integration.kept_files import examine_file, keep_file
from tests.integration.reporters import a_key
from tools.verify_dossier import RESULTS

ROOT = Path(__file__).parents[2]
BUCKET = "packages"
OF_THE_KEY = "note SHA-256 of the key: "
PHOTO = b"the bytes of a photo"
YESTERDAY = NOON - timedelta(days=1)
"""A night has bound it."""


def beside(folder: Path) -> BundledFiles:
    """The files beside the code, as a deployment has them."""
    for place, source in BUNDLED_FILES_BY_PART["dossier"].items():
        target = folder / Path(place).relative_to("functions/dossier")
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.symlink_to(ROOT / source)
    return BundledFiles(folder / "fonts", folder / "desk", folder / "verify_dossier.py")


@dataclass
class Packages:
    """The desk and the builder, and a case that a unit holds."""

    desk: Desk
    officer: str
    case: Case
    queue: str
    key: str
    beside: BundledFiles

    def keep(
        self, reference: str, number: int, name: str = "photo.jpg", at: datetime = YESTERDAY
    ) -> None:
        """A file of a report as the receiver keeps and marks it."""
        files = FileTable(TABLE, "digest")
        keep_file(files, reference, number, self.case.id, at, name=name, content=PHOTO)
        examine_file(files, reference, number, at)

    def write(self, text: str) -> None:
        """The officer writes to all reporters of the case."""

        def change(now: Case) -> CaseTransaction[None]:
            message = StoredMessage(
                now.events + 1, format_timestamp(NOON), self.officer, text, (), "k"
            )
            kept = [items.put_write(TABLE, message_item(now.id, message))]
            sent = record_message(now, NOON, self.officer, reports=(), bound=message.commitment_hex)
            return CaseTransaction(sent, None, kept)

        self.desk.table.transact(self.case.id, change)

    def ask(self, by: str = "", key: str | None = None, **said: int) -> Answered:
        path = f"/v1/desk/cases/{self.case.id}/packages"
        headers = {"idempotency-key": key or a_key(), "content-type": "application/json"}
        return self.desk.call(
            an_event("POST", path, by or self.officer, headers=headers, body=json.dumps(said))
        )

    def state(self, package: str, by: str = "") -> Answered:
        return self.desk.get(f"cases/{self.case.id}/packages/{package}", by or self.officer)

    def part(self, package: str, number: int | str = 1, by: str = "") -> Answered:
        place = f"cases/{self.case.id}/packages/{package}/parts/{number}"
        return self.desk.get(place, by or self.officer)

    def waiting(self) -> list[str]:
        """Take the messages to the builder."""
        found = boto3.client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        messages = found.get("Messages", [])
        for each in messages:
            boto3.client("sqs").delete_message(
                QueueUrl=self.queue, ReceiptHandle=each["ReceiptHandle"]
            )
        return [each["Body"] for each in messages]

    def build(self, tries: int = 1) -> list[str]:
        """Run the builder on what waits; answers the messages that failed."""
        attributes = {"ApproximateReceiveCount": str(tries)}
        records = [
            {"messageId": body, "body": body, "attributes": attributes} for body in self.waiting()
        ]
        failed = builder.handle({"Records": records}, None)["batchItemFailures"]
        return [each["itemIdentifier"] for each in failed]

    def taken(self, by: str = "", **said: int) -> dict[str, bytes]:
        """Ask for a package, build it and take it; its files."""
        asked = self.ask(by, None, **said)
        assert asked.status == 202, asked.text
        assert not self.build()
        package = asked.document["package"]
        told = self.state(package, by).document
        parts = [self.part(package, n + 1, by).document["content"] for n in range(told["parts"])]
        content = b"".join(map(base64.b64decode, parts))
        assert hashlib.sha256(content).hexdigest() == told["sha256"]
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def public_key(self) -> bytes:
        """What a court has from elsewhere."""
        der = boto3.client("kms").get_public_key(KeyId=self.key)["PublicKey"]
        key = serialization.load_der_public_key(der)
        return key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


@contextmanager
def packages_of(desk: Desk, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Packages]:
    """The bucket, the queue, the key and the case."""
    s3: Any = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=REGION)
    queue = boto3.client("sqs").create_queue(QueueName="packing")["QueueUrl"]
    made = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    key = made["KeyMetadata"]["Arn"]
    for name, value in {"PACKING": queue, "PACKAGES": BUCKET, "DOSSIER_KEY": key}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(builder, "BUNDLED_FILES", beside(folder))
    deployment.settings.cache_clear()
    builder.settings.cache_clear()
    officer = desk.enrol(Role.OFFICER, RABAT)
    case = desk.table.save(decided.acknowledged(desk.referred(), NOON, officer))
    yield Packages(desk, officer, case, queue, key, beside(folder))
    deployment.settings.cache_clear()
    builder.settings.cache_clear()


def unpacked(files: Mapping[str, bytes], folder: Path) -> Path:
    """The files of a package in a folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def verified(folder: Path, key: Path, *more: str) -> tuple[int, list[str]]:
    """Run the package's own verifier, alone, on a folder: how it ended, and what it named as wrong.
    Notes are left out."""
    ended, said = told_by_verifier(folder, key, *more)
    return ended, [each for each in said if not each.startswith("note ")]


def told_by_verifier(folder: Path, key: Path, *more: str) -> tuple[int, list[str]]:
    """The same with its notes; a result other than the exit code is refused here."""
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "verify_dossier.py"), str(folder), str(key), *more],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert (RESULTS[True][-1] in done.stdout) == (done.returncode == 0)
    told = [x for x in done.stdout.splitlines() if x.startswith(("FAIL ", "note "))]
    return done.returncode, [x for x in told if not x.startswith(OF_THE_KEY)]


def read(content: bytes) -> Any:
    """JSON of a file."""
    return json.loads(content)
