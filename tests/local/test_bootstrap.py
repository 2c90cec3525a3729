"""How the environment is made: what is installed goes into this checkout's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BOOTSTRAP = Path(__file__).resolve().parents[2] / "tools" / "bootstrap.py"


def test_nothing_is_installed_into_an_environment_that_is_only_linked(tmp_path: Path) -> None:
    (other := tmp_path / "other").mkdir()
    (linked := tmp_path / ".venv").symlink_to(other)
    done = subprocess.run(
        [sys.executable, BOOTSTRAP, linked, "requirements/train.lock"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "VENV=build/venv" in done.stderr
    assert not any(other.iterdir())
