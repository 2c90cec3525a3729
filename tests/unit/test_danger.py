"""Danger is stated by a person, announced by a text or doubted by a machine: never one for another.

The texts are synthetic."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.analysis.assessment import ReportAssessment, assess_report
from casework.aws.services import notifications
from casework.case.case import Case
from casework.case.danger import STATED_FLAGS, DangerKind, DangerOrigin, gravest_danger
from casework.case.first_glance import OwedGlance, Verdict
from casework.case.value_objects import Duty, Opener, Opening, Priority
from casework.moves.glances import verdict_severity
from casework.moves.severity import CaseSeverity, raised_fields
from casework.pack.jurisdiction import open_pack
from casework.report.report import Facts, ReporterRole
from casework.report.reported_territory import DescribedPlace
from casework.views.danger import DangerSaid
from casework.views.duty_desk_view import sort_still_due
from casework.views.first_words import MAX_FIRST_WORDS_LENGTH, shorten_text
from casework.views.lists import CaseLine
from harness.evaluation.predictions import read_labelled_rows
from infra.assets import ROOT
from tests.builders import NOON, a_case, a_danger, a_report

MA = open_pack("ma")
REPORT = a_case().opened_by

ATTACKS = [
    "Quelqu'un a posté qu'une bombe va exploser au lycée Moulay Youssef à Rabat à 14h30.",
    "A user wrote: bomb at Agdal station, 18:00.",
    "Un compte annonce un attentat au marché de Salé dans six heures.",
    "تهديد بقنبلة في مدرسة بفاس بعد ست ساعات",
    "تهديد بقنبلة في مدرسة بفاس على الساعة العاشرة",
    "Someone on Discord says he will shoot people at the mall in Rabat at 6 pm.",
    "Ils vont tout faire sauter au tribunal de Kénitra à 9h",
    "On annonce une fusillade à la faculté de Meknès à 16:00",
    "غادي يفجر القيسارية ديال فاس مع 17h",
    "ghadi ytir 9onbola f tribunal dyal Tanja m3a 10h",
    "Dicen que pondrán una bomba en la estación de Tánger a las 18:30",
]
"""Nobody in them states danger: a text names an attack and its hour."""
ELSEWHERE = "Ce message dit: explosion prévue gare routière Ouled Ziane 20h00"
"""An attack in words that only the category makes one."""
NONE = [
    "La bombe de 1912 a été retrouvée au musée.",
    "Hier à 14h30 la police a trouvé une bombe dans la gare.",
    "Je travaille pendant 3h au stand de tir avec une arme de loisir.",
    "Le colis coûte 18,00 dirhams et le vendeur ne répond plus.",
    "Dans le jeu, le boss pose une bombe à 18:00 et le niveau finit.",
]


def read(text: str, category: str | None = "other", **said: Any) -> ReportAssessment:
    body = json.dumps(a_report(category=category, narrative=text) | said)
    facts = Facts.model_validate_json(
        json.dumps(
            {name: each for name, each in json.loads(body).items() if name in Facts.model_fields}
        )
    )
    return assess_report(MA, facts, text, (), NOON)


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("category", ["terrorism", "threats_violence", "other"])
def test_a_text_that_names_an_attack_and_its_hour_wakes_somebody(text: str, category: str) -> None:
    found = read(text, category)
    raised = [found.flags[each][0] for each in STATED_FLAGS & found.flags.keys()]
    firm = any(not each.startswith("reads-like-") for each in raised)  # some are threats as well
    assert found.danger is (DangerKind.STATED if firm else DangerKind.ANNOUNCED)
    assert (found.priority, "announced_attack" in found.reasons) == (Priority.IMMEDIATE, True)


@pytest.mark.parametrize("category", ["terrorism", "threats_violence"])
def test_an_hour_is_enough_where_the_report_is_of_threats(category: str) -> None:
    assert read(ELSEWHERE, category).danger is DangerKind.ANNOUNCED


@pytest.mark.parametrize("text", NONE)
def test_what_is_over_or_lasted_or_is_a_game_announces_nothing(text: str) -> None:
    assert "announced_attack" not in read(text).flags


def test_what_the_reporter_ticks_or_says_is_stated() -> None:
    told = "Il est devant ma porte avec un couteau et dit qu'il va me tuer maintenant."
    for found in (read("Aidez-moi.", danger_now=True), read(told, "threats_violence")):
        assert found.danger is DangerKind.STATED
        assert not found.self_harm


def test_that_a_person_may_end_their_life_is_a_kind_of_danger_whatever_the_category() -> None:
    found = read("Je vais me suicider ce soir, j'ai écrit une lettre d'adieu à mes enfants.")
    assert (found.danger, found.self_harm) == (DangerKind.STATED, True)
    assert found.data["self_harm"] is True


def test_a_likeness_alone_is_a_doubt_whatever_flag_it_raises() -> None:
    """A machine's guess never looks like a fact, also where it is sure of itself."""
    guessed = 0
    for row in read_labelled_rows(ROOT / "harness" / "evaluation" / "fresh.jsonl"):
        found = read(row["narrative"], row["claimed_category"])
        firm = {
            each[0]
            for flag, each in found.flags.items()
            if flag in {"imminent_danger", "self_harm_risk"}
        }
        likely = bool(firm) and all(each.startswith("reads-like-") for each in firm)
        if likely and found.danger is not DangerKind.ANNOUNCED:
            assert found.danger is DangerKind.DOUBTED, row["id"]
            guessed += 1
    assert guessed, "the file has such reports"


@given(st.lists(st.sampled_from(DangerKind), min_size=1, max_size=5))
def test_the_gravest_danger_stands_in_any_order(kinds: list[DangerKind]) -> None:
    case = a_case()
    for number, kind in enumerate(kinds):
        told = a_danger(kind=kind, report=f"report {number}")
        case = case.model_copy(update=raised_fields(case, CaseSeverity(Priority.IMMEDIATE, told)))
    top = min(kinds, key=lambda each: each.rank)
    assert case.danger == a_danger(kind=top, report=f"report {kinds.index(top)}")
    assert gravest_danger([a_danger(kind=each) for each in kinds]) == a_danger(kind=top)


def test_the_latest_words_of_the_same_reporter_stand_and_nobody_else_s_take_their_place() -> None:
    case = a_case()
    first = a_danger(report="R1", at="2026-03-02T10:00:00.000Z")
    later = first.model_copy(update={"addition": "A1", "at": "2026-03-02T10:05:00.000Z"})
    others = later.model_copy(update={"report": "R2"})
    guess = later.model_copy(update={"kind": DangerKind.DOUBTED})
    case = case.model_copy(update={"imminent": True, "danger": first})

    def stands(danger: DangerOrigin) -> DangerOrigin:
        found: DangerOrigin = raised_fields(case, CaseSeverity(case.priority, danger)).get(
            "danger", first
        )
        return found

    assert stands(later) == later.model_copy(update={"at": first.at}), "the danger is as old"
    assert stands(others) == first
    assert stands(guess) == first


def test_what_a_person_sees_at_a_glance_is_stated_and_keeps_what_was_read_there() -> None:
    doubt = a_danger(
        kind=DangerKind.DOUBTED, report=REPORT, self_harm=True, reasons=("perhaps_self_harm",)
    )
    case = a_case(imminent=True, danger=doubt, priority=Priority.IMMEDIATE)
    weight = verdict_severity(Verdict.DANGER_NOW, REPORT, "2026-03-02T12:00:00.000Z", "ana")
    assert weight is not None
    after = raised_fields(case, weight)["danger"]
    assert (after.kind, after.by) == (DangerKind.STATED, "ana")
    assert (after.self_harm, after.reasons) == (True, ("perhaps_self_harm",))


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"flags": ("imminent_danger",)}, DangerKind.STATED),
        ({"flags": ("self_harm_risk",)}, DangerKind.STATED),
        ({"unreadable": True}, DangerKind.STATED),
        ({"gate": (Opening(by=Opener.DANGER, event=3),)}, DangerKind.STATED),
        ({"flags": ("minor_victim",)}, DangerKind.DOUBTED),
        ({}, DangerKind.DOUBTED),
    ],
)
def test_a_case_of_before_says_how_its_danger_is_known(
    fields: dict[str, Any], kind: DangerKind
) -> None:
    case = a_case(imminent=True, **fields)
    assert case.danger_source is not None
    assert case.danger_source.kind is kind
    assert CaseLine.from_case(case, NOON, UTC).danger is not None
    assert a_case(**fields).danger_source is None


def test_the_alert_says_how_the_danger_is_known() -> None:
    for kind in DangerKind:
        case = a_case(imminent=True, danger=a_danger(kind=kind))
        for told in (notifications.danger_alert(case), notifications.danger_added(case, "12:00")):
            assert told.to_cloud_event(NOON)["data"]["danger"] == kind.value
    assert "danger" not in notifications.review_overdue(a_case()).to_cloud_event(NOON)["data"]


def test_the_gravest_comes_first_and_of_equals_the_newest_without_a_person() -> None:
    def of(number: int, kind: DangerKind, at: str, **fields: Any) -> Case:
        told = a_danger(kind=kind, at=f"2026-03-02T{at}:00.000Z")
        return a_case(number, imminent=True, danger=told, priority=Priority.IMMEDIATE, **fields)

    attended = {"by": "ana", "at": "2026-03-02T11:59:00.000Z", "did": "told_unit"}
    doubted = of(1, DangerKind.DOUBTED, "11:59")
    cared = of(2, DangerKind.STATED, "11:58", attended=attended)
    old, new = of(3, DangerKind.STATED, "11:00"), of(4, DangerKind.STATED, "11:57")
    announced = of(5, DangerKind.ANNOUNCED, "11:58")
    lines = sort_still_due(Duty.IMMINENT, [doubted, cared, old, announced, new])
    assert [each.id for each in lines] == [
        each.id for each in (new, old, cared, announced, doubted)
    ]


@given(st.text(max_size=400), st.integers(2, MAX_FIRST_WORDS_LENGTH))
def test_first_words_are_one_line_and_no_longer_than_they_may_be(text: str, most: int) -> None:
    line = shorten_text(text, most)
    assert len(line) <= most
    assert "\n" not in line


def test_words_that_are_hard_to_bear_are_left_out_and_said_to_be() -> None:
    facts = Facts(
        role=ReporterRole.VICTIM, language="fr", territory=DescribedPlace(text="Rue Tarik, Salé")
    )
    shown = DangerSaid.from_report(facts, "Il est en bas.", severe=False)
    assert (shown.words, shown.place, shown.covered) == ("Il est en bas.", "Rue Tarik, Salé", False)
    hidden = DangerSaid.from_report(facts, "Il est en bas.", severe=True)
    assert (hidden.words, hidden.covered, hidden.role) == (None, True, ReporterRole.VICTIM)


def test_the_gravest_report_is_glanced_at_first() -> None:
    dangers = [
        OwedGlance(priority=Priority.IMMEDIATE, imminent=True, danger=each) for each in DangerKind
    ]
    calm = [OwedGlance(priority=each) for each in list(Priority)[1:]]
    ranks = [each.rank for each in (*dangers, *calm)]
    assert ranks == sorted(set(ranks)), "each kind has a rank of its own"
    assert all(rank < 10 for rank in ranks), "a place in the index has one digit for it"
    of_before = OwedGlance(priority=Priority.IMMEDIATE, imminent=True, flags=("imminent_danger",))
    assert of_before.danger_kind is DangerKind.STATED


def test_what_told_of_danger_is_small() -> None:
    told = DangerOrigin(
        kind=DangerKind.STATED,
        report=REPORT,
        at="2026-03-02T12:00:00.000Z",
        reasons=("x" * 40,) * 4,
    )
    assert len(told.model_dump_json()) < 400
