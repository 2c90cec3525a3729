"""What a machine found in a file, and what it may say about it.

The examiner parses what strangers sent, so nothing it says decides anything: a type, previews, the
text of a picture and a verdict are advice to people. The original is kept whatever is found.
"""

from __future__ import annotations

import base64
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_PREVIEW_PAGES: Final = 10
"""Pages of a file that are shown: of a longer document the first ones."""
MAX_PAGE_TEXT_LENGTH: Final = 20_000
"""Characters of text that are read from one page."""
MAX_METADATA_CLAIM_LENGTH: Final = 120
"""Characters of a device or a program that a picture file names."""
MAX_PICTURE: Final = 1024 * 1024
"""Bytes of one picture of a preview."""
EXAMINED_WITHIN_SECONDS: Final = 24 * 3600
"""After this time without a result a file counts as not examined. Its upload expires a day after
it came, and the examiner reads nothing else."""


class FileType(StrEnum):
    """What a file begins as. Its name is not asked."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    BMP = "bmp"
    TIFF = "tiff"
    HEIC = "heic"
    AVIF = "avif"
    PDF = "pdf"
    VIDEO = "video"
    SOUND = "sound"
    ARCHIVE = "archive"
    TEXT = "text"
    UNKNOWN = "unknown"


class Preview(StrEnum):
    """How far the examination of a kept file went."""

    PENDING = "pending"
    MADE = "made"
    NONE = "none"
    """There is no preview of files of this type."""
    FAILED = "failed"
    """The decoder refused the file, crashed, or used up its time or memory."""
    NOT_EXAMINED = "not_examined"
    """No examiner answered in time."""


class Scan(StrEnum):
    """What a scanner for malware said."""

    PENDING = "pending"
    CLEAN = "clean"
    MALICIOUS = "malicious"
    NOT_SCANNED = "not_scanned"
    """There is no scanner, it did not answer, or it cannot read the file."""


REPLACEABLE_PREVIEWS: Final = (Preview.FAILED, Preview.NOT_EXAMINED)
"""What a later examination may replace."""
_Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class FileFindings(_Told):
    """What the examiner found in one file, as it is stored."""

    type: Annotated[FileType, Field(strict=False)]
    agreed: bool
    """Whether the decoder of this type agreed. Else the file only begins like one."""
    preview: Annotated[Preview, Field(strict=False)]
    pages: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Pages of the document; 1 for a picture."""
    shown: Annotated[int, Field(ge=0, le=MAX_PREVIEW_PAGES)] = 0
    """How many of them have a picture here."""
    read: bool = False
    """Whether a machine read text in it."""
    cut: bool = False
    """Whether time, or a page that could not be drawn, ended the look early. Only then can another
    look at the same bytes by the same tools show or read more, or less."""
    tools: Annotated[str, StringConstraints(pattern=r"^[a-z0-9 .;+-]{0,160}$")] = ""
    """What looked, with versions: the same bytes can be examined again by the same."""


class Examination(FileFindings):
    """What the examiner tells of one file. The digests are stored apart, sealed."""

    sha256: _Hex
    """Of the bytes that were examined: what is told of other bytes is not taken."""
    pdq: _Hex | None = None
    """What the picture looks like (PDQ), where that says something."""


class ExaminationResult(_Told):
    """A result, as the examiner sends it."""

    key: Annotated[str, StringConstraints(pattern=r"^in/[0-9a-f]{32}$")]
    """Name of the upload."""
    examined: Examination
    folder: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = None
    """Where the pages are, each under its number; none without any."""
    wrapped: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/=]{1,1024}$")] | None = None
    """Their key, wrapped, in base64."""
    key_id: Annotated[str, StringConstraints(max_length=60)] | None = None


def scan_from_status(status: str) -> Scan:
    """What the result of a scan means. A scanner that could not read the file says nothing of it
    (GuardDuty Malware Protection for S3, `scanResultStatus`)."""
    return {"NO_THREATS_FOUND": Scan.CLEAN, "THREATS_FOUND": Scan.MALICIOUS}.get(
        status, Scan.NOT_SCANNED
    )


_STRONGER: Final = (Scan.NOT_SCANNED, Scan.CLEAN, Scan.MALICIOUS)


def weaker_scans(said: Scan) -> tuple[Scan, ...]:
    """The words of a scanner that this one replaces: of the same bytes it learns no less."""
    return _STRONGER[: _STRONGER.index(said)]


def effective_scan(said: Scan | None, *, scanner: bool, waited_seconds: float) -> Scan:
    """What to show of a file that was kept so long ago: a scanner that stays silent for a day has
    not scanned it."""
    if said is not None:
        return said
    waits = scanner and waited_seconds < EXAMINED_WITHIN_SECONDS
    return Scan.PENDING if waits else Scan.NOT_SCANNED


class Suggested(_Told):
    """An identifier that a machine read. It may be misread, so it joins nothing."""

    kind: Annotated[str, StringConstraints(max_length=40)]
    value: Annotated[str, StringConstraints(max_length=400)]


class Claims(_Told):
    """What a picture file says of itself. Any holder of the file can have written it: it joins and
    proves nothing."""

    taken: (
        Annotated[
            str,
            StringConstraints(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d([+-]\d\d:\d\d)?$"),
        ]
        | None
    ) = None
    """Day and time by the device's clock; with the zone where the file tells it."""
    device: Annotated[str, StringConstraints(max_length=MAX_METADATA_CLAIM_LENGTH)] | None = None
    software: Annotated[str, StringConstraints(max_length=MAX_METADATA_CLAIM_LENGTH)] | None = None
    place: bool = False
    """Whether it says where it was taken. Where is not read out: the original has it."""


class StoredPreviewPage(_Told):
    """One page of a preview, as it is sealed."""

    picture: Annotated[str, StringConstraints(max_length=MAX_PICTURE * 4 // 3 + 4)]
    """A WebP in base64."""
    text: Annotated[str, StringConstraints(max_length=MAX_PAGE_TEXT_LENGTH)] = ""
    suggested: Annotated[tuple[Suggested, ...], Field(max_length=50, strict=False)] = ()
    claims: Claims | None = None
    """Of the file, beside its first page."""

    @property
    def is_picture(self) -> bool:
        """Whether it begins as a WebP: nothing else goes to the browser of a reader."""
        try:
            begins = base64.b64decode(self.picture[:16], validate=True)
        except ValueError:
            return False
        return begins[:4] == b"RIFF" and begins[8:12] == b"WEBP"
