"""What the lists answer for one file or picture, and how a later answer stands beside it.

An answer names its list, version and source, and never a hash. A match that a later version no
longer has stays, and says so.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from casework.hash_lists.catalogue import HashList, ListIdentity, ListKind
from casework.hash_lists.perceptual_hash import MAX_DISTANCE, PDQ_BITS, Turned, pdq_rotations


class OnList(StrEnum):
    """What a list said."""

    KNOWN = "known"
    NOT_KNOWN = "not_known"
    NOT_ASKED = "not_asked"
    """It could not be read, or there is nothing to ask it with."""
    FORMER = "former"
    """An earlier version had it, and the one that was asked last has it no more, or the list was
    withdrawn."""


class LookupResult(ListIdentity):
    """What one list said of one file or picture."""

    found: Annotated[OnList, Field(strict=False)]
    distance: Annotated[int, Field(ge=0, le=PDQ_BITS)] | None = None
    """Different bits of 256, of a picture that is known; none for a file, whose bytes are."""
    turned: Annotated[Turned, Field(strict=False)] = Turned.NO
    """Of a picture: whether the known one is mirrored or turned."""

    @classmethod
    def from_list(
        cls,
        hash_list: ListIdentity,
        found: OnList,
        distance: int | None = None,
        turned: Turned = Turned.NO,
    ) -> Self:
        """The answer of a list."""
        said = {name: getattr(hash_list, name) for name in ListIdentity.model_fields}
        return cls(**said, found=found, distance=distance, turned=turned)


class LookupResults(BaseModel):
    """What all lists in force said, and the matches of earlier versions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    asked_at: str
    """The minute."""
    answers: Annotated[tuple[LookupResult, ...], Field(strict=False)] = ()
    readable: bool = True
    """Whether it could be read which lists are in force. Else none was asked."""

    @property
    def is_complete(self) -> bool:
        """Whether every list in force was asked."""
        return self.readable and all(each.found is not OnList.NOT_ASKED for each in self.answers)

    @property
    def has_match(self) -> bool:
        """Whether a list in force has it."""
        return any(each.found is OnList.KNOWN for each in self.answers)

    @property
    def digest(self) -> str:
        """Names what was answered, whenever it was."""
        said = self.model_dump_json(exclude={"asked_at"})
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def answers_all(self, lists: Iterable[HashList]) -> bool:
        """Whether nothing is left to ask these lists."""
        told = {each.display_name for each in self.answers if each.found is not OnList.FORMER}
        return self.is_complete and told == {each.display_name for each in lists}


def merge_results(earlier: LookupResults | None, now: LookupResults) -> LookupResults:
    """The answers of now, with the matches of earlier versions that are none any more.

    Where a list could not be asked, what it said before stays beside that.
    """
    if earlier is None:
        return now
    said = {each.name: each.found for each in now.answers}
    stay = [
        each if not now.readable or said.get(each.name) is OnList.NOT_ASKED else _former(each)
        for each in earlier.answers
        if each.found in {OnList.KNOWN, OnList.FORMER} and said.get(each.name) is not OnList.KNOWN
    ]
    return now.model_copy(update={"answers": (*now.answers, *stay)})


def _former(answer: LookupResult) -> LookupResult:
    return answer.model_copy(update={"found": OnList.FORMER})


@dataclass(frozen=True)
class NearestMatch:
    """The nearest hash of a list."""

    distance: int
    turned: Turned


def is_digest_listed(content: bytes, kind: ListKind, digest: bytes) -> bool:
    """Whether a packed list of files has this digest."""
    width = kind.width
    rows = range(len(content) // width)
    at = bisect_left(rows, digest, key=lambda row: content[row * width : (row + 1) * width])
    return content[at * width : (at + 1) * width] == digest


def find_nearest(rows: Sequence[int], pdq: str) -> NearestMatch | None:
    """The nearest hash at most `MAX_DISTANCE` bits away, of the picture as it is before that of a
    mirrored or turned one; None without any."""
    found: list[tuple[int, int, Turned]] = []
    for order, (turned, bits) in enumerate(pdq_rotations(pdq)):
        near = [far for row in rows if (far := (row ^ bits).bit_count()) <= MAX_DISTANCE]
        if near:
            found.append((min(near), order, turned))
        if near and turned is Turned.NO:
            break
    if not found:
        return None
    far, _, turned = min(found)
    return NearestMatch(far, turned)


FILE_LIST_KINDS: Final = frozenset({ListKind.SHA256, ListKind.MD5})
PICTURE_LIST_KINDS: Final = frozenset({ListKind.PDQ})
"""Which lists are asked of the bytes of a file, and of what a picture looks like."""
