"""Opens a file of a reporter: gives its key to a person with a motive, and its ciphertext in parts.

Beside it, shows the pages of a preview to those who may open the file. A preview was painted anew
and has a key of its own; who saw one is a mark of the case, once a day.

This function's role is the only one that may ask KMS for the key of a file. It first saves the
event, then asks: an opening that nobody can see afterwards does not happen. The key opens this one
file. The reader's browser or command opens the ciphertext; the plain bytes never stand here.

Parts go through the API and not from the bucket's address: the desk's pages may connect to their
own origin alone.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from casework.aws.http.access_denials import record_access_denial
from casework.aws.http.api import Api, Operation, Request, Response, require_edge_secret
from casework.aws.http.authentication import authenticate
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.aws.services import telemetry
from casework.aws.services.clients import aws_client
from casework.aws.services.file_sealing import sealed_file_length
from casework.aws.services.page_sealing import decrypt_page
from casework.aws.services.sealed_boxes import KEY_WRAPPING_ALGORITHM, InvalidBox, is_foreign_box
from casework.aws.services.settings import OpeningSettings
from casework.aws.table import audit_log, file_marks, keys
from casework.aws.table.case_table import CaseTable, CaseTransaction
from casework.aws.table.file_table import FileTable
from casework.aws.table.stored_file import StoredFile
from casework.aws.table.wrapped_file_keys import (
    WrappedKey,
    read_wrapped_file_key,
    read_wrapped_page_key,
)
from casework.case.case import Case
from casework.credentials import receipt
from casework.decisions.file_access import FileOpening, open_file_for_person, record_file_opening
from casework.decisions.permissions import StaffCall, require_permission
from casework.errors import (
    BodyTooLarge,
    BoxNotOpened,
    Busy,
    CaseNotFound,
    FileNotFound,
    IllegalMove,
    KeyMissing,
    NotAllowed,
    NotJson,
    NotSignedIn,
    NotThroughTheEdge,
    NotValid,
    Refusal,
    SecondLookOwed,
    UnsupportedEncoding,
)
from casework.pack.jurisdiction import open_pack
from casework.pack.procedure import read_procedure
from casework.report.examination import Claims, StoredPreviewPage, Suggested
from casework.report.file_limits import FileState

CIPHERTEXT_PART_BYTES: Final = 3 * 1024 * 1024
"""Bytes of ciphertext in an answer: in base64 within what a function may answer."""
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,2}")


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class OpenedFile(_Answer):
    """The key of one file. Keep it no longer than the file is looked at."""

    case: str
    report: str
    n: int
    name: str
    """As the reporter's device named it. Show it as text; never run what it names."""
    size: int
    sha256: str
    """Of the bytes that the ciphertext opens to: compare it."""
    key: str
    """AES-256, base64. It opens this file and no other."""
    parts: int
    """Parts of the ciphertext to read, from 1."""


class FilePart(_Answer):
    """A part of the ciphertext of a file."""

    ciphertext: str
    """Base64. All parts one after the other are the ciphertext."""


class PreviewPage(_Answer):
    """A page of a file as a machine painted and read it. It may have misread, and left out much."""

    case: str
    report: str
    n: int
    page: int
    """From 1 to the number of pages that are shown."""
    picture: str
    """A WebP in base64; empty where the file is a text."""
    text: str
    """The words on the page. Show it as text; it is as the sender wrote it, or misread."""
    suggested: tuple[Suggested, ...]
    """Identifiers among these words. They join nothing: search for one to find cases."""
    claims: Claims | None = None
    """What the file says of itself, with its first page; left out where it says nothing. Anybody
    who has a file can have written it."""


@cache
def settings() -> OpeningSettings:
    """The settings of this function."""
    return OpeningSettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


def record_opening_refusal(operation: Operation, request: Request, refusal: Refusal) -> None:
    """Keep that somebody was refused access to a case, or tried to open a file alone that two
    people open."""
    record_access_denial(
        settings().case_table, now(), operation.id, request, refusal, also=SecondLookOwed
    )


api = Api(
    guard=require_edge_secret(lambda: settings().origin_secret), refused=record_opening_refusal
)
FILE_READ_REFUSALS: Final = (
    NotSignedIn,
    NotAllowed,
    NotThroughTheEdge,
    Busy,
    CaseNotFound,
    FileNotFound,
)


@api.register_operation(
    "open_file",
    "POST",
    "/v1/desk/cases/{id}/files/opening",
    summary="Open a file of a reporter",
    tag="desk",
    body=FileOpening,
    answers={200: OpenedFile},
    refusals=(
        *FILE_READ_REFUSALS,
        BoxNotOpened,
        IllegalMove,
        SecondLookOwed,
        KeyMissing,
        NotJson,
        BodyTooLarge,
        UnsupportedEncoding,
        NotValid,
    ),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
    security="staff",
)
def open_file(request: Request) -> Response:
    """Give the key of a file, for a motive that auditors read.

    Where two people open files of the case (`two_open_files`), `admission` names the entry by which
    another person admitted it; 409 `second-look-owed` without one, which leaves a mark. Where a
    person recorded imminent danger it opens without, and its entry says so.

    Each answer with a key is an event of the case of its own, written before the key is asked for:
    repeating the request opens once more.
    """
    table, at = CaseTable(settings().case_table), now()
    member = authenticate(request, table, settings().clients)
    require_permission(member, StaffCall.FILES)
    receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    case_id, opening = case_id_from_path(request), request.parse_body(FileOpening)

    def change(case: Case) -> CaseTransaction[StoredFile]:
        require_permission(member, StaffCall.FILES, case)
        file = _kept(case, opening.report, opening.n)
        bound, meant = file.bound or "", opening.model_copy(update={"report": file.reference})
        rule = read_procedure(open_pack(settings().pack).folder).second_opening
        second = open_file_for_person(
            case, at, member.subject, meant, bound, rule, lambda n: table.event(case.id, n)
        )
        event = record_file_opening(case, at, member.subject, meant, bound, second)
        return CaseTransaction(event, file, [table.reports.existence_check(opening.report)])

    file = table.transact(case_id, change).decided.result
    telemetry.log_info("file opened", case_id=case_id)
    return Response(
        200,
        OpenedFile(
            case=case_id,
            report=file.reference,
            n=file.number,
            name=file.name,
            size=file.size,
            sha256=_files().digests(file).sha256 or "",
            key=base64.b64encode(_key_of(file)).decode(),
            parts=-(-sealed_file_length(file.size) // CIPHERTEXT_PART_BYTES),
        ),
    )


@api.register_operation(
    "read_part",
    "GET",
    "/v1/desk/cases/{id}/files/{report}/{n}/parts/{part}",
    summary="A part of a sealed file",
    tag="desk",
    answers={200: FilePart},
    refusals=FILE_READ_REFUSALS,
    security="staff",
)
def read_part(request: Request) -> Response:
    """A part of the ciphertext, which opens with nothing but the key of an opening."""
    table = CaseTable(settings().case_table)
    member = authenticate(request, table, settings().clients)
    require_permission(member, StaffCall.FILES)
    case = table.get_case(case_id_from_path(request))
    require_permission(member, StaffCall.FILES, case)
    file = _kept(case, request.path_params["report"], _number(request, "n"))
    begins = CIPHERTEXT_PART_BYTES * (_number(request, "part") - 1)
    length = min(CIPHERTEXT_PART_BYTES, sealed_file_length(file.size) - begins)
    if length <= 0:
        raise FileNotFound
    stored = aws_client("s3").get_object(
        Bucket=settings().vault,
        Key=file.vault,
        VersionId=file.version,
        Range=f"bytes={begins}-{begins + length - 1}",
    )
    if stored["ContentLength"] != length:
        raise RuntimeError("the store answered another length than was asked for")
    part = base64.b64encode(stored["Body"].read()).decode()
    return Response(200, FilePart(ciphertext=part), {"Cache-Control": "no-store"})


@api.register_operation(
    "see_page",
    "GET",
    "/v1/desk/cases/{id}/files/{report}/{n}/pages/{page}",
    summary="A page of the preview of a file",
    tag="desk",
    answers={200: PreviewPage},
    refusals=(*FILE_READ_REFUSALS, BoxNotOpened),
    security="staff",
)
def see_page(request: Request) -> Response:
    """A page of the preview of a file, for those who may open it. That a person saw a preview of
    this file on a day is marked in the log of the case first."""
    table = CaseTable(settings().case_table)
    member = authenticate(request, table, settings().clients)
    require_permission(member, StaffCall.FILES)
    case = table.get_case(case_id_from_path(request))
    require_permission(member, StaffCall.FILES, case)
    file = _kept(case, request.path_params["report"], _number(request, "n"))
    page = _number(request, "page")
    wrapped = read_wrapped_page_key(table.name, file.reference, file.number)
    if file.examination is None or wrapped is None or page > file.examination.shown:
        raise FileNotFound
    about = keys.file_mark(file.reference, file.number)
    audit_log.record_access(
        table.name, case.id, now(), file_marks.FILE_SEEN_MARK, member.subject, about=about
    )
    stored = aws_client("s3").get_object(Bucket=settings().previews, Key=f"{file.pages}/{page}")
    page_bytes = _page(stored["Body"].read(), wrapped, file, page)
    return Response(
        200,
        PreviewPage(
            case=case.id,
            report=file.reference,
            n=file.number,
            page=page,
            picture=page_bytes.picture if page_bytes.is_picture else "",
            text=page_bytes.text,
            suggested=page_bytes.suggested,
            claims=page_bytes.claims,
        ),
        {"Cache-Control": "no-store"},
    )


def _files() -> FileTable:
    return FileTable(settings().case_table, settings().digest_secret)


def _kept(case: Case, reference: str, number: int) -> StoredFile:
    """A kept file of a report of the case; raises FileNotFound."""
    files = _files()
    if files.get_case_id(reference) != case.id:
        raise FileNotFound
    file = files.file(reference, number)
    if file is None or file.state is not FileState.KEPT:
        raise FileNotFound
    return file


def _number(request: Request, name: str) -> int:
    text = request.path_params[name]
    if not _NUMBER.fullmatch(text):
        raise FileNotFound
    return int(text)


def _key_of(file: StoredFile) -> bytes:
    """The key of a file; an exchanged one raises an alarm and opens nothing."""
    wrapped = read_wrapped_file_key(settings().case_table, file.reference, file.number)
    if wrapped is None:
        raise FileNotFound
    with _exchanged(file):
        return _unwrapped(wrapped, settings().evidence_key)


def _page(sealed: bytes, wrapped: WrappedKey, file: StoredFile, number: int) -> StoredPreviewPage:
    """A page of a preview; an exchanged one raises an alarm."""
    with _exchanged(file):
        key = _unwrapped(wrapped, settings().preview_key)
        content = decrypt_page(sealed, key, upload=file.slot, number=number)
        try:
            return StoredPreviewPage.model_validate_json(content)
        except ValidationError as error:
            raise InvalidBox("the page is not as the examiner writes pages") from error


def _unwrapped(wrapped: WrappedKey, key_arn: str) -> bytes:
    if wrapped.key_id != key_arn.rpartition("/")[2]:
        raise InvalidBox("it was sealed to another key")
    answer: Any = aws_client("kms").decrypt(
        KeyId=wrapped.key_id, CiphertextBlob=wrapped.key, EncryptionAlgorithm=KEY_WRAPPING_ALGORITHM
    )
    key: bytes = answer["Plaintext"]
    return key


@contextmanager
def _exchanged(file: StoredFile) -> Iterator[None]:
    """Raise BoxNotOpened, with an alarm, where something is not what was sealed."""
    try:
        yield
    except Exception as error:
        if not is_foreign_box(error):
            raise
        telemetry.log_failure("box not opened", error, reference=file.reference)
        telemetry.count_metric("BoxesNotOpened")
        raise BoxNotOpened("The key is not the one of this file.") from None


handle = api.handle
