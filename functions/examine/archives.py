"""What a ZIP says that it holds: names and sizes from its directory. Nothing is unpacked.

The directory is read by its own rules (APPNOTE 4.3.12, 4.3.16) and not by a library that would also
open entries. What it says may be false: only unpacking would tell, and that is for people.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from functions.examine.pictures import NotDecodable

ZIP_SIGNATURES: Final = frozenset({b"PK\x03\x04", b"PK\x05\x06"})
"""Of a ZIP, and of an empty one."""
MAX_ARCHIVE_ENTRIES: Final = 1_000
"""Entries that are listed; of more the first ones."""
MAX_RATIO: Final = 100
"""Of what an archive says it unpacks to, to what it has: a larger one is marked."""
_END: Final = struct.Struct("<4s4H2LH")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_LONGEST_COMMENT: Final = 65_535
_UTF_8: Final = 1 << 11
_LOCKED: Final = 1
_UNSAID: Final = 0xFFFF_FFFF
"""Stands for a size that is told elsewhere (ZIP64)."""
_CONTROL: Final = dict.fromkeys([*range(32), 127, 0x2028, 0x2029], "\ufffd")


@dataclass(frozen=True)
class ArchiveLine:
    """One line of the directory."""

    name: str
    size: int
    packed: int
    locked: bool
    """Whether it needs a password."""

    @property
    def line(self) -> str:
        """Size and name, as they are shown."""
        size = "?" if self.size == _UNSAID else str(self.size)
        return f"{size}{' 🔒' if self.locked else ''}\t{self.name}"


def format_archive_listing(content: bytes) -> str:
    """The entries of a ZIP, one a line, under a line with their number, their bytes and the ratio;
    ⚠ stands before a ratio that is too large. Raises NotDecodable where there is no directory."""
    count, at = _directory(content)
    entries: list[ArchiveLine] = []
    while len(entries) < min(count, MAX_ARCHIVE_ENTRIES):
        entry, at = _entry(content, at)
        entries.append(entry)
    size = sum(each.size for each in entries)
    ratio = size // max(sum(each.packed for each in entries), 1)
    warned = "⚠ " if ratio > MAX_RATIO else ""
    head = f"Σ {len(entries)}/{count} · {size} B · {warned}{ratio}:1"
    return "\n".join([head, *(each.line for each in entries)])


def _directory(content: bytes) -> tuple[int, int]:
    """How many entries the directory has, and where it begins."""
    found = content.rfind(b"PK\x05\x06", -(_LONGEST_COMMENT + _END.size))
    if found < 0 or found + _END.size > len(content):
        raise NotDecodable
    _, disk, begins, _, count, size, at, _ = _END.unpack_from(content, found)
    # Something may stand before a ZIP: its directory stands right before the end, wherever that is.
    at = at if at + size == found else found - size
    if disk or begins or at < 0:
        raise NotDecodable
    return count, at


def _entry(content: bytes, at: int) -> tuple[ArchiveLine, int]:
    if at + _ENTRY.size > len(content):
        raise NotDecodable
    said = _ENTRY.unpack_from(content, at)
    flags, packed, size, name, extra, comment = said[3], *said[8:13]
    if said[0] != b"PK\x01\x02":
        raise NotDecodable
    raw = content[at + _ENTRY.size : at + _ENTRY.size + name]
    text = raw.decode("utf-8" if flags & _UTF_8 else "cp437", "replace").translate(_CONTROL)
    entry = ArchiveLine(text, size, packed, bool(flags & _LOCKED))
    return entry, at + _ENTRY.size + name + extra + comment
