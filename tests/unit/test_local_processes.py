"""The processes of functions on this machine are forks, and find what a new interpreter finds."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.emulator.fork_server import ForkedProcess, ForkServer

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


OWN_CODE = """
import os, sys
ahead = "casework.told" in sys.modules
sys.path.insert(0, os.getcwd())
from casework.told import TOLD
try:
    from casework import absent
except ImportError:
    print(ahead, TOLD, flush=True)
"""


@pytest.fixture(scope="module")
def nursery() -> Iterator[ForkServer]:
    bears = ForkServer()
    yield bears
    bears.close()


@pytest.fixture
def born(nursery: ForkServer, tmp_path: Path) -> Iterator[Callable[..., ForkedProcess]]:
    """Begins a process that runs a script, in a folder of code."""
    processes: list[ForkedProcess] = []

    def bear(script: str, folder: Path = tmp_path) -> ForkedProcess:
        path = tmp_path / "_worker.py"
        if not path.exists() or path.read_text() != script:  # an earlier process may be reading it
            path.write_text(script)
        processes.append(nursery.fork(str(path), str(folder), {"ONLY": "this"}))
        return processes[-1]

    yield bear
    for process in processes:
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


def test_a_process_has_its_own_environment_folder_and_path(
    born: Callable[..., ForkedProcess], tmp_path: Path
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


def test_a_process_that_fails_tells_why_and_ends(born: Callable[..., ForkedProcess]) -> None:
    process = born("raise LookupError('no handler')")
    assert process.stderr.read().endswith("LookupError: no handler\n")
    assert process.wait(SECONDS) == 0


def test_what_code_imports_is_read_before_and_is_of_its_own_folder(
    born: Callable[..., ForkedProcess], tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        for file, content in (
            ("casework/told.py", f"TOLD = {folder.name!r}"),
            ("functions/first/handler.py", "from casework import absent"),
            ("functions/second/handler.py", "from casework import told"),
        ):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(content)
    processes = [born(OWN_CODE, folder) for folder in (*folders, *folders)]
    said = [each.stdout.readline() for each in processes]
    assert said == 2 * ["True one\n", "True two\n"]


@pytest.mark.parametrize("end", [ForkedProcess.terminate, ForkedProcess.kill])
def test_a_process_that_hangs_can_be_ended(
    born: Callable[..., ForkedProcess], end: Callable[[ForkedProcess], None]
) -> None:
    process = born("print('here', flush=True); input()")
    assert process.stdout.readline() == "here\n"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.05)
    end(process)
    assert process.wait(SECONDS) == 0
    end(process)  # it is gone: nobody else is met
