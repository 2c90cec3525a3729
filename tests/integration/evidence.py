"""Files of reporters in one process: intake, buckets, functions/evidence and examine on moto.

moto checks no policy of a form and sends no events, so `upload` puts the object itself and names
it to the receiver. The emulator shows the way between them (`tests/e2e/test_files.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from casework.aws.services import file_sealing, public_keys
from casework.aws.table import keys
from casework.aws.table.file_table import FileTable
from casework.aws.table.stored_file import FileDigests, StoredFile
from functions.evidence import deployment, receive, repair
from functions.examine import handler as examiner
from tests.builders import a_report
from tests.integration.answers import Answered
from tests.integration.reporters import DROP, TABLE, Reporters, Unwrapping, a_key, sealing_key

VAULT = "vault"
PREVIEWS = "previews"
REGION = {"LocationConstraint": "eu-west-3"}


@dataclass
class Evidence:
    """A deployment that takes files."""

    reporters: Reporters
    key: str
    """ARN of the key that files are sealed to."""
    preview_key: str
    """ARN of the key that previews are sealed to."""
    queue: str
    kept: str
    """URL of the queue of the examiner."""
    clock: timedelta = timedelta(0)
    """How much later than now the functions believe it is."""

    def report(self, **said: Any) -> dict[str, Any]:
        """The answer to a new report."""
        sent: dict[str, Any] = self.reporters.send(a_report(**said), a_key()).document
        return sent

    def slot(self, sent: dict[str, Any], document: Any, key: str | None = None) -> Answered:
        """POST /v1/reports/{reference}/evidence with the receipt of a report."""
        return self.reporters.call(
            "POST",
            f"/v1/reports/{sent['reference']}/evidence",
            {
                "content-type": "application/json",
                "authorization": f"Receipt {sent['receipt']}",
                "idempotency-key": key or a_key(),
            },
            json.dumps(document).encode(),
        )

    def shown(self, sent: dict[str, Any]) -> dict[str, Any]:
        """GET /v1/reports/{reference}/evidence with the receipt of a report."""
        answer = self.reporters.call(
            "GET",
            f"/v1/reports/{sent['reference']}/evidence",
            {"authorization": f"Receipt {sent['receipt']}"},
        )
        assert answer.status == 200, answer.text
        told: dict[str, Any] = answer.document
        return told

    def upload(self, slot: dict[str, Any], content: bytes) -> str:
        """Send the form of a slot; answers the name of the object."""
        name = slot["uploads"][0]["fields"]["key"]
        boto3.client("s3").put_object(Bucket=DROP, Key=name, Body=content)
        return str(name)

    def upload_part(self, form: dict[str, Any], content: bytes) -> str:
        """Send the form of a part of a file; answers the name of the object."""
        name, begins = form["fields"]["key"], form["begins"]
        part = content[begins : begins + form["size"]]
        boto3.client("s3").put_object(Bucket=DROP, Key=name, Body=part)
        return str(name)

    def receive(self, name: str) -> list[str]:
        """Name an object to the receiver; answers the messages that failed."""
        record = {"messageId": "m", "body": json.dumps({"key": name})}
        answer = receive.handle({"Records": [record]}, None)
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    def examine(self) -> list[dict[str, Any]]:
        """Run the examiner on what it was told; answers its results, which nobody took yet."""
        for body in _taken(self.kept):
            record = {"messageId": "m", "body": json.dumps(body)}
            answer = examiner.handle({"Records": [record]}, None)
            assert answer == {"batchItemFailures": []}
        return _taken(self.queue)

    def take(self, said: dict[str, Any]) -> list[str]:
        """Tell the receiver a result; answers the messages that failed."""
        record = {"messageId": "m", "body": json.dumps(said)}
        answer = receive.handle({"Records": [record]}, None)
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    def sent(self, sent: dict[str, Any], content: bytes, name: str = "capture.png") -> str:
        """Ask for a slot and upload the file; answers the name of the object."""
        digest = hashlib.sha256(content).hexdigest()
        slot = self.slot(sent, {"name": name, "size": len(content), "sha256": digest})
        assert slot.status == 201, slot.text
        return self.upload(slot.document, content)

    def repair(self) -> list[str]:
        """Run the repair; answers the names that it puts into the queue."""
        repair.handle({}, None)
        return self.waiting()

    def waiting(self) -> list[str]:
        """Take the names out of the queue."""
        return [each["key"] for each in _taken(self.queue)]

    def files(self, sent: dict[str, Any]) -> list[StoredFile]:
        """The files of a report."""
        return FileTable(TABLE, "digest").list_files(sent["reference"])

    def digests(self, file: StoredFile) -> FileDigests:
        """The digests of a file, as those see them who have their key."""
        return FileTable(TABLE, "digest").digests(file)

    def into_a_case(self, sent: dict[str, Any], case_id: str = "CASE-1") -> None:
        """The report joins a case, as linking writes it."""
        table: Any = boto3.resource("dynamodb").Table(TABLE)
        table.update_item(
            Key=keys.report_key(sent["reference"]),
            UpdateExpression="SET case_id = :case",
            ExpressionAttributeValues={":case": case_id},
        )

    def erase(self, sent: dict[str, Any]) -> None:
        """Delete the report with everything beside it, as an erasure leaves it."""
        partition = keys.report_key(sent["reference"])[keys.PARTITION_KEY]
        for item in self.reporters.items():
            if item["pk"]["S"] == partition:
                key = {"pk": item["pk"], "sk": item["sk"]}
                boto3.client("dynamodb").delete_item(TableName=TABLE, Key=key)

    def of_kind(self, prefix: str) -> list[dict[str, Any]]:
        """The items whose sort key has a prefix."""
        return [each for each in self.reporters.items() if each["sk"]["S"].startswith(prefix)]

    def vault(self) -> list[dict[str, Any]]:
        """All versions of all ciphertexts."""
        s3: Any = boto3.client("s3")
        found: list[dict[str, Any]] = s3.list_object_versions(Bucket=VAULT).get("Versions", [])
        return found


def _taken(url: str) -> list[dict[str, Any]]:
    """The messages of a queue, which are gone then."""
    queue: Any = boto3.client("sqs")
    bodies: list[dict[str, Any]] = []
    while True:
        answer = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for each in answer.get("Messages", ()):
            queue.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
            bodies.append(json.loads(each["Body"]))
        if "Messages" not in answer:
            return bodies


@contextmanager
def open_for_files(reporters: Reporters, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evidence]:
    """The buckets, the key and the queue beside the deployment of reporters."""
    s3: Any = boto3.client("s3")
    s3.create_bucket(Bucket=DROP, CreateBucketConfiguration=REGION)
    s3.put_bucket_versioning(Bucket=DROP, VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(
        Bucket=VAULT, CreateBucketConfiguration=REGION, ObjectLockEnabledForBucket=True
    )
    s3.create_bucket(Bucket=PREVIEWS, CreateBucketConfiguration=REGION)
    key, preview_key = sealing_key(), sealing_key()
    kept = boto3.client("sqs").create_queue(QueueName="kept")["QueueUrl"]
    queue = boto3.client("sqs").create_queue(QueueName="arrivals")["QueueUrl"]
    for name, value in {
        "VAULT": VAULT,
        "EVIDENCE_KEY": key,
        "EVIDENCE_PUBLIC_KEY": public_keys.fetch_public_key(key),
        "QUEUE": queue,
        "EXAMINER": kept,
        "PREVIEWS": PREVIEWS,
        "PREVIEW_KEY": preview_key,
        "PREVIEW_PUBLIC_KEY": public_keys.fetch_public_key(preview_key),
        "RESULTS": queue,
    }.items():
        monkeypatch.setenv(name, value)
    deployment.receive_settings.cache_clear()
    deployment.repair_settings.cache_clear()
    examiner.settings.cache_clear()
    opened = Evidence(reporters, key, preview_key, queue, kept)
    for each in (receive, repair):
        monkeypatch.setattr(each, "now", lambda: datetime.now(UTC) + opened.clock)
    yield opened
    deployment.receive_settings.cache_clear()
    deployment.repair_settings.cache_clear()
    examiner.settings.cache_clear()


def opened(evidence: Evidence, sent: dict[str, Any], number: int = 1) -> bytes:
    """A kept file, as the holder of the key opens it."""
    (item,) = (
        each for each in evidence.of_kind("FILE#") if each["sk"]["S"] == f"FILE#{number:03d}"
    )
    stored = boto3.client("s3").get_object(
        Bucket=VAULT, Key=item["vault"]["S"], VersionId=item["version"]["S"]
    )
    unwrapped = Unwrapping().decrypt(
        KeyId=evidence.key,
        CiphertextBlob=bytes(item["wrapped"]["B"]),
        EncryptionAlgorithm="RSAES_OAEP_SHA_256",
    )
    return file_sealing.decrypt_file(
        stored["Body"].read(), unwrapped["Plaintext"], reference=sent["reference"], number=number
    )
