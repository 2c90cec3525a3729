"""A starting system takes its ports at once: nobody else can have them before it answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.errors import PortBusy
from local.ports import listen_on_port, listen_on_port_or_any, socket_port
from local.system import LocalSystem, StartOptions, is_healthy


def test_a_port_is_taken_as_long_as_its_socket_is_held() -> None:
    with listen_on_port(0, "PORT") as held, pytest.raises(PortBusy, match="PORT="):
        listen_on_port(socket_port(held), "PORT")


def test_a_usual_port_that_is_taken_is_replaced_and_a_chosen_one_is_not(tmp_path: Path) -> None:
    with listen_on_port(0, "PORT") as other:
        port = socket_port(other)
        with listen_on_port_or_any(port, "PORT") as replaced:
            assert socket_port(replaced) != port
        with pytest.raises(PortBusy, match=str(port)):
            LocalSystem(tmp_path, StartOptions(port=port)).start()
    with pytest.raises(PortBusy, match="not a port"):
        listen_on_port(70_000, "PORT")


def test_systems_that_start_at_once_all_start(tmp_path: Path) -> None:
    systems = [LocalSystem(tmp_path / name) for name in ("one", "two")]
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(LocalSystem.start, systems))
        assert all(is_healthy(each.endpoint) for each in systems)
        assert len({each.port for each in systems} | {each.emulator_port for each in systems}) == 4
        systems[0].restart()
        assert is_healthy(systems[0].endpoint), "on the same ports"
    finally:
        for each in systems:
            each.stop()
