"""The state of the emulator is saved while others write."""

from __future__ import annotations

import copy
import itertools
import threading

from local.emulator.snapshots import encoded


def test_a_minute_of_steady_writing_leaves_a_snapshot() -> None:
    state = {str(number): [number] for number in range(20_000)}
    stopped = threading.Event()

    def write() -> None:
        for number in itertools.count(len(state)):
            if stopped.is_set():
                return
            state[str(number)] = [number]

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert encoded("sqs", lambda: copy.deepcopy(state))
    finally:
        stopped.set()
        writer.join()
