"""The one address people use: the deployed API under `/v1/`, and the pages, on one loopback port.

It stands where CloudFront stands on AWS. It reaches the deployed HTTP API through the emulator's
own application in the same process, and nothing else of the emulator: requests are rewritten to
that API before they get there. The emulator's permissive CORS headers are taken off: pages and API
share one origin and need none.
"""

from __future__ import annotations

import json
import mimetypes
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.places import OPENAPI, REFERENCE_PAGE, SWAGGER_UI

Application = Callable[[Any, Any, Any], Awaitable[None]]

PAGE_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
)

PAGES: Mapping[str, Path] = {
    "/": REFERENCE_PAGE / "index.html",
    "/reference": REFERENCE_PAGE / "index.html",
    "/reference/page.js": REFERENCE_PAGE / "page.js",
    "/reference/page.css": REFERENCE_PAGE / "page.css",
    "/reference/swagger-ui.css": SWAGGER_UI / "swagger-ui.css",
    "/reference/swagger-ui-bundle.js": SWAGGER_UI / "swagger-ui-bundle.js",
    "/favicon.ico": SWAGGER_UI / "favicon-32x32.png",
    "/openapi.json": OPENAPI,
}


def without_cors(send: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    """`send`, leaving out the headers that would let other sites read our answers."""

    async def filtered(message: Any) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value)
                for name, value in message["headers"]
                if not name.lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": kept}
        await send(message)

    return filtered


@dataclass
class Origin:
    """ASGI application of the one address.

    `site` is a file {"api_id": …} that the deployment writes; until then `/v1/` answers 503.
    """

    emulator: Application
    emulator_port: int
    port: int
    site: Path
    _api_id: str = field(default="", init=False)
    _read_at: int = field(default=0, init=False)

    @classmethod
    def from_environment(cls, emulator: Application, emulator_port: int, port: int) -> Origin:
        return cls(emulator, emulator_port, port, Path(os.environ["ORIGIN_SITE"]))

    def api_id(self) -> str:
        """Id of the deployed API; empty before a deployment."""
        try:
            changed = self.site.stat().st_mtime_ns
        except FileNotFoundError:
            return ""
        if changed != self._read_at:
            self._api_id = json.loads(self.site.read_text(encoding="utf-8"))["api_id"]
            self._read_at = changed
        return self._api_id

    def known_host(self, scope: Any) -> bool:
        """Whether the request names this machine: a foreign name may be DNS rebinding."""
        hosts = [value for name, value in scope["headers"] if name.lower() == b"host"]
        if len(hosts) != 1:
            return False
        name = hosts[0].decode("latin-1").lower()
        return name in {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif not self.known_host(scope):
            await _answer(send, 421, b"text/plain", b"this address serves 127.0.0.1 only\n")
        elif scope["path"].startswith("/v1/"):
            await self._call_api(scope, receive, send)
        else:
            await _page(scope, send)

    async def _call_api(self, scope: Any, receive: Any, send: Any) -> None:
        api_id = self.api_id()
        if not api_id:
            await _problem(send, 503, "the system is still being deployed; try again shortly")
            return
        prefix = f"/_aws/execute-api/{api_id}/$default"
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"host"]
        # The emulator routes by Host as well: it must only ever see its own.
        headers.append((b"host", f"127.0.0.1:{self.emulator_port}".encode()))
        forwarded = {
            **scope,
            "path": prefix + scope["path"],
            "raw_path": prefix.encode() + scope["raw_path"].partition(b"?")[0],
            "headers": headers,
        }
        await self.emulator(forwarded, receive, without_cors(send))


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def _page(scope: Any, send: Any) -> None:
    if scope["method"] not in {"GET", "HEAD"}:
        await _problem(send, 405, "pages are read with GET")
        return
    file = PAGES.get(scope["path"].rstrip("/") or "/")
    if file is None or not file.is_file():
        await _problem(send, 404, "there is nothing here; the API is under /v1/")
        return
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind in {"application/json", "application/javascript"}
    content_type = f"{kind}; charset=utf-8" if text else kind
    body = b"" if scope["method"] == "HEAD" else file.read_bytes()
    await _answer(send, 200, content_type.encode(), body)


async def _problem(send: Any, status: int, detail: str) -> None:
    document = {"type": "about:blank", "status": status, "detail": detail}
    await _answer(send, status, b"application/problem+json", json.dumps(document).encode())


async def _answer(send: Any, status: int, content_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", content_type), *PAGE_HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
