"""Loopback ports. Nothing here ever looks at another interface."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from local.trouble import PortBusy

LOOPBACK = "127.0.0.1"


def free_ports(number: int) -> list[int]:
    """So many different ports that nobody listens on now."""
    with ExitStack() as held:  # all at once: a port that was given back may be given again
        probes = [held.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]


def listens(port: int) -> bool:
    """Whether somebody listens on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((LOOPBACK, port)) == 0


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of this machine."""
    try:
        _bind(port)
    except OSError:
        return False
    return True


def _bind(port: int) -> None:
    with socket.socket() as probe:
        # A server that just stopped leaves the port in TIME_WAIT; that is not "busy".
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((LOOPBACK, port))


def require_free(port: int, variable: str) -> None:
    """Raise PortBusy, naming the variable that moves us elsewhere, when `port` is taken."""
    try:
        _bind(port)
    except OverflowError as error:
        raise PortBusy(f"{variable}={port} is not a port; use 1024 to 65535") from error
    except OSError as error:
        raise PortBusy(
            f"port {port} is in use ({error.strerror}); stop what listens there, or choose "
            f"another with {variable}="
        ) from error
