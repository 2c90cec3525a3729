"""A case as staff read it: reports, reasons and history, without identities."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from casework.aws.http import cursors
from casework.aws.table import items, keys
from casework.aws.table.additions import record_entry_write
from casework.aws.table.case_report_table import LinkedReports
from casework.aws.table.report_table import NewAddition, ReportTable
from casework.aws.table.wire import to_wire_item
from casework.decisions.staff import Role
from casework.pack.jurisdiction import open_pack
from casework.report.followup import Addition, fold_addition
from casework.text.compression import compress_text
from functions.desk.cases import messages
from functions.desk.queries import pages
from tests.builders import RABAT, a_case, a_reference
from tests.integration.answers import problem
from tests.integration.desks import (
    ACCEPT,
    MONEY,
    TABLE,
    TOKEN,
    Desk,
)
from tests.office import marked


def test_a_case_shows_its_reports_reasons_and_history(desk: Desk) -> None:
    case = desk.referred()
    reference = desk.report(case, 1, narrative="« Votre colis » : سرقوا 8 400 درهم")
    joined = desk.report(case, 2, at="2026-03-02T11:05:00.000Z", danger_now=True)
    view = desk.case(case, desk.enrol(Role.OFFICER, RABAT)).document
    first, second = view["reports"]
    assert (first["reference"], first["linked_by"]) == (reference, [])
    assert first["narrative"] == "« Votre colis » : سرقوا 8 400 درهم"
    assert (first["language"], first["disclosure"]) == ("fr", "anonymous")
    assert first["facts"]["locations"][0]["value"] == "https://banque.example/verification"
    assert (second["reference"], second["linked_by"]) == (
        joined,
        [
            {
                "kind": "phone",
                "value": "+212600004117",
                "digest": marked("phone", "+212600004117").partition(":")[2],
            }
        ],
    )
    assert second["facts"]["danger_now"] is True
    advice = view["assessment"]
    assert advice["report"] == first["reference"]
    assert (advice["priority"], advice["reasons"]) == ("standard", ["money_lost"])
    competence = view["competence"]
    assert (competence["unit"], competence["rule"]) == (RABAT, "territory")
    assert competence["decider"] == "an analyst"
    assert [event["move"] for event in view["history"]] == [
        *("open", "assess", "confirm", "refer", "publish"),
        "read",  # by this officer, just now
    ]
    assert view["history"][2]["by"] == "an analyst"
    assert view["may"] == ["take_out", "acknowledge", "decline", *MONEY]


def test_no_answer_shows_a_reporters_identity_a_proof_or_a_token(desk: Desk) -> None:
    case = desk.referred()
    desk.waits(case)
    desk.report(
        case,
        1,
        disclosure={
            "kind": "identified",
            "contact": {"email": "canary@example.org"},
            "identity": {"name": "Canary Person"},
        },
    )
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    assert desk.case(case, ana).document["reports"][0]["disclosure"] == "identified"
    desk.queue(omar)
    desk.case(case, omar)
    desk.acknowledge(case, ACCEPT, omar, if_match='"0"')
    desk.acknowledge(case, ACCEPT, omar)
    shown = "".join(desk.shown)
    for canary in ("canary", "Canary", TOKEN, "contact_box", "identity_box", "verifier", "pepper"):
        assert canary not in shown
    assert "banque" not in desk.logs.getvalue()


def test_staff_read_questions_answers_corrections_and_messages_in_words(desk: Desk) -> None:
    """Desk bug 8: the history holds numbers and digests, but staff need the words."""
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    reference = desk.report(case, 1)
    ask = {"outcome": "ask", "question": "Quel numéro vous a appelé ?"}
    assert desk.review(case, ask, ana).status in {200, 202}
    said: list[dict[str, Any]] = [
        {"text": "Le 0661234567.", "answers": 1},
        {"text": "C’était mardi.", "kind": "correction", "corrects": "seen_at"},
        {"text": "J’arrête.", "kind": "withdrawal"},
    ]
    for number, each in enumerate(said):
        sent = Addition.model_validate_json(json.dumps(each))
        new = NewAddition(
            reference=reference,
            addition=f"A{number}",
            added_at=f"2026-03-02T12:0{number}:00.000Z",
            content=fold_addition(sent),
            pepper="1",
            body_mac=b"m",
            correlation_id="c",
        )
        assert ReportTable(TABLE).add_once(new, 50) is None
    mark = marked("phone", "+212661234567")
    items.update_item(
        record_entry_write(
            TABLE, reference, "A0", event=4, own_named=(), named={mark: "+212661234567"}
        )["Update"]
    )
    case = desk.table.get_case(case.id)
    message = {"text": "Rendez-vous jeudi à 10 h.", "reports": [reference]}
    assert desk.decide(case, "messages", message, ana).status == 201

    view = desk.case(case, ana).document
    (report,) = view["reports"]
    (question,) = report["questions"]
    assert (question["text"], question["answered_by"]) == (ask["question"], "A0")
    answer, correction, withdrawal = report["added"]
    assert (answer["asked"], answer["text"]) == (ask["question"], "Le 0661234567.")
    assert [each["value"] for each in answer["identifiers"]] == ["+212661234567"]
    assert (correction["kind"], correction["corrects"]) == ("correction", "seen_at")
    assert withdrawal["kind"] == "withdrawal"
    assert (report["corrected"], report["withdrawn"]) == (True, True)
    (shown,) = view["messages"]
    assert (shown["text"], shown["reports"], shown["by"]) == (message["text"], [reference], ana)
    dossier = desk.get(f"cases/{case.id}/dossier", ana).document
    assert "+212661234567" in [each["value"] for each in dossier["identifiers"]]
    assert dossier["messages"] == view["messages"]


def test_a_case_takes_two_hundred_messages_and_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MAX_MESSAGES", 1)
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    assert desk.decide(case, "messages", {"text": "Bonjour."}, ana).status == 201
    refused = desk.decide(case, "messages", {"text": "Encore."}, ana)
    assert (refused.status, problem(refused)) == (409, "too-many")


def test_reports_are_read_page_by_page_though_many_came_in_the_same_millisecond(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MAX_REPORTS_SHOWN", 4)
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    sent = {desk.report(case, number) for number in range(1, 11)}
    seen: list[str] = []
    query: dict[str, str] = {}
    while True:
        view = desk.case(case, ana, **query).document
        assert len(view["reports"]) <= 4
        seen += [report["reference"] for report in view["reports"]]
        if "cursor" not in view:
            break
        query = {"cursor": view["cursor"]}
    assert (len(seen), set(seen)) == (10, sent)


def test_an_unreadable_report_hides_no_other_report(desk: Desk) -> None:
    """The page shows that the report exists and that its words are missing."""
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    harmed, sound = (
        desk.report(case, number, at=f"2026-03-02T11:0{number}:00.000Z") for number in (1, 2)
    )
    boto3.client("dynamodb").update_item(
        TableName=TABLE,
        Key=to_wire_item(keys.report_key(harmed)),
        UpdateExpression="SET facts = :nonsense",
        ExpressionAttributeValues=to_wire_item({":nonsense": b"nonsense"}),
    )
    for path in (f"cases/{case.id}", f"cases/{case.id}/dossier"):
        shown = desk.get(path, omar).document["reports"]
        assert [each["reference"] for each in shown] == [harmed, sound]
        assert [each.get("unreadable", False) for each in shown] == [True, False], path
        assert shown[1]["narrative"]
    draft = desk.get(f"cases/{case.id}/freeze-request", omar).document
    assert [each["report"] for each in draft["transfers"]] == [sound]


KNIFE = '{"role":"victim","danger_now":true,"territory":{"text":"\u202eرباط <b>"},"seen\x00\x1b[31m'


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (compress_text("[1, 2]"), "[1, 2]"),
        (compress_text(KNIFE), KNIFE.replace("\u202e", "\\u202e").replace("\0", "\\x00")[:-6]),
        (compress_text(KNIFE)[:-3], '{"role":"victim","danger_now":true'),
        (b"nonsense \x1b[2J\xff", "nonsense \\x1b[2J\\xff"),
        (b"", ""),
    ],
    ids=["other facts", "a text that is no JSON", "cut short", "no stream at all", "nothing"],
)
def test_unreadable_facts_are_shown_as_they_are_stored(
    desk: Desk, stored: bytes, shown: str
) -> None:
    """They may be the only sign of danger."""
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    reference = desk.report(case, 1)
    boto3.client("dynamodb").update_item(
        TableName=TABLE,
        Key=to_wire_item(keys.report_key(reference)),
        UpdateExpression="SET facts = :said, narrative = :said",
        ExpressionAttributeValues=to_wire_item({":said": stored}),
    )
    (report,) = desk.case(case, ana).document["reports"]
    assert report["unreadable"] is True
    assert report["facts_as_kept"].startswith(shown)
    assert not any(each < " " for each in report["facts_as_kept"])
    assert report["narrative"].startswith(shown[:20])


def test_an_unreadable_addition_is_shown_as_it_is_stored(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    new = NewAddition(
        reference=desk.report(case, 1),
        addition="A1",
        added_at="2026-03-02T12:00:00.000Z",
        content=compress_text('{"text":"un couteau","kind":"a kind of a later release"}'),
        pepper="1",
        body_mac=b"m",
        correlation_id="c",
    )
    assert ReportTable(TABLE).add_once(new, 50) is None
    (report,) = desk.case(case, ana).document["reports"]
    (added,) = report["added"]
    assert (added["unreadable"], "un couteau" in added["text"]) == (True, True)


def test_a_page_of_long_reports_stays_within_the_size_of_an_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pages.CASE_PAGE_BUDGETS_BYTES, "reports", 26_500)
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    sent = [
        desk.report(case, number, at=f"2026-03-02T11:00:0{number}.000Z", narrative="ن" * 2_000)
        for number in range(1, 6)
    ]
    first = desk.case(case, ana).document
    assert [report["reference"] for report in first["reports"]] == sent[:2]
    second = desk.case(case, ana, cursor=first["cursor"]).document
    assert [report["reference"] for report in second["reports"]] == sent[2:4]


def test_a_report_that_moved_to_another_case_is_not_shown_with_the_old_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, old, new = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    desk.report(old, 50)
    stale = desk.table.reports.page_references(old.id, 10)
    desk.table.reports.link(a_reference(50), new.id, "2026-03-02T11:00:00.000Z", ["phone"])
    monkeypatch.setattr(LinkedReports, "page_references", lambda *_: stale)
    assert desk.case(old, ana).document["reports"] == []


def test_a_cursor_of_another_case_is_refused(desk: Desk) -> None:
    case = desk.in_review()
    forged = cursors.encode_cursor(a_case(9).id, f"2026-03-02T11:00:00.000Z#{a_reference()}")
    assert desk.case(case, desk.enrol(Role.ANALYST), cursor=forged).status == 422


def test_an_analyst_writes_to_reporters_of_cases_at_the_desk_alone(desk: Desk) -> None:
    """Once a unit holds it, nobody at the desk sends its reporter anywhere; the unit reads who
    wrote before, and for which office."""
    ana, officer = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    case = desk.in_review()
    assert desk.decide(case, "messages", {"text": "Merci."}, ana).status == 201
    held = desk.referred()
    refused = desk.decide(held, "messages", {"text": "Venez à 22 h."}, ana)
    assert refused.document["type"].endswith("not-allowed")
    assert desk.decide(held, "messages", {"text": "Venez à 10 h."}, officer).status == 201
    (shown,) = desk.case(held, officer).document["messages"]
    assert (shown["by"], shown["office"]) == (officer, RABAT)
    (first,) = desk.case(case, ana).document["messages"]
    assert first["office"] == open_pack("ma").desk.id
