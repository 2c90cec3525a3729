"""The deployed API follows the OpenAPI document: examples, coverage and fuzzing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import staff
from local.system import LocalSystem
from tests.e2e.people import PATIENCE, People

ROOT = Path(__file__).resolve().parents[2]

FULL = bool(os.environ.get("FULL"))
ALL = Path(__file__).with_name("schemathesis.toml")
FEWER = Path(__file__).with_name("schemathesis_fewer.toml")
EXAMPLES = 25 if FULL else 8
"""Random calls of each operation, beside those that the document's limits name."""


@pytest.fixture
def own_settings_put_back(people: People) -> Iterator[None]:
    """What is generated sets the supervisor's pages, too; other tests read these as they come."""
    yield
    people.settle("supervisor", {})


@pytest.mark.usefixtures("own_settings_put_back")
def test_schemathesis_finds_nothing(system: LocalSystem, tmp_path: Path) -> None:
    """Each operation is called with generated content, sound and unsound, by a supervisor."""
    token = staff.demo_token(system, "supervisor")
    finished = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            f"--config-file={ALL if FULL else FEWER}",
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


def test_no_body_of_what_is_called_less_often_is_read_for_a_supervisor(people: People) -> None:
    """An operation that a supervisor may call is no longer left out: its limits are tried."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    forbidden, _ = tomllib.loads(FEWER.read_text("utf-8"))["operations"]
    answers = {
        operation["operationId"]: people.call(
            method.upper(),
            re.sub(r"{\w+}", "1", path),
            "supervisor",
            json=None if method == "get" else {},
        ).status_code
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation["operationId"] in forbidden["include-operation-id"]
    }
    assert answers == dict.fromkeys(forbidden["include-operation-id"], 403)
