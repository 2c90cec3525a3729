"""Correction of how the processes of functions start: as forks of a process with warm imports."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local.emulator.upstream import lambda_runtime, require_upstream

FORK_PARENT_FILE = Path(__file__).with_name("fork_parent.py")


class ForkedProcess:
    """A forked process with the used part of the interface of `subprocess.Popen`."""

    def __init__(self, descriptor: int, pipes: tuple[int, int, int]) -> None:
        self._process = descriptor
        self.stdin = os.fdopen(pipes[0], "w", buffering=1, encoding="utf-8")
        self.stdout = os.fdopen(pipes[1], encoding="utf-8")
        self.stderr = os.fdopen(pipes[2], encoding="utf-8")

    def _ended(self, seconds: float | None) -> bool:
        poll = select.poll()
        poll.register(self._process, select.POLLIN)
        return bool(poll.poll(None if seconds is None else max(0.0, seconds) * 1000))

    def poll(self) -> int | None:
        """0 when it ended, whatever its exit code was."""
        return 0 if self._ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        if not self._ended(timeout):
            raise subprocess.TimeoutExpired("a function", timeout or 0)
        return 0

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if not self._ended(0):
            signal.pidfd_send_signal(self._process, number)

    def __del__(self) -> None:
        os.close(self._process)


class ForkServer:
    """The parent of the forked processes; starts with the first one."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._ours: socket.socket | None = None

    def fork(self, script: str, folder: str, environment: dict[str, str]) -> ForkedProcess:
        """Start a process that runs a Python script."""
        ends = [os.pipe() for _ in range(3)]
        (stdin, to_it), (from_it, stdout), (errors, stderr) = ends
        asked = {"script": script, "folder": folder, "environment": environment}
        with self._one_at_a_time:
            ours = self._ours = self._ours or self._begin()
            socket.send_fds(ours, [json.dumps(asked).encode()], [stdin, stdout, stderr])
            answer, descriptors, _, _ = socket.recv_fds(ours, 16, 1)
        for theirs in (stdin, stdout, stderr):
            os.close(theirs)
        if not answer:
            raise RuntimeError("the nursery is gone")
        return ForkedProcess(descriptors[0], (to_it, from_it, errors))

    def _begin(self) -> socket.socket:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            command = [sys.executable, str(FORK_PARENT_FILE), str(its.fileno())]
            self._process = subprocess.Popen(
                command, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL
            )
        return ours

    def close(self) -> None:
        """Start no more processes; it also ends by itself with the process that started it."""
        if self._ours:
            self._ours.close()
            self._process.wait()


def fork_processes() -> None:
    """Upstream starts an interpreter for each process of a function.

    Half of the cost of such a process is its imports, which are the same in all, and a system
    starts some eighty while cases come in. On a system that cannot fork or name a process, nothing
    changes.
    """
    require_upstream(lambda_runtime.subprocess is subprocess, "processes are begun with subprocess")
    if not hasattr(os, "pidfd_open"):
        return
    nursery = ForkServer()

    def begin(command: list[str], **how: Any) -> Any:
        if command[0] != sys.executable or "env" not in how:
            return subprocess.Popen(command, **how)
        return nursery.fork(command[1], how["cwd"], how["env"])

    lambda_runtime.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": begin})


FORK_CORRECTIONS = (fork_processes,)
