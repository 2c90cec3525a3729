"""Institutions that cases ask about money are data of the pack, and none of it is a guess."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from casework import check_pack
from casework.pack.jurisdiction import open_pack
from casework.pack.parties import FILE, load_parties

XX = Path(__file__).parents[1] / "packs" / "xx"
A_BANK: dict[str, Any] = {
    "id": "first-bank", "kind": "bank", "source": "itself",
    "confirmed": False,
}  # fmt: skip


def test_no_institution_of_the_country_is_confirmed_before_a_deployment_asked_it() -> None:
    parties = load_parties(open_pack("ma").folder)
    assert {each.kind for each in parties.values()} >= {"bank", "wallet", "central_bank"}
    assert not any(each.confirmed or each.number for each in parties.values())


def test_a_pack_without_institutions_is_a_pack() -> None:
    assert load_parties(XX) == {}
    assert check_pack.findings(XX) == []


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"names": {"en": "First Bank"}}, "first-bank: no name in pt"),
        ({"territory": "nowhere"}, "first-bank: territory nowhere is not in territories.json"),
        ({"confirmed": True}, "first-bank: confirmed, but tried_at does not say"),
        (
            {"confirmed": True, "tried_at": "2026-12-01", "emulated": True},
            "first-bank: an emulated party cannot be confirmed",
        ),
        ({"kind": "sect"}, "first-bank: kind: "),
        ({"source": ""}, "first-bank: source: "),
    ],
)
def test_a_wrong_institution_is_found_before_a_case_names_it(
    tmp_path: Path, changes: dict[str, Any], finding: str
) -> None:
    pack = shutil.copytree(XX, tmp_path / "xx")
    names = json.loads((pack / "pack.json").read_text())["official_languages"]
    row = {**A_BANK, "names": dict.fromkeys(names, "First Bank"), **changes}
    (pack / FILE).write_text(json.dumps({"parties": [row]}))
    assert any(finding in each for each in check_pack.findings(pack)), check_pack.findings(pack)
