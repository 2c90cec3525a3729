"""`make run` on a laptop: stopped by Ctrl-C, started again, busy ports, the same folder twice."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from casework.decisions.staff import Role
from local.places import ROOT, SystemFolder
from local.ports import free_ports, is_listening
from tests.e2e.people import PATIENCE, a_report, eventually


class Run:
    """`python -m local`, as `make run` starts it, on a folder and ports of its own."""

    def __init__(self, folder: Path, **variables: str) -> None:
        port, emulator_port = map(str, free_ports(2))
        self.port = variables.pop("PORT", "") or port
        self.emulator_port = emulator_port
        self.places = SystemFolder(folder)
        self.log = folder.parent / f"run-{uuid.uuid4().hex}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local"],
                cwd=ROOT,
                env={
                    **os.environ,
                    "PORT": self.port,
                    "EMULATOR_PORT": self.emulator_port,
                    "STATE": str(folder),
                    **variables,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ready(self) -> httpx.Client:
        """Wait until it offers itself; a client of it."""

        def offered() -> bool:
            assert self.process.poll() is None, self.said
            return "Ctrl-C stops everything" in self.said

        eventually(offered, "the system is ready")
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE)

    def family(self) -> set[int]:
        """Ids of all processes it started, and of those they started."""
        found, parents = {self.process.pid}, processes()
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self.process.pid}

    def interrupt(self) -> int:
        """Ctrl-C; how it ended."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def ended(self) -> int:
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)


def processes() -> dict[int, int]:
    """Every process of this machine and its parent, without zombies."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("make-run") / "state"


@pytest.fixture
def started() -> Iterator[list[Run]]:
    runs: list[Run] = []
    yield runs
    for each in runs:
        each.kill()


def submit(client: httpx.Client) -> dict[str, Any]:
    answer = client.post(
        "/v1/reports", json=a_report(), headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def follow(client: httpx.Client, accepted: dict[str, Any]) -> int:
    answer = client.get(
        f"/v1/reports/{accepted['reference']}",
        headers={"Authorization": f"Receipt {accepted['receipt']}"},
    )
    return answer.status_code


def test_a_system_is_stopped_started_again_and_started_clean(
    folder: Path, started: list[Run]
) -> None:
    first = Run(folder)
    started.append(first)
    with first.ready() as client:
        accepted = submit(client)
        assert follow(client, accepted) == 200
        assert f"http://127.0.0.1:{first.port}/desk/" in first.said, "where to sign in"
        kept = json.loads(first.places.staff.read_text(encoding="utf-8"))
        assert {each["role"] for each in kept.values()} == set(Role), "a person of every role"
        shown = [each for each in kept.values() if each["password"] in first.said]
        assert not shown, "who they are is on the sign-in page alone"

    second = Run(folder)  # on other ports, while the first one runs
    started.append(second)
    assert second.ended() == 1
    assert "already runs on" in second.said
    assert "Traceback" not in second.said
    third = Run(folder, RESET="1")
    started.append(third)
    assert third.ended() == 1, "a reset takes nothing from under a running system"
    assert first.places.running.is_file()

    family = first.family()
    assert len(family) > 1, "the emulator and at least one worker"
    assert first.interrupt() == 0, first.said
    eventually(lambda: not family & set(processes()), "Ctrl-C leaves no process")
    assert not is_listening(int(first.port))
    assert not is_listening(int(first.emulator_port))

    again = Run(folder)
    started.append(again)
    with again.ready() as client:
        assert follow(client, accepted) == 200, "what was sent before is followed after"
    assert again.interrupt() == 0

    assert holds(folder, accepted["reference"])
    clean = Run(folder, RESET="1")
    started.append(clean)
    eventually(lambda: "All earlier data was removed" in clean.said, "RESET=1 starts clean")
    assert clean.interrupt() == 0, "Ctrl-C during the start"
    assert not is_listening(int(clean.port))
    assert not holds(folder, accepted["reference"])


def holds(folder: Path, reference: str) -> bool:
    """Whether a file of a system has the reference of a report."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    return any(reference.encode() in each.read_bytes() for each in files)


def test_a_busy_port_is_one_message_that_names_the_variable(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        run = Run(tmp_path / "state", PORT=port)
        assert run.ended() == 1
    (line,) = run.said.strip().splitlines()
    assert f"port {port} is in use" in line
    assert "PORT=" in line
    assert not run.places.running.exists()


@pytest.mark.parametrize("port", ["web", "0", "70000"])
def test_an_invalid_port_is_refused(tmp_path: Path, port: str) -> None:
    run = Run(tmp_path / "state", PORT=port)
    assert run.ended() == 1
    assert f"PORT={port} is not a port" in run.said
