"""Files in parts: in any order, twice, not all, other bytes, and on receivers that die between."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from casework.aws.services import upload_parts
from casework.report import file_limits as limits
from casework.report import multipart
from casework.report.examination import Scan
from tests.integration.evidence import Evidence, open_for_files, opened
from tests.integration.reporters import DROP, Reporters, a_key

PART = 5_000
"""Bytes of a part in these tests."""
FILM = random.Random("a film").randbytes(3 * PART + 77)


@pytest.fixture
def evidence(reporters: Reporters, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evidence]:
    monkeypatch.setattr(multipart, "UPLOAD_PART_BYTES", PART)
    with open_for_files(reporters, monkeypatch) as opened:
        yield opened


def announced(content: bytes, name: str = "film.mp4") -> dict[str, Any]:
    """The request of a slot for a file in parts."""
    begins = range(0, len(content), multipart.UPLOAD_PART_BYTES)
    parts = [
        hashlib.sha256(content[at : at + multipart.UPLOAD_PART_BYTES]).hexdigest() for at in begins
    ]
    return {"name": name, "size": len(content), "parts": parts}


def slot(
    evidence: Evidence, sent: dict[str, Any], content: bytes = FILM, key: str | None = None
) -> list[dict[str, Any]]:
    """The forms of the parts that have not come."""
    answer = evidence.slot(sent, announced(content), key)
    assert answer.status == 201, answer.text
    forms: list[dict[str, Any]] = answer.document["uploads"]
    return forms


def asked(evidence: Evidence) -> list[dict[str, Any]]:
    """What the examiner is asked."""
    answer = boto3.client("sqs").receive_message(
        QueueUrl=evidence.kept, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [json.loads(each["Body"]) for each in answer.get("Messages", ())]


# ---- forms ---------------------------------------------------------------------------------------


def test_each_part_has_a_form_for_exactly_its_bytes(evidence: Evidence) -> None:
    forms, said = slot(evidence, evidence.report()), announced(FILM)
    assert [each["part"] for each in forms] == [1, 2, 3, 4]
    assert [each["begins"] for each in forms] == [0, PART, 2 * PART, 3 * PART]
    assert [each["size"] for each in forms] == [PART, PART, PART, 77]
    for form, digest in zip(forms, said["parts"], strict=True):
        fields = form["fields"]
        policy = json.loads(base64.b64decode(fields["policy"]))["conditions"]
        assert ["content-length-range", form["size"], form["size"]] in policy
        assert base64.b64decode(fields["x-amz-checksum-sha256"]).hex() == digest
        assert {"key": fields["key"]} in policy
    names = [each["fields"]["key"] for each in forms]
    assert names == [names[0], *(f"{names[0]}/{number}" for number in (2, 3, 4))]


def test_asked_for_again_a_slot_has_forms_for_the_missing_parts_alone(evidence: Evidence) -> None:
    sent, key = evidence.report(), a_key()
    forms = slot(evidence, sent, key=key)
    for form in (forms[0], forms[2]):
        evidence.receive(evidence.upload_part(form, FILM))
    missing = slot(evidence, sent, key=key)
    assert [each["part"] for each in missing] == [2, 4]
    for form in missing:
        evidence.receive(evidence.upload_part(form, FILM))
    again = evidence.slot(sent, announced(FILM), key).document
    assert (again["state"], again["uploads"]) == ("kept", [])
    assert len(evidence.files(sent)) == 1


def test_parts_that_came_and_were_not_received_yet_are_not_asked_for_again(
    evidence: Evidence,
) -> None:
    sent, key = evidence.report(), a_key()
    for form in slot(evidence, sent, key=key):
        evidence.upload_part(form, FILM)
    again = evidence.slot(sent, announced(FILM), key).document
    assert (again["state"], again["uploads"]) == ("slotted", [])


def test_a_file_in_parts_counts_with_the_bytes_that_were_declared(evidence: Evidence) -> None:
    sent = evidence.report()
    slot(evidence, sent)
    assert evidence.shown(sent)["bytes_left"] == limits.MAX_REPORT_FILES_BYTES - len(FILM)


def test_a_large_file_that_is_not_in_parts_is_refused_and_told_to_be(evidence: Evidence) -> None:
    answer = evidence.slot(
        evidence.report(), {"name": "x", "size": limits.MAX_SINGLE_PART_BYTES + 1}
    )
    assert (answer.status, answer.document["errors"][0]["pointer"]) == (422, "#/size")


# ---- what is kept --------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_parts_in_any_order_become_one_file_with_the_last_one(
    evidence: Evidence, order: tuple[int, ...]
) -> None:
    sent = evidence.report()
    evidence.into_a_case(sent)
    forms = slot(evidence, sent)
    for number in order:
        assert evidence.files(sent)[0].state == "slotted"
        assert evidence.receive(evidence.upload_part(forms[number], FILM)) == []
    (file,) = evidence.files(sent)
    assert (file.state, file.size) == ("kept", len(FILM))
    assert evidence.digests(file).sha256 == hashlib.sha256(FILM).hexdigest()
    assert evidence.digests(file).md5 == hashlib.md5(FILM, usedforsecurity=False).hexdigest()
    assert opened(evidence, sent) == FILM


def test_of_events_that_come_late_in_any_order_and_twice_one_file_is_kept_and_examined_once(
    evidence: Evidence,
) -> None:
    sent = evidence.report()
    evidence.into_a_case(sent)
    names = [evidence.upload_part(form, FILM) for form in slot(evidence, sent)]
    for name in (names[2], names[3], names[1], names[2], names[3]):
        assert evidence.receive(name) == []
    assert (len(evidence.vault()), len(evidence.of_kind("MARK#"))) == (1, 1)
    assert len(asked(evidence)) == 1
    assert opened(evidence, sent) == FILM


def test_of_a_part_that_comes_twice_the_first_one_counts(evidence: Evidence) -> None:
    sent = evidence.report()
    forms = slot(evidence, sent)
    for form in forms[:3]:
        evidence.upload_part(form, FILM)
        evidence.upload_part(form, FILM[::-1])
    assert evidence.receive(evidence.upload_part(forms[3], FILM)) == []
    assert opened(evidence, sent) == FILM


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (FILM[: PART + 9] + b"!" + FILM[PART + 10 :], "other_digest"),
        (FILM[: 2 * PART - 1], "other_size"),
    ],
)
def test_other_bytes_in_one_part_than_were_declared_are_never_kept(
    evidence: Evidence, other: bytes, why: str
) -> None:
    """Even if the bucket let them in."""
    sent = evidence.report()
    for form in slot(evidence, sent):
        name = evidence.upload_part(form, other if form["part"] == 2 else FILM)
        assert evidence.receive(name) == []
    (file,) = evidence.files(sent)
    assert (file.state, file.why) == ("refused", why)
    assert evidence.vault() == []


def test_a_file_whose_parts_do_not_all_come_is_refused_after_a_day_and_says_so(
    evidence: Evidence,
) -> None:
    sent, key = evidence.report(), a_key()
    forms = slot(evidence, sent, key=key)
    evidence.receive(evidence.upload_part(forms[0], FILM))
    for hours in (1, 5, 23):
        evidence.clock = timedelta(hours=hours)
        assert evidence.repair() == []
        assert evidence.files(sent)[0].state == "slotted"
    evidence.clock = timedelta(hours=25)
    assert evidence.repair() == []
    (file,) = evidence.shown(sent)["files"]
    assert (file["state"], file["why"]) == ("refused", "incomplete")
    for form in forms[1:]:
        assert evidence.receive(evidence.upload_part(form, FILM)) == []
    assert evidence.files(sent)[0].state == "refused"
    assert evidence.vault() == []
    again = evidence.slot(sent, announced(FILM), key).document
    assert (again["state"], again["uploads"]) == ("refused", [])


def test_a_file_whose_last_event_was_lost_is_found_within_the_hour(evidence: Evidence) -> None:
    sent = evidence.report()
    forms = slot(evidence, sent)
    names = [evidence.upload_part(form, FILM) for form in forms[:3]]
    for name in names:
        evidence.receive(name)
    evidence.clock = timedelta(minutes=40)
    assert evidence.repair() == []
    evidence.upload_part(forms[3], FILM)
    evidence.clock = timedelta(minutes=101)
    assert evidence.repair() == [names[0]]
    assert evidence.receive(names[0]) == []
    assert opened(evidence, sent) == FILM


def test_a_receiver_that_dies_between_two_parts_leaves_nothing_and_the_next_one_keeps_all(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = evidence.report()
    evidence.into_a_case(sent)
    names = [evidence.upload_part(form, FILM) for form in slot(evidence, sent)]
    usual = upload_parts.stream_part

    def read(bucket: str, part: str, version: str) -> Iterator[bytes]:
        if part == names[2]:
            raise RuntimeError("killed")
        return usual(bucket, part, version)

    with monkeypatch.context() as patched:
        patched.setattr(upload_parts, "stream_part", read)
        assert evidence.receive(names[3]) == ["m"]
    assert evidence.vault() == []
    assert evidence.receive(names[3]) == []
    assert opened(evidence, sent) == FILM
    assert (len(evidence.vault()), len(evidence.of_kind("MARK#"))) == (1, 1)


def test_of_two_receivers_of_the_same_file_one_keeps_it_and_the_other_writes_nothing(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = evidence.report()
    evidence.into_a_case(sent)
    names = [evidence.upload_part(form, FILM) for form in slot(evidence, sent)]
    usual, failed = upload_parts.stream_part, []

    def read(bucket: str, part: str, version: str) -> Iterator[bytes]:
        monkeypatch.setattr(upload_parts, "stream_part", usual)
        failed.extend(evidence.receive(names[2]))
        return usual(bucket, part, version)

    monkeypatch.setattr(upload_parts, "stream_part", read)
    assert evidence.receive(names[3]) + failed == []
    assert (len(evidence.vault()), len(evidence.of_kind("MARK#"))) == (1, 1)
    assert opened(evidence, sent) == FILM


def test_parts_of_an_erased_report_are_kept_nowhere(evidence: Evidence) -> None:
    sent = evidence.report()
    names = [evidence.upload_part(form, FILM) for form in slot(evidence, sent)]
    evidence.erase(sent)
    assert [evidence.receive(name) for name in names] == [[]] * 4
    assert (evidence.of_kind("FILE#"), evidence.vault()) == ([], [])


def test_a_part_that_was_never_sealed_raises_an_alarm(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = evidence.report()
    names = [evidence.upload_part(form, FILM) for form in slot(evidence, sent)]
    with monkeypatch.context() as patched:
        patched.setattr("functions.evidence.vault.put_sealed_file", lambda *_: 1 / 0)
        evidence.receive(names[3])
    s3 = boto3.client("s3")
    version = upload_parts.list_arrived_parts(DROP, names[0])[names[1]].version
    s3.delete_object(Bucket=DROP, Key=names[1], VersionId=version)
    assert evidence.receive(names[3]) == ["m"], "it goes to the dead letters"


# ---- what is found in it -------------------------------------------------------------------------


def test_the_examiner_reads_all_parts_as_one_file(evidence: Evidence) -> None:
    sent = evidence.report()
    text = b"Le compte est au nom de la victime. " * 500
    for form in slot(evidence, sent, text):
        evidence.receive(evidence.upload_part(form, text))
    (told,) = asked(evidence)
    assert sorted(told) == ["key", "versions"]
    (result,) = evidence.examine()
    assert result["examined"]["sha256"] == hashlib.sha256(text).hexdigest()
    assert evidence.take(result) == []
    (file,) = evidence.files(sent)
    assert file.examination is not None
    assert file.examination.type == "text"


@pytest.mark.parametrize(
    ("results", "becomes"),
    [
        (["NO_THREATS_FOUND"] * 4, Scan.NOT_SCANNED),
        (["NO_THREATS_FOUND", "THREATS_FOUND", "NO_THREATS_FOUND"], Scan.MALICIOUS),
    ],
    ids=["of pieces", "bad"],
)
def test_a_scanner_that_found_nothing_in_the_pieces_has_not_scanned_the_file(
    evidence: Evidence, results: list[str], becomes: Scan
) -> None:
    sent = evidence.report()
    names = [evidence.upload_part(form, FILM) for form in slot(evidence, sent)]
    versions = [upload_parts.list_arrived_parts(DROP, names[0])[name].version for name in names]
    for name, version, status in zip(names, versions, results, strict=False):
        assert evidence.take({"key": name, "version": version, "scanned": status}) == []
    evidence.take({"key": names[0], "version": versions[1], "scanned": "THREATS_FOUND"})
    assert evidence.files(sent)[0].scan is becomes


def test_nothing_of_the_sender_is_told_with_a_part(evidence: Evidence) -> None:
    sent = evidence.report()
    for form in slot(evidence, sent):
        evidence.receive(evidence.upload_part(form, FILM))
    for held in (repr(evidence.reporters.items()), evidence.reporters.logs.getvalue()):
        assert "203.0.113.77" not in held
        assert "CanaryAgent" not in held


def test_a_film_of_nine_mebibytes_is_three_parts(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = random.Random("nine").randbytes(9 * multipart.BYTES_PER_MIB)
    with open_for_files(reporters, monkeypatch) as evidence:
        sent = evidence.report()
        assert evidence.shown(sent)["part_size"] == multipart.UPLOAD_PART_BYTES
        forms = slot(evidence, sent, film)
        assert [each["size"] // multipart.BYTES_PER_MIB for each in forms] == [4, 4, 1]
        for form in forms:
            evidence.receive(evidence.upload_part(form, film))
        assert opened(evidence, sent) == film
