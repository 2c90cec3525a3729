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
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from uvicorn import Config, Server

from local import gc_tuning
from local.emulator import corrections, snapshots, upstream
from local.emulator.guard import keep_browsers_out
from local.origin import LocalOrigin
from local.ports import socket_port

SHUTDOWN_GRACE_SECONDS = 2


class OnePort(Server):
    """A server of one loopback port; `run` alone answers signals."""

    def __init__(self, application: Any, listening: socket.socket) -> None:
        settings = Config(
            application,
            loop="none",
            http="httptools",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # no other server is in front
            server_header=False,
            date_header=False,  # the emulator writes one
            timeout_keep_alive=75,
            timeout_graceful_shutdown=SHUTDOWN_GRACE_SECONDS,
        )
        super().__init__(settings)
        self._listening = listening

    async def answer(self) -> None:
        """Answer on the socket until it is told to stop."""
        await self.serve(sockets=[self._listening])

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def follow_parent() -> None:
    """Stop when the parent process has ended, for whatever reason."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


async def serve_emulator(gateway: socket.socket, front: socket.socket) -> None:
    emulator_port, origin_port = socket_port(gateway), socket_port(front)
    emulator = keep_browsers_out(upstream.app.app, [f"http://127.0.0.1:{origin_port}"])
    origin = LocalOrigin.from_environment(upstream.app.app, emulator_port, origin_port)
    servers = [OnePort(emulator, gateway), OnePort(origin, front)]

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop)
    # Ctrl-C reaches the whole process group; the supervisor says when to stop.
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    await asyncio.gather(*(server.answer() for server in servers))


def main() -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    corrections.apply_corrections()
    with contextlib.suppress(ValueError, OSError):  # one connection is one descriptor
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    follow_parent()
    gc_tuning.tune_gc()
    state = snapshots.start_from_environment()
    gateway, front = (
        socket.socket(fileno=int(os.environ.pop(name)))
        for name in ("GATEWAY_SOCKET", "ORIGIN_SOCKET")
    )
    for each in (gateway, front):
        each.set_inheritable(False)  # no worker of a function keeps a port
    asyncio.run(serve_emulator(gateway, front))
    if state:
        state.take()
    # Each paused workflow holds a thread. The state is saved, so do not wait for them.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
