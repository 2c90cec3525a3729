"""Slots for the files of reporters: limits, and a form for the one object of each part.

No service is asked to sign: a form is an HMAC by the credentials of this function's role, which may
write to the bucket of uploads. Of what is in it, the role sees the names, to give forms for missing
parts alone, and reads nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from casework.aws.http.api import Response
from casework.aws.http.response_headers import UPLOAD_PATH
from casework.aws.services import presigned_post, secrets, upload_parts
from casework.aws.services.clients import aws_session
from casework.aws.table.backoff import sleep_with_backoff
from casework.aws.table.file_table import FileTable
from casework.aws.table.items import WriteConflict
from casework.aws.table.stored_file import StoredFile
from casework.aws.table.upload_slots import (
    FileAllowance,
    PoolIsFull,
    UploadSlotTable,
    UploadSlotUse,
)
from casework.case.times import format_minute, format_timestamp
from casework.credentials import receipt
from casework.errors import Busy, FileCame, FileNotFound, KeyConflict, ReceiptNotRecognised
from casework.report import multipart
from casework.report.file_limits import (
    IMMEDIATE_REFUSALS,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_REPORT_FILES_BYTES,
    MAX_SINGLE_PART_BYTES,
    MAX_SLOTLESS_FILES,
    MAX_UPLOAD_SLOTS,
    UPLOAD_FORM_SECONDS,
    AllowancePool,
    FileState,
    NewFile,
    WhyRefused,
    allowed_pools,
    are_files_forbidden,
    find_upload_refusal,
    refuse_forbidden,
    refuse_over_limit,
)
from casework.report.multipart import UploadPart
from functions.intake.answers import FileSlot, ReportFiles, SentFile, UploadForm
from functions.intake.deployment import intake_jurisdiction, settings

MAX_SLOT_WRITE_ATTEMPTS: Final = 6
"""Tries of a slot while others are given to the same report."""


def give_slot(
    key: str,
    sent: NewFile,
    body: bytes,
    reference: str,
    name_for_number: Callable[[int], str] | None = None,
) -> Response:
    """Give a slot of a report, or the earlier one of this key, with fresh forms for the parts that
    have not come. `name_for_number` names a new file by its number.

    Raises KeyConflict, TooManyFiles, FilesNotTaken, ReceiptNotRecognised for a report that was just
    erased, or Busy when too many bytes are on their way.
    """
    table, at = _table(), datetime.now(UTC)
    slot_id = receipt.slot_id_from_key(secrets.read_key(settings().address_secret), key)
    slots = UploadSlotTable(table)
    before = slots.slot(slot_id)
    found = before or _new(slots, slot_id, key, sent, body, reference, at, name_for_number)
    pepper = secrets.read_pepper(settings().pepper_secret, found.pepper)
    same = receipt.constant_time_equal(found.body_mac, receipt.body_mac(pepper, key, body))
    if not same or found.reference != reference:
        raise KeyConflict
    file = table.file(reference, found.number)
    if file is None:
        raise ReceiptNotRecognised  # erased since it was opened: from now on it is unknown
    shown = _shown(table, file, sent.parts, at, asked_before=before is not None)
    return Response(201, shown, {"Idempotency-Replayed": "true"} if before else {})


def reopen_slot(reference: str, number: int) -> FileSlot | None:
    """An open slot of a file of unknown size, with a fresh form unless the file has come; None for
    any other slot.

    The forms of all others are bound to digests that their sender alone has.
    """
    table = _table()
    file = table.file(reference, number)
    if file is None or file.exact or file.state is not FileState.SLOTTED:
        return None
    return _shown(table, file, None, datetime.now(UTC), asked_before=True)


def withdraw_slot(reference: str, number: int) -> None:
    """Close the slot of a file that has not come, and give its bytes back. Once more, it changes
    nothing.

    Raises FileNotFound for a number without a slot, or FileCame.
    """
    table = _table()
    for look in range(MAX_SLOT_WRITE_ATTEMPTS):
        if look:
            sleep_with_backoff(look)
        file = table.file(reference, number)
        if file is None:
            raise FileNotFound
        if file.state is FileState.REFUSED:
            return
        if file.state is not FileState.SLOTTED:
            raise FileCame
        try:
            table.refuse(file, WhyRefused.WITHDRAWN, datetime.now(UTC))
        except WriteConflict:
            continue
    raise Busy("The report is being changed by many at once.")


def reporter_file_views(reference: str) -> ReportFiles:
    """The files of a report as its reporter sees them, and the room that is left.

    Raises ReceiptNotRecognised for a report that was just erased.
    """
    table = _table()
    allowance = UploadSlotTable(table).get_allowance(reference)
    if allowance is None:
        raise ReceiptNotRecognised
    files_taken = not are_files_forbidden(
        allowance.category, allowance.role, intake_jurisdiction().victim_only_file_categories
    )
    return ReportFiles(
        reference=reference,
        files=tuple(
            SentFile(
                n=each.number,
                name=each.name,
                size=each.size if each.exact else None,
                state=each.state,
                why=each.why,
                announced_at=each.slotted_at,
            )
            for each in table.list_files(reference)
            if each.why not in IMMEDIATE_REFUSALS
        ),
        taken=files_taken,
        most_files=MAX_FILES,
        files_left=max(0, min(MAX_FILES - allowance.files, MAX_UPLOAD_SLOTS - allowance.slots)),
        most_bytes=MAX_REPORT_FILES_BYTES,
        bytes_left=max(0, MAX_REPORT_FILES_BYTES - allowance.file_bytes),
        largest=MAX_FILE_BYTES,
        largest_whole=MAX_SINGLE_PART_BYTES,
        part_size=multipart.UPLOAD_PART_BYTES,
    )


def _table() -> FileTable:
    return FileTable(settings().case_table, settings().digest_secret)


def _new(
    slots: UploadSlotTable,
    slot_id: str,
    key: str,
    sent: NewFile,
    body: bytes,
    reference: str,
    at: datetime,
    name_for_number: Callable[[int], str] | None,
) -> UploadSlotUse:
    """Store a slot; the earlier one where a call with the same key was first."""
    version, pepper = secrets.read_current_pepper(settings().pepper_secret)
    size, full = sent.size or MAX_SINGLE_PART_BYTES, set[AllowancePool]()
    for look in range(MAX_SLOT_WRITE_ATTEMPTS):
        if look:
            sleep_with_backoff(look)
            if (first := slots.slot(slot_id)) is not None:
                return first
        allowance = slots.get_allowance(reference)
        if allowance is None:
            raise ReceiptNotRecognised
        number = allowance.slots + 1
        file = StoredFile(
            reference=reference,
            number=number,
            slot=slot_id,
            state=FileState.SLOTTED,
            name=name_for_number(number) if name_for_number else sent.name,
            size=size,
            slotted_at=format_minute(at),
            exact=sent.size is not None,
            declared=sent.declared_digest,
            declared_parts=sent.declared_parts,
        )
        if (why := _why_not(allowance, size)) is not None:
            _record(slots, replace(file, state=FileState.REFUSED, why=why), allowance, at)
        refuse_forbidden(
            allowance.category, allowance.role, intake_jurisdiction().victim_only_file_categories
        )
        refuse_over_limit(allowance.files, allowance.slots, allowance.file_bytes, size)
        open_pools = [each for each in allowed_pools(allowance.files, size) if each not in full]
        if not open_pools:
            raise _wait()
        file = replace(file, pool=open_pools[0])
        new = UploadSlotUse(reference, file.number, version, receipt.body_mac(pepper, key, body))
        try:
            slots.put_slot(file, allowance, new, at)
        except PoolIsFull:
            full.add(file.pool)
            continue
        except WriteConflict:
            continue
        return new
    raise Busy("The report is being changed by many at once.")


def _why_not(allowance: FileAllowance, size: int) -> WhyRefused | None:
    """Why a report takes no file of this size."""
    if are_files_forbidden(
        allowance.category, allowance.role, intake_jurisdiction().victim_only_file_categories
    ):
        return WhyRefused.NOT_TAKEN
    return find_upload_refusal(allowance.files, allowance.slots, allowance.file_bytes, size)


def _record(
    slots: UploadSlotTable, refused: StoredFile, allowance: FileAllowance, at: datetime
) -> None:
    """Note for people that a file was refused before it had a slot, once for a request and so often
    that no other file loses its place. It is advice: where others write the report at the same
    time, there is none."""
    if (
        allowance.slots - allowance.files >= MAX_SLOTLESS_FILES
        or allowance.slots >= MAX_UPLOAD_SLOTS
    ):
        return
    if any(each.slot == refused.slot for each in slots.files.list_files(refused.reference)):
        return
    with suppress(WriteConflict):
        slots.record_refused(replace(refused, refused_at=format_minute(at)), allowance)


def _wait() -> Busy:
    return Busy("Very many files are being sent.", retry_after=600)


def _shown(
    table: FileTable,
    file: StoredFile,
    digests: Sequence[str] | None,
    at: datetime,
    *,
    asked_before: bool,
) -> FileSlot:
    missing = file.parts if file.state is FileState.SLOTTED else ()
    if missing and asked_before:
        missing = file.missing_parts(upload_parts.list_arrived_parts(settings().drop, file.upload))
        if missing:
            _reserve_again(table, file, at)
    declared = digests or ((table.digests(file).declared,) if missing else ())
    return FileSlot(
        reference=file.reference,
        n=file.number,
        state=file.state,
        uploads=tuple(_form(file, declared, part, at) for part in missing),
        expires_at=format_timestamp(_until(at)),
    )


def _reserve_again(table: FileTable, file: StoredFile, at: datetime) -> None:
    """A fresh form may bring the bytes of its slot later than they were reserved for."""
    try:
        UploadSlotTable(table).renew_reservation(file, at)
    except PoolIsFull:
        raise _wait() from None
    except WriteConflict:
        raise Busy("The file is being changed by many at once.") from None


def _until(at: datetime) -> datetime:
    return at + timedelta(seconds=UPLOAD_FORM_SECONDS)


def _form(
    file: StoredFile, declared: Sequence[str | None], part: UploadPart, at: datetime
) -> UploadForm:
    """The form of a part. Its digest is in the request and not stored: a repeated one is the
    same."""
    upload = presigned_post.UploadTarget(
        bucket=settings().drop,
        key=file.object_name(part),
        least=part.size if file.exact else 1,
        most=part.size,
        encryption_key=settings().drop_key,
        sha256=declared[part.number - 1],
    )
    fields = presigned_post.presign_post(
        upload,
        presigned_post.SigningCredentials.from_session(),
        region=aws_session().get_config_variable("region"),
        now=at,
        until=_until(at),
    )
    return UploadForm(
        part=part.number,
        begins=part.begins,
        size=part.size if file.exact else None,
        action=UPLOAD_PATH,
        fields=fields,
    )
