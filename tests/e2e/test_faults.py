"""A small life in which services fail and functions die; `make faults` lives larger ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.places import ROOT

REPORTS = 40


def a_life(folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """How `python -m faults` ended, and what it found."""
    written = folder / "faults.json"
    asked = ["--reports", str(REPORTS), "--result", str(written)]
    ended = subprocess.run(
        [sys.executable, "-m", "faults", *asked, *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert written.exists(), ended.stdout + ended.stderr
    (found,) = json.loads(written.read_text())
    return ended.returncode, found


def test_one_call_in_ten_fails_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    ended, found = a_life(tmp_path)

    assert not [line for lines in found["wrong"].values() for line in lines]
    assert ended == 0
    assert found["reports"] == REPORTS
    assert 0.08 < found["injected"] / found["calls"] < 0.12
    injected = {
        how.split(" ", 1)[1]
        for function in found["functions"].values()
        for how in function["injected"]
    }
    assert injected == {"failed before", "failed after", "died before", "died after"}
    assert {"open", "assess", "confirm", "refer", "acknowledge"} <= found["moves"].keys()
    assert any(move["repaired_by"] for move in found["moves"].values())


@pytest.mark.parametrize("without", ["triage.reconcile"])
def test_the_comparison_finds_a_fault_that_was_not_repaired(tmp_path: Path, without: str) -> None:
    ended, found = a_life(tmp_path, "--without", without)

    assert ended == 1
    assert any(found["wrong"].values())
