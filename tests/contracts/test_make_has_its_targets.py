"""The targets of the Makefile: several are named like a folder, which make would take for done."""

from __future__ import annotations

import re
from pathlib import Path

MAKEFILE = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")


def test_every_target_that_make_help_lists_runs_each_time_it_is_called() -> None:
    listed = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
    always = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert always is not None
    assert listed
    assert listed <= set(always.group(1).split())
