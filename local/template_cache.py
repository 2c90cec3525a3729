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
from local.synth import synthesise_stage

CACHED_STAGE: Final = "local"
ASSEMBLY_CACHE_FOLDER: Final = ROOT / "build" / "assembled"
MAX_CACHED_ASSEMBLIES: Final = 4
"""Assemblies that are kept, the latest ones: a system may still be deployed from an earlier one."""
ASSEMBLY_SOURCES: Final = (
    "infra",
    "casework",
    "functions",
    "jurisdictions",
    "languages",
    "docs/openapi.json",
    f"deployments/{CACHED_STAGE}.toml",
    "requirements/dev.lock",
    "node_modules/@tesseract.js-data",
    "node_modules/@expo-google-fonts",
    "tools/verify_dossier.py",
    "web/desk/messages/ar.toml",
    "web/desk/messages/fr.toml",
)
"""Everything that the CDK app imports, reads or deploys; a test compares."""


def assembled_templates() -> Path:
    """The folder of the assembly, for reading only. Raises SynthesisFailed.

    One process writes at a time, and others that need the same assembly wait for it.
    """
    ASSEMBLY_CACHE_FOLDER.mkdir(parents=True, exist_ok=True)
    place = ASSEMBLY_CACHE_FOLDER / sources_digest(ROOT)
    with (ASSEMBLY_CACHE_FOLDER / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if place.is_dir():
            os.utime(place)
        else:
            synthesise_stage(CACHED_STAGE, place)
            _forget(each for each in ASSEMBLY_CACHE_FOLDER.iterdir() if each.is_dir())
    return place


def sources_digest(root: Path) -> str:
    """What the sources in the repository `root` and this interpreter are, as a short text."""
    of = hashlib.sha256(f"{sys.executable}\0{sys.version}".encode())
    for name in ASSEMBLY_SOURCES:
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
    for place in oldest_last[MAX_CACHED_ASSEMBLIES:]:
        shutil.rmtree(place)
