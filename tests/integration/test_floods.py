"""One person in a flood stands within three lines, as `harness.bench.floods` plays it at any
size."""

from __future__ import annotations

import pytest

from harness.bench.floods import addresses, play_flood
from tests.office import Office


@pytest.mark.parametrize("flood", ["copies", "near copies"])
def test_in_a_flood_of_one_text_she_stands_within_three_lines(office: Office, flood: str) -> None:
    for each in play_flood(office, flood, 16):
        assert 1 <= each.line <= 3, each
        assert each.seconds < 60, each


def test_a_flood_of_texts_that_all_differ_is_told_by_its_price() -> None:
    assert addresses() >= 1
