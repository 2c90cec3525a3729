"""Pictures that look alike are found by their bands, whichever bits differ, and others are not."""

from __future__ import annotations

import random

import pytest

from casework.hash_lists.perceptual_hash import MAX_DISTANCE, hamming_distance
from casework.linking import picture_matching
from casework.linking.picture_matching import (
    MAX_ALIKE,
    MAX_COMPARED,
    MAX_UNDER,
    BandPictures,
    PictureLook,
    PictureMatch,
    PictureName,
    file_picture_name,
    first_band,
    is_crowded_match,
    may_have_more_matches,
    nearest_pictures,
    phone_picture_name,
    select_named_matches,
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
    return bool(
        set(picture_matching.lookup_bands(one, KEY)) & set(picture_matching.index_bands(other, KEY))
    )


def test_every_picture_at_most_31_bits_away_is_found_by_a_band() -> None:
    first = drawn()
    for first in (drawn() for _ in range(200)):
        assert shares(first, changed(first, MAX_DISTANCE))
        assert shares(first, spread(first, MAX_DISTANCE))
    assert not shares(first, spread(first, 32)), "two bits of every band differ"


@pytest.mark.parametrize(("bits", "alike"), [(0, True), (31, True), (32, False)])
def test_31_different_bits_are_alike_and_32_are_not(bits: int, alike: bool) -> None:
    first, other = drawn(), file_picture_name("R", 1)
    found = nearest_pictures(changed(first, bits), {other: PictureLook(first)})
    assert found == ((PictureMatch(other, bits),) if alike else ())


def test_what_is_read_and_named_does_not_grow_with_what_is_sent_on() -> None:
    first = drawn()
    others = {
        phone_picture_name(f"R{n:03d}", 1): PictureLook(spread(first, n % 32)) for n in range(500)
    }
    found = nearest_pictures(first, others)
    assert [each.distance for each in found] == sorted(n % 32 for n in range(500))
    assert len(select_named_matches(found)) == MAX_ALIKE
    under = {
        "a band": BandPictures(
            tuple(file_picture_name(f"F{n:03d}", 1) for n in range(500)), tuple(others)
        )
    }
    compared = picture_matching.rank_candidates(under, file_picture_name("R000", 1))
    assert [len(each) for each in compared] == [MAX_COMPARED, MAX_COMPARED]
    assert len(picture_matching.lookup_bands(first, KEY)) == 16 + 256
    assert len(picture_matching.index_bands(first, KEY)) == 16


def test_no_report_with_many_pictures_hides_another_report() -> None:
    mine = drawn()
    junk = {phone_picture_name("JUNK", n): PictureLook(spread(mine, n)) for n in range(1, 6)}
    found = nearest_pictures(
        mine, {**junk, phone_picture_name("VICTIM", 1): PictureLook(spread(mine, 9))}
    )
    assert [(each.picture, each.distance) for each in found] == [
        (phone_picture_name("JUNK", 1), 1),
        (phone_picture_name("VICTIM", 1), 9),
    ]


def test_no_number_of_fingerprints_takes_the_place_of_what_somebody_vouches_for() -> None:
    mine = drawn()
    junk = {
        phone_picture_name(f"J{n:03d}", 1): PictureLook(spread(mine, n % 3), n) for n in range(90)
    }
    file, admitted = file_picture_name("VICTIM", 1), phone_picture_name("WITNESS", 1)
    vouched = {each: PictureLook(spread(mine, 30), 7, vouched=True) for each in (file, admitted)}
    told = select_named_matches(nearest_pictures(mine, {**junk, **vouched}))
    assert {told[0].picture, told[1].picture} == {file, admitted}
    assert len(told) == 2 + MAX_ALIKE
    under = {f"{n}": BandPictures((), tuple(junk)) for n in range(16)} | {
        "one": BandPictures((file,), ())
    }
    assert picture_matching.rank_candidates(under, file_picture_name("ME", 1))[0] == [file]


def test_a_burst_of_fingerprints_does_not_push_out_one_that_came_in_another_hour() -> None:
    burst = tuple(PictureMatch(phone_picture_name(f"J{n}", 1), n % 3, hour=50) for n in range(40))
    hers = PictureMatch(phone_picture_name("VICTIM", 1), 25, hour=20)
    assert select_named_matches([*burst, hers])[:2] == (burst[0], hers)
    told: tuple[PictureMatch, ...] = (hers,)
    for each in burst:
        told = select_named_matches([*told, each])
    assert hers in told, "also where they come one by one"
    assert len(told) == MAX_ALIKE


def test_a_later_picture_takes_the_place_of_one_that_is_farther() -> None:
    first = tuple(PictureMatch(phone_picture_name(f"R{n}", 1), 10 + n) for n in range(MAX_ALIKE))
    nearer = PictureMatch(phone_picture_name("NEW", 1), 3)
    assert select_named_matches([*first, nearer]) == (nearer, *first[:-1])
    last = first[-1].distance
    assert (
        select_named_matches([*first, PictureMatch(phone_picture_name("NEW", 1), last)]) == first
    ), "the earlier of two as far"
    again = PictureMatch(phone_picture_name("R2", 2), 4)
    assert select_named_matches([*first, again]) == (again, *first[:2], *first[3:])
    assert select_named_matches([*first, PictureMatch(phone_picture_name("R2", 2), 20)]) == first, (
        "of a report the nearest"
    )
    file = PictureMatch(file_picture_name("R0", 1), 31, vouched=True)
    assert select_named_matches([*first, file]) == (file, *first[1:]), (
        "and what is vouched for before that"
    )


def test_it_is_said_where_there_may_be_more_than_is_named() -> None:
    bare = [PictureMatch(phone_picture_name(f"R{n}", 1), 1) for n in range(MAX_ALIKE)]
    files = [PictureMatch(file_picture_name(f"F{n}", 1), 1, vouched=True) for n in range(MAX_ALIKE)]
    assert may_have_more_matches(bare)
    assert may_have_more_matches(files)
    assert not may_have_more_matches([*bare[1:], *files[1:]])


def test_fingerprints_of_a_crowd_make_no_crowd_of_what_is_vouched_for() -> None:
    bare = [PictureMatch(phone_picture_name(f"R{n}", 1), 1) for n in range(MAX_UNDER)]
    files = [PictureMatch(file_picture_name(f"F{n}", 1), 1, vouched=True) for n in range(MAX_UNDER)]
    assert is_crowded_match(bare, vouched=False)
    assert not is_crowded_match(bare, vouched=True)
    assert is_crowded_match(files, vouched=True)
    assert is_crowded_match(files, vouched=False)


def test_the_first_band_by_which_one_finds_another_is_the_first_that_both_have() -> None:
    for bits in range(MAX_DISTANCE + 1):
        for _ in range(20):
            first = drawn()
            other = changed(first, bits)
            stored = picture_matching.index_bands(other, KEY)
            wanted = [
                n
                for n, each in enumerate(picture_matching.lookup_bands(first, KEY))
                if each in stored
            ]
            assert first_band(first, other) == wanted[0]
    with pytest.raises(ValueError, match="share no band"):
        first_band("00" * 32, "0003" * 16)


def test_a_picture_is_not_compared_with_another_of_its_own_report() -> None:
    mine, other = file_picture_name("R1", 1), phone_picture_name("R2", 1)
    found = {
        "one": BandPictures((file_picture_name("R1", 2),), (other,)),
        "two": BandPictures((file_picture_name("R3", 1),), (other, PictureName("R1", "phone-001"))),
    }
    assert picture_matching.rank_candidates(found, mine) == [[file_picture_name("R3", 1)], [other]]


def test_a_band_tells_nothing_without_the_key_and_not_which_band_it_is() -> None:
    first = drawn()
    assert not set(picture_matching.index_bands(first, KEY)) & set(
        picture_matching.lookup_bands(first, b"another key")
    )
    alike = "7a2b" * 16  # all its bands are the same
    assert len(set(picture_matching.index_bands(alike, KEY))) == 16


def test_a_name_says_whether_there_is_a_file() -> None:
    assert (file_picture_name("R", 7).file, file_picture_name("R", 7).hash_only) == (7, None)
    assert (phone_picture_name("R", 2).file, phone_picture_name("R", 2).hash_only) == (None, 2)
    assert hamming_distance("0f" * 32, "00" * 32) == 128
