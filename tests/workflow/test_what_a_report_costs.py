"""`make bench` measures: its counts, for two reports about one offender, are those it holds to."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from harness.bench.targets import TARGETS
from infra.assets import ROOT

HELD_BY_EACH_REPORT = (
    "aws_calls_per_report",
    "write_units_before_201",
    "write_units_per_join",
    "transitions_per_case",
    "transitions_per_join",
)


def test_a_report_and_one_that_joins_it_cost_what_the_bench_allows() -> None:
    command = [sys.executable, "-m", "harness.bench", "--only", "counts", "--reports", "G018,G049"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    assert done.returncode in {0, 1}, done.stderr
    counted = dict(re.findall(r"^(\w+) .*?([\d.]+) +≤", done.stdout, re.MULTILINE))
    for name in HELD_BY_EACH_REPORT:
        most = TARGETS[name].at_most
        assert most is not None
        assert float(counted[name]) <= most, name
