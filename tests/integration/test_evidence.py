"""Reporters add files: what is taken, what is kept, and what a crash leaves behind."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from casework.aws.services import clients
from casework.aws.table import audit_log, file_table, items, keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.erasure import erase_report
from casework.aws.table.file_table import FileTable
from casework.aws.table.stored_file import StoredFile
from casework.case.commitment import commit_to_part
from casework.report import file_limits as limits
from casework.report.multipart import BYTES_PER_MIB
from functions.evidence import repair, vault
from functions.intake import file_slots as slots
from tests.integration.evidence import VAULT, Evidence, open_for_files, opened
from tests.integration.reporters import TABLE, Reporters, a_key

MANY, LARGE = (200, BYTES_PER_MIB // 2) if os.environ.get("FULL") else (24, 90)
"""Files, and bytes of each, that come at once; with `make test FULL=1` as in a bad hour."""
PICTURE = b"\x89PNG the bytes of a screenshot" * 3
DIGEST = hashlib.sha256(PICTURE).hexdigest()


@pytest.fixture
def evidence(reporters: Reporters, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evidence]:
    with open_for_files(reporters, monkeypatch) as opened:
        yield opened


def policy_of(slot: dict[str, Any]) -> list[Any]:
    fields = slot["uploads"][0]["fields"]
    conditions: list[Any] = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    return conditions


# ---- slots ---------------------------------------------------------------------------------------


def test_a_slot_is_a_form_for_exactly_one_object(evidence: Evidence) -> None:
    """Evidence cases E1 and E3: what the bucket compares."""
    sent = evidence.report()
    said = {"name": "capture.png", "size": 40, "sha256": DIGEST}
    slot = evidence.slot(sent, said)
    assert slot.status == 201
    assert slot.document["uploads"][0]["action"] == "/upload"
    assert (slot.document["n"], slot.document["state"]) == (1, "slotted")
    conditions, fields = policy_of(slot.document), slot.document["uploads"][0]["fields"]
    assert ["content-length-range", 40, 40] in conditions
    exact: dict[str, str] = {}
    for each in conditions:
        if isinstance(each, dict):
            exact |= each
    assert exact.pop("bucket") == "drop"
    signed = {name: value for name, value in fields.items() if name not in {"policy"}}
    signed.pop("x-amz-signature")
    assert exact == signed, "the bucket compares each field with its one value"
    assert base64.b64decode(exact["x-amz-checksum-sha256"]).hex() == DIGEST
    assert sent["reference"] not in json.dumps(exact)
    other = evidence.slot(sent, said).document["uploads"][0]["fields"]
    assert other["key"] != fields["key"]


def test_a_slot_asked_for_again_is_the_same_with_a_fresh_form(evidence: Evidence) -> None:
    sent, key = evidence.report(), a_key()
    said = {"name": "capture.png", "size": 40}
    first, again = evidence.slot(sent, said, key), evidence.slot(sent, said, key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.document["n"] == first.document["n"]
    names = [each.document["uploads"][0]["fields"]["key"] for each in (first, again)]
    assert names[0] == names[1]
    other = evidence.slot(sent, {**said, "size": 41}, key)
    assert other.document["type"].endswith("key-conflict")
    elsewhere = evidence.slot(evidence.report(), said, key)
    assert elsewhere.document["type"].endswith("key-conflict")
    assert len(evidence.files(sent)) == 1


def test_of_many_simultaneous_slots_the_limits_let_exactly_so_many_through(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence case E4: the 21st file, and the 101st MiB."""
    monkeypatch.setattr(limits, "MAX_FILES", 3)
    monkeypatch.setattr(slots, "MAX_SLOT_WRITE_ATTEMPTS", 40)
    sent = evidence.report()
    with ThreadPoolExecutor(6) as pool:
        said = {"name": "x", "size": 10}
        answers = list(pool.map(lambda _: evidence.slot(sent, said).status, range(6)))
    assert sorted(answers) == [201, 201, 201, 409, 409, 409]
    files = evidence.files(sent)
    assert [each.number for each in files if each.state != "refused"] == [1, 2, 3]
    assert {each.why for each in files if each.state == "refused"} <= {"too_many"}

    large, other = {"name": "film.mp4", "size": limits.MAX_SINGLE_PART_BYTES}, evidence.report()
    monkeypatch.setattr(limits, "MAX_FILES", 20)
    assert [evidence.slot(other, large).status for _ in range(4)] == [201] * 4
    refused = evidence.slot(other, {"name": "one more byte", "size": 1})
    assert refused.document["type"].endswith("too-many-files")
    over = evidence.slot(evidence.report(), {"name": "x", "size": limits.MAX_FILE_BYTES + 1})
    assert (over.status, over.document["errors"][0]["pointer"]) == (422, "#/size")
    nameless = evidence.slot(evidence.report(), {"name": "\u202e ", "size": 1})
    assert (nameless.status, nameless.document["errors"][0]["pointer"]) == (422, "#/name")


@pytest.mark.parametrize(("role", "status"), [("witness", 403), ("relative", 403), ("victim", 201)])
def test_of_the_abuse_of_a_child_the_address_is_taken_and_files_from_the_victim_alone(
    evidence: Evidence, role: str, status: int
) -> None:
    sent = evidence.report(category="child_sexual_exploitation", role=role)
    answer = evidence.slot(sent, {"name": "x", "size": 1})
    assert answer.status == status
    if status == 403:
        assert answer.document["type"].endswith("files-not-taken")
        assert "address" in answer.document["cure"]
        (record,) = evidence.files(sent)
        assert (record.state, record.why, record.size) == ("refused", "not_taken", 1)


def test_a_reporter_sees_which_files_arrived_and_what_room_is_left(evidence: Evidence) -> None:
    sent = evidence.report()
    name = evidence.sent(sent, PICTURE, "one.png")
    evidence.slot(sent, {"name": "two.png", "size": 7})
    evidence.receive(name)
    told = evidence.shown(sent)
    assert [(each["n"], each["name"], each["size"], each["state"]) for each in told["files"]] == [
        (1, "one.png", len(PICTURE), "kept"),
        (2, "two.png", 7, "slotted"),
    ]
    assert told["taken"] is True
    assert told["most_files"] == limits.MAX_FILES
    assert told["bytes_left"] == limits.MAX_REPORT_FILES_BYTES - len(PICTURE) - 7
    witness = evidence.report(category="child_sexual_exploitation", role="witness")
    assert evidence.shown(witness)["taken"] is False


def test_a_page_without_a_script_sends_a_file_of_any_size_up_to_the_largest(
    evidence: Evidence,
) -> None:
    sent = evidence.report()
    slot = evidence.slot(sent, {"name": "File 1"})
    assert ["content-length-range", 1, limits.MAX_SINGLE_PART_BYTES] in policy_of(slot.document)
    assert "size" not in evidence.shown(sent)["files"][0]
    assert evidence.receive(evidence.upload(slot.document, PICTURE)) == []
    (file,) = evidence.shown(sent)["files"]
    assert (file["state"], file["size"]) == ("kept", len(PICTURE))
    assert opened(evidence, sent) == PICTURE


def test_a_slot_needs_the_receipt_of_its_report(evidence: Evidence) -> None:
    sent, other = evidence.report(), evidence.report()
    unknown = {"reference": other["reference"], "receipt": sent["receipt"]}
    assert evidence.slot(unknown, {"name": "x", "size": 1}).status == 404


# ---- what is kept --------------------------------------------------------------------------------


def test_a_file_is_kept_sealed_and_marked_in_its_case(evidence: Evidence) -> None:
    sent = evidence.report()
    evidence.into_a_case(sent)
    name = evidence.sent(sent, PICTURE)
    assert evidence.receive(name) == []
    (file,) = evidence.files(sent)
    digests = evidence.digests(file)
    assert (file.state, digests.sha256, digests.declared) == ("kept", DIGEST, DIGEST)
    assert opened(evidence, sent) == PICTURE
    (stored,) = evidence.vault()
    assert (
        PICTURE not in boto3.client("s3").get_object(Bucket=VAULT, Key=stored["Key"])["Body"].read()
    )
    (mark,) = evidence.of_kind("MARK#")
    (item,) = evidence.of_kind("FILE#")
    assert mark["pk"]["S"] == "LOG#CASE-1"
    assert mark["bound"]["S"] == commit_to_part(digests.salt or b"", PICTURE)
    assert mark["at"]["S"].endswith(":00.000Z"), "the second would help to identify a connection"
    assert "flow" in item, "it is looked at until its examination is over"


def test_a_file_without_a_declared_digest_is_kept_and_says_so(evidence: Evidence) -> None:
    """Evidence case E6: the digest is ours then."""
    sent = evidence.report()
    slot = evidence.slot(sent, {"name": "capture.png", "size": len(PICTURE)}).document
    assert not [name for name in slot["uploads"][0]["fields"] if "checksum" in name]
    evidence.receive(evidence.upload(slot, PICTURE))
    (file,) = evidence.files(sent)
    assert (file.state, evidence.digests(file).sha256, file.declared) == ("kept", DIGEST, None)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (PICTURE + b"!", "other_size"),
        (b"GIF89a" + PICTURE, "other_size"),
        (PICTURE[::-1], "other_digest"),
    ],
)
def test_other_bytes_than_the_slots_are_never_kept(
    evidence: Evidence, content: bytes, why: str
) -> None:
    """Evidence cases E1 and E31: even if the bucket let them in."""
    sent = evidence.report()
    said = {"name": "x", "size": len(PICTURE), "sha256": DIGEST}
    slot = evidence.slot(sent, said).document
    assert evidence.receive(evidence.upload(slot, content)) == []
    (file,) = evidence.files(sent)
    assert (file.state, file.why) == ("refused", why)
    assert evidence.vault() == []
    kind = "gif" if content.startswith(b"GIF89a") else "unknown"
    assert (file.came, file.came_type) == (len(content), kind)
    read = hashlib.sha256(content).hexdigest() if why == "other_digest" else None
    assert evidence.digests(file).came_digest == read, "the record of what had come"
    assert file.refused_at is not None
    assert file.refused_at.endswith(":00.000Z")


def test_a_file_that_finds_no_room_leaves_a_record_without_a_place(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence case E31: why, when, and what its sender said of it; and never more than twenty."""
    monkeypatch.setattr(limits, "MAX_FILES", 2)
    sent, key = evidence.report(), a_key()
    for name in ("one", "two"):
        assert evidence.slot(sent, {"name": name, "size": 9}).status == 201
    three = {"name": "three.pdf", "size": 7}
    for _ in range(2):  # repeated, it is the same request
        assert evidence.slot(sent, three, key).status == 409
    *_, record = evidence.files(sent)
    assert (record.number, record.state, record.why) == (3, "refused", "too_many")
    assert (record.name, record.size, record.came) == ("three.pdf", 7, None)
    told = evidence.shown(sent)
    assert [each["name"] for each in told["files"]] == ["one", "two"], "its reporter was told"
    for _ in range(30):
        assert evidence.slot(sent, three).status == 409
    assert len(evidence.files(sent)) == 2 + limits.MAX_SLOTLESS_FILES
    assert evidence.repair() == [], "nobody looks for what never had a slot"


def test_too_many_bytes_leave_a_record_too(evidence: Evidence) -> None:
    """Evidence case E31."""
    sent = evidence.report()
    large = {"name": "film.mp4", "size": limits.MAX_SINGLE_PART_BYTES}
    assert [evidence.slot(sent, large).status for _ in range(5)] == [201] * 4 + [409]
    assert [each.why for each in evidence.files(sent)] == [None] * 4 + ["too_much"]


def test_a_form_sent_again_changes_nothing(evidence: Evidence) -> None:
    """Evidence case E2: the first version counts, before and after it was kept."""
    sent = evidence.report()
    slot = evidence.slot(sent, {"name": "x", "size": len(PICTURE)}).document
    name = evidence.upload(slot, PICTURE)
    evidence.upload(slot, PICTURE[::-1])
    evidence.receive(name)
    evidence.upload(slot, PICTURE[::-1])
    assert evidence.receive(name) == []
    assert opened(evidence, sent) == PICTURE
    assert len(evidence.vault()) == 1


@pytest.mark.parametrize(
    "name", ["gpj\u202e.exe", "../../passwd", "a\r\nX: 1", "é" * 300, "CON", "📎.png"]
)
def test_a_name_is_kept_as_it_was_sent_and_names_nothing(evidence: Evidence, name: str) -> None:
    """Evidence case E11."""
    sent = evidence.report()
    evidence.receive(evidence.sent(sent, PICTURE, name))
    (file,) = evidence.files(sent)
    assert (file.name, file.state) == (name, "kept")
    assert name not in json.dumps([each["Key"] for each in evidence.vault()])


def test_nothing_of_the_sender_is_stored_or_logged(evidence: Evidence) -> None:
    """Evidence case E5, in the items and the logs."""
    sent = evidence.report()
    evidence.receive(evidence.sent(sent, PICTURE, "canari-nom.png"))
    for held in (repr(evidence.reporters.items()), evidence.reporters.logs.getvalue()):
        assert "203.0.113.77" not in held
        assert "CanaryAgent" not in held
    assert "canari-nom" not in evidence.reporters.logs.getvalue()


# ---- crashes and erasure -------------------------------------------------------------------------


@pytest.mark.parametrize("killed_at", ["put_sealed_file", "find_version", "record_mark"])
def test_a_receiver_killed_between_two_writes_leaves_one_version_and_one_mark(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    """Evidence case E7."""
    sent = evidence.report()
    evidence.into_a_case(sent)
    name = evidence.sent(sent, PICTURE)
    where: Any = audit_log if killed_at == "record_mark" else vault

    def killed(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(where, killed_at, killed)
        assert evidence.receive(name) == ["m"]
    evidence.clock = timedelta(minutes=40)
    assert evidence.repair() == [name]
    assert evidence.receive(name) == []
    assert [each.state for each in evidence.files(sent)] == ["kept"]
    assert (len(evidence.vault()), len(evidence.of_kind("MARK#"))) == (1, 1)
    assert opened(evidence, sent) == PICTURE
    evidence.clock = timedelta(days=2)
    assert evidence.repair() == []


def test_a_lost_event_is_found_and_an_unused_slot_is_closed(evidence: Evidence) -> None:
    sent = evidence.report()
    lost = evidence.sent(sent, PICTURE)
    evidence.slot(sent, {"name": "never sent", "size": 1})
    evidence.clock = timedelta(minutes=10)
    assert evidence.repair() == [], "the form can still be sent"
    evidence.clock = timedelta(minutes=40)
    assert evidence.repair() == [lost]
    assert evidence.receive(lost) == []
    evidence.clock = timedelta(hours=25)
    evidence.repair()
    kept, unused = evidence.files(sent)
    assert (kept.state, unused.state, unused.why) == ("kept", "refused", "never_came")


def test_a_file_of_a_report_without_a_case_is_marked_once_it_has_one(evidence: Evidence) -> None:
    sent = evidence.report()
    name = evidence.sent(sent, PICTURE)
    evidence.receive(name)
    assert evidence.of_kind("MARK#") == []
    evidence.into_a_case(sent)
    evidence.clock = timedelta(hours=1)
    assert evidence.repair() == [name]
    evidence.receive(name)
    assert len(evidence.of_kind("MARK#")) == 1
    assert len(evidence.vault()) == 1


def test_a_file_that_cannot_be_read_keeps_no_other_from_its_repair(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = evidence.report()
    names = [evidence.sent(sent, PICTURE + bytes([number])) for number in range(2)]
    usual = file_table.FileTable.file

    def file(table: FileTable, reference: str, number: int) -> StoredFile | None:
        if number == 1:
            raise ConnectionError("a fault of the network")
        return usual(table, reference, number)

    monkeypatch.setattr(file_table.FileTable, "file", file)
    evidence.clock = timedelta(hours=1)
    assert evidence.repair() == names[1:]


def test_an_upload_that_was_never_sealed_raises_an_alarm(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = evidence.report()
    name = evidence.sent(sent, PICTURE)
    with monkeypatch.context() as patched:
        patched.setattr(vault, "put_sealed_file", lambda *_: 1 / 0)
        evidence.receive(name)
    (version,) = boto3.client("s3").list_object_versions(Bucket="drop")["Versions"]
    boto3.client("s3").delete_object(Bucket="drop", Key=name, VersionId=version["VersionId"])
    assert evidence.receive(name) == ["m"], "it goes to the dead letters"


def test_a_file_that_arrives_after_the_erasure_is_not_written_anew(evidence: Evidence) -> None:
    """Evidence case E13: with its item, the key of a file is gone."""
    sent = evidence.report()
    first, second = evidence.sent(sent, PICTURE), evidence.sent(sent, PICTURE[::-1])
    evidence.receive(first)
    evidence.erase(sent)
    assert evidence.receive(second) == []
    assert evidence.receive(first) == []
    assert evidence.of_kind("FILE#") == []
    assert len(evidence.vault()) == 1, "the ciphertext is locked, and opens with nothing"


@pytest.mark.parametrize("late", [False, True], ids=["at rest", "a slot is given meanwhile"])
def test_the_tombstone_of_a_report_without_a_case_names_the_keys_that_went(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    """Evidence case E13: it is in no history, so its tombstone says what a history would."""
    confidential = {"kind": "confidential", "contact": {"email": "somebody@example.org"}}
    sent = evidence.report(disclosure=confidential)
    evidence.receive(evidence.sent(sent, PICTURE))
    listed = items.query_prefix

    def meanwhile(*asked: Any, **how: Any) -> Any:
        yield from listed(*asked, **how)
        monkeypatch.setattr(items, "query_prefix", listed)
        evidence.sent(sent, PICTURE, "late.png")

    if late:
        monkeypatch.setattr(items, "query_prefix", meanwhile)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert erase_report(CaseTable(TABLE), sent["reference"], at, "an officer")
    left = items.get_item(TABLE, keys.report_key(sent["reference"])) or {}
    assert left["destroyed"] == ["contact", "identity", "file-1", *(["file-2"] if late else [])]
    assert left["backups_until"] == "2026-04-06"
    assert evidence.of_kind("FILE#") == []


def test_of_many_files_none_is_lost_or_kept_twice_while_a_fifth_of_the_calls_fails(
    evidence: Evidence,
) -> None:
    """Each call of a service may fail before it is made; the queue tries five times, then the
    repair names the file again."""
    sent = [evidence.report() for _ in range(MANY // 8)]
    for each in sent:
        evidence.into_a_case(each)
    names = [evidence.sent(each, os.urandom(LARGE)) for each in sent for _ in range(8)]
    chance, faulty = random.Random("a fifth"), False

    def failing(**_: Any) -> None:
        if faulty and chance.random() < 0.2:
            raise ConnectionError("a fault of the network")

    clients.reset_clients()
    clients.aws_session().get_component("event_emitter").register("before-call.*", failing)
    waiting = list(names)
    for hour in range(1, 100):
        faulty = True
        for _ in range(5):
            waiting = [name for name in waiting if evidence.receive(name)]
        evidence.clock = timedelta(hours=hour)
        repair.handle({}, None)
        faulty = False
        waiting = evidence.waiting()
        if all(file.marked for each in sent for file in evidence.files(each)):
            break
    files = [file for each in sent for file in evidence.files(each)]
    assert [file.state for file in files] == ["kept"] * len(names)
    assert len(evidence.vault()) == len(names)
    marks = {each["sk"]["S"].partition("#file#")[2] for each in evidence.of_kind("MARK#")}
    assert len(marks) == len(names), "one crash at midnight may leave a mark on both days"
