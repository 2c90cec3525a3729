"""Loopback ports; no other interface is used.

A port is taken and not looked for: whoever has the listening socket has the port, and hands the
socket to the process that answers on it. A port that was only free a moment ago may be another's.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack

from local.errors import PortBusy

LOOPBACK_ADDRESS = "127.0.0.1"
LISTEN_BACKLOG = 2_048
"""Connections that wait until they are accepted."""


def listen_on_port(port: int, variable: str) -> socket.socket:
    """A socket that listens on this port; 0 stands for any free one. Raises PortBusy when it is
    taken, with the name of the variable that changes it."""
    listening = socket.socket()
    # A stopped server leaves the port in TIME_WAIT, which is not "busy".
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK_ADDRESS, port))
        listening.listen(LISTEN_BACKLOG)
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


def listen_on_port_or_any(port: int, variable: str) -> socket.socket:
    """The same, or one on any free port where this one is taken."""
    try:
        return listen_on_port(port, variable)
    except PortBusy:
        return listen_on_port(0, variable)


def socket_port(listening: socket.socket) -> int:
    """The port of a socket."""
    return int(listening.getsockname()[1])


def free_ports(number: int) -> list[int]:
    """That many different ports that are free now, for one who gives them by number."""
    with ExitStack() as held:  # all at once: a released port may be given again
        return [socket_port(held.enter_context(listen_on_port(0, ""))) for _ in range(number)]


def is_listening(port: int) -> bool:
    """Whether a process listens on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((LOOPBACK_ADDRESS, port)) == 0
