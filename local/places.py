"""The places of files: in the repository, and in the state folder of a running system."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.errors import FolderInUse

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_STATE_FOLDER = ROOT / ".local"
PORTAL_FOLDER = ROOT / "build" / "site"
ESBUILD_FOLDER = ROOT / "node_modules" / "esbuild"


def state_folder() -> Path:
    """The folder of all state: `.local`, or the value of the variable STATE."""
    return Path(os.environ.get("STATE", "").strip() or DEFAULT_STATE_FOLDER)


@dataclass(frozen=True)
class SystemFolder:
    """The files of one system, all under `folder`."""

    folder: Path

    @property
    def state(self) -> Path:
        """Snapshots of the emulator's services."""
        return self.folder / "state"

    @property
    def objects(self) -> Path:
        """Contents of S3 buckets."""
        return self.folder / "s3"

    @property
    def marker(self) -> Path:
        """The start and end of the last snapshot, and its failures."""
        return self.folder / "snapshot.json"

    @property
    def scratch(self) -> Path:
        """Temporary files of the emulator and its functions."""
        return self.folder / "scratch"

    @property
    def log(self) -> Path:
        """The output of the emulator."""
        return self.folder / "emulator.log"

    @property
    def ledger(self) -> Path:
        """What the functions were allowed and refused, with IAM enforced."""
        return self.folder / "ledger.jsonl"

    @property
    def site(self) -> Path:
        """Names the deployed API for the origin."""
        return self.folder / "site.json"

    @property
    def running(self) -> Path:
        """Addresses of the running system; absent when none runs."""
        return self.folder / "running.json"

    @property
    def lock(self) -> Path:
        """Held by the process that may change the folder."""
        return self.folder / "lock"

    @property
    def staff(self) -> Path:
        """Names and passwords of the demo staff, readable by the owner alone."""
        return self.folder / "staff.json"


@contextmanager
def hold_folder(places: SystemFolder) -> Iterator[None]:
    """Hold the folder; raises FolderInUse when another process holds it. The hold ends with the
    process.

    Children do not inherit the hold, so an emulator that lives a moment longer blocks no start.
    """
    places.folder.mkdir(parents=True, exist_ok=True)
    with places.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(
                f"a system already runs on {places.folder}; stop it first (Ctrl-C where it runs)"
            ) from None
        yield


def empty_folder(places: SystemFolder) -> None:
    """Remove everything in the folder except the lock."""
    for path in places.folder.iterdir():
        if path == places.lock:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Replace `path` atomically with `text`, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
