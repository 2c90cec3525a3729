"""Intake accepts a report once, in any state of the network, and exposes no reporter."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pydantic import ValidationError

from casework.aws.services import clients, sealed_boxes
from casework.aws.table.item_mapping import report_from_item
from casework.aws.table.wire import values_from_wire_item
from casework.case.value_objects import CloseReason
from casework.pack.jurisdiction import open_pack
from casework.report.followup import AdditionKind
from casework.report.public_timeline import PublicStatus, ReportHappening
from casework.report.stored_facts import decompress_facts
from casework.text.compression import decompress_text
from casework.text.reference import parse_reference, read_receipt
from functions.intake import deployment, operations, sentences
from functions.intake.answers import Guide
from tests.builders import a_report
from tests.integration.answers import problem
from tests.integration.forms import post
from tests.integration.reporters import (
    Reporters,
    Unwrapping,
    a_key,
    open_for_reports,
)
from tests.unit.test_alike_pictures import drawn
from tools import openapi

IDENTIFIED = {
    "kind": "identified",
    "contact": {"email": "canary.person@example.org", "phone": "06 61 00 00 00"},
    "identity": {"name": "Canary Person", "id_number": "AB123456", "address": "1 rue du Canari"},
}


# ---- accepting ---------------------------------------------------------------------------------


def test_a_report_is_answered_with_its_reference_and_receipt(reporters: Reporters) -> None:
    answered = reporters.send(a_report(), a_key())
    assert answered.status == 201
    accepted = answered.document
    assert accepted["reference"] == parse_reference(accepted["reference"])
    assert accepted["receipt"] == read_receipt(accepted["receipt"])
    assert accepted["status"] == "received"
    assert accepted["language"] == "fr"
    assert len(accepted["next_steps"]) == 4
    reading = accepted["next_steps"][1]
    assert "en 15 minutes si quelqu’un est en danger" in reading
    assert "en 2 jours sinon" in reading
    assert accepted["advice"][0].startswith("Appelez tout de suite votre banque")
    assert {"name": "Police", "number": "19"} in accepted["call"]
    assert answered.headers["Cache-Control"] == "no-store"
    assert "Idempotency-Replayed" not in answered.headers


@pytest.mark.parametrize(
    ("said", "reading"),
    [
        ({"danger_now": True, "victim_is_minor": True}, "within 15 minutes."),
        ({"category": "sextortion", "victim_is_minor": True}, "within 2 hours."),
        ({"victim_is_vulnerable": True}, "within 2 hours."),
        (
            {"category": "sextortion"},
            "within 2 hours while it goes on, within 2 days if it is over.",
        ),
    ],
)
def test_an_urgent_report_is_told_its_own_time(
    reporters: Reporters, said: dict[str, Any], reading: str
) -> None:
    told = reporters.send(a_report(language="en", money_lost=[], **said), a_key()).document
    assert told["next_steps"][1].endswith(reading)
    assert len(told["next_steps"]) == 4


def test_money_that_left_lately_is_told_its_own_time(reporters: Reporters) -> None:
    now, lost = datetime.now(UTC), {"amount": "8400", "currency": "MAD"}
    times = {}
    for hours in (2, 90):
        at = (now - timedelta(hours=hours)).isoformat(timespec="seconds")
        sent = a_report(language="en", money_lost=[{**lost, "at": at}])
        times[hours] = reporters.send(sent, a_key()).document["next_steps"][1]
    assert times[2].endswith("within 2 hours.")
    assert times[90].endswith("within 2 days otherwise.")


def test_the_receipt_says_that_what_pictures_look_like_arrived(reporters: Reporters) -> None:
    """And the follow-up does, to who has the receipt, with and without JavaScript."""
    looks = [drawn(), drawn()]
    for language, said in (("en", "arrived: 2."), ("ar", "وصلت: 2."), ("fr", "2."), ("es", "2.")):
        accepted = reporters.send(a_report(language=language, pictures=looks), a_key()).document
        told = reporters.follow(accepted["reference"], accepted["receipt"]).document
        (note,) = accepted["notes"]
        assert said in note
        assert (told["notes"], told["pictures"], accepted["pictures"]) == ([note], 2, 2)
        codes = {"reference": accepted["reference"], "receipt": accepted["receipt"]}
        assert note in post(reporters, codes, f"/{language}/follow").text
        assert all(each not in json.dumps([accepted, told]) for each in looks)
    without = reporters.send(a_report(), a_key()).document
    assert ("pictures" in without, without["notes"]) == (False, [])


def test_danger_puts_the_call_for_help_first(reporters: Reporters) -> None:
    answered = reporters.send(a_report(danger_now=True, language="en"), a_key())
    assert "danger" in answered.document["advice"][0]


def test_an_accepted_report_costs_one_call(reporters: Reporters) -> None:
    reporters.send(a_report(disclosure=IDENTIFIED), a_key())
    reporters.calls.clear()
    for number in range(5):
        answered = reporters.send(a_report(narrative=f"{number}", disclosure=IDENTIFIED), a_key())
        assert answered.status == 201
    assert reporters.calls == {"dynamodb.PutItem": 5}


def test_a_cold_start_reads_each_secret_once_and_asks_no_key_before_the_201(
    reporters: Reporters,
) -> None:
    reporters.forget_process()
    reporters.calls.clear()
    for _ in range(3):
        assert reporters.send(a_report(disclosure=IDENTIFIED), a_key()).status == 201
    assert reporters.calls == {
        "dynamodb.PutItem": 3,
        "secrets-manager.GetSecretValue": 3,
    }
    kept = [item for item in reporters.items() if "contact_box" in item and "identity_box" in item]
    assert len(kept) == 3


@pytest.mark.parametrize("field", ["contact", "identity"])
def test_a_deployment_without_public_keys_accepts_no_report(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    """The first call finds a wrong key of a deployment, before any box cannot be opened."""
    monkeypatch.setenv(f"{field}_PUBLIC_KEY".upper(), "bm8ga2V5")
    reporters.forget_process()
    assert reporters.send(a_report(), a_key()).status == 500
    assert reporters.items() == []
    with pytest.raises(
        ValidationError, match=f"{field}_public_key\n.*not the base64 of an RSA key"
    ):
        deployment.settings()


# ---- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b"", 400, "not-json"),
        (b"{", 400, "not-json"),
        (b"\xff\xfe{\x00}\x00", 400, "not-json"),
        (b"[" * 100_000, 400, "not-json"),
        (b'{"role": "victim", "role": "witness"}', 400, "not-json"),
        (b'{"narrative": "\\ud800"}', 400, "not-json"),
        (b'{"narrative": NaN}', 400, "not-json"),
        (b'"' + b"x" * 300_000 + b'"', 413, "body-too-large"),
        (b"[]", 422, "not-valid"),
        (b"null", 422, "not-valid"),
    ],
)
def test_a_hostile_body_gets_a_problem_and_changes_nothing(
    reporters: Reporters, body: bytes, status: int, slug: str
) -> None:
    refused = reporters.send(body, a_key())
    assert (refused.status, problem(refused)) == (status, slug)
    # The key that challenges are made with is read once per process; the table is never asked.
    assert set(reporters.calls) <= {"secrets-manager.GetSecretValue"}


def test_a_body_that_is_not_declared_as_json_is_refused(reporters: Reporters) -> None:
    form = reporters.send(a_report(), a_key(), content_type="application/x-www-form-urlencoded")
    zipped = reporters.send(a_report(), a_key(), content_encoding="gzip")
    latin = reporters.send(a_report(), a_key(), content_type="application/json; charset=latin1")
    assert [form.status, zipped.status, latin.status] == [415, 415, 415]
    named = "Application/JSON; charset=UTF-8"
    assert reporters.send(a_report(), a_key(), content_type=named).status == 201


def test_invalid_utf_8_is_refused_and_a_typed_replacement_character_is_not(
    reporters: Reporters,
) -> None:
    """A gateway puts U+FFFD where bytes are no UTF-8; the length that was declared tells."""
    body = json.dumps(a_report(narrative="arnaqué à Salé"), ensure_ascii=False)
    sent = body.encode("latin-1")
    arrived = sent.decode("utf-8", "replace").encode()
    refused = reporters.send(arrived, a_key(), content_length=str(len(sent)))
    assert (refused.status, problem(refused)) == (400, "not-json")
    typed = json.dumps(a_report(narrative="arnaqu\ufffd"), ensure_ascii=False).encode()
    assert reporters.send(typed, a_key(), content_length=str(len(typed))).status == 201


def test_a_day_in_the_future_is_refused(reporters: Reporters) -> None:
    lost = [{"amount": "1", "currency": "MAD", "at": "9999-01-01"}]
    refused = reporters.send(a_report(seen_at="9999-01-01", money_lost=lost), a_key())
    codes = [(each["pointer"], each["code"]) for each in refused.document["errors"]]
    assert codes == [("#/seen_at", "date.future"), ("#/money_lost/0/at", "date.future")]


def test_an_unknown_category_is_refused(reporters: Reporters) -> None:
    refused = reporters.send(
        a_report(category="sorcery", territory={"code": "nowhere"}, language="pt"), a_key()
    )
    assert [each["pointer"] for each in refused.document["errors"]] == [
        "#/category",
        "#/territory/code",
        "#/language",
    ]


def test_no_refusal_repeats_the_words_of_the_report(reporters: Reporters) -> None:
    for document in (
        a_report(role="canary-value"),
        a_report(narrative={"canary-value": 1}),
        a_report(disclosure={"kind": "canary-value"}),
        b'{"narrative": "canary-value", ]',
    ):
        assert "canary-value" not in reporters.send(document, a_key()).text


def test_unknown_addresses_and_methods_are_answered_with_a_problem(reporters: Reporters) -> None:
    lost = reporters.call("GET", "/v1/nothing", {})
    assert (lost.status, problem(lost)) == (404, "route-not-found")
    wrong = reporters.call("DELETE", "/v1/reports", {})
    assert (wrong.status, problem(wrong)) == (405, "method-not-allowed")
    assert wrong.headers["Allow"] == "POST"


# ---- when something behind is down -------------------------------------------------------------


class Failing:
    """A client whose calls fail with one error code."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __getattr__(self, operation: str) -> Any:
        def fail(**_: Any) -> None:
            raise ClientError(
                {"Error": {"Code": self.code, "Message": "canary-message"}}, operation
            )

        return fail


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "InternalServerError"]
)
def test_a_throttled_table_is_answered_with_a_time_to_come_back(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    real, key = clients.aws_client, a_key()
    monkeypatch.setattr(
        "casework.aws.table.report_table.aws_client",
        lambda service: Failing(code) if service == "dynamodb" else real(service),
    )
    refused = reporters.send(a_report(), key)
    assert (refused.status, problem(refused)) == (503, "busy")
    assert int(refused.headers["Retry-After"]) == refused.document["retry_after"] > 0
    assert "canary" not in refused.text + reporters.logs.getvalue()
    monkeypatch.undo()


@pytest.mark.parametrize("error", [ImportError, TypeError, ValueError])
def test_a_report_whose_boxes_cannot_be_sealed_is_not_kept(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    key = a_key()

    def failing(*_: Any, **__: Any) -> bytes:
        raise error("canary")

    with monkeypatch.context() as broken:
        broken.setattr(sealed_boxes, "seal_box", failing)
        refused = reporters.send(a_report(disclosure=IDENTIFIED), key)
        assert (refused.status, problem(refused)) == (503, "busy")
        assert int(refused.headers["Retry-After"]) > 0
        assert reporters.items() == []
        assert reporters.send(a_report(), a_key()).status == 201
    assert reporters.send(a_report(disclosure=IDENTIFIED), key).status == 201
    assert "canary" not in reporters.logs.getvalue().lower()


# ---- stored reports ----------------------------------------------------------------------------


def test_boxes_open_with_kms_and_only_in_their_report(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = reporters.send(a_report(disclosure=IDENTIFIED), a_key()).document
    (item,) = reporters.items()
    reference = accepted["reference"]
    monkeypatch.setattr(sealed_boxes, "aws_client", lambda _: Unwrapping())
    contact = sealed_boxes.unseal_stored_box(
        bytes(item["contact_box"]["B"]), reference=reference, field="contact"
    )
    identity = sealed_boxes.unseal_stored_box(
        bytes(item["identity_box"]["B"]), reference=reference, field="identity"
    )
    assert json.loads(contact) == IDENTIFIED["contact"]
    person = {"identity": IDENTIFIED["identity"], "contact": IDENTIFIED["contact"]}
    assert json.loads(identity) == person
    with pytest.raises(sealed_boxes.InvalidBox):
        sealed_boxes.unseal_stored_box(
            bytes(item["contact_box"]["B"]), reference=reference, field="identity"
        )


def test_a_number_to_call_is_sealed_in_a_box_of_its_own_also_for_an_anonymous_reporter(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"phone": "06 98 76 54 32", "safe": "write"}
    accepted = reporters.send(a_report(call_now=told), a_key()).document
    (item,) = reporters.items()
    reference = accepted["reference"]
    assert (item["callable"]["S"], item["disclosure"]["S"]) == ("write", "anonymous")
    assert not {"contact_box", "identity_box", "reached_by"} & item.keys()
    assert len(item["own"]["L"]) == 1, "its mark keeps it from being somebody else's number"
    for written in ("98 76", "6987", "98765432"):
        assert written not in str(item) + reporters.logs.getvalue()
    monkeypatch.setattr(sealed_boxes, "aws_client", lambda _: Unwrapping())
    box = bytes(item["call_now_box"]["B"])
    assert (
        json.loads(sealed_boxes.unseal_stored_box(box, reference=reference, field="call_now"))
        == told
    )
    for other in (
        {"field": "identity"},
        {"field": "contact"},
        {"reference": "0000-0000-0000-0000-0"},
    ):
        with pytest.raises(sealed_boxes.InvalidBox):
            sealed_boxes.unseal_stored_box(
                box, **{"reference": reference, "field": "call_now", **other}
            )


def test_triage_can_read_every_kept_report(reporters: Reporters) -> None:
    narrative = "\u202eنص\u0640\u200d — e\u0301 =HYPERLINK()"
    accepted = reporters.send(
        a_report(narrative=narrative, disclosure=IDENTIFIED, territory={"text": "casa"}), a_key()
    ).document
    (item,) = reporters.items()
    stored = report_from_item(values_from_wire_item(item))
    assert stored.reference == accepted["reference"]
    assert stored.text == narrative
    assert stored.disclosure == "identified"
    assert len(stored.own) == 2
    facts = decompress_facts(stored.facts)
    assert facts.category == "fraud"
    assert facts.locations[0].value == "https://banque.example/verification"


def test_logs_and_table_expose_no_reporter(reporters: Reporters) -> None:
    key = a_key()
    report = a_report(narrative="canary-narrative", disclosure=IDENTIFIED)
    accepted = reporters.send(report, key).document
    reporters.send(report, key)
    reporters.send(a_report(narrative="canary-narrative"), key)
    reporters.send(a_report(narrative="canary-narrative", role="canary-role"), a_key())
    reporters.follow(accepted["reference"], accepted["receipt"])
    reporters.follow(accepted["reference"], "canary-secret")
    secret = accepted["receipt"]
    people = ["203.0.113.77", "CanaryAgent", "canary.person", "0661000000", "06 61 00", "Canary P"]
    people += ["AB123456", "rue du Canari", "+212661"]
    credentials = [key, key.replace("-", ""), secret, secret.replace("-", ""), "canary-secret"]
    logs = reporters.logs.getvalue()
    assert accepted["reference"] in logs
    for canary in [*people, *credentials, "canary-narrative", "canary-role"]:
        assert canary not in logs
    for item in reporters.items():
        for name, value in values_from_wire_item(item).items():
            told = _in_clear(value)
            for canary in [*people, *credentials]:
                assert canary not in told, name
            assert name == "narrative" or "canary-narrative" not in told


def _in_clear(value: Any) -> str:
    if isinstance(value, bytes):
        try:
            return decompress_text(value)
        except zlib.error:
            return value.decode("latin-1")
    return str(value)


# ---- the guide and the edge --------------------------------------------------------------------


def test_the_reference_lists_the_choices_of_a_report(reporters: Reporters) -> None:
    answered = reporters.call("GET", "/v1/reference", {"accept-language": "es"})
    guide = Guide.model_validate_json(answered.text)
    assert guide.language == "es"
    assert {each.id for each in guide.categories} == set(open_pack("ma").categories)
    assert answered.headers["Content-Language"] == "es"
    tag = answered.headers["ETag"]
    again = reporters.call("GET", "/v1/reference", {"accept-language": "es", "if-none-match": tag})
    assert (again.status, again.text) == (304, "")
    other = reporters.call("GET", "/v1/reference", {"accept-language": "fr", "if-none-match": tag})
    assert other.status == 200
    assert reporters.calls == {}


def test_the_openapi_document_is_served(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "DOCUMENT", openapi.OPENAPI_DOCUMENT_FILE)
    answered = reporters.call("GET", "/v1/openapi.json", {})
    assert answered.status == 200
    assert answered.document["openapi"] == "3.1.0"


def test_every_language_of_the_jurisdiction_has_its_words() -> None:
    said = {
        language: [
            *(
                sentences.step_sentence(each, language)
                for each in (*PublicStatus, *ReportHappening)
            ),
            *(sentences.end_sentence(each.value, language) for each in CloseReason),
            *sentences.next_step_sentences(language),
            *(sentences.addition_sentence(each, language) for each in AdditionKind),
            sentences.question_sentence(language), sentences.lateness_sentence(language),
            sentences.referral_sentence("x", language),
        ]
        for language in open_pack("ma").languages
    }  # fmt: skip
    every = [text for texts in said.values() for text in texts]
    assert len(set(every)) == len(every)
    first = open_pack("ma").languages[0]
    assert sentences.lateness_sentence("fi") == sentences.lateness_sentence(first), (
        "a language without words is answered in another"
    )


def test_a_call_that_did_not_come_through_the_edge_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_for_reports(monkeypatch, origin="o" * 64) as reporters:
        assert reporters.send(a_report(), a_key()).status == 201
        reporters.edge = ""
        for headers in ({}, {"x_origin_secret": "wrong"}, {"x_origin_secret": "é" * 64}):
            refused = reporters.send(a_report(), a_key(), **headers)
            assert (refused.status, problem(refused)) == (403, "not-through-the-edge")
        for path in ("/v1/nothing", "/nothing/"):
            assert reporters.call("GET", path, {}).status == 403
        assert len(reporters.items()) == 1


# ---- helpers -----------------------------------------------------------------------------------
