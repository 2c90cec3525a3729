"""Applies every correction once per process. The order matters only within an area."""

from __future__ import annotations

from local.emulator import (
    buckets,
    cloudformation,
    forked,
    lambdas,
    ledger,
    permissions,
    remembered,
    secrets,
    streams,
    transport,
    workflows,
)
from local.emulator.upstream import require_pinned

ALL = (
    *lambdas.CORRECTIONS,
    *forked.CORRECTIONS,
    *streams.CORRECTIONS,
    *workflows.CORRECTIONS,
    *buckets.CORRECTIONS,
    *cloudformation.CORRECTIONS,
    *secrets.CORRECTIONS,
    *permissions.CORRECTIONS,
    *transport.CORRECTIONS,
    *ledger.CORRECTIONS,
    *remembered.CORRECTIONS,
)


def apply() -> None:
    """Correct the imported emulator. Call once, before it serves anything."""
    require_pinned()
    for correct in ALL:
        correct()
