"""A report that is sent again is answered as before, byte for byte, and is kept once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from casework.aws.http.api import request_from_event
from casework.aws.services import secrets
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.pack.jurisdiction import open_pack
from functions.intake import deployment, operations
from functions.intake.answers import Accepted
from tests.builders import a_report
from tests.integration.answers import problem
from tests.integration.reporters import (
    TABLE,
    Reporters,
    a_key,
    an_event,
)


def test_the_same_key_and_body_answers_the_same_byte_for_byte(reporters: Reporters) -> None:
    key, report = a_key(), a_report()
    first = reporters.send(report, key)
    again = reporters.send(dict(reversed(report.items())), key.upper())
    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers.pop("Idempotency-Replayed") == "true"
    assert again.headers == first.headers
    assert len(reporters.items()) == 1


def test_a_report_with_a_payment_outside_a_list_is_taken_and_repeated_byte_for_byte(
    reporters: Reporters,
) -> None:
    key, report = a_key(), a_report(money_lost={"amount": "1", "currency": "MAD", "means": "card"})
    first = reporters.send(report, key)
    assert first.status == 201
    assert reporters.send(report, key).text == first.text
    in_a_list = a_report(money_lost=[report["money_lost"]])
    assert reporters.send(in_a_list, key).status == 422


def test_a_replay_after_a_cold_start_and_a_new_pepper_answers_the_same(
    reporters: Reporters,
) -> None:
    key = a_key()
    first = reporters.send(a_report(), key)
    turn_the_pepper()
    warm = reporters.send(a_report(), key)
    reporters.forget_process()
    cold = reporters.send(a_report(), key)
    assert warm.text == cold.text == first.text
    assert reporters.send(a_report(narrative="Other."), key).status == 422


def test_a_retry_after_the_category_left_the_pack_answers_the_same(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, report = a_key(), a_report(category="insult_defamation")
    first = reporters.send(report, key)
    left = {name: each for name, each in open_pack("ma").categories.items() if name == "fraud"}
    monkeypatch.setitem(vars(open_pack("ma")), "categories", left)

    again = reporters.send(report, key)

    assert (again.status, again.headers["Idempotency-Replayed"]) == (201, "true")
    same = ("reference", "receipt", "accepted_at", "next_steps")
    assert [again.document[each] for each in same] == [first.document[each] for each in same]
    assert problem(reporters.send({**report, "narrative": "Other."}, key)) == "not-valid"
    assert problem(reporters.send(report, a_key())) == "not-valid"
    assert len(reporters.items()) == 1


def test_a_process_older_than_the_new_pepper_answers_a_replay_of_a_younger_one(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporters.send(a_report(), a_key())
    key, current = a_key(), secrets.read_current_pepper
    turn_the_pepper()
    with monkeypatch.context() as younger:
        younger.setattr(secrets, "read_current_pepper", lambda _: ("2", b"q" * 64))
        first = reporters.send(a_report(), key)
    assert current(deployment.settings().pepper_secret) == ("1", b"p" * 64)
    assert reporters.send(a_report(), key).text == first.text


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(
    reporters: Reporters,
) -> None:
    key = a_key()
    reporters.send(a_report(), key)
    before = reporters.items()
    refused = reporters.send(a_report(narrative="Something else."), key)
    assert (refused.status, problem(refused)) == (422, "key-conflict")
    assert reporters.items() == before


@pytest.mark.parametrize("key", [None, "", "hello", "x" * 300, "é", "0" * 36])
def test_a_key_that_is_no_uuid_is_refused(reporters: Reporters, key: str | None) -> None:
    refused = reporters.send(a_report(), key)
    assert (refused.status, problem(refused)) == (400, "key-missing")
    assert reporters.items() == []


def test_thirty_two_at_once_with_one_key_are_one_report(reporters: Reporters) -> None:
    reporters.send(a_report(), a_key())
    reporters.calls.clear()
    key = a_key()
    event = an_event(
        "POST",
        "/v1/reports",
        {"content-type": "application/json", "idempotency-key": key},
        json.dumps(a_report()).encode(),
    )

    def send(_: int) -> bytes:
        answer = operations.send_report(request_from_event(event))
        assert answer.status == 201
        assert isinstance(answer.body, Accepted)
        return answer.body.model_dump_json().encode()

    with ThreadPoolExecutor(32) as pool:
        answers = set(pool.map(send, range(32)))
    assert len(answers) == 1
    assert reporters.calls == {"dynamodb.PutItem": 32}
    assert len(reporters.items()) == 2


def test_the_idempotency_key_of_an_erased_report_stays_taken_for_ever(reporters: Reporters) -> None:
    key = a_key()
    accepted = reporters.send(a_report(), key).document
    (item,) = reporters.items()
    boto3.client("dynamodb").put_item(
        TableName=TABLE,
        Item={
            "pk": item["pk"],
            "sk": item["sk"],
            ERASED_AT_FIELD: {"S": "2026-11-25T00:00:00.000Z"},
        },
    )
    for body in (a_report(), a_report(narrative="Something else.")):
        refused = reporters.send(body, key)
        assert (refused.status, problem(refused)) == (410, "erased")
    gone = reporters.follow(accepted["reference"], accepted["receipt"])
    assert (gone.status, problem(gone)) == (404, "receipt-not-recognised")


def turn_the_pepper() -> None:
    """Make version 2 the pepper of new receipts."""
    boto3.client("secretsmanager").put_secret_value(
        SecretId="pepper", SecretString=json.dumps({"current": "2", "1": "p" * 64, "2": "q" * 64})
    )
