"""The public address of a local system: the deployed API and the built pages, on one loopback port.

It replaces CloudFront and uses the same table, `casework.aws.http.response_headers`. It refuses
requests that pages of other sites make a browser send, and turns the cookie with a browser's token
into `Authorization`, as the edge does by `infra.edge.ORIGIN_GUARD_CODE`. It also serves the sign-in
page (`local.signin`), which has its own host on AWS. It reaches the deployed HTTP API through the
emulator's application in the same process, and nothing else of the emulator: it rewrites requests
to that API first. It removes the emulator's permissive CORS headers, because pages and API share
one origin.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from casework.aws.http import response_headers
from casework.aws.http.problems import PROBLEM_MEDIA_TYPE, problem_template
from casework.aws.services import sign_in
from casework.errors import FromAnotherSite
from local import signin
from local.aws import EMULATOR_KEY, LOCAL_REGION
from local.places import PORTAL_FOLDER

AsgiApplication = Callable[[Any, Any, Any], Awaitable[None]]
AsgiHeaders = list[tuple[bytes, bytes]]

COMPRESSIBLE_TYPES = frozenset(
    {"application/json", "application/manifest+json", "image/svg+xml", "text/css", "text/html",
     "text/javascript"}
)  # fmt: skip
"""Content types that are sent compressed, as CloudFront does."""
PUBLIC_LOG_PATTERN = re.compile(
    r"/log/(?:checkpoint|stamps/[0-9]{1,10}|keys/(?:log|dossiers|[0-9a-f]{64})\.pem"
    r"|tile/(?:entries|[0-9]{1,2})/(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\.p/[0-9]{1,3})?)"
)
"""The names of the public files of the log of days."""
MIN_COMPRESSED_BYTES = 1_000
"""Bytes of the smallest answer that CloudFront compresses ("Serve compressed files", Amazon
CloudFront Developer Guide)."""

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")


def to_asgi_headers(headers: Mapping[str, str]) -> AsgiHeaders:
    """Headers in the form of ASGI."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def add_headers(
    send: Callable[[Any], Awaitable[None]], headers: Mapping[str, str]
) -> Callable[[Any], Awaitable[None]]:
    """`send` with these headers, and without those that let other sites read our answers."""
    own = to_asgi_headers(headers)
    names = {name for name, _ in own}

    async def filtered(message: Any) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value)
                for name, value in message["headers"]
                if not name.lower().startswith(b"access-control-") and name.lower() not in names
            ]
            message = {**message, "headers": [*kept, *own]}
        await send(message)

    return filtered


def gzip_send(
    send: Callable[[Any], Awaitable[None]], scope: Any
) -> Callable[[Any], Awaitable[None]]:
    """`send` that compresses the answers of the API that CloudFront compresses."""
    started: list[Any] = []
    parts: list[bytes] = []

    async def filtered(message: Any) -> None:
        if message["type"] == "http.response.start":
            started.append(message)
            return
        parts.append(message.get("body", b""))
        if message.get("more_body"):
            return
        (start,), body = started, b"".join(parts)
        headers = {name.lower(): value for name, value in start["headers"]}
        kind = headers.get(b"content-type", b"").partition(b";")[0].decode("latin-1")
        if start["status"] == 200 and should_compress(kind, body, scope):
            body = _packed(body)
            own = {b"content-encoding": b"gzip", b"content-length": str(len(body)).encode()}
            start = {**start, "headers": [*({**headers, **own}).items()]}
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return filtered


def should_compress(kind: str, body: bytes, scope: Any) -> bool:
    """Whether this body is compressed for this request."""
    accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
    return kind in COMPRESSIBLE_TYPES and len(body) >= MIN_COMPRESSED_BYTES and b"gzip" in accepted


def is_cross_site(scope: Any) -> bool:
    """Whether a page of another site made a browser send this. The return from managed login is the
    exception."""
    site = dict(scope["headers"]).get(sign_in.SITE_HEADER.encode(), b"none").decode("latin-1")
    return site not in sign_in.OWN_SITE and scope["path"] != sign_in.SIGN_IN_RETURN_PATH


def forwarded_headers(scope: Any, row: response_headers.PathRule) -> AsgiHeaders:
    """The headers for the API: of the cookies only those of the row, one of them as a
    credential."""
    headers = [each for each in scope["headers"] if each[0].lower() != b"cookie"]
    held = parse_cookies(scope)
    if seen := [f"{name}={held[name]}" for name in row.cookies if name in held]:
        headers.append((b"cookie", "; ".join(seen).encode("latin-1")))
    token = held.get(row.credential or "")
    if token and b"authorization" not in dict(headers):
        headers.append((b"authorization", f"Bearer {token}".encode("latin-1")))
    return headers


def parse_cookies(scope: Any) -> dict[str, str]:
    """Every cookie of a request."""
    lines = [value for name, value in scope["headers"] if name.lower() == b"cookie"]
    pairs = [each.strip() for each in b";".join(lines).decode("latin-1").split(";")]
    return {name: value for name, _, value in (each.partition("=") for each in pairs) if name}


@dataclass
class LocalOrigin:
    """ASGI application of the one address.

    `site` is a file {"api_id": …, "drop": …, "seals": …} that the deployment writes; until then the
    API answers 503. `drop` is the bucket that takes uploads, `seals` the one with the log of days.
    """

    emulator: AsgiApplication
    emulator_port: int
    port: int
    site: Path
    portal: Path = PORTAL_FOLDER
    """The built pages."""
    staff: Path = Path("nobody")
    """Names and passwords of the demo people, for the sign-in page only."""
    _told: dict[str, str] = field(default_factory=dict, init=False)
    _read_at: int = field(default=0, init=False)

    @classmethod
    def from_environment(
        cls, emulator: AsgiApplication, emulator_port: int, port: int
    ) -> LocalOrigin:
        site, staff = Path(os.environ["ORIGIN_SITE"]), Path(os.environ["ORIGIN_STAFF"])
        return cls(emulator, emulator_port, port, site, staff=staff)

    def told(self, what: str) -> str:
        """What the deployment told, such as the id of the API; empty before a deployment."""
        try:
            changed = self.site.stat().st_mtime_ns
        except FileNotFoundError:
            return ""
        if changed != self._read_at:
            self._told = json.loads(self.site.read_text(encoding="utf-8"))
            self._read_at = changed
        return self._told.get(what, "")

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
        elif scope["path"] in signin.SIGN_IN_PATHS:
            await self._sign_in(scope, receive, send)
        else:
            row = response_headers.find_path_rule(scope["path"])
            served = add_headers(send, row.headers)
            if row.own_site and is_cross_site(scope):
                refusal = json.dumps(problem_template(FromAnotherSite)).encode()
                await _answer(served, 403, PROBLEM_MEDIA_TYPE.encode(), refusal)
            elif row.source is response_headers.PageSource.API:
                call = {**scope, "headers": forwarded_headers(scope, row)}
                await self._call_api(call, receive, gzip_send(served, scope))
            elif row.source is response_headers.PageSource.DROP:
                await self._upload(scope, receive, served)
            elif row.source is response_headers.PageSource.LOG:
                await self._call_bucket(scope, receive, send, row)
            else:
                await self._page(scope, send, row)

    async def _sign_in(self, scope: Any, receive: Any, send: Any) -> None:
        page = signin.SignIn(self.emulator, self.staff, self.portal)
        said = await page.answer(scope, receive, self._as_the_emulator_takes(scope["headers"]))
        served = add_headers(send, response_headers.SERVER_RENDERED_HEADERS)
        await served(
            {"type": "http.response.start", "status": said.status, "headers": said.headers}
        )
        await served({"type": "http.response.body", "body": said.body})

    def _as_the_emulator_takes(self, headers: AsgiHeaders) -> AsgiHeaders:
        """The emulator routes by Host, so it must only see its own."""
        kept = [(name, value) for name, value in headers if name.lower() != b"host"]
        return [*kept, (b"host", f"127.0.0.1:{self.emulator_port}".encode())]

    async def _call_api(self, scope: Any, receive: Any, send: Any) -> None:
        api_id = self.told("api_id")
        if not api_id:
            await _problem(send, 503, "the system is still being deployed; try again shortly")
            return
        prefix = f"/_aws/execute-api/{api_id}/$default"
        forwarded = {
            **scope,
            "path": prefix + scope["path"],
            "raw_path": prefix.encode() + scope["raw_path"].partition(b"?")[0],
            "headers": self._as_the_emulator_takes(scope["headers"]),
        }
        await self.emulator(forwarded, receive, send)

    async def _upload(self, scope: Any, receive: Any, send: Any) -> None:
        """A form for the root of the bucket, with its content type and nothing else."""
        if scope["method"] != "POST":
            await _answer(send, 405, b"text/plain", b"", [(b"allow", b"POST")])
            return
        path, passed = f"/{self.told('drop')}", {b"content-type", b"content-length"}
        forwarded = {
            **scope,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": self._as_the_emulator_takes(
                [each for each in scope["headers"] if each[0].lower() in passed]
            ),
        }
        await self.emulator(forwarded, receive, send)

    async def _call_bucket(
        self, scope: Any, receive: Any, send: Any, row: response_headers.PathRule
    ) -> None:
        """A public file of the log of days, from the emulator's bucket; only of its own names."""
        instead = add_headers(
            send, {**row.headers, "Cache-Control": response_headers.CACHE_NO_STORE}
        )
        bucket = self.told("seals")
        if scope["method"] not in {"GET", "HEAD"}:
            await _problem(instead, 405, "the log is read with GET")
            return
        if not bucket or not PUBLIC_LOG_PATTERN.fullmatch(scope["path"]):
            await _problem(instead, 404, "the log of days has no such file")
            return
        path = f"/{bucket}{scope['path']}"
        call = AWSRequest("GET", f"http://127.0.0.1:{self.emulator_port}{path}")
        S3SigV4Auth(Credentials(EMULATOR_KEY, EMULATOR_KEY), "s3", LOCAL_REGION).add_auth(call)
        signed = [
            (name.lower().encode(), str(text).encode()) for name, text in call.headers.items()
        ]
        forwarded = {
            **scope,
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": self._as_the_emulator_takes(signed),
        }
        said = await _whole(self.emulator, forwarded, receive)
        if said.status != 200:
            await _problem(instead, 404, "the log of days has no such file")
            return
        kind = dict(said.headers).get(b"content-type", b"application/octet-stream")
        body = b"" if scope["method"] == "HEAD" else said.body
        await _answer(add_headers(send, row.headers), 200, kind, body)

    async def _page(self, scope: Any, send: Any, row: response_headers.PathRule) -> None:
        """A file with the headers of its row; what stands in its place is kept by no browser."""
        instead = add_headers(
            send, {**row.headers, "Cache-Control": response_headers.CACHE_NO_STORE}
        )
        if scope["method"] not in {"GET", "HEAD"}:
            await _problem(instead, 405, "pages are read with GET")
            return
        file = self._file(scope["path"])
        if file is None:
            own = self.portal / scope["path"].split("/")[1] / "404.html"
            missing = own if own.is_file() else self.portal / "404.html"
            body = missing.read_bytes() if missing.is_file() else b"the portal is not built\n"
            await _answer(instead, 404, b"text/html; charset=utf-8", body)
        elif file.is_dir():
            slash = scope["raw_path"].partition(b"?")[0] + b"/"
            await _answer(instead, 308, b"text/plain", b"", [(b"location", slash)])
        else:
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            await _send_file(add_headers(send, row.headers), scope, kind, file.read_bytes())

    def _file(self, path: str) -> Path | None:
        """The built file at this address, or the folder whose address must end in a slash."""
        asked = unquote(path)
        if "\0" in asked:
            return None
        file = (self.portal / asked.lstrip("/")).resolve()
        if not file.is_relative_to(self.portal.resolve()):
            return None
        if file.is_dir() and asked.endswith("/"):
            file /= "index.html"
        return file if file.is_file() or (file / "index.html").is_file() else None


async def _send_file(send: Any, scope: Any, kind: str, body: bytes) -> None:
    """The file, or 304 for a browser that has it: the bucket gives each an `ETag`, too."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
    more: AsgiHeaders = [(b"etag", tag)]
    if kind in COMPRESSIBLE_TYPES:
        more.append((b"vary", b"accept-encoding"))
    text = "; charset=utf-8" if kind.startswith("text/") else ""
    content_type = f"{kind}{text}".encode()
    if tag in dict(scope["headers"]).get(b"if-none-match", b""):
        await _answer(send, 304, content_type, b"", more)
        return
    if should_compress(kind, body, scope):
        body = _packed(body)
        more.append((b"content-encoding", b"gzip"))
    more.append((b"content-length", str(len(body)).encode()))
    await _answer(send, 200, content_type, b"" if scope["method"] == "HEAD" else body, more)


@lru_cache(maxsize=64)
def _packed(body: bytes) -> bytes:
    """The body as gzip."""
    return gzip.compress(body, 6, mtime=0)


@dataclass(frozen=True)
class _Said:
    """A whole answer of the emulator."""

    status: int
    headers: AsgiHeaders
    body: bytes


async def _whole(application: AsgiApplication, scope: Any, receive: Any) -> _Said:
    """The answer to a call, once all of it is there."""
    starts: list[Any] = []
    parts: list[bytes] = []

    async def gather(message: Any) -> None:
        if message["type"] == "http.response.start":
            starts.append(message)
        else:
            parts.append(message.get("body", b""))

    await application(scope, receive, gather)
    (start,) = starts
    headers = [(name.lower(), value) for name, value in start["headers"]]
    return _Said(start["status"], headers, b"".join(parts))


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def _problem(send: Any, status: int, detail: str) -> None:
    document = {"type": "about:blank", "status": status, "detail": detail}
    await _answer(send, status, b"application/problem+json", json.dumps(document).encode())


async def _answer(
    send: Any, status: int, content_type: bytes, body: bytes, more: AsgiHeaders | None = None
) -> None:
    headers = [(b"content-type", content_type), *(more or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
