"""Lists of known material: what one says of itself, how it is delivered, and which are in force.

A list comes as a text with one hash to a line and a manifest beside it. It is checked, sorted and
packed, and kept under the digest of what was packed. The catalogue names the lists in force, and
the versions that went.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from casework.hash_lists.perceptual_hash import has_content

MAX_LISTS: Final = 20
MAX_LIST_PICTURES: Final = 250_000
"""Hashes of pictures in all lists together: each picture is compared with each of them."""
MAX_ALL_LISTS_BYTES: Final = 128 * 1024 * 1024
"""Bytes of all lists together, packed: a process that asks holds them."""
MAX_FORMER_LISTS: Final = 500
"""Versions that went and are still named, the latest."""


class ListKind(StrEnum):
    """What the hashes of a list are of."""

    SHA256 = "sha256"
    MD5 = "md5"
    """Older lists have nothing else. It looks up and proves nothing: other files with the same MD5
    can be made."""
    PDQ = "pdq"
    """What pictures look like."""

    @property
    def width(self) -> int:
        """Bytes of one hash."""
        return 16 if self is ListKind.MD5 else 32


_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
_Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
_Line = Annotated[str, StringConstraints(pattern=r"^\P{C}{1,200}$")]
"""Nothing hidden: what is said of a list stands in terminals, histories and dossiers."""
_Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
_Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class ListIdentity(_Said):
    """Which list this is."""

    name: _Name
    version: _Version
    kind: Annotated[ListKind, Field(strict=False)]
    about: _Name
    """What it is a list of: an entry of the pack's `known.json`."""
    source: _Line
    """Who made it."""
    licence: _Line
    """Under which agreement it may be used here."""
    dated: _Day
    """The day of which its source says that it is."""

    @property
    def display_name(self) -> str:
        """Name and version, as histories tell it."""
        return f"{self.name}@{self.version}"


class HashListManifest(ListIdentity):
    """What comes beside a list."""

    count: Annotated[int, Field(ge=1)]
    """Hashes in it."""
    sha256: _Digest
    """Of the text as it was delivered."""


class HashList(HashListManifest):
    """A list in force."""

    rows: Annotated[int, Field(ge=1)]
    """Hashes without those that stood there twice, or say nothing."""
    content: _Digest
    """SHA-256 of the packed hashes, and their name in the bucket."""
    loaded_at: str

    @property
    def packed_bytes(self) -> int:
        """Bytes of the packed hashes."""
        return self.rows * self.kind.width


class RemovalReason(StrEnum):
    """Why a version is no longer in force."""

    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class FormerList(ListIdentity):
    """A version that was in force."""

    content: _Digest
    gone_at: str
    why: Annotated[RemovalReason, Field(strict=False)]


class HashListCatalogue(_Said):
    """The lists in force, and the versions that went."""

    lists: Annotated[tuple[HashList, ...], Field(max_length=MAX_LISTS, strict=False)] = ()
    gone: Annotated[tuple[FormerList, ...], Field(max_length=MAX_FORMER_LISTS, strict=False)] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        names = [each.name for each in self.lists]
        if len(set(names)) < len(names):
            raise ValueError("a list is in force twice")
        return self

    def lists_of_kinds(self, kinds: Collection[ListKind]) -> tuple[HashList, ...]:
        """The lists in force of these kinds."""
        return tuple(each for each in self.lists if each.kind in kinds)

    def find_list(self, name: str) -> HashList | None:
        """The version of a list in force, if there is one."""
        return next((each for each in self.lists if each.name == name), None)

    def find_former_list(self, name: str) -> FormerList | None:
        """The last version of a list that went."""
        return next((each for each in reversed(self.gone) if each.name == name), None)


class ListRejected(Exception):
    """A list is not loaded; the message says why, and repeats no hash."""

    error_code = "ListRefused"


@dataclass(frozen=True)
class PackedHashes:
    """The hashes of a list, sorted, each once."""

    content: bytes
    rows: int
    twice: int
    """Lines that repeat an earlier one."""
    plain: int
    """Hashes of blank pictures, which would resemble every other blank one."""


def parse_delivery(delivered: bytes, manifest: HashListManifest) -> PackedHashes:
    """The list of a delivered text; raises ListRejected with the first line that is wrong."""
    if hashlib.sha256(delivered).hexdigest() != manifest.sha256:
        raise ListRejected("sha256: the file is not the one of the manifest. Was it cut off?")
    hashes = list(_read(delivered, manifest.kind))
    if len(hashes) != manifest.count:
        raise ListRejected(
            f"count: the manifest says {manifest.count}, and {len(hashes)} are there"
        )
    once = sorted(set(hashes))
    telling = once
    if manifest.kind is ListKind.PDQ:
        telling = [each for each in once if has_content(each.hex())]
    if not telling:
        raise ListRejected("no hash of it says anything: all are of blank pictures")
    return PackedHashes(
        content=b"".join(telling),
        rows=len(telling),
        twice=len(hashes) - len(once),
        plain=len(once) - len(telling),
    )


def _read(delivered: bytes, kind: ListKind) -> Iterator[bytes]:
    whole = re.compile(rb"[0-9a-fA-F]{%d}" % (2 * kind.width))
    for number, line in enumerate(delivered.splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith(b"#"):
            continue
        if not whole.fullmatch(text):
            raise ListRejected(
                f"line {number}: a hash of kind {kind} has {2 * kind.width} hexadecimal digits "
                "and nothing beside it"
            )
        yield bytes.fromhex(text.decode())


def list_entry_from(manifest: HashListManifest, of: PackedHashes, at: str) -> HashList:
    """The list as the catalogue names it."""
    content = hashlib.sha256(of.content).hexdigest()
    return HashList(**manifest.model_dump(), rows=of.rows, content=content, loaded_at=at)


def add_list(catalogue: HashListCatalogue, new: HashList) -> HashListCatalogue:
    """The catalogue with this list in force instead of its former version; raises ListRejected."""
    old = catalogue.find_list(new.name)
    earlier = {each.display_name: each.content for each in catalogue.lists}
    earlier |= {each.display_name: each.content for each in catalogue.gone}
    if earlier.get(new.display_name, new.content) != new.content:
        raise ListRejected("version: this version was loaded with other hashes. Name a new one.")
    if old is not None and old.kind is not new.kind:
        raise ListRejected(f"kind: the list is one of {old.kind}. Give the new one another name.")
    others = tuple(each for each in catalogue.lists if each.name != new.name)
    if len(others) >= MAX_LISTS:
        raise ListRejected(f"A deployment has at most {MAX_LISTS} lists.")
    lists = (*others, new)
    pictures = sum(each.rows for each in lists if each.kind is ListKind.PDQ)
    if pictures > MAX_LIST_PICTURES:
        raise ListRejected(
            f"The lists of pictures have at most {MAX_LIST_PICTURES:,} hashes together; these have "
            f"{pictures:,}."
        )
    size = sum(each.packed_bytes for each in lists)
    if size > MAX_ALL_LISTS_BYTES:
        raise ListRejected(
            f"All lists have at most {MAX_ALL_LISTS_BYTES:,} bytes together; these {size:,}."
        )
    gone = tuple(each for each in catalogue.gone if each.display_name != new.display_name)
    if old is not None and old.display_name != new.display_name:
        gone = _with(gone, old, new.loaded_at, RemovalReason.REPLACED)
    return HashListCatalogue(lists=tuple(sorted(lists, key=lambda each: each.name)), gone=gone)


def withdraw_list(catalogue: HashListCatalogue, name: str, at: str) -> HashListCatalogue:
    """The catalogue without a list; raises ListRejected where none of this name is in force."""
    old = catalogue.find_list(name)
    if old is None:
        raise ListRejected("name: no such list is in force.")
    lists = tuple(each for each in catalogue.lists if each.name != name)
    return HashListCatalogue(
        lists=lists, gone=_with(catalogue.gone, old, at, RemovalReason.WITHDRAWN)
    )


def _with(
    gone: tuple[FormerList, ...], old: HashList, at: str, why: RemovalReason
) -> tuple[FormerList, ...]:
    said = {name: getattr(old, name) for name in (*ListIdentity.model_fields, "content")}
    return (*gone, FormerList(**said, gone_at=at, why=why))[-MAX_FORMER_LISTS:]


def count_changes(old: Iterable[bytes], new: Iterable[bytes]) -> tuple[int, int]:
    """How many hashes a new version adds and leaves out."""
    before, after = set(old), set(new)
    return len(after - before), len(before - after)


def iter_hashes(content: bytes, kind: ListKind) -> Iterator[bytes]:
    """The hashes of a packed list, in order."""
    return (content[at : at + kind.width] for at in range(0, len(content), kind.width))
