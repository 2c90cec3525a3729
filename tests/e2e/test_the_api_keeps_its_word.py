"""The deployed API follows the OpenAPI document: examples, coverage and fuzzing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import staff
from local.system import System
from tests.e2e.people import PATIENCE, People

ROOT = Path(__file__).resolve().parents[2]

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = 25 if os.environ.get("FULL") else 8
"""Random calls of each operation, beside those that the document's limits name."""


@pytest.fixture
def own_settings_put_back(people: People) -> Iterator[None]:
    """What is generated sets the supervisor's pages, too; other tests read these as they come."""
    yield
    people.settle("supervisor", {})


@pytest.mark.usefixtures("own_settings_put_back")
def test_schemathesis_finds_nothing(system: System, tmp_path: Path) -> None:
    """Each operation is called with generated content, sound and unsound, by a supervisor."""
    token = staff.demo_token(system, "supervisor")
    finished = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            f"--config-file={CONFIGURATION}",
            "run",
            str(ROOT / "docs" / "openapi.json"),
            f"--url={system.api}",
            f"--header=Authorization: Bearer {token}",
            "--checks=all",
            # Which categories, places and languages there are, the pack says and not the schema.
            "--exclude-checks=positive_data_acceptance",
            f"--max-examples={EXAMPLES}",
            "--seed=2024",
            "--workers=1",
            # A machine that is slow is no finding.
            f"--request-timeout={PATIENCE}",
            "--suppress-health-check=too_slow",
            "--generation-database=none",
            "--no-color",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert finished.returncode == 0, finished.stdout[-6000:]
