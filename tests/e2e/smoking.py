"""`make smoke`, as a deployer starts it, on a system of the tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Final

from harness.smoke.steps import SMOKE_STEPS
from infra.assets import ROOT
from local.system import LocalSystem
from tests.e2e.people import PATIENCE

NAMES: Final = tuple(each.name for each in SMOKE_STEPS)
SAYS: Final = re.compile(r"^(good|WRONG|not tried|LEFT)\s+(.+?)\s{2,}(.*)$", re.MULTILINE)


class Run:
    """How a run ended, and its lines."""

    def __init__(self, ends: int, out: str) -> None:
        self.ends, self.out = ends, out
        self.lines: list[tuple[str, str, str]] = SAYS.findall(out)

    @property
    def said(self) -> dict[str, str]:
        """The result of each step, by its name."""
        return {name: said for said, name, _ in self.lines}

    def why(self, name: str) -> str:
        """The result of one step."""
        return next(what for _, each, what in self.lines if each == name)


def smoke(system: LocalSystem, patience: float = PATIENCE) -> Run:
    """A whole run."""
    command = [
        sys.executable,
        "-m",
        "harness.smoke",
        "--stage",
        "local",
        "--patience",
        f"{patience:g}",
    ]
    environment = {**os.environ, "STATE": str(system.places.folder)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    return Run(done.returncode, done.stdout)
