"""Correction of which connections count as secure."""

from __future__ import annotations

from local.emulator.upstream import app, require_upstream_attributes


def trust_the_loopback() -> None:
    """Requests count as sent over TLS (`aws:SecureTransport`).

    With AUTH=true the emulator enforces policies that refuse plain connections to a topic or a
    queue, and here all connections are plain. They never leave this machine, so the deployed
    policies can stay as on AWS.
    """
    require_upstream_attributes(app, "pin_request_origin")
    upstream_pin = app.pin_request_origin

    def pin(source_ip: str, secure_transport: bool) -> None:
        del secure_transport
        upstream_pin(source_ip, True)

    app.pin_request_origin = pin


TRANSPORT_CORRECTIONS = (trust_the_loopback,)
