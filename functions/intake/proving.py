"""The proof of a reporter: their own report stands in its day, and the day in the log.

It depends on the day and on what the reporter sent alone: reports of one day of which the same was
sent get answers of one form, whatever became of them, and cost the same calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from casework.aws.services import log_store, observe, reports_store, seals
from casework.aws.table import items, keys
from casework.aws.table.report_table import bound_parts
from casework.case.commitment import opened
from functions.intake.answers import BoundPart, InTheLog, OwnReport, Proof, ReportProof

READY: Final = "T03:00:00.000Z"
"""The time of the next day by which its seal and its log are there (`infra/history.py`)."""
SHOWN: Final = frozenset({"at", "accepted_at"})
"""The parts of a report that each proof shows: its reference and its time, and no word of it."""


def proof_of(table: str, bucket: str, reference: str, accepted_at: str) -> ReportProof:
    """The proof of a report, or the time from which it can be asked for."""
    day = accepted_at[:10]
    return ReportProof(
        reference=reference,
        day=day,
        ready_from=(date.fromisoformat(day) + timedelta(days=1)).isoformat() + READY,
        proof=_proof(table, bucket, reference, day) if bucket else None,
    )


def _proof(table: str, bucket: str, reference: str, day: str) -> Proof | None:
    try:
        known = log_store.proof_of_day(bucket, day)
    except (log_store.Misfitting, seals.NotReadable) as error:  # the night names it
        observe.failure("report not proved", error, day=day)
        return None
    root = str(known["statement"].get("reports", "")) if known else ""
    item = items.get(table, keys.report_key(reference))
    if known is None or not root or item is None or "salt" not in item:
        return None
    path = reports_store.path_of(bucket, root, bytes(item["bound"]))
    if path is None:
        return None
    return Proof(
        report=OwnReport(
            commitment=item["bound"].hex(),
            path=tuple(step.hex() for step in path),
            parts=_parts(item["salt"], bound_parts(keys.report_key(reference), item)),
        ),
        statement=known["statement"],
        log=InTheLog(**known["log"]),
    )


def _parts(salt: bytes, parts: Mapping[str, Any]) -> dict[str, BoundPart]:
    return {name: BoundPart(**told) for name, told in opened(salt, parts, SHOWN).items()}
