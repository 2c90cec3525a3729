"""The proof of a reporter: their own report stands in its day, and the day in the log.

It depends on the day alone and on the commitment of acceptance: reports of one day get answers of
one form, whatever became of them, and cost the same calls.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from casework.aws.services import log_store, observe, reports_store, seals
from casework.aws.table.report_table import Followed
from functions.intake.answers import InTheLog, OwnReport, Proof, ReportProof

READY: Final = "T03:00:00.000Z"
"""The time of the next day by which its seal and its log are there (`infra/history.py`)."""


def proof_of(bucket: str, reference: str, found: Followed) -> ReportProof:
    """The proof of a report, or the time from which it can be asked for."""
    day = found.accepted_at[:10]
    return ReportProof(
        reference=reference,
        day=day,
        ready_from=(date.fromisoformat(day) + timedelta(days=1)).isoformat() + READY,
        proof=_proof(bucket, day, found.bound) if bucket else None,
    )


def _proof(bucket: str, day: str, commitment: bytes) -> Proof | None:
    try:
        known = log_store.proof_of_day(bucket, day)
    except (log_store.Misfitting, seals.NotReadable) as error:  # the night names it
        observe.failure("report not proved", error, day=day)
        return None
    root = str(known["statement"].get("reports", "")) if known else ""
    path = reports_store.path_of(bucket, root, commitment) if root else None
    if known is None or path is None:
        return None
    return Proof(
        report=OwnReport(commitment=commitment.hex(), path=tuple(step.hex() for step in path)),
        statement=known["statement"],
        log=InTheLog(**known["log"]),
    )
