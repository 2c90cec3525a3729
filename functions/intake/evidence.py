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

from casework.aws.http.http import Answer
from casework.aws.http.pages import UPLOAD
from casework.aws.services import secrets, upload_form, uploads
from casework.aws.services.clients import session
from casework.aws.table.collisions import come_back_later
from casework.aws.table.evidence_table import (
    EvidenceTable,
    PoolIsFull,
    RoomForFiles,
    Slot,
    StoredFile,
)
from casework.aws.table.items import WrittenMeanwhile
from casework.case.times import minute, stamp
from casework.credentials import receipt
from casework.errors import Busy, FileCame, FileNotFound, KeyConflict, ReceiptNotRecognised
from casework.report import in_parts
from casework.report.evidence import (
    FORM_SECONDS,
    LARGEST,
    LARGEST_WHOLE,
    MOST_BYTES,
    MOST_FILES,
    MOST_RECORDS,
    MOST_SLOTS,
    TOLD_AT_ONCE,
    FileState,
    NewFile,
    Pool,
    WhyRefused,
    forbidden,
    no_room,
    pools_for,
    refuse_beyond,
    refuse_forbidden,
)
from casework.report.in_parts import PartOfFile
from functions.intake.answers import FileSlot, ReportFiles, SentFile, UploadForm
from functions.intake.deployment import pack, settings

MOST_TRIES: Final = 6
"""Tries of a slot while others are given to the same report."""


def slot(
    key: str,
    sent: NewFile,
    body: bytes,
    reference: str,
    named: Callable[[int], str] | None = None,
) -> Answer:
    """Give a slot of a report, or the earlier one of this key, with fresh forms for the parts that
    have not come. `named` names a new file by its number.

    Raises KeyConflict, TooManyFiles, FilesNotTaken, ReceiptNotRecognised for a report that was just
    erased, or Busy when too many bytes are on their way.
    """
    table, at = _table(), datetime.now(UTC)
    given = receipt.slot_for(secrets.key(settings().address_secret), key)
    before = table.slot(given)
    found = before or _new(table, given, key, sent, body, reference, at, named)
    pepper = secrets.pepper(settings().pepper_secret, found.pepper)
    same = receipt.same(found.body_mac, receipt.body_mac(pepper, key, body))
    if not same or found.reference != reference:
        raise KeyConflict
    file = table.file(reference, found.number)
    if file is None:
        raise ReceiptNotRecognised  # erased since it was opened: from now on it is unknown
    shown = _shown(table, file, sent.parts, at, asked_before=before is not None)
    return Answer(201, shown, {"Idempotency-Replayed": "true"} if before else {})


def open_slot(reference: str, number: int) -> FileSlot | None:
    """An open slot of a file of unknown size, with a fresh form unless the file has come; None for
    any other slot.

    The forms of all others are bound to digests that their sender alone has.
    """
    table = _table()
    file = table.file(reference, number)
    if file is None or file.exact or file.state is not FileState.SLOTTED:
        return None
    return _shown(table, file, None, datetime.now(UTC), asked_before=True)


def withdraw(reference: str, number: int) -> None:
    """Close the slot of a file that has not come, and give its bytes back. Once more, it changes
    nothing.

    Raises FileNotFound for a number without a slot, or FileCame.
    """
    table = _table()
    for look in range(MOST_TRIES):
        if look:
            come_back_later(look)
        file = table.file(reference, number)
        if file is None:
            raise FileNotFound
        if file.state is FileState.REFUSED:
            return
        if file.state is not FileState.SLOTTED:
            raise FileCame
        try:
            table.refuse(file, WhyRefused.WITHDRAWN, datetime.now(UTC))
        except WrittenMeanwhile:
            continue
    raise Busy("The report is being changed by many at once.")


def files_of(reference: str) -> ReportFiles:
    """The files of a report as its reporter sees them, and the room that is left.

    Raises ReceiptNotRecognised for a report that was just erased.
    """
    table = _table()
    seen = table.about(reference)
    if seen is None:
        raise ReceiptNotRecognised
    taken = not forbidden(seen.category, seen.role, pack().files_from_victims_alone)
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
            for each in table.files_of(reference)
            if each.why not in TOLD_AT_ONCE
        ),
        taken=taken,
        most_files=MOST_FILES,
        files_left=max(0, min(MOST_FILES - seen.files, MOST_SLOTS - seen.slots)),
        most_bytes=MOST_BYTES,
        bytes_left=max(0, MOST_BYTES - seen.file_bytes),
        largest=LARGEST,
        largest_whole=LARGEST_WHOLE,
        part_size=in_parts.PART,
    )


def _table() -> EvidenceTable:
    return EvidenceTable(settings().case_table, settings().digest_secret)


def _new(
    table: EvidenceTable,
    given: str,
    key: str,
    sent: NewFile,
    body: bytes,
    reference: str,
    at: datetime,
    named: Callable[[int], str] | None,
) -> Slot:
    """Store a slot; the earlier one where a call with the same key was first."""
    version, pepper = secrets.current_pepper(settings().pepper_secret)
    size, full = sent.size or LARGEST_WHOLE, set[Pool]()
    for look in range(MOST_TRIES):
        if look:
            come_back_later(look)
            if (first := table.slot(given)) is not None:
                return first
        seen = table.about(reference)
        if seen is None:
            raise ReceiptNotRecognised
        number = seen.slots + 1
        file = StoredFile(
            reference=reference,
            number=number,
            slot=given,
            state=FileState.SLOTTED,
            name=named(number) if named else sent.name,
            size=size,
            slotted_at=minute(at),
            exact=sent.size is not None,
            declared=sent.declared,
            declared_parts=sent.declared_parts,
        )
        if (why := _why_not(seen, size)) is not None:
            _record(table, replace(file, state=FileState.REFUSED, why=why), seen, at)
        refuse_forbidden(seen.category, seen.role, pack().files_from_victims_alone)
        refuse_beyond(seen.files, seen.slots, seen.file_bytes, size)
        open_pools = [each for each in pools_for(seen.files, size) if each not in full]
        if not open_pools:
            raise _wait()
        file = replace(file, pool=open_pools[0])
        new = Slot(reference, file.number, version, receipt.body_mac(pepper, key, body))
        try:
            table.give(file, seen, new, at)
        except PoolIsFull:
            full.add(file.pool)
            continue
        except WrittenMeanwhile:
            continue
        return new
    raise Busy("The report is being changed by many at once.")


def _why_not(seen: RoomForFiles, size: int) -> WhyRefused | None:
    """Why a report takes no file of this size."""
    if forbidden(seen.category, seen.role, pack().files_from_victims_alone):
        return WhyRefused.NOT_TAKEN
    return no_room(seen.files, seen.slots, seen.file_bytes, size)


def _record(table: EvidenceTable, refused: StoredFile, seen: RoomForFiles, at: datetime) -> None:
    """Note for people that a file was refused before it had a slot, once for a request and so often
    that no other file loses its place. It is advice: where others write the report at the same
    time, there is none."""
    if seen.slots - seen.files >= MOST_RECORDS or seen.slots >= MOST_SLOTS:
        return
    if any(each.slot == refused.slot for each in table.files_of(refused.reference)):
        return
    with suppress(WrittenMeanwhile):
        table.record_refused(replace(refused, refused_at=minute(at)), seen)


def _wait() -> Busy:
    return Busy("Very many files are being sent.", retry_after=600)


def _shown(
    table: EvidenceTable,
    file: StoredFile,
    digests: Sequence[str] | None,
    at: datetime,
    *,
    asked_before: bool,
) -> FileSlot:
    missing = file.parts if file.state is FileState.SLOTTED else ()
    if missing and asked_before:
        missing = file.missing(uploads.came(settings().drop, file.upload))
        if missing:
            _reserve_again(table, file, at)
    declared = digests or ((table.digests(file).declared,) if missing else ())
    return FileSlot(
        reference=file.reference,
        n=file.number,
        state=file.state,
        uploads=tuple(_form(file, declared, part, at) for part in missing),
        expires_at=stamp(_until(at)),
    )


def _reserve_again(table: EvidenceTable, file: StoredFile, at: datetime) -> None:
    """A fresh form may bring the bytes of its slot later than they were reserved for."""
    try:
        table.reserve_again(file, at)
    except PoolIsFull:
        raise _wait() from None
    except WrittenMeanwhile:
        raise Busy("The file is being changed by many at once.") from None


def _until(at: datetime) -> datetime:
    return at + timedelta(seconds=FORM_SECONDS)


def _form(
    file: StoredFile, declared: Sequence[str | None], part: PartOfFile, at: datetime
) -> UploadForm:
    """The form of a part. Its digest is in the request and not stored: a repeated one is the
    same."""
    upload = upload_form.Upload(
        bucket=settings().drop,
        key=file.name_of(part),
        least=part.size if file.exact else 1,
        most=part.size,
        encryption_key=settings().drop_key,
        sha256=declared[part.number - 1],
    )
    fields = upload_form.form(
        upload,
        upload_form.Credentials.own(),
        region=session().get_config_variable("region"),
        now=at,
        until=_until(at),
    )
    return UploadForm(
        part=part.number,
        begins=part.begins,
        size=part.size if file.exact else None,
        action=UPLOAD,
        fields=fields,
    )
