"""Corrections of Lambda: errors by name, warm workers, few processes, code unpacked once, time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import queue
import re
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from casework.aws.services import clients
from local.emulator.upstream import (
    lambda_runtime,
    lambda_svc,
    require_upstream,
    require_upstream_attributes,
)

END_OF_LOG_MARKER = "\x00end-of-log"
TRACEBACK_MARKERS = ("Traceback", "[ERROR]")
"""How a line begins that tells of a call that raised."""
END_OF_LOG_SECONDS = 10.0
HANDLER_ERROR_FIELD = "__handler_error__"
LAMBDA_TIMEOUT_FACTOR = 5
"""The factor between a function's timeout and the time of its call here."""

# Inserted before the worker's own script. The worker already points sys.stdout at stderr, so all
# output of a handler precedes the marker.
WORKER_PRELUDE = r"""
def _local_end_of_log():
    import sys
    sys.stderr.write("\x00end-of-log\n")
    sys.stderr.flush()

def _local_result(value):
    import json
    value = json.loads(json.dumps(value))  # an unserialisable result is a handler error
    _local_end_of_log()
    return value

def _local_failure(error, context):
    import traceback
    traceback.print_exc()
    _local_end_of_log()
    return {"status": "ok", "result": {
        "__handler_error__": True,
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
        "requestId": context.aws_request_id,
    }}
"""


def report_errors_by_name() -> None:
    """Upstream labels every failure `Runtime.HandlerError` and kills the warm process.

    The worker now answers with AWS's error document and stays alive. It also marks the end of its
    log, for `end_log_at_marker`.
    """
    script: str = lambda_runtime._PYTHON_WORKER_SCRIPT
    call = r"handler_fn\(event, context\)"
    failure = r"\{[^{}]*traceback\.format_exc\(\)\}"  # the dict sent on an exception
    require_upstream(len(re.findall(call, script)) == 1, "the worker calls the handler once")
    require_upstream(len(re.findall(failure, script)) == 1, "the worker reports an exception once")
    require_upstream_attributes(lambda_svc, "_execute_function_warm")
    script = re.sub(call, "_local_result(handler_fn(event, context))", script)
    script = re.sub(failure, "_local_failure(e, context)", script)
    lambda_runtime._PYTHON_WORKER_SCRIPT = WORKER_PRELUDE + script

    upstream = lambda_svc._execute_function_warm

    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        response: dict[str, Any] = upstream(func, event, request_id)
        body = response.get("body")
        if isinstance(body, dict) and body.pop(HANDLER_ERROR_FIELD, False):
            response["error"] = True
        return response

    lambda_svc._execute_function_warm = execute


def end_log_at_marker() -> None:
    """Upstream waits a fixed 50 ms after a handler that printed nothing.

    Read up to the end-of-log marker instead, which a living process has written by then. A busy
    machine may deliver it late, and a caller with an answer must find the log.
    """
    worker = lambda_runtime.Worker
    require_upstream_attributes(worker, "_drain_stderr_bounded")
    upstream = worker._drain_stderr_bounded

    def drain(self: Any, *args: Any, **kwargs: Any) -> str:
        if not str(self.config.get("Runtime", "")).startswith("python"):
            text: str = upstream(self, *args, **kwargs)
            return text
        lines: list[str] = []
        deadline = time.monotonic() + (END_OF_LOG_SECONDS if self._proc else 0.25)
        while True:
            try:
                line = self._stderr_queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return echo_failure_log("\n".join(lines))
            if not line.endswith(END_OF_LOG_MARKER):
                lines.append(line)
                continue
            if last := line.removesuffix(END_OF_LOG_MARKER):
                lines.append(last)
            return echo_failure_log("\n".join(lines))

    worker._drain_stderr_bounded = drain


def echo_failure_log(text: str) -> str:
    """The log of a call. What it says of a failure stands in the log of the local system, too: a
    caller sees a 500, and its developer reads here why."""
    for line in text.splitlines():
        if '"level":"ERROR"' in line.replace(" ", "") or line.startswith(TRACEBACK_MARKERS):
            sys.stderr.write(f"{line}\n")
    return text


def cap_workers() -> None:
    """Upstream starts a new Python process for every concurrent invocation.

    200 concurrent workflows started 199 processes (12.8 GB). Calls of one function now queue for
    EMULATOR_WORKERS_PER_FUNCTION processes. A handler that synchronously invokes itself deeper than
    that would deadlock; ours never do.
    """
    require_upstream_attributes(lambda_svc, "_execute_function_warm")
    upstream = lambda_svc._execute_function_warm
    limit = int(os.environ.get("EMULATOR_WORKERS_PER_FUNCTION", "4"))
    slots: dict[str, threading.BoundedSemaphore] = {}
    guard = threading.Lock()

    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        name = str((func.get("config") or func).get("FunctionName"))
        with guard:
            slot = slots.setdefault(name, threading.BoundedSemaphore(limit))
        with slot:
            response: dict[str, Any] = upstream(func, event, request_id)
            return response

    lambda_svc._execute_function_warm = execute


class CachedCodeArchive(zipfile.ZipFile):
    """A code archive that is unpacked only once for each content."""

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Replace the empty folder `path` by a link to the unpacked code."""
        with Path(str(self.filename)).open("rb") as packed:
            content = hashlib.file_digest(packed, "sha256").hexdigest()
        code = Path(os.environ["EMULATOR_CODE"])
        shared = code / content
        with (code / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if shared.is_dir():
                os.utime(shared)
            else:
                begun = tempfile.mkdtemp(dir=code)
                super().extractall(begun, members, pwd)
                Path(begun).rename(shared)
        Path(path).rmdir()
        Path(path).symlink_to(shared)


def unpack_once() -> None:
    """Upstream unpacks the code of a function for each of its processes.

    The functions of a folder share one code archive. A system unpacked it some sixty times, which
    took as long as all its other work. On AWS a function cannot write to its code either. Systems
    share the folder EMULATOR_CODE, and with the code what Python compiled of it.
    """
    require_upstream(lambda_runtime.zipfile is zipfile, "code is unpacked with zipfile")
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": CachedCodeArchive})


def take_longer() -> None:
    """Upstream ends a call and its process after the function's timeout in wall-clock time.

    On AWS a copy of a function has its own processor; here all copies of all functions share the
    machine with the emulator. Calls get LONGER times their timeout, and handlers are told so. A
    call that never ends is still ended. Timeouts of service calls grow by the same factor.
    """
    require_upstream_attributes(lambda_runtime, "Worker", "acquire_worker")
    upstream = lambda_runtime.Worker.__init__

    def begin(self: Any, func_name: str, config: dict[str, Any], code_zip: bytes) -> None:
        told = {
            **config.get("Environment", {}).get("Variables", {}),
            clients.LONG_TIMEOUTS_VARIABLE: str(LAMBDA_TIMEOUT_FACTOR),
        }
        longer = {
            "Timeout": LAMBDA_TIMEOUT_FACTOR * config["Timeout"],
            "Environment": {"Variables": told},
        }
        upstream(self, func_name, {**config, **longer}, code_zip)

    lambda_runtime.Worker.__init__ = begin


LAMBDA_CORRECTIONS = (
    report_errors_by_name,
    end_log_at_marker,
    cap_workers,
    unpack_once,
    take_longer,
)
