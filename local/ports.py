"""Loopback ports; no other interface is used."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from local.trouble import PortBusy

LOOPBACK = "127.0.0.1"


def free_ports(number: int) -> list[int]:
    """That many different free ports."""
    with ExitStack() as held:  # all at once: a released port may be given again
        probes = [held.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]


def listens(port: int) -> bool:
    """Whether a process listens on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((LOOPBACK, port)) == 0


def is_free(port: int) -> bool:
    """Whether this port of this machine is free."""
    try:
        _bind(port)
    except OSError:
        return False
    return True


def _bind(port: int) -> None:
    with socket.socket() as probe:
        # A stopped server leaves the port in TIME_WAIT, which is not "busy".
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((LOOPBACK, port))


def require_free(port: int, variable: str) -> None:
    """Raise PortBusy when `port` is taken, with the name of the variable that changes it."""
    try:
        _bind(port)
    except OverflowError as error:
        raise PortBusy(f"{variable}={port} is not a port; use 1024 to 65535") from error
    except OSError as error:
        raise PortBusy(
            f"port {port} is in use ({error.strerror}); stop what listens there, or choose "
            f"another with {variable}="
        ) from error
