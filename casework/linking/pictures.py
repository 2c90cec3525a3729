"""Which pictures look alike: by PDQ, 256 bits of what a picture shows.

Alike pictures differ in few bits. A stored picture is found by its *bands*, sixteen clues of
sixteen bits each. Two pictures with at most 31 different bits have a band in which at most one
differs; so the own bands are looked up with each of their bits turned, too, and no such pair is
missed. Bands are keyed, so the table's reader cannot test a picture against them.

What is alike is advice for people. It joins nothing, weighs nothing and refuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from casework.identifiers import keyed_mark
from casework.known.looks import ALIKE, BITS, distance

_FILE: Final = "file-"
_PHONE: Final = "phone-"
_BANDS: Final = 16
_WIDTH: Final = BITS // _BANDS
_MASK: Final = (1 << _WIDTH) - 1
MOST_ALIKE: Final = 5
"""The pictures that are named beside one: the nearest, one of each report. So no report with many
pictures hides another report."""
MOST_UNDER: Final = 12
"""Pictures under one band: the latest. So a band is one write unit, and is read in one piece. A
picture that looks like those of so many reports gives no bands: it is found by theirs, and what
everybody sends on writes nothing."""
MOST_COMPARED: Final = 100
"""Pictures that one is compared with: those that share the most bands."""


@dataclass(frozen=True)
class PictureName:
    """A picture of a report."""

    reference: str
    name: str
    """As `of_file` and `of_phone` make it."""

    @property
    def file(self) -> int | None:
        """The number of the file; None where the report has a hash alone."""
        return int(self.name.removeprefix(_FILE)) if self.name.startswith(_FILE) else None

    @property
    def hash_only(self) -> int | None:
        """Which of the hashes that came without a picture; None for a file."""
        return int(self.name.removeprefix(_PHONE)) if self.name.startswith(_PHONE) else None


def of_file(reference: str, number: int) -> PictureName:
    """The picture in a file of a report."""
    return PictureName(reference, f"{_FILE}{number:03d}")


def of_phone(reference: str, number: int) -> PictureName:
    """The picture whose hash the reporter's phone computed, counted from 1."""
    return PictureName(reference, f"{_PHONE}{number:03d}")


@dataclass(frozen=True)
class Alike:
    """Another picture that looks alike."""

    picture: PictureName
    distance: int
    """Different bits of 256; 0 for the same hash."""


def bands(pdq: str, key: bytes) -> list[str]:
    """The clues under which a picture can be found."""
    return [_clue(band, said, key) for band, said in enumerate(_split(pdq))]


def looked_up(pdq: str, key: bytes) -> list[str]:
    """The clues to look up for the pictures at most `ALIKE` bits away: 272, the own ones first."""
    turned = [
        _clue(band, said ^ 1 << bit, key)
        for band, said in enumerate(_split(pdq))
        for bit in range(_WIDTH)
    ]
    return [*bands(pdq, key), *turned]


def candidates(
    found: Mapping[str, Iterable[PictureName]], without: PictureName
) -> list[PictureName]:
    """The pictures under these clues that are worth comparing; none of the same report."""
    shared: dict[PictureName, int] = {}
    for names in found.values():
        for each in names:
            if each.reference != without.reference:
                shared[each] = shared.get(each, 0) + 1
    ranked = sorted(shared, key=lambda each: (-shared[each], each.reference, each.name))
    return ranked[:MOST_COMPARED]


def nearest(pdq: str, others: Mapping[PictureName, str]) -> tuple[Alike, ...]:
    """The pictures among others, each with its hash, that look alike, the nearest first; of each
    report the nearest alone."""
    far = {each: distance(pdq, other) for each, other in others.items()}
    ranked = sorted(far, key=lambda each: (far[each], each.reference, each.name))
    found: dict[str, Alike] = {}
    for each in ranked:
        if far[each] <= ALIKE:
            found.setdefault(each.reference, Alike(each, far[each]))
    return tuple(found.values())


def named_with(alike: Sequence[Alike], later: Alike) -> tuple[Alike, ...]:
    """What is named beside a picture once a later one was found: the nearest `MOST_ALIKE`, the
    earlier one of two that are as far."""
    others = [each for each in alike if each.picture.reference != later.picture.reference]
    same = [each for each in alike if each.picture.reference == later.picture.reference]
    ranked = sorted([*others, min([*same, later], key=_far)], key=_far)
    return tuple(ranked[:MOST_ALIKE])


def _far(alike: Alike) -> int:
    return alike.distance


def _split(pdq: str) -> list[int]:
    bits = int(pdq, 16)
    return [bits >> band * _WIDTH & _MASK for band in range(_BANDS)]


def _clue(band: int, said: int, key: bytes) -> str:
    return f"look-{keyed_mark(key, f'look-{band}', f'{said:04x}')}"
