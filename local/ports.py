"""Loopback ports; no other interface is used.

A port is taken and not looked for: whoever has the listening socket has the port, and hands the
socket to the process that answers on it. A port that was only free a moment ago may be another's.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack

from local.trouble import PortBusy

LOOPBACK = "127.0.0.1"
WAITING = 2_048
"""Connections that wait until they are accepted."""


def taken(port: int, variable: str) -> socket.socket:
    """A socket that listens on this port; 0 stands for any free one. Raises PortBusy when it is
    taken, with the name of the variable that changes it."""
    listening = socket.socket()
    # A stopped server leaves the port in TIME_WAIT, which is not "busy".
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen(WAITING)
    except OverflowError as error:
        listening.close()
        raise PortBusy(f"{variable}={port} is not a port; use 1024 to 65535") from error
    except OSError as error:
        listening.close()
        raise PortBusy(
            f"port {port} is in use ({error.strerror}); stop what listens there, or choose "
            f"another with {variable}="
        ) from error
    return listening


def taken_or_any(port: int, variable: str) -> socket.socket:
    """The same, or one on any free port where this one is taken."""
    try:
        return taken(port, variable)
    except PortBusy:
        return taken(0, variable)


def port_of(listening: socket.socket) -> int:
    """The port of a socket."""
    return int(listening.getsockname()[1])


def free_ports(number: int) -> list[int]:
    """That many different ports that are free now, for one who gives them by number."""
    with ExitStack() as held:  # all at once: a released port may be given again
        return [port_of(held.enter_context(taken(0, ""))) for _ in range(number)]


def listens(port: int) -> bool:
    """Whether a process listens on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((LOOPBACK, port)) == 0
