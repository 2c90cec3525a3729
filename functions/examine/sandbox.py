"""Looks at a file in a process of its own, which may crash, burn or hang.

The process knows no credentials: its environment is empty but for where the code is, and it cannot
read that of this process. What it says is read as the word of a stranger: bounded, and by a strict
schema.
"""

from __future__ import annotations

import contextlib
import ctypes
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from casework.report.examination import (
    MAX_PREVIEW_PAGES,
    Examination,
    FileType,
    Preview,
    StoredPreviewPage,
)
from functions.examine import limits

SANDBOX_MODULE: Final = "functions.examine.sandbox_process"
OCR_MODELS_FOLDER: Final = Path(__file__).parent
"""Where `infra.assets` puts the models that words are read with."""
OCR_MODEL_LANGUAGES: Final = ("ara", "fra")
DECODER_DISTRIBUTIONS: Final = ("pillow", "pypdfium2", "tesserocr")
"""The distributions of `requirements/examine.in`."""


_SET_DUMPABLE: Final = 4
"""PR_SET_DUMPABLE (prctl(2))."""


@dataclass(frozen=True)
class InspectionResult:
    """The result of an examination."""

    examination: Examination
    pages: tuple[StoredPreviewPage, ...]


def inspect_sandboxed(
    content: bytes, *, seconds: float = limits.SANDBOX_SECONDS, process: str = SANDBOX_MODULE
) -> InspectionResult:
    """What the decoders find; whatever happens to them, an answer within the time."""
    sha256 = hashlib.sha256(content).hexdigest()
    lines = list(_lines(content, seconds, process))
    words = {each.pop("page"): each for each in lines if "page" in each}
    failed = {"end": True} not in lines or {"failed": True} in lines
    pages = [
        {**each, **words.get(number, {})}
        for number, each in enumerate((each for each in lines if "picture" in each), start=1)
    ]
    result = {
        "type": FileType.UNKNOWN,
        "agreed": False,
        **next((each for each in lines if "type" in each), {}),
        "sha256": sha256,
        "tools": decoder_versions(),
        "preview": _preview(len(pages), failed=failed),
        "shown": len(pages),
        "read": any(each.get("text") for each in pages),
        "cut": {"cut": True} in lines or bool(pages and failed),
    }
    try:
        return InspectionResult(
            Examination.model_validate(result), tuple(map(StoredPreviewPage.model_validate, pages))
        )
    except ValidationError:
        unread = {"type": FileType.UNKNOWN, "agreed": False, "preview": Preview.FAILED}
        known = {**unread, "sha256": sha256, "tools": decoder_versions()}
        return InspectionResult(Examination.model_validate(known), ())


@cache
def decoder_versions() -> str:
    """The decoders with their versions, as they are installed."""
    from importlib.metadata import version  # loads with the first file, not at a start

    return "; ".join(f"{name} {version(name)}" for name in DECODER_DISTRIBUTIONS)


@cache
def hide_environment() -> None:
    """Keep other processes of this user, as decoders are, from reading the credentials in the
    environment of this one: `/proc` shows them of a process that may be dumped (proc(5)).

    Raises OSError where the kernel refuses; without the call no stranger's file is looked at.
    """
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError("the environment of this process can be read by its children")


def _preview(shown: int, *, failed: bool) -> Preview:
    """Pages that were made are shown, also where a later one could not be."""
    if shown:
        return Preview.MADE
    return Preview.FAILED if failed else Preview.NONE


def _lines(content: bytes, seconds: float, process: str) -> Iterator[dict[str, Any]]:
    """The whole lines that the process wrote before it ended or was ended."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(content)
        given.seek(0)
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [sys.executable, "-B", "-m", process, unpack_ocr_models()],
                stdin=given,
                stdout=answer,
                stderr=subprocess.DEVNULL,  # decoders quote what they read
                timeout=seconds,
                check=False,
                env=_environment(),
            )
        answer.seek(0)
        for line in answer.read(limits.MAX_SANDBOX_OUTPUT_BYTES).split(b"\n")[:-1][
            : 3 * MAX_PREVIEW_PAGES + 4
        ]:
            try:
                told = json.loads(line)
            except ValueError:
                return
            if not isinstance(told, dict):
                return
            yield told


@cache
def unpack_ocr_models() -> str:
    """The folder of the models, unpacked once; empty where none are deployed beside the code."""
    packed = [OCR_MODELS_FOLDER / f"{each}.traineddata.gz" for each in OCR_MODEL_LANGUAGES]
    if not all(each.is_file() for each in packed):
        return ""
    folder = Path(tempfile.mkdtemp(prefix="models-"))
    for each in packed:
        (folder / each.stem).write_bytes(gzip.decompress(each.read_bytes()))
    return str(folder)


def _environment() -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "LANG": "C.UTF-8",
        "OMP_THREAD_LIMIT": "1",  # the process may start no thread
    }
