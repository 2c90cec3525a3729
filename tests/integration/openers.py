"""A unit that holds a case with a file, and the function that opens it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from casework.aws.services import file_sealing
from casework.aws.services.page_sealing import seal_pages
from casework.aws.table import audit_log, items, keys
from casework.case.case import Case
from casework.decisions.staff import Role
from functions.evidence import opening
from tests import decided
from tests.builders import NOON, RABAT
from tests.integration.answers import Answered
from tests.integration.desks import TABLE, Desk, a_decision, an_event
from tests.integration.evidence import PREVIEWS, REGION, VAULT
from tests.integration.reporters import Unwrapping, a_key, half_of, sealing_key
from tests.integration.test_files_at_the_desk import announced

FILM = bytes(range(256)) * 16_000
"""Two parts of ciphertext."""
WEBP = base64.b64encode(b"RIFF\x00\x00\x00\x00WEBPVP8 ").decode()
SUGGESTED = {"kind": "phone", "value": "+212600000000"}
PAGE = {"picture": WEBP, "text": "Paie au 06 00 00 00 00", "suggested": [SUGGESTED]}
MOTIVE = "Lire le numéro du compte sur la capture."


class Opener:
    """A unit that holds a case with a file, and the function that opens it."""

    def __init__(self, desk: Desk, key: str, preview_key: str) -> None:
        self.desk, self.key, self.preview_key = desk, key, preview_key
        self.officer = desk.enrol(Role.OFFICER, RABAT)
        self.case = self._case()
        self.reference = desk.report(self.case, number=901)
        self.keep(self.reference, 1, FILM)

    def _case(self) -> Case:
        return self.desk.table.save(decided.acknowledged(self.desk.referred(), NOON, self.officer))

    def keep(self, reference: str, number: int, content: bytes, key: str = "") -> None:
        """A file as the receiver keeps it."""
        file = announced(reference, number, "film.mp4", declared=None)
        sealed = file_sealing.seal_file(
            [content], key=half_of(key or self.key), reference=reference, number=number
        )
        name = f"{reference}-{number}"
        version = boto3.client("s3").put_object(
            Bucket=VAULT, Key=name, Body=b"".join(sealed.ciphertext)
        )
        told: dict[str, Any] = {
            "state": "kept",
            "size": len(content),
            "digest": hashlib.sha256(content).hexdigest(),
            "bound": "c0ffee",
            "wrapped": sealed.wrapped,
            "key_id": sealed.key_id,
            "vault": name,
            "version": version["VersionId"],
        }
        item = items.get_item(TABLE, keys.file_key(reference, file.number))
        assert item is not None
        items.put_item(TABLE, {**item, **told})

    def show(self, number: int, *pages: dict[str, Any], key: str = "") -> None:
        """A preview of a kept file, as the examiner makes and the receiver stores it."""
        item = items.get_item(TABLE, keys.file_key(self.reference, number))
        assert item is not None
        sealed = seal_pages(
            [json.dumps(each).encode() for each in pages],
            key=half_of(key or self.preview_key),
            upload=item["slot"],
        )
        for at, page in enumerate(sealed.pages, start=1):
            boto3.client("s3").put_object(Bucket=PREVIEWS, Key=f"folder/{at}", Body=page)
        said = {"type": "pdf", "agreed": True, "pages": 3, "shown": len(pages)}
        told = {
            "preview": "made",
            "examination": json.dumps(said),
            "pages": "folder",
            "pages_wrapped": sealed.wrapped,
            "pages_key_id": sealed.key_id,
            "kept_at": "2026-03-02T11:00Z",
        }
        items.put_item(TABLE, {**item, **told})

    def see(self, page: int = 1, by: str = "", case: Case | None = None) -> Answered:
        case_id = (case or self.case).id
        path = f"/v1/desk/cases/{case_id}/files/{self.reference}/1/pages/{page}"
        return self._called(an_event("GET", path, by or self.officer))

    def seen(self) -> list[dict[str, Any]]:
        """The marks of who saw a preview."""
        return [m for m in audit_log.read_marks(TABLE, self.case.id) if "#file_seen#" in m["sk"]]

    def open(self, by: str = "", case: Case | None = None, **said: Any) -> Answered:
        document = {"report": self.reference, "n": 1, "motive": MOTIVE, **said}
        on, who = case or self.case, by or self.officer
        return self._called(a_decision(on, "files/opening", document, who, idempotency_key=a_key()))

    def part(self, number: int, by: str = "", case: Case | None = None) -> Answered:
        case_id = (case or self.case).id
        path = f"/v1/desk/cases/{case_id}/files/{self.reference}/1/parts/{number}"
        return self._called(an_event("GET", path, by or self.officer))

    def moves(self) -> list[str]:
        return [event.move for event in self.desk.table.events(self.case.id)]

    def _called(self, event: dict[str, Any]) -> Answered:
        response = opening.handle(event, None)
        return Answered(response["statusCode"], response["headers"], response["body"])


def history(opener: Opener) -> dict[str, Any]:
    """The history of the case, as an auditor reads it."""
    answer = opener.desk.get(f"history/{opener.case.id}", opener.desk.enrol(Role.AUDITOR))
    assert answer.status == 200, answer.text
    return dict(answer.document)


@contextmanager
def an_opener(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    """The unit and the function, with their buckets and keys."""
    s3: Any = boto3.client("s3")
    s3.create_bucket(
        Bucket=VAULT, CreateBucketConfiguration=REGION, ObjectLockEnabledForBucket=True
    )
    s3.create_bucket(Bucket=PREVIEWS, CreateBucketConfiguration=REGION)
    key, preview_key = sealing_key(), sealing_key()
    monkeypatch.setenv("PREVIEWS", PREVIEWS)
    monkeypatch.setenv("PREVIEW_KEY", preview_key)
    monkeypatch.setenv("VAULT", VAULT)
    monkeypatch.setenv("EVIDENCE_KEY", key)
    monkeypatch.setattr(opening, "now", lambda: NOON)
    monkeypatch.setattr(
        opening, "aws_client", lambda name: Unwrapping() if name == "kms" else boto3.client(name)
    )
    opening.settings.cache_clear()
    yield Opener(desk, key, preview_key)
    opening.settings.cache_clear()
