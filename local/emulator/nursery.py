"""The parent of the processes of functions: each is a fork of it, with warm imports.

    python local/emulator/nursery.py DESCRIPTOR

It runs as a file, so that a child has only its own code on its path. `forked` requests a child by
one message: its script, folder and environment as JSON, and its three standard streams. The answer
is a descriptor of its process.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import socket
import sys
from pathlib import Path
from typing import Any

MESSAGE_BYTES = 1 << 20


READ = (
    "ada_url", "aws_lambda_powertools.logging", "aws_lambda_powertools.metrics",
    "botocore.handlers", "phonenumbers", "publicsuffixlist", "re2", "rfc8785", "zoneinfo",
)  # fmt: skip
"""The libraries that handlers import."""


def read_ahead() -> None:
    """Import them, and what a first client and a first model load."""
    for name in READ:
        importlib.import_module(name)
    from botocore.session import get_session
    from pydantic import create_model

    get_session().create_client(
        "dynamodb",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106  # not one
    )
    create_model("First", name=(str, ...)).model_validate_json('{"name": "first"}')


def live(script: str, folder: str, environment: dict[str, str], streams: list[int]) -> None:
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


def bear(asked: dict[str, Any], streams: list[int], ours: socket.socket) -> int:
    """Start a child; returns the descriptor of its process."""
    child = os.fork()
    if child:
        return os.pidfd_open(child)
    ours.close()
    live(asked["script"], asked["folder"], asked["environment"], streams)
    raise SystemExit  # as its script ends, or as an exception ends any interpreter


def serve(ours: socket.socket) -> None:
    """Answer until the caller is gone."""
    while True:
        message, streams, _, _ = socket.recv_fds(ours, MESSAGE_BYTES, 3)
        if not message:
            return
        process = bear(json.loads(message), streams, ours)
        socket.send_fds(ours, [b"born"], [process])
        for descriptor in (*streams, process):
            os.close(descriptor)
        _bury()


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
    serve(socket.socket(fileno=int(sys.argv[1])))
