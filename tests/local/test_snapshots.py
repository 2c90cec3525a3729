"""The state of the emulator is saved while others write."""

from __future__ import annotations

import copy
import itertools
import threading

import pytest

from local.emulator import snapshots


def test_a_minute_of_steady_writing_leaves_a_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer never pauses; what it writes is as large at the end as at the beginning."""
    monkeypatch.setattr(snapshots, "HELD_INTERPRETER_SECONDS", 2.0)
    size = 20_000
    state = {str(number): [number] for number in range(size)}
    stopped = threading.Event()

    def write() -> None:
        for number in itertools.count(size):
            if stopped.is_set():
                return
            state[str(number)] = [number]
            del state[str(number - size)]

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert snapshots.encode_service_state("sqs", lambda: copy.deepcopy(state))
    finally:
        stopped.set()
        writer.join()
