"""What a picture file says of itself: when, with what, and whether where (Exif 3.0).

These are claims. Any holder of the file can have written them, and most services that pass pictures
on remove them. Nothing is joined or decided by them, and the place itself is not read out.
"""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import datetime
from typing import Any, Final

from PIL import ExifTags, Image

from casework.report.examination import MAX_METADATA_CLAIM_LENGTH, FileType
from functions.examine.pictures import DECODER_BY_FILE_TYPE

_AT: Final = "%Y:%m:%d %H:%M:%S"
_ZONE: Final = re.compile(r"[+-][0-9]{2}:[0-9]{2}")
_READ: Final = 4 * MAX_METADATA_CLAIM_LENGTH


def read_metadata(content: bytes, kind: FileType) -> dict[str, Any] | None:
    """What the file claims; None where it claims nothing that can be read. Its pixels are not
    decoded."""
    try:
        with Image.open(io.BytesIO(content), formats=(str(DECODER_BY_FILE_TYPE[kind]),)) as picture:
            said = _said(picture.getexif())
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # the pixels do not depend on it
        return None
    return said if any(said.values()) else None


def _said(exif: Image.Exif) -> dict[str, Any]:
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    maker, model = (_line(exif.get(each)) for each in (ExifTags.Base.Make, ExifTags.Base.Model))
    named = model if maker is None or (model or "").startswith(maker) else f"{maker} {model or ''}"
    return {
        "taken": _taken(camera),
        "device": _line(named),
        "software": _line(exif.get(ExifTags.Base.Software)),
        "place": {ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude} <= place.keys(),
    }


def _taken(camera: dict[int, Any]) -> str | None:
    """Day and time, with the zone where it is told; None for what is none."""
    try:
        said = str(camera[ExifTags.Base.DateTimeOriginal]).strip("\0 ")
        at = datetime.strptime(said, _AT)  # noqa: DTZ007  # a device's clock; its zone may follow
    except (KeyError, ValueError):
        return None
    zone = str(camera.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    return at.isoformat(" ") + (zone if _ZONE.fullmatch(zone) else "")


def _line(value: object) -> str | None:
    """One line of text without control characters or marks of direction, cut off where long."""
    if not isinstance(value, str):
        return None
    shown = "".join(each for each in value[:_READ] if unicodedata.category(each)[0] != "C")
    return " ".join(shown.split())[:MAX_METADATA_CLAIM_LENGTH] or None
