"""A night's work in processes side by side: all of it is done, and a part that fails is told."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from casework.aws.services import telemetry
from casework.aws.services.time_limits import TimeLimitExceeded, limit_time
from functions.history import parallel

PARTS = 8
SHORT = 0.2


def by_whom(folder: Path, *, at_once: bool) -> set[int]:
    """The processes that did the parts of a work."""

    def work(part: int) -> None:
        (folder / str(part)).write_text(str(os.getpid()))

    parallel.run_parts(work, PARTS, at_once=at_once)
    assert {path.name for path in folder.iterdir()} == {str(part) for part in range(PARTS)}
    return {int(path.read_text()) for path in folder.iterdir()}


def test_each_part_has_a_process_of_its_own(tmp_path: Path) -> None:
    found = by_whom(tmp_path, at_once=True)
    assert len(found) == PARTS
    assert os.getpid() not in found


def test_where_the_table_is_in_this_process_it_does_all_parts(tmp_path: Path) -> None:
    assert by_whom(tmp_path, at_once=False) == {os.getpid()}


@pytest.mark.parametrize("ends", ["an error", "killed"])
def test_a_part_that_fails_is_named_and_the_others_are_done(tmp_path: Path, ends: str) -> None:
    def work(part: int) -> None:
        if part == 3:
            if ends == "killed":
                os._exit(9)
            raise ValueError("a secret of a reporter")
        (tmp_path / str(part)).touch()

    with pytest.raises(parallel.PartFailed, match=r"^parts 3$"):
        parallel.run_parts(work, PARTS, at_once=True)
    assert len(list(tmp_path.iterdir())) == PARTS - 1


def test_the_error_of_a_part_is_told_without_its_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    told = tmp_path / "told"

    def tell(message: str, error: Exception, *, number: int) -> None:
        told.write_text(f"{message}: {type(error).__name__} in {number}")

    def work(part: int) -> None:
        raise ValueError("a secret of a reporter")

    monkeypatch.setattr(telemetry, "log_failure", tell)
    with pytest.raises(parallel.PartFailed):
        parallel.run_parts(work, 1, at_once=True)
    assert told.read_text() == "part of a night failed: ValueError in 0"
    assert "a secret of a reporter" not in "".join(capfd.readouterr())


def test_an_item_that_takes_too_long_ends_in_a_process_too(tmp_path: Path) -> None:
    def work(part: int) -> None:
        began = time.monotonic()
        with pytest.raises(TimeLimitExceeded), limit_time(SHORT):
            time.sleep(50 * SHORT)
        (tmp_path / str(part)).write_text(str(time.monotonic() - began))

    parallel.run_parts(work, 2, at_once=True)
    spent = [float(path.read_text()) for path in tmp_path.iterdir()]
    assert len(spent) == 2
    assert max(spent) < 10 * SHORT
