"""The proof of a report has its additions and files on their days, and its words where wanted."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.aws.services import day_seal_store
from casework.aws.table import file_marks
from casework.aws.table.case_table import CaseTable
from casework.aws.table.erasure import erase_report
from casework.aws.table.file_table import FileTable
from tests import second_verifier
from tests.integration.kept_files import keep_file
from tests.integration.nights import BUCKET
from tests.integration.reporters import TABLE, a_key
from tests.integration.test_no_oracle import KNOWN, NOBODYS, Reporter, World, open_world
from tests.integration.test_proof_of_a_report import log_key, verdict
from tools import verify_log

PICTURE = b"the bytes of a picture"
SAID = "Il a écrit encore une fois.\u202e\nAvec un autre numéro."


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with open_world(monkeypatch) as opened:
        yield opened


def keeps(world: World, reporter: Reporter, number: int = 1, *, later: int = 0) -> None:
    """A file of the reporter is kept, so many days later."""
    at, case = datetime.now(UTC) + timedelta(days=later), world.case_of(reporter)
    said = {"name": "capture d’écran.png", "content": PICTURE}
    keep_file(FileTable(TABLE, "digest"), reporter.reference, number, case.id, at, **said)


def sends_later(world: World, *reporters: Reporter) -> None:
    """Each adds something and sends a file on the day of the report, and both a day later; then
    these two days are sealed. On a third day each adds once more."""
    for day in range(3):
        for each in reporters:
            assert world.add(each, f"{SAID} {day}", a_key()).status == 201
            if day < 2:
                keeps(world, each, day + 1, later=day)
        if day < 2:
            world.night(later=day)
        world.later(days=1)


def proof(world: World, reporter: Reporter, **query: str) -> dict[str, Any]:
    answer = world.proof(reporter, **query)
    assert answer.status == 200, answer.text
    told: dict[str, Any] = answer.document
    return told


def printed(
    document: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """Everything that the verifier prints of a proof that holds."""
    assert verdict(document, folder, capsys) == []
    assert verify_log.main([str(folder / "proof.json"), log_key(folder)]) == 0
    return capsys.readouterr().out.splitlines()


def test_additions_and_files_stand_in_the_days_on_which_they_came(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = world.report(KNOWN)
    world.stream()
    sends_later(world, reporter)
    document = proof(world, reporter)
    later = document["proof"]["later"]
    first, second, third = (
        (datetime.now(UTC) + timedelta(days=day)).date().isoformat() for day in range(3)
    )
    assert [each["statement"]["day"] for each in later["days"]] == [first, second]
    assert [(each["day"], "path" in each) for each in later["files"]] == [
        *((first, True), (second, True)),
    ]
    assert [(each["day"], "path" in each) for each in later["additions"]] == [
        *((third, False), (second, True), (first, True)),
    ], "the newest first; the last one waits for its night"
    said = printed(document, tmp_path, capsys)
    assert f"ok   the day {second} holds file 2" in said
    assert len([line for line in said if line.startswith("note no night has bound addition")]) == 1
    assert not [line for line in said if line.startswith("text ")]
    assert "path" not in json.dumps(later["additions"][0])


def test_files_are_bound_as_their_marks_bind_them(world: World) -> None:
    """One commitment stands in the log of the case and in the tree of the day."""
    reporter = world.report(KNOWN)
    world.stream()
    keeps(world, reporter)
    world.night()
    (mark,) = file_marks.read_file_marks(TABLE, world.case_of(reporter).id).values()
    (file,) = proof(world, reporter)["proof"]["later"]["files"]
    assert mark.kept is not None
    assert file["commitment"] == mark.kept[file_marks.STORED_FILE_COMMITMENT_FIELD]
    assert "path" in file


def test_each_edit_of_what_came_later_is_named(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence case E14: files and additions of another report, of another day, edited, exchanged.

    The second verifier finds the same.
    """
    one, other = world.report(KNOWN), world.report(NOBODYS)
    world.stream()
    sends_later(world, one, other)
    whole, foreign = proof(world, one, words="shown"), proof(world, other, words="shown")
    theirs = foreign["proof"]["later"]
    assert verdict(whole, tmp_path, capsys) == []

    def edited(edit: Callable[[dict[str, Any]], Any]) -> list[str]:
        document = copy.deepcopy(whole)
        edit(document["proof"]["later"])
        return verdict(document, tmp_path, capsys)

    def digest(later: dict[str, Any]) -> None:
        later["files"][0]["bytes"]["sha256"] = "0" * 64

    def words(later: dict[str, Any]) -> None:
        parts = later["additions"][1]["parts"]
        parts["content"] = theirs["additions"][1]["parts"]["content"]

    def another_day(later: dict[str, Any]) -> None:
        later["files"][0] |= {name: later["files"][1][name] for name in ("day",)}

    def exchanged(later: dict[str, Any]) -> None:
        later["files"][0]["path"] = later["files"][1]["path"]

    def statement(later: dict[str, Any]) -> None:
        later["days"][0]["statement"]["reports"] = "0" * 64

    def place(later: dict[str, Any]) -> None:
        later["days"][1]["index"] = 0

    assert edited(lambda later: later["files"].__setitem__(0, theirs["files"][0]))[0].startswith(
        "file 1 is of this report, and came at"
    )
    assert edited(lambda later: later["additions"].__setitem__(1, theirs["additions"][1]))
    assert edited(digest) == [f"file 1 has the SHA-256 {'0' * 64}"]
    assert edited(words)[0].startswith("the commitment binds the parts of addition")
    assert edited(another_day) == [
        f"the day {whole['proof']['later']['files'][1]['day']} holds file 1"
    ]
    assert edited(exchanged) == [
        f"the day {whole['proof']['later']['files'][0]['day']} holds file 1"
    ]
    assert edited(statement)[0].startswith("the log holds the statement of")
    assert edited(place)[0].startswith("the log holds the statement of")


def test_a_reporter_shows_the_own_words_where_they_ask_for_it(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As they were written, to the letter; a terminal sees no sign that turns text round."""
    reporter = world.report(KNOWN)
    world.stream()
    sends_later(world, reporter)
    plain, shown = proof(world, reporter), proof(world, reporter, words="shown")
    narrative = reporter.said["narrative"]
    told = second_verifier.verify(shown, Path(log_key(tmp_path)).read_bytes())
    assert told["report"]["narrative"] == narrative
    assert json.loads(told["report"]["facts"])["locations"][0]["value"] == KNOWN
    assert told["FILE#001"]["name"] == "capture d’écran.png"
    assert told["FILE#001"]["sha256"] == hashlib.sha256(PICTURE).hexdigest()
    additions = [said for own, said in told.items() if own.startswith("ADDITION#")]
    assert {json.loads(each["content"])["text"] for each in additions} == {
        f"{SAID} {day}" for day in range(3)
    }
    said = printed(shown, tmp_path, capsys)
    assert f"     | {narrative}" in said
    assert "     | capture d’écran.png" in said
    assert [each for each in said if "encore une fois" in each and "autre numéro. 1" in each]
    assert not [each for each in said if "autre numéro. 2" in each], "its night has not come"
    assert not [line for line in said if "\u202e" in line]
    assert "narrative" not in second_verifier.verify(plain, (tmp_path / "log.pem").read_bytes())
    shown["proof"]["dictionary"] = "AAAA"
    assert verdict(shown, tmp_path, capsys) == ["it cannot be read (ValueError)"]


def test_only_the_known_wish_for_words_is_understood(world: World) -> None:
    assert world.proof(world.report(KNOWN), words="all").status == 422


def test_without_javascript_the_proof_with_words_is_a_file(world: World) -> None:
    from tests.integration.forms import post

    reporter = world.report(KNOWN)
    world.night()
    form = {"reference": reporter.reference, "receipt": reporter.receipt}
    told = post(world.reporters, {**form, "proof": "words"}, "/fr/follow")
    assert json.loads(told.text) == proof(world, reporter, words="shown")
    plain = post(world.reporters, {**form, "proof": "1"}, "/fr/follow")
    assert json.loads(plain.text) == proof(world, reporter)


def test_what_came_later_tells_nothing_of_a_case(world: World) -> None:
    """One joined a case of others, one stands alone: the same calls, the same form and length."""
    world.report(KNOWN)
    world.stream()
    joined, alone = world.report(KNOWN), world.report(NOBODYS)
    world.stream()
    sends_later(world, joined, alone)
    assert world.transcript(joined) == world.transcript(alone)


def test_an_erased_report_takes_what_came_later_with_it(world: World) -> None:
    """An erasure before the night leaves no leaf of them, and no proof; others have theirs."""
    gone, other = world.report(KNOWN), world.report(NOBODYS)
    world.stream()
    for each in (gone, other):
        world.add(each, SAID, a_key())
        keeps(world, each)
    assert erase_report(CaseTable(TABLE), gone.reference, datetime.now(UTC), "an-analyst")
    world.night()
    assert world.proof(gone).status == 404
    later = proof(world, other)["proof"]["later"]
    assert all("path" in each for each in (*later["files"], *later["additions"]))
    assert day_seal_store.list_sealed_days(BUCKET)
