"""The client in docs/mobile-client.md works as it stands there, and stays short."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from casework.credentials import proof_of_work
from local.system import LocalSystem
from tests.e2e.people import PATIENCE, People

PAGE = Path(__file__).parents[2] / "docs" / "mobile-client.md"


def example() -> str:
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def run(tmp_path: Path, address: str) -> list[str]:
    file = tmp_path / "client.py"
    file.write_text(example(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file), address],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    return done.stdout.splitlines()


def test_the_example_is_shorter_than_sixty_lines() -> None:
    assert len(example().splitlines()) < 60


def test_the_example_sends_a_report_and_follows_it(
    system: LocalSystem, people: People, tmp_path: Path
) -> None:
    codes, standing = run(tmp_path, system.origin)
    reference, receipt = codes.split()
    assert people.follow({"reference": reference, "receipt": receipt})["reference"] == reference
    assert standing.split()[0] in {"received", "in_review"}


SECRET = b"a secret of this test"


@contextmanager
def a_bad_service() -> Iterator[tuple[str, list[Any]]]:
    """One that loses the first answer, asks for work at the second call, then accepts."""
    calls: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["Idempotency-Key"]
            calls.append((key, body, self.headers["Work"]))
            if len(calls) == 1:
                self.close_connection = True
                return
            if not proof_of_work.is_valid_proof(
                SECRET, key, self.headers["Work"], now=int(time.time())
            ):
                now = int(time.time())
                asked = proof_of_work.build_challenge(
                    SECRET, key, now=now, most=500, nonce=bytes(12)
                )
                self._answer(429, {"work": asked}, {"Retry-After": "0"})
                return
            self._answer(201, {"reference": "R", "receipt": "S"})

        def do_GET(self) -> None:
            self._answer(200, {"status": "received", "text": "…"})

        def _answer(
            self, status: int, document: Any, headers: dict[str, str] | None = None
        ) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, format: str, *_: Any) -> None:  # noqa: A002 - the base class's name
            del format

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", calls
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_example_repeats_the_same_bytes_and_does_the_work(tmp_path: Path) -> None:
    with a_bad_service() as (address, calls):
        assert run(tmp_path, address)[0] == "R S"
    assert len(calls) == 3
    assert len({(key, body) for key, body, _ in calls}) == 1
