"""Protects the emulator's own port from web pages of other sites.

The emulator has no password, and any page can make a browser POST to a loopback port: it could
delete the state. Programs send no Origin or Sec-Fetch-Site header; browsers always do on such
requests.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

GuardedApplication = Callable[[Any, Any, Any], Awaitable[None]]


def is_from_other_site(headers: Sequence[tuple[bytes, bytes]], own: Sequence[str]) -> bool:
    """Whether a browser sends this for a page of another site."""
    named = {name.lower(): value.decode("latin-1") for name, value in headers}
    origin = named.get(b"origin")
    if origin is not None:
        return origin not in own
    return named.get(b"sec-fetch-site") in {"cross-site", "same-site"}


def keep_browsers_out(application: GuardedApplication, own: Sequence[str]) -> GuardedApplication:
    """`application`, refusing requests of other sites' pages."""

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan" and is_from_other_site(scope["headers"], own):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"not for web pages\n"})
            return
        await application(scope, receive, send)

    return guarded
