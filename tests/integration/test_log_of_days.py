"""The log of days: whole after each crash, and never signed smaller or otherwise (E16)."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives import serialization

from casework.aws.http import response_headers
from casework.aws.services import clients, day_seal_store, transparency_log_store
from casework.aws.services.clients import aws_client
from casework.aws.services.transparency_log_store import LogInconsistent, TreeSizeClaim
from casework.aws.table.statistics_counters import StatisticsCounters
from casework.case.transparency_log import (
    decode_bundle,
    leaf_hash,
    log_inclusion_path,
    merkle_root,
)
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import load_statistics_law
from casework.statistics.publication import build_statistics
from functions.history import log_appender, seal_day, verify_days
from tests.builders import NOON
from tests.integration.desks import TABLE
from tests.integration.nights import BUCKET, DAY, nights_later
from tools import prove_day, verify_log

pytestmark = pytest.mark.usefixtures("sealing")

DAYS = [(NOON + timedelta(days=days)).date().isoformat() for days in range(4)]


LOGS = (
    transparency_log_store.PUBLIC_LOG_PREFIX,
    transparency_log_store.TREE_SIZE_CLAIM_PREFIX,
    transparency_log_store.CHECKPOINT_OBJECT_PREFIX,
    transparency_log_store.LOG_INDEX_OBJECT_PREFIX,
)
"""Where the objects of the log are."""


def seal(*days: str) -> None:
    for day in days:
        seal_day.handle({"day": day}, None)


def the_log() -> transparency_log_store.StoredLog:
    found = transparency_log_store.read_log(BUCKET)
    assert found is not None
    return found


def in_the_log() -> list[str]:
    """The days of the log, in its order."""
    digests = {}
    for day in day_seal_store.list_sealed_days(BUCKET):
        kept = day_seal_store.read_seal(BUCKET, day)
        assert kept is not None
        digests[kept.statement.digest] = day
    return [digests[entry] for entry in the_log().entries]


def files() -> dict[str, bytes]:
    """Every object that belongs to the log."""
    s3 = boto3.client("s3")
    found = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    names = [each["Key"] for each in found if each["Key"].startswith(LOGS)]
    return {name: s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in names}


def put(key: str, body: bytes) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def wrong_in_the_log() -> list[str]:
    said = verify_days.handle({"day": DAY}, None)
    return [each["what"] for each in said["named"]]


def test_each_night_adds_its_day_to_one_tree_that_others_can_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nights_later(monkeypatch, 9)
    seal(*DAYS[:2])
    before = the_log()
    seal(DAYS[3], DAYS[2])  # one night was missed, and is made up for
    now = the_log()
    assert in_the_log() == [DAYS[0], DAYS[1], DAYS[3], DAYS[2]]
    assert now.checkpoint.origin == "portal.example/log"
    assert merkle_root(now.leaves[:2]) == before.checkpoint.root, "it continues the earlier one"
    kept = day_seal_store.read_seal(BUCKET, DAYS[2])
    assert kept is not None
    index = transparency_log_store.find_index(BUCKET, "day", DAYS[2])
    assert index == 3
    proof = log_inclusion_path(now.leaves, 3)
    assert verify_log.root_from(kept.statement.digest, 3, 4, proof) == now.checkpoint.root
    assert wrong_in_the_log() == []
    public = files()
    assert decode_bundle(public["log/tile/entries/000.p/4"]) == list(now.entries)
    assert public["log/tile/0/000.p/4"] == b"".join(now.leaves)
    told = boto3.client("s3").head_object(Bucket=BUCKET, Key="log/checkpoint")
    assert told["CacheControl"] == response_headers.find_path_rule("/log/checkpoint").cache
    tile = boto3.client("s3").head_object(Bucket=BUCKET, Key="log/tile/0/000.p/4")
    assert tile["CacheControl"] == response_headers.find_path_rule("/log/tile/0/000.p/4").cache


def test_a_repeated_night_changes_nothing_in_the_log() -> None:
    seal(DAY)
    before = files()
    seal(DAY)
    assert files() == before


@pytest.mark.parametrize("written", range(6))
def test_what_a_killed_run_left_is_finished_by_the_next(
    monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """Killed before each write of the log, the first one right after the seal."""
    nights_later(monkeypatch, 9)
    seal(DAYS[0])
    wrote: list[str] = []
    upstream = clients.aws_client

    class Killed(Exception):
        pass

    class S3:
        def __init__(self) -> None:
            self.real = upstream("s3")

        def put_object(self, **how: Any) -> Any:
            if how["Key"].startswith(LOGS):
                if len(wrote) == written:
                    raise Killed
                wrote.append(how["Key"])
            return self.real.put_object(**how)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

    def dying(name: str) -> Any:
        return S3() if name == "s3" else upstream(name)

    with monkeypatch.context() as patch:
        for module in (seal_day, log_appender, transparency_log_store):
            patch.setattr(module, "aws_client", dying)
        with pytest.raises(Killed):
            seal(DAYS[1])
    assert len(wrote) == written
    seal(DAYS[2])
    seal(DAYS[1])
    assert in_the_log() == DAYS[:3]
    assert transparency_log_store.logged_periods(BUCKET, "day") == set(DAYS[:3])
    assert wrong_in_the_log() == []


def smaller() -> None:
    """The log of yesterday in the place of today's."""
    put(
        transparency_log_store.CHECKPOINT_OBJECT_KEY,
        files()[transparency_log_store.checkpoint_key(1)],
    )


def forked() -> None:
    """Another tree of the same size, signed by nobody."""
    entries = [bytes(32), the_log().entries[1]]
    root = merkle_root([leaf_hash(each) for each in entries])
    note = files()[transparency_log_store.CHECKPOINT_OBJECT_KEY].decode().splitlines()
    put("log/tile/entries/000.p/2", b"".join(b"\0\x20" + each for each in entries))
    note[2] = base64.b64encode(root).decode()
    put(transparency_log_store.CHECKPOINT_OBJECT_KEY, "\n".join([*note, ""]).encode())


def other_claim() -> None:
    """Somebody claimed the next size for another tree."""
    claim = TreeSizeClaim(size=3, root="00" * 32, kind="day", of=DAYS[3], entry="11" * 32)
    put(transparency_log_store.tree_size_claim_key(3), claim.model_dump_json().encode())


def cut() -> None:
    put("log/tile/entries/000.p/2", b"\0\x20" + bytes(32))


def unreadable() -> None:
    put(transparency_log_store.CHECKPOINT_OBJECT_KEY, b"none\n")


@pytest.mark.parametrize("harm", [forked, other_claim, cut, unreadable])
def test_a_tree_that_does_not_continue_what_was_signed_is_refused(
    harm: Callable[[], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence case E16."""
    nights_later(monkeypatch, 9)
    seal(*DAYS[:2])
    harm()
    before = files()
    capsys.readouterr()
    with pytest.raises(LogInconsistent):
        seal(DAYS[2])
    assert files() == before, "nothing was signed"
    assert '"HistoryMismatches"' in capsys.readouterr().out
    assert day_seal_store.read_seal(BUCKET, DAYS[2]) is not None, (
        "the day has its seal all the same"
    )


def test_an_older_checkpoint_in_the_place_of_the_last_one_leads_to_no_other_tree(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Evidence case E16.

    What was claimed since is taken as it was: the smaller tree is not signed further.
    """
    nights_later(monkeypatch, 9)
    seal(*DAYS[:2])
    root = the_log().checkpoint.root
    smaller()
    seal(DAYS[2])
    assert in_the_log() == DAYS[:3]
    assert merkle_root(the_log().leaves[:2]) == root


def test_of_two_runs_at_once_one_signs_and_the_other_goes_on_from_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nights_later(monkeypatch, 9)
    seal(DAYS[0])
    read = transparency_log_store.read_log

    def overtaken(bucket: str) -> Any:
        found = read(bucket)
        monkeypatch.setattr(transparency_log_store, "read_log", read)
        seal(DAYS[1])
        return found

    monkeypatch.setattr(transparency_log_store, "read_log", overtaken)
    with pytest.raises(log_appender.SignConflict):
        seal(DAYS[2])
    seal(DAYS[2])
    assert in_the_log() == DAYS[:3]


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (unreadable, "the log of days: the checkpoint cannot be read"),
        (cut, "the log of days: tile/entries/000.p/2 is not whole"),
        (forked, "the log of days: the signature of its checkpoint is not of its key"),
        (smaller, "the seal is not in the log of days"),
    ],
)
def test_the_night_names_what_is_wrong_with_the_log(
    harm: Callable[[], None], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights_later(monkeypatch, 9)
    seal(DAYS[1], DAYS[0])
    harm()
    assert wrong_in_the_log() == [told]


def test_the_night_names_a_tree_that_was_signed_and_is_not_continued(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Evidence case E16.

    An attacker who may sign, and write everything, still has the checkpoints of before.
    """
    nights_later(monkeypatch, 9)
    seal(*DAYS[:2])
    first = transparency_log_store.checkpoint_key(1)
    kept = files()[first]
    s3 = boto3.client("s3")
    for name in files():
        s3.delete_object(Bucket=BUCKET, Key=name)
    nights_later(monkeypatch, 10)
    s3.delete_object(Bucket=BUCKET, Key=day_seal_store.seal_key(DAYS[0]))
    seal(DAYS[0])
    put(first, kept)
    assert wrong_in_the_log() == ["the log of days: it does not continue its size 1"]


def test_a_broken_seal_keeps_no_other_day_out_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    nights_later(monkeypatch, 9)
    put(day_seal_store.seal_key(DAYS[3]), b"{}")
    seal(DAYS[1])
    assert transparency_log_store.logged_periods(BUCKET, "day") == {DAYS[1]}
    assert json.loads(files()[transparency_log_store.log_index_object_key("day", DAYS[1])]) == {
        "index": 0
    }


def keep_a_copy(folder: Path) -> None:
    """Copy the public files of the log."""
    for name, body in files().items():
        if name.startswith(transparency_log_store.PUBLIC_LOG_PREFIX):
            path = folder / name.removeprefix(transparency_log_store.PUBLIC_LOG_PREFIX)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)


def log_key(folder: Path) -> Path:
    """The public key of the log, as others have it."""
    public = aws_client("kms").get_public_key(KeyId=os.environ["LOG_KEY"])["PublicKey"]
    key = folder / "log.pem"
    key.write_bytes(
        serialization.load_der_public_key(public).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return key


def test_the_proof_of_a_later_night_continues_the_copy_of_an_earlier_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nights_later(monkeypatch, 9)
    seal(*DAYS[:2])
    keep_a_copy(tmp_path / "copy")
    seal(*DAYS[2:])
    words = [str(tmp_path / "proof.json"), str(log_key(tmp_path)), "--copy", str(tmp_path / "copy")]
    for copied, holds in (("0", False), ("2", True), ("3", False)):
        command = ["--bucket", BUCKET, "--day", DAYS[3], "--copied", copied]
        capsys.readouterr()
        assert prove_day.main(command) == 0
        (tmp_path / "proof.json").write_text(capsys.readouterr().out, encoding="utf-8")
        assert (verify_log.main(words) == 0) == holds


def test_a_published_month_enters_the_log_and_a_later_change_of_it_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    law, counters = load_statistics_law(open_pack("ma").folder), StatisticsCounters(TABLE)
    seal(DAYS[0])
    assert (
        transparency_log_store.logged_periods(BUCKET, transparency_log_store.MONTH_INDEX_KIND)
        == set()
    ), "no reader asked for a month yet"
    published = counters.get_published_month("2026-01", DAYS[0], law.table)
    assert published is not None
    seal(DAYS[0])
    seal(DAYS[0])
    assert transparency_log_store.logged_periods(
        BUCKET, transparency_log_store.MONTH_INDEX_KIND
    ) == {"2026-01"}
    assert len(the_log().entries) == 2, "once, however often the night is repeated"
    assert wrong_in_the_log() == []

    keep_a_copy(tmp_path / "copy")
    key, told = log_key(tmp_path), tmp_path / "figures.json"
    answer = json.loads(
        build_statistics("2026-01", "2026-01", [published], law.table).model_dump_json()
    )
    for change, failing in ((0, []), (1, ["FAIL the copy holds these figures of 2026-01"])):
        answer["figures"][0]["count"] = (answer["figures"][0]["count"] or 0) + change
        told.write_text(json.dumps(answer), encoding="utf-8")
        code = verify_log.main([str(told), str(key), "--copy", str(tmp_path / "copy")])
        lines = capsys.readouterr().out.splitlines()
        assert [each for each in lines if each.startswith("FAIL")] == failing
        assert code == bool(failing)
