"""One report travels the whole way, over HTTP, on the deployed template."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from casework.aws.table import keys
from casework.moves.merges import MOVED_AGAIN_SECONDS
from tests.e2e.people import People, a_phone, a_report, eventually

RABAT = "pj-04-421"
SECONDS = 15
"""The sweeper looks once a minute; the stream tells at once, on a machine that may be busy."""


def test_a_report_reaches_the_unit_of_its_place_and_the_reporter_sees_it(people: People) -> None:
    accepted = people.submit()
    case_id = people.case_of(accepted)
    people.await_wait(case_id)
    assert people.follow(accepted)["status"] == "in_review"

    people.confirm(case_id)
    case = people.await_status(case_id, "published")
    assert case["referral"]["unit"] == RABAT
    told = eventually(
        lambda: [e for e in people.notifications(RABAT) if e["subject"] == case_id], "Rabat is told"
    )
    assert [event["id"] for event in told] == [f"{case_id}-1-referred"]

    people.await_wait(case_id)
    people.acknowledge(case_id, RABAT)
    people.await_status(case_id, "awaiting_authorisation")
    eventually(lambda: people.executions(case_id) == ["SUCCEEDED"], "the workflow ends well")
    assert people.follow(accepted)["status"] == "with_unit"


def test_a_case_waits_until_an_officer_accepts_the_identity_of_a_reporter(people: People) -> None:
    seen = [{"kind": "phone", "value": a_phone()}]
    case_id = people.published(locations=seen, disclosure={"kind": "anonymous"})
    people.acknowledge(case_id, RABAT)
    people.await_status(case_id, "awaiting_authorisation")
    named = {"contact": {"email": "victime@example.org"}, "identity": {"name": "Une Victime"}}
    joined = people.submit(a_report(locations=seen, disclosure={"kind": "identified", **named}))

    assert people.case_of(joined) == case_id
    people.invoke("ReprocessFunction", {"cases": [case_id]})  # reads its reports again
    assert people.case(case_id).json()["status"] == "awaiting_authorisation"
    wish = {"report": joined["reference"], "motive": "Entendre la victime avant lundi midi."}
    asked = people.decide(case_id, "identity-requests", wish, "officer", RABAT)
    released = people.release_identity(case_id, asked)
    opened = people.open_identity(case_id, released, RABAT)
    assert opened.json()["identity"] == {"name": "Une Victime"}
    mine = {"reports": [joined["reference"]]}
    admitted = people.decide(case_id, "admissions", mine, "officer", RABAT)
    assert admitted.json()["unadmitted"] == 1, "the first report is not admitted by that"
    verdict = {"outcome": "accept"}
    believed = people.decide(case_id, "identity-requests/1/verdict", verdict, "officer", RABAT)
    assert believed.json()["status"] == "acknowledged", believed.text
    timeline = [each["status"] for each in people.follow(joined)["timeline"]]
    assert timeline == ["received", "in_review", "with_unit"]


def test_a_declined_referral_goes_to_the_unit_named_competent(people: People) -> None:
    case_id = people.case_of(people.submit())
    people.await_wait(case_id)
    people.confirm(case_id)
    people.await_status(case_id, "published")
    people.await_wait(case_id)
    decline = {
        "outcome": "decline",
        "reason": "other_territory",
        "competent_unit": "pj-04-441",
    }
    answer = people.decide(case_id, "acknowledgement", decline, "officer", RABAT)
    assert answer.status_code in {200, 202}, answer.text

    case = people.await_status(case_id, "published")
    eventually(
        lambda: people.await_status(case_id, "published")["referral"]["unit"] == "pj-04-441",
        "Salé holds the referral",
    )
    assert case["status"] == "published"
    assert people.case(case_id, "officer", RABAT).status_code == 404
    moves = [event["move"] for event in people.case(case_id).json()["history"]]
    assert moves == [
        *("open", "assess", "confirm", "refer", "publish"),
        *("read", "decline", "reroute", "publish"),
    ]


def test_imminent_danger_reaches_the_duty_desk_at_once(people: People) -> None:
    case_id = people.case_of(people.submit(a_report(danger_now=True)))
    alerts = eventually(
        lambda: [e for e in people.notifications("duty") if e["subject"] == case_id],
        "the duty desk is alerted",
    )
    assert [event["id"] for event in alerts] == [f"{case_id}-alert"]
    assert case_id in people.on_duty("imminent")


def test_64_reports_of_one_scam_at_once_are_one_case(people: People) -> None:
    phone = a_phone()
    bodies = [
        a_report(narrative=f"Arnaque {n}", locations=[{"kind": "phone", "value": phone}])
        for n in range(64)
    ]
    with ThreadPoolExecutor(64) as crowd:
        accepted = list(crowd.map(people.submit, bodies))
    cases = {people.case_of(report) for report in accepted}
    assert len(cases) == 1
    assert len({report["reference"] for report in accepted}) == 64
    (case_id,) = cases
    assert people.every_execution(case_id) == [f"{case_id}-1"]
    assert people.runs(case_id)


def test_a_question_is_answered_with_the_receipt_and_the_review_goes_on(people: People) -> None:
    accepted = people.submit()
    case_id = people.case_of(accepted)
    people.ask(case_id, "Quel jour était-ce ?")
    answer = people.add(accepted, {"text": "Lundi.", "answers": 1})
    assert answer.status_code == 201, answer.text
    back = people.await_status(case_id, "in_review")
    assert back["run"] == 2
    eventually(lambda: people.runs(case_id), "the review is served again")


def carried_after(people: People, case_id: str, move: str) -> float:
    """Seconds from a decision until the first pass carried the reports of its case."""

    def looked_once() -> dict[str, Any]:
        moving: dict[str, Any] = people.item(keys.case_key(case_id)).get("moving", {})
        return moving if moving.get("level") else {}

    due = eventually(looked_once, "the reports are carried")["due"]
    (decided,) = (each["at"] for each in people.audited(case_id)["events"] if each["move"] == move)
    carried = datetime.fromisoformat(due) - timedelta(seconds=MOVED_AGAIN_SECONDS)
    return (carried - datetime.fromisoformat(decided)).total_seconds()


def test_a_merge_and_a_split_are_done_within_seconds_of_the_decision(people: People) -> None:
    phone = {"locations": [{"kind": "phone", "value": a_phone()}]}
    kept = people.in_review()
    accepted = [people.submit(a_report(**phone)) for _ in range(3)]
    (case_id,) = {people.case_of(each) for each in accepted}
    people.await_wait(case_id)
    references = [keys.report_key(each["reference"]) for each in accepted]

    merge = {"outcome": "merge", "into": kept}
    assert people.decide(case_id, "review", merge, "analyst").status_code in {200, 202}
    assert carried_after(people, case_id, "merge") < SECONDS
    assert {people.item(each)["case_id"] for each in references} == {kept}
    split = people.decide(case_id, "review", {"outcome": "split"}, "supervisor")
    assert split.status_code in {200, 202}, split.text
    assert carried_after(people, case_id, "split") < SECONDS
    assert {people.item(each)["case_id"] for each in references} == {case_id}


def test_a_merged_case_goes_on_in_the_other(people: People) -> None:
    kept, case_id = people.in_review(), people.in_review()
    merge = {"outcome": "merge", "into": kept}
    assert people.decide(case_id, "review", merge, "analyst").status_code in {200, 202}

    first = keys.report_key(people.item(keys.case_key(case_id))["opened_by"])
    people.sweep_until(lambda: people.item(first)["case_id"] == kept, "its report is moved")
    answer = people.decide(case_id, "review", {"outcome": "split"}, "supervisor")
    assert answer.status_code in {200, 202}, answer.text
    people.await_status(case_id, "in_review")
