"""The code of functions is unpacked once for all their processes on this machine."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import pytest

from local.emulator.lambdas import Unpacked


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def unpacked(folder: Path, process: str, code: str) -> Path:
    """The handler that a process finds in its folder."""
    packed, place = folder / f"{process}.zip", folder / process
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("functions/handler.py"), code)
    place.mkdir()
    with Unpacked(packed) as archive:
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
