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
from casework.aws.table.evidence_table import EvidenceTable
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.stored import report_from
from casework.aws.table.wire import from_wire
from casework.case.commitment import commitment_by_digest, salt_of
from casework.linking.pictures import of_file
from casework.report.in_parts import MIB, PART
from casework.text.folding import unfold
from functions.examine.pdq import pdq
from tests.integration.evidence import Evidence, open_for_files
from tests.integration.reporters import DIGEST, TABLE, Reporters
from tests.integration.test_who_holds_the_table import texts
from tests.unit.test_examining import drawn, saved

PICTURE = saved(drawn(), "PNG")
LARGE = PICTURE + bytes(5 * MIB)
NAMES = (*file_marks.PARTS, *file_marks.RESULT, "at")


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
    return [from_wire(item) for item in evidence.reporters.items()]


def parts_of(content: bytes) -> list[bytes]:
    """The SHA-256 of each part."""
    return [hashlib.sha256(content[at : at + PART]).digest() for at in range(0, len(content), PART)]


def digests_of(content: bytes) -> dict[str, bytes]:
    """What a thief computes of a known file."""
    parts = parts_of(content)
    return {
        "SHA-256": hashlib.sha256(content).digest(),
        "MD5": hashlib.md5(content, usedforsecurity=False).digest(),
        "SHA-256 of the parts": hashlib.sha256(b"".join(parts)).digest(),
        "SHA-256 of a part": parts[0],
        "PDQ": bytes.fromhex(pdq(drawn()) or ""),
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
        yield bytes.fromhex(commitment_by_digest(salt, digest))
        yield hmac.digest(salt, digest, hashlib.sha256)
        for name in NAMES:
            of_part = salt_of(salt, name)
            yield bytes.fromhex(commitment_by_digest(of_part, digest))
            for each in told:
                yield bytes.fromhex(commitment_by_digest(of_part, hashlib.sha256(each).digest()))


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
    look = pdq(drawn()) or ""
    sent = evidence.report(pictures=[look])
    everything = "\n".join(text for item in stored(evidence) for text in texts(item))
    facts = [unfold(item["facts"]) for item in stored(evidence) if "facts" in item]
    for each in written(bytes.fromhex(look)):
        assert each not in everything
        assert not [said for said in facts if each in said]
    told = evidence.reporters.follow(sent["reference"], sent["receipt"]).document
    assert told["pictures"] == 1, "its reporter is told that it came"
    (item,) = [each for each in stored(evidence) if "facts" in each]
    report = report_from(item)
    assert PictureTable(TABLE, "digest").looks_of(report) == (look,)


def test_with_the_key_the_digests_are_read(evidence: Evidence) -> None:
    """Evidence case E33."""
    sent = kept(evidence)
    (file,) = evidence.files(sent)
    told, known = evidence.digests(file), digests_of(PICTURE)
    assert (told.sha256, told.md5) == (known["SHA-256"].hex(), known["MD5"].hex())
    assert told.declared == told.sha256
    assert commitment_by_digest(told.salt or b"", known["SHA-256"]) == file.bound
    table = PictureTable(TABLE, "digest")
    picture = table.one(of_file(sent["reference"], 1))
    assert picture is not None
    assert table.pdq(picture) == known["PDQ"].hex()


def test_a_digest_that_was_moved_beside_another_file_opens_to_nothing(
    evidence: Evidence, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = kept(evidence), kept(evidence, PICTURE + b"!")
    item, other = (
        file_marks.item_of(TABLE, sent["reference"], 1) or {} for sent in (first, second)
    )
    items.put(TABLE, {**item, "digest": other["digest"]})
    (file,) = evidence.files(first)
    told = evidence.digests(file)
    assert (told.sha256, told.broken) == (None, True)
    assert told.md5 is not None, "the others are read"
    assert "BoxesNotOpened" in capsys.readouterr().out, "it raises an alarm"


def test_without_the_key_nothing_opens() -> None:
    sealed = DigestKey(lambda: DIGEST.encode()).sealed(b"d" * 32, "A", "1", "digest")
    with pytest.raises(BrokenDigest):
        DigestKey(lambda: b"e" * 64).opened(sealed, "A", "1", "digest")
    with pytest.raises(BrokenDigest):
        DigestKey(lambda: DIGEST.encode()).opened(sealed, "A", "2", "digest")
    assert DigestKey(lambda: DIGEST.encode()).opened(sealed, "A", "1", "digest") == b"d" * 32


def test_a_file_from_before_is_read_as_it_stands(evidence: Evidence) -> None:
    sent = kept(evidence)
    item = file_marks.item_of(TABLE, sent["reference"], 1) or {}
    known = digests_of(PICTURE)
    items.put(TABLE, {**item, "digest": known["SHA-256"].hex(), "md5": known["MD5"].hex()})
    table = EvidenceTable(TABLE)
    (file,) = table.files_of(sent["reference"])
    read = replace(file, declared=None)
    assert table.digests(read).sha256 == known["SHA-256"].hex(), "without a key, as it needs none"
