"""The proof of a case: its chains stand in the seal of a day, and the day stands in the public log.

    leaf, index, path    where the chains stood, and the way to the root of the day
    statement            what was signed for the day
    log                  the way of the statement to a signed checkpoint (C2SP)

A stand-alone program checks it (`tools/verify_dossier.py`).
"""

from __future__ import annotations

from typing import Any

import rfc8785

from casework.aws.services import day_seal_store, telemetry, transparency_log_store
from casework.case.transparency_log import leaf_hash, log_inclusion_path


def build_case_proof(bucket: str, case_id: str, day: str) -> dict[str, Any] | None:
    """The proof of a case by a day; None where the case is not in its seal, or the day is not in
    the log. What cannot be read proves nothing either: the night names it."""
    try:
        known = transparency_log_store.build_day_proof(bucket, day)
        return _in_its_day(bucket, case_id, known) if known is not None else None
    except (transparency_log_store.LogInconsistent, day_seal_store.SealUnreadable) as error:
        telemetry.log_failure("case not proved", error, day=day)
        return None


def _in_its_day(bucket: str, case_id: str, known: dict[str, Any]) -> dict[str, Any] | None:
    hashes: list[bytes] = []
    own: tuple[int, dict[str, Any]] | None = None
    for leaf in day_seal_store.read_leaves(bucket, known["statement"]["day"]):
        if leaf is None:
            raise day_seal_store.SealUnreadable
        if leaf.case == case_id:
            own = len(hashes), leaf.model_dump(mode="json")
        hashes.append(leaf_hash(rfc8785.dumps(leaf.model_dump(mode="json"))))
    if own is None:
        return None
    index, told = own
    path = [step.hex() for step in log_inclusion_path(hashes, index)]
    return {"leaf": told, "index": index, "path": path, **known}
