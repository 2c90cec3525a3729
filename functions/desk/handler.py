"""The calls of staff under /v1/desk: each module of the room enters its own in one API."""

from __future__ import annotations

from functions.desk import (
    admissions,
    cases,
    duties,
    figures,
    freezes,
    histories,
    identities,
    inquiry,
    reporters,
    staff,
)
from functions.desk.calls import api

__all__ = ["api", "handle"]

MODULES = (
    *(duties, figures, freezes, inquiry, staff),
    *(cases, admissions, reporters, identities, histories),
)
"""In the order in which the API document tells of their calls."""

_PLACE = {module.__name__: place for place, module in enumerate(MODULES)}

api.operations.sort(key=lambda operation: _PLACE[operation.handler.__module__])

handle = api.handle
