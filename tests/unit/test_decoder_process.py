"""The process of the decoders: whatever it does, a file counts as failed; it learns nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from casework.report.examination import FileType, Preview
from functions.examine.sandbox import inspect_sandboxed
from infra.assets import ROOT
from tests.unit.test_examining import claiming, drawn, saved


def test_the_process_of_the_decoders_tells_what_it_sees() -> None:
    seen = inspect_sandboxed(saved(drawn(), "JPEG", exif=claiming()))
    assert seen.examination.preview is Preview.MADE
    assert (seen.examination.type, seen.examination.shown) == ("jpeg", 1)
    assert seen.examination.pdq
    (page,) = seen.pages
    assert page.claims is not None
    assert page.claims.taken == "2026-02-27 21:14:05+01:00"
    assert "Maker" not in seen.examination.model_dump_json(), "claims are sealed with the preview"


MISBEHAVING = {
    "crashes": "import os; os.abort()",
    "eats memory": "x = [bytes(2**30) for each in range(9)]",
    "never ends": "import time; time.sleep(99)",
    "writes without end": "while True: print('x' * 2**20, flush=True)",
    "starts another": "import subprocess; subprocess.Popen(['sleep', '99']); raise SystemExit",
    "says what is no JSON": "print('{')",
    "says another schema": 'print(\'{"type": "exe", "agreed": 1}\'); print(\'{"end": true}\')',
    "shows eleven pages": 'print(\'{"type": "pdf", "agreed": true}\')\n'
    'for each in range(11): print(\'{"picture": ""}\')\n'
    "print('{\"end\": true}')",
    "says nothing": "pass",
}
"""What a decoder that was taken over, or that broke, might do."""


BOUNDED = """
import resource, sys
from functions.examine import limits, process
for what, most in process.BOUNDS:
    resource.setrlimit(what, (most, most))
"""


@pytest.mark.parametrize("name", MISBEHAVING)
def test_whatever_the_process_does_the_file_counts_as_failed_in_time(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence case E10."""
    module = f"does_{name.replace(' ', '_')}"
    (tmp_path / f"{module}.py").write_text(BOUNDED + MISBEHAVING[name])
    monkeypatch.syspath_prepend(str(tmp_path))
    seen = inspect_sandboxed(b"some bytes", seconds=2, process=module)
    assert seen.examination.preview is Preview.FAILED
    assert (seen.examination.type, seen.pages) == (FileType.UNKNOWN, ())
    assert not seen.examination.cut, "it failed, and says that"


def test_pages_that_were_made_before_a_crash_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "at_page_two.py").write_text(
        'print(\'{"type": "pdf", "agreed": true, "pages": 3}\')\n'
        'print(\'{"picture": "", "text": "one"}\', flush=True)\n'
        "import os; os._exit(1)"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    seen = inspect_sandboxed(b"some bytes", process="at_page_two")
    assert seen.examination.preview is Preview.MADE
    assert (seen.examination.shown, seen.examination.pages) == (1, 3)
    assert seen.examination.cut, "another look may show more"


def test_the_process_is_given_no_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tells_all.py").write_text(
        "import json, os\n"
        'print(json.dumps({"type": "text", "agreed": True}))\n'
        'print(json.dumps({"picture": "", "text": " ".join(os.environ)}))\n'
        'print(json.dumps({"end": True}))'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    names = set(inspect_sandboxed(b"x", process="tells_all").pages[0].text.split())
    assert names <= {"PATH", "PYTHONPATH", "LANG", "OMP_THREAD_LIMIT", "LC_CTYPE"}


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is of Linux")
def test_the_kernel_shows_the_environment_of_the_function_to_no_process_of_its_user() -> None:
    """What may not be dumped belongs to root in `/proc` (proc(5)); the function does this first."""
    said = (
        "import ctypes; from functions.examine import handler; "
        "handler.handle({'Records': []}, None); "
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    told = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert told.stdout.split() == ["0"]
