"""What one test worker makes and all workers of a run use."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

LOADED_BY_COLLECTION = set[str]()
"""The modules that a worker had loaded when it began its first test."""


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A place for the whole run, made by whichever worker comes first; `make` is given the place.

    The others wait for it, so that they find it whole.
    """
    folder = factory.getbasetemp()
    if folder.name.startswith("popen-"):  # a worker's own folder, below the one of the run
        folder = folder.parent
    place, made = folder / name, folder / f"{name}.made"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(place)
            made.touch()
    return place
