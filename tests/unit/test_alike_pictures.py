"""Pictures that look alike are found by their bands, whichever bits differ, and others are not."""

from __future__ import annotations

import random

import pytest

from casework.known.looks import ALIKE, distance
from casework.linking import pictures
from casework.linking.pictures import (
    MOST_ALIKE,
    MOST_COMPARED,
    Alike,
    PictureName,
    named_with,
    nearest,
    of_file,
    of_phone,
)

KEY = b"a key of clues"
DRAW = random.Random(17)


def changed(pdq: str, bits: int, draw: random.Random = DRAW) -> str:
    """The hash with so many bits turned, anywhere."""
    turned = sum(1 << bit for bit in draw.sample(range(256), bits))
    return f"{int(pdq, 16) ^ turned:064x}"


def spread(pdq: str, bits: int) -> str:
    """The hash with so many bits turned, as evenly over its bands as they can be."""
    turned = sum(1 << (16 * (each % 16) + each // 16) for each in range(bits))
    return f"{int(pdq, 16) ^ turned:064x}"


def drawn() -> str:
    return f"{DRAW.getrandbits(256):064x}"


def shares(one: str, other: str) -> bool:
    """Whether looking for one finds what the other was stored under."""
    return bool(set(pictures.looked_up(one, KEY)) & set(pictures.bands(other, KEY)))


def test_every_picture_at_most_31_bits_away_is_found_by_a_band() -> None:
    first = drawn()
    for first in (drawn() for _ in range(200)):
        assert shares(first, changed(first, ALIKE))
        assert shares(first, spread(first, ALIKE))
    assert not shares(first, spread(first, 32)), "two bits of every band differ"


@pytest.mark.parametrize(("bits", "alike"), [(0, True), (31, True), (32, False)])
def test_31_different_bits_are_alike_and_32_are_not(bits: int, alike: bool) -> None:
    first, other = drawn(), of_file("R", 1)
    found = nearest(changed(first, bits), {other: first})
    assert found == ((Alike(other, bits),) if alike else ())


def test_the_nearest_are_named_and_no_list_grows_with_what_is_sent_on() -> None:
    first = drawn()
    others = {of_file(f"R{n:03d}", 1): spread(first, n % 32) for n in range(500)}
    found = nearest(first, others)
    assert [each.distance for each in found] == sorted(n % 32 for n in range(500))
    under = {"a band": list(others)}
    assert len(pictures.candidates(under, of_file("R000", 1))) == MOST_COMPARED
    assert len(pictures.looked_up(first, KEY)) == 16 + 256
    assert len(pictures.bands(first, KEY)) == 16


def test_no_report_with_many_pictures_hides_another_report() -> None:
    mine = drawn()
    junk = {of_phone("JUNK", n): spread(mine, n) for n in range(1, 6)}
    found = nearest(mine, {**junk, of_phone("VICTIM", 1): spread(mine, 9)})
    assert [(each.picture, each.distance) for each in found] == [
        (of_phone("JUNK", 1), 1),
        (of_phone("VICTIM", 1), 9),
    ]


def test_a_later_picture_takes_the_place_of_one_that_is_farther() -> None:
    first = tuple(Alike(of_phone(f"R{n}", 1), 10 + n) for n in range(MOST_ALIKE))
    nearer = Alike(of_phone("NEW", 1), 3)
    assert named_with(first, nearer) == (nearer, *first[:-1])
    assert named_with(first, Alike(of_phone("NEW", 1), 14)) == first, "the earlier of two as far"
    again = Alike(of_phone("R2", 2), 4)
    assert named_with(first, again) == (again, first[0], first[1], first[3], first[4])
    assert named_with(first, Alike(of_phone("R2", 2), 20)) == first, "of a report the nearest"


def test_a_picture_is_not_compared_with_another_of_its_own_report() -> None:
    mine, other = of_file("R1", 1), of_phone("R2", 1)
    found = {"one": [of_file("R1", 2), other], "two": [other, PictureName("R3", "file-001")]}
    assert pictures.candidates(found, mine) == [other, of_file("R3", 1)]


def test_a_band_tells_nothing_without_the_key_and_not_which_band_it_is() -> None:
    first = drawn()
    assert not set(pictures.bands(first, KEY)) & set(pictures.looked_up(first, b"another key"))
    alike = "7a2b" * 16  # all its bands are the same
    assert len(set(pictures.bands(alike, KEY))) == 16


def test_a_name_says_whether_there_is_a_file() -> None:
    assert (of_file("R", 7).file, of_file("R", 7).hash_only) == (7, None)
    assert (of_phone("R", 2).file, of_phone("R", 2).hash_only) == (None, 2)
    assert distance("0f" * 32, "00" * 32) == 128
