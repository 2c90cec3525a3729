"""Every category in every territory has one competent unit and one office, or the national desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework import check_pack
from casework.case.value_objects import Priority
from casework.pack.competence import propose_competence
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER, TERRITORIAL

FOLDERS = [*sorted(path.parent for path in JURISDICTIONS_FOLDER.glob("*/pack.json"))]
FOLDERS.append(Path(__file__).parents[1] / "packs" / "xx")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_category_and_territory_has_one_unit_and_one_office(folder: Path) -> None:
    pack = check_pack.load_jurisdiction(folder)
    unit_at = {
        unit.territory: unit.id for unit in pack.units.values() if unit.territory is not None
    }
    assert len(unit_at) == sum(unit.territory is not None for unit in pack.units.values())
    for category in (None, *pack.categories.values()):
        for code in (None, *pack.territories):
            competence = propose_competence(pack, category.id if category else None, code)
            province = pack.find_province(code) if code else None
            if category and category.competence != TERRITORIAL:
                expected = category.competence
            elif province:
                expected = unit_at[province.code]
            else:
                expected = pack.desk.id
            assert competence.unit == expected
            assert competence.ground in pack.grounds.order
            if competence.unit == pack.desk.id:
                assert (competence.prosecutor, competence.court) == (None, None)
                continue
            offence_class = category.offence_class if category else "misdemeanour"
            office = pack.facts.prosecutors[offence_class]
            assert competence.prosecutor == office.id
            assert pack.courts[competence.court or ""].level == office.court_level
            assert pack.courts[competence.court or ""].matter in ("all", "criminal")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_priority_has_deadlines_for_people_and_every_text_its_languages(folder: Path) -> None:
    pack = check_pack.load_jurisdiction(folder)
    assert tuple(pack.deadlines) == tuple(Priority)
    for language in pack.languages:
        assert len(pack.reference(language)["categories"]) == len(pack.categories)
        for category in (None, *pack.categories):
            assert pack.advice(category, language)
