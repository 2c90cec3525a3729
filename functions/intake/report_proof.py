"""The proof of a reporter: what they sent stands in its days, and the days in the log.

It depends on the days and on what the reporter sent alone: reports of one day of which the same was
sent get answers of one form, whatever became of them, and cost the same calls.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from casework.aws.services import (
    day_seal_store,
    report_tree_store,
    telemetry,
    transparency_log_store,
)
from casework.aws.table import items, keys, later_arrivals
from casework.aws.table.file_table import FileTable
from casework.aws.table.report_table import report_commitment_parts
from casework.case.commitment import open_commitment
from casework.text.compression import ZLIB_DICTIONARY
from functions.intake.answers import (
    BoundPart,
    InTheLog,
    Later,
    LaterDay,
    OwnBytes,
    OwnReport,
    Proof,
    ReportProof,
    SentLater,
)

PROOF_READY_TIME: Final = "T03:00:00.000Z"
"""The time of the next day by which its seal and its log are there (`infra/history.py`)."""
PROOF_SHOWN_FIELDS: Final = frozenset({"at", "accepted_at", "added_at", "kept_at"})
"""The parts that each proof shows: reference and time, and no word."""
PROOF_WORD_FIELDS: Final = PROOF_SHOWN_FIELDS | {
    "facts",
    "narrative",
    "language",
    "content",
    "name",
    "size",
    "bound",
}
"""Those that a proof with the reporter's own words shows."""


def build_report_proof(
    table: FileTable, bucket: str, reference: str, accepted_at: str, *, words: bool
) -> ReportProof:
    """The proof of a report, or the time from which it can be asked for."""
    day = accepted_at[:10]
    return ReportProof(
        reference=reference,
        day=day,
        ready_from=(date.fromisoformat(day) + timedelta(days=1)).isoformat() + PROOF_READY_TIME,
        proof=_proof(table, bucket, reference, day, words=words) if bucket else None,
    )


def _proof(table: FileTable, bucket: str, reference: str, day: str, *, words: bool) -> Proof | None:
    item = items.get_item(table.name, keys.report_key(reference))
    if item is None or "salt" not in item:
        return None
    files, additions = (
        later_arrivals.list_kept_files(table, reference, opened=words),
        later_arrivals.list_additions_to_report(table.name, reference),
    )
    days = sorted({each.day for each in (*files, *additions)})
    try:
        day_proof = transparency_log_store.build_day_proof(bucket, day, also=days)
    except (
        transparency_log_store.LogInconsistent,
        day_seal_store.SealUnreadable,
    ) as error:  # the night names it
        telemetry.log_failure("report not proved", error, day=day)
        return None
    root = str(day_proof["statement"].get("reports", "")) if day_proof else ""
    path = (
        report_tree_store.read_inclusion_path(bucket, root, bytes(item["bound"])) if root else None
    )
    if day_proof is None or path is None:
        return None
    shown = PROOF_WORD_FIELDS if words else PROOF_SHOWN_FIELDS
    bound = day_proof.get("days", [])
    paths = _paths(bucket, bound, (*files, *additions))
    return Proof(
        report=OwnReport(
            commitment=item["bound"].hex(),
            path=_in_hex(path),
            parts=_parts(
                item["salt"], report_commitment_parts(keys.report_key(reference), item), shown
            ),
        ),
        statement=day_proof["statement"],
        log=InTheLog(**day_proof["log"]),
        later=Later(
            days=tuple(LaterDay(**each) for each in bound),
            files=tuple(_sent(each, paths, shown) for each in files),
            additions=tuple(_sent(each, paths, shown) for each in additions),
        ),
        dictionary=base64.b64encode(ZLIB_DICTIONARY).decode() if words else None,
    )


def _paths(
    bucket: str, days: Iterable[Mapping[str, Any]], sent: Collection[later_arrivals.LaterArrival]
) -> dict[bytes, list[bytes]]:
    """The paths of what came later, by its commitment, in the trees of these days."""
    found: dict[bytes, list[bytes]] = {}
    for each in days:
        statement = each["statement"]
        here = [one.commitment for one in sent if one.day == statement["day"]]
        found |= report_tree_store.read_inclusion_paths(
            bucket, str(statement.get("reports", "")), here
        )
    return found


def _sent(
    each: later_arrivals.LaterArrival, paths: Mapping[bytes, list[bytes]], shown: Collection[str]
) -> SentLater:
    path = paths.get(each.commitment)
    own = each.digests
    return SentLater(
        day=each.day,
        commitment=each.commitment.hex(),
        path=_in_hex(path) if path is not None else None,
        parts=_parts(each.salt, each.parts, shown),
        bytes=OwnBytes(salt=own.salt.hex(), sha256=own.sha256)
        if own and own.salt and own.sha256
        else None,
    )


def _parts(salt: bytes, parts: Mapping[str, Any], shown: Collection[str]) -> dict[str, BoundPart]:
    return {name: BoundPart(**told) for name, told in open_commitment(salt, parts, shown).items()}


def _in_hex(path: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(step.hex() for step in path)
