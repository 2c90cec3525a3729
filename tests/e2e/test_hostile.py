"""Strings that were made to hurt, through the whole system: `make hostile` tries all of them."""

from __future__ import annotations

from harness.hostile import cost_search
from harness.hostile.corpus import project_strings
from harness.hostile.trial_run import HostileTrial
from local.system import LocalSystem

TRIED = (
    "</textarea><script>alert(1)</script>",
    "\n\ntwo first line breaks",
    "line one\r\nline two",
    "\u202egpj.exe photo",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "=cmd|' /C calc'!A0",
    "a.co " * 100,
    "ⵣ" * 20_000,
    "bell \x07",
    "\ud800 half",
    "   ",
)


def test_hostile_strings_are_refused_or_read_back_as_they_were_sent(system: LocalSystem) -> None:
    assert set(TRIED) <= set(project_strings())
    cost_search.warm()
    done: list[str] = []
    trial = HostileTrial(system, done.append)
    assert trial.run(TRIED) == []
    assert done.count("read back") == 1 + len(TRIED) - 3, "the plain one, and all but three"
    assert trial.calls > 100
