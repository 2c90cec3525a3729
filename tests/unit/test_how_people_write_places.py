"""Places as people write them in the field for the place, and what they write that is none."""

from __future__ import annotations

from casework.analysis.narrative_place import find_narrative_place
from casework.pack.jurisdiction import open_pack
from tests.unit.written import all_read

PACK = open_pack("ma")


def province_of(code: str | None) -> str | None:
    province = PACK.find_province(code) if code else None
    return province.name("fr") if province else None


def province_in(text: str) -> str | None:
    found = PACK.place(text)
    return province_of(found.code if found else None)


def test_a_place_leads_to_its_province_however_it_is_written() -> None:
    all_read("places", province_in)


def test_words_and_places_abroad_are_no_place_of_the_country() -> None:
    all_read("no_places", PACK.place)


def test_a_narrative_places_a_report_by_where_its_reporter_lives() -> None:
    all_read("narratives", lambda text: province_of(find_narrative_place(PACK, text)))
