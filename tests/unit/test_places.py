"""Which territory a text names, and how sure that is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.pack.competence import propose_competence
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.pack.places import (
    MISSPELT_MATCH_PERCENT,
    SEVERAL_UNITS_PERCENT,
    SHARED_NAME,
    SURE_MATCH_PERCENT,
    LocatedPlace,
)


@pytest.fixture(scope="module")
def morocco() -> Jurisdiction:
    return open_pack("ma")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Salé", "04.441"),
        ("sale, hay salam", "04.441"),
        ("حي السلام سلا", "04.441"),
        ("سلا", "04.441"),
        ("بطنجة", "01.511.01.0"),
        ("الدار البيضاء", "06.141"),
        ("derb sultan casa", "06.141"),
        ("Sidi Moumen, Casablanca", "06.141.01.53"),
        ("près de Béni-Mellal", "05.091"),
        ("beni mellal", "05.091"),
        ("FES", "03.231"),
        ("Marrakech, Guéliz", "07.351.01.05"),
        ("El Jadida", "06.181"),
        ("l'école de Tata", "09.551"),
        ("Tetuán", "01.571"),
        ("M'diq", "01.573.01.05"),
        ("M’diq", "01.573.01.05"),
        ("الـمُحَمَّدِيَّة", "06.371"),
    ],
)
def test_a_place_is_found_as_people_write_it(morocco: Jurisdiction, text: str, code: str) -> None:
    found = morocco.place(text)
    assert found is not None
    assert (found.code, found.percent) == (code, SURE_MATCH_PERCENT)


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "chez moi", "Paris", "؟؟", "12345",
        "je ne sais pas", "Je sais pas trop", "en casa", "Melilla",
    ],
)  # fmt: skip
def test_a_text_without_a_place_names_none(morocco: Jurisdiction, text: str) -> None:
    assert morocco.place(text) is None


def test_a_name_repeated_is_still_one_place(morocco: Jurisdiction) -> None:
    assert (
        morocco.place("Fès, Fès, Fès")
        == morocco.place("Fès")
        == LocatedPlace("03.231", SURE_MATCH_PERCENT)
    )


def test_every_province_is_found_by_its_own_names(morocco: Jurisdiction) -> None:
    lost = [
        name
        for territory in morocco.territories.values()
        if territory.level == "province"
        for name in territory.names.values()
        if code_of(morocco, name) != territory.code
    ]
    assert lost == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_commune_is_found_by_its_name_with_that_of_its_province(
    morocco: Jurisdiction, language: str
) -> None:
    communes = [each for each in morocco.territories.values() if each.level == "commune"]
    assert len(communes) == 1503
    lost = []
    for commune in communes:
        province = morocco.find_province(commune.code)
        assert province is not None
        found = code_of(morocco, f"{commune.name(language)}, {province.name(language)}")
        # A town and the province named after it are one place to who writes its name.
        if found not in (commune.code, province.code):
            lost.append((commune.code, found))
    assert lost == []


def test_every_commune_leads_to_a_court_and_the_court_of_appeal_above_it(
    morocco: Jurisdiction,
) -> None:
    for commune in morocco.territories.values():
        if commune.level != "commune":
            continue
        found = propose_competence(morocco, "fraud", commune.code)
        felony = propose_competence(morocco, "sexual_exploitation", commune.code)
        assert found.unit == felony.unit == f"pj-{commune.code[:6].replace('.', '-')}"
        assert found.court is not None
        assert felony.court == morocco.courts[found.court].appeal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Casablnca", "06.141"),
        ("bni mellel", "05.091"),
        ("lkhmisat", "04.291"),
        ("lem7amdiya", "06.371"),
        ("taroudante", "09.541"),
        ("je suis à Khemissat", "04.291"),
        ("benguerir", "07.427.01.01"),
        ("سيدي سليمن", "04.491"),
        ("Fquih ben saleh", "05.255"),
    ],
)
def test_a_letter_that_is_wrong_makes_a_place_less_sure(
    morocco: Jurisdiction, text: str, code: str
) -> None:
    assert morocco.place(text) == LocatedPlace(code, MISSPELT_MATCH_PERCENT)


def test_a_misspelt_hamlet_is_not_guessed(morocco: Jurisdiction) -> None:
    assert morocco.place("ma copine Amelie, billet, crédit, suite, chica") is None


def test_a_place_is_found_by_its_code(morocco: Jurisdiction) -> None:
    assert morocco.place(" 06.141.01.53 ") == LocatedPlace("06.141.01.53", SURE_MATCH_PERCENT)


def test_two_cities_or_a_name_that_two_places_have_are_less_sure(morocco: Jurisdiction) -> None:
    both, shared = morocco.place("Rabat ou Salé"), morocco.place("Youssoufia")
    assert both is not None
    assert shared is not None
    assert (both.percent, shared.percent) == (SEVERAL_UNITS_PERCENT, SHARED_NAME)


def code_of(pack: Jurisdiction, text: str) -> str | None:
    found = pack.place(text)
    return found.code if found else None


@given(st.text(max_size=2000))
def test_any_text_is_either_a_place_or_none(text: str) -> None:
    pack = open_pack("ma")
    found = pack.place(text)
    assert found is None or found.code in pack.territories


@pytest.mark.parametrize(
    "said", ["Paris", "باريس", "Madrid", "Bruxelles", "Marseille, France", "Milano", "Londres"]
)
def test_a_city_abroad_is_no_place_here_and_goes_to_the_national_desk(
    morocco: Jurisdiction, said: str
) -> None:
    assert morocco.place(said) is None
    assert propose_competence(morocco, "fraud", None).unit == "national-desk"


def test_a_place_named_beside_such_words_is_still_found(morocco: Jurisdiction) -> None:
    found = morocco.place("quartier Saïss à Fès, je ne sais pas la rue")
    assert found is not None
    assert found.code.startswith("03.231")
    assert morocco.place("casa") is not None
