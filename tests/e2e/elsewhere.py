"""Another site: managed login as on AWS, which has a host of its own, and a page of a stranger.

`localhost` and `127.0.0.1` are different sites to a browser, whatever the port.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import httpx

from infra.deployment import LOCAL_ADDRESS
from local.system import LocalSystem
from tests.e2e.people import PATIENCE

STRANGER = "/stranger"
"""A page of a stranger."""
HANDED_ON = ("content-type", "location")


@dataclass
class Elsewhere:
    """A server whose pages are those of the emulator's managed login."""

    system: LocalSystem
    served: list[str] = field(default_factory=list)
    """The paths that were asked for."""

    def __enter__(self) -> Elsewhere:
        outer = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self, "GET")

            def do_POST(self) -> None:
                outer.answer(self, "POST")

            def log_message(self, *_: Any) -> None:
                """Tests print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self._server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler, method: str) -> None:
        """The answer of the emulator, with its addresses changed to this desk."""
        self.served.append(request.path.partition("?")[0])
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        status, headers, content = 200, {"content-type": "text/html"}, b"<body>A stranger"
        if request.path != STRANGER:
            said = httpx.request(
                method,
                self.system.endpoint + request.path,
                content=body,
                headers={"Content-Type": request.headers.get("Content-Type", "text/plain")},
                timeout=PATIENCE,
            )
            status, content = said.status_code, said.content
            headers = {name: said.headers[name] for name in HANDED_ON if name in said.headers}
        if "location" in headers:
            headers["location"] = headers["location"].replace(LOCAL_ADDRESS, self.system.origin)
        request.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)
