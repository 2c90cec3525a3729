"""Parts of a night's work in processes of their own, side by side.

Most of the time of a part is Python's own, so threads would take turns. A process also has an alarm
of its own, which ends an item that takes too long (`casework.aws.services.time_limits`). The
service has no shared memory, so processes leave what they found in files.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from casework.aws.services import clients, telemetry

WORKER_ENDED_EXIT_CODE: Final = 1
"""The code with which a process ends after an error."""


class PartFailed(Exception):
    """A part of the work was not done."""

    error_code = "PartFailed"


def run_parts(work: Callable[[int], None], parts: int, *, at_once: bool) -> None:
    """Do all parts of a work by their numbers; raises PartFailed after all have ended.

    With `at_once` each part has a process of its own.
    """
    if not at_once:
        for number in range(parts):
            work(number)
        return
    from multiprocessing import get_context  # most nights of a small service do without

    start = get_context("fork").Process
    running = [start(target=_one, args=(work, number)) for number in range(parts)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    failed = [number for number, process in enumerate(running) if process.exitcode]
    if failed:
        raise PartFailed(f"parts {', '.join(map(str, failed))}")


def _one(work: Callable[[int], None], number: int) -> None:
    """One part, with connections of its own; its error is told here, without its message."""
    clients.reset_clients()
    try:
        work(number)
    except Exception as error:  # noqa: BLE001  # multiprocessing would print its message
        telemetry.log_failure("part of a night failed", error, number=number)
        sys.exit(WORKER_ENDED_EXIT_CODE)
