"""The code of functions is unpacked once for all systems and processes of this repository."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from local import code_cache as code
from local.emulator.lambdas import CachedCodeArchive


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with archives and processes, beside that of all unpacked code."""
    monkeypatch.setenv("EMULATOR_CODE", str(code.shared_code_folder(tmp_path / "code")))
    return tmp_path


def unpacked(folder: Path, process: str, said: str) -> Path:
    """The handler that a process finds in its folder."""
    packed, place = folder / f"{process}.zip", folder / process
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("functions/handler.py"), said)
    place.mkdir()
    with CachedCodeArchive(packed) as archive:
        archive.extractall(place)
    return place / "functions" / "handler.py"


def test_processes_of_one_code_share_it_and_those_of_another_have_theirs(folder: Path) -> None:
    first, again = unpacked(folder, "first", "old"), unpacked(folder, "again", "old")
    changed = unpacked(folder, "changed", "new")

    assert first.samefile(again)
    assert [each.read_text() for each in (first, again, changed)] == ["old", "old", "new"]


def test_code_that_was_unpacked_only_in_part_is_no_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise OSError("the disk is full")

        patch.setattr(zipfile.ZipFile, "extractall", full)
        with pytest.raises(OSError, match="full"):
            unpacked(folder, "first", "old")
    assert unpacked(folder, "again", "old").read_text() == "old"


def test_code_that_was_not_used_for_long_is_removed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code, "MAX_UNPACKED_FOLDERS", 2)
    handlers = [unpacked(folder, each, each).resolve() for each in ("first", "second", "third")]
    for at, handler in enumerate(handlers):
        os.utime(handler.parent.parent, (at, at))
    unpacked(folder, "again", "first")
    place = code.shared_code_folder(folder / "code")
    assert [each.is_file() for each in handlers] == [True, False, True]
    assert {each.name for each in place.iterdir()} == {
        "lock",
        *(each.parent.parent.name for each in (handlers[0], handlers[2])),
    }
