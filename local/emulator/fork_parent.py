"""The parents of the processes of functions: each is a fork of one, with warm imports.

    python local/emulator/fork_parent.py DESCRIPTOR

It runs as a file, so that a child has only its own code on its path. `forked` requests a child by
one message: its script, folder and environment as JSON, and its three standard streams. The answer
is a descriptor of its process. A first parent has read the libraries; for each folder of code a
fork of it has read what that code imports of `casework`, and is the parent of its processes.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import gc
import importlib
import json
import os
import runpy
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MESSAGE_BYTES = 1 << 20
FORK_GC_THRESHOLDS = (50_000, 20, 50)
"""When a process looks for garbage: at so many new objects, after so many looks at the youngest,
and after so many at those that remained."""
PRELOADED_MODULES = (
    "ada_url", "aws_lambda_powertools.logging", "aws_lambda_powertools.metrics",
    "botocore.handlers", "phonenumbers", "publicsuffixlist", "re2", "rfc8785", "zoneinfo",
)  # fmt: skip
"""The libraries that handlers import."""
PRELOADED_SERVICES = ("dynamodb", "kms", "s3", "secretsmanager", "sns", "sqs", "stepfunctions")
"""The services that most handlers call."""


def read_ahead() -> None:
    """Import them, and what first clients and a first model load."""
    for name in PRELOADED_MODULES:
        importlib.import_module(name)
    from botocore.loaders import JSONFileLoader
    from botocore.session import get_session
    from pydantic import create_model

    # A child makes a session of its own, which reads the same files.
    loader: Any = JSONFileLoader
    read = functools.cache(functools.partial(loader.load_file, loader()))
    loader.load_file = lambda _, path: read(path)
    session = get_session()
    session.set_credentials("none", "none")
    for service in PRELOADED_SERVICES:
        session.create_client(service, region_name="us-east-1", endpoint_url="http://127.0.0.1:1")
    create_model("First", name=(str, ...)).model_validate_json('{"name": "first"}')
    keep_what_was_read()


def keep_what_was_read() -> None:
    """No child looks through it for garbage, and each looks for its own less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*FORK_GC_THRESHOLDS)


def read_code(folder: Path) -> None:
    """Import what the functions of a folder import of `casework` as they start.

    Modules of `casework` read no environment as they are imported; those of a function may. What
    cannot be imported fails in the child that needs it, as it does on AWS.
    """
    sys.path.insert(0, str(folder))
    for module, names in casework_imports(folder):
        with contextlib.suppress(Exception):
            found = importlib.import_module(module)
            for name in names:
                if not hasattr(found, name):
                    importlib.import_module(f"{module}.{name}")
    sys.path.remove(str(folder))
    keep_what_was_read()


def casework_imports(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Each module of `casework` named at the head of a function's file, and the names from it."""
    for file in sorted((folder / "functions").rglob("*.py")):
        for statement in ast.parse(file.read_bytes()).body:
            if isinstance(statement, ast.ImportFrom):
                module = statement.module or ""
                if module.partition(".")[0] == "casework":
                    yield module, [each.name for each in statement.names]


def run_function_process(
    script: str, folder: str, environment: dict[str, str], streams: list[int]
) -> None:
    """Run as the process of a function, to its end."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [script]
    sys.path.insert(0, str(Path(script).parent))
    runpy.run_path(script, run_name="__main__")


class ForkParent:
    """One process that answers requests with forks of itself."""

    def __init__(self, asked_by: socket.socket) -> None:
        self.asked_by = asked_by

    def serve(self) -> None:
        """Answer until the caller is gone."""
        while True:
            message, streams, _, _ = socket.recv_fds(self.asked_by, MESSAGE_BYTES, 3)
            if not message:
                return
            process = self.bear(message, streams)
            socket.send_fds(self.asked_by, [b"born"], [process])
            for descriptor in (*streams, process):
                os.close(descriptor)
            _bury()

    def bear(self, message: bytes, streams: list[int]) -> int:
        """Start a child; returns the descriptor of its process."""
        child = os.fork()
        if child:
            return os.pidfd_open(child)
        self.asked_by.close()
        asked = json.loads(message)
        run_function_process(asked["script"], asked["folder"], asked["environment"], streams)
        raise SystemExit  # as its script ends, or as an exception ends any interpreter


class RootForkParent(ForkParent):
    """The parent of a parent for each folder of code."""

    def __init__(self, asked_by: socket.socket) -> None:
        super().__init__(asked_by)
        self.others: dict[Path, socket.socket] = {}

    def bear(self, message: bytes, streams: list[int]) -> int:
        """Let the parent of the code start a child."""
        folder = Path(json.loads(message)["folder"]).resolve()
        if folder not in self.others:
            self.others[folder] = self._begin(folder, streams)
        other = self.others[folder]
        socket.send_fds(other, [message], streams)
        _, (process,), _, _ = socket.recv_fds(other, 16, 1)
        return process

    def _begin(self, folder: Path, streams: list[int]) -> socket.socket:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork():
            its.close()
            return ours
        # A copy that is left open would hide from a reader that the owner is gone.
        for each in (ours, self.asked_by, *self.others.values()):
            each.close()
        for stream in streams:
            os.close(stream)
        read_code(folder)
        ForkParent(its).serve()
        os._exit(0)


def _bury() -> None:
    """Reap children that have ended, including one that ended since the last start."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file
    read_ahead()
    RootForkParent(socket.socket(fileno=int(sys.argv[1]))).serve()
