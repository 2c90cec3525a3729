"""Saves the emulator's state every few seconds and at the end.

Upstream saves only at an orderly shutdown, six times as slowly.

This is not a durability guarantee. The services are not saved at one instant, and what was accepted
after the last snapshot is lost after a `kill -9`. The marker file says when the last snapshot
began, so a test or a person can wait for one that holds their last write.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local.emulator.upstream import app, dynamodb, persistence, require_upstream_attributes

log = logging.getLogger("emulator.snapshots")

MAX_SNAPSHOT_ATTEMPTS = 8
SNAPSHOT_RETRY_PAUSE_SECONDS = 0.02
HELD_INTERPRETER_SECONDS = 10.0
"""In the last attempt no other thread runs for so long: a minute of steady writing would otherwise
leave no attempt in which no dictionary changes. A thread that never pauses keeps this one waiting
for as long, once."""


def encode_service_state(service: str, read_state: Callable[[], Any]) -> str | None:
    """The service's state in upstream's file format; None when it has none to save.

    Encoding happens inside the retry (and, for DynamoDB, under its lock), because the state is
    live: under load a dictionary changes size during iteration.
    """
    guard = dynamodb._lock if service == "dynamodb" else contextlib.nullcontext()
    for attempt in range(1, MAX_SNAPSHOT_ATTEMPTS + 1):
        try:
            with (
                guard,
                hold_interpreter()
                if attempt == MAX_SNAPSHOT_ATTEMPTS
                else contextlib.nullcontext(),
            ):
                state = read_state()
                if state is None:
                    return None
                version = persistence._state_format_version(service)
                document = {"__ministack_format__": version, "payload": state}
                return json.dumps(document, default=persistence._json_default)
        except RuntimeError:  # "dictionary changed size during iteration"
            if attempt == MAX_SNAPSHOT_ATTEMPTS:
                raise
            time.sleep(SNAPSHOT_RETRY_PAUSE_SECONDS)
    return None


@contextlib.contextmanager
def hold_interpreter() -> Iterator[None]:
    """Let this thread keep the interpreter while it computes."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(HELD_INTERPRETER_SECONDS)
    try:
        # A thread that waits already asks for its turn after the usual time: it gets one first.
        settled = time.perf_counter() + 4 * usual
        while time.perf_counter() < settled:
            pass
        yield
    finally:
        sys.setswitchinterval(usual)


def replace_file(path: Path, text: str) -> None:
    """Write `path` completely or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


class StateSnapshots:
    """Writes each service's state to `folder`, and a record of each snapshot to `marker`."""

    def __init__(self, folder: Path, marker: Path) -> None:
        require_upstream_attributes(app, "_build_persistence_save_dict")
        require_upstream_attributes(dynamodb, "_lock")
        require_upstream_attributes(persistence, "_json_default", "_state_format_version")
        self._folder = folder
        self._marker = marker
        self._last: dict[str, str] = {}
        self._one_at_a_time = threading.Lock()

    def take(self) -> list[str]:
        """Save everything that changed; returns the names of services that could not be saved."""
        with self._one_at_a_time:
            return self._take()

    def _take(self) -> list[str]:
        began = time.time()
        failed = []
        self._folder.mkdir(parents=True, exist_ok=True)
        for service, read_state in app._build_persistence_save_dict().items():
            try:
                text = encode_service_state(service, read_state)
                if text is not None and text != self._last.get(service):
                    replace_file(self._folder / f"{service}.json", text)
                    self._last[service] = text
            except Exception:
                log.exception("%s could not be saved; its previous snapshot is kept", service)
                failed.append(service)
        marker = {"began": began, "ended": time.time(), "failed": failed}
        replace_file(self._marker, json.dumps(marker))
        return failed

    def every(self, seconds: float) -> None:
        """Take a snapshot every `seconds` in the background, as long as the process lives."""

        def loop() -> None:
            while True:
                time.sleep(seconds)
                self.take()

        threading.Thread(target=loop, name="snapshots", daemon=True).start()


def start_from_environment() -> StateSnapshots | None:
    """Start with the settings EMULATOR_SNAPSHOT_SECONDS and EMULATOR_SNAPSHOT_MARKER.

    None when the state is not kept. The caller takes the last snapshot; with 0 seconds it is the
    only one.
    """
    if not app.PERSIST_STATE:
        return None
    require_upstream_attributes(app, "save_all")
    app.save_all = lambda services: None  # upstream's save at shutdown would repeat ours
    marker = Path(os.environ["EMULATOR_SNAPSHOT_MARKER"])
    taken = StateSnapshots(Path(persistence.STATE_DIR), marker)
    if seconds := float(os.environ.get("EMULATOR_SNAPSHOT_SECONDS", "0")):
        taken.every(seconds)
    return taken
