"""Reporters and the people who work on their cases stay in touch."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from casework.aws.table.item_mapping import question_to_item
from casework.case.value_objects import Question
from casework.text.reference import case_id_from_reference
from functions.intake import operations, progress_pages
from tests.builders import a_report
from tests.integration.reporters import TABLE, Reporters, a_key

NAMED = {
    "kind": "identified",
    "contact": {"email": "temoin@example.org"},
    "identity": {"name": "Canari Personne"},
}


def add(
    reporters: Reporters,
    sent: dict[str, Any],
    document: Any,
    key: str | None = None,
    **headers: str,
) -> Any:
    """POST /v1/reports/{reference}/additions with the receipt of an accepted report."""
    said = {
        "content-type": "application/json",
        "authorization": f"Receipt {sent['receipt']}",
        "idempotency-key": key or a_key(),
        **headers,
    }
    path = f"/v1/reports/{sent['reference']}/additions"
    return reporters.call("POST", path, said, json.dumps(document).encode())


def test_a_reporter_adds_facts_and_reads_them_again(reporters: Reporters) -> None:
    sent = reporters.send(a_report(), a_key()).document
    before = [item for item in reporters.items() if item["sk"]["S"] == "REPORT"]

    added = add(reporters, sent, {"text": "Ils ont rappelé depuis ce numéro."})

    assert added.status == 201
    assert added.document["reference"] == sent["reference"]
    followed = reporters.follow(sent["reference"], sent["receipt"]).document
    assert [each["text"] for each in followed["additions"]] == ["Ils ont rappelé depuis ce numéro."]
    (after,) = [item for item in reporters.items() if item["sk"]["S"] == "REPORT"]
    assert after.pop("additions") == {"N": "1"}
    assert [after] == before, "the report itself is never edited"


def test_an_addition_sent_again_is_kept_once_and_answered_the_same(reporters: Reporters) -> None:
    sent, key = reporters.send(a_report(), a_key()).document, a_key()
    first = add(reporters, sent, {"text": "Encore un appel."}, key)
    again = add(reporters, sent, {"text": "Encore un appel."}, key)
    assert (again.status, again.text) == (201, first.text)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = add(reporters, sent, {"text": "Autre chose."}, key)
    assert other.document["type"].endswith("key-conflict")
    assert len(reporters.follow(sent["reference"], sent["receipt"]).document["additions"]) == 1


def test_an_addition_with_a_payment_in_the_future_is_refused(reporters: Reporters) -> None:
    sent = reporters.send(a_report(), a_key()).document
    lost = [{"amount": "1", "currency": "MAD", "at": "9999-01-01"}]
    refused = add(reporters, sent, {"text": "Encore.", "money_lost": lost})
    assert [each["pointer"] for each in refused.document["errors"]] == ["#/money_lost/0/at"]


def test_a_report_takes_fifty_additions_and_no_more(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MAX_ADDITIONS", 2)
    sent, key = reporters.send(a_report(), a_key()).document, a_key()
    assert add(reporters, sent, {"text": "Fait 0."}, key).status == 201
    assert add(reporters, sent, {"text": "Fait 1."}).status == 201
    refused = add(reporters, sent, {"text": "Un de trop."})
    assert (refused.status, refused.document["type"]) == (
        409,
        "urn:e-iblagh:problem:too-many-additions",
    )
    assert add(reporters, sent, {"text": "Fait 0."}, key).status == 201, "a repeat is none more"


def test_fifty_of_many_simultaneous_additions_are_kept_and_the_others_refused(
    reporters: Reporters,
) -> None:
    """The limit is a condition of the write, so that simultaneous calls cannot pass it."""
    sent = reporters.send(a_report(), a_key()).document
    keys = [a_key() for _ in range(60)]

    def one(number: int) -> Any:
        return add(reporters, sent, {"text": f"Fait {number}."}, keys[number])

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, range(60)))

    assert Counter(each.status for each in answers) == {201: 50, 409: 10}
    refused = {each.document["type"] for each in answers if each.status == 409}
    assert refused == {"urn:e-iblagh:problem:too-many-additions"}
    followed = reporters.follow(sent["reference"], sent["receipt"]).document
    assert len(followed["additions"]) == 50


def test_a_reporters_correction_stands_beside_the_first_words(reporters: Reporters) -> None:
    sent = reporters.send(a_report(), a_key()).document
    correction = {"kind": "correction", "corrects": "money_lost", "text": "C’était 900 dh."}
    said = add(reporters, sent, correction).document
    assert said["kind"] == "correction"
    assert "correction" in said["text"]
    (shown,) = reporters.follow(sent["reference"], sent["receipt"]).document["additions"]
    assert {name: shown[name] for name in correction} == correction
    wrong = add(reporters, sent, {"corrects": "money_lost", "text": "Rien."})
    assert (wrong.status, wrong.document["errors"][0]["code"]) == (422, "corrects.kind")


def test_a_reporter_who_withdraws_is_told_the_effect(reporters: Reporters) -> None:
    sent = reporters.send(a_report(), a_key()).document
    said = add(reporters, sent, {"kind": "withdrawal", "text": "Je préfère arrêter."}).document
    assert "ne met fin à rien" in said["text"]
    followed = reporters.follow(sent["reference"], sent["receipt"]).document
    assert followed["status"] == "received", "by itself it ends nothing"
    assert [each["kind"] for each in followed["additions"]] == ["withdrawal"]


def test_older_entries_are_read_page_by_page_without_a_repeat(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(progress_pages.PROGRESS_BUDGETS_BYTES, "additions", 1_000)
    sent = reporters.send(a_report(), a_key()).document
    for number in range(12):
        add(reporters, sent, {"text": f"Fait {number}."})
    page = reporters.follow(sent["reference"], sent["receipt"]).document
    assert page["additions"][-1]["text"] == "Fait 11.", "the latest first"
    assert len(page["additions"]) < 12
    told = page["additions"]
    add(reporters, sent, {"text": "Fait 12."})  # changes no older entry
    while "cursor" in page:
        page = reporters.follow(sent["reference"], sent["receipt"], cursor=page["cursor"]).document
        assert page["timeline"] == [], "it was on the first page"
        told = page["additions"] + told
    assert [each["text"] for each in told] == [f"Fait {number}." for number in range(12)]
    refused = reporters.follow(sent["reference"], sent["receipt"], cursor="another")
    assert (refused.status, refused.document["errors"][0]["code"]) == (422, "cursor.unknown")


def test_an_added_contact_is_sealed_and_never_shown(reporters: Reporters) -> None:
    sent = reporters.send(a_report(), a_key()).document
    add(reporters, sent, {"text": "Écrivez-moi.", "contact": {"email": "canari@example.org"}})
    followed = reporters.follow(sent["reference"], sent["receipt"])
    assert followed.document["additions"][0]["contact"] is True
    assert "canari@example.org" not in followed.text
    assert "canari@example.org" not in repr(reporters.items())
    assert "canari@example.org" not in reporters.logs.getvalue()


@pytest.mark.parametrize("field", ["status", "unit", "severity", "id", "case_id", "accepted_at"])
def test_a_reporter_cannot_set_a_field_that_staff_decide(reporters: Reporters, field: str) -> None:
    """Hardening case 24: mass assignment."""
    report = reporters.send(a_report(**{field: "immediate"}), a_key())
    sent = reporters.send(a_report(), a_key()).document
    addition = add(reporters, sent, {"text": "Rien.", field: "immediate"})
    for refused in (report, addition):
        assert refused.status == 422
        assert refused.document["errors"][0]["pointer"] == f"#/{field}"


def test_an_attacker_who_guesses_receipts_learns_nothing_from_answers_or_timing(
    reporters: Reporters,
) -> None:
    """Hardening case 27: the same answer and the same calls for unknown and for wrong."""
    sent = reporters.send(a_report(), a_key()).document
    wrong, unknown = "0" * 26, {"reference": "000G-40R4-0M30-E209-J", "receipt": "0" * 26}
    seen = []
    for target in ({**sent, "receipt": wrong}, unknown):
        reporters.calls.clear()
        answers = [
            reporters.follow(target["reference"], target["receipt"]),
            add(reporters, target, {"text": "Rien."}),
        ]
        said = [(each.status, {**each.document, "instance": ""}) for each in answers]
        seen.append((said, dict(reporters.calls)))
    assert seen[0] == seen[1]
    assert seen[0][0][0][0] == 404


def test_only_the_reporter_who_was_asked_can_answer(
    reporters: Reporters,
) -> None:
    asked, other = (reporters.send(a_report(), a_key()).document for _ in range(2))
    question = Question(
        number=2,
        report=asked["reference"],
        text="Quel jour était-ce ?",
        language="fr",
        asked_at="2026-11-01T00:00:00.000Z",
        due="2026-11-08T00:00:00.000Z",
    )
    item = question_to_item(case_id_from_reference(asked["reference"]), question)
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)
    answer = {"text": "Mardi.", "answers": 2}
    for sent, document in ((other, answer), (asked, {**answer, "answers": 1})):
        refused = add(reporters, sent, document)
        assert refused.status == 422
        assert refused.document["errors"][0]["code"] == "question.unknown"
    assert add(reporters, asked, answer).status == 201
    (shown,) = reporters.follow(asked["reference"], asked["receipt"]).document["messages"]
    assert (shown["question"], shown["answered"]) == (2, True)
