"""Which pictures look alike: by PDQ, 256 bits of what a picture shows.

Alike pictures differ in few bits. A stored picture is found by its *bands*, sixteen clues of
sixteen bits each. Two pictures with at most 31 different bits have a band in which at most one
differs; so the own bands are looked up with each of their bits turned, too, and no such pair is
missed. Bands are keyed, so the table's reader cannot test a picture against them.

Anybody can send fingerprints of pictures that nobody can see. So what is *vouched for* — a file
that was kept, or a picture of a report that a person admitted by its name — has places of its own
everywhere, which no bare fingerprint takes.

What is alike is advice for people. It joins nothing, weighs nothing and refuses nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from casework.hash_lists.perceptual_hash import MAX_DISTANCE, PDQ_BITS, hamming_distance
from casework.identifiers import keyed_mark
from casework.linking.groups import firsts_first

_FILE: Final = "file-"
_PHONE: Final = "phone-"
_BANDS: Final = 16
_WIDTH: Final = PDQ_BITS // _BANDS
_MASK: Final = (1 << _WIDTH) - 1
MAX_ALIKE: Final = 8
"""The pictures that are named beside one, of those that are vouched for and of the others: one of
each report, so that no report with many pictures hides another report."""
MAX_UNDER: Final = 12
"""Pictures that the item of a band names, of either kind: the latest. So a band is one write unit,
and is read in one piece. The others of the band stand in items of their own."""
MAX_COMPARED: Final = 100
"""Pictures of either kind that a new one is compared with: those that share the most bands."""
PICTURE_HOUR_SECONDS: Final = 3_600
"""Seconds in which bare fingerprints that look alike are one burst."""


@dataclass(frozen=True)
class PictureName:
    """A picture of a report."""

    reference: str
    name: str
    """As `file_picture_name` and `phone_picture_name` make it."""

    @property
    def file(self) -> int | None:
        """The number of the file; None where the report has a hash alone."""
        return int(self.name.removeprefix(_FILE)) if self.name.startswith(_FILE) else None

    @property
    def hash_only(self) -> int | None:
        """Which of the hashes that came without a picture; None for a file."""
        return int(self.name.removeprefix(_PHONE)) if self.name.startswith(_PHONE) else None


def file_picture_name(reference: str, number: int) -> PictureName:
    """The picture in a file of a report."""
    return PictureName(reference, f"{_FILE}{number:03d}")


def phone_picture_name(reference: str, number: int) -> PictureName:
    """The picture whose hash the reporter's phone computed, counted from 1."""
    return PictureName(reference, f"{_PHONE}{number:03d}")


@dataclass(frozen=True)
class PictureLook:
    """What a picture looks like, and what speaks for it."""

    pdq: str
    hour: int = 0
    """When it came, in hours since 1970."""
    vouched: bool = False
    """Whether it was kept as a file, or people admitted its report by name."""


@dataclass(frozen=True)
class PictureMatch:
    """Another picture that looks alike."""

    picture: PictureName
    distance: int
    """Different bits of 256; 0 for the same hash."""
    hour: int = 0
    vouched: bool = False
    """Both as of a `PictureLook`."""


@dataclass(frozen=True)
class BandPictures:
    """The pictures that the item of a band names, the oldest first."""

    vouched: tuple[PictureName, ...] = ()
    bare: tuple[PictureName, ...] = ()
    more: bool = False
    """Whether the band has further ones."""


def index_bands(pdq: str, key: bytes) -> list[str]:
    """The clues under which a picture can be found."""
    return [_clue(band, said, key) for band, said in enumerate(_split(pdq))]


def lookup_bands(pdq: str, key: bytes) -> list[str]:
    """The clues to look up for the pictures at most `MAX_DISTANCE` bits away: 272, the own ones
    first."""
    turned = [
        _clue(band, said ^ 1 << bit, key)
        for band, said in enumerate(_split(pdq))
        for bit in range(_WIDTH)
    ]
    return [*index_bands(pdq, key), *turned]


def rank_candidates(
    found: Mapping[str, BandPictures], without: PictureName
) -> list[list[PictureName]]:
    """The pictures under these clues that are worth comparing, those that are vouched for and the
    others, at most `MAX_COMPARED` of each; none of the same report."""
    vouched = _most_shared((each.vouched for each in found.values()), without.reference)
    bare = _most_shared((each.bare for each in found.values()), without.reference)
    known = {*vouched}
    return [vouched, [each for each in bare if each not in known]]


def _most_shared(bands: Iterable[Iterable[PictureName]], without: str) -> list[PictureName]:
    shared = Counter(each for names in bands for each in names if each.reference != without)
    ranked = sorted(shared, key=lambda each: (-shared[each], each.reference, each.name))
    return ranked[:MAX_COMPARED]


def nearest_pictures(
    pdq: str, others: Mapping[PictureName, PictureLook]
) -> tuple[PictureMatch, ...]:
    """The pictures among others that look alike, in the order of `ranked`; of each report one."""
    far = {each: hamming_distance(pdq, other.pdq) for each, other in others.items()}
    found = (
        PictureMatch(each, far[each], others[each].hour, others[each].vouched)
        for each in sorted(others, key=lambda each: (each.reference, each.name))
        if far[each] <= MAX_DISTANCE
    )
    return rank_picture_matches(found)


def rank_picture_matches(alike: Iterable[PictureMatch]) -> tuple[PictureMatch, ...]:
    """Pictures that look like one, of each report the best: first what is vouched for, then bare
    fingerprints; of either kind the nearest of each hour in turns, so that a burst comes behind
    what came apart from it. Of two that are as far the earlier one stays before the later."""
    best: dict[str, PictureMatch] = {}
    for each in sorted(alike, key=lambda each: (not each.vouched, each.distance)):
        best.setdefault(each.picture.reference, each)
    vouched = firsts_first((each for each in best.values() if each.vouched), _hour)
    bare = firsts_first((each for each in best.values() if not each.vouched), _hour)
    return (*vouched, *bare)


def select_named_matches(alike: Iterable[PictureMatch]) -> tuple[PictureMatch, ...]:
    """What is named beside a picture: the first of either kind, at most `MAX_ALIKE`."""
    order = rank_picture_matches(alike)
    vouched = [each for each in order if each.vouched]
    bare = [each for each in order if not each.vouched]
    return (*vouched[:MAX_ALIKE], *bare[:MAX_ALIKE])


def may_have_more_matches(alike: Sequence[PictureMatch]) -> bool:
    """Whether there may be more than what is named."""
    vouched = sum(each.vouched for each in alike)
    return max(vouched, len(alike) - vouched) >= MAX_ALIKE


def is_crowded_match(alike: Sequence[PictureMatch], *, vouched: bool) -> bool:
    """Whether a picture that looks like so many stands beside the items of its bands: what
    everybody sends on pushes nothing out of them, and is found by the others."""
    return sum(each.vouched or not vouched for each in alike) >= MAX_UNDER


def _hour(alike: PictureMatch) -> int:
    return alike.hour


def _split(pdq: str) -> list[int]:
    bits = int(pdq, 16)
    return [bits >> band * _WIDTH & _MASK for band in range(_BANDS)]


def _clue(band: int, said: int, key: bytes) -> str:
    return f"look-{keyed_mark(key, f'look-{band}', f'{said:04x}')}"


def first_band(pdq: str, other: str) -> int:
    """The place in `lookup_bands` of the first band by which one picture finds another; raises
    ValueError where none does."""
    turns = [one ^ two for one, two in zip(_split(pdq), _split(other), strict=True)]
    own = (band for band, turned in enumerate(turns) if not turned)
    near = (
        _BANDS + _WIDTH * band + turned.bit_length() - 1
        for band, turned in enumerate(turns)
        if turned.bit_count() == 1
    )
    place = next(chain(own, near), None)
    if place is None:
        raise ValueError("they share no band")
    return place
