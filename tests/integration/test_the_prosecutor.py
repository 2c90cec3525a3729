"""The prosecutor at the desk: the cases of the own office at the own court, and no others."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind, Duty, Priority
from casework.decisions.staff import Role
from casework.moves.deadlines import mark_overdue
from functions.desk import deployment
from functions.desk.shared.decision_handler import FRESH_SECONDS
from tests.builders import RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import ACCEPT, OF_RABAT, Desk, a_decision

CASABLANCA = "pj-06-141"
ABOVE_RABAT = ("king-prosecutor-general", "ca-rabat")


def taken(desk: Desk, unit: str = RABAT, **fields: Any) -> Case:
    """A case that a unit took; nothing opened its gate, so it awaits the authorisation."""
    case = desk.referred(unit, **fields)
    officer = desk.enrol(Role.OFFICER, unit)
    assert desk.acknowledge(case, ACCEPT, officer).status in {200, 202}
    return desk.table.get_case(case.id)


def decided(**said: Any) -> dict[str, Any]:
    """A decision of the office of Rabat, of today."""
    today = deployment.desk_jurisdiction().facts.local_day(deployment.now()).isoformat()
    office = {"prosecutor": OF_RABAT[0], "court": OF_RABAT[1]}
    return {**office, "decided_on": today, "reference": "7/2026", **said}


def gives(
    desk: Desk,
    case: Case,
    said: dict[str, Any],
    by: str,
    *,
    ago: timedelta | None = timedelta(minutes=1),
    call: str = "instructions",
) -> Answered:
    """A decision of a prosecutor who signed in so long ago, or whose token does not tell when."""
    event = a_decision(case, call, said, by)
    if ago is not None:
        signed_in = int((deployment.now() - ago).timestamp())
        event["requestContext"]["authorizer"]["jwt"]["claims"]["auth_time"] = str(signed_in)
    return desk.call(event)


def test_a_prosecutor_reads_the_cases_of_the_own_office_and_court(desk: Desk) -> None:
    mine, other = taken(desk), desk.referred(CASABLANCA)
    salma = desk.enrol(Role.PROSECUTOR)
    assert desk.case(mine, salma).status == 200
    assert desk.get(f"cases/{mine.id}/dossier", salma).status == 200
    for path in ("", "/dossier"):
        hidden = desk.get(f"cases/{other.id}{path}", salma)
        assert (hidden.status, problem(hidden)) == (404, "case-not-found")


def test_the_office_of_another_class_or_of_no_court_reads_none_of_them(desk: Desk) -> None:
    fraud = taken(desk)
    above = desk.enrol(Role.PROSECUTOR, seat=ABOVE_RABAT)
    assert desk.case(fraud, above).status == 404
    desk.keep_staff(above, role="prosecutor", office=OF_RABAT[0])
    assert problem(desk.case(fraud, above)) == "not-allowed"


def test_a_case_that_stands_with_no_unit_does_not_exist_for_a_prosecutor(desk: Desk) -> None:
    assert desk.case(desk.in_review(), desk.enrol(Role.PROSECUTOR)).status == 404


def test_what_awaits_authorisation_comes_first_by_the_nearest_deadline(desk: Desk) -> None:
    offered = desk.referred(RABAT)
    later = taken(desk, priority=Priority.STANDARD)
    sooner = desk.refer(desk.in_review(Priority.URGENT), RABAT)
    desk.acknowledge(sooner, ACCEPT, desk.enrol(Role.OFFICER, RABAT))
    for unit in (CASABLANCA, SALE):
        taken(desk, unit)
    salma = desk.enrol(Role.PROSECUTOR)
    page = desk.queue(salma)
    assert [each["id"] for each in page.document["cases"]] == [sooner.id, later.id, offered.id]
    assert page.document["left_out"] is False
    assert desk.queue(salma, of="office").document == page.document
    seen, query = [], {"limit": "1"}
    for _ in range(3):
        one = desk.queue(salma, **query).document
        seen += [each["id"] for each in one["cases"]]
        query["cursor"] = one.get("cursor", "")
    assert seen == [sooner.id, later.id, offered.id]


def test_the_list_of_an_office_is_a_prosecutors_alone_and_their_only_one(desk: Desk) -> None:
    salma, omar = desk.enrol(Role.PROSECUTOR), desk.enrol(Role.OFFICER, RABAT)
    for of in ("waiting", "held", "added"):
        assert desk.queue(salma, of=of).status == 422
    assert desk.queue(salma, of=f"unit:{RABAT}").status == 403
    assert desk.queue(omar, of="office").status == 422


def test_notes_between_colleagues_are_not_for_the_prosecutor(desk: Desk) -> None:
    case, omar = taken(desk), desk.enrol(Role.OFFICER, RABAT)
    note = desk.decide(case, "notes", {"text": "Le procureur est en congé."}, omar)
    assert note.status in {200, 201}, note.text
    assert "en congé" in desk.case(case, omar).text
    assert "en congé" not in desk.case(case, desk.enrol(Role.PROSECUTOR)).text


# ---- instructions


def test_a_prosecutor_authorises_the_inquiry_and_all_read_who_gave_it(desk: Desk) -> None:
    case, salma = taken(desk), desk.enrol(Role.PROSECUTOR)
    assert {"authorise", "check", "close"} <= set(desk.case(case, salma).document["may"])
    given = gives(desk, case, decided(kind="authorise"), salma)
    assert (given.status, given.document["status"]) == (200, "acknowledged")
    omar = desk.enrol(Role.OFFICER, RABAT)
    for path in ("", "/dossier"):
        (entry,) = desk.get(f"cases/{case.id}{path}", omar).document["instructions"]
        assert (entry["instruction"], entry["given"], entry["by"]) == (
            "authorise",
            "by_prosecutor",
            salma,
        )
    history = desk.case(case, omar).document["history"]
    told = {each["number"]: each["data"] for each in history}[given.document["event"]]
    assert told["given"] == "by_prosecutor"


def test_an_authorisation_is_read_later_with_its_words_and_its_conditions(desk: Desk) -> None:
    case, salma = taken(desk), desk.enrol(Role.PROSECUTOR)
    words = {
        "wording": "J'autorise l'enquête sur le compte qui menace la plaignante.",
        "conditions": "Jusqu'au 31 du mois ; compte rendu chaque semaine.",
    }
    assert gives(desk, case, decided(kind="authorise", **words), salma).status == 200
    omar = desk.enrol(Role.OFFICER, RABAT)
    for path in ("", "/dossier"):
        document = desk.get(f"cases/{case.id}{path}", omar).document
        (entry,) = document["instructions"]
        assert {name: entry[name] for name in words} == words
        assert "plaignante" not in json.dumps(document["history"]), "they may name a person"
    for kind in ("order_checks", "investigate"):
        refused = gives(desk, case, decided(kind=kind, conditions="Vite."), salma)
        assert refused.status == 422, "conditions belong to an authorisation"
    long = gives(desk, case, decided(kind="investigate", wording="x" * 4_001), salma)
    assert (long.status, long.document["errors"][0]["pointer"]) == (422, "#/wording")


def test_what_an_officer_enters_is_shown_as_that_with_its_document(desk: Desk) -> None:
    case, omar = taken(desk), desk.enrol(Role.OFFICER, RABAT)
    document = {"name": "Instruction du parquet.pdf", "sha256": "ab" * 32}
    said = decided(kind="authorise", document=document)
    assert desk.decide(case, "instructions", said, omar).status == 200
    page = desk.case(case, omar).document
    (entry,) = page["instructions"]
    assert (entry["given"], entry["document"]) == ("entered_by_officer", document)
    assert document["name"] not in json.dumps(page["history"]), "it may name a person"
    assert page["history"][-1]["data"]["document"] == document["sha256"]
    for wrong in ({"name": "a.pdf", "sha256": "AB"}, {"name": " ", "sha256": "ab" * 32}):
        spoilt = decided(kind="investigate", document=wrong)
        assert desk.decide(case, "instructions", spoilt, omar).status == 422


def test_a_prosecutor_who_signed_in_too_long_ago_signs_in_again_first(desk: Desk) -> None:
    case, salma = taken(desk), desk.enrol(Role.PROSECUTOR)
    said = decided(kind="authorise")
    for ago in (timedelta(seconds=FRESH_SECONDS + 5), timedelta(hours=9), None):
        refused = gives(desk, case, said, salma, ago=ago)
        assert (refused.status, problem(refused)) == (401, "fresh-sign-in-needed")
        challenge = refused.headers["WWW-Authenticate"]
        assert challenge == 'Bearer error="insufficient_user_authentication", max_age=600'
    assert desk.table.get_case(case.id) == case
    assert gives(desk, case, said, salma, ago=timedelta(minutes=9)).status == 200


def test_a_prosecutor_decides_for_the_own_office_alone(desk: Desk) -> None:
    case, salma = taken(desk), desk.enrol(Role.PROSECUTOR)
    for other in (
        {"prosecutor": ABOVE_RABAT[0], "court": ABOVE_RABAT[1], "other_office": "Au nom du PG."},
        {"document": {"name": "a.pdf", "sha256": "ab" * 32}},
    ):
        refused = gives(desk, case, decided(kind="authorise", **other), salma)
        assert (refused.status, problem(refused)) == (422, "not-valid")
    hidden = taken(desk, CASABLANCA)
    assert gives(desk, hidden, decided(kind="authorise"), salma).status == 404


def test_a_prosecutor_refuses_the_inquiry_and_ends_no_work_of_the_unit(desk: Desk) -> None:
    case, salma = taken(desk), desk.enrol(Role.PROSECUTOR)
    sent = decided(reason="sent_to_court")
    assert gives(desk, case, sent, salma, call="closure").status == 403
    refused = gives(desk, case, decided(reason="authorisation_refused"), salma, call="closure")
    assert (refused.status, refused.document["status"]) == (200, "closed")
    omar = desk.enrol(Role.OFFICER, RABAT)
    assert desk.case(case, omar).document["history"][-1]["data"]["given"] == "by_prosecutor"


def test_what_a_prosecutor_gave_no_officer_takes_back(desk: Desk) -> None:
    case, salma = taken(desk), desk.enrol(Role.PROSECUTOR)
    omar = desk.enrol(Role.OFFICER, RABAT)
    entry = gives(desk, case, decided(kind="authorise"), salma).document["event"]
    case = desk.table.get_case(case.id)
    annul = {"kind": "annul", "entry": entry, "reason": "Saisi sur un autre dossier."}
    assert desk.decide(case, "instructions", annul, omar).status == 403
    taken_back = gives(desk, case, annul, salma)
    assert (taken_back.status, taken_back.document["status"]) == (200, "awaiting_authorisation")


# ---- informed


def informs(desk: Desk, case: Case, by: str, **said: Any) -> Answered:
    today = deployment.desk_jurisdiction().facts.local_day(deployment.now()).isoformat()
    office = {"prosecutor": OF_RABAT[0], "court": OF_RABAT[1]}
    told = {**office, "informed_on": today, "means": "letter", "digest": "ab" * 32, **said}
    return desk.decide(case, "informed", told, by)


def due(desk: Desk, case: Case, by: str) -> dict[str, dict[str, Any]]:
    return {each["kind"]: each for each in desk.case(case, by).document["deadlines"]}


def test_informing_ends_the_units_time_and_begins_that_of_the_office(desk: Desk) -> None:
    case, omar = taken(desk), desk.enrol(Role.OFFICER, RABAT)
    before = due(desk, case, omar)
    assert (before["informing"]["owed_by"], before["authorisation"]["owed_by"]) == (
        "unit",
        "office",
    )
    assert informs(desk, case, omar).status == 200
    after = due(desk, case, omar)
    assert "informing" not in after
    assert after["authorisation"]["since"] == format_timestamp(deployment.now())
    assert desk.table.get_case(case.id).pending_deadlines.keys() == {DeadlineKind.AUTHORISATION}


def test_the_unit_names_the_dossier_that_it_handed_over(desk: Desk) -> None:
    case, omar = taken(desk), desk.enrol(Role.OFFICER, RABAT)
    for wrong in (
        {"digest": None},
        {"digest": None, "export": 1},
        {"informed_on": "2020-01-01"},
        {"informed_on": "2031-01-01"},
        {"court": "nowhere"},
        {"prosecutor": ABOVE_RABAT[0], "court": ABOVE_RABAT[1]},
    ):
        refused = informs(desk, case, omar, **wrong)
        assert (refused.status, problem(refused)) == (422, "not-valid"), wrong
    above = {"prosecutor": ABOVE_RABAT[0], "court": ABOVE_RABAT[1], "other_office": "Elle dirige."}
    unseen = informs(desk, case, omar, means="here", **above)
    assert [each["pointer"] for each in unseen.document["errors"]] == ["#/means"]
    desk.get(f"cases/{case.id}/dossier", omar)
    case = desk.table.get_case(case.id)
    assert informs(desk, case, omar, digest=None, export=case.events).status == 200
    assert informs(desk, case, desk.enrol(Role.ANALYST)).status == 403


def test_the_office_that_got_the_dossier_confirms_it_once(desk: Desk) -> None:
    case, omar = taken(desk), desk.enrol(Role.OFFICER, RABAT)
    salma = desk.enrol(Role.PROSECUTOR)
    entry = informs(desk, case, omar).document["event"]
    case = desk.table.get_case(case.id)
    assert "receipt" in desk.case(case, salma).document["may"]
    assert gives(desk, case, {"entry": entry + 1}, salma, call="receipt").status == 409
    assert gives(desk, case, {"entry": entry}, salma, call="receipt").status == 200
    shown = desk.case(case, omar).document["informed"]
    assert (shown["entry"], bool(shown["received_at"])) == (entry, True)
    assert "receipt" not in desk.case(case, salma).document["may"]
    again = gives(desk, desk.table.get_case(case.id), {"entry": entry}, salma, call="receipt")
    assert again.status == 409
    assert "receipt" in [each["move"] for each in desk.case(case, omar).document["history"]]


def test_a_unit_takes_back_that_it_informed_an_office_until_that_confirmed(desk: Desk) -> None:
    case, omar = taken(desk), desk.enrol(Role.OFFICER, RABAT)
    salma = desk.enrol(Role.PROSECUTOR)
    above = {"prosecutor": ABOVE_RABAT[0], "court": ABOVE_RABAT[1]}
    first = informs(desk, case, omar).document["event"]
    wrong = informs(desk, desk.table.get_case(case.id), omar, other_office="Elle dirige.", **above)

    assert wrong.status == 200, wrong.text

    def takes_back(entry: int, by: str = omar) -> Answered:
        said = {"kind": "annul", "entry": entry, "reason": "Un autre dossier."}
        now = desk.table.get_case(case.id)
        return (
            desk.decide(now, "instructions", said, by) if by == omar else gives(desk, now, said, by)
        )

    assert takes_back(wrong.document["event"], salma).status == 403
    assert problem(takes_back(first)) == "not-valid", "only the last one"
    assert takes_back(wrong.document["event"]).status == 200
    shown = desk.case(case, omar).document
    assert (shown["informed"]["entry"], shown["informed"]["court"]) == (first, OF_RABAT[1])
    assert "informing" not in due(desk, case, omar), "the unit informed the right office before"
    assert takes_back(first).status == 200
    assert "informed" not in desk.case(case, omar).document
    assert "informing" in due(desk, case, omar), "its time begins anew"

    entry = informs(desk, desk.table.get_case(case.id), omar).document["event"]
    assert (
        gives(desk, desk.table.get_case(case.id), {"entry": entry}, salma, call="receipt").status
        == 200
    )
    assert problem(takes_back(entry)) == "illegal-move"


def test_another_unit_informs_anew_and_a_decision_says_that_the_office_knows(desk: Desk) -> None:
    case, omar = taken(desk), desk.enrol(Role.OFFICER, RABAT)
    informs(desk, case, omar)
    case = desk.table.get_case(case.id)
    gave = {"unit": SALE}
    boss = desk.enrol(Role.SUPERVISOR)
    event = a_decision(case, "reassign", gave, boss)
    event["rawPath"] = f"/v1/desk/duty/{case.id}/reassign"
    assert desk.call(event).status in {200, 202}
    case = desk.table.get_case(case.id)
    assert case.informed is not None
    assert case.informed_by_unit is None
    assert DeadlineKind.INFORMING not in case.pending_deadlines
    told = taken(desk)
    assert gives(desk, told, decided(kind="authorise"), desk.enrol(Role.PROSECUTOR)).status == 200
    assert DeadlineKind.INFORMING not in desk.table.get_case(told.id).pending_deadlines


def test_who_is_late_to_inform_is_swept_and_on_the_duty_desk(desk: Desk) -> None:
    case = taken(desk)
    at = datetime.fromisoformat(case.pending_deadlines[DeadlineKind.INFORMING].due)
    late = desk.table.save(mark_overdue(case, DeadlineKind.INFORMING, at, (60, 60)))
    assert Duty.OVERDUE in late.duties
    assert late.pending_deadlines[DeadlineKind.INFORMING].level == 1
