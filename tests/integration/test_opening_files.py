"""A file opens by motive, in sight of all, and for those who work on its case alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from casework.aws.services import file_sealing
from casework.aws.services.sealed_boxes import InvalidBox
from casework.aws.table import audit_log, items, keys
from casework.aws.table.erasure import erase_report
from casework.case.history import find_first_break
from casework.decisions.staff import Role
from casework.text.compression import decompress_text
from functions.desk.oversight import histories
from tests.builders import NOON, SALE
from tests.integration.answers import problem
from tests.integration.desks import TABLE, Desk
from tests.integration.evidence import PREVIEWS, VAULT
from tests.integration.openers import (
    FILM,
    MOTIVE,
    PAGE,
    WEBP,
    Opener,
    an_opener,
    history,
)
from tests.integration.reporters import sealing_key
from tests.integration.test_files_at_the_desk import announced


@pytest.fixture
def opener(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    with an_opener(desk, monkeypatch) as opened:
        yield opened


def test_an_officer_opens_a_file_with_a_motive_that_auditors_read(opener: Opener) -> None:
    answer = opener.open()
    assert answer.status == 200, answer.text
    given = answer.document
    assert (given["name"], given["size"], given["parts"]) == ("film.mp4", len(FILM), 2)
    parts = [opener.part(number).document["ciphertext"] for number in (1, 2)]
    content = file_sealing.decrypt_file(
        b"".join(map(base64.b64decode, parts)),
        base64.b64decode(given["key"]),
        reference=given["report"],
        number=given["n"],
    )
    assert content == FILM
    assert hashlib.sha256(content).hexdigest() == given["sha256"]

    (event,) = (e for e in opener.desk.table.events(opener.case.id) if e.move == "file_opened")
    assert (event.by, event.data["file"], event.data["bound"]) == (opener.officer, 1, "c0ffee")
    assert MOTIVE not in event.model_dump_json(), "the history holds the commitment to it"
    stored = items.get_item(TABLE, keys.particulars_key(opener.case.id, event.number))
    assert stored is not None
    assert MOTIVE in decompress_text(stored["content"])
    assert opener.open().status == 200
    assert opener.moves().count("file_opened") == 2, "each answer with a key is an event"
    assert find_first_break(list(opener.desk.table.events(opener.case.id))) is None


def test_a_key_opens_its_own_file_alone(opener: Opener) -> None:
    """Evidence case E30."""
    opener.keep(opener.reference, 2, b"another")
    key = base64.b64decode(opener.open(n=2).document["key"])
    parts = [base64.b64decode(opener.part(n).document["ciphertext"]) for n in (1, 2)]
    with pytest.raises(InvalidBox):
        file_sealing.decrypt_file(b"".join(parts), key, reference=opener.reference, number=1)


@pytest.mark.parametrize("motive", ["", "     ", "x" * 9, "x" * 501, None])
def test_without_a_motive_nothing_opens(opener: Opener, motive: str | None) -> None:
    """Evidence case E30."""
    assert opener.open(motive=motive).status == 422
    assert "file_opened" not in opener.moves()


@pytest.mark.parametrize(
    ("role", "unit", "refusal"),
    [
        (Role.OFFICER, SALE, (404, "case-not-found")),
        (Role.ANALYST, "", (403, "not-allowed")),
        (Role.SUPERVISOR, "", (403, "not-allowed")),
        (Role.CUSTODIAN, "", (403, "not-allowed")),
        (Role.AUDITOR, "", (403, "not-allowed")),
        (Role.ADMIN, "", (403, "not-allowed")),
    ],
)
def test_only_those_who_work_on_the_case_open_its_files_and_others_are_marked(
    opener: Opener, role: Role, unit: str, refusal: tuple[int, str]
) -> None:
    """Evidence case E30: the case stands with its unit."""
    stranger = opener.desk.enrol(role, unit) if unit else opener.desk.enrol(role)
    opener.show(1, PAGE)
    for answer in (
        opener.open(by=stranger),
        opener.part(1, by=stranger),
        opener.see(by=stranger),
    ):
        assert (answer.status, problem(answer)) == refusal
    assert "file_opened" not in opener.moves()
    if refusal[1] == "case-not-found":
        marks = [m for m in audit_log.read_marks(TABLE, opener.case.id) if m["by"] == stranger]
        assert {mark["call"] for mark in marks} == {"open_file", "read_part", "see_page"}
    assert opener.seen() == []


def test_a_file_of_another_case_does_not_exist_here(opener: Opener) -> None:
    other = opener._case()
    opener.show(1, PAGE)
    for answer in (
        opener.open(case=other),
        opener.part(1, case=other),
        opener.open(n=2),
        opener.see(case=other),
        opener.see(2),
    ):
        assert (answer.status, problem(answer)) == (404, "file-not-found")
    assert opener.part(3).status == 404


def test_an_erased_file_opens_for_nobody(opener: Opener) -> None:
    """Evidence cases E13 and E30: its key is gone, and the history holds."""
    opener.show(1, PAGE)
    assert opener.open().status == 200
    assert erase_report(opener.desk.table, opener.reference, NOON, "an officer")
    for answer in (opener.open(), opener.part(1), opener.see()):
        assert (answer.status, problem(answer)) == (404, "file-not-found")
    assert find_first_break(list(opener.desk.table.events(opener.case.id))) is None
    (stored,) = boto3.client("s3").list_object_versions(Bucket=VAULT)["Versions"]
    assert stored["Key"].startswith(opener.reference), "the ciphertext stays until its lock ends"
    (event,) = (e for e in opener.desk.table.events(opener.case.id) if e.move == "file_opened")
    assert items.get_item(TABLE, keys.particulars_key(opener.case.id, event.number)) is None


def test_an_erasure_names_the_keys_that_went_and_when_no_backup_holds_them(opener: Opener) -> None:
    """What stays in the buckets opens with nothing: no item and no object holds its key."""
    opener.show(1, PAGE)
    file = items.get_item(TABLE, keys.file_key(opener.reference, 1)) or {}
    announced(opener.reference, 2, "never came.png")
    assert erase_report(opener.desk.table, opener.reference, NOON, "an officer")
    *_, event = opener.desk.table.events(opener.case.id)
    assert event.data == {
        "reports": [opener.reference],
        "keys": {opener.reference: ["contact", "identity", "file-1", "file-2"]},
        "backups_until": "2026-04-06",
    }
    s3 = boto3.client("s3")
    left = [repr(item).encode() for item in opener.desk.items()]
    for bucket, name in ((VAULT, f"{opener.reference}-1"), (PREVIEWS, "folder/1")):
        left.append(s3.get_object(Bucket=bucket, Key=name)["Body"].read())
    for key in (file["wrapped"], file["pages_wrapped"]):
        assert not [each for each in left if key in each or repr(key).encode() in each]


def test_a_file_that_comes_between_reading_and_erasing_is_named_too(
    opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reporter is given a slot just then: the erasure reads once more."""
    listed = items.query_prefix

    def meanwhile(*asked: Any, **how: Any) -> Any:
        yield from listed(*asked, **how)
        monkeypatch.setattr(items, "query_prefix", listed)
        announced(opener.reference, 2, "late.png")

    monkeypatch.setattr(items, "query_prefix", meanwhile)
    assert erase_report(opener.desk.table, opener.reference, NOON, "an officer")
    *_, event = opener.desk.table.events(opener.case.id)
    assert event.data["keys"] == {opener.reference: ["contact", "identity", "file-1", "file-2"]}


def test_a_file_sealed_to_another_key_raises_an_alarm(opener: Opener) -> None:
    opener.keep(opener.reference, 2, b"exchanged", key=sealing_key())
    answer = opener.open(n=2)
    assert (answer.status, problem(answer)) == (500, "box-not-opened")
    assert opener.moves()[-1] == "file_opened", "the attempt is an event all the same"


def test_a_preview_is_seen_without_a_motive_and_marked_once_a_day(opener: Opener) -> None:
    opener.show(1, PAGE, {**PAGE, "text": "deux"})
    answer = opener.see()
    assert answer.status == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert {name: answer.document[name] for name in PAGE} == PAGE
    assert opener.see(2).document["text"] == "deux"
    assert opener.see().status == 200
    (mark,) = opener.seen()
    assert (mark["by"], mark["about"]) == (opener.officer, f"{opener.reference}#1")
    assert "file_opened" not in opener.moves()


def test_a_page_that_was_exchanged_raises_an_alarm(opener: Opener) -> None:
    opener.show(1, PAGE, PAGE)
    s3: Any = boto3.client("s3")
    s3.copy_object(Bucket=PREVIEWS, Key="folder/1", CopySource=f"{PREVIEWS}/folder/2")
    assert problem(opener.see()) == "box-not-opened"
    opener.show(1, PAGE, key=sealing_key())
    assert problem(opener.see()) == "box-not-opened"
    opener.show(1, {"html": "<script>"})
    assert problem(opener.see()) == "box-not-opened"


def test_what_is_no_picture_does_not_reach_the_browser_as_one(opener: Opener) -> None:
    """A decoder that was taken over can seal what it likes."""
    opener.show(1, {**PAGE, "picture": base64.b64encode(b"<svg onload=x>").decode()})
    assert opener.see().document["picture"] == ""


def test_the_case_tells_what_a_machine_found_in_a_file(opener: Opener) -> None:
    opener.show(1, PAGE)
    answer = opener.desk.case(opener.case, opener.officer)
    (file,) = (file for each in answer.document["reports"] for file in each.get("files", ()))
    found = {name: file[name] for name in ("type", "agreed", "preview", "pages", "shown", "scan")}
    assert found == {
        "type": "pdf", "agreed": True, "preview": "made", "pages": 3, "shown": 1,
        "scan": "not_scanned",
    }  # fmt: skip
    assert WEBP not in answer.text


# ---- what an auditor sees ------------------------------------------------------------------------


def test_an_auditor_sees_which_file_was_opened_by_whom_when_and_why(opener: Opener) -> None:
    """Evidence case E35."""
    opener.keep(opener.reference, 2, b"another")
    opener.show(1, PAGE)
    assert opener.open(n=2).status == 200
    assert opener.see().status == 200
    told = history(opener)
    (file,) = told["files"]
    assert file == {
        "number": len(opener.moves()),
        "report": opener.reference,
        "n": 2,
        "name": "film.mp4",
        "words": MOTIVE,
    }
    (event,) = [each for each in told["events"] if each["number"] == file["number"]]
    assert (event["move"], event["by"]) == ("file_opened", opener.officer)
    (mark,) = [each for each in told["marks"] if each["kind"] == "file_seen"]
    assert (mark["by"], mark["report"], mark["n"]) == (opener.officer, opener.reference, 1)
    assert mark["name"] == "film.mp4"
    assert "call" not in mark, "no operation was refused"


def test_after_an_erasure_an_auditor_sees_number_and_report_and_neither_name_nor_motive(
    opener: Opener,
) -> None:
    """Evidence case E35."""
    assert opener.open().status == 200
    assert erase_report(opener.desk.table, opener.reference, NOON, "an officer")
    told = history(opener)
    (file,) = told["files"]
    assert (file["report"], file["n"]) == (opener.reference, 1)
    assert not {"name", "words"} & file.keys()
    assert MOTIVE not in json.dumps(told)


def test_a_page_of_a_history_ends_where_what_it_tells_of_files_has_no_more_room(
    opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "ROOM_OF_FILES", 1)
    for _ in range(3):
        assert opener.open().status == 200
    auditor, cursor = opener.desk.enrol(Role.AUDITOR), ""
    events, files = list[int](), list[int]()
    for _ in range(3):
        query = {"cursor": cursor} if cursor else {}
        page = opener.desk.get(f"history/{opener.case.id}", auditor, **query).document
        assert len(page["files"]) == 1
        events += [each["number"] for each in page["events"]]
        files += [each["number"] for each in page["files"]]
        cursor = page.get("cursor", "")
    assert cursor == ""
    assert events == list(range(1, len(opener.moves()) + 1)), "each entry once, in order"
    assert files == events[-3:]
