"""A small life in which services fail and functions die; `make faults` lives larger ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from local.places import ROOT

REPORTS = 40 if os.environ.get("FULL") else 24
REPAIRING = "triage.reconcile"
"""The function that no schedule calls until the comparison has found what it would repair."""


def test_one_call_in_ten_fails_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    written = tmp_path / "faults.json"
    asked = ["--reports", str(REPORTS), "--without", REPAIRING, "--result", str(written)]
    ended = subprocess.run(
        [sys.executable, "-m", "harness.faults", *asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert written.exists(), ended.stdout + ended.stderr
    (found,) = json.loads(written.read_text())

    assert found["left"]["lost"], "the comparison finds the reports that were not repaired"
    assert not [line for lines in found["wrong"].values() for line in lines]
    assert ended.returncode == 0
    assert found["reports"] == REPORTS
    assert found["repaired"], "the function repaired what was left"
    assert 0.08 < found["injected"] / found["in_trouble"] < 0.12
    injected = {
        how.split(" ", 1)[1]
        for function in found["functions"].values()
        for how in function["injected"]
    }
    assert injected == {"failed before", "failed after", "died before", "died after"}
    assert {"open", "assess", "confirm", "refer", "acknowledge"} <= found["moves"].keys()
    assert any(move["repaired_by"] for move in found["moves"].values())
