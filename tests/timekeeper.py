"""A time-stamping authority of this machine, by `openssl ts` (RFC 3161)."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIGURATION = """
[ tsa ]
default_tsa = one
[ one ]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[ stamps ]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""


@dataclass
class Timekeeper:
    """An authority in a folder: `root.pem` is what a court trusts."""

    folder: Path
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    says: bytes | None = None
    """What it answers instead of a token."""

    @property
    def root(self) -> Path:
        """The certificate to which the chain of its tokens leads."""
        return self.folder / "root.pem"

    def stamp(self, request: bytes) -> bytes:
        """The response to a request, in DER."""
        (self.folder / "query").write_bytes(request)
        _openssl(self.folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query",
                 "-out", "reply")  # fmt: skip
        return (self.folder / "reply").read_bytes()

    def stamp_of(self, data: bytes) -> bytes:
        """The response to a request for these data."""
        (self.folder / "data").write_bytes(data)
        _openssl(self.folder, "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "asked")
        return self.stamp((self.folder / "asked").read_bytes())


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)


def timekeeper(folder: Path) -> Timekeeper:
    """An authority with keys of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _openssl(folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem",
             "-subj", "/CN=Root of the time", "-days", "3650")  # fmt: skip
    _openssl(folder, "req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Time")
    _openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key",
             "-CAcreateserial", "-out", "tsa.pem", "-days", "3650", "-extfile", "tsa.cnf",
             "-extensions", "stamps")  # fmt: skip
    return Timekeeper(folder)


@contextmanager
def answering(keeper: Timekeeper) -> Iterator[Timekeeper]:
    """The authority at an address of this machine."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            keeper.asked.append(request)
            body = keeper.stamp(request) if keeper.says is None else keeper.says
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        keeper.url = f"http://127.0.0.1:{server.server_port}/tsr"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield keeper
        finally:
            server.shutdown()
            thread.join()
