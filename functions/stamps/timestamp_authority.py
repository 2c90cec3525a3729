"""Asks a time-stamping authority for a token over some bytes (RFC 3161), and verifies it.

Nothing but a digest and a random number leaves the service. The authority is asked at the address
that the deployment names and nowhere else: a redirect is an error.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

AUTHORITY_TIMEOUT_SECONDS: Final = 10
"""What the authority has for each step of an answer."""
MAX_TIMESTAMP_RESPONSE_BYTES: Final = 32_768
"""Bytes of the largest answer: a token with its chain of certificates has some two to eight
thousand."""


class TimestampFailed(Exception):
    """The authority did not answer, refused, or answered with a token that does not hold."""

    error_code = "NotStamped"


@dataclass(frozen=True)
class TimestampAuthority:
    """A time-stamping authority."""

    url: str
    certificate: str
    """Base64 of the X.509 certificate (DER) to which the chain of its tokens leads."""

    @cached_property
    def root(self) -> x509.Certificate:
        """The certificate."""
        return x509.load_der_x509_certificate(base64.b64decode(self.certificate))

    def stamp(self, data: bytes) -> bytes:
        """A time-stamp response in DER whose token holds for the data; raises TimestampFailed."""
        request = (
            TimestampRequestBuilder()
            .data(data)
            .hash_algorithm(HashAlgorithm.SHA256)
            .nonce(nonce=True)
            .cert_request(cert_request=True)  # a later verifier needs the chain
            .build()
        )
        answer = self._answer(request.as_bytes())
        verifier = VerifierBuilder.from_request(request).add_root_certificate(self.root).build()
        try:
            verifier.verify_message(decode_timestamp_response(answer), data)
        except (VerificationError, ValueError) as error:
            raise TimestampFailed(str(error)) from error
        return answer

    def _answer(self, request: bytes) -> bytes:
        address = urlsplit(self.url)
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        connection = kind(address.netloc, timeout=AUTHORITY_TIMEOUT_SECONDS)
        target = address.path or "/"
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            connection.request(
                "POST",
                f"{target}?{address.query}" if address.query else target,
                request,
                headers,
            )
            response = connection.getresponse()
            body = response.read(MAX_TIMESTAMP_RESPONSE_BYTES + 1)
        except (OSError, HTTPException) as error:
            raise TimestampFailed(type(error).__name__) from error
        finally:
            connection.close()
        if response.status != 200 or len(body) > MAX_TIMESTAMP_RESPONSE_BYTES:
            raise TimestampFailed(f"status {response.status}, {len(body)} bytes")
        return body
