"""What a picture looks like: hashed as the published code does, and nothing is made of nothing."""

from __future__ import annotations

import io
from bisect import bisect_left
from functools import cache

from PIL import Image

from casework.hash_lists.perceptual_hash import hamming_distance
from functions.examine.pdq import MIN_PDQ_QUALITY, compute_pdq, picture_quality
from tests.unit.test_examining import drawn, saved

PUBLISHED = {
    1: "037217bdb1736e15b70ee668daf4c78a9e33e8823f325baa2b7256a8a8cf0828",
    2: "1f30934b383644c78d6ad6e61c2faec68be11a6ee017392ed7f0579a75acc418",
    3: "371b1b2693f239ef3a2494d23b251556b293396ed296fd4a5b640712ec6b45d0",
    5: "e54ff49d6542546a570b6a6da496ac5da2b54d987aacd88772dc975642959780",
}
"""Hashes of `drawn` by the published code (pdqhash 0.2.8)."""


def test_hashes_of_pictures_are_those_of_the_published_code() -> None:
    """To rounding at the median: at most two bits of 256."""
    far = {
        seed: hamming_distance(compute_pdq(drawn(seed)) or "0", said)
        for seed, said in PUBLISHED.items()
    }
    assert max(far.values()) <= 2, far


def test_a_picture_that_was_sent_on_is_known_again_and_another_is_not() -> None:
    first = compute_pdq(drawn()) or "0"
    small = drawn().resize((450, 350))
    again = Image.open(io.BytesIO(saved(small.convert("L"), "JPEG", quality=50))).convert("RGB")
    assert hamming_distance(compute_pdq(again) or "0", first) <= 31
    assert hamming_distance(compute_pdq(drawn(2)) or "0", first) > 50


def part(of_it: int) -> Image.Image:
    """A picture with something in it, of which so many thousandths are left."""
    white = Image.new("RGB", drawn().size, (255, 255, 255))
    return Image.blend(white, drawn(), of_it / 1000)


@cache
def quality_of_part(of_it: int) -> int:
    return picture_quality(part(of_it))


def paled(to: int) -> Image.Image:
    """A picture of this quality: one with something in it, paled until there is so little."""
    found = part(bisect_left(range(1000), to, key=quality_of_part))
    assert picture_quality(found) == to
    return found


def test_a_picture_with_nothing_in_it_has_no_hash() -> None:
    """Evidence case E23: a blank one, and one of quality 49, match nothing."""
    assert compute_pdq(Image.new("RGB", (300, 300), (9, 9, 9))) is None
    assert compute_pdq(paled(to=49)) is None
    assert compute_pdq(paled(to=50)) is not None
    assert MIN_PDQ_QUALITY == 50
