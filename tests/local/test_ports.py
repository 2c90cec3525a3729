"""A starting system takes its ports at once: nobody else can have them before it answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.ports import port_of, taken, taken_or_any
from local.system import Options, System, healthy
from local.trouble import PortBusy


def test_a_port_is_taken_as_long_as_its_socket_is_held() -> None:
    with taken(0, "PORT") as held, pytest.raises(PortBusy, match="PORT="):
        taken(port_of(held), "PORT")


def test_a_usual_port_that_is_taken_is_replaced_and_a_chosen_one_is_not(tmp_path: Path) -> None:
    with taken(0, "PORT") as other:
        port = port_of(other)
        with taken_or_any(port, "PORT") as replaced:
            assert port_of(replaced) != port
        with pytest.raises(PortBusy, match=str(port)):
            System(tmp_path, Options(port=port)).start()
    with pytest.raises(PortBusy, match="not a port"):
        taken(70_000, "PORT")


def test_systems_that_start_at_once_all_start(tmp_path: Path) -> None:
    systems = [System(tmp_path / name) for name in ("one", "two")]
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(System.start, systems))
        assert all(healthy(each.endpoint) for each in systems)
        assert len({each.port for each in systems} | {each.emulator_port for each in systems}) == 4
        systems[0].restart()
        assert healthy(systems[0].endpoint), "on the same ports"
    finally:
        for each in systems:
            each.stop()
