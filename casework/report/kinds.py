"""What a file begins as: its first bytes, never its name.

The signatures are those of the formats' own documents: JPEG (ITU-T T.81 B.1), PNG (ISO/IEC 15948
5.2), GIF89a, TIFF 6.0, RIFF, ISO/IEC 14496-12 (`ftyp`), BMP
(header sizes of Windows and OS/2), PDF (ISO 32000 7.5.2), Ogg (RFC 3533), AMR
(RFC 4867), EBML (RFC 8794), ZIP (APPNOTE 4.3.7). A file that begins as one format and is another,
too, is taken for the one that it begins as, and only that decoder reads it.
"""

from __future__ import annotations

import codecs
from typing import Final

from casework.report.examination import FileType

_BEGINS: Final[tuple[tuple[bytes, FileType], ...]] = (
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    (b"GIF87a", FileType.GIF),
    (b"GIF89a", FileType.GIF),
    (b"II*\x00", FileType.TIFF),
    (b"MM\x00*", FileType.TIFF),
    (b"%PDF-", FileType.PDF),
    (b"OggS", FileType.SOUND),
    (b"#!AMR", FileType.SOUND),
    (b"ID3", FileType.SOUND),
    *((bytes((0xFF, second)), FileType.SOUND) for second in (0xFB, 0xFA, 0xF3, 0xF2, 0xF1, 0xF9)),
    (b"\x1aE\xdf\xa3", FileType.VIDEO),
    (b"PK\x03\x04", FileType.ARCHIVE),
    (b"PK\x05\x06", FileType.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", FileType.ARCHIVE),
    (b"Rar!\x1a\x07", FileType.ARCHIVE),
    (b"\x1f\x8b", FileType.ARCHIVE),
)
_IN_RIFF: Final = {b"WEBP": FileType.WEBP, b"WAVE": FileType.SOUND, b"AVI ": FileType.VIDEO}
_BRANDS: Final = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim"), FileType.HEIC),
    **dict.fromkeys((b"avif", b"avis"), FileType.AVIF),
    **dict.fromkeys((b"M4A ", b"M4B "), FileType.SOUND),
}
_HEADERS_OF_BMP: Final = frozenset({12, 40, 52, 56, 64, 108, 124})
"""Bytes of the header after the first 14: "BM" alone begins many a text."""
_NOT_IN_TEXT: Final = bytes({*range(32), 127} - {*b"\t\n\r\f"})


def detect_file_type(content: bytes) -> FileType:
    """The type that the bytes begin as."""
    if content[:4] == b"RIFF":
        return _IN_RIFF.get(content[8:12], FileType.UNKNOWN)
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], FileType.VIDEO)
    if content[:2] == b"BM" and int.from_bytes(content[14:18], "little") in _HEADERS_OF_BMP:
        return FileType.BMP
    for begins, kind in _BEGINS:
        if content.startswith(begins):
            return kind
    return FileType.TEXT if _is_text(content) else FileType.UNKNOWN


def _is_text(content: bytes) -> bool:
    """Whether the whole file is UTF-8 without control characters."""
    if not content or content.translate(None, _NOT_IN_TEXT) != content:
        return False
    try:
        codecs.decode(content, "utf-8")
    except UnicodeDecodeError:
        return False
    return True
