"""A short replay of the founding case: three months are published as people decided them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from harness.bilan.composition import SHORT
from local.places import ROOT


def test_three_months_are_published_and_the_public_reads_every_line_as_staff_do(
    tmp_path: Path,
) -> None:
    """Whatever the machine is busy with: `make bilan` replays the whole table so."""
    written = tmp_path / "bilan.json"
    ended = subprocess.run(
        [sys.executable, "-m", "harness.bilan", "--short", "--result", str(written)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert written.exists(), ended.stdout + ended.stderr
    found = json.loads(written.read_text())
    assert found["differences"] == []
    assert ended.returncode == 0
    assert found["reports"] == SHORT.table["reports", "processed"]
    lines = {(each["table"], each["row"]): each for each in found["lines"]}
    assert {key: (each["public"], each["full"]) for key, each in lines.items()} == {
        key: (number, number) for key, number in SHORT.table.items()
    }
    public = {(each["table"], each["row"]): each for each in found["public"]["figures"]}
    for key in SHORT.table:
        if key[0] != "suspects":
            assert all(public[key]["by_month"]), f"{key} in each of three months"
