"""The follow-up without JavaScript: read, answer, add; the codes travel in bodies alone."""

from __future__ import annotations

import re
from typing import Any

import boto3
import pytest

from casework.aws.table import item_mapping, number_opening_table
from casework.case.value_objects import Question
from casework.errors import Busy
from functions.intake import operations, progress_pages
from tests.integration.answers import Answered
from tests.integration.forms import a_form, codes, hidden, post
from tests.integration.reporters import TABLE, Reporters

FORM = re.compile(r"<form.*?</form>", re.DOTALL)
HIDDEN = re.compile(r'type="hidden" name="([^"]*)" value="([^"]*)"')


def test_the_follow_up_page_shows_the_report_and_its_address_holds_no_code(
    reporters: Reporters,
) -> None:
    reference, receipt = codes(post(reporters, a_form()))
    form = {"reference": reference.lower(), "receipt": receipt.replace("-", " ")}
    answered = post(reporters, form, "/es/follow")
    assert answered.status == 200
    assert "Hemos recibido su aviso" in answered.text
    assert answered.headers["Cache-Control"] == "no-store"
    carried = re.findall(
        rf'[^ ]+="[^"]*{re.escape(receipt.replace("-", " "))}[^"]*"', answered.text
    )
    assert {each.partition("=")[0] for each in carried} == {"value"}
    for wrong in ({"reference": reference, "receipt": "x"}, {"reference": "y", "receipt": receipt}):
        refused = post(reporters, wrong, "/es/follow")
        assert refused.status == 404
        assert 'href="#reference"' in refused.text


def test_both_codes_stay_in_sight_on_the_pages_that_are_opened_from_the_receipt(
    reporters: Reporters,
) -> None:
    page = post(reporters, a_form())
    both = codes(page)
    for opens in ('name="files" value="show"', "Revenir au signalement"):
        (form,) = (each for each in FORM.findall(page.text) if opens in each)
        page = post(reporters, dict(HIDDEN.findall(form)), "/fr/follow")
        assert codes(page) == both
    typed = follow(reporters, reference=both[0], receipt=both[1], files="show")
    assert f">{both[0]}<" in typed.text
    assert f">{both[1]}<" not in typed.text, "those who typed it have it"


def test_a_reporter_reads_when_the_own_number_was_opened_with_and_without_javascript(
    reporters: Reporters,
) -> None:
    """What is told depends on the own report alone, and costs no further reading."""
    reference, receipt = codes(post(reporters, a_form()))
    before = reporters.follow(reference, receipt)
    assert before.document["number_opened"] == []
    reporters.calls.clear()
    alone = reporters.follow(reference, receipt), dict(reporters.calls)
    told = ["2026-03-02T12:15:00.000Z", "2026-03-02T12:30:00.000Z"]
    for quarter in (*reversed(told), told[0]):
        write = number_opening_table.number_opened_update_write(TABLE, reference, quarter)["Update"]
        boto3.client("dynamodb").update_item(**write)
    reporters.calls.clear()
    after = reporters.follow(reference, receipt)
    assert after.document["number_opened"] == told, "each quarter once, the oldest first"
    assert dict(reporters.calls) == alone[1]
    assert {**after.document, "number_opened": []} == alone[0].document
    page = follow(reporters, reference=reference, receipt=receipt)
    assert page.text.count("Votre numéro de téléphone a été ouvert") == 2
    assert 'href="tel:19"' in page.text


def follow(reporters: Reporters, **form: str) -> Answered:
    return post(reporters, form, "/fr/follow")


@pytest.fixture
def opened(reporters: Reporters) -> dict[str, str]:
    """The two codes of a report."""
    reference, receipt = codes(post(reporters, a_form()))
    return {"reference": reference, "receipt": receipt}


def additions(reporters: Reporters, opened: dict[str, str]) -> list[dict[str, Any]]:
    told = reporters.follow(opened["reference"], opened["receipt"]).document
    found: list[dict[str, Any]] = told["additions"]
    return found


def test_facts_are_added_once_however_often_the_form_is_sent(
    reporters: Reporters, opened: dict[str, str]
) -> None:
    page = follow(reporters, **opened)
    form = {**opened, "key": hidden(page, "key"), "answers": "", "text": "Il a <b>rappelé</b>."}
    first, again = follow(reporters, **form), follow(reporters, **form)
    assert (first.status, again.status) == (201, 201)
    assert "&lt;b&gt;rappelé&lt;/b&gt;" in first.text
    assert [each["text"] for each in additions(reporters, opened)] == ["Il a <b>rappelé</b>."]
    assert hidden(first, "key") != form["key"], "the next addition is another one"


def test_a_correction_and_a_withdrawal_are_sent_without_javascript(
    reporters: Reporters, opened: dict[str, str]
) -> None:
    for number, (kind, name) in enumerate(
        (("correction", "Correction"), ("withdrawal", "Vous avez demandé le retrait"))
    ):
        page = follow(reporters, **opened)
        form = {
            **opened, "key": hidden(page, "key"), "answers": "", "kind": kind,
            "corrects": "money_lost", "text": f"C’était autrement, {number}.",
        }  # fmt: skip
        answered = follow(reporters, **form)
        assert answered.status == 201
        assert f"<b>{name}</b>" in answered.text
    kept = additions(reporters, opened)
    assert [(each["kind"], each.get("corrects")) for each in kept] == [
        ("correction", "money_lost"),
        ("withdrawal", None),
    ]


def test_a_withdrawal_needs_no_words(reporters: Reporters, opened: dict[str, str]) -> None:
    page = follow(reporters, **opened)
    said = {**opened, "key": hidden(page, "key"), "answers": "", "text": " "}
    assert follow(reporters, **said, kind="more").status == 422
    assert follow(reporters, **said, kind="withdrawal").status == 201
    (kept,) = additions(reporters, opened)
    assert (kept["kind"], kept["text"]) == ("withdrawal", "Retirer mon signalement")


def test_older_entries_can_be_read_without_javascript(
    reporters: Reporters, opened: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(progress_pages.PROGRESS_BUDGETS_BYTES, "additions", 1)
    for number in range(2):
        key = hidden(follow(reporters, **opened), "key")
        follow(reporters, **opened, key=key, answers="", text=f"Fait numéro {number}.")
    page = follow(reporters, **opened)
    assert "Fait numéro 1." in page.text
    assert "Fait numéro 0." not in page.text
    older = follow(reporters, **opened, cursor=hidden(page, "cursor"))
    assert "Fait numéro 0." in older.text
    assert 'name="cursor"' not in older.text


def test_a_question_is_answered_in_its_own_form(
    reporters: Reporters, opened: dict[str, str]
) -> None:
    asked = Question(
        number=1, report=opened["reference"], text="Quel jour ?", language="fr",
        asked_at="2026-03-02T12:00:00.000Z", due="2026-03-09T12:00:00.000Z",
    )  # fmt: skip
    boto3.client("dynamodb").put_item(
        TableName=TABLE, Item=item_mapping.question_to_item("C-1", asked)
    )
    page = follow(reporters, **opened)
    assert "Quel jour ?" in page.text
    assert "<b>Une question pour vous</b>" in page.text
    keys = re.findall(r'name="key" value="([^"]+)"', page.text)
    assert len(set(keys)) == 2, "one for the answer, one for more facts"
    form = {**opened, "key": keys[0], "answers": "1", "text": "Lundi."}
    answered = follow(reporters, **form)
    assert answered.status == 201
    assert 'id="answer-1"' not in answered.text
    assert answered.text.count("<b>Une question pour vous</b>") == 1, "what was added is none"
    assert [each["answers"] for each in additions(reporters, opened)] == [1]


@pytest.mark.parametrize(
    ("change", "field", "kept"),
    [
        ({"text": " "}, "addition", True),
        ({"text": "x" * 20_001}, "addition", True),
        ({"answers": "x"}, "addition", True),
        ({"answers": "9" * 5_000}, "addition", True),
        ({"key": "1"}, "addition", False),
    ],
    ids=["blank", "too long", "no number", "a long number", "no key"],
)
def test_a_refused_addition_names_the_mistake_and_keeps_the_answers(
    reporters: Reporters, opened: dict[str, str], change: dict[str, str], field: str, *, kept: bool
) -> None:
    page = follow(reporters, **opened)
    form = {**opened, "key": hidden(page, "key"), "answers": "", "text": "Encore", **change}
    answered = follow(reporters, **form)
    assert answered.status == 422
    assert f'href="#{field}"' in answered.text
    assert f">\n{form['text']}</textarea>" in answered.text
    assert (hidden(answered, "key") == form["key"]) is kept
    assert additions(reporters, opened) == []


def test_a_wrong_receipt_adds_nothing_and_is_not_shown_again(
    reporters: Reporters, opened: dict[str, str]
) -> None:
    page = follow(reporters, **opened)
    form = {**opened, "receipt": "WRONG-CANARY", "key": hidden(page, "key"), "text": "Encore"}
    answered = follow(reporters, **form)
    assert answered.status == 404
    assert "CANARY" not in answered.text
    assert additions(reporters, opened) == []


def test_an_addition_survives_a_service_that_cannot_answer(
    reporters: Reporters, opened: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = follow(reporters, **opened)
    form = {**opened, "key": hidden(page, "key"), "answers": "", "text": "Encore"}

    def busy(_: object) -> None:
        raise Busy

    with monkeypatch.context() as failing:
        failing.setattr(operations, "add_to_report", busy)
        answered = follow(reporters, **form)
    assert answered.status == 503
    assert ">\nEncore</textarea>" in answered.text
    assert {name: hidden(answered, name) for name in ("key", *opened)} == {
        "key": form["key"], **opened,
    }  # fmt: skip
    assert follow(reporters, **form).status == 201


def test_a_report_that_is_full_says_so(
    reporters: Reporters, opened: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MAX_ADDITIONS", 1)
    page = follow(reporters, **opened)
    follow(reporters, **opened, key=hidden(page, "key"), text="D’abord")
    page = follow(reporters, **opened)
    answered = follow(reporters, **opened, key=hidden(page, "key"), text="Encore")
    assert answered.status >= 400
    assert "Envoyez un autre signalement" in answered.text
    assert ">\nEncore</textarea>" in answered.text
