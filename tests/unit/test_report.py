"""What a report may say, and what becomes of its parts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from casework.report.report import (
    Facts,
    Report,
    ReporterRole,
    find_invalid_days,
    find_unknown_values,
)
from casework.report.stored_facts import compress_facts, count_stored_pictures, decompress_facts
from casework.text.compression import compress_text, decompress_text
from casework.text.findings import findings_from_validation_error
from tests.builders import a_report

CONTACT = {"email": "a.person@example.org", "phone": "06 61 00 00 00"}
IDENTIFIED = {
    "kind": "identified",
    "contact": CONTACT,
    "identity": {"name": "Canary Person", "id_number": "AB123456"},
}


def read(document: dict[str, Any]) -> Report:
    return Report.model_validate_json(json.dumps(document))


def refusal_of(document: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        read(document)
    return [
        (each.pointer, each.code)
        for each in findings_from_validation_error(refused.value, document)
    ]


def test_everything_the_issue_names_can_be_said() -> None:
    report = read(
        a_report(
            category=None,
            platform="Instagram",
            seen_at="2026-11-20T10:00:00+01:00",
            still_online=None,
            role="relative",
            victim_is_minor=True,
            victim_is_vulnerable=True,
            danger_now=True,
            money_lost=[
                {
                    "amount": "8400.50",
                    "currency": "MAD",
                    "means": "card",
                    "at": "2026-11-20",
                    "beneficiary_account": "011 780 0000123456789012 34",
                },
                {"amount": "20", "currency": "EUR"},
            ],
            territory={"text": "casa, ain sebaa"},
            locations=[
                {"kind": kind, "value": "x", "platform": "p"}
                for kind in ("url", "handle", "phone", "email", "other")
            ],
            disclosure=IDENTIFIED,
        )
    )
    assert report.category is None
    assert report.identity is not None


@pytest.mark.parametrize(
    ("before", "rows"), [({"amount": "20", "currency": "EUR"}, 1), (None, 0)], ids=["one", "none"]
)
def test_money_lost_as_the_first_clients_wrote_it_is_read_from_requests_and_from_storage(
    before: dict[str, str] | None, rows: int
) -> None:
    report = read(a_report(money_lost=before))
    assert len(report.money_lost) == rows
    stored = json.dumps({"role": "victim", "language": "fr", "money_lost": before})
    assert decompress_facts(compress_text(stored)).money_lost == report.money_lost


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"status": "closed"}, "#/status", "extra_forbidden"),
        ({"narrative": ""}, "#/narrative", "string_too_short"),
        ({"narrative": " \n\u00a0"}, "#/narrative", "text.blank"),
        ({"narrative": "x" * 20_001}, "#/narrative", "string_too_long"),
        ({"locations": [{"kind": "url", "value": "x"}] * 51}, "#/locations", "too_long"),
        ({"locations": [{"kind": "url"}]}, "#/locations/0/value", "missing"),
        ({"locations": [{"kind": "x", "value": "x"}]}, "#/locations/0/kind", "enum"),
        (
            {"locations": [{"kind": "url", "value": "x" * 2049}]},
            "#/locations/0/value",
            "string_too_long",
        ),
        ({"role": "police"}, "#/role", "enum"),
        ({"danger_now": 1}, "#/danger_now", "bool_type"),
        ({"danger_now": "true"}, "#/danger_now", "bool_type"),
        ({"seen_at": "5"}, "#/seen_at", "string_pattern_mismatch"),
        ({"seen_at": "2026-02-30"}, "#/seen_at", "date.malformed"),
        ({"seen_at": 1}, "#/seen_at", "string_type"),
        (
            {"money_lost": [{"amount": 5, "currency": "MAD"}]},
            "#/money_lost/0/amount",
            "string_type",
        ),
        (
            {"money_lost": [{"amount": "0.00", "currency": "MAD"}]},
            "#/money_lost/0/amount",
            "amount.zero",
        ),
        (
            {"money_lost": [{"amount": "1e5", "currency": "MAD"}]},
            "#/money_lost/0/amount",
            "string_pattern_mismatch",
        ),
        (
            {"money_lost": [{"amount": "-1", "currency": "MAD"}]},
            "#/money_lost/0/amount",
            "string_pattern_mismatch",
        ),
        (
            {"money_lost": [{"amount": "1", "currency": "XXX"}]},
            "#/money_lost/0/currency",
            "currency.unknown",
        ),
        ({"money_lost": {"amount": 5, "currency": "MAD"}}, "#/money_lost/amount", "string_type"),
        (
            {"money_lost": [{"amount": "1", "currency": "MAD", "means": "luck"}]},
            "#/money_lost/0/means",
            "enum",
        ),
        (
            {"money_lost": [{"amount": "1", "currency": "MAD"}] * 11},
            "#/money_lost",
            "too_long",
        ),
        ({"territory": {}}, "#/territory", "union_tag_not_found"),
        ({"territory": {"code": "1", "text": "x"}}, "#/territory", "union_tag_not_found"),
        ({"territory": {"code": 1}}, "#/territory/code", "string_type"),
        ({"territory": {"country": "ZZ"}}, "#/territory/country", "country.unknown"),
        ({"disclosure": {"kind": "secret"}}, "#/disclosure", "union_tag_invalid"),
        (
            {"disclosure": {"kind": "anonymous", "contact": CONTACT}},
            "#/disclosure/contact",
            "extra_forbidden",
        ),
        (
            {"disclosure": {"kind": "confidential", "contact": {}}},
            "#/disclosure/contact",
            "contact.empty",
        ),
        (
            {"disclosure": {"kind": "confidential", "contact": {"phone": "12"}}},
            "#/disclosure/contact/phone",
            "phone.malformed",
        ),
        (
            {"disclosure": {"kind": "confidential", "contact": {"email": "a@b.c\r\nBcc: x@y.z"}}},
            "#/disclosure/contact/email",
            "email.malformed",
        ),
        (
            {"disclosure": {"kind": "identified", "contact": CONTACT}},
            "#/disclosure/identity",
            "missing",
        ),
    ],
)
def test_an_invalid_value_is_refused_at_its_place(
    said: dict[str, Any], pointer: str, code: str
) -> None:
    assert refusal_of(a_report(**said)) == [(pointer, code)]


@pytest.mark.parametrize("field", ["narrative", "role", "language", "disclosure"])
def test_four_fields_are_required(field: str) -> None:
    document = a_report()
    del document[field]
    assert refusal_of(document) == [(f"#/{field}", "missing")]


def test_the_narrative_is_counted_in_characters_of_any_script() -> None:
    assert read(a_report(narrative="\U0001f600" * 20_000)).narrative == "\U0001f600" * 20_000
    assert read(a_report(narrative="خ" * 20_000)).narrative == "خ" * 20_000


def test_a_refusal_repeats_nothing_that_was_sent() -> None:
    document = a_report(narrative="canary" * 4000, danger_now="canary", role="canary")
    with pytest.raises(ValidationError) as refused:
        read(document)
    assert "canary" not in repr(findings_from_validation_error(refused.value, document))


def test_a_document_wrong_everywhere_is_answered_briefly() -> None:
    document = a_report(**{f"field{number}": 0 for number in range(1000)}, **{"k" * 9000: 0})
    with pytest.raises(ValidationError) as refused:
        read(document)
    assert len(repr(findings_from_validation_error(refused.value, document))) < 5_000


@given(st.text(min_size=1, max_size=300).filter(str.strip))
def test_the_narrative_is_kept_to_the_byte(narrative: str) -> None:
    assert decompress_text(compress_text(narrative)) == narrative


def test_facts_hold_neither_words_nor_people() -> None:
    report = read(a_report(disclosure=IDENTIFIED, narrative="my words"))
    stored = compress_facts(report)
    text = decompress_text(stored)
    assert not {"narrative", "disclosure", "contact", "identity"} & set(json.loads(text))
    for told in ("my words", "example.org", "06 61", "Canary", "AB123456"):
        assert told not in text
    kept = decompress_facts(stored)
    assert all(getattr(kept, name) == getattr(report, name) for name in Facts.model_fields)


def test_facts_do_not_hold_what_pictures_look_like() -> None:
    """They are stored apart, sealed; those of an earlier release are read."""
    report = read(a_report(pictures=["0f" * 32]))
    assert "0f0f" not in decompress_text(compress_facts(report))
    assert decompress_facts(compress_facts(report)).pictures == ()
    before = compress_text(report.model_dump_json(include={"role", "language", "pictures"}))
    assert (decompress_facts(before).pictures, count_stored_pictures(before)) == (
        report.pictures,
        1,
    )


def test_facts_of_a_later_release_are_read_without_new_fields() -> None:
    later = json.dumps({"role": "victim", "language": "fr", "weather": "rain"})
    assert decompress_facts(compress_text(later)) == Facts(role=ReporterRole.VICTIM, language="fr")


def test_own_identifiers_are_the_reporters_in_their_one_writing() -> None:
    report = read(a_report(disclosure={"kind": "confidential", "contact": CONTACT}))
    assert list(report.own_identifiers) == [
        ("email", "a.person@example.org"),
        ("phone", "+212661000000"),
    ]
    assert list(read(a_report()).own_identifiers) == []


def test_a_number_to_call_is_the_reporters_own_and_discloses_nobody() -> None:
    """An anonymous reporter may give one; the same number twice is one identifier."""
    called = {"phone": "+212 661-000000", "safe": "ring"}
    anonymous = read(a_report(call_now=called))
    assert (anonymous.contact, anonymous.identity, anonymous.person) == (None, None, None)
    assert list(anonymous.own_identifiers) == [("phone", "+212661000000")]
    assert "661" not in decompress_text(compress_facts(anonymous))
    both = read(a_report(disclosure=IDENTIFIED, call_now=called))
    assert [kind for kind, _ in both.own_identifiers] == ["email", "phone"]
    assert both.person is not None
    assert "call_now" not in both.person.model_dump_json(), "it has a box of its own"


@pytest.mark.parametrize(
    ("called", "where"),
    [
        ({"phone": "06 61 00 00 00"}, "#/call_now/safe"),
        ({"phone": "06 61 00 00 00", "safe": "shout"}, "#/call_now/safe"),
        ({"phone": "no number", "safe": "ring"}, "#/call_now/phone"),
        ({"phone": "06 61 00 00 00", "safe": "ring", "name": "Canary"}, "#/call_now/name"),
    ],
)
def test_a_number_to_call_says_what_is_safe_there(called: dict[str, str], where: str) -> None:
    assert [pointer for pointer, _ in refusal_of(a_report(call_now=called))] == [where]


def test_a_day_to_come_or_of_another_age_was_mistyped() -> None:
    lost = [{"amount": "1", "currency": "MAD", "at": day} for day in ("0001-01-01", "2027-05-09")]
    at = datetime(2027, 5, 8, 23, 30, tzinfo=UTC)
    report = read(a_report(seen_at="2027-05-10T00:00:00+14:00", money_lost=lost))
    found = [(each.pointer, each.code) for each in find_invalid_days(report.days, at)]
    assert found == [("#/seen_at", "date.future"), ("#/money_lost/0/at", "date.early")]


def test_a_value_outside_the_jurisdiction_is_refused() -> None:
    report = read(a_report(category="sorcery", language="pt", territory={"code": "99"}))
    findings = find_unknown_values(report, {"fraud"}, {"01"}, ("ar", "fr"))
    assert [each.pointer for each in findings] == ["#/category", "#/territory/code", "#/language"]
    known = read(a_report(territory={"code": "01"}))
    assert find_unknown_values(known, {"fraud"}, {"01"}, ("ar", "fr")) == ()
    unknown = read(a_report(category=None, territory={"text": "99"}))
    assert find_unknown_values(unknown, {"fraud"}, {"01"}, ("ar", "fr")) == ()


def test_a_hash_of_a_picture_stands_once_in_a_report_and_is_that_of_a_picture() -> None:
    shown, other = "a5c3" * 16, "a5c7" * 16
    assert read(a_report(pictures=[shown, other])).pictures == (shown, other)
    assert refusal_of(a_report(pictures=[shown, other, shown])) == [("#/pictures", "pdq.twice")]
    assert refusal_of(a_report(pictures=["0" * 64])) == [("#/pictures/0", "pdq.plain")]
