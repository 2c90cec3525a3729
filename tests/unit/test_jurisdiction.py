"""The pack: what it holds, how it is read, and what it says when it is broken."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from casework.jurisdiction import Jurisdiction, PackError, open_pack
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
    return Jurisdiction.load(pack_ma.PACK)


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
    province = morocco.province_of("06.141.01.53")  # Sidi Moumen
    assert province is not None
    assert province.code == "06.141"
    unit = morocco.unit_of(province.code)
    assert unit is not None
    assert unit.id == "pj-06-141"


def test_a_region_has_no_province(morocco: Jurisdiction) -> None:
    assert morocco.province_of("06") is None
    assert morocco.province_of("no such code") is None


def test_victims_of_blackmail_are_told_first_not_to_pay(morocco: Jurisdiction) -> None:
    assert morocco.advice("sextortion", "en")[0].startswith("Do not pay")
    assert "لا تدفع" in morocco.advice("sextortion", "ar")[0]


def test_advice_without_a_category_is_the_general_one(morocco: Jurisdiction) -> None:
    general = morocco.advice(None, "fr")
    assert general
    assert general == morocco.advice("no such category", "fr")


def test_the_generated_files_are_what_their_sources_give() -> None:
    for name, text in pack_ma.files().items():
        assert (pack_ma.PACK / name).read_text("utf-8") == text, (
            f"run python -m tools.pack_ma: {name}"
        )
    assert pack_ma.files() == pack_ma.files()
    assert pack_ma.main(["--check"]) == 0


def test_units_of_a_deployment_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = '{"placeholder": false, "units": []}'
    (tmp_path / "units.json").write_text(own)
    monkeypatch.setattr(pack_ma, "PACK", tmp_path)
    assert pack_ma.main(["--check"]) == 1
    assert not (tmp_path / "courts.json").exists()
    assert pack_ma.main([]) == 0
    assert (tmp_path / "units.json").read_text() == own
    assert pack_ma.main(["--check"]) == 0


def test_openstreetmap_fields_stay_out_of_the_pack() -> None:
    text = (pack_ma.PACK / "territories.json").read_text("utf-8")
    for field in ("centroid", "bbox", "osm", "areaKm2", "density"):
        assert field not in text


# Opening


def test_a_pack_is_opened_once() -> None:
    assert open_pack("ma") is open_pack("ma")


def test_categories_are_read_without_territories() -> None:
    pack = Jurisdiction(pack_ma.PACK)
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
    again = Jurisdiction(pack_ma.PACK)
    tags = {language: morocco.reference_tag(language) for language in morocco.languages}
    assert tags == {language: again.reference_tag(language) for language in morocco.languages}
    assert len(set(tags.values())) == 4
    assert json.loads(morocco.reference_json("ar")) == morocco.reference("ar")


def test_there_is_no_reference_in_a_language_the_pack_lacks(morocco: Jurisdiction) -> None:
    with pytest.raises(KeyError):
        morocco.reference("de")


# Places in free text


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
    assert morocco.place(text) == code


@pytest.mark.parametrize("text", ["", "   ", "chez moi", "Paris", "؟؟", "12345"])
def test_a_text_without_a_place_names_none(morocco: Jurisdiction, text: str) -> None:
    assert morocco.place(text) is None


def test_a_name_repeated_is_still_one_place(morocco: Jurisdiction) -> None:
    assert morocco.place("Fès, Fès, Fès") == morocco.place("Fès") == "03.231"


def test_every_province_is_found_by_its_own_names(morocco: Jurisdiction) -> None:
    lost = [
        name
        for territory in morocco.territories.values()
        if territory.level == "province"
        for name in territory.names.values()
        if morocco.place(name) != territory.code
    ]
    assert lost == []


def test_nearly_every_commune_name_leads_to_a_place_of_that_name(morocco: Jurisdiction) -> None:
    for territory in morocco.territories.values():
        if territory.level == "commune":
            assert morocco.place(territory.names["fr"]) is not None, territory.names


@given(st.text(max_size=2000))
def test_any_text_is_either_a_place_or_none(text: str) -> None:
    pack = open_pack("ma")
    code = pack.place(text)
    assert code is None or code in pack.territories


# Another country


def test_another_country_is_another_folder() -> None:
    pack = Jurisdiction.load(XX)
    assert (pack.id, pack.languages, pack.desk.id) == ("xx", ("en", "pt"), "desk")
    assert pack.reference("en")["territories"][0]["name"] == "Norte"
    assert pack.place("em Sao Joao, Beta") == "N2b"
    assert pack.place("São João") == "N1b"  # two towns: the more populous
    county = pack.province_of("N1a")
    assert county is not None
    assert county.code == "N1"


# Broken packs


def _change_entry(key: str, entry_id: str, **changes: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        next(each for each in document[key] if each["id"] == entry_id).update(changes)

    return change


def _change_row(code: str, column: int, value: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        next(row for row in document["territories"] if row[0] == code)[column] = value

    return change


def _repeat(key: str) -> Change:
    return lambda document: document[key].append(document[key][0])


def _set(*path_and_value: Any) -> Change:
    *path, last, value = path_and_value

    def change(document: dict[str, Any]) -> None:
        at = document
        for step in path:
            at = at[step]
        at[last] = value

    return change


def _drop(key: str, entry_id: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        document[key] = [each for each in document[key] if each["id"] != entry_id]

    return change


FINDINGS: list[tuple[str, Change, str]] = [
    # pack.json
    ("pack.json", _set("id", "yy"), "pack.json: id: yy is not the name of the folder"),
    ("pack.json", _set("names", {"en": "X"}), "pack.json: names: no name in pt"),
    ("pack.json", _set("advice", {"en": ["X"]}), "pack.json: advice: no text in pt"),
    ("pack.json", _set("max_declines", 0), "pack.json: -: max_declines: "),
    ("pack.json", _set("unit_level", "shire"), "pack.json: unit_level: shire is not one of levels"),
    ("pack.json", _set("levels", ["state", "county", "town", "town"]), "pack.json: levels: town"),
    ("pack.json", _set("emergency_numbers", 0, "names", {}), "pack.json: police: no name in en"),
    (
        "pack.json",
        _set("prosecutors", {}),
        "pack.json: prosecutors: no office for the class felony",
    ),
    ("pack.json", _set("surprise", 1), "pack.json: -: surprise: "),
    # categories.json
    (
        "categories.json",
        _change_entry("categories", "theft", names={"en": "Theft"}),
        "categories.json: theft: no name in pt",
    ),
    (
        "categories.json",
        _change_entry("categories", "theft", help={"pt": "Furto"}),
        "categories.json: theft: no help in en",
    ),
    (
        "categories.json",
        _change_entry("categories", "theft", advice={"en": [], "pt": ["x"]}),
        "categories.json: theft: no advice in en",
    ),
    (
        "categories.json",
        _change_entry("categories", "theft", group="else"),
        "categories.json: theft: group else is not in pack.json",
    ),
    (
        "categories.json",
        _change_entry("categories", "piracy", competence="coastguard"),
        "categories.json: piracy: unit coastguard is not in units.json",
    ),
    (
        "categories.json",
        _change_entry("categories", "piracy", competence="police-n1"),
        "categories.json: piracy: unit police-n1 is not a national unit",
    ),
    (
        "categories.json",
        _change_entry("categories", "theft", **{"class": "sin"}),
        "categories.json: theft: class: ",
    ),
    ("categories.json", _repeat("categories"), "categories.json: theft: the id appears twice"),
    ("categories.json", _set("categories", {}), "categories.json: categories: must be a list"),
    ("categories.json", _set("categories", 0, 7), "categories.json: entry 1: "),
    # units.json
    *(
        (
            "units.json",
            _change_entry("units", "navy", id=name),
            f"units.json: {name}: this id is reserved; name the unit otherwise",
        )
        for name in ("review", "supervision", "decided", "duty", "held:navy")
    ),
    (
        "units.json",
        _drop("units", "police-n2"),
        "units.json: N2: this county has no unit",
    ),
    (
        "units.json",
        _change_entry("units", "police-n2", territory="N1"),
        "units.json: police-n2: territory N1 already has the unit police-n1",
    ),
    (
        "units.json",
        _change_entry("units", "police-n2", territory="N2a"),
        "units.json: police-n2: territory N2a is a town, not a county",
    ),
    (
        "units.json",
        _change_entry("units", "police-n2", territory="N9"),
        "units.json: police-n2: territory N9 is not in territories.json",
    ),
    (
        "units.json",
        _change_entry("units", "police-n2", territory=None),
        "units.json: police-n2: a territorial unit needs a territory",
    ),
    (
        "units.json",
        _change_entry("units", "navy", territory="N1"),
        "units.json: navy: a unit of kind national has no territory",
    ),
    (
        "units.json",
        _change_entry("units", "navy", court=None),
        "units.json: navy: a national unit needs the court of its seat",
    ),
    (
        "units.json",
        _change_entry("units", "navy", court="tc-sea"),
        "units.json: navy: court tc-sea is not in courts.json",
    ),
    (
        "units.json",
        _change_entry("units", "navy", court="ac-porto"),
        "units.json: navy: court ac-porto is not a first-instance court",
    ),
    (
        "units.json",
        _change_entry("units", "navy", names={}),
        "units.json: navy: no name in pt",
    ),
    ("units.json", _drop("units", "desk"), "units.json: -: there must be one unit of kind desk"),
    ("units.json", _repeat("units"), "units.json: desk: the id appears twice"),
    # courts.json
    (
        "courts.json",
        _change_entry("courts", "tc-beta", appeal="tc-porto"),
        "courts.json: tc-beta: appeal tc-porto is not a court of appeal",
    ),
    (
        "courts.json",
        _change_entry("courts", "tc-shut", fallback="ac-porto"),
        "courts.json: tc-shut: fallback ac-porto is not a court of the same level",
    ),
    (
        "courts.json",
        _change_entry("courts", "tc-shut", fallback=None),
        "courts.json: tc-shut: a court that is not open needs a fallback",
    ),
    (
        "courts.json",
        _change_entry("courts", "tc-porto", seat="N9"),
        "courts.json: tc-porto: seat N9 is not in territories.json",
    ),
    (
        "courts.json",
        _change_entry("courts", "tc-porto", names={}),
        "courts.json: tc-porto: no name",
    ),
    # deadlines.json
    (
        "deadlines.json",
        _set("deadlines", "urgent", "review_seconds", [0]),
        "deadlines.json: urgent: review_seconds.0: ",
    ),
    (
        "deadlines.json",
        _set("deadlines", "urgent", "review_seconds", []),
        "deadlines.json: urgent: review_seconds: ",
    ),
    (
        "deadlines.json",
        _set("deadlines", "urgent", "acknowledge_seconds", [5]),
        "deadlines.json: urgent: acknowledge_seconds must not end before those of immediate",
    ),
    ("deadlines.json", _set("deadlines", {}), "deadlines.json: immediate: has no deadlines"),
    (
        "deadlines.json",
        lambda document: document["deadlines"].pop("standard"),
        "deadlines.json: standard: has no deadlines",
    ),
    (
        "deadlines.json",
        _set("deadlines", "someday", {"review_seconds": [1], "acknowledge_seconds": [1]}),
        "deadlines.json: someday: not a priority",
    ),
    ("deadlines.json", _set("deadlines", []), "deadlines.json: deadlines: must be an object"),
    # grounds.json
    (
        "grounds.json",
        _set("reported_territory", "hearsay"),
        "grounds.json: reported_territory: hearsay is not one of grounds",
    ),
    (
        "grounds.json",
        _drop("grounds", "national_unit"),
        "grounds.json: grounds: national_unit is missing",
    ),
    ("grounds.json", _repeat("grounds"), "grounds.json: grounds: place_of_offence appears twice"),
    (
        "grounds.json",
        _change_entry("grounds", "national_unit", names={"en": "x"}),
        "grounds.json: national_unit: no name in pt",
    ),
    # territories.json
    ("territories.json", _repeat("territories"), "territories.json: N: the code appears twice"),
    ("territories.json", _change_row("N1a", 2, "N9"), "territories.json: N1a: parent N9 is not in"),
    (
        "territories.json",
        _change_row("N1a", 2, None),
        "territories.json: N1a: a town needs a parent",
    ),
    (
        "territories.json",
        _change_row("N1", 2, "N1a"),
        "territories.json: N1: a county cannot be inside a town",
    ),
    ("territories.json", _change_row("N1a", 1, "hamlet"), "territories.json: N1a: level hamlet"),
    ("territories.json", _change_row("N1a", 3, None), "territories.json: N1a: needs a court"),
    ("territories.json", _change_row("N1a", 3, "tc-x"), "territories.json: N1a: court tc-x is not"),
    (
        "territories.json",
        _change_row("N1a", 4, "maybe"),
        "territories.json: N1a: court_confidence: ",
    ),
    ("territories.json", _change_row("N1a", 6, ""), "territories.json: N1a: no name in pt"),
    ("territories.json", _change_row("N1a", 0, 5), "territories.json: row 4: needs a code and"),
    (
        "territories.json",
        lambda document: document["territories"][0].pop(),
        "territories.json: row 1: needs a code and the 7 values that columns names",
    ),
    (
        "territories.json",
        _set("columns", ["code"]),
        "territories.json: columns: missing court, court_confidence, level, parent, population",
    ),
    ("territories.json", _set("territories", 0), "territories.json: -: needs the lists"),
    # places.json
    (
        "places.json",
        _set("aliases", {"N9": ["nine"]}),
        "places.json: N9: is not in territories.json",
    ),
    ("places.json", _set("aliases", {"N1": "one"}), "places.json: N1: must be a list of spellings"),
    ("places.json", _set("aliases", []), "places.json: aliases: must be an object"),
]


@pytest.mark.parametrize(
    ("file", "change", "finding"), FINDINGS, ids=[finding for _, _, finding in FINDINGS]
)
def test_a_broken_pack_says_file_entry_and_what_is_wrong(
    tmp_path: Path, file: str, change: Change, finding: str
) -> None:
    folder = _copy(tmp_path)
    document = json.loads((folder / file).read_text("utf-8")) if (folder / file).exists() else {}
    change(document)
    (folder / file).write_text(json.dumps(document), "utf-8")
    with pytest.raises(PackError) as refusal:
        Jurisdiction.load(folder)
    assert any(each.startswith(finding) for each in refusal.value.findings), refusal.value.findings


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"{\n\n]", "units.json: line 3: not JSON"),
        (b"\xff", "units.json: -: not UTF-8"),
        (b"[]", "units.json: -: must be a JSON object"),
        (b'{"units": [], "units": []}', "units.json: units: the name appears twice in one object"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_finding(
    tmp_path: Path, content: bytes, finding: str
) -> None:
    folder = _copy(tmp_path)
    (folder / "units.json").write_bytes(content)
    with pytest.raises(PackError) as refusal:
        Jurisdiction.load(folder)
    assert [each for each in refusal.value.findings if each.startswith(finding)]
    assert len(refusal.value.findings) == 1


def test_every_finding_is_listed_at_once(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    for file in ("grounds.json", "courts.json", "deadlines.json", "territories.json"):
        (folder / file).unlink()
    (folder / "pack.json").write_text("{}")
    with pytest.raises(PackError) as refusal:
        Jurisdiction.load(folder)
    found = "\n".join(refusal.value.findings)
    for file in ("grounds.json", "courts.json", "deadlines.json", "territories.json"):
        assert f"{file}: -: the file is missing" in found
    assert "pack.json: -: version: " in found
    assert str(refusal.value) == found


def test_an_opened_pack_refuses_a_broken_file_when_it_is_asked_for(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    (folder / "units.json").write_text('{"units": [{"id": "desk"}]}')
    (folder / "deadlines.json").write_text("{}")
    pack = Jurisdiction(folder)
    assert pack.categories
    with pytest.raises(PackError, match=r"units\.json: desk: kind: "):
        _ = pack.units
    with pytest.raises(PackError, match=r"deadlines\.json"):
        _ = pack.deadlines


def _copy(tmp_path: Path) -> Path:
    folder = tmp_path / "xx"
    shutil.copytree(XX, folder)
    return folder
