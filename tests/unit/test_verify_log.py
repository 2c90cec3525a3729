"""Whoever has the key and a proof can check a day, and each edit is named (E15)."""

from __future__ import annotations

import inspect
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from casework.case import transparency_log
from casework.case.day_seal import SealStatement
from casework.case.transparency_log import LogCheckpoint, leaf_hash, merkle_root
from tests import second_verifier
from tests.proofs import FORGED, HONEST, a_key, a_proof
from tools import verify_dossier, verify_log

ORIGIN = "portal.example/log"
SIZE, INDEX = 300, 137


@dataclass
class Told:
    """What a third party holds."""

    proof: dict[str, Any]
    key: Path
    copy: Path
    signs: Callable[[LogCheckpoint], bytes]

    def verdict(self, folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[str]:
        """The checks that fail."""
        path = folder / "proof.json"
        path.write_text(json.dumps(self.proof), encoding="utf-8")
        code = verify_log.main([str(path), str(self.key), *more])
        failed = [
            line.removeprefix("FAIL ")
            for line in capsys.readouterr().out.splitlines()
            if line.startswith("FAIL ")
        ]
        assert code == bool(failed)
        return failed


def statement(number: int) -> SealStatement:
    day = f"2026-01-{number % 28 + 1:02d}"
    at = f"{day}T00:20:{number % 60:02d}.000Z"
    return SealStatement(day=day, sealed_at=at, leaves=number, root=f"{number:064x}", previous="")


def checkpoint(entries: list[bytes]) -> LogCheckpoint:
    return LogCheckpoint(ORIGIN, len(entries), merkle_root([leaf_hash(each) for each in entries]))


def copied(folder: Path, entries: list[bytes], sign: Callable[[LogCheckpoint], bytes]) -> Path:
    """A copy of the public files of a log."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, held in transparency_log.entry_bundles(len(entries)):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(transparency_log.encode_bundle(entries[held.start : held.stop]))
    (folder / "checkpoint").write_bytes(sign(checkpoint(entries)))
    return folder


def entries(size: int = SIZE) -> list[bytes]:
    return [digest_of(number) for number in range(size)]


@cache
def digest_of(number: int) -> bytes:
    return statement(number).digest


@pytest.fixture
def told(tmp_path: Path) -> Told:
    key, sign = a_key(tmp_path, "log.pem")
    leaves = [leaf_hash(each) for each in entries()]
    log = {
        "index": INDEX,
        "path": [step.hex() for step in transparency_log.log_inclusion_path(leaves, INDEX)],
        "checkpoint": sign(checkpoint(entries())).decode(),
    }
    proof = {"statement": statement(INDEX).signed_fields, "log": log}
    return Told(proof, key, copied(tmp_path / "copy", entries(SIZE + 20), sign), sign)


def test_a_proof_holds_by_the_key_alone_and_with_a_copy_of_the_log(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told.verdict(tmp_path, capsys) == []
    assert told.verdict(tmp_path, capsys, "--copy", str(told.copy)) == []


HELD = "the log holds the statement"
SIGNED = "the key of the log signed its checkpoint"


def edited_statement(told: Told) -> None:
    told.proof["statement"]["root"] = "0" * 64


def another_day(told: Told) -> None:
    told.proof["statement"] = statement(INDEX + 1).signed_fields


def another_place(told: Told) -> None:
    told.proof["log"]["index"] += 1


def edited_path(told: Told) -> None:
    told.proof["log"]["path"][3] = "0" * 64


def shortened_path(told: Told) -> None:
    told.proof["log"]["path"].pop()


def a_larger_size(told: Told) -> None:
    note = told.proof["log"]["checkpoint"]
    told.proof["log"]["checkpoint"] = note.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n")


def another_root(told: Told) -> None:
    lines = told.proof["log"]["checkpoint"].split("\n")
    lines[2] = f"{'A' * 43}="
    told.proof["log"]["checkpoint"] = "\n".join(lines)


def another_name(told: Told) -> None:
    note = told.proof["log"]["checkpoint"]
    told.proof["log"]["checkpoint"] = note.replace("portal.example", "other.example")


def another_signature(told: Told) -> None:
    note = told.proof["log"]["checkpoint"]
    told.proof["log"]["checkpoint"] = note[:-30] + "AAAAAAAA" + note[-22:]


def another_key(told: Told) -> None:
    told.key, _ = a_key(told.key.parent, "other.pem")


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (edited_statement, [HELD]),
        (another_day, [HELD]),
        (another_place, [HELD]),
        (edited_path, [HELD]),
        (shortened_path, [HELD]),
        (a_larger_size, [SIGNED]),
        (another_root, [HELD, SIGNED]),
        (another_name, [SIGNED]),
        (another_signature, [SIGNED]),
        (another_key, [SIGNED]),
    ],
)
def test_each_edit_is_named(
    edit: Callable[[Told], None],
    named: list[str],
    told: Told,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Evidence case E15: statement, place, path, size, root, name, signature."""
    edit(told)
    assert told.verdict(tmp_path, capsys) == named


def test_a_copy_shows_a_log_that_was_signed_anew(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence case E15.

    The operator signs another tree: the proof holds by itself, and not beside an older copy.
    """
    forged = [*entries(10), *entries()[11:], bytes(32)]
    copied(told.copy, forged, told.signs)
    assert told.verdict(tmp_path, capsys, "--copy", str(told.copy)) == [
        "the copy continues the log of the proof",
        "the copy holds the statement at its place",
    ]
    bundle = told.copy / "tile/entries/000"
    bundle.write_bytes(bytes(2) + bundle.read_bytes()[2:-1] + b"\1")
    assert "the copy is whole" in told.verdict(tmp_path, capsys, "--copy", str(told.copy))


TOO_OLD = "the copy has {} entries and the log of the proof 300: nothing shows"


def with_old_copy(told: Told, held: list[bytes], *more: str) -> tuple[str, ...]:
    """The words of a check against a copy that is older than the proof."""
    old = told.copy.parent / "old"
    copied(old, held, told.signs)
    return ("--copy", str(old), *more)


@pytest.mark.parametrize("brought", [None, 5, 250])
def test_a_fork_behind_an_older_copy_does_not_pass(
    brought: int | None, told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence case E15.

    The service rewrites days that an honest copy of five entries holds, and signs a longer log:
    the proof fails, also where it brings a path of its own log.
    """
    honest = [bytes([number]) * 32 for number in range(5)]
    if brought is not None:
        leaves = [leaf_hash(each) for each in entries()]
        path = [step.hex() for step in transparency_log.consistency_proof(leaves, brought)]
        told.proof["log"]["continues"] = {"from": brought, "path": path}
    (failed,) = told.verdict(tmp_path, capsys, *with_old_copy(told, honest))
    if brought == 5:
        assert failed == "the log of the proof continues the copy"
    else:
        assert failed.startswith(TOO_OLD.format(5)), "it says which copy is needed"


@pytest.mark.parametrize("old", [1, 5, 8, 128, 137, 138, 256, 299])
def test_an_older_copy_is_continued_by_what_the_proof_brings_and_by_a_second_copy(
    old: int, told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = with_old_copy(told, entries(old))
    assert told.verdict(tmp_path, capsys, *words)[0].startswith(TOO_OLD.format(old))
    assert told.verdict(tmp_path, capsys, *words, "--copy", str(told.copy)) == []
    leaves = [leaf_hash(each) for each in entries()]
    path = [step.hex() for step in transparency_log.consistency_proof(leaves, old)]
    told.proof["log"]["continues"] = {"from": old, "path": path}
    assert told.verdict(tmp_path, capsys, *words) == []
    for edited in (path[:-1], [*path, path[-1]], ["0" * 64, *path[1:]], []):
        told.proof["log"]["continues"]["path"] = edited
        assert told.verdict(tmp_path, capsys, *words) == ["the log of the proof continues the copy"]


def test_a_new_copy_that_does_not_continue_the_old_one_is_named(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence case E15: the copy was fetched anew from a service that forked its log."""
    words = with_old_copy(told, [bytes(32), *entries(5)[1:]], "--copy", str(told.copy))
    failed = told.verdict(tmp_path, capsys, *words)
    assert failed == ["the longest copy continues that of 5 entries"]


@pytest.mark.parametrize(
    "proof", [{}, [], {"statement": {}, "log": {}}, {"statement": 1, "log": {"checkpoint": "x"}}]
)
def test_what_is_no_proof_is_said_to_be_none(
    proof: Any, told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told.proof = proof
    (failed,) = told.verdict(tmp_path, capsys)
    assert failed.startswith("it cannot be read")


def said_of(
    document: Any, key: Path, folder: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> list[str]:
    """What is printed of a proof of a report."""
    (folder / "proof.json").write_text(json.dumps(document), encoding="utf-8")
    capsys.readouterr()
    code = verify_log.main([str(folder / "proof.json"), str(key), *more])
    said = capsys.readouterr().out.splitlines()
    assert code == any(line.startswith("FAIL ") for line in said)
    return said


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("words", [True, False])
def test_the_tool_and_the_second_verifier_agree_on_each_proof(
    name: str, words: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence case E14: honest and forged, with words and without."""
    document, log = a_proof(tmp_path, words=words)
    if not words and "digest" in name:
        return
    FORGED[name](document)
    said = said_of(document, log.key, tmp_path, capsys)
    good = not [line for line in said if line.startswith("FAIL ")]
    assert good == (name in HONEST), said
    try:
        second_verifier.verify(document, log.key.read_bytes())
        agrees = good
    except (second_verifier.Wrong, LookupError, ValueError, TypeError):
        agrees = not good
    assert agrees


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("two parts as one", "the commitment binds the parts of the report"),
        ("two parts of a file as one", "the commitment binds the parts of file 1"),
        ("the day of the proof", "the day of the file, 2026-11-30, is that of the statement"),
        ("a file listed twice", "file 1 is listed twice"),
        ("an addition listed twice", "addition one-more is listed twice"),
    ],
)
def test_what_is_wrong_with_a_forged_proof_is_named(
    name: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence case E14."""
    document, log = a_proof(tmp_path)
    FORGED[name](document)
    said = said_of(document, log.key, tmp_path, capsys)
    assert next(each for each in said if each.startswith("FAIL ")) == f"FAIL {line}"


@pytest.mark.parametrize("name", sorted(HONEST))
def test_a_note_says_that_a_proof_does_not_show_all_that_was_sent(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, log = a_proof(tmp_path)
    FORGED[name](document)
    said = said_of(document, log.key, tmp_path, capsys)
    assert said.count(f"note {verify_log.NOT_ALL}") == 1


def test_names_sizes_and_digests_are_printed_with_the_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, log = a_proof(tmp_path)
    said = "\n".join(said_of(document, log.key, tmp_path, capsys))
    assert "text name of FILE#001\n     | capture.png\n" in said
    assert "text size of FILE#001\n     | 9\n" in said
    assert "ok   file 1 has the SHA-256 " in said
    told = second_verifier.verify(document, log.key.read_bytes())
    assert (told["FILE#001"]["name"], told["FILE#001"]["size"]) == ("capture.png", 9)


def test_what_is_missing_of_a_copy_is_named(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    missing = f"it cannot be read: there is no {empty / 'checkpoint'}"
    assert told.verdict(tmp_path, capsys, "--copy", str(empty)) == [missing]
    entries_of = told.copy / "tile/entries/000"
    entries_of.unlink()
    missing = f"it cannot be read: there is no {entries_of}"
    assert told.verdict(tmp_path, capsys, "--copy", str(told.copy)) == [missing]


def test_the_verifier_needs_nothing_of_the_service(told: Told, tmp_path: Path) -> None:
    """In a folder of its own, without any library."""
    (tmp_path / "alone").mkdir()
    alone = shutil.copy(verify_log.__file__, tmp_path / "alone" / "verify_log.py")
    proof = tmp_path / "proof.json"
    proof.write_text(json.dumps(told.proof), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(alone), str(proof), str(told.key)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout.count("ok   ")) == (0, 3), done.stdout + done.stderr


@pytest.mark.parametrize("name", ["sha", "root_from"])
def test_both_programs_that_stand_alone_compute_alike(name: str) -> None:
    """Neither can import the other: each reaches a stranger as one file."""
    assert inspect.getsource(getattr(verify_dossier, name)) == inspect.getsource(
        getattr(verify_log, name)
    )
