"""The files of a report without JavaScript: one slot is enough, and no button ends an upload."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from casework.aws.http.response_headers import UPLOAD_PATH
from functions.intake.texts import PortalTexts, load_portal
from tests.integration.answers import Answered
from tests.integration.evidence import Evidence, open_for_files
from tests.integration.forms import a_form, hidden, post
from tests.integration.reporters import DROP, Reporters, a_key

FORM = re.compile(r"<form.*?</form>", re.DOTALL)


@pytest.fixture
def evidence(reporters: Reporters, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evidence]:
    with open_for_files(reporters, monkeypatch) as opened:
        yield opened


@pytest.fixture
def texts() -> PortalTexts:
    return load_portal().texts["fr"]


def asked(evidence: Evidence, sent: dict[str, Any], files: str, **more: str) -> Answered:
    """The page of files, by the button that asks for it."""
    codes = {name: sent[name] for name in ("reference", "receipt")}
    answered = post(evidence.reporters, {**codes, "files": files, **more}, "/fr/follow")
    assert answered.status == 200, answered.text
    return answered


def put(page: Answered, content: bytes) -> str:
    """Send the form of the page; answers the name of the object."""
    name = hidden(page, "key")
    boto3.client("s3").put_object(Bucket=DROP, Key=name, Body=content)
    return name


def buttons(page: Answered) -> list[str]:
    """The forms in the page that ask this service for something."""
    return [each for each in FORM.findall(page.text) if 'action="/fr/follow"' in each]


def test_beside_the_form_of_a_file_each_button_opens_a_tab_of_its_own(
    evidence: Evidence, texts: PortalTexts
) -> None:
    sent = evidence.report()
    page = asked(evidence, sent, "add", key=a_key())
    assert f'action="{UPLOAD_PATH}"' in page.text
    assert texts["files.how"] in page.text
    assert len(buttons(page)) == 4, "to withdraw it, the list, one more file, and the way back"
    ends_the_upload = [each for each in buttons(page) if 'target="_blank"' not in each]
    assert ends_the_upload == []
    assert all('target="_blank"' not in each for each in buttons(asked(evidence, sent, "show")))


def test_a_file_that_did_not_arrive_is_sent_again_in_its_own_slot(
    evidence: Evidence, texts: PortalTexts
) -> None:
    sent = evidence.report()
    first = asked(evidence, sent, "add", key=a_key())
    listed = asked(evidence, sent, "show")
    assert texts.fill("files.absent", size="25", minutes="15") in listed.text
    assert texts["files.resend"] in listed.text
    assert UPLOAD_PATH not in listed.text
    again = asked(evidence, sent, "1")
    assert hidden(again, "key") == hidden(first, "key"), "the same object"
    assert [each.number for each in evidence.files(sent)] == [1], "no second slot was used"
    assert evidence.receive(put(again, b"a capture")) == []
    kept = asked(evidence, sent, "show")
    assert texts["filed.kept"] in kept.text
    assert texts["files.resend"] not in kept.text


def test_a_file_that_has_come_is_not_asked_for_again(
    evidence: Evidence, texts: PortalTexts
) -> None:
    sent = evidence.report()
    name = put(asked(evidence, sent, "add", key=a_key()), b"a capture")
    assert UPLOAD_PATH not in asked(evidence, sent, "1").text, "it waits for the receiver"
    assert evidence.receive(name) == []
    assert UPLOAD_PATH not in asked(evidence, sent, "1").text


@pytest.mark.parametrize("number", ["1", "2", "99"])
def test_a_slot_that_a_script_has_or_that_does_not_exist_has_no_form_here(
    evidence: Evidence, texts: PortalTexts, number: str
) -> None:
    sent = evidence.report()
    evidence.slot(sent, {"name": "film.mp4", "size": 7})
    page = asked(evidence, sent, number)
    assert UPLOAD_PATH not in page.text
    assert texts["files.resend"] not in page.text


def test_the_form_of_an_open_slot_needs_the_receipt_of_its_report(evidence: Evidence) -> None:
    sent, other = evidence.report(), evidence.report()
    asked(evidence, sent, "add", key=a_key())
    form = {"reference": sent["reference"], "receipt": other["receipt"], "files": "1"}
    refused = post(evidence.reporters, form, "/fr/follow")
    assert refused.status == 404
    assert UPLOAD_PATH not in refused.text


def test_files_without_a_name_are_told_apart_by_their_numbers(evidence: Evidence) -> None:
    sent = evidence.report()
    evidence.slot(sent, {"name": "capture.png", "size": 7})
    for key in (pressed_twice := a_key(), pressed_twice, a_key()):
        asked(evidence, sent, "add", key=key)
    page = asked(evidence, sent, "show")
    named = ["capture.png", "Fichier 2 sans nom", "Fichier 3 sans nom"]
    assert [each.name for each in evidence.files(sent)] == named
    assert [each for each in named if each not in page.text] == []


@pytest.mark.parametrize(("role", "invited"), [("witness", False), ("victim", True)])
def test_a_witness_of_the_abuse_of_a_child_is_not_invited_to_send_files(
    evidence: Evidence, texts: PortalTexts, *, role: str, invited: bool
) -> None:
    of_it = {"category": "child_sexual_exploitation", "role": role}
    receipt = post(evidence.reporters, a_form(**of_it))
    assert (texts["done.files"] in receipt.text) is invited
    page = asked(evidence, evidence.report(**of_it), "show")
    assert (texts.fill("files.lead", count="20", size="100") in page.text) is invited
    assert (texts["files.none"] in page.text) is invited
    assert (texts["files.forbidden"] in page.text) is not invited


def test_a_file_that_did_not_arrive_is_withdrawn_by_a_button_beside_it(
    evidence: Evidence, texts: PortalTexts
) -> None:
    sent = evidence.report()
    first = asked(evidence, sent, "add", key=a_key())
    listed = asked(evidence, sent, "show")
    (button,) = (each for each in buttons(listed) if texts["files.withdraw"] in each)
    assert 'value="withdraw-1"' in button
    gone = asked(evidence, sent, "withdraw-1")
    assert texts["files.none"] in gone.text
    assert texts["files.withdraw"] not in gone.text
    assert evidence.receive(put(first, b"a capture")) == []
    assert evidence.vault() == []
    assert asked(evidence, sent, "withdraw-1").text.count(texts["files.none"]) == 1, "once more"


@pytest.mark.parametrize("which", ["withdraw-1", "withdraw-2", "withdraw-", "withdraw-x"])
def test_a_file_that_came_stays_in_the_list(
    evidence: Evidence, texts: PortalTexts, which: str
) -> None:
    sent = evidence.report()
    evidence.receive(evidence.sent(sent, b"a capture"))
    shown = asked(evidence, sent, which)
    assert texts["filed.kept"] in shown.text
    assert texts["files.withdraw"] not in shown.text
