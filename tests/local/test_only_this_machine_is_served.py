"""Nothing listens on anything but loopback, and web pages of other sites get nowhere."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.system import LocalSystem
from tools.site.build import build

pytestmark = pytest.mark.xdist_group("emulator")

LISTEN = "0A"
LOOPBACK = {"0100007F", "00000000000000000000000001000000"}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """A system with nothing deployed on it."""
    with LocalSystem(tmp_path_factory.mktemp("bare")) as running:
        running.start()
        yield running


def sockets_of(group: int) -> set[str]:
    """Inodes of the sockets that the processes of this group hold."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) != group:
                continue
            links = [str(link.readlink()) for link in (process / "fd").iterdir()]
        except OSError:  # it ended while we looked
            continue
        found |= {link[8:-1] for link in links if link.startswith("socket:[")}
    return found


def listening(group: int) -> list[str]:
    """Addresses, as hexadecimal of the kernel, on which the processes of the group listen."""
    held = sockets_of(group)
    addresses = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN and fields[9] in held:
                addresses.append(fields[1].partition(":")[0])
    return addresses


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's tables in /proc")
def test_everything_listens_on_loopback(system: LocalSystem) -> None:
    assert system.process_id is not None
    addresses = listening(system.process_id)
    assert len(addresses) == 2
    assert set(addresses) <= LOOPBACK


@pytest.mark.parametrize("path", ["/_ministack/health", "/_aws/execute-api/x/y/z", "/any-bucket"])
def test_the_public_address_serves_nothing_else_of_the_emulator(
    system: LocalSystem, path: str
) -> None:
    assert httpx.get(system.origin + path).status_code == httpx.codes.NOT_FOUND


def test_the_public_address_refuses_a_foreign_name(system: LocalSystem) -> None:
    answer = httpx.get(system.origin + "/", headers={"Host": "rebound.example"})
    assert answer.status_code == httpx.codes.MISDIRECTED_REQUEST


def test_the_api_is_unavailable_before_it_is_deployed(system: LocalSystem) -> None:
    answer = httpx.get(system.api + "/v1/reference")
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_reference_page_and_all_it_loads_are_served(system: LocalSystem) -> None:
    served = build().stat().st_ino
    page = httpx.get(system.origin + "/reference/")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    loaded = re.findall(r'<(?:link|script) [^>]*(?:href|src)="([^"]+)"', page.text)
    assert len(loaded) == 2
    for address in (*loaded, "/openapi.json"):
        assert httpx.get(system.origin + address).status_code == httpx.codes.OK
    assert build().stat().st_ino == served, "what is served is not taken away to be built as it was"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_pages_of_other_sites_cannot_command_the_emulator(
    system: LocalSystem, headers: dict[str, str]
) -> None:
    answer = httpx.post(system.endpoint + "/_ministack/reset", headers=headers)
    assert answer.status_code == httpx.codes.FORBIDDEN
