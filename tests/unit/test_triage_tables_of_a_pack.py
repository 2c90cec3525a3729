"""The tables triage reads of a pack: what a mistake in them is called, and where it stands."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework import check_pack
from casework.analysis import narrative_place, priority_rules
from casework.identifiers.extraction import find_identifiers
from casework.linking import join_rules, stop_list
from casework.linking.records import IdentifierMark
from casework.pack.jurisdiction import PackError, open_pack

PACK = open_pack("ma")
Change = Callable[[dict[str, Any]], object]


def changed(tmp_path: Path, file: str, change: Change) -> Path:
    document = json.loads((PACK.folder / file).read_text("utf-8"))
    change(document)
    (tmp_path / file).write_text(json.dumps(document), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            lambda table: table["flags"]["minor_victim"][0].update(all=["minor.wrod"]),
            "flags.minor_victim.minor-ticked: no lexicon has the concept minor.wrod",
        ),
        (
            lambda table: table["flags"]["minor_victim"][0].pop("id"),
            "flags.minor_victim: a rule has no id",
        ),
        (
            lambda table: table["flags"]["minor_victim"].append(table["flags"]["minor_victim"][0]),
            "flags.minor_victim: minor-ticked appears twice",
        ),
        (
            lambda table: table["categories"].update(arson=[{"all": ["weapon"], "weight": 1}]),
            "categories.arson: category arson is not in categories.json",
        ),
        (
            lambda table: table["priorities"][0].update(flag="danger"),
            "priorities.imminent_danger: no rule raises the flag danger",
        ),
        (
            lambda table: table["groups"].update(violent=["arson"]),
            "groups.violent: category arson is not in categories.json",
        ),
        (
            lambda table: table["flags"]["minor_victim"][0].update(category=["arson"]),
            "flags.minor_victim.minor-ticked: category arson is not in categories.json",
        ),
        (
            lambda table: table["categories"]["fraud"][0].update(weigth=3),
            "-: categories.fraud.0.weigth: ",
        ),
    ],
)
def test_a_mistake_in_the_rules_is_named_with_its_place(
    tmp_path: Path, change: Change, finding: str
) -> None:
    folder = changed(tmp_path, priority_rules.FILE, change)
    found = list(priority_rules.findings(folder, PACK.categories, {}))
    assert [each for each in found if each.startswith(f"assessment.json: {finding}")], found


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda stop: stop["hosts"].append("www.facebook.com"), "www.facebook.com: must be a host"),
        (lambda stop: stop["hosts"].append("https://x.com/"), "https://x.com/: must be a host"),
        (lambda stop: stop["phones"].update({"19": "Police"}), "19: must be a telephone in E.164"),
        (
            lambda stop: stop["phones"].update({"+212522437435": ""}),
            "+212522437435: the owner or the source",
        ),
        (lambda stop: stop.update(numbers=[]), "-: numbers: "),
    ],
)
def test_a_mistake_in_the_stop_list_is_named_with_its_place(
    tmp_path: Path, change: Change, finding: str
) -> None:
    found = list(stop_list.findings(changed(tmp_path, stop_list.FILE, change)))
    assert [each for each in found if each.startswith(f"linking.json: {finding}")], found


@pytest.mark.parametrize("listed", ["also_words", "no_places", "streets", "named_after"])
def test_names_that_are_words_and_words_that_name_no_place_are_lists(
    tmp_path: Path, listed: str
) -> None:
    folder = changed(tmp_path, narrative_place.FILE, lambda places: places.update({listed: "sale"}))
    assert list(narrative_place.findings(folder)) == [
        f"places.json: {listed}: must be a list of spellings"
    ]


def test_a_pack_with_a_mistake_in_them_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "ma"
    shutil.copytree(PACK.folder, folder, ignore=shutil.ignore_patterns("sources"))
    changed(folder, stop_list.FILE, lambda stop: stop["hosts"].append("x"))
    changed(
        folder, priority_rules.FILE, lambda table: table["flag_categories"].update(terrorism="war")
    )
    with pytest.raises(PackError) as refusal:
        check_pack.load_jurisdiction(folder)
    assert [each.split(": ")[:2] for each in refusal.value.findings] == [
        ["assessment.json", "flag_categories.terrorism"],
        ["linking.json", "x"],
    ]


def links(text: str) -> list[IdentifierMark]:
    listed = stop_list.read_stop_list(PACK.folder)
    return join_rules.strong_marks(
        find_identifiers(text), stopped_hosts=listed.hosts, stopped_phones=listed.phones
    )


@pytest.mark.parametrize("phone", sorted(stop_list.read_stop_list(PACK.folder).phones))
def test_a_banks_public_line_links_no_reports(phone: str) -> None:
    national = f"0{phone.removeprefix('+212')}"
    assert links(f"J'ai appelé la banque au {national}, elle a bloqué ma carte.") == []
    assert links(f"اتصلت بالبنك على {phone}") == []


def test_the_offenders_number_still_links_beside_the_banks() -> None:
    told = "Il appelait du 06 61 00 00 38 ; ma banque (0802 00 26 66) a bloqué la carte."
    assert links(told) == [("phone", "+212661000038")]


@pytest.mark.parametrize("short", ["19", "177", "15", "112", "2511", "5757"])
def test_short_public_numbers_are_no_telephones_of_anybody(short: str) -> None:
    assert links(f"j'ai appelé le {short} hier soir") == []
