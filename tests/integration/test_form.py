"""The form without JavaScript takes the way of the JSON: the same checks, the same one write."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any

import pytest

from casework.aws.services import secrets
from casework.credentials import proof_of_work
from casework.pack.jurisdiction import open_pack
from casework.text.codes import COUNTRY_CODES
from casework.text.compression import decompress_text
from casework.text.reference import parse_reference
from functions.intake import deployment, form_fields, load_shedding
from tests.e2e import qr
from tests.integration.forms import a_form, codes, hidden, post
from tests.integration.reporters import Reporters, a_key
from tools.site.messages import load_portal_messages


def test_each_form_that_is_opened_has_a_key_of_its_own(reporters: Reporters) -> None:
    first, second = (reporters.call("GET", "/ar/report/plain", {}) for _ in range(2))
    assert first.status == 200
    assert hidden(first, "key") != hidden(second, "key")
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="ar" dir="rtl">' in first.text
    assert "<script" not in first.text


def test_a_form_sent_several_times_is_one_report_written_once(reporters: Reporters) -> None:
    form = a_form()
    first = post(reporters, form)
    assert first.status == 201
    reporters.calls.clear()
    again = post(reporters, form)
    assert again.text == first.text
    assert reporters.calls == {"dynamodb.PutItem": 1}
    assert len(reporters.items()) == 1
    reference, receipt = codes(first)
    assert reference == parse_reference(reference)
    assert reporters.follow(reference, receipt).status == 200


def test_a_hidden_character_is_reported_beside_its_field(reporters: Reporters) -> None:
    for name, field in (("narrative", "narrative"), ("value_1", "value_1")):
        answered = post(reporters, a_form() | {name: "texte\x0b copié"})
        assert answered.status == 422
        assert f'id="{field}-error"' in answered.text
        assert "caractères invisibles" in answered.text


def test_the_form_and_the_json_of_the_same_report_are_the_same_report(reporters: Reporters) -> None:
    form = a_form(
        amount_1="1 500,50 DH", means_1="card", amount_3="20", currency_3="EUR", account_3="IBAN 7",
        paid_on_1="9", paid_on_1_month="1", paid_on_1_year="2026", day="٥", day_month="3",
        day_year="٢٠٢٦", territory="06.141", danger="yes", online="no",
    )  # fmt: skip
    made = form_fields.report_from_form(form, "fr")
    assert made["seen_at"] == "2026-03-05"
    assert made["money_lost"] == [
        {"amount": "1500.50", "currency": "MAD", "at": "2026-01-09", "means": "card"},
        {"amount": "20", "currency": "EUR", "beneficiary_account": "IBAN 7"},
    ]
    kept = post(reporters, form)
    answered = reporters.send(made, form["key"])
    assert answered.headers["Idempotency-Replayed"] == "true"
    assert (answered.document["reference"], answered.document["receipt"]) == codes(kept)


def test_a_change_of_language_keeps_what_was_typed(reporters: Reporters) -> None:
    french = reporters.call("GET", "/fr/report/plain", {}).text
    assert 'formaction="/es/report/plain"' in french
    first = re.search(r"<button[^>]*>", french)
    assert first is not None
    assert 'form="answers"' in first[0], "Enter presses the first button of the form"
    assert "formaction" not in first[0]
    form = a_form(
        step="when", look="language", day="5", day_month="3", despair="yes", account_1="IBAN 7"
    )
    spanish = post(reporters, form, "/es/report/plain")
    assert spanish.status == 200
    assert '<html lang="es"' in spanish.text
    assert hidden(spanish, "key") == form["key"]
    assert "qui ne livre jamais." in spanish.text
    assert 'value="IBAN 7"' in spanish.text
    assert '<option value="3" selected>marzo</option>' in spanish.text
    assert hidden(spanish, "despair") == "yes"
    assert reporters.items() == []


def test_a_number_to_call_is_asked_with_the_danger_and_needs_the_word_that_it_is_safe(
    reporters: Reporters,
) -> None:
    form = a_form(step="safety", despair="yes", call_number="06 98 76 54 32")
    refused = post(reporters, form)
    assert refused.status == 422
    assert re.findall(r'id="(\w+)-error"', refused.text) == ["call_safe"]
    wrong = post(reporters, {**form, "call_number": "12", "call_safe": "ring"})
    assert re.findall(r'id="(\w+)-error"', wrong.text) == ["call_number"]
    shown = post(reporters, a_form(**{**form, "call_safe": "write", "step": "check"}, go="safety"))
    assert re.search(r"<details open>.*call_number", shown.text, re.DOTALL), (
        "the answer is in sight"
    )
    checked = post(reporters, {**form, "call_safe": "write", "step": "disclosure"})
    assert hidden(checked, "step") == "check"
    assert "06 98 76 54 32" in checked.text
    assert "m’écrire seulement" in checked.text
    empty = form_fields.report_from_form(a_form(call_safe="ring"), "fr")
    assert "call_now" not in empty, "nobody is called without a number"
    made = form_fields.report_from_form({**form, "call_safe": "write"}, "fr")
    assert made["call_now"] == {"phone": "06 98 76 54 32", "safe": "write"}


def test_a_step_with_a_mistake_is_shown_again_and_the_next_one_without(
    reporters: Reporters,
) -> None:
    form = a_form(step="disclosure", disclosure="confidential", email="nobody", day="30")
    refused = post(reporters, form)
    assert refused.status == 422
    assert hidden(refused, "step") == "disclosure"
    assert re.findall(r'id="(\w+)-error"', refused.text) == ["email"], "the day is of another step"
    onward = post(reporters, {**form, "email": "nobody@example.org"})
    assert onward.status == 200
    assert hidden(onward, "step") == "check"
    assert hidden(onward, "email") == "nobody@example.org"
    assert reporters.items() == []


def test_the_step_before_takes_along_what_was_typed_even_if_it_is_wrong(
    reporters: Reporters,
) -> None:
    earlier = post(reporters, a_form(step="disclosure", go="back", email='"><b>nobody'))
    assert earlier.status == 200
    assert hidden(earlier, "step") == "place"
    assert hidden(earlier, "email") == "&quot;&gt;&lt;b&gt;nobody"
    assert "<b>nobody" not in earlier.text


def test_a_changed_answer_leads_back_to_the_last_step(reporters: Reporters) -> None:
    asked = post(reporters, a_form(step="check", go="narrative"))
    assert hidden(asked, "step") == "narrative"
    changed = post(
        reporters, a_form(step="narrative", change=hidden(asked, "change"), narrative="Un autre.")
    )
    assert hidden(changed, "step") == "check"
    assert "Un autre." in changed.text


def test_hidden_answers_are_read_again_at_the_end_and_lead_to_their_step(
    reporters: Reporters,
) -> None:
    form = a_form(step="check", way="cheated", value_1="x" * 2_049, lives="99", country="FR")
    first = post(reporters, form)
    assert first.status == 422
    assert hidden(first, "step") == "narrative", "a way in asks there who is behind it"
    assert 'id="value_1-error"' in first.text
    second = post(reporters, {**form, "value_1": "x"})
    assert hidden(second, "step") == "place"
    assert 'id="lives-error"' in second.text
    for step in ("../x", "receipt", ""):
        unknown = post(reporters, {**form, "step": step})
        assert hidden(unknown, "step") == "safety", "as if it were the first"
    assert reporters.items() == []


def test_an_answer_left_behind_by_another_way_is_not_sent(reporters: Reporters) -> None:
    left = {"day": "30", "online": "yes", "amount_1": "much", "step": "check"}
    by_way = post(reporters, a_form(way="blackmailed", amount_2="20", **left | {"amount_1": "9"}))
    assert by_way.status == 201, "the day is not asked"
    witness = post(reporters, a_form(role="witness", **left | {"day": ""}))
    assert witness.status == 201, "the money is not asked"
    for item in reporters.items():
        assert "seen_at" not in str(item["facts"])
    again = post(reporters, a_form(step="way", way="other", category="sextortion", role="victim"))
    assert hidden(again, "step") == "safety"
    assert 'name="category"' not in again.text, "a way that was taken back"


def test_despair_is_a_danger_and_brings_those_who_listen(reporters: Reporters) -> None:
    form = a_form(despair="yes", category="sextortion")
    assert form_fields.report_from_form(form, "fr")["danger_now"] is True
    done = post(reporters, form)
    assert done.status == 201
    main = done.text.partition("<main")[2]
    assert 'href="https://takeitdown.ncmec.org/"' in main
    assert 'href="tel:017"' not in main, "for another country"


def test_the_receipt_page_says_when_and_which_service_to_call(reporters: Reporters) -> None:
    done = post(reporters, a_form(category="sextortion"), "/ar/report/plain")
    kept = next(iter(reporters.items()))
    shown = re.search(
        r'<time datetime="([^"]+)">(\d+) \S+ (\d{4}) في (\d\d:\d\d) (UTC[+-]\d\d:\d\d)</time>',
        done.text,
    )
    assert shown is not None
    assert {"S": shown[1]} == kept["accepted_at"]
    here = datetime.fromisoformat(shown[1]).astimezone(open_pack("ma").facts.zone)
    assert shown[5] == f"UTC{here.isoformat()[-6:]}"
    assert (int(shown[2]), int(shown[3]), shown[4]) == (here.day, here.year, f"{here:%H:%M}")
    main = done.text.partition("<main")[2]
    assert "في ظرف ساعتين ما دامت" in main
    path = re.search(r'<path d="([^"]+)"', main)
    assert path is not None
    size = int(re.findall(r'viewBox="0 0 (\d+) ', main)[0])
    page = "https://portal.example.org/ar/follow/"
    assert qr.text_of(*qr.drawn(path[1], size)) == f"{page}#{codes(done)[0]}"
    assert page in main
    assert 'href="tel:19"' in main


def test_an_error_keeps_everything_and_the_key(reporters: Reporters) -> None:
    hostile = '"><script>alert(1)</script>'
    form = a_form(disclosure="identified", email="nobody", full_name=hostile, place=hostile)
    answered = post(reporters, form)
    assert answered.status == 422
    assert hidden(answered, "key") == form["key"]
    assert "qui ne livre jamais." in answered.text
    assert "<script" not in answered.text
    assert answered.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    assert 'href="#email"' in answered.text
    assert 'id="email-error"' in answered.text
    assert reporters.items() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "nothing"), ("role", "king"), ("narrative", " "), ("narrative", "x" * 20_001),
        ("day", "30"), ("amount_1", "much"), ("paid_on_2", "30"),
        ("account_3", "x" * 201), ("disclosure", "maybe"), ("country", "XX"),
        ("value_1", "x" * 2_049), ("platform", "x" * 201),
    ],
)  # fmt: skip
def test_each_wrong_answer_is_named_where_it_stands(
    reporters: Reporters, field: str, value: str
) -> None:
    answered = post(reporters, a_form(**{field: value}))
    assert answered.status == 422
    assert f'href="#{field}"' in answered.text
    assert re.search(rf'id="{field}-error"', answered.text)


@pytest.mark.parametrize(
    ("language", "wrong", "told"),
    [
        ("fr", 1, "Il y a un problème"), ("fr", 3, "Il y a 3 problèmes"),
        ("ar", 2, "هناك مشكلتان"), ("ar", 3, "هناك 3 مشاكل"),
    ],
)  # fmt: skip
def test_a_step_shows_all_its_mistakes_at_once(
    reporters: Reporters, language: str, wrong: int, told: str
) -> None:
    mistakes = {"amount_1": "much", "paid_on_2": "30", "amount_3": "more"}
    form = a_form(amount_2="20", **dict(list(mistakes.items())[:wrong]))
    answered = post(reporters, form, f"/{language}/report/plain")
    assert answered.status == 422
    assert f"<h2>{told}</h2>" in answered.text


@pytest.mark.parametrize(
    ("field", "length", "word"),
    [
        ("narrative", 20_001, "narrative_long"), ("value_2", 2_049, "value_long"),
        ("platform", 201, "value_long"), ("account_3", 201, "value_long"),
        ("place", 301, "value_long"), ("full_name", 201, "value_long"),
        ("id_number", 51, "value_long"), ("address", 501, "value_long"),
    ],
)  # fmt: skip
def test_an_answer_that_is_too_long_is_called_too_long(
    reporters: Reporters, field: str, length: int, word: str
) -> None:
    known = {"disclosure": "identified", "full_name": "Amina", "phone": "0661000000"}
    answered = post(reporters, a_form(**known, kind_2="other") | {field: "x" * length})
    assert answered.status == 422
    said = re.search(rf'id="{field}-error">([^<]+)<', answered.text)
    assert said is not None
    assert said[1] == load_portal_messages()["fr"].texts[f"error.{word}"]


@pytest.mark.parametrize(
    "body",
    [
        b"narrative=%ff%fe",
        b"narrative=a&narrative=b",
        b"status=closed&narrative=x",
        b"narrative=" + b"x" * form_fields.MAX_FORM_BYTES,
        b"&".join(b"f%d=1" % number for number in range(2000)),
        "narrative=é".encode(),
        b"",
    ],
    ids=["not UTF-8", "twice", "unknown", "too long", "too many", "not ASCII", "empty"],
)
def test_a_foreign_form_is_refused_with_a_page(reporters: Reporters, body: bytes) -> None:
    answered = post(reporters, body)
    assert 400 <= answered.status < 500
    assert answered.headers["Content-Type"].startswith("text/html")
    assert reporters.items() == []


def test_the_form_route_refuses_json_and_files(reporters: Reporters) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=x"):
        answered = reporters.call("POST", "/fr/report/plain", {"content-type": kind}, b"{}")
        assert answered.status == 415


def test_a_key_used_for_other_answers_is_replaced_and_nothing_is_lost(reporters: Reporters) -> None:
    form = a_form()
    post(reporters, form)
    answered = post(reporters, {**form, "narrative": "Autre chose."})
    assert answered.status == 422
    assert hidden(answered, "key") != form["key"]
    assert "Autre chose." in answered.text


def test_a_report_from_abroad_says_where_the_victim_lives(reporters: Reporters) -> None:
    form = a_form(country="FR", lives="04.441", lives_text="Hay Salam")
    assert form_fields.report_from_form(form, "fr")["territory"] == {
        "country": "FR",
        "residence": "04.441",
        "residence_text": "Hay Salam",
    }
    assert post(reporters, form).status == 201
    for changes, field in (({"country": ""}, "country"), ({"lives": "99"}, "lives")):
        refused = post(reporters, {**a_form(), **form, "key": a_form()["key"], **changes})
        assert refused.status == 422
        assert f'href="#{field}"' in refused.text
        assert 'value="Hay Salam"' in refused.text


def test_the_place_is_picked_down_to_the_commune(reporters: Reporters) -> None:
    form = a_form(territory="06.141", narrative="Une boutique.")
    looked = post(reporters, {**form, "step": "place", "look": "yes", "category": ""})
    assert looked.status == 200
    assert hidden(looked, "key") == form["key"]
    assert "Une boutique." in looked.text
    offered = dict(re.findall(r'<option value="(06\.141\.[^"]+)">([^<]+)', looked.text))
    commune = next(iter(offered))
    assert reporters.items() == []
    elsewhere = post(reporters, {**form, "territory": "04.421", "commune": commune})
    assert elsewhere.status == 422
    assert 'href="#commune"' in elsewhere.text
    assert post(reporters, {**form, "commune": commune}).status == 201
    assert form_fields.report_from_form({**form, "commune": commune}, "fr")["territory"] == {
        "code": commune
    }


@pytest.mark.parametrize(
    ("language", "germany", "euro"),
    [("ar", "ألمانيا", "يورو"), ("fr", "Allemagne", "euro"), ("en", "Germany", "Euro"),
     ("es", "Alemania", "euro")],
)  # fmt: skip
def test_countries_and_currencies_have_names(
    reporters: Reporters, language: str, germany: str, euro: str
) -> None:
    place, money = (
        post(reporters, a_form(step=step, look="yes"), f"/{language}/report/plain").text
        for step in ("place", "money")
    )
    assert f'<option value="DE">{germany}</option>' in place
    assert f'<option value="EUR">{euro} (EUR)</option>' in money
    names = re.findall(r'<option value="[A-Z]{2}">([^<]+)', place)
    assert len(names) == len(set(names)) == len(COUNTRY_CODES)


def test_a_long_arabic_text_is_kept_to_the_letter(reporters: Reporters) -> None:
    text = "نص طويل ـ ًٌٍ " * 1_400
    answered = post(reporters, a_form(narrative=text), "/ar/report/plain")
    assert answered.status == 201
    [item] = reporters.items()
    assert decompress_text(item["narrative"]["B"]) == text


def test_a_crowded_service_makes_a_form_wait_half_a_minute(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = load_shedding.LoadWindow(floor=1)
    monkeypatch.setattr(deployment, "crowd_here", lambda: busy)
    opened = reporters.call("GET", "/fr/report/plain", {})
    form = a_form(key=hidden(opened, "key"), ticket=hidden(opened, "ticket"))
    answered = post(reporters, form)
    assert answered.status == 429
    assert 0 < int(answered.headers["Retry-After"]) <= load_shedding.FORM_WAIT_SECONDS
    assert "qui ne livre jamais." in answered.text
    assert hidden(answered, "key") == form["key"]
    assert hidden(answered, "ticket") == form["ticket"]
    secret = secrets.read_key(deployment.settings().address_secret)
    earlier = int(time.time()) - load_shedding.FORM_WAIT_SECONDS
    waited = post(
        reporters, {**form, "ticket": proof_of_work.form_ticket(secret, form["key"], now=earlier)}
    )
    assert waited.status == 201


def test_a_ticket_from_a_fast_clock_waits_no_longer_than_a_fresh_one(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = load_shedding.LoadWindow(floor=1)
    monkeypatch.setattr(deployment, "crowd_here", lambda: busy)
    form = a_form(key=hidden(reporters.call("GET", "/fr/report/plain", {}), "key"))
    secret = secrets.read_key(deployment.settings().address_secret)
    ahead = proof_of_work.form_ticket(secret, form["key"], now=int(time.time()) + 600)
    answered = post(reporters, {**form, "ticket": ahead})
    assert answered.status == 429
    assert int(answered.headers["Retry-After"]) == load_shedding.FORM_WAIT_SECONDS


def test_a_crowded_api_asks_for_proof_of_work_and_accepts_it(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.builders import a_report
    from tests.unit.test_work import solved

    busy = load_shedding.LoadWindow(floor=50)
    monkeypatch.setattr(deployment, "crowd_here", lambda: busy)
    key = a_key()
    asked = reporters.send(a_report(), key)
    assert asked.status == 429
    assert int(asked.headers["Retry-After"]) >= 1
    challenge: dict[str, Any] = asked.document["work"]
    assert reporters.send(a_report(), a_key(), work=solved(challenge)).status == 429
    done = reporters.send(a_report(), key, work=solved(challenge))
    assert done.status == 201
    again = reporters.send(a_report(), key, work=solved(challenge))
    assert again.text == done.text
    assert len(reporters.items()) == 1


def test_a_tick_of_danger_passes_a_crowd_without_work_and_without_waiting(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.builders import a_report

    busy = load_shedding.LoadWindow(floor=50)
    monkeypatch.setattr(deployment, "crowd_here", lambda: busy)
    assert reporters.send(a_report(danger_now=True), a_key()).status == 201
    assert reporters.send(a_report(), a_key()).status == 429
    for tick in ("danger", "despair"):
        opened = reporters.call("GET", "/fr/report/plain", {})
        form = a_form(key=hidden(opened, "key"), ticket=hidden(opened, "ticket"))
        assert post(reporters, form).status == 429
        assert post(reporters, {**form, tick: "yes"}).status == 201


def test_logs_hold_nothing_of_a_form(reporters: Reporters) -> None:
    form = a_form(
        narrative="CANARY narrative", email="canary@example.org", disclosure="confidential"
    )
    post(reporters, form)
    post(reporters, {**form, "role": "CANARY role"})
    written = reporters.logs.getvalue()
    assert "CANARY" not in written
    assert "canary@example.org" not in written
    assert form["key"] not in written


def test_an_unknown_language_has_no_page(reporters: Reporters) -> None:
    assert reporters.call("GET", "/xx/report/plain", {}).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_unknown_address_is_answered_with_a_page(reporters: Reporters, method: str) -> None:
    """The public edge asks the function for addresses without a file."""
    answered = reporters.call(method, "/nulle-part/", {})
    assert answered.status == 404
    assert answered.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answered.headers["Cache-Control"] == "no-store"
    assert all(f'lang="{language}"' in answered.text for language in ("ar", "fr", "en", "es"))
    french = reporters.call(method, "/fr/nulle-part/", {}).text
    assert load_portal_messages()["fr"].texts["site.not_found"] in french
    assert load_portal_messages()["en"].texts["site.not_found"] not in french


def test_a_form_sent_to_an_unknown_address_sends_no_report(reporters: Reporters) -> None:
    answered = reporters.call("POST", "/fr/nulle-part/", {}, b"x=1")
    assert (answered.status, answered.document["type"]) == (
        404,
        "urn:e-iblagh:problem:route-not-found",
    )
