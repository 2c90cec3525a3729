"""What API Gateway answers before a function is called: not a problem document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class GatewayAnswer:
    """An answer of the gateway in front of every function; none of our code has run."""

    status: int
    title: str
    when: str
    cure: str
    staff_only: bool = False


GATEWAY: Final = (
    GatewayAnswer(
        401,
        "The gateway takes no such token",
        "A call of the desk has no access token, or one that is expired or forged.",
        "Sign in again and send the new access token.",
        staff_only=True,
    ),
    GatewayAnswer(
        403,
        "The token is not one of a person who signed in",
        "The token lacks the scope that signing in gives: an ID token, or another program's.",
        "Send the access token, not the ID token, of the desk's own client.",
        staff_only=True,
    ),
    GatewayAnswer(
        429,
        "Too many requests at this moment",
        "All callers together are above the rate of the stage. There is no `Retry-After`.",
        "Wait a second, then twice as long each time, with some chance in it; repeat the same "
        "request with the same Idempotency-Key.",
    ),
    GatewayAnswer(
        503,
        "The function did not answer",
        "It took too long, or too many ran already. Whether the request was acted on is not known. "
        "There is no `Retry-After`.",
        "Wait a second or more and repeat the same request with the same Idempotency-Key: what was "
        "done is answered again, not done again.",
    ),
)


GATEWAY_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"message": {"type": "string"}},
    "required": ["message"],
    "description": "An answer of the gateway itself, before any function; see docs/problems.md.",
}
