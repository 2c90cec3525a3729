"""The templates of the local stage, written again only after one of their sources has changed.

The CDK takes fifteen seconds of a processor to write them, and the emulator three to deploy them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from local.places import ROOT
from local.synth import synthesise

STAGE: Final = "local"
KEPT: Final = ROOT / "build" / "assembled"
MOST: Final = 4
"""Assemblies that are kept, the latest ones: a system may still be deployed from an earlier one."""
SOURCES: Final = (
    "infra",
    "casework",
    "functions",
    "jurisdictions",
    "languages",
    "docs/openapi.json",
    f"deployments/{STAGE}.toml",
    "requirements-dev.lock",
    "node_modules/@tesseract.js-data",
    "node_modules/@expo-google-fonts",
    "tools/verify_dossier.py",
    "web/desk/messages/ar.toml",
    "web/desk/messages/fr.toml",
)
"""Everything that the CDK app imports, reads or deploys; a test compares."""


def assembled() -> Path:
    """The folder of the assembly, for reading only. Raises SynthesisFailed.

    One process writes at a time, and others that need the same assembly wait for it.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    place = KEPT / digest(ROOT)
    with (KEPT / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if place.is_dir():
            os.utime(place)
        else:
            synthesise(STAGE, place)
            _forget(each for each in KEPT.iterdir() if each.is_dir())
    return place


def digest(root: Path) -> str:
    """What the sources in the repository `root` and this interpreter are, as a short text."""
    of = hashlib.sha256(f"{sys.executable}\0{sys.version}".encode())
    for name in SOURCES:
        for file in _files(root / name):
            content = file.read_bytes()
            of.update(f"\0{file.relative_to(root)}\0{len(content)}\0".encode() + content)
    return of.hexdigest()[:24]


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
    for folder, below, names in os.walk(source):
        below[:] = sorted(each for each in below if each != "__pycache__")
        yield from (Path(folder) / name for name in sorted(names))


def _forget(places: Iterable[Path]) -> None:
    oldest_last = sorted(places, key=lambda each: each.stat().st_mtime, reverse=True)
    for place in oldest_last[MOST:]:
        shutil.rmtree(place)
