"""A running system: the emulator with the deployed stacks, and the public address in front of it.

    with System.fresh(folder, assembly) as system:
        httpx.post(system.api + "/v1/reports", ...)
        system.aws.dynamodb.get_item(TableName=system.outputs["CaseTable"], ...)

Everything listens on loopback. The folder holds all state: a System on the folder of an earlier one
that was stopped continues it. The end of the block kills the system, and what it has not saved is
lost.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType

from infra.deployment import LOCAL_ADDRESS, LOCAL_SENDER
from local.aws import LOCAL_REGION, AwsClients
from local.code_cache import shared_code_folder
from local.deploy import deploy_assembly, verify_sender
from local.errors import DeploymentFailed, EmulatorFailed, NothingRuns
from local.places import ROOT, SystemFolder, write_private
from local.ports import (
    LOOPBACK_ADDRESS,
    is_listening,
    listen_on_port,
    listen_on_port_or_any,
    socket_port,
)

LOCAL_STAGE_NAME = "local"
INTAKE, ALIAS = "functions.intake.handler.handle", "live"
"""The function of reporters, and the name of its version that answers (`infra.function`)."""
START_SECONDS = 60.0
STOP_SECONDS = 15.0
SYSTEM_SNAPSHOT_SECONDS = 60.0


@dataclass(frozen=True)
class StartOptions:
    """Settings for the start of a system.

    or_any: of these, by the names of their variables, any free port where this one is taken.
    snapshot_seconds: pause between snapshots; 0 saves at an orderly stop only.
    enforce_iam: check every call of every function against its role.
    wait_scale: 0 makes the retry pauses of workflows instant; deadlines keep their length.
    workers: Python processes per function.
    """

    port: int = 0  # 0: any free one
    emulator_port: int = 0
    or_any: frozenset[str] = frozenset()
    snapshot_seconds: float = 0.0
    enforce_iam: bool = False
    wait_scale: float = 1.0
    workers: int = 4


@dataclass
class LocalSystem:
    """One system and its process. One thread alone may start or stop it."""

    folder: Path
    options: StartOptions = field(default_factory=StartOptions)
    outputs: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.places = SystemFolder(self.folder.resolve())
        self.port, self.emulator_port = self.options.port, self.options.emulator_port

    @classmethod
    def fresh(
        cls, folder: Path, assembly: Path, options: StartOptions | None = None
    ) -> LocalSystem:
        """Start a system in `folder` and deploy the assembly to it; a failure stops it."""
        system = cls(folder, options or StartOptions())
        system.start()
        try:
            system.deploy(assembly)
        except BaseException:
            system.stop()
            raise
        return system

    def __enter__(self) -> LocalSystem:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End at once: the state of a system of one block is not saved."""
        self.kill()

    @property
    def origin(self) -> str:
        """The one address: pages and API."""
        return f"http://{LOOPBACK_ADDRESS}:{self.port}"

    @property
    def api(self) -> str:
        """The address before paths such as `/v1/reports`."""
        return self.origin

    @property
    def endpoint(self) -> str:
        """The emulator's own address, for AWS clients."""
        return f"http://{LOOPBACK_ADDRESS}:{self.emulator_port}"

    @cached_property
    def aws(self) -> AwsClients:
        """Clients with the rights of an administrator."""
        return AwsClients(self.endpoint)

    def environment(self) -> dict[str, str]:
        """The environment of the emulator, which Lambda workers inherit: as little as possible."""
        passed = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ
        }
        return {
            **passed,
            "TMPDIR": str(self.places.scratch),
            "GATEWAY_PORT": str(self.emulator_port),
            "ORIGIN_PORT": str(self.port),
            "ORIGIN_SITE": str(self.places.site),
            "ORIGIN_STAFF": str(self.places.staff),
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.places.state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.places.objects),
            "EMULATOR_CODE": str(shared_code_folder()),
            "EMULATOR_SNAPSHOT_SECONDS": str(self.options.snapshot_seconds),
            "EMULATOR_SNAPSHOT_MARKER": str(self.places.marker),
            "EMULATOR_WORKERS_PER_FUNCTION": str(self.options.workers),
            "SFN_WAIT_SCALE": f"{self.options.wait_scale:g}",
            "AUTH": "true" if self.options.enforce_iam else "false",
            "EMULATOR_LEDGER": str(self.places.ledger) if self.options.enforce_iam else "",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": LOCAL_REGION,
            # Handlers must not use credentials of the machine.
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def start(self) -> None:
        """Start on this folder and wait until both addresses answer. Raises EmulatorFailed."""
        # Temporary files of a killed emulator would pile up.
        shutil.rmtree(self.places.scratch, ignore_errors=True)
        self.places.scratch.mkdir(parents=True)
        with (
            self._take(self.port, "PORT") as front,
            self._take(self.emulator_port, "EMULATOR_PORT") as gateway,
            self.places.log.open("ab") as log,
        ):
            self.port, self.emulator_port = socket_port(front), socket_port(gateway)
            sockets = {"ORIGIN_SOCKET": front.fileno(), "GATEWAY_SOCKET": gateway.fileno()}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.emulator"],
                cwd=ROOT,
                env={**self.environment(), **{name: str(n) for name, n in sockets.items()}},
                pass_fds=tuple(sockets.values()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # the supervisor passes Ctrl-C on
            )
        self._await_health(self._process)

    def _take(self, port: int, variable: str) -> socket.socket:
        """The socket of a port, which the emulator is handed. Ports that were chosen at the first
        start are those of the next."""
        take = listen_on_port_or_any if variable in self.options.or_any else listen_on_port
        return take(port, variable)

    def _await_health(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise EmulatorFailed(f"the emulator did not start:\n{self.last_words()}")
            if is_healthy(self.endpoint) and is_listening(self.port):
                return
            time.sleep(0.05)
        self.stop()
        raise EmulatorFailed(f"the emulator did not answer in {START_SECONDS:g} s")

    def last_words(self) -> str:
        """The end of the emulator's log."""
        if not self.places.log.is_file():
            return ""
        text = self.places.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-12:])

    def deploy(self, assembly: Path) -> None:
        """Deploy the assembly and open the origin to it. Raises DeploymentFailed."""
        verify_sender(self.aws, LOCAL_SENDER)
        self.outputs = deploy_assembly(self.aws, assembly)
        if "ApiId" not in self.outputs:
            raise DeploymentFailed("the stacks have no output ApiId; the origin needs it")
        self._name_origin()
        names = {"api_id": "ApiId", "drop": "DropBucket", "seals": "SealBucket"}
        site = {name: self.outputs.get(output, "") for name, output in names.items()}
        write_private(self.places.site, json.dumps(site))
        running = {
            "origin": self.origin,
            "port": self.port,
            "emulator_port": self.emulator_port,
            "outputs": dict(self.outputs),
        }
        write_private(self.places.running, json.dumps(running, indent=1))

    def _name_origin(self) -> None:
        """Tell the function of reporters at which address it is asked: receipts name it, and the
        template knows the usual port alone."""
        if self.origin == LOCAL_ADDRESS:
            return
        pages = self.aws.functions.get_paginator("list_functions").paginate()
        functions = (each for page in pages for each in page["Functions"])
        intake = next(each for each in functions if each["Handler"] == INTAKE)
        name = intake["FunctionName"]
        variables = {**intake["Environment"]["Variables"], "ADDRESS": self.origin}
        self.aws.functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )
        version = self.aws.functions.publish_version(FunctionName=name)["Version"]
        self.aws.functions.update_alias(FunctionName=name, Name=ALIAS, FunctionVersion=version)

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int | None:
        """The emulator's process, which leads its own process group; None when another process
        started it."""
        return self._process.pid if self._process else None

    def stop(self) -> None:
        """Save the state and stop; kills the process when it does not stop in time."""
        if self._process is None:
            return
        self.places.running.unlink(missing_ok=True)
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self.kill()  # also its workers: a busy one outlives the emulator

    def kill(self) -> None:
        """Kill the emulator and its workers at once, like a power cut."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Start again on the same folder and ports, with the deployed stacks."""
        self.stop()
        self.start()

    def wait_for_snapshot(self) -> None:
        """Wait for a complete snapshot that began after this call. Needs snapshot_seconds."""
        asked = time.time()
        deadline = time.monotonic() + SYSTEM_SNAPSHOT_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError):
                marker = json.loads(self.places.marker.read_text(encoding="utf-8"))
                if marker["began"] >= asked and not marker["failed"]:
                    return
            time.sleep(0.1)
        raise EmulatorFailed(f"no complete snapshot within {SYSTEM_SNAPSHOT_SECONDS:g} s")


def is_healthy(endpoint: str) -> bool:
    """Whether the emulator at this loopback address answers."""
    address = f"{endpoint}/_ministack/health"
    try:
        with urllib.request.urlopen(address, timeout=2):  # noqa: S310 always http on loopback
            return True
    except (urllib.error.URLError, OSError):
        return False


def find_running_system(folder: Path) -> LocalSystem:
    """The system on `folder` that another process started. Raises NothingRuns.

    Its addresses, outputs and clients can be used; only its starter may stop it.
    """
    places = SystemFolder(folder.resolve())
    try:
        found = json.loads(places.running.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NothingRuns("no system is running; start one with: make run") from error
    options = StartOptions(port=found["port"], emulator_port=found["emulator_port"])
    system = LocalSystem(folder, options, found["outputs"])
    if not is_healthy(system.endpoint):
        raise NothingRuns("the system that ran here is gone; start it again with: make run")
    return system
