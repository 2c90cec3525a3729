"""A thief with the table and a known picture does not learn which report has it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from casework.aws.services.digest_sealing import BrokenDigest, DigestKey
from casework.aws.table import file_marks, items, keys
from casework.aws.table.file_table import FileTable
from casework.aws.table.item_mapping import report_from_item
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.wire import values_from_wire_item
from casework.case.commitment import commit_to_digest, derive_salt
from casework.linking.picture_matching import file_picture_name
from casework.report.multipart import BYTES_PER_MIB, UPLOAD_PART_BYTES
from casework.text.compression import decompress_text
from functions.examine.pdq import compute_pdq
from tests.integration.evidence import Evidence, open_for_files
from tests.integration.reporters import DIGEST, TABLE, Reporters
from tests.integration.test_who_holds_the_table import texts
from tests.unit.test_examining import drawn, saved

PICTURE = saved(drawn(), "PNG")
LARGE = PICTURE + bytes(5 * BYTES_PER_MIB)
NAMES = (*file_marks.COMMITTED_FILE_FIELDS, *file_marks.COMMITTED_RESULT_FIELDS, "at")


@pytest.fixture
def evidence(reporters: Reporters, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evidence]:
    with open_for_files(reporters, monkeypatch) as opened:
        yield opened


def kept(evidence: Evidence, content: bytes = PICTURE) -> dict[str, Any]:
    """A report whose file was kept, marked and examined."""
    sent = evidence.report()
    evidence.into_a_case(sent)
    parts = parts_of(content)
    told = {"name": "capture.png", "size": len(content), "parts": [each.hex() for each in parts]}
    for form in evidence.slot(sent, told).document["uploads"]:
        assert evidence.receive(evidence.upload_part(form, content)) == []
    for said in evidence.examine():
        assert evidence.take(said) == []
    return sent


def stored(evidence: Evidence) -> list[dict[str, Any]]:
    """The whole table."""
    return [values_from_wire_item(item) for item in evidence.reporters.items()]


def parts_of(content: bytes) -> list[bytes]:
    """The SHA-256 of each part."""
    return [
        hashlib.sha256(content[at : at + UPLOAD_PART_BYTES]).digest()
        for at in range(0, len(content), UPLOAD_PART_BYTES)
    ]


def digests_of(content: bytes) -> dict[str, bytes]:
    """What a thief computes of a known file."""
    parts = parts_of(content)
    return {
        "SHA-256": hashlib.sha256(content).digest(),
        "MD5": hashlib.md5(content, usedforsecurity=False).digest(),
        "SHA-256 of the parts": hashlib.sha256(b"".join(parts)).digest(),
        "SHA-256 of a part": parts[0],
        "PDQ": bytes.fromhex(compute_pdq(drawn()) or ""),
    }


def written(digest: bytes) -> set[str]:
    """The ways in which a table may hold it."""
    return {
        digest.hex(),
        base64.b64encode(digest).decode(),
        base64.urlsafe_b64encode(digest).decode(),
    }


def guesses(digest: bytes, values: list[bytes]) -> Iterator[bytes]:
    """What follows from a digest with a salt that stands in the table."""
    for salt in values:
        told = [b"B" + digest, b'J"' + digest.hex().encode() + b'"']
        yield bytes.fromhex(commit_to_digest(salt, digest))
        yield hmac.digest(salt, digest, hashlib.sha256)
        for name in NAMES:
            of_part = derive_salt(salt, name)
            yield bytes.fromhex(commit_to_digest(of_part, digest))
            for each in told:
                yield bytes.fromhex(commit_to_digest(of_part, hashlib.sha256(each).digest()))


@pytest.mark.parametrize("content", [PICTURE, LARGE], ids=["a picture", "a file in parts"])
def test_no_digest_of_a_known_file_is_found_in_the_table(
    evidence: Evidence, content: bytes
) -> None:
    """Evidence case E33: neither in clear, nor by a salt that stands beside it."""
    kept(evidence, content)
    found = stored(evidence)
    assert [each for each in found if each.get("state") == "kept" and "preview" in each]
    everything = "\n".join(text for item in found for text in texts(item))
    salts = [each for item in found for each in item.values() if isinstance(each, bytes)]
    for what, digest in digests_of(content).items():
        for tried in (digest, *guesses(digest, salts)):
            assert not [each for each in written(tried) if each in everything], what


def test_equal_files_and_equal_looks_do_not_show_as_equal(evidence: Evidence) -> None:
    first, second = kept(evidence), kept(evidence)
    names = ("digest", "md5", "declared", "bound", "pdq")
    of_first, of_second = (
        {
            name: item[name]
            for item in stored(evidence)
            if item["pk"] == keys.report_key(sent["reference"])["pk"]
            for name in names
            if name in item
        }
        for sent in (first, second)
    )
    assert {*of_first} == {*of_second} == {*names}
    assert not {*of_first.values()} & {*of_second.values()}


def test_hashes_of_pictures_that_stay_with_their_reporter_are_not_found_either(
    evidence: Evidence,
) -> None:
    """Evidence case E33."""
    look = compute_pdq(drawn()) or ""
    sent = evidence.report(pictures=[look])
    everything = "\n".join(text for item in stored(evidence) for text in texts(item))
    facts = [decompress_text(item["facts"]) for item in stored(evidence) if "facts" in item]
    for each in written(bytes.fromhex(look)):
        assert each not in everything
        assert not [said for said in facts if each in said]
    told = evidence.reporters.follow(sent["reference"], sent["receipt"]).document
    assert told["pictures"] == 1, "its reporter is told that it came"
    (item,) = [each for each in stored(evidence) if "facts" in each]
    report = report_from_item(item)
    assert PictureTable(TABLE, "digest").list_kept_hashes(report) == (look,)


def test_with_the_key_the_digests_are_read(evidence: Evidence) -> None:
    """Evidence case E33."""
    sent = kept(evidence)
    (file,) = evidence.files(sent)
    told, known = evidence.digests(file), digests_of(PICTURE)
    assert (told.sha256, told.md5) == (known["SHA-256"].hex(), known["MD5"].hex())
    assert told.declared == told.sha256
    assert commit_to_digest(told.salt or b"", known["SHA-256"]) == file.bound
    table = PictureTable(TABLE, "digest")
    picture = table.get_picture(file_picture_name(sent["reference"], 1))
    assert picture is not None
    assert table.pdq(picture) == known["PDQ"].hex()


def test_a_digest_that_was_moved_beside_another_file_opens_to_nothing(
    evidence: Evidence, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = kept(evidence), kept(evidence, PICTURE + b"!")
    item, other = (
        file_marks.get_file_item(TABLE, sent["reference"], 1) or {} for sent in (first, second)
    )
    items.put_item(TABLE, {**item, "digest": other["digest"]})
    (file,) = evidence.files(first)
    told = evidence.digests(file)
    assert (told.sha256, told.broken) == (None, True)
    assert told.md5 is not None, "the others are read"
    assert "BoxesNotOpened" in capsys.readouterr().out, "it raises an alarm"


def test_without_the_key_nothing_opens() -> None:
    sealed = DigestKey(lambda: DIGEST.encode()).seal_digest(b"d" * 32, "A", "1", "digest")
    with pytest.raises(BrokenDigest):
        DigestKey(lambda: b"e" * 64).unseal_digest(sealed, "A", "1", "digest")
    with pytest.raises(BrokenDigest):
        DigestKey(lambda: DIGEST.encode()).unseal_digest(sealed, "A", "2", "digest")
    assert DigestKey(lambda: DIGEST.encode()).unseal_digest(sealed, "A", "1", "digest") == b"d" * 32


def test_a_file_from_before_is_read_as_it_stands(evidence: Evidence) -> None:
    sent = kept(evidence)
    item = file_marks.get_file_item(TABLE, sent["reference"], 1) or {}
    known = digests_of(PICTURE)
    items.put_item(TABLE, {**item, "digest": known["SHA-256"].hex(), "md5": known["MD5"].hex()})
    table = FileTable(TABLE)
    (file,) = table.list_files(sent["reference"])
    read = replace(file, declared=None)
    assert table.digests(read).sha256 == known["SHA-256"].hex(), "without a key, as it needs none"
