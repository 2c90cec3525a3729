"""The processes of functions on this machine are forks, and find what a new interpreter finds."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.emulator.forked import Forked, Nursery

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="forks are for Linux")
SECONDS = 30

LOOK = """
import importlib.util, json, os, sys
ours = [name for name in ("local", "casework", "tests") if importlib.util.find_spec(name)]
found = {"process": os.getpid(), "folder": os.getcwd(), "environment": dict(os.environ),
         "arguments": sys.argv, "path": sys.path[0], "ours": ours,
         "read": "botocore.client" in sys.modules,
         "descriptors": len(os.listdir("/proc/self/fd"))}
print(json.dumps(found), flush=True)
print("heard " + sys.stdin.readline().strip(), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    bears = Nursery()
    yield bears
    bears.close()


@pytest.fixture
def born(nursery: Nursery, tmp_path: Path) -> Iterator[Callable[[str], Forked]]:
    """Begins a process that runs a script."""
    processes: list[Forked] = []

    def bear(script: str) -> Forked:
        path = tmp_path / "_worker.py"
        path.write_text(script)
        processes.append(nursery.bear(str(path), str(tmp_path), {"ONLY": "this"}))
        return processes[-1]

    yield bear
    for process in processes:
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


def test_a_process_has_its_own_environment_folder_and_path(
    born: Callable[[str], Forked], tmp_path: Path
) -> None:
    first, other = born(LOOK), born(LOOK)
    seen = [json.loads(each.stdout.readline()) for each in (first, other)]
    assert seen[0].pop("process") != seen[1].pop("process")
    for found in seen:
        assert found.pop("descriptors") == 4, "the three streams, and the folder it looks into"
        assert found == {
            "folder": str(tmp_path),
            "environment": {"ONLY": "this"},
            "arguments": [str(tmp_path / "_worker.py")],
            "path": str(tmp_path),
            "ours": [],
            "read": True,
        }
    for each in (first, other):
        assert each.poll() is None
        each.stdin.write("you\n")
        assert each.stderr.readline() == "heard you\n"
        assert each.wait(SECONDS) == each.poll() == 0


def test_a_process_that_fails_tells_why_and_ends(born: Callable[[str], Forked]) -> None:
    process = born("raise LookupError('no handler')")
    assert process.stderr.read().endswith("LookupError: no handler\n")
    assert process.wait(SECONDS) == 0


@pytest.mark.parametrize("end", [Forked.terminate, Forked.kill])
def test_a_process_that_hangs_can_be_ended(
    born: Callable[[str], Forked], end: Callable[[Forked], None]
) -> None:
    process = born("print('here', flush=True); input()")
    assert process.stdout.readline() == "here\n"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.05)
    end(process)
    assert process.wait(SECONDS) == 0
    end(process)  # it is gone: nobody else is met
