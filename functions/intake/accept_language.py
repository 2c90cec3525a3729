"""Which language a caller asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

MAX_ACCEPT_LANGUAGE_LENGTH: Final = 200


def negotiate_language(header: str | None, available: Sequence[str]) -> str | None:
    """The first of the available languages in an Accept-Language header (RFC 9110, 12.5.4).

    A region is ignored: `ar-MA` asks for `ar`. None when none of them is asked for.
    """
    if not header or len(header) > MAX_ACCEPT_LANGUAGE_LENGTH:
        return None
    wishes: list[tuple[float, str]] = []
    for wish in header.split(","):
        tag, _, parameters = wish.partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if language in available and weight > 0:
            wishes.append((weight, language))
    # max keeps the first of equals: the order of the header decides among equal weights.
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else None


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
