"""Applies every correction once per process. The order matters only within an area."""

from __future__ import annotations

from local.emulator import (
    buckets,
    cloudformation,
    fork_server,
    lambdas,
    ledger,
    memoisation,
    permissions,
    secrets,
    streams,
    transport,
    workflows,
)
from local.emulator.upstream import require_pinned

ALL_CORRECTIONS = (
    *lambdas.LAMBDA_CORRECTIONS,
    *fork_server.FORK_CORRECTIONS,
    *streams.STREAM_CORRECTIONS,
    *workflows.WORKFLOW_CORRECTIONS,
    *buckets.BUCKET_CORRECTIONS,
    *cloudformation.CLOUDFORMATION_CORRECTIONS,
    *secrets.SECRET_CORRECTIONS,
    *permissions.PERMISSION_CORRECTIONS,
    *transport.TRANSPORT_CORRECTIONS,
    *ledger.LEDGER_CORRECTIONS,
    *memoisation.MEMOISATION_CORRECTIONS,
)


def apply_corrections() -> None:
    """Correct the imported emulator. Call once, before it serves anything."""
    require_pinned()
    for correct in ALL_CORRECTIONS:
        correct()
