"""The pack: what it holds, how it is read, and what it says when it is broken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from casework import check_pack
from casework.pack.jurisdiction import Jurisdiction, PackError, open_pack
from functions.dossier.labels import DOSSIER_LANGUAGES
from tools import pack_ma

XX = Path(__file__).parents[1] / "packs" / "xx"
Change = Callable[[dict[str, Any]], object]

THIRTEEN = {
    "fraud",
    "sextortion",
    "insult_defamation",
    "threats_violence",
    "incitement_hatred",
    "illegal_trade",
    "child_sexual_exploitation",
    "sexual_exploitation",
    "terrorism",
    "account_intrusion",
    "identity_theft",
    "privacy_violation",
    "other",
}


@pytest.fixture(scope="module")
def morocco() -> Jurisdiction:
    return check_pack.load_jurisdiction(pack_ma.PACK_FOLDER)


# The Moroccan pack


def test_the_moroccan_pack_has_no_findings(morocco: Jurisdiction) -> None:
    assert morocco.id == "ma"
    assert morocco.languages == ("ar", "fr", "en", "es")


def test_the_country_is_complete(morocco: Jurisdiction) -> None:
    counts: dict[str, int] = {}
    for territory in morocco.territories.values():
        counts[territory.level] = counts.get(territory.level, 0) + 1
    assert counts == {
        "region": 12,
        "province": 75,
        "commune": 1503,
        "arrondissement_prefecture": 8,
        "arrondissement": 41,
    }
    levels = [court.level for court in morocco.courts.values()]
    assert (levels.count("first_instance"), levels.count("appeal")) == (89, 23)


def test_the_thirteen_categories_count_in_the_six_rows_of_the_published_table(
    morocco: Jurisdiction,
) -> None:
    assert set(morocco.categories) == THIRTEEN
    groups = {category.group for category in morocco.categories.values()}
    assert groups == set(morocco.facts.groups)


@pytest.mark.parametrize("language", DOSSIER_LANGUAGES)
def test_each_law_is_cited_in_the_languages_of_a_dossier(
    morocco: Jurisdiction, language: str
) -> None:
    for category in morocco.categories.values():
        for law in category.legal_basis:
            cited = law.cited[language]
            numbers = [re.findall(r"[0-9]+", text) for text in (law.ref, cited)]
            assert numbers[0] == numbers[1], law.ref
            assert not re.search(r"Penal|law |to ", cited), cited


def test_no_legal_statement_calls_itself_confirmed(morocco: Jurisdiction) -> None:
    stated = [law for each in morocco.categories.values() for law in each.legal_basis]
    assert stated
    assert not any(law.confirmed or not law.source for law in stated)
    assert not any(each.confirmed for each in morocco.emergency_numbers)
    assert not any(ground.confirmed for ground in morocco.grounds.grounds)
    assert not any(office.confirmed for office in morocco.facts.prosecutors.values())


def test_courts_that_may_not_be_open_say_so_and_route_to_no_guess(morocco: Jurisdiction) -> None:
    doubtful = [court for court in morocco.courts.values() if court.operational is not True]
    assert len(doubtful) == 14
    for court in doubtful:
        assert court.operational == "unknown"
        assert court.operational_basis
        assert court.fallback is None
        assert court.fallback_hint
        assert court.fallback_hint.confirmed is False


def test_a_quarter_of_casablanca_is_in_the_province_of_casablanca(morocco: Jurisdiction) -> None:
    province = morocco.find_province("06.141.01.53")  # Sidi Moumen
    assert province is not None
    assert province.code == "06.141"
    unit = morocco.find_territorial_unit(province.code)
    assert unit is not None
    assert unit.id == "pj-06-141"


def test_a_region_has_no_province(morocco: Jurisdiction) -> None:
    assert morocco.find_province("06") is None
    assert morocco.find_province("no such code") is None


def test_victims_of_blackmail_are_told_first_not_to_pay(morocco: Jurisdiction) -> None:
    assert morocco.advice("sextortion", "en")[0].startswith("Do not pay")
    assert "عدم الدفع" in morocco.advice("sextortion", "ar")[0]


def test_advice_without_a_category_is_the_general_one(morocco: Jurisdiction) -> None:
    general = morocco.advice(None, "fr")
    assert general
    assert general == morocco.advice("no such category", "fr")


def test_the_generated_files_match_their_sources() -> None:
    for name, text in pack_ma.pack_files().items():
        assert (pack_ma.PACK_FOLDER / name).read_text("utf-8") == text, (
            f"run python -m tools.pack_ma: {name}"
        )
    assert pack_ma.pack_files() == pack_ma.pack_files()
    assert pack_ma.main(["--check"]) == 0


def test_units_of_a_deployment_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = '{"placeholder": false, "units": []}'
    (tmp_path / "units.json").write_text(own)
    monkeypatch.setattr(pack_ma, "PACK_FOLDER", tmp_path)
    assert pack_ma.main(["--check"]) == 1
    assert not (tmp_path / "courts.json").exists()
    assert pack_ma.main([]) == 0
    assert (tmp_path / "units.json").read_text() == own
    assert pack_ma.main(["--check"]) == 0


def test_openstreetmap_fields_stay_out_of_the_pack() -> None:
    text = (pack_ma.PACK_FOLDER / "territories.json").read_text("utf-8")
    for field in ("centroid", "bbox", "osm", "areaKm2", "density"):
        assert field not in text


# Opening


def test_a_pack_is_opened_once() -> None:
    assert open_pack("ma") is open_pack("ma")


def test_categories_are_read_without_territories() -> None:
    pack = Jurisdiction(pack_ma.PACK_FOLDER)
    assert pack.categories["fraud"].names["fr"] == "Escroquerie"
    assert "territories" not in vars(pack)


@pytest.mark.parametrize("name", ["zz", "../ma", "", "MA"])
def test_only_a_pack_by_its_name_is_opened(name: str) -> None:
    with pytest.raises(PackError, match="no such pack"):
        open_pack(name)


def test_entries_cannot_be_changed(morocco: Jurisdiction) -> None:
    with pytest.raises(ValidationError):
        morocco.categories["fraud"].group = "other"  # type: ignore[misc]  # it must fail
    with pytest.raises(TypeError):
        morocco.categories["new"] = morocco.categories["fraud"]  # type: ignore[index]  # likewise


# Reference data


def test_reference_nests_territories_and_speaks_the_language(morocco: Jurisdiction) -> None:
    arabic, french = morocco.reference("ar"), morocco.reference("fr")
    assert arabic["territories"][0]["name"] == "طنجة-تطوان-الحسيمة"
    province = french["territories"][0]["territories"][0]
    assert (province["level"], province["name"]) == ("province", "Al Hoceima")
    assert province["territories"][0]["level"] == "commune"
    assert [each["id"] for each in french["categories"]] == list(morocco.categories)
    assert french["categories"][0]["name"] == "Escroquerie"
    assert [each["number"] for each in french["emergency_numbers"]] == ["19", "177", "15"]
    assert morocco.reference("es")["territories"][0]["name"] == french["territories"][0]["name"]


def test_the_tag_is_stable_and_differs_by_language(morocco: Jurisdiction) -> None:
    again = Jurisdiction(pack_ma.PACK_FOLDER)
    tags = {language: morocco.reference_tag(language) for language in morocco.languages}
    assert tags == {language: again.reference_tag(language) for language in morocco.languages}
    assert len(set(tags.values())) == 4
    assert json.loads(morocco.reference_json("ar")) == morocco.reference("ar")


def test_there_is_no_reference_in_a_language_the_pack_lacks(morocco: Jurisdiction) -> None:
    with pytest.raises(KeyError):
        morocco.reference("de")


# Another country


def test_another_country_is_another_folder() -> None:
    pack = check_pack.load_jurisdiction(XX)
    assert (pack.id, pack.languages, pack.desk.id) == ("xx", ("en", "pt"), "desk")
    assert pack.reference("en")["territories"][0]["name"] == "Norte"
    two, one = pack.place("em Sao Joao, Beta"), pack.place("São João")
    assert two is not None
    assert one is not None
    assert (two.code, one.code) == ("N2b", "N1b")  # of two towns the more populous
    county = pack.find_province("N1a")
    assert county is not None
    assert county.code == "N1"
