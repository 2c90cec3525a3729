"""Looks into one upload: what it is, its pages as sealed pictures, and the result to the receiver.

It is told the name of an upload and the version of each part, and knows neither report nor case.
Every message can be repeated: each time the pages are sealed anew, and the first result counts.
"""

from __future__ import annotations

import base64
import json
import secrets
from functools import cache
from typing import Any, Final

from casework.aws.services import telemetry, upload_parts
from casework.aws.services.clients import aws_client
from casework.aws.services.page_sealing import seal_pages
from casework.aws.services.public_keys import PublicKey
from casework.aws.services.service_errors import code_of
from casework.aws.services.settings import ExamineSettings
from casework.report.examination import ExaminationResult, FileType, Preview, StoredPreviewPage
from casework.report.multipart import UPLOAD_OBJECT_PREFIX, part_object_name
from functions.examine.sandbox import InspectionResult, hide_environment, inspect_sandboxed

MISSING_UPLOAD_CODES: Final = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchVersion"})
TRANSPARENT_GIF: Final = base64.b64decode("R0lGODdhAQABAIAAAP///////ywAAAAAAQABAAACAkQBADs=")
"""A picture of one pixel, which decoders that work can read."""


class DecodersBroken(Exception):
    """The decoders cannot read a picture of one pixel: it is not the file's fault."""

    error_code = "DecodersBroken"


@cache
def settings() -> ExamineSettings:
    """The settings of this function."""
    return ExamineSettings.from_environment()


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Examine each message's upload; the queue repeats failures, then puts them aside."""
    del context
    hide_environment()
    failed = []
    for record in event["Records"]:
        try:
            said = json.loads(record["body"])
            examine_upload(str(said["key"]), [str(each) for each in said["versions"]])
        except Exception as error:  # noqa: BLE001  # the queue repeats it, then puts it aside
            telemetry.log_failure("file not examined", error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def examine_upload(name: str, versions: list[str]) -> None:
    """Look into an upload, by the version of each part, and tell the receiver what was found."""
    slot = name.removeprefix(UPLOAD_OBJECT_PREFIX)
    content = _read(slot, versions)
    if content is None:
        return  # it expired, and the repair says that it was not examined
    seen = inspect_sandboxed(content)
    _check_decoders(seen)
    result = {"key": name, "examined": seen.examination.model_dump(mode="json")}
    if seen.pages:
        result |= _kept_pages(seen.pages, slot)
    ExaminationResult.model_validate(result)
    aws_client("sqs").send_message(QueueUrl=settings().results, MessageBody=json.dumps(result))


def _read(slot: str, versions: list[str]) -> bytes | None:
    """All parts, one after the other; None when one is gone."""
    try:
        parts = (
            upload_parts.stream_part(settings().drop, part_object_name(slot, part), version)
            for part, version in enumerate(versions, start=1)
        )
        return b"".join(piece for part in parts for piece in part)
    except Exception as error:
        if code_of(error) not in MISSING_UPLOAD_CODES:
            raise
        return None


def _check_decoders(seen: InspectionResult) -> None:
    """A process that said nothing of a file may be broken for all files: raises DecodersBroken."""
    said = seen.examination
    if said.preview is not Preview.FAILED or said.type is not FileType.UNKNOWN:
        return
    if inspect_sandboxed(TRANSPARENT_GIF).examination.preview is not Preview.MADE:
        raise DecodersBroken


def _kept_pages(pages: tuple[StoredPreviewPage, ...], upload: str) -> dict[str, str]:
    """Store the pages, sealed; answers where they are, and their wrapped key."""
    key = PublicKey.parse(settings().preview_key, settings().preview_public_key)
    sealed = seal_pages([each.model_dump_json().encode() for each in pages], key=key, upload=upload)
    folder = secrets.token_hex(16)
    for number, page in enumerate(sealed.pages, start=1):
        aws_client("s3").put_object(Bucket=settings().previews, Key=f"{folder}/{number}", Body=page)
    return {
        "folder": folder,
        "wrapped": base64.b64encode(sealed.wrapped).decode(),
        "key_id": sealed.key_id,
    }
