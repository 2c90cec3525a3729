"""A dozen files while services fail and connections break; `make faults FULL=1` sends 200."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from local.places import ROOT

FILES = 12
REPAIRING = "evidence.repair"
"""The function that no schedule calls until the comparison has found a slot it would close."""


def test_while_a_fifth_of_the_calls_fails_each_file_is_kept_or_refused_with_its_reason(
    tmp_path: Path,
) -> None:
    written = tmp_path / "files.json"
    asked = ["--files", str(FILES), "--bytes", "150000", "--without", REPAIRING]
    ended = subprocess.run(
        [sys.executable, "-m", "harness.faults.files", *asked, "--result", str(written)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert written.exists(), ended.stdout + ended.stderr
    found = json.loads(written.read_text())

    assert found["left"]["refused"], "a slot that nothing came for is found as long as it is open"
    assert not [line for lines in found["wrong"].values() for line in lines]
    assert ended.returncode == 0
    assert found["ended"] == {
        "kept": 8,
        "never_came": 2,
        "incomplete": 1,
        "withdrawn": 1,
    }
    assert found["injected"] / found["calls"] > 0.1
    assert found["at_once"]["evidence.receive"], "a message was handled by two receivers at once"
    assert found["sendings"] > FILES, "connections broke"
    failed = found["functions"]
    for function in ("intake.handler", "evidence.receive", "evidence.repair", "examine.handler"):
        assert failed[function]["injected"], function
