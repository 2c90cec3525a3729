"""The file of the workflow is written in the states language, which its validator knows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "functions").glob("*/*.asl.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_workflow_is_written_in_the_states_language(file: Path) -> None:
    command = [str(ROOT / "node_modules" / ".bin" / "asl-validator"), "--json-path", str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
