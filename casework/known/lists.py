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

from casework.known.looks import is_of_something

MOST_LISTS: Final = 20
MOST_PICTURES: Final = 250_000
"""Hashes of pictures in all lists together: each picture is compared with each of them."""
MOST_BYTES: Final = 128 * 1024 * 1024
"""Bytes of all lists together, packed: a process that asks holds them."""
MOST_GONE: Final = 500
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


class Described(_Said):
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
    def named(self) -> str:
        """Name and version, as histories tell it."""
        return f"{self.name}@{self.version}"


class Manifest(Described):
    """What comes beside a list."""

    count: Annotated[int, Field(ge=1)]
    """Hashes in it."""
    sha256: _Digest
    """Of the text as it was delivered."""


class KnownList(Manifest):
    """A list in force."""

    rows: Annotated[int, Field(ge=1)]
    """Hashes without those that stood there twice, or say nothing."""
    content: _Digest
    """SHA-256 of the packed hashes, and their name in the bucket."""
    loaded_at: str

    @property
    def packed(self) -> int:
        """Bytes of the packed hashes."""
        return self.rows * self.kind.width


class WhyGone(StrEnum):
    """Why a version is no longer in force."""

    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class FormerList(Described):
    """A version that was in force."""

    content: _Digest
    gone_at: str
    why: Annotated[WhyGone, Field(strict=False)]


class Catalogue(_Said):
    """The lists in force, and the versions that went."""

    lists: Annotated[tuple[KnownList, ...], Field(max_length=MOST_LISTS, strict=False)] = ()
    gone: Annotated[tuple[FormerList, ...], Field(max_length=MOST_GONE, strict=False)] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        names = [each.name for each in self.lists]
        if len(set(names)) < len(names):
            raise ValueError("a list is in force twice")
        return self

    def of(self, kinds: Collection[ListKind]) -> tuple[KnownList, ...]:
        """The lists in force of these kinds."""
        return tuple(each for each in self.lists if each.kind in kinds)

    def one(self, name: str) -> KnownList | None:
        """The version of a list in force, if there is one."""
        return next((each for each in self.lists if each.name == name), None)

    def went(self, name: str) -> FormerList | None:
        """The last version of a list that went."""
        return next((each for each in reversed(self.gone) if each.name == name), None)


class ListRefused(Exception):
    """A list is not loaded; the message says why, and repeats no hash."""

    error_code = "ListRefused"


@dataclass(frozen=True)
class Packed:
    """The hashes of a list, sorted, each once."""

    content: bytes
    rows: int
    twice: int
    """Lines that repeat an earlier one."""
    plain: int
    """Hashes of blank pictures, which would resemble every other blank one."""


def packed(delivered: bytes, manifest: Manifest) -> Packed:
    """The list of a delivered text; raises ListRefused with the first line that is wrong."""
    if hashlib.sha256(delivered).hexdigest() != manifest.sha256:
        raise ListRefused("sha256: the file is not the one of the manifest. Was it cut off?")
    hashes = list(_read(delivered, manifest.kind))
    if len(hashes) != manifest.count:
        raise ListRefused(f"count: the manifest says {manifest.count}, and {len(hashes)} are there")
    once = sorted(set(hashes))
    telling = once
    if manifest.kind is ListKind.PDQ:
        telling = [each for each in once if is_of_something(each.hex())]
    if not telling:
        raise ListRefused("no hash of it says anything: all are of blank pictures")
    return Packed(
        content=b"".join(telling),
        rows=len(telling),
        twice=len(hashes) - len(once),
        plain=len(once) - len(telling),
    )


def _read(delivered: bytes, kind: ListKind) -> Iterator[bytes]:
    whole = re.compile(rb"[0-9a-fA-F]{%d}" % (2 * kind.width))
    for number, line in enumerate(delivered.splitlines(), start=1):
        said = line.strip()
        if not said or said.startswith(b"#"):
            continue
        if not whole.fullmatch(said):
            raise ListRefused(
                f"line {number}: a hash of kind {kind} has {2 * kind.width} hexadecimal digits "
                "and nothing beside it"
            )
        yield bytes.fromhex(said.decode())


def in_force(manifest: Manifest, of: Packed, at: str) -> KnownList:
    """The list as the catalogue names it."""
    content = hashlib.sha256(of.content).hexdigest()
    return KnownList(**manifest.model_dump(), rows=of.rows, content=content, loaded_at=at)


def loaded(catalogue: Catalogue, new: KnownList) -> Catalogue:
    """The catalogue with this list in force instead of its former version; raises ListRefused."""
    old = catalogue.one(new.name)
    earlier = {each.named: each.content for each in catalogue.lists}
    earlier |= {each.named: each.content for each in catalogue.gone}
    if earlier.get(new.named, new.content) != new.content:
        raise ListRefused("version: this version was loaded with other hashes. Name a new one.")
    if old is not None and old.kind is not new.kind:
        raise ListRefused(f"kind: the list is one of {old.kind}. Give the new one another name.")
    others = tuple(each for each in catalogue.lists if each.name != new.name)
    if len(others) >= MOST_LISTS:
        raise ListRefused(f"A deployment has at most {MOST_LISTS} lists.")
    lists = (*others, new)
    pictures = sum(each.rows for each in lists if each.kind is ListKind.PDQ)
    if pictures > MOST_PICTURES:
        raise ListRefused(
            f"The lists of pictures have at most {MOST_PICTURES:,} hashes together; these have "
            f"{pictures:,}."
        )
    size = sum(each.packed for each in lists)
    if size > MOST_BYTES:
        raise ListRefused(f"All lists have at most {MOST_BYTES:,} bytes together; these {size:,}.")
    gone = tuple(each for each in catalogue.gone if each.named != new.named)
    if old is not None and old.named != new.named:
        gone = _with(gone, old, new.loaded_at, WhyGone.REPLACED)
    return Catalogue(lists=tuple(sorted(lists, key=lambda each: each.name)), gone=gone)


def withdrawn(catalogue: Catalogue, name: str, at: str) -> Catalogue:
    """The catalogue without a list; raises ListRefused where none of this name is in force."""
    old = catalogue.one(name)
    if old is None:
        raise ListRefused("name: no such list is in force.")
    lists = tuple(each for each in catalogue.lists if each.name != name)
    return Catalogue(lists=lists, gone=_with(catalogue.gone, old, at, WhyGone.WITHDRAWN))


def _with(
    gone: tuple[FormerList, ...], old: KnownList, at: str, why: WhyGone
) -> tuple[FormerList, ...]:
    said = {name: getattr(old, name) for name in (*Described.model_fields, "content")}
    return (*gone, FormerList(**said, gone_at=at, why=why))[-MOST_GONE:]


def changed(old: Iterable[bytes], new: Iterable[bytes]) -> tuple[int, int]:
    """How many hashes a new version adds and leaves out."""
    before, after = set(old), set(new)
    return len(after - before), len(before - after)


def rows_of(content: bytes, kind: ListKind) -> Iterator[bytes]:
    """The hashes of a packed list, in order."""
    return (content[at : at + kind.width] for at in range(0, len(content), kind.width))
