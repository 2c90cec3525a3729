"""Work in a process of its own, which is ended at its limit as the service ends a function.

The process is a fork: it has what the test has prepared, and makes its calls of AWS through the
test, where moto keeps what there is. What it had begun and not written is gone with it. One that
hangs (`never_ends`) says so, and is killed then: no test waits for a limit, and none depends on how
busy the machine is.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from botocore.client import BaseClient

HANGS = "hangs"
LIMIT_SECONDS = 120.0
"""For work that neither ends nor says that it hangs: a test fails then."""

_to_the_test: list[Connection] = []


def in_a_process(work: Callable[[], Any]) -> bool:
    """Do `work` in a process of its own; False when it hung and was killed."""
    ours, its = Pipe()
    child = os.fork()
    if child == 0:
        _live(work, its)
    its.close()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # the one place all calls pass
    try:
        while True:
            assert ours.poll(LIMIT_SECONDS), "the work neither ends nor hangs"
            asked = ours.recv()
            if asked is None:
                return True
            if asked == HANGS:
                return False
            client, operation, arguments = _CLIENTS[asked[0]](), asked[1], asked[2]
            try:
                ours.send((True, call(client, operation, arguments)))
            except Exception as error:  # noqa: BLE001  # it is the child's to bear
                ours.send((False, error))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        ours.close()


def never_ends(*_: Any) -> Any:
    """What no alarm interrupts: only the end of the process ends it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    _to_the_test[-1].send(HANGS)
    threading.Event().wait()


class _Clients(dict[str, Callable[[], Any]]):
    def __missing__(self, service: str) -> Callable[[], Any]:
        from casework.aws.services.clients import aws_client

        return lambda: aws_client(service)


_CLIENTS = _Clients()


def _live(work: Callable[[], Any], out: Connection) -> None:
    """Be the child, to its end."""
    _to_the_test.append(out)

    def ask(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        out.send((client.meta.service_model.service_name, operation, arguments))
        well, answer = out.recv()
        if well:
            return answer
        raise answer

    BaseClient._make_api_call = ask  # type: ignore[attr-defined]  # this process is nobody else's
    try:
        work()
        out.send(None)
    finally:
        os._exit(0)
