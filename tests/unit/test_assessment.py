"""The assessment: urgent where the facts say so, with reasons, and without the reporter's words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from casework.analysis.assessment import ReportAssessment, assess_report
from casework.case.value_objects import Priority
from casework.pack.jurisdiction import open_pack
from casework.report.report import Report
from tests.builders import a_report

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PACK = open_pack("ma")


def assessed(**said: Any) -> ReportAssessment:
    plain = {"narrative": "Voilà tout ce que je peux dire de cette page et de cette personne."}
    report = Report.model_validate_json(json.dumps(a_report(**plain | said)))
    return assess_report(PACK, report, report.narrative, (), NOON)


def lost(*days: str | None) -> list[dict[str, Any]]:
    return [{"amount": "8400", "currency": "MAD", **({"at": at} if at else {})} for at in days]


@pytest.mark.parametrize(
    "said", ["Vendredi, depuis CIH", "Lundi, par carte", "Oui, mardi", "يوم الجمعة من بنك CIH"]
)
def test_the_day_that_people_asked_for_is_no_danger(said: str) -> None:
    facts = Report.model_validate_json(json.dumps(a_report()))
    asked = assess_report(PACK, facts, said, (), NOON, awaited=True)
    assert not asked.imminent
    threat = f"{said}. Il est devant ma porte avec un couteau et dit qu'il va me tuer."
    assert assess_report(PACK, facts, threat, (), NOON, awaited=True).imminent


@pytest.mark.parametrize(
    ("said", "priority", "reasons"),
    [
        ({}, Priority.STANDARD, ("nothing_urgent_stated",)),
        ({"danger_now": True}, Priority.IMMEDIATE, ("imminent_danger",)),
        ({"victim_is_minor": True}, Priority.URGENT, ("minor_victim",)),
        ({"victim_is_vulnerable": True}, Priority.URGENT, ("vulnerable_victim",)),
        ({"category": "sextortion"}, Priority.URGENT, ("urgent_category",)),
        ({"category": "terrorism"}, Priority.URGENT, ("terrorism", "urgent_category")),
        ({"category": "other"}, Priority.STANDARD, ("nothing_urgent_stated",)),
        ({"money_lost": lost("2026-03-02T01:00:00Z")}, Priority.URGENT, ("money_recent",)),
        ({"money_lost": lost("2026-03-01")}, Priority.URGENT, ("money_recent",)),
        ({"money_lost": lost("2026-02-20")}, Priority.STANDARD, ("nothing_urgent_stated",)),
        (
            {"money_lost": lost("2026-02-20", None, "2026-03-01")},
            Priority.URGENT,
            ("money_recent",),
        ),
        ({"money_lost": lost(None)}, Priority.STANDARD, ("nothing_urgent_stated",)),
        (
            {"danger_now": True, "victim_is_minor": True},
            Priority.IMMEDIATE,
            ("imminent_danger", "minor_victim"),
        ),
    ],
)
def test_priority_follows_from_the_facts(
    said: dict[str, Any], priority: Priority, reasons: tuple[str, ...]
) -> None:
    found = assessed(**said)
    assert (found.priority, found.reasons) == (priority, reasons)
    assert found.imminent == (priority is Priority.IMMEDIATE)


VAGUE = "Voilà tout ce que je peux dire de cette page et de cette personne."


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"category": "threats_violence"}, "perhaps_a_threat"),
        ({"category": None}, "nothing_understood"),
        ({"category": "other", "narrative": f"{VAGUE} Je l'ai vue hier."}, "little_understood"),
        (
            {"narrative": "J'ai payé 900 dirhams à la boutique. Le site ferme demain."},
            "perhaps_money_recent",
        ),
        (
            {"category": "other", "narrative": "Il a donné rendez-vous à ma fille à la gare."},
            "perhaps_a_child",
        ),
    ],
)
def test_a_weak_sign_has_a_case_read_sooner_and_raises_no_flag(
    said: dict[str, Any], reason: str
) -> None:
    found = assessed(**{"locations": [{"kind": "phone", "value": "+212600000000"}], **said})
    assert found.priority is Priority.URGENT
    assert reason in found.reasons
    assert found.reasons[-1] == "doubt_counts_as_more_urgent"
    assert not found.flags


def test_a_threat_told_without_its_words_reads_like_one() -> None:
    text = "Il a dit qu'il serait là demain et que je verrais bien."
    flags = assessed(category="threats_violence", narrative=text).flags
    assert flags == {"imminent_danger": ("reads-like-danger", "fr:demain")}


def test_a_threat_that_may_be_near_goes_to_the_duty_desk_without_a_flag() -> None:
    text = "Il a juré de me tuer, mes enfants ont peur."
    found = assessed(category="threats_violence", narrative=text)
    assert found.imminent
    assert not found.flags
    assert found.reasons[-2:] == ("perhaps_soon", "doubt_counts_as_more_urgent")


def test_a_doubt_is_not_told_where_a_firm_sign_asks_for_as_much() -> None:
    found = assessed(category="threats_violence", victim_is_minor=True)
    assert found.reasons == ("minor_victim",)


def test_a_finished_event_raises_no_doubt() -> None:
    found = assessed(
        category="threats_violence",
        narrative="Il y a trois ans il me menaçait. C'est fini, il a été condamné.",
    )
    assert found.priority is Priority.INFORMATION


def test_reporters_category_is_kept_and_a_missing_one_is_guessed_from_words() -> None:
    chosen = assessed(narrative="Il me fait du chantage avec une vidéo intime.")
    guessed = assessed(category=None, narrative="Il me fait du chantage avec une vidéo intime.")
    unknown = assessed(category=None, narrative="Voilà.", locations=[])
    assert (chosen.category, chosen.category_by) == ("fraud", "reporter")
    assert (guessed.category, guessed.category_by) == ("sextortion", "words")
    assert (unknown.category, unknown.category_by) == (None, "unknown")


@pytest.mark.parametrize(
    ("territory", "code", "by", "percent"),
    [
        ({"code": "04.421"}, "04.421", "picked", 100),
        ({"text": "Rabat"}, "04.421", "described", 95),
        ({"text": "Casablnca"}, "06.141", "described", 60),
        ({"text": "nulle part"}, None, "unknown", 0),
        ({"country": "FR"}, None, "abroad", 0),
        ({"country": "FR", "residence": "04.441"}, "04.441", "abroad", 100),
        ({"country": "FR", "residence_text": "Casablnca"}, "06.141", "abroad", 60),
        ({"country": "FR", "residence_text": "nulle part"}, None, "abroad", 0),
        (
            {"country": "FR", "residence": "04.441", "residence_text": "Casablanca"},
            *("04.441", "abroad", 100),
        ),
        (None, None, "unknown", 0),
    ],
)
def test_territory_is_read_from_a_picked_or_described_place(
    territory: dict[str, str] | None, code: str | None, by: str, percent: int
) -> None:
    found = assessed(territory=territory)
    assert (found.territory, found.territory_by) == (code, by)
    assert found.territory_percent == percent


def test_assessment_is_small_and_repeats_nothing_the_reporter_wrote() -> None:
    found = assessed(
        category=None,
        narrative="canary chantage canary",
        platform="canary",
        territory={"text": "canary Rabat"},
        danger_now=True,
        victim_is_minor=True,
        victim_is_vulnerable=True,
        locations=[{"kind": "other", "value": "canary"}],
    )
    kept = json.dumps(found.data)
    assert len(kept) <= 1_000
    assert "canary" not in kept
