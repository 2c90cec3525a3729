"""The place a narrative tells when the reporter left it out: little is believed."""

from __future__ import annotations

import pytest

from casework.analysis.assessment import assess_report
from casework.analysis.narrative_place import find_narrative_place
from casework.pack.jurisdiction import open_pack
from casework.report.report import Facts, ReporterRole
from tests.unit.test_assessment import NOON

PACK = open_pack("ma")


def code(name: str) -> str:
    found = PACK.place(name)
    assert found is not None
    return found.code


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("J'habite à Meknès et il m'attend en bas.", "Meknès"),
        ("Il vend des comprimés à Beni Mellal depuis mars.", "Béni Mellal"),
        ("They keep her in a flat in Tangier.", "Tanger-Assilah"),
        ("Vivo en Tetuán y me siguen.", "Tétouan"),
        ("محل بمراكش يبيع الأقراص", "Marrakech"),
        ("أنا من مدينة وجدة", "Oujda-Angad"),
        ("راه ساكن ف الناظور", "Nador"),
        ("ana saken f oujda", "Oujda-Angad"),
    ],
)
def test_a_place_behind_a_word_that_says_where_is_read(text: str, province: str) -> None:
    assert find_narrative_place(PACK, text) == code(province)


@pytest.mark.parametrize(
    "text",
    [
        "Madame Saada Nador m'a vendu un faux billet.",  # a name, and no word that says where
        "C'est une photo de ma tata, à tata je ne dis rien.",
        "The car is in sale since May.",
        "كتب لي من العيون إلى القلب",
        "ضربني بفاس على رأسي",
        "Il a envoyé l'argent à Rabat puis à Agadir.",  # two places: in doubt, none
        "Je ne sais pas où il habite.",
        "à " * 5_000,
    ],
)
def test_names_words_and_second_places_place_nothing(text: str) -> None:
    assert find_narrative_place(PACK, text) is None


def test_the_narrative_places_a_report_only_where_the_field_is_empty() -> None:
    def placed(**said: object) -> tuple[str | None, str]:
        facts = Facts.model_validate(
            {"role": ReporterRole.VICTIM, "language": "fr", **said}, strict=False
        )
        found = assess_report(PACK, facts, "Il me suit à Meknès.", (), NOON)
        return found.territory, found.territory_by

    assert placed() == (code("Meknès"), "narrative")
    assert placed(territory={"text": "Salé"}) == (code("Salé"), "described")
    assert placed(territory={"country": "FR"}) == (None, "abroad")
