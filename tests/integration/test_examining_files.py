"""Kept files are looked into; whatever becomes of that, the original is kept and nothing joins."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from PIL import Image

from casework.aws.services.page_sealing import decrypt_page
from casework.aws.services.sealed_boxes import InvalidBox
from casework.aws.table import audit_log, file_marks, items, keys
from casework.aws.table.file_checks import FILE_ATTRIBUTES
from casework.aws.table.file_table import FileTable
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.stored_file import StoredFile
from casework.aws.table.unbound_attributes import UNBOUND_ATTRIBUTES
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.report.examination import Preview, Scan, effective_scan
from casework.report.file_limits import LOCKED_DAYS, LOCKED_FOR_COURT_DAYS, FileState
from functions.evidence import deployment, vault
from functions.examine import handler as examiner
from functions.examine.pdq import compute_pdq
from functions.examine.sandbox import inspect_sandboxed
from tests.integration.evidence import PREVIEWS, VAULT, Evidence, open_for_files
from tests.integration.reporters import TABLE, Reporters, Unwrapping
from tests.unit.test_examining import drawn, saved

PICTURE = saved(drawn(), "PNG")


@pytest.fixture
def evidence(reporters: Reporters, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evidence]:
    with open_for_files(reporters, monkeypatch) as opened:
        yield opened


def kept(evidence: Evidence, content: bytes) -> dict[str, Any]:
    """A report with one kept file."""
    sent = evidence.report()
    assert evidence.receive(evidence.sent(sent, content)) == []
    return sent


def page_of(evidence: Evidence, number: int = 1, upload: str = "") -> Image.Image:
    """A page of the one preview, as the holder of the key sees it."""
    (item,) = evidence.of_kind("FILE#")
    stored = boto3.client("s3").get_object(Bucket=PREVIEWS, Key=f"{item['pages']['S']}/{number}")
    key = Unwrapping().decrypt(
        KeyId=evidence.preview_key,
        CiphertextBlob=bytes(item["pages_wrapped"]["B"]),
        EncryptionAlgorithm="RSAES_OAEP_SHA_256",
    )["Plaintext"]
    page = decrypt_page(
        stored["Body"].read(), key, upload=upload or item["slot"]["S"], number=number
    )
    return Image.open(io.BytesIO(base64.b64decode(json.loads(page)["picture"])))


def test_a_kept_picture_has_a_type_and_a_sealed_preview(evidence: Evidence) -> None:
    sent = kept(evidence, PICTURE)
    (result,) = evidence.examine()
    assert evidence.take(result) == []

    (file,) = evidence.files(sent)
    assert (file.state, file.preview) == (FileState.KEPT, Preview.MADE)
    assert file.examination is not None
    assert (file.examination.type, file.examination.agreed) == ("png", True)
    assert (file.examination.pages, file.examination.shown) == (1, 1)
    assert page_of(evidence).size == drawn().size
    with pytest.raises(InvalidBox):
        page_of(evidence, upload="0" * 32)


def test_what_a_picture_looks_like_stands_beside_its_report_and_a_blank_one_nowhere(
    evidence: Evidence,
) -> None:
    """Evidence case E23: the linker hears of the one, and of the blank one nothing."""
    blank = saved(Image.new("RGB", (300, 300), (9, 9, 9)), "PNG")
    first, second = kept(evidence, PICTURE), kept(evidence, blank)
    for result in evidence.examine() * 2:
        assert evidence.take(result) == []

    (picture,) = PictureTable(TABLE, "digest").list_pictures(first["reference"])
    look = PictureTable(TABLE, "digest").pdq(picture)
    assert (picture.named.file, look) == (1, compute_pdq(drawn()))
    assert PictureTable(TABLE, "digest").list_pictures(second["reference"]) == []


def test_the_examiner_is_told_an_upload_and_learns_no_report(evidence: Evidence) -> None:
    sent = kept(evidence, PICTURE)
    told = boto3.client("sqs").receive_message(QueueUrl=evidence.kept, VisibilityTimeout=0)
    (message,) = told["Messages"]
    assert json.loads(message["Body"]).keys() == {"key", "versions"}
    assert sent["reference"] not in message["Body"]


def test_what_cannot_be_shown_is_kept_and_says_so(evidence: Evidence) -> None:
    """Evidence case E10."""
    for content, preview in ((PICTURE[:-40], Preview.FAILED), (b"MZ\x90\x00", Preview.NONE)):
        sent = kept(evidence, content)
        (result,) = evidence.examine()
        evidence.take(result)
        (file,) = evidence.files(sent)
        assert (file.state, file.preview, file.pages) == (FileState.KEPT, preview, None)


def test_the_first_result_counts_and_a_failed_one_may_be_replaced(evidence: Evidence) -> None:
    sent = kept(evidence, PICTURE)
    (result,) = evidence.examine()
    failed = {
        "key": result["key"],
        "examined": {**result["examined"], "preview": "failed", "shown": 0, "pdq": None},
    }
    for said, becomes in ((failed, Preview.FAILED), (result, Preview.MADE), (failed, Preview.MADE)):
        assert evidence.take(said) == []
        assert evidence.files(sent)[0].preview is becomes


@pytest.mark.parametrize(
    "said",
    [
        {"examined": {"sha256": "ab" * 32, "type": "png", "agreed": True, "preview": "none"}},
        {"key": "in/" + "0" * 32},
    ],
    ids=["of other bytes", "of no upload of ours"],
)
def test_a_result_of_something_else_is_not_taken(evidence: Evidence, said: dict[str, Any]) -> None:
    sent = kept(evidence, PICTURE)
    (result,) = evidence.examine()
    assert evidence.take({**result, **said}) == []
    assert evidence.files(sent)[0].preview is None


@pytest.mark.parametrize(
    "said",
    [
        {"state": "refused"},
        {"key": "../in"},
        {"folder": "../vault"},
        {"examined": {"sha256": "", "type": "exe", "agreed": 1, "preview": "made"}},
    ],
    ids=["more than results", "a name", "a folder", "a type"],
)
def test_the_word_of_the_examiner_is_read_strictly(
    evidence: Evidence, said: dict[str, Any]
) -> None:
    """A decoder that was taken over can say what it likes."""
    sent = kept(evidence, PICTURE)
    (result,) = evidence.examine()
    assert evidence.take({**result, **said}) == ["m"]
    assert evidence.files(sent)[0].preview is None


def test_decoders_that_do_not_start_fail_the_call_and_not_the_file(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue repeats it and puts it aside with an alarm; repaired, it is examined."""
    sent = kept(evidence, PICTURE)
    told = boto3.client("sqs").receive_message(QueueUrl=evidence.kept, VisibilityTimeout=0)
    record = {"messageId": "m", "body": told["Messages"][0]["Body"]}
    monkeypatch.setattr(
        examiner,
        "inspect_sandboxed",
        lambda content: inspect_sandboxed(content, process="no.such.module"),
    )
    answer = examiner.handle({"Records": [record]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    monkeypatch.undo()
    assert evidence.files(sent)[0].preview is None


def test_an_upload_that_expired_is_not_examined(evidence: Evidence) -> None:
    sent = kept(evidence, PICTURE)
    s3: Any = boto3.client("s3")
    for each in s3.list_object_versions(Bucket="drop")["Versions"]:
        s3.delete_object(Bucket="drop", Key=each["Key"], VersionId=each["VersionId"])
    assert evidence.examine() == []
    assert evidence.files(sent)[0].preview is None


def test_the_repair_asks_again_for_a_day_and_then_says_that_nobody_looked(
    evidence: Evidence,
) -> None:
    sent = kept(evidence, PICTURE)
    evidence.into_a_case(sent)
    name = f"in/{evidence.files(sent)[0].slot}"
    evidence.clock = timedelta(hours=1)
    assert evidence.repair() == [name]
    assert evidence.receive(name) == []
    (first, again) = evidence.examine()
    assert evidence.repair() == []

    evidence.clock = timedelta(hours=25)
    assert evidence.repair() == []
    assert evidence.files(sent)[0].preview is Preview.NOT_EXAMINED
    evidence.clock = timedelta(hours=50)
    assert evidence.repair() == []

    evidence.take(first)
    evidence.take(again)
    assert evidence.files(sent)[0].preview is Preview.MADE, "a late answer still counts"


def settled(evidence: Evidence) -> dict[str, Any]:
    """The report of a file that is kept, marked and examined."""
    sent = evidence.report()
    evidence.into_a_case(sent)
    assert evidence.receive(evidence.sent(sent, PICTURE)) == []
    for result in evidence.examine():
        evidence.take(result)
    return sent


@pytest.mark.parametrize("case_first", [True, False])
def test_an_examination_is_a_mark_of_the_case_with_its_tools(
    evidence: Evidence, case_first: bool
) -> None:
    """Whether the report has its case before the result, or after it."""
    sent = evidence.report()
    if case_first:
        evidence.into_a_case(sent)
    name = evidence.sent(sent, PICTURE)
    assert evidence.receive(name) == []
    for result in evidence.examine():
        evidence.take(result)
        evidence.take(result)
    evidence.into_a_case(sent)
    assert evidence.receive(name) == []
    (file,) = evidence.files(sent)
    (mark,) = [
        each for each in audit_log.read_marks(TABLE, "CASE-1") if "#file_examined#" in each["sk"]
    ]
    assert {name: mark[name] for name in ("bound", "type", "agreed", "preview", "by")} == {
        "bound": file.bound, "type": "png", "agreed": "yes", "preview": "made", "by": SYSTEM_AUTHOR,
    }  # fmt: skip
    assert re.fullmatch(r"pillow \d[\d.]+; pypdfium2 \d[\d.]+; tesserocr \d[\d.]+", mark["tools"])


def test_the_mark_of_a_file_binds_all_that_the_receiver_keeps(evidence: Evidence) -> None:
    """And of its ciphertext the digest, so that the vault is verified without any key."""
    sent = settled(evidence)
    item = file_marks.get_file_item(TABLE, sent["reference"], 1)
    assert item is not None
    assert item.keys() <= FILE_ATTRIBUTES | UNBOUND_ATTRIBUTES["FILE"].keys()
    assert item.keys() >= {*file_marks.COMMITTED_FILE_FIELDS} - {"declared_parts"}
    (stored,) = evidence.vault()
    ciphertext = boto3.client("s3").get_object(Bucket=VAULT, Key=stored["Key"])["Body"].read()
    assert item["sealed"] == hashlib.sha256(ciphertext).digest()
    (marks,) = file_marks.read_file_marks(TABLE, "CASE-1").values()
    assert marks.kept is not None
    assert marks.kept[file_marks.STORED_FILE_COMMITMENT_FIELD] == file_marks.stored_file_commitment(
        item
    )
    assert [each[file_marks.EXAMINATION_COMMITMENT_FIELD] for each in marks.results] == [
        file_marks.examination_commitment(item)
    ]
    assert list(file_marks.find_file_differences(item, marks, upto="9999")) == []


def test_a_result_that_comes_while_a_file_is_marked_has_its_mark(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receiver reads the file before the result is there, and the result finds no mark yet."""
    sent = evidence.report()
    name = evidence.sent(sent, PICTURE)
    assert evidence.receive(name) == []
    results, settle = evidence.examine(), FileTable.record_mark_stored
    evidence.into_a_case(sent)

    def meanwhile(table: FileTable, file: StoredFile, case_id: str) -> None:
        (result,) = results
        assert evidence.take(result) == []
        settle(table, file, case_id)

    monkeypatch.setattr(FileTable, "record_mark_stored", meanwhile)
    assert evidence.receive(name) == []
    item = file_marks.get_file_item(TABLE, sent["reference"], 1)
    assert item is not None
    (marks,) = file_marks.read_file_marks(TABLE, "CASE-1").values()
    assert [each[file_marks.EXAMINATION_COMMITMENT_FIELD] for each in marks.results] == [
        file_marks.examination_commitment(item)
    ]


def locked_until(evidence: Evidence) -> datetime | None:
    """Until when the one ciphertext cannot be deleted."""
    (stored,) = evidence.vault()
    head = boto3.client("s3").head_object(Bucket=VAULT, Key=stored["Key"])
    until: datetime | None = head.get("ObjectLockRetainUntilDate")
    return until


def test_a_marked_and_examined_file_is_looked_at_when_its_lock_is_renewed(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Month by month, for as long as people keep its report: no lock lapses in between."""
    monkeypatch.setenv("LOCKS", "on")
    deployment.repair_settings.cache_clear()
    settled(evidence)
    evidence.clock = timedelta(days=23)
    assert evidence.repair() == []
    assert locked_until(evidence) is None, "the bucket's own first month goes on"
    for days in (25, 50, 75):
        evidence.clock = timedelta(days=days)
        assert evidence.repair() == []
        until = locked_until(evidence)
        assert until is not None
        wanted = datetime.now(UTC) + timedelta(days=days + LOCKED_DAYS)
        assert abs(until - wanted) < timedelta(minutes=5)
        evidence.repair()
        assert locked_until(evidence) == until, "once each time"


def lock_of(evidence: Evidence) -> datetime:
    """The same of one that is locked."""
    until = locked_until(evidence)
    assert until is not None
    return until


def held(sent: dict[str, Any], until: str, entry: str) -> None:
    """The court's hold of the case of a report, as saving the case writes it."""
    items.put_item(TABLE, {**keys.legal_hold_key("CASE-1"), "until": until, "entry": entry})
    line = {**keys.arrived_key("CASE-1", 1), "reference": sent["reference"]}
    items.put_item(TABLE, {**line, "at": "2026-03-02T00:00:00.000Z"})


def test_a_hold_by_a_court_itself_prolongs_the_locks_of_the_files(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Long before their next renewal; a further order prolongs them again, and no lock ends sooner
    because the court let go."""
    monkeypatch.setenv("LOCKS", "on")
    deployment.repair_settings.cache_clear()
    sent = settled(evidence)
    first, further = (datetime.now(UTC).date() + timedelta(days=days) for days in (90, 200))

    held(sent, first.isoformat(), "7")
    with monkeypatch.context() as broken:
        broken.setattr(vault, "extend_lock", lambda *_: 1 / 0)
        evidence.repair()
    assert '"FilesNotRepaired"' in capsys.readouterr().out
    for day, entry in ((first, "7"), (further, "9")):
        held(sent, day.isoformat(), entry)
        evidence.repair()
        assert lock_of(evidence).date() == day + timedelta(days=1), "its last day counts whole"
    ends = lock_of(evidence)
    with monkeypatch.context() as once:
        once.setattr(vault, "extend_lock", lambda *_: 1 / 0)
        capsys.readouterr()
        evidence.repair()
        assert '"FilesNotRepaired"' not in capsys.readouterr().out, "done for this order"

    items.delete_item(TABLE, keys.legal_hold_key("CASE-1"))
    evidence.clock = timedelta(days=25)
    evidence.repair()
    assert locked_until(evidence) == ends, "a lock is never shortened"
    evidence.clock = timedelta(days=180)
    evidence.repair()
    assert lock_of(evidence) > ends, "renewed as for every kept report"


def test_a_hold_of_many_years_locks_for_one_and_is_renewed(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day may be mistyped, and a lock cannot be taken back."""
    monkeypatch.setenv("LOCKS", "on")
    deployment.repair_settings.cache_clear()
    held(settled(evidence), f"{datetime.now(UTC).year + 9}-06-30", "7")
    for days in (0, 25):
        evidence.clock = timedelta(days=days)
        evidence.repair()
        until = locked_until(evidence)
        assert until is not None
        wanted = datetime.now(UTC) + timedelta(days=days + LOCKED_FOR_COURT_DAYS)
        assert abs(until - wanted) < timedelta(minutes=5)


def test_after_an_erasure_no_lock_is_renewed(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKS", "on")
    deployment.repair_settings.cache_clear()
    evidence.erase(settled(evidence))
    evidence.clock = timedelta(days=25)
    assert evidence.repair() == []
    assert locked_until(evidence) is None


def test_a_lock_that_cannot_be_renewed_raises_an_alarm_and_is_tried_again(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCKS", "on")
    deployment.repair_settings.cache_clear()
    settled(evidence)
    evidence.clock = timedelta(days=25)
    with monkeypatch.context() as broken:
        broken.setattr(vault, "extend_lock", lambda *_: 1 / 0)
        evidence.repair()
    assert '"FilesNotRepaired"' in capsys.readouterr().out
    assert locked_until(evidence) is None
    evidence.repair()
    assert locked_until(evidence) is not None


def scan_of(evidence: Evidence, name: str, status: str, version: str = "") -> dict[str, Any]:
    """What the scanner says of the first version of an upload, or of another one."""
    if not version:
        found = boto3.client("s3").list_object_versions(Bucket="drop", Prefix=name)
        version = found["Versions"][-1]["VersionId"]
    return {"key": name, "version": version, "scanned": status}


def test_the_last_word_of_the_scanner_is_malicious_and_the_file_is_kept(
    evidence: Evidence,
) -> None:
    """Evidence case E8: before the bytes are sealed, twice, contradicting, of another version."""
    sent = evidence.report()
    name = evidence.sent(sent, PICTURE)
    assert evidence.take(scan_of(evidence, name, "NO_THREATS_FOUND")) == []
    assert evidence.receive(name) == []
    assert evidence.files(sent)[0].scan is Scan.CLEAN
    evidence.take(scan_of(evidence, name, "THREATS_FOUND", version="another"))
    assert evidence.files(sent)[0].scan is Scan.CLEAN
    for status in ("THREATS_FOUND", "NO_THREATS_FOUND", "UNSUPPORTED"):
        evidence.take(scan_of(evidence, name, status))
        assert evidence.files(sent)[0].scan is Scan.MALICIOUS
    assert evidence.files(sent)[0].state is FileState.KEPT


def test_a_scanner_that_stays_silent_has_not_scanned() -> None:
    """Evidence case E8: never."""
    assert effective_scan(None, scanner=True, waited_seconds=60) is Scan.PENDING
    assert effective_scan(None, scanner=True, waited_seconds=90_000) is Scan.NOT_SCANNED
    assert effective_scan(None, scanner=False, waited_seconds=0) is Scan.NOT_SCANNED
    assert effective_scan(Scan.MALICIOUS, scanner=False, waited_seconds=0) is Scan.MALICIOUS


def test_an_erased_report_takes_the_key_of_its_previews_along(evidence: Evidence) -> None:
    sent = kept(evidence, PICTURE)
    (result,) = evidence.examine()
    evidence.erase(sent)
    assert evidence.take(result) == []
    assert evidence.of_kind("FILE#") == []


def test_the_queue_of_the_examiner_is_fair_by_report_and_names_none(evidence: Evidence) -> None:
    """A standard queue with a group for each message is fair on AWS."""
    sent, other = evidence.report(), evidence.report()
    for each, content in ((sent, b"one"), (sent, b"two"), (other, b"three")):
        evidence.receive(evidence.sent(each, content))
    queue: Any = boto3.client("sqs")
    found = queue.receive_message(
        QueueUrl=evidence.kept, MaxNumberOfMessages=10, AttributeNames=["MessageGroupId"]
    )["Messages"]
    groups = [each["Attributes"]["MessageGroupId"] for each in found]
    assert sorted(map(groups.count, groups)) == [1, 2, 2]
    assert not any(each["reference"] in json.dumps(found) for each in (sent, other))
