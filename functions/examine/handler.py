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

from casework.aws.services import observe, uploads
from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.aws.services.page_sealing import seal_pages
from casework.aws.services.public_keys import PublicKey
from casework.aws.services.settings import ExamineSettings
from casework.report.examination import Examined, FileType, Preview, ShownPage
from casework.report.in_parts import OBJECTS, name_of
from functions.examine.apart import Inspected, hide_environment, looked_at

GONE: Final = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchVersion"})
A_DOT: Final = base64.b64decode("R0lGODdhAQABAIAAAP///////ywAAAAAAQABAAACAkQBADs=")
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
            examine(str(said["key"]), [str(each) for each in said["versions"]])
        except Exception as error:  # noqa: BLE001  # the queue repeats it, then puts it aside
            observe.failure("file not examined", error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def examine(name: str, versions: list[str]) -> None:
    """Look into an upload, by the version of each part, and tell the receiver what was found."""
    slot = name.removeprefix(OBJECTS)
    content = _read(slot, versions)
    if content is None:
        return  # it expired, and the repair says that it was not examined
    seen = looked_at(content)
    _check_decoders(seen)
    result = {"key": name, "examined": seen.examination.model_dump(mode="json")}
    if seen.pages:
        result |= _kept_pages(seen.pages, slot)
    Examined.model_validate(result)
    client("sqs").send_message(QueueUrl=settings().results, MessageBody=json.dumps(result))


def _read(slot: str, versions: list[str]) -> bytes | None:
    """All parts, one after the other; None when one is gone."""
    try:
        parts = (
            uploads.read(settings().drop, name_of(slot, part), version)
            for part, version in enumerate(versions, start=1)
        )
        return b"".join(piece for part in parts for piece in part)
    except Exception as error:
        if code_of(error) not in GONE:
            raise
        return None


def _check_decoders(seen: Inspected) -> None:
    """A process that said nothing of a file may be broken for all files: raises DecodersBroken."""
    said = seen.examination
    if said.preview is not Preview.FAILED or said.type is not FileType.UNKNOWN:
        return
    if looked_at(A_DOT).examination.preview is not Preview.MADE:
        raise DecodersBroken


def _kept_pages(pages: tuple[ShownPage, ...], upload: str) -> dict[str, str]:
    """Store the pages, sealed; answers where they are, and their wrapped key."""
    key = PublicKey.told(settings().preview_key, settings().preview_public_key)
    sealed = seal_pages([each.model_dump_json().encode() for each in pages], key=key, upload=upload)
    folder = secrets.token_hex(16)
    for number, page in enumerate(sealed.pages, start=1):
        client("s3").put_object(Bucket=settings().previews, Key=f"{folder}/{number}", Body=page)
    return {
        "folder": folder,
        "wrapped": base64.b64encode(sealed.wrapped).decode(),
        "key_id": sealed.key_id,
    }
