"""Files that a reporter adds to a report: which are taken, and how much.

A slot is the permission to send one file: its name, its size and, from a client that can compute
them, the digests of its parts. The type is found out later and never believed.

    slotted   the forms were given; not all parts have arrived
    arrived   the bytes were read and hashed; their ciphertext is being written
    kept      the ciphertext is in the vault, locked
    refused   nothing arrived in time, it was not what the slot was given for, or the reporter
              withdrew it before it came

The bytes of a slot count in its report until it is refused. In the hour of all reports they are
reserved for as long as its forms are good, and charged when they arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from casework.errors import FilesNotTaken, TooManyFiles
from casework.report.multipart import BYTES_PER_MIB, combine_part_digests, split_into_parts
from casework.report.report import ReporterRole
from casework.text.allowed_text import require_visible_text

MAX_FILES: Final = 20
"""Files of one report, without those that were refused."""
MAX_UPLOAD_SLOTS: Final = 60
"""Slots of one report, with those that were refused: each leaves an item."""
MAX_REPORT_FILES_BYTES: Final = 100 * BYTES_PER_MIB
"""Bytes of all files of one report."""
MAX_FILE_BYTES: Final = MAX_REPORT_FILES_BYTES
"""Bytes of one file, sent in parts."""
MAX_SINGLE_PART_BYTES: Final = 25 * BYTES_PER_MIB
"""Bytes of a file that comes by one form, as from a page without a script."""
MAX_UPLOAD_PARTS: Final = len(split_into_parts(MAX_FILE_BYTES))
"""Parts of one file."""
MAX_FILE_NAME_LENGTH: Final = 300
"""Characters of a file's name. File systems take 255 bytes."""
MAX_BYTES_PER_HOUR: Final = 20 * 1024 * BYTES_PER_MIB
"""Bytes of all reports that may come in an hour before no further slots are given. The vault is
locked, so bytes that a flood brings are paid for until the lock ends; a reporter who is told to
wait loses nothing."""
UPLOAD_FORM_SECONDS: Final = 900
"""How long the form of a part can be sent. A slow telephone needs minutes; the same request gives
fresh forms of the parts that are missing."""
WINDOW_MINUTES: Final = UPLOAD_FORM_SECONDS // 60
"""A slot reserves its bytes for the window of the hour in which its forms were given."""
RESERVED_SHARE_DIVISOR: Final = 2
"""In each window, this part of the bytes of an hour can be reserved. So at most twice the bytes of
an hour come in it: as much again was reserved, in this window and the one before, when it was
full."""


class AllowancePool(StrEnum):
    """For whom a share of the hour is kept."""

    FIRST = "first"
    """Reports that have no file yet: whoever sends much leaves it to those who send one picture."""
    FURTHER = "further"
    """All others, and first files when the other pool is full."""


BYTES_BY_POOL: Final[Mapping[AllowancePool, int]] = {
    AllowancePool.FIRST: MAX_BYTES_PER_HOUR // 4,
    AllowancePool.FURTHER: MAX_BYTES_PER_HOUR - MAX_BYTES_PER_HOUR // 4,
}
"""The bytes of an hour in each pool."""
LOST_AFTER_SECONDS: Final = UPLOAD_FORM_SECONDS + 15 * 60
"""After this time the repair of uploads looks for the object of a slot: its event may be lost."""
LOCKED_DAYS: Final = 30
"""How long a ciphertext is locked against every deletion, from its receipt and from each renewal.
The lock is renewed as long as the report is kept: it follows what people decide on its case, and
ends within a month of an erasure."""
LOCKED_FOR_COURT_DAYS: Final = 366
"""The most by which a hold by a court prolongs a lock at once: a lock cannot be taken back, and a
day may be mistyped. The renewal goes on as long as the hold."""
RENEWED_AFTER_DAYS: Final = 24
"""From one renewal to the next: an outage of six days ends no lock."""
GIVEN_UP_AFTER_SECONDS: Final = 24 * 3600
"""After this time a slot is closed whose parts have not all arrived."""


class FileState(StrEnum):
    """Where a file stands."""

    SLOTTED = "slotted"
    ARRIVED = "arrived"
    KEPT = "kept"
    REFUSED = "refused"


class WhyRefused(StrEnum):
    """Why nothing was kept under a slot."""

    NEVER_CAME = "never_came"
    INCOMPLETE = "incomplete"
    """Some parts arrived in time, and not all."""
    OTHER_SIZE = "other_size"
    OTHER_DIGEST = "other_digest"
    WITHDRAWN = "withdrawn"
    """Its reporter withdrew it before it came."""
    TOO_MANY = "too_many"
    """The report had `MAX_FILES` files, or `MAX_UPLOAD_SLOTS` slots."""
    TOO_MUCH = "too_much"
    """With it the files of the report would have had more than `MAX_REPORT_FILES_BYTES`."""
    NOT_TAKEN = "not_taken"
    """Of this kind of content only the victim may send files."""


IMMEDIATE_REFUSALS: Final = frozenset(
    {WhyRefused.WITHDRAWN, WhyRefused.TOO_MANY, WhyRefused.TOO_MUCH, WhyRefused.NOT_TAKEN}
)
"""Of these the answer to the reporter's own request told; the list of files is about the others."""
MAX_SLOTLESS_FILES: Final = 20
"""Records of files for which no slot was given, in one report."""


_Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class NewFile(BaseModel):
    """The body of `POST /v1/reports/{reference}/evidence`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    name: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_FILE_NAME_LENGTH),
        AfterValidator(require_visible_text),
    ]
    """As the reporter's device names it. It is shown as text and names nothing here."""
    sha256: _Digest | None = None
    """SHA-256 of the bytes, in lower-case hex, where the client can compute it: other bytes are
    then refused on arrival. Without it the digest is first computed here, and the file is marked
    so."""
    parts: (
        Annotated[tuple[_Digest, ...], Field(strict=False, max_length=MAX_UPLOAD_PARTS)] | None
    ) = None
    """SHA-256 of each part in its order, likewise; all parts but the last have 4 MiB. The
    answer then has a form for each part, and a repeated request the forms of those that have not
    come. Without it the file is one part of at most 25 MiB."""
    size: Annotated[int, Field(ge=1, le=MAX_FILE_BYTES)] | None = Field(None, validate_default=True)
    """Bytes, of which exactly so many are accepted. A page without a script cannot know it and
    leaves it out: any size up to 25 MiB is then accepted, and 25 MiB are counted until it
    came."""

    @field_validator("size")
    @classmethod
    def _fits_the_parts(cls, size: int | None, info: ValidationInfo) -> int | None:
        if "parts" not in info.data:
            return size  # their own finding is enough
        parts = info.data["parts"]
        if parts is None:
            if size is not None and size > MAX_SINGLE_PART_BYTES:
                raise PydanticCustomError(
                    "file.whole", "A file of this size is sent in parts: give the digest of each."
                )
        elif len(parts) != len(split_into_parts(size or 0)):
            raise PydanticCustomError("file.parts", "The size has another number of parts.")
        return size

    @property
    def declared_digest(self) -> str | None:
        """The digest of the whole file, if its sender told it: that of an only part is."""
        alone = self.parts[0] if self.parts and len(self.parts) == 1 else None
        return self.sha256 or alone

    @property
    def declared_parts(self) -> str | None:
        """What stands for the digests of its parts; None where it is one part."""
        return combine_part_digests(self.parts) if self.parts and len(self.parts) > 1 else None


def are_files_forbidden(
    category: str | None, role: ReporterRole, from_victims_alone: Collection[str]
) -> bool:
    """Whether the files of a report are taken from its victim alone, who did not send it.

    Copies of such material harm the child again, and having them may be an offence: the address
    where it can be seen is enough.
    """
    return category in from_victims_alone and role is not ReporterRole.VICTIM


def refuse_forbidden(
    category: str | None, role: ReporterRole, from_victims_alone: Collection[str]
) -> None:
    """Raise FilesNotTaken for a report whose files are forbidden."""
    if are_files_forbidden(category, role, from_victims_alone):
        raise FilesNotTaken


def find_upload_refusal(files: int, slots: int, counted: int, size: int) -> WhyRefused | None:
    """Why a report takes no file of this size: one with so many files, slots and bytes of files
    that came or may still come; None where it takes it."""
    if files >= MAX_FILES or slots >= MAX_UPLOAD_SLOTS:
        return WhyRefused.TOO_MANY
    return WhyRefused.TOO_MUCH if counted + size > MAX_REPORT_FILES_BYTES else None


def allowed_pools(files: int, size: int) -> tuple[AllowancePool, ...]:
    """The pools that a file of this size may take its bytes from, in a report with so many."""
    if files == 0 and size <= MAX_SINGLE_PART_BYTES:
        return (AllowancePool.FIRST, AllowancePool.FURTHER)
    return (AllowancePool.FURTHER,)


def refuse_over_limit(files: int, slots: int, counted: int, size: int) -> None:
    """Raise TooManyFiles where there is `find_upload_refusal`."""
    why = find_upload_refusal(files, slots, counted, size)
    if why is WhyRefused.TOO_MANY:
        raise TooManyFiles(f"A report takes {MAX_FILES} files.")
    if why is WhyRefused.TOO_MUCH:
        raise TooManyFiles(
            f"The files of a report have at most {MAX_REPORT_FILES_BYTES:,} bytes together."
        )
