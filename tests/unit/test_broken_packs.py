"""A pack that is broken says which file, which entry and what is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework import check_pack
from casework.pack.jurisdiction import Jurisdiction, PackError

XX = Path(__file__).parents[1] / "packs" / "xx"
Change = Callable[[dict[str, Any]], object]


def _change_entry(key: str, entry_id: str, **changes: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        next(each for each in document[key] if each["id"] == entry_id).update(changes)

    return change


def _every(key: str, **changes: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        for each in document[key]:
            each.update(changes)

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
    (
        "pack.json",
        _set("time_zone", "Atlantis/Capital"),
        "pack.json: time_zone: Atlantis/Capital is no zone of the IANA time zone database",
    ),
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
        _every("categories", way="cheated"),
        "categories.json: way: cheated appears twice",
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
        for name in ("review", "supervision", "duty", "reporters", "trial", "held:navy")
    ),
    (
        "units.json",
        _change_entry("units", "navy", signs=["smoke"]),
        "units.json: navy: signs: no rule raises the flag smoke",
    ),
    (
        "units.json",
        _change_entry("units", "police-n2", signs=["smoke"]),
        "units.json: police-n2: signs: only a national unit is offered for a sign",
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
    ("grounds.json", _repeat("grounds"), "grounds.json: grounds: national_unit appears twice"),
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
    # procedure.json
    (
        "procedure.json",
        _set("second_opening", {"categories": ["arson"]}),
        "procedure.json: second_opening: category arson is not in categories.json",
    ),
    (
        "procedure.json",
        _set("second_opening", {"seconds": 604_801}),
        "procedure.json: second_opening: an asking waits at most 604800 seconds",
    ),
    (
        "procedure.json",
        _set("second_opening", {"seconds": 0}),
        "procedure.json: -: second_opening.seconds: ",
    ),
]


@pytest.mark.parametrize(
    ("file", "change", "finding"), FINDINGS, ids=[finding for _, _, finding in FINDINGS]
)
def test_a_broken_pack_names_file_entry_and_error(
    tmp_path: Path, file: str, change: Change, finding: str
) -> None:
    folder = _copy(tmp_path)
    document = json.loads((folder / file).read_text("utf-8")) if (folder / file).exists() else {}
    change(document)
    (folder / file).write_text(json.dumps(document), "utf-8")
    with pytest.raises(PackError) as refusal:
        check_pack.load_jurisdiction(folder)
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
        check_pack.load_jurisdiction(folder)
    assert [each for each in refusal.value.findings if each.startswith(finding)]
    assert len(refusal.value.findings) == 1


def test_every_finding_is_listed_at_once(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    for file in ("grounds.json", "courts.json", "deadlines.json", "territories.json"):
        (folder / file).unlink()
    (folder / "pack.json").write_text("{}")
    with pytest.raises(PackError) as refusal:
        check_pack.load_jurisdiction(folder)
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


def test_templates_lack_no_language_and_have_a_digit_each(tmp_path: Path) -> None:
    languages = json.loads((XX / "pack.json").read_text(encoding="utf-8"))["languages"]
    texts = dict.fromkeys(languages, "Words.")
    one = {"id": "when", "names": texts, "texts": {**texts, languages[-1]: "W" * 2_001}}
    folder = _copy(tmp_path)
    document = {
        "questions": [one, one],
        "messages": [{**one, "id": str(each)} for each in range(10)],
    }
    document["messages"][0]["texts"] = {}
    (folder / "templates.json").write_text(json.dumps(document), encoding="utf-8")
    found = check_pack.findings(folder)
    for expected in (
        "templates.json: questions: when: the id appears twice",
        "templates.json: questions: when: longer than 2000 characters",
        "templates.json: messages: there are more than 9",
        f"templates.json: messages: 0: no text in {', '.join(sorted(languages))}",
    ):
        assert expected in found
