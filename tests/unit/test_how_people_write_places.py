"""Places as people write them in the field for the place, and what they write that is none."""

from __future__ import annotations

import pytest

from casework.pack.jurisdiction import open_pack
from casework.reading.told_place import told_place
from tests.unit.written import written

PACK = open_pack("ma")


def province_of(code: str | None) -> str | None:
    province = PACK.province_of(code) if code else None
    return province.name("fr") if province else None


@pytest.mark.parametrize(("text", "province"), written("places"))
def test_a_place_leads_to_its_province_however_it_is_written(text: str, province: str) -> None:
    found = PACK.place(text)
    assert province_of(found.code if found else None) == province


@pytest.mark.parametrize(("text", "nothing"), written("no_places"))
def test_words_and_places_abroad_are_no_place_of_the_country(text: str, nothing: None) -> None:
    assert PACK.place(text) is nothing


@pytest.mark.parametrize(("text", "province"), written("narratives"))
def test_a_narrative_places_a_report_by_where_its_reporter_lives(
    text: str, province: str | None
) -> None:
    assert province_of(told_place(PACK, text)) == province
