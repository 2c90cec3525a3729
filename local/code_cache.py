"""The unpacked code of functions, which all systems of this repository share.

Each code archive has a folder, named by the digest of its content (`local.emulator.lambdas`).
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from pathlib import Path
from typing import Final

from local.places import ROOT

UNPACKED_CODE_FOLDER: Final = ROOT / "build" / "unpacked"
MAX_UNPACKED_FOLDERS: Final = 64
"""Folders that are kept, those used last: an assembly has about ten, and a system may still run
with the code of an earlier one."""


def shared_code_folder(place: Path = UNPACKED_CODE_FOLDER) -> Path:
    """The folder of all unpacked code; what has not been used for long is removed first."""
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folders = [each for each in place.iterdir() if each.is_dir()]
        for each in sorted(folders, key=lambda each: each.stat().st_mtime)[:-MAX_UNPACKED_FOLDERS]:
            # Moved first, so that nothing uses a folder of which half is left.
            each.rename(gone := Path(tempfile.mkdtemp(dir=place)) / each.name)
            shutil.rmtree(gone.parent)
    return place
