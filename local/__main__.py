"""`make run`: set up, start and deploy everything here, and keep it until Ctrl-C.

python -m local                 PORT=8080 EMULATOR_PORT=14566 RESET=1 AUTH=true STATE=.local
                                (free ports, if these are taken and no variable is set)
python -m local token analyst   an access token of a demo person
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from local.errors import EmulatorFailed, PortalNotBuilt, PortBusy, ToolMissing, UserError
from local.places import (
    DEFAULT_STATE_FOLDER,
    ESBUILD_FOLDER,
    SystemFolder,
    empty_folder,
    hold_folder,
    state_folder,
)
from local.ports import listen_on_port
from local.staff import LocalStaff, prepared_people
from local.system import LocalSystem, StartOptions, find_running_system
from local.template_cache import assembled_templates
from tools.site import build, messages, site_errors

DEFAULT_PORT = 8080
EMULATOR_PORT = 14566
DEFAULT_SNAPSHOT_SECONDS = 5.0

out = Console(highlight=False)


def port_from_variable(variable: str, default: int) -> int:
    """The port of the environment variable. Raises PortBusy when it is no port."""
    text = os.environ.get(variable, "").strip() or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise PortBusy(f"{variable}={text} is not a port; use a number from 1024 to 65535")
    return int(text)


def is_switched_on(variable: str) -> bool:
    """Whether the environment variable is switched on."""
    return os.environ.get(variable, "").strip().lower() in {"1", "true", "yes"}


@contextmanager
def show_step(what: str) -> Iterator[None]:
    """Show a step while it runs, then its time."""
    began = time.monotonic()
    if not out.is_terminal:
        out.print(f"  {what} ...")
    with out.status(what):
        yield
    out.print(f"  {what:<44}[green]done[/] {time.monotonic() - began:6.1f} s")


def require_tools() -> None:
    """Raise ToolMissing unless the node packages are there."""
    if not ESBUILD_FOLDER.is_dir():
        raise ToolMissing("the node packages are not installed; start with: make run")


def print_addresses(system: LocalSystem) -> None:
    """Print the addresses of the running system. The demo people are on its sign-in page."""
    out.print()
    out.print(f"  Portal          [bold]{system.origin}/[/]")
    out.print(f"  Desk            [bold]{system.origin}/desk/[/]  for a demo person of any role")
    out.print(f"  API reference   {system.origin}/reference/")
    out.print(f"  API             {system.api}/v1/")
    out.print(f"  AWS endpoint    {system.endpoint}  (loopback only; key and secret: test)")
    out.print(f"  Log             {system.places.log}")
    out.print()
    state = "" if system.places.folder == DEFAULT_STATE_FOLDER else f"STATE={system.places.folder} "
    out.print(
        f"  A token for the desk API:  {state}.venv/bin/python -m local token analyst",
        markup=False,
        soft_wrap=True,
    )
    out.print("  Ctrl-C stops everything; the data is kept (RESET=1 starts clean), in")
    out.print(f"  {system.places.folder}", markup=False, soft_wrap=True)


def build_portal() -> None:
    """Build the pages. Raises PortalNotBuilt with the errors."""
    try:
        build.build()
    except (messages.MessagesWrong, site_errors.SiteNotBuilt) as wrong:
        raise PortalNotBuilt(f"the portal was not built:\n{wrong}") from wrong


def bring_up(system: LocalSystem) -> None:
    """Synthesise, start and deploy the system and create its staff, showing each step."""
    with show_step("Building the portal"):
        build_portal()
    with show_step("Writing the templates"):
        assembly = assembled_templates()
    with show_step("Starting the emulator"):
        system.start()
    with show_step("Deploying"):
        system.deploy(assembly)
    with show_step("Preparing demo staff"):
        LocalStaff(system).ensure(prepared_people())


def wait_for_stop(system: LocalSystem, stop: threading.Event) -> None:
    """Wait for Ctrl-C. Raises EmulatorFailed when the emulator dies meanwhile."""
    while not stop.wait(0.5):
        if not system.alive:
            said = system.last_words() or "its log is empty"
            raise EmulatorFailed(f"the emulator stopped by itself:\n{said}")


class StartInterrupted(BaseException):
    """Ctrl-C or SIGTERM during the start."""


def run_system(folder: Path) -> None:
    """Run the system in `folder` until it is told to stop."""
    places = SystemFolder(folder.resolve())
    with hold_folder(places):
        run_in_held_folder(places)


def run_in_held_folder(places: SystemFolder) -> None:
    """The same for the process that holds the folder."""
    ports = {
        "PORT": port_from_variable("PORT", DEFAULT_PORT),
        "EMULATOR_PORT": port_from_variable("EMULATOR_PORT", EMULATOR_PORT),
    }
    usual = frozenset(name for name in ports if not os.environ.get(name, "").strip())
    for name in ports.keys() - usual:
        listen_on_port(
            ports[name], name
        ).close()  # it is taken at the start; who chose it hears of it now
    require_tools()
    if is_switched_on("RESET"):
        empty_folder(places)
        out.print("  All earlier data was removed")
    options = StartOptions(
        ports["PORT"],
        ports["EMULATOR_PORT"],
        or_any=usual,
        snapshot_seconds=DEFAULT_SNAPSHOT_SECONDS,
        enforce_iam=is_switched_on("AUTH"),
    )
    system = LocalSystem(places.folder, options)
    stop = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        if stop.is_set() or not settled.is_set():
            raise StartInterrupted
        stop.set()

    settled = threading.Event()
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
    try:
        bring_up(system)
        settled.set()
        print_addresses(system)
        wait_for_stop(system, stop)
    except StartInterrupted:
        pass
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave a child
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with show_step("Saving and stopping"):
            system.stop()


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["token"] and len(arguments) == 2:
            print(LocalStaff(find_running_system(state_folder())).token(arguments[1]))
        elif arguments:
            print("usage: python -m local [token NAME]", file=sys.stderr)
            return 2
        else:
            run_system(state_folder())
    except UserError as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(f"\nthe emulator refused: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
