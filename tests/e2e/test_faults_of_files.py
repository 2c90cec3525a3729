"""A dozen files while services fail and connections break; `make faults FULL=1` sends 200."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.places import ROOT

FILES = 12


def a_load(folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """How `python -m faults.files` ended, and what it found."""
    written = folder / "files.json"
    asked = ["--files", str(FILES), "--bytes", "150000", "--result", str(written)]
    ended = subprocess.run(
        [sys.executable, "-m", "faults.files", *asked, *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert written.exists(), ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(written.read_text())
    return ended.returncode, found


def test_while_a_fifth_of_the_calls_fails_each_file_is_kept_or_refused_with_its_reason(
    tmp_path: Path,
) -> None:
    ended, found = a_load(tmp_path)

    assert not [line for lines in found["wrong"].values() for line in lines]
    assert ended == 0
    assert found["ended"] == {"kept": 9, "never_came": 2, "incomplete": 1}
    assert found["injected"] / found["calls"] > 0.1
    assert found["at_once"]["evidence.receive"], "a message was handled by two receivers at once"
    assert found["sendings"] > FILES, "connections broke"
    failed = found["functions"]
    for function in ("intake.handler", "evidence.receive", "evidence.repair", "examine.handler"):
        assert failed[function]["injected"], function


@pytest.mark.parametrize("without", ["evidence.repair"])
def test_the_comparison_finds_files_that_were_not_repaired(tmp_path: Path, without: str) -> None:
    ended, found = a_load(tmp_path, "--without", without)

    assert ended == 1
    assert found["wrong"]["refused"], "a slot that nothing came for was never closed"
