"""Serve the corrected emulator, and the origin in front of it, until it is told to stop.

`local.system` starts this with a minimal environment, because Lambda workers inherit all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import sys
import threading
import time
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from local.emulator import corrections, snapshots, upstream
from local.emulator.guard import keep_browsers_out
from local.origin import Origin

GRACE_SECONDS = 2.0


def listen_on(port: int) -> Config:
    """Server settings for one loopback port."""
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.accesslog = None
    config.loglevel = "WARNING"
    config.keep_alive_timeout = 75
    config.graceful_timeout = GRACE_SECONDS
    config.include_server_header = False
    return config


def follow_parent() -> None:
    """Stop when the parent process has ended, for whatever reason."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


async def run(emulator_port: int, origin_port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    # Ctrl-C reaches the whole process group; the supervisor says when to stop.
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    emulator = keep_browsers_out(upstream.app.app, [f"http://127.0.0.1:{origin_port}"])
    origin = Origin.from_environment(upstream.app.app, emulator_port, origin_port)
    applications: list[tuple[Any, int]] = [(emulator, emulator_port), (origin, origin_port)]
    await asyncio.gather(
        *(
            serve(application, listen_on(port), shutdown_trigger=stop.wait)
            for application, port in applications
        )
    )


def main() -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    corrections.apply()
    with contextlib.suppress(ValueError, OSError):  # one connection is one descriptor
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    follow_parent()
    state = snapshots.start_from_environment()
    asyncio.run(run(int(os.environ["GATEWAY_PORT"]), int(os.environ["ORIGIN_PORT"])))
    if state:
        state.take()
    # Each paused workflow holds a thread. The state is saved, so do not wait for them.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
